# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where each hosted cluster of a campaign stands, and whether the plan still fits it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .._fleet.views import HubView
from .._health.goal_predicates import HOLDS, GoalView, updated
from .._health.goal_states import ClusterView, GoalParams, Outcome
from .._health.goals import evaluate
from .._kernel import conditions, versions
from .._kernel.errors import Failure
from .._kernel.kinds import HOSTED_CLUSTER
from .._kernel.objects import Object
from .._kernel.times import parse_time
from .._kernel.versions import Version, completed_version
from .journal import FAILED, SECONDS
from .plan import READY, UPGRADE_CONTROL_PLANE

Records = Mapping[tuple[str, str], Object]


@dataclass
class ClusterProgress:
    """One planned cluster. entry: its part of the plan; position: steps that are done; record: of the journal; problem:
    why it must not go on."""

    entry: Object
    view: ClusterView
    position: int = 0
    record: Object = field(default_factory=dict)
    problem: Failure | None = None
    regressed: bool = False  # it got there and is worse for it

    @property
    def id(self) -> str:
        return str(self.entry["id"])

    @property
    def hub(self) -> str:
        return str(self.entry["hub"])

    @property
    def ref(self) -> str:
        return HOSTED_CLUSTER.ref(self.entry["namespace"], self.entry["name"])

    @property
    def finished(self) -> bool:
        return self.position >= len(self.entry["steps"]) or (
            self.problem is not None and self.problem.code == "object_vanished"
        )

    @property
    def failed(self) -> bool:
        """A run noted that it failed, and it has not got there since."""
        return self.regressed or (not self.finished and self.record.get("state") == FAILED)

    def row(self) -> Object:
        """{id, hub, namespace, name, wave, batch, position, steps, remaining, problem} as modules return it."""
        entry = self.entry
        return {
            **{key: entry[key] for key in ("id", "hub", "namespace", "name", "wave", "batch")},
            "position": self.position,
            "steps": len(entry["steps"]),
            "remaining": entry["steps"][self.position :],
            "finished": self.finished,
            "state": self.record.get("state") or "",
            "ended": reached.strftime(SECONDS) if self.finished and (reached := reached_at(self)) else "",
            "problem": self.problem.as_dict() if self.problem else {},
            "msg": self.problem.message() if self.problem else "",
        }


def planned(plan: Object, ids: Iterable[str] = ()) -> list[Object]:
    """Entries that are to be upgraded, all or those named, in the plan's order."""
    wanted = set(ids)
    return [e for e in plan["clusters"] if e["verdict"] == READY and (not wanted or e["id"] in wanted)]


def progress_of(entry: Object, hub: HubView, records: Records, now: datetime) -> ClusterProgress:
    """Judge one cluster by what its hub told."""
    key = (entry["namespace"], entry["name"])
    cluster = hub.by_key.get(key)
    view = ClusterView(*key, cluster, tuple(hub.pools_of(*key)))
    found = ClusterProgress(entry, view, record=dict(records.get(key) or {}))
    if hub.problem is not None:
        found.problem = hub.problem
        return found
    found.position = position(entry["steps"], view, now)
    found.problem = _misfit(found, cluster)
    return found


def _misfit(found: ClusterProgress, cluster: Object | None) -> Failure | None:
    """Why the plan does not fit this cluster any more."""
    if cluster is None:
        return Failure(
            "object_vanished",
            "the hosted cluster of the plan does not exist any more",
            found.ref,
            next_step="Make a new plan.",
        )
    if found.entry.get("uid") and cluster["metadata"].get("uid") != found.entry["uid"]:
        cause = "this is another hosted cluster of the same name: the planned one was deleted and created anew"
        return Failure("other_cluster", cause, found.ref, next_step="Make a new plan.")
    if found.finished:
        return None
    have = versions.completed(cluster)
    chain = [found.entry["from"], *(step["version"] for step in found.entry["steps"])]
    if have and have not in chain:
        cause = f"it runs {have}, which is not on the planned way {' -> '.join(dict.fromkeys(chain))}"
        return Failure("plan_outdated", cause, found.ref, next_step="Make a new plan.")
    return None


@dataclass(frozen=True)
class WaveState:
    """A wave that comes before: what is still open in it, and what failed."""

    name: str
    unfinished: tuple[str, ...]
    failed: tuple[str, ...]
    max_failed: int
    soaked_at: datetime | None


def before(plan: Object, name: str) -> list[str]:
    """Names of all waves that must be over before this one, direct and indirect."""
    after = {wave["name"]: wave.get("after") or [] for wave in plan["waves"]}
    found: list[str] = []
    todo = list(after.get(name, []))
    while todo:
        wave = todo.pop(0)
        if wave not in found:
            found.append(wave)
            todo += after.get(wave, [])
    return found


def wave_state(plan: Object, name: str, clusters: Mapping[str, ClusterProgress]) -> WaveState:
    wave = next(w for w in plan["waves"] if w["name"] == name)
    own = [clusters[i] for i in wave["clusters"] if i in clusters]
    ends = [end for s in own if s.finished and (end := ended_at(s)) is not None]
    soak = timedelta(minutes=wave.get("soak_minutes") or 0)
    return WaveState(
        name,
        tuple(s.id for s in own if not s.finished and not s.failed),
        tuple(s.id for s in own if s.failed),
        int(wave.get("max_failed") or 0),
        max(ends) + soak if ends and soak else None,
    )


def ended_at(found: ClusterProgress) -> datetime | None:
    """When the cluster got there: as noted, else as it shows itself."""
    noted = parse_time(found.record.get("ended"))
    return noted if noted is not None else reached_at(found)


def reached_at(found: ClusterProgress) -> datetime | None:
    """When the control plane had completed and the last node pool of the plan had stopped updating."""
    completed = parse_time(versions.newest(found.view.hosted_cluster).get("completionTime"))
    pools = {name for step in found.entry["steps"] for name in step.get("pools") or ()}
    stops = [
        parse_time(condition.get("lastTransitionTime"))
        for pool in found.view.node_pools
        if pool["metadata"]["name"] in pools and (condition := conditions.index(pool).get("UpdatingVersion"))
    ]
    return max((moment for moment in (completed, *stops) if moment), default=None)


def over_budget(waves: Iterable[WaveState], failed: list[str], max_failed: int | None) -> Failure | None:
    """The stop-loss. max_failed: budget of the whole campaign, None when each wave's own is all there is."""
    for wave in waves:
        if len(wave.failed) > wave.max_failed:
            return _stop(f"wave {wave.name}", list(wave.failed), wave.max_failed)
    if max_failed is not None and len(failed) > max_failed:
        return _stop("the campaign", failed, max_failed)
    return None


def _stop(where: str, failed: list[str], allowed: int) -> Failure:
    named = ", ".join(failed[:5]) + (f" and {len(failed) - 5} more" if len(failed) > 5 else "")
    cause = f"{len(failed)} hosted cluster(s) of {where} failed and {allowed} may: {named}"
    return Failure(
        "budget_exceeded",
        cause,
        next_step="See the report, put them right and run again: what is done is not repeated.",
    )


def position(steps: Sequence[Object], view: ClusterView, now: datetime) -> int:
    """Number of leading steps that are done, from the live objects alone."""
    for number, step in enumerate(steps):
        if not step_done(step, view, now):
            return number
    return len(steps)


def step_done(step: Object, view: ClusterView, now: datetime) -> bool:
    """What the step asks for is complete, or the cluster has moved on from there."""
    target = Version.parse(step["version"])
    if target is None or view.hosted_cluster is None:
        return False
    if step["kind"] == UPGRADE_CONTROL_PLANE:
        return _control_plane_done(step, target, view, view.hosted_cluster, now)
    return all(_pool_done(name, target, step, view, now) for name in step["pools"])


def _control_plane_done(step: Object, target: Version, view: ClusterView, cluster: Object, now: datetime) -> bool:
    have = completed_version(cluster)
    if have is None or have < target:
        return False
    if have > target or versions.newest(cluster).get("version") != step["version"]:
        return True
    return (
        evaluate("version_completed", view, GoalParams(version=step["version"], image=step["image"]), now=now).outcome
        is Outcome.DONE
    )


def _pool_done(name: str, target: Version, step: Object, view: ClusterView, now: datetime) -> bool:
    """A pool that was removed since needs no upgrade."""
    goal_view = GoalView(view, GoalParams(version=step["version"], pools=(name,)), now)
    if goal_view.absent_pools:
        return True
    pool = goal_view.pools[0]
    have = Version.parse(str(pool.status.get("version") or ""))
    if have is None or have < target:
        return False
    return (
        have > target
        or (pool.spec.get("release") or {}).get("image") != step["image"]
        or updated(pool, goal_view) == HOLDS
    )
