# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What speaks against one hop of a control plane, all of it at once. Source: platform_facts#6.2, #6.3, #O.14."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._health.goal_states import ClusterView
from .._health.pauses import is_paused
from .._kernel.conditions import get
from .._kernel.errors import Failure
from .._kernel.kinds import HOSTED_CLUSTER
from .._kernel.objects import lookup
from .._kernel.text import message_line
from .._kernel.versions import Version, unsupported_problem, upgrade_code, upgrade_problem, version_of_image
from .hop import (
    FORCE,
    HopRequest,
    ResolvedHop,
    annotation,
    edges_of,
    held_back,
    pool_version,
    refused_request,
    running_update,
)
from .readiness import (
    UPGRADEABLE,
    etcd_unavailable,
    left_behind,
    overridden,
    release_refused,
    stale_force,
    unhealthy,
    without_workers,
)

_SHOWN = 5
_ANYWAY = "or set allow_unhealthy: true."


@dataclass(frozen=True)
class HopSituation:
    """One cluster before its hop. minors: what the hub's operator supports, empty when unknown."""

    cluster: dict[str, Any]
    pools: Sequence[dict[str, Any]]
    request: HopRequest
    hop: ResolvedHop
    minors: Sequence[str]
    now: datetime

    @property
    def ref(self) -> str:
        meta = self.cluster["metadata"]
        return HOSTED_CLUSTER.ref(meta.get("namespace"), meta["name"])

    def no(self, code: str, cause: str, next_step: str, condition: str = "") -> Failure:
        return Failure(code, cause, self.ref, condition, next_step)


def release_failures(s: HopSituation) -> list[Failure]:
    """Why it is not even known what to upgrade to; then nothing else can be judged."""
    hop, tag = s.hop, version_of_image(s.hop.image)
    if s.request.version and Version.parse(s.request.version) is None:
        return [
            s.no(
                "invalid_option",
                f"option version is '{s.request.version}'",
                "Give it as major.minor.patch, for example 4.21.5.",
            )
        ]
    if not hop.image:
        offered = ", ".join(e.version for e in edges_of(s.cluster)[:_SHOWN]) or "none"
        cause = f"no release image is known for version {s.request.version}: the cluster offers {offered}"
        return [s.no("unknown_image", cause, "Set spec.channel to a channel that offers it, or give option image.")]
    if tag is not None and hop.target is not None and tag != hop.target:
        cause = f"option version is {hop.target}, but the image {hop.image} names {tag}"
        return [s.no("version_mismatch", cause, "Correct version or image.")]
    if hop.target is None:
        cause = (
            f"the version of release image {hop.image} is unknown: neither its tag nor the cluster's status tells it"
        )
        return [s.no("unknown_version", cause, "Give option version as well.")]
    return []


def _path(s: HopSituation) -> Iterator[Failure]:
    """Minors and order of versions."""
    if s.hop.target is None:
        return
    if s.hop.current is None:
        yield s.no(
            "version_unavailable", "no version has been completed yet", "Wait for version_completed, then upgrade."
        )
        return
    problem = _order(s)
    if problem:
        yield s.no(
            upgrade_code(s.hop.current, s.hop.target),
            problem,
            "Choose a release in the next minor at most, and go there step by step.",
        )
    problem = unsupported_problem(s.hop.target, list(s.minors))
    if problem:
        yield s.no(
            "release_version_unsupported", problem, "Upgrade the multicluster engine first, or choose another release."
        )


def _order(s: HopSituation) -> str:
    """Why the target can be no next version; empty when it can."""
    return upgrade_problem(s.hop.current, s.hop.target) if s.hop.current and s.hop.target else ""


def _edge(s: HopSituation) -> Iterator[Failure]:
    """The operator takes any image (platform_facts#6.2): edges and risks are for us to hold."""
    if not s.hop.moves:
        return
    if s.hop.edge is None:
        if s.hop.informed and not s.request.allow_unlisted and not _order(s):  # no update ever leads there
            offered = ", ".join(e.version for e in edges_of(s.cluster)[:_SHOWN]) or "none"
            cause = f"{s.hop.target} is no update that the cluster knows from its channel; it offers {offered}"
            yield s.no(
                "no_path",
                cause,
                "Choose one of these or another channel, or give image and allow_unlisted: true.",
            )
        return
    refused = [name for name in s.hop.edge.risks if name not in s.request.accepted_risks]
    if refused:
        cause = f"the update to {s.hop.target} has risks that were not accepted: {', '.join(refused)}"
        yield s.no(
            "risk_not_accepted",
            cause,
            "Read about them in status.version.conditionalUpdates, then name them in accepted_risks.",
        )


def _gate(s: HopSituation) -> Iterator[Failure]:
    """What the operator's own gate would hold back (platform_facts#6.3, isUpgrading)."""
    reason, left = held_back(s.cluster), annotation(s.cluster)
    if not reason or not s.hop.moves or lookup(s.cluster, ("spec", "controlPlaneRelease")):
        return
    stale = stale_force(s.cluster, s.hop.image, f"Remove it (kubectl annotate ... {FORCE}-), or set force: true.")
    if stale and not s.request.force:
        yield stale
    if not s.hop.minor or left == s.hop.image:
        return
    found = get(s.cluster, UPGRADEABLE)
    why = f"{reason}: {message_line(found.message) or 'no message'}" if found else reason
    if not s.request.force:
        step = "Resolve it in the hosted cluster (AdminAckRequired: acknowledge there); or force it: force: true with "
        yield s.no(
            "not_upgradeable",
            f"it is not upgradeable to another minor: {why}",
            f"{step}accepted_acks: [{reason}].",
            UPGRADEABLE,
        )
    elif reason not in s.request.accepted_acks:
        cause = f"force would go past a reason that was not accepted: {why}"
        yield s.no("not_upgradeable", cause, f"Name it in accepted_acks: [{reason}] if that is meant.", UPGRADEABLE)


def _running(s: HopSituation) -> Iterator[Failure]:
    running = running_update(s.cluster)
    if running and s.hop.current is not None:  # an installation is told by _path
        cause = f"an update to {running} is under way"
        yield s.no(
            "update_in_progress",
            cause,
            "Wait for version_completed, then upgrade further.",
            "ClusterVersionProgressing",
        )


def _health(s: HopSituation) -> Iterator[Failure | None]:
    if s.request.allow_unhealthy or running_update(s.cluster) or s.hop.current is None:
        return
    # What a pause or a refused release says about itself has a refusal of its own, or is what this update puts right.
    refused = refused_request(s.cluster)
    if not refused:
        yield release_refused(s.cluster, f"Correct spec.release.image or the pull secret first, {_ANYWAY}")
    yield etcd_unavailable(s.cluster, f"Look at it with etcd_info and repair it first, {_ANYWAY}")
    excused = ("Progressing=",) if refused or is_paused(s.cluster, s.now) else ()
    meta = s.cluster["metadata"]
    view = ClusterView(meta.get("namespace", ""), meta["name"], s.cluster)
    step = f"Repair it first (hosted_cluster_info shows all findings), {_ANYWAY}"
    yield unhealthy(view, s.now, excused, step)


def _pools(s: HopSituation) -> Iterator[Failure | None]:
    if s.hop.target is None:
        return
    for pool in s.pools:
        step = "Upgrade the node pool first (nodepool_upgrade)."
        yield left_behind(pool, pool_version(pool), s.hop.target, step)
    if not s.request.allow_unhealthy:
        step = "Scale a node pool to at least 1, or set allow_unhealthy: true to write the release all the same."
        yield without_workers(s.cluster, s.pools, step)


def _override(s: HopSituation) -> Iterator[Failure | None]:
    yield overridden(s.cluster, [s.hop.image])


_CHECKS: tuple[Callable[[HopSituation], Iterable[Failure | None]], ...] = (
    _path,
    _edge,
    _gate,
    _running,
    _health,
    _pools,
    _override,
)


def hop_failures(s: HopSituation) -> list[Failure]:
    """All reasons against the hop, in the order in which they are to be resolved."""
    return release_failures(s) or [failure for check in _CHECKS for failure in check(s) if failure]


def hop_notes(s: HopSituation) -> list[str]:
    """What to know of a hop that is not refused."""
    notes = []
    if s.hop.moves and s.hop.edge is None and not s.request.allow_unlisted:  # who allowed it knows
        why = (
            "it is not among the updates of its channel"
            if s.hop.informed
            else "the cluster knows no updates: it has no channel"
        )
        notes.append(f"{s.ref}: the update to {s.hop.target} was not checked against the update graph, since {why}")
    left = annotation(s.cluster)
    if left and left == s.hop.image and held_back(s.cluster) and s.hop.minor:
        notes.append(
            f"{s.ref}: the update is forced by annotation {FORCE}, which is there already; remove it when the update"
            " has completed"
        )
    elif left and left != s.hop.image and not s.request.force:
        notes.append(
            f"{s.ref}: annotation {FORCE} is left from another update ({left}); it will block updates while not"
            " upgradeable"
        )
    return notes
