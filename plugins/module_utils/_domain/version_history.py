# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Version histories: of a HostedCluster, of its pods on the management cluster, of OpenShift itself. Newest entry first. Private to hypershift.core.

An entry is {state: Completed or Partial, version, image, startedTime, completionTime}. Only Completed means done, and desired is no proof: a
superseded entry has a completionTime too, but its state stays Partial (facts 2.9, 6.3, O.10).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain.compare import lookup

Entry = Mapping[str, Any]
# Where the history stands.
CONTROL_PLANE = ("status", "version")
MANAGEMENT_SIDE = ("status", "controlPlaneVersion")
OPENSHIFT = ("status",)


def entries(obj: Mapping[str, Any] | None, of: tuple[str, ...] = CONTROL_PLANE) -> list[Entry]:
    found = lookup(obj or {}, (*of, "history"))
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def newest(obj: Mapping[str, Any] | None, of: tuple[str, ...] = CONTROL_PLANE) -> Entry:
    """Empty when there is none."""
    return next(iter(entries(obj, of)), {})


def newest_completed(obj: Mapping[str, Any] | None, of: tuple[str, ...] = CONTROL_PLANE) -> Entry:
    """Empty when none has been completed yet."""
    return next((entry for entry in entries(obj, of) if entry.get("state") == "Completed"), {})


def completed(obj: Mapping[str, Any] | None, of: tuple[str, ...] = CONTROL_PLANE) -> str:
    """The version that runs; empty when none has been completed yet."""
    return str(newest_completed(obj, of).get("version") or "")
