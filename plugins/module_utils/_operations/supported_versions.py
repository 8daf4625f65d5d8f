# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which OpenShift minors the operator of a management cluster creates. Private to hypershift.core. Source: facts 1.1."""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._domain.hypershift_addon import OPERATOR_NAMESPACE, minors
from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import CONFIG_MAP

NAME = "supported-versions"


def supported_minors(hub: Hub) -> list[str]:
    """Minor versions newest first; empty when the operator publishes none (very old, or not installed)."""
    return minors(hub.get(CONFIG_MAP, OPERATOR_NAMESPACE, NAME))
