# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of a campaign about the management cluster beneath. Source: platform_facts#1.1, #1.3, #6.1.

Order: management OpenShift, then the multicluster engine, then hosted clusters. Engine 2.y belongs to OpenShift
4.(y+10), the engines beside OpenShift 5 carry its number; each hosts its own minor and older ones, on a management
cluster from two minors below to one above.
"""

from __future__ import annotations

from collections.abc import Callable

from ..._fleet.views import HubView
from ..._kernel import versions
from ..._kernel.objects import Object
from ..._kernel.versions import Version, unsupported_problem
from ..._multicluster_engine.compatibility import (
    engine,
    engine_of,
    engine_version,
    line_of_engine,
    management_lines,
    minor_of,
    openshift,
    openshift_version,
)
from .candidate import Candidate, Said


def hub_warnings(hub: HubView) -> list[str]:
    """What could not be checked about a hub, said once for all its clusters."""
    said = []
    if not hub.minors:
        said.append(f"hub {hub.name}: its operator does not tell which versions it supports, so that was not checked")
    if not engine_version(hub):
        said.append(
            f"hub {hub.name}: no multicluster engine could be read, so the order of updates was not checked against it"
        )
    if not openshift_version(hub):
        said.append(
            f"hub {hub.name}: no OpenShift version of the management cluster could be read, so it was not checked"
        )
    return said


def _supported(candidate: Candidate) -> Said:
    targets = [h.version for h in candidate.way.hops] or ([candidate.way.target] if candidate.way.target else [])
    for version in targets:
        problem = unsupported_problem(version, list(candidate.hub.minors)) if version != candidate.current else ""
        if problem:
            known = [v.line for v in map(Version.parse, candidate.hub.minors) if v]
            if version.line < min(known):
                return candidate.refuse(
                    "release_version_unsupported", problem, "Choose a release that this hub supports."
                )
            return candidate.refuse("release_version_unsupported", problem, _first_upgrade(candidate.hub, version))
    return None


def _first_upgrade(hub: HubView, version: Version) -> str:
    needed, running = engine_of(version.line), Version.parse(openshift_version(hub))
    lowest, _highest = management_lines(version.line)
    if running and running.line < lowest:
        return (
            f"Upgrade OpenShift of the management cluster to {minor_of(lowest)} or newer, then the multicluster engine"
            f" to {needed}."
        )
    return f"Upgrade the multicluster engine to {needed} first."


def _engine_ready(candidate: Candidate) -> Said:
    found = engine(candidate.hub)
    if found is None or not candidate.way.hops:
        return None
    status = found.get("status") or {}
    phase, current, desired = (str(status.get(k) or "") for k in ("phase", "currentVersion", "desiredVersion"))
    if (phase in ("Available", "") and (not desired or desired == current)) or not current:
        return None
    cause = (
        f"the multicluster engine of hub {candidate.hub.name} is not settled (phase {phase or 'unknown'}, {current} of"
        f" {desired or current})"
    )
    return candidate.refuse(
        "engine_not_ready", cause, "Let its upgrade end, or repair it, then plan again.", object_ref=_ref(found)
    )


def _management_settled(candidate: Candidate) -> Said:
    found = openshift(candidate.hub)
    newest = versions.newest(found, versions.OPENSHIFT)
    if found is None or not newest or not candidate.way.hops or newest.get("state") == "Completed":
        return None
    cause = (
        f"OpenShift of the management cluster {candidate.hub.name} is being updated to"
        f" {newest.get('version') or 'another version'}"
    )
    return candidate.refuse(
        "management_cluster_updating", cause, "Let that update end first, then plan again.", object_ref=_ref(found)
    )


def _order(candidate: Candidate) -> Said:
    own, below = Version.parse(engine_version(candidate.hub)), Version.parse(openshift_version(candidate.hub))
    if own is None or below is None or not candidate.way.hops:
        return None
    low, high = management_lines(line_of_engine(own))
    if low <= below.line <= high:
        return None
    what = (
        f"hub {candidate.hub.name} runs OpenShift {below} beneath multicluster engine {own},"
        f" which works on {minor_of(low)}"
        f" to {minor_of(high)}"
    )
    step = (
        "Upgrade OpenShift of the management cluster first."
        if below.line < low
        else "Upgrade the multicluster engine first."
    )
    return candidate.refuse("management_order", what, step, object_ref=_ref(openshift(candidate.hub) or {}))


def _ref(found: Object) -> str:
    return f"{found.get('kind') or ''} {(found.get('metadata') or {}).get('name') or ''}".strip()


HUB_RULES: tuple[Callable[[Candidate], Said], ...] = (_supported, _engine_ready, _management_settled, _order)
