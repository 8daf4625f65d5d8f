# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Upgrade of a hosted cluster's node pools: release, order, what speaks against it.

Source: platform_facts#6.5, #O.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from .._health.diagnosis import pool_subject, subject_matches
from .._health.goal_predicates import HOLDS, GoalView, updated
from .._health.goal_states import ClusterView, GoalParams
from .._health.pool_machines import UPDATING, MachineOwners, Stand
from .._kernel import versions
from .._kernel.conditions import get, is_true
from .._kernel.errors import Failure
from .._kernel.kinds import HOSTED_CLUSTER, NODE_POOL
from .._kernel.objects import Object, lookup
from .._kernel.quantities import parse_duration
from .._kernel.versions import Version, completed_version, skew_code, skew_problem, version_of_image
from .._node_pools.update_settings import INVALID, stuck
from .hop import HopRequest, hop_of, pool_version, taken_up
from .readiness import deleting

# Findings on the release that stands in the spec: another release is what puts them right.
_OF_RELEASE = frozenset({"pool_newer_than_control_plane", "pool_release_image_invalid"})
_PAUSES = frozenset({"paused", "paused_until"})


@dataclass(frozen=True)
class PoolRelease:
    """The release that node pools are to run. version: None when nothing tells it.

    exact: the user named the image; otherwise another name of the same version is as good.
    """

    version: Version | None
    image: str
    exact: bool = False

    @property
    def text(self) -> str:
        """The version as status.version spells it."""
        return str(self.version or "")


def name_of(obj: Object) -> str:
    return str(obj["metadata"]["name"])


def ref_of(pool: Object) -> str:
    return NODE_POOL.ref(pool["metadata"].get("namespace"), name_of(pool))


def target_of(cluster: Object, version: str, image: str) -> PoolRelease:
    """The release that is meant; without version and image the newest one that the control plane has completed."""
    if image:
        hop = hop_of(cluster, HopRequest(version=version, image=image))
        return PoolRelease(hop.target, image, exact=True)
    completed = completed_version(cluster)
    wanted = Version.parse(version) if version else completed
    newest = versions.newest(cluster)
    requested = str(lookup(cluster, ("spec", "release", "image"), ""))
    if (
        newest.get("state") == "Completed"
        and taken_up(cluster)
        and Version.parse(str(newest.get("version") or "")) == wanted
    ):
        return PoolRelease(wanted, requested)  # as the user spells it: a tag, or the mirror's name
    entries = [
        e
        for e in versions.entries(cluster)
        if e.get("state") == "Completed" and Version.parse(str(e.get("version") or "")) == wanted
    ]
    return PoolRelease(wanted, str(entries[0].get("image") or "") if entries else "")


def stages_of(names: Sequence[str], canary: str, parallel: int) -> list[tuple[str, ...]]:
    """Pools that go at the same time, stage after stage: the canary alone, then ``parallel`` at once (0 = all the
    rest)."""
    first = [(canary,)] if canary else []
    rest = sorted(name for name in names if name != canary)
    size = parallel or len(rest) or 1
    return first + [tuple(rest[i : i + size]) for i in range(0, len(rest), size)]


def open_stage(
    stages: Sequence[Sequence[str]], cluster: Object, pools: Sequence[Object], target: PoolRelease, now: datetime
) -> int:
    """Number of the first stage that is not done; their number when all are. What is done is read from the pools, never
    from a note."""
    meta = cluster["metadata"]
    for number, names in enumerate(stages):
        view = ClusterView(str(meta.get("namespace") or ""), name_of(cluster), cluster, tuple(pools))
        goal_view = GoalView(view, GoalParams(version=target.text, pools=tuple(names)), now)
        if goal_view.absent_pools or any(_differs(p, target) for p in pools if name_of(p) in names):
            return number
        if any(updated(pool, goal_view) != HOLDS for pool in goal_view.pools):
            return number
    return len(stages)


def _differs(pool: Object, target: PoolRelease) -> bool:
    image = str(lookup(pool, ("spec", "release", "image"), ""))
    if image == target.image or target.exact:
        return image != target.image
    updating = get(pool, "UpdatingVersion")
    # a digest: what it brought tells
    if version_of_image(image) is None and updating is not None and updating.status == "False":
        return Version.parse(str(lookup(pool, ("status", "version")) or "")) != target.version
    return version_of_image(image) != target.version


def patch_of(pool: Object, target: PoolRelease) -> Object:
    return {"spec": {"release": {"image": target.image}}} if _differs(pool, target) else {}


def cluster_failures(cluster: Object, target: PoolRelease, version: str) -> Iterator[Failure]:
    ref, completed = (
        HOSTED_CLUSTER.ref(cluster["metadata"].get("namespace"), name_of(cluster)),
        completed_version(cluster),
    )
    yield from filter(None, [deleting(cluster, "Choose another hosted cluster.")])
    if version and Version.parse(version) is None:
        cause = f"option version is '{version}'"
        yield Failure("invalid_option", cause, ref, next_step="Give it as major.minor.patch, for example 4.21.5.")
    elif completed is None:
        yield Failure(
            "version_unavailable",
            "no version has been completed yet",
            ref,
            next_step="Wait for version_completed, then run again.",
        )
    elif not target.image:
        cause = f"no release image is known for version {target.text}: the control plane never completed it"
        yield Failure(
            "unknown_image", cause, ref, next_step="Upgrade the control plane to it first, or give option image."
        )
    elif target.version is None:
        cause = (
            f"the version of release image {target.image} is unknown: neither its tag nor the cluster's status tells it"
        )
        yield Failure("unknown_version", cause, ref, next_step="Give option version as well.")
    else:
        tag = version_of_image(target.image)
        if tag is not None and tag != target.version:
            cause = f"option version is {target.version}, but the image {target.image} names {tag}"
            yield Failure("version_mismatch", cause, ref, next_step="Correct version or image.")
        problem = skew_problem(completed, target.version)
        if problem:
            yield Failure(
                skew_code(completed, target.version),
                problem,
                ref,
                next_step="Upgrade the hosted cluster first, or choose another release.",
            )


def pool_failures(pool: Object, target: PoolRelease, now: datetime, machines: MachineOwners) -> Iterator[Failure]:
    """What speaks against another release for this pool. A pause is told apart, since it may be allowed."""
    ref, have = ref_of(pool), pool_version(pool)
    if have is not None and target.version is not None and target.version < have:
        cause = f"it runs {have}, which is newer than {target.version}; node pools are not downgraded"
        yield Failure("downgrade", cause, ref, next_step="Leave this node pool out, or choose a newer release.")
    subject = pool_subject(pool, now, machines)
    stopped: set[str] = set()
    for match in subject_matches(subject):
        finding, code = match.finding, match.rule.code
        if "node_pools_settled" not in match.rule.stops or not match.firm or code in _OF_RELEASE | _PAUSES:
            continue
        stopped.add(code)
        yield Failure(code, finding.cause, finding.object, finding.condition, finding.next_step, finding.docs)
    busy = next((t for t in UPDATING if subject.status_of(t) == "True"), "")
    rolls = subject.rollout is not None and subject.rollout.stand is Stand.ROLLING
    if (busy or rolls) and not stopped:
        cause = "another rollout of it is under way, and a second one would roll its nodes again"
        if not busy and subject.rollout is not None:
            cause += f": {subject.rollout.text}"
        yield Failure("pool_updating", cause, ref, busy, "Wait for node_pools_settled, then run again.")
    cause, step = stuck(pool)
    if cause and INVALID not in stopped:
        yield Failure(INVALID, cause, ref, "UpdateManagementEnabled", step)


def in_place_hint(pool: Object) -> str:
    """Where to look when an update in place does not get on; its drains are tried again for ever, whatever
    nodeDrainTimeout says."""
    busy = any(is_true(pool, kind) for kind in ("UpdatingVersion", "UpdatingConfig"))
    if not busy or lookup(pool, ("spec", "management", "upgradeType")) != "InPlace":
        return ""
    return (
        f"{ref_of(pool)} updates in place, where a drain is tried again for ever: look in the hosted cluster for the"
        " node whose annotation machineconfiguration.openshift.io/state is Working, and for pods on it that a"
        " PodDisruptionBudget protects"
    )


def pool_notes(pool: Object) -> list[str]:
    notes, nodes = [], int(lookup(pool, ("spec", "replicas"), 0) or 0) or lookup(pool, ("spec", "autoScaling"))
    if nodes and not parse_duration(lookup(pool, ("spec", "nodeDrainTimeout")) or "0s"):
        notes.append(
            f"{ref_of(pool)}: nodeDrainTimeout is 0s, so a drain that a PodDisruptionBudget holds back waits for ever"
        )
    strategy = lookup(pool, ("spec", "management", "replace", "strategy"))
    if strategy == "OnDelete" and lookup(pool, ("spec", "management", "upgradeType")) != "InPlace":
        notes.append(f"{ref_of(pool)}: strategy OnDelete replaces a node only when its Machine is deleted by you")
    return notes
