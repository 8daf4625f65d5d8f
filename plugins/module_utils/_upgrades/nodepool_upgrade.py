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
from .._kernel.operation import Plan, Progress
from .._kernel.ports.hub import Hub
from .._kernel.stages import Stages
from .._manifests.guards import refuse_paused
from .._manifests.selection import pools_of
from .._node_pools.rollout import pool_change_effects
from . import node_pools
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
        by_name = {node_pools.name_of(p): p for p in self.pools}
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
        self._target: PoolRelease | None = None

    def plan(self) -> Plan:
        plan, self._target = Plan(), None
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
        if self._options["wait"]:
            stages, timeout = self._stages(seen), float(self._options["wait_timeout"])
            plan.goal = lambda _answer: Stages(_GOAL, stages, plan, timeout, whole=True)
        return plan

    def _stages(self, seen: Seen) -> list[PoolStage]:
        """From the one that this plan writes; of a finished upgrade the last, which is looked at once more."""
        first = min(seen.number, max(len(seen.stages) - 1, 0))
        return [PoolStage(self, seen, number) for number in range(first, len(seen.stages))]

    def _look(self, changes: ChangeSet) -> Seen | None:
        """What is there; None when there is nothing to upgrade."""
        cluster = self._hub.get(HOSTED_CLUSTER, self._namespace, self._cluster)
        if cluster is None:
            changes.refuse(
                "not_found", "it does not exist", "Check cluster_name, namespace and the management cluster.", self._ref
            )
            return None
        pools = pools_of(self._hub, self._namespace, self._cluster)
        alive = [node_pools.name_of(p) for p in pools if not lookup(p, ("metadata", "deletionTimestamp"))]
        asked, canary = self._options.get("node_pools") or [], self._options.get("canary") or ""
        names = sorted(set(asked) or set(alive))
        for name in sorted({*names, *([canary] if canary else [])} - {node_pools.name_of(p) for p in pools}):
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
        target = self._target or node_pools.target_of(
            cluster, self._options.get("version") or "", self._options.get("image") or ""
        )
        self._target = target
        changes.refusals += node_pools.cluster_failures(cluster, target, self._options.get("version") or "")
        stages = node_pools.stages_of(names, canary, self._options["parallel"])
        return Seen(
            cluster, pools, target, stages, node_pools.open_stage(stages, cluster, pools, target, self._hub.now())
        )

    def _judge(self, changes: ChangeSet, seen: Seen) -> None:
        """Refusals, effects and notes of every stage that is left, whichever of them is written now."""
        now = self._hub.now()
        moved = [
            (pool, patch)
            for pool in seen.of(seen.stages[seen.number :])
            if (patch := node_pools.patch_of(pool, seen.target))
        ]
        machines = machine_owners(self._hub, [pool for pool, _patch in moved])
        for pool, patch in moved:
            changes.refusals += node_pools.pool_failures(pool, seen.target, now, machines)
            own = ChangeSet()
            own.patch(NODE_POOL, pool, patch, "")
            refuse_paused(
                own, is_paused(pool, now), self._options["allow_paused"], node_pools.ref_of(pool), owner_of(pool)
            )
            changes.refusals += own.refusals
            changes.rollout += pool_change_effects(pool, apply_merge_patch(pool, patch))
            changes.notes += node_pools.pool_notes(pool) if self._options["wait"] else []

    def _patch(self, changes: ChangeSet, seen: Seen, stages: list[tuple[str, ...]]) -> None:
        for pool in seen.of(stages):
            why = f"upgrade from {pool_version(pool) or 'an unknown version'} to {seen.target.text}"
            changes.patch(NODE_POOL, pool, node_pools.patch_of(pool, seen.target), why, disruptive=True)

    def _rows(self, seen: Seen) -> list[Object]:
        number = {name: i for i, stage in enumerate(seen.stages) for name in stage}
        return [
            {
                "name": node_pools.name_of(pool),
                "from_version": str(pool_version(pool) or ""),
                "to_version": seen.target.text,
                "image": seen.target.image,
                "stage": number[node_pools.name_of(pool)],
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
        pools = [p for p in pools_of(self._hub, self._namespace, self._cluster) if node_pools.name_of(p) in names]
        return "; ".join(text for text in map(node_pools.in_place_hint, pools) if text)


@dataclass(frozen=True)
class PoolStage:
    """Node pools that are upgraded side by side: one of the stages of an upgrade."""

    operation: NodePoolUpgrade
    seen: Seen
    number: int

    def changes(self) -> ChangeSet:
        return self.operation.stage_changes(self.number)

    def wait(self, goal: str, hub: Hub, progress: Progress, seconds: float) -> list[Object]:
        """Rows of the stages up to this one."""
        return self.operation.wait_for(self.seen, self.number, seconds, progress)
