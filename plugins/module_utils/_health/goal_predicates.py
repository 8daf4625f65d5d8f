# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Predicates over real fields that waiting goals are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._kernel import versions
from .._kernel.conditions import current
from .diagnosis import pool_subject
from .goal_states import ClusterView, GoalParams
from .pauses import pause_state
from .pool_machines import NOT_READ, Stand
from .rules.machines import makes_machines, ready, wanted
from .rules.version import latest
from .subject import OF_CLUSTER, Subject

HOLDS = ""


class GoalView:
    """One look at a cluster with the parameters of a goal."""

    def __init__(self, view: ClusterView, params: GoalParams, now: datetime) -> None:
        self.view, self.params, self.now = view, params, now
        raw = view.hosted_cluster
        self.cluster = (
            None
            if raw is None
            else Subject(OF_CLUSTER, raw, now, node_pools=view.node_pools, control_plane=view.control_plane)
        )
        pools = [pool_subject(pool, now, view.machines) for pool in view.node_pools]
        if params.pools:
            self.pools = [pool for pool in pools if pool.name in params.pools]
        else:
            self.pools = [pool for pool in pools if not pool.deleting]
        found = {pool.name for pool in self.pools}
        self.absent_pools = [name for name in params.pools if name not in found]

    @property
    def generation(self) -> int:
        """Generation that conditions must have observed."""
        own = self.cluster.generation if self.cluster else 0
        return self.params.generation or own

    @property
    def behind(self) -> bool:
        """The view does not even show the change that is waited for."""
        return self.cluster is not None and self.cluster.generation < self.params.generation

    @property
    def control_plane_spec(self) -> dict[str, Any]:
        return (self.view.control_plane or {}).get("spec") or {}


# Empty when the predicate holds, else what is the case instead.
State = Callable[[GoalView], str]


@dataclass(frozen=True, slots=True)
class Predicate:
    name: str
    state: State


def told(subject: Subject | None, type: str, status: str, generation: int, reason: str = "") -> str:
    """Whether a condition has a status for this generation; what it is instead otherwise."""
    raw = subject.conditions.get(type) if subject else None
    if raw is None:
        return "absent"
    if not current(raw, generation):
        return f"seen for generation {raw.get('observedGeneration')} of {generation}"
    have = raw.get("status") or "Unknown"
    if have != status or (reason and raw.get("reason") != reason):
        return f"{have}, {raw.get('reason') or 'no reason'}"
    return HOLDS


def condition(type: str, status: str = "True", reason: str = "", optional: bool = False) -> Predicate:
    """A condition of the hosted cluster; an optional one may be absent (older operators)."""

    def state(goal_view: GoalView) -> str:
        found = told(goal_view.cluster, type, status, goal_view.generation, reason)
        return HOLDS if optional and found == "absent" else found

    return Predicate(f"{type}={status}" + (f"/{reason}" if reason else ""), state)


def never(type: str, status: str) -> Predicate:
    """A condition that must not have a status, whichever generation it speaks of."""
    return Predicate(
        f"{type} is not {status}",
        lambda goal_view: status if goal_view.cluster and goal_view.cluster.status_of(type) == status else HOLDS,
    )


def _kubeconfig(goal_view: GoalView) -> str:
    status = goal_view.cluster.status if goal_view.cluster else {}
    return HOLDS if (status.get("kubeconfig") or {}).get("name") else "not published"


def _not_deleting(goal_view: GoalView) -> str:
    return "being deleted" if goal_view.cluster and goal_view.cluster.deleting else HOLDS


def _newest_version(goal_view: GoalView) -> str:
    if not goal_view.params.version or goal_view.cluster is None:
        return HOLDS
    have = latest(goal_view.cluster).get("version") or "none"
    return HOLDS if have == goal_view.params.version else f"{have}, not {goal_view.params.version}"


def _requested_image(goal_view: GoalView) -> str:
    """The hosted cluster desires the requested image. A digest behind a tag is known to the operator alone: it says so
    by Progressing."""
    if goal_view.cluster is None or (goal_view.params.version and not goal_view.params.image):
        return HOLDS
    requested = goal_view.params.image or (goal_view.cluster.spec.get("release") or {}).get("image")
    desired = ((goal_view.cluster.status.get("version") or {}).get("desired") or {}).get("image")
    if desired and desired == requested:
        return HOLDS
    return (
        HOLDS
        if not told(goal_view.cluster, "Progressing", "False", goal_view.generation, "AsExpected")
        else "not taken up yet"
    )


def _taken_up(goal_view: GoalView) -> str:
    """Progressing speaks of this generation and is not Blocked; whether a rollout still runs does not matter."""
    raw = goal_view.cluster.conditions.get("Progressing") if goal_view.cluster else None
    if raw is None:
        return "absent"
    if not current(raw, goal_view.generation):
        return f"seen for generation {raw.get('observedGeneration')} of {goal_view.generation}"
    return "Blocked" if raw.get("reason") == "Blocked" else HOLDS


def _completed(goal_view: GoalView) -> str:
    state = latest(goal_view.cluster).get("state") if goal_view.cluster else None
    return HOLDS if state == "Completed" else str(state or "no history")


def _management_side(goal_view: GoalView) -> str:
    """Older operators do not serve controlPlaneVersion."""
    told = {"status": goal_view.cluster.status if goal_view.cluster else {}}
    newest = versions.newest(told, versions.MANAGEMENT_SIDE)
    return HOLDS if not newest or newest.get("state") == "Completed" else str(newest.get("state"))


def _twin_paused(goal_view: GoalView) -> str:
    if goal_view.cluster is None or goal_view.view.control_plane is None:
        return HOLDS
    have = goal_view.control_plane_spec.get("pausedUntil")
    return HOLDS if have == goal_view.cluster.spec.get("pausedUntil") else f"is {have or 'unset'}"


def _twin_resumed(goal_view: GoalView) -> str:
    return "still set" if pause_state(goal_view.control_plane_spec.get("pausedUntil"), goal_view.now).paused else HOLDS


def _spec_not_paused(goal_view: GoalView) -> str:
    return "still set" if goal_view.cluster and goal_view.cluster.pause.paused else HOLDS


def _each_pool(check: Callable[[Subject, GoalView], str]) -> State:
    def state(goal_view: GoalView) -> str:
        found = [(pool.name, check(pool, goal_view)) for pool in goal_view.pools]
        return "; ".join(f"{name}: {text}" for name, text in found if text)

    return state


def _pool_paused(pool: Subject, goal_view: GoalView) -> str:
    """Only pools whose spec asks for a pause are waited for."""
    return told(pool, "ReconciliationActive", "False", pool.generation) if pool.pause.paused else HOLDS


def _pool_resumed(pool: Subject, goal_view: GoalView) -> str:
    return HOLDS if pool.pause.paused else told(pool, "ReconciliationActive", "True", pool.generation)


def nodes_ready(pool: Subject, goal_view: GoalView) -> str:
    """The pool has its nodes and all are healthy; without replicas, or without machines of the operator, there is
    nothing to be ready."""
    if not makes_machines((pool.spec.get("platform") or {}).get("type")):
        return HOLDS
    have, low, scaling = ready(pool), wanted(pool), pool.spec.get("autoScaling")
    high = int(scaling.get("max") or 0) if scaling else low
    if not low <= have <= high:
        return f"{have} of {low} nodes" if low == high else f"{have} of {low} to {high} nodes"
    if have == 0:
        return HOLDS
    for type in ("Ready", "AllMachinesReady", "AllNodesHealthy"):
        found = told(pool, type, "True", pool.generation)
        if found:
            return f"{type} {found}"
    return HOLDS


def updated(pool: Subject, goal_view: GoalView) -> str:
    """The pool runs the release and the configuration that its own spec asks for.

    UpdatingVersion False alone is no proof: a failed update in place says that too.
    """
    target, have = goal_view.params.version, pool.status.get("version") or "none"
    if target and have != target:
        return f"version {have}, not {target}"
    for type, reason in (("ReconciliationActive", ""), ("ValidReleaseImage", ""), ("ValidMachineConfig", "")):
        found = told(pool, type, "True", pool.generation, reason)
        if found:
            return f"{type} {found}"
    for type in ("UpdatingVersion", "UpdatingConfig"):
        found = told(pool, type, "False", pool.generation)
        if found or pool.reason_of(type) == "InplaceUpgradeFailed":
            return f"{type} {found or 'InplaceUpgradeFailed'}"
    if pool.status_of("UpdatingPlatformMachineTemplate") == "True":
        return "UpdatingPlatformMachineTemplate True"
    return nodes_ready(pool, goal_view)


def settled(pool: Subject, goal_view: GoalView) -> str:
    """The pool runs all that is asked of it, its hosted cluster's configuration too, of which no condition of the pool
    tells."""
    found = updated(pool, goal_view)
    rollout = pool.rollout or NOT_READ.rollout({"metadata": pool.meta, "spec": pool.spec})
    if found or rollout.stand is Stand.DONE:
        return found
    return f"not seen whether it rolls: {rollout.text}" if rollout.stand is Stand.UNSEEN else rollout.text


def _cluster_seen(goal_view: GoalView) -> str:
    """What a change of the hosted cluster rolls is not known before the operator has seen it."""
    if goal_view.cluster is None:
        return HOLDS
    seen = [int(raw.get("observedGeneration") or 0) for raw in goal_view.cluster.conditions.values()]
    newest = max(seen, default=0)
    return (
        HOLDS
        if not newest or newest >= goal_view.generation
        else f"seen for generation {newest} of {goal_view.generation}"
    )


def _pools_exist(goal_view: GoalView) -> str:
    if goal_view.absent_pools:
        return f"absent: {', '.join(goal_view.absent_pools)}"
    return HOLDS if goal_view.pools else "none"


def pools_left(goal_view: GoalView) -> list[dict[str, Any]]:
    """The named pools that still exist, or all of the cluster's when none is named."""
    names = goal_view.params.pools
    return [
        pool for pool in goal_view.view.node_pools if not names or (pool.get("metadata") or {}).get("name") in names
    ]


def _pools_gone(goal_view: GoalView) -> str:
    return ", ".join(str((pool.get("metadata") or {}).get("name")) for pool in pools_left(goal_view))


def _cluster_gone(goal_view: GoalView) -> str:
    if goal_view.cluster is None:
        return HOLDS
    return "being deleted" if goal_view.cluster.deleting else "deletion is not requested"


def _control_plane_gone(goal_view: GoalView) -> str:
    return "present" if goal_view.view.control_plane_known and goal_view.view.control_plane is not None else HOLDS


RECONCILING = condition("ReconciliationActive", "True")
KUBECONFIG = Predicate("status.kubeconfig.name", _kubeconfig)
NOT_DELETING = Predicate("not being deleted", _not_deleting)
NEWEST_VERSION = Predicate("version.history[0].version is the target", _newest_version)
REQUESTED_IMAGE = Predicate("version.desired.image is the requested one", _requested_image)
TAKEN_UP = Predicate("Progressing is not Blocked", _taken_up)
COMPLETED = Predicate("version.history[0].state=Completed", _completed)
MANAGEMENT_SIDE = Predicate("controlPlaneVersion.history[0].state=Completed", _management_side)
TWIN_PAUSED = Predicate("HostedControlPlane spec.pausedUntil equals the cluster's", _twin_paused)
TWIN_RESUMED = Predicate("HostedControlPlane spec.pausedUntil unset", _twin_resumed)
SPEC_NOT_PAUSED = Predicate("spec.pausedUntil unset", _spec_not_paused)
POOLS_EXIST = Predicate("node pools exist", _pools_exist)
POOLS_PAUSED = Predicate("paused node pools ReconciliationActive=False", _each_pool(_pool_paused))
POOLS_RESUMED = Predicate("node pools ReconciliationActive=True", _each_pool(_pool_resumed))
POOLS_READY = Predicate("node pools have their nodes", _each_pool(nodes_ready))
CLUSTER_SEEN = Predicate("the operator has seen the hosted cluster's spec", _cluster_seen)
POOLS_SETTLED = Predicate("node pools run what their spec asks for", _each_pool(settled))
POOLS_GONE = Predicate("node pools absent", _pools_gone)
CLUSTER_GONE = Predicate("HostedCluster absent", _cluster_gone)
CONTROL_PLANE_GONE = Predicate("HostedControlPlane absent", _control_plane_gone)
