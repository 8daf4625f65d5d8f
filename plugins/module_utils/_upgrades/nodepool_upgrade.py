# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module nodepool_upgrade: the node pools of one hosted cluster, stage after stage."""

from __future__ import annotations

from dataclasses import dataclass

from .._health.goal_states import GoalParams
from .._health.goal_waiter import wait_request
from .._health.machine_owners import machine_owners
from .._health.pauses import is_paused, owner_of
from .._kernel.changes import ChangeSet
from .._kernel.compare import apply_merge_patch
from .._kernel.kinds import HOSTED_CLUSTER, NODE_POOL
from .._kernel.objects import Object, lookup
from .._kernel.operation import Applied, Plan, Progress, apply_planned
from .._kernel.ports.hub import Hub
from .._manifests.guards import refuse_paused
from .._manifests.selection import pools_of
from .._node_pools.rollout import pool_change_effects
from . import node_pools as upgrade
from .hop import pool_version
from .node_pools import PoolRelease

_GOAL = "node_pools_settled"


@dataclass
class Seen:
    """The live objects of one planning, and what follows from them. number: first stage that is not done."""

    cluster: Object
    pools: list[Object]
    target: PoolRelease
    stages: list[tuple[str, ...]]
    number: int

    def of(self, stages: list[tuple[str, ...]]) -> list[Object]:
        """Pools of some stages, in their order."""
        by_name = {upgrade.name_of(p): p for p in self.pools}
        return [by_name[name] for stage in stages for name in stage if name in by_name]


class NodePoolUpgrade:
    """Bring node pools of one hosted cluster to one release."""

    def __init__(self, hub: Hub, options: Object, check_mode: bool = False) -> None:
        self._hub = hub
        self._options = options
        self._check_mode = check_mode
        self._namespace: str = options["namespace"]
        self._cluster: str = options["cluster_name"]
        self._ref = HOSTED_CLUSTER.ref(self._namespace, self._cluster)
        self._plan = Plan()
        self._target: PoolRelease | None = None

    def plan(self) -> Plan:
        plan, self._target = Plan(), None
        self._plan = plan
        seen = self._look(plan.changes)
        if seen is None or plan.changes.refusals:
            return plan
        self._judge(plan.changes, seen)
        # Check mode shows every stage that one run would do; without waiting that is one stage alone.
        through = len(seen.stages) if self._check_mode and self._options["wait"] else seen.number + 1
        self._patch(plan.changes, seen, seen.stages[seen.number : through])
        plan.extra |= {"stages": [list(s) for s in seen.stages], "node_pools": self._rows(seen)}
        if not self._options["wait"] and seen.number + 1 < len(seen.stages):
            left = ", ".join(name for stage in seen.stages[seen.number + 1 :] for name in stage)
            plan.changes.notes.append(f"{self._ref}: left for later runs, one stage each: {left}")
        plan.goal = lambda _answer: _Stages(self, seen) if self._options["wait"] else None
        return plan

    def _look(self, changes: ChangeSet) -> Seen | None:
        """What is there; None when there is nothing to upgrade."""
        cluster = self._hub.get(HOSTED_CLUSTER, self._namespace, self._cluster)
        if cluster is None:
            changes.refuse(
                "not_found", "it does not exist", "Check cluster_name, namespace and the management cluster.", self._ref
            )
            return None
        pools = pools_of(self._hub, self._namespace, self._cluster)
        alive = [upgrade.name_of(p) for p in pools if not lookup(p, ("metadata", "deletionTimestamp"))]
        asked, canary = self._options.get("node_pools") or [], self._options.get("canary") or ""
        names = sorted(set(asked) or set(alive))
        for name in sorted({*names, *([canary] if canary else [])} - {upgrade.name_of(p) for p in pools}):
            ref = NODE_POOL.ref(self._namespace, name)
            changes.refuse(
                "not_found", f"{self._ref} has no such node pool", f"It has: {', '.join(sorted(alive)) or 'none'}.", ref
            )
        if canary and canary not in names:
            changes.refuse(
                "invalid_option",
                f"option canary is '{canary}', which is not among node_pools",
                "Name it there.",
                self._ref,
            )
        # Later stages keep the release of the first, however far the control plane has come meanwhile.
        target = self._target or upgrade.target_of(
            cluster, self._options.get("version") or "", self._options.get("image") or ""
        )
        self._target = target
        changes.refusals += upgrade.cluster_failures(cluster, target, self._options.get("version") or "")
        stages = upgrade.stages_of(names, canary, self._options["parallel"])
        return Seen(cluster, pools, target, stages, upgrade.open_stage(stages, cluster, pools, target, self._hub.now()))

    def _judge(self, changes: ChangeSet, seen: Seen) -> None:
        """Refusals, effects and notes of every stage that is left, whichever of them is written now."""
        now = self._hub.now()
        moved = [
            (pool, patch)
            for pool in seen.of(seen.stages[seen.number :])
            if (patch := upgrade.patch_of(pool, seen.target))
        ]
        machines = machine_owners(self._hub, [pool for pool, _patch in moved])
        for pool, patch in moved:
            changes.refusals += upgrade.pool_failures(pool, seen.target, now, machines)
            own = ChangeSet()
            own.patch(NODE_POOL, pool, patch, "")
            refuse_paused(
                own, is_paused(pool, now), self._options["allow_paused"], upgrade.ref_of(pool), owner_of(pool)
            )
            changes.refusals += own.refusals
            changes.rollout += pool_change_effects(pool, apply_merge_patch(pool, patch))
            changes.notes += upgrade.pool_notes(pool) if self._options["wait"] else []

    def _patch(self, changes: ChangeSet, seen: Seen, stages: list[tuple[str, ...]]) -> None:
        for pool in seen.of(stages):
            why = f"upgrade from {pool_version(pool) or 'an unknown version'} to {seen.target.text}"
            changes.patch(NODE_POOL, pool, upgrade.patch_of(pool, seen.target), why, disruptive=True)

    def _rows(self, seen: Seen) -> list[Object]:
        number = {name: i for i, stage in enumerate(seen.stages) for name in stage}
        return [
            {
                "name": upgrade.name_of(pool),
                "from_version": str(pool_version(pool) or ""),
                "to_version": seen.target.text,
                "image": seen.target.image,
                "stage": number[upgrade.name_of(pool)],
            }
            for pool in seen.of(seen.stages)
        ]

    def stage_changes(self, number: int) -> ChangeSet:
        """Writes of a later stage, from what is there by then."""
        changes = ChangeSet()
        seen = self._look(changes)
        if seen is not None and not changes.refusals:
            self._judge(changes, seen)
            self._patch(changes, seen, seen.stages[number : number + 1])
        return changes

    def wait_for(self, seen: Seen, number: int, timeout: float, progress: Progress) -> list[Object]:
        """Rows of the wait for the stages up to this one."""
        names = tuple(name for stage in seen.stages[: number + 1] for name in stage)
        params = GoalParams(version=seen.target.text, image=seen.target.image, pools=names)
        options = {**self._options, "wait_timeout": timeout}
        request = wait_request(
            options, _GOAL, (self._namespace, self._cluster), params, explain=lambda _target: self._explain(names)
        )
        return request.wait(self._hub, progress) if request else []

    def _explain(self, names: tuple[str, ...]) -> str:
        """Asked once a wait has failed: of an update in place the management cluster does not even know which node is
        drained."""
        pools = [p for p in pools_of(self._hub, self._namespace, self._cluster) if upgrade.name_of(p) in names]
        return "; ".join(text for text in map(upgrade.in_place_hint, pools) if text)

    def write_stage(self, number: int) -> None:
        """Raises HypershiftError; what was written by then is in the plan all the same."""
        applied = Applied()
        try:
            apply_planned(self._hub, lambda: self.stage_changes(number), applied)
        finally:
            self._plan.late += applied.steps


class _Stages:
    """Waits for the stage that was written, writes the next one, waits for that, to the last; wait_timeout is for all
    of them together."""

    goal = _GOAL

    def __init__(self, operation: NodePoolUpgrade, seen: Seen) -> None:
        self._operation = operation
        self._seen = seen

    def wait(self, hub: Hub, progress: Progress) -> list[Object]:
        rows: list[Object] = []
        end = hub.monotonic() + float(self._operation._options["wait_timeout"])
        last = len(self._seen.stages) - 1
        for number in range(min(self._seen.number, max(last, 0)), last + 1):
            if number > self._seen.number:
                self._operation.write_stage(number)
            rows = self._operation.wait_for(self._seen, number, max(0.0, end - hub.monotonic()), progress)
        return rows
