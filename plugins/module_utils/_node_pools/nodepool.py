# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module nodepool."""

from __future__ import annotations

from typing import Any

from .._health.deletion_blockers import Blockers
from .._health.goal_states import GoalParams
from .._health.goal_waiter import wait_request
from .._kernel.changes import ChangeSet
from .._kernel.errors import Failure, OptionError
from .._kernel.kinds import HOSTED_CLUSTER, NODE_POOL
from .._kernel.objects import lookup
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._kernel.versions import version_of_image
from .._manifests import guards
from .._manifests.pausing import resume_patch
from .planning import plan_node_pool


class NodePool:
    """Bring one NodePool to its options, or remove it."""

    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options
        self._namespace: str = options["namespace"]
        self._name: str = options["name"]
        self._ref = NODE_POOL.ref(self._namespace, self._name)

    def plan(self) -> Plan:
        live = self._hub.get(NODE_POOL, self._namespace, self._name)
        return self._plan_absent(live) if self._options["state"] == "absent" else self._plan_present(live)

    def _plan_present(self, live: dict[str, Any] | None) -> Plan:
        changes = ChangeSet()
        cluster = None
        if live is None:
            if not self._options.get("cluster_name"):
                raise OptionError(
                    Failure(
                        "missing_option",
                        "option cluster_name is missing: a new node pool needs it",
                        self._ref,
                        next_step="Name the hosted cluster it belongs to.",
                    )
                )
            cluster = self._hub.get(HOSTED_CLUSTER, self._namespace, self._options["cluster_name"])
        plan_node_pool(self._hub, self._options, live, cluster, changes)
        guards.refuse_rollout(changes, bool(self._options.get("allow_rollout")), self._ref)
        return Plan(changes, (NODE_POOL, self._namespace, self._name), live, goal=self._settled)

    def _plan_absent(self, live: dict[str, Any] | None) -> Plan:
        changes = ChangeSet()
        plan = Plan(changes, extra={"resource": {}})
        if live is None:
            changes.notes.append(
                f"{NODE_POOL.ref(self._namespace, self._name)} does not exist, so no node pool is removed."
            )
            return plan
        cluster = str(lookup(live, ("spec", "clusterName"), ""))
        guards.refuse_others_pause(changes, live, self._ref, self._hub.now(), bool(self._options.get("allow_paused")))
        changes.patch(NODE_POOL, live, resume_patch(live), "a pause left behind would block the deletion")
        if not lookup(live, ("metadata", "deletionTimestamp")):
            changes.delete(NODE_POOL, live, "state is absent; its machines are drained and removed", disruptive=True)
        plan.goal = lambda _answer: self._gone(plan, cluster)
        return plan

    def _settled(self, answer: dict[str, Any] | None) -> Any:
        version = version_of_image(lookup(answer, ("spec", "release", "image"), ""))
        params = GoalParams(
            version=str(version) if version else "",
            pools=(self._name,),
            image=lookup(answer, ("spec", "release", "image"), ""),
        )
        return wait_request(
            self._options,
            "node_pools_settled",
            (self._namespace, str(lookup(answer, ("spec", "clusterName"), ""))),
            params,
        )

    def _gone(self, plan: Plan, cluster: str) -> Any:
        blockers = Blockers(self._hub, self._namespace, cluster, pool=self._name)
        params = GoalParams(pools=(self._name,))
        return wait_request(
            self._options,
            "node_pools_gone",
            (self._namespace, cluster),
            params,
            **blockers.of_wait(self._options, plan.late),
        )
