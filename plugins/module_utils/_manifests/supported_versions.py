# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which OpenShift minors the operator of a management cluster creates. Source: platform_facts#1.1."""

from __future__ import annotations

import json

from .._kernel.kinds import CONFIG_MAP
from .._kernel.objects import Object, lookup
from .._kernel.ports.hub import Hub

NAME = "supported-versions"


def supported_minors(hub: Hub) -> list[str]:
    """Minor versions newest first; empty when the operator publishes none (very old, or not installed)."""
    return minors(hub.get(CONFIG_MAP, OPERATOR_NAMESPACE, NAME))


OPERATOR_NAMESPACE = "hypershift"


def minors(versions: Object | None) -> list[str]:
    """OpenShift minors that can be created, newest first; empty when the operator does not tell."""
    try:
        found = json.loads(str(lookup(versions or {}, ("data", "supported-versions")) or "{}"))
    except ValueError:
        return []
    listed = found.get("versions") if isinstance(found, dict) else None
    return [str(v) for v in listed] if isinstance(listed, list) else []
