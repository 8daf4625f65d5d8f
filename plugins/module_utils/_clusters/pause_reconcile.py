# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operations of modules pause_reconcile and pause_reconcile_info. Source: platform_facts#10.2, #O.8."""

from __future__ import annotations

from typing import Any

from .._health import pauses
from .._health.goal_states import GoalParams
from .._health.goal_waiter import wait_request
from .._kernel.changes import ChangeSet
from .._kernel.kinds import HOSTED_CLUSTER, MACHINE_HEALTH_CHECK, NODE_POOL, control_plane_namespace
from .._kernel.objects import lookup
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._manifests import pausing
from .._manifests.selection import pools_of


class PauseReconcile:
    """Pause or resume a hosted cluster, its node pools and its machine health checks as one unit."""

    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options
        self._namespace: str = options["namespace"]
        self._name: str = options["name"]
        self._ref = HOSTED_CLUSTER.ref(self._namespace, self._name)

    def plan(self) -> Plan:
        changes = ChangeSet()
        cluster = self._hub.get(HOSTED_CLUSTER, self._namespace, self._name)
        if cluster is None:
            changes.refuse(
                "not_found", "it does not exist", "Check name, namespace and the management cluster.", self._ref
            )
            return Plan(changes)
        pools = pools_of(self._hub, self._namespace, self._name)
        checks = self._hub.list(MACHINE_HEALTH_CHECK, control_plane_namespace(self._namespace, self._name))
        if self._options["state"] == "paused":
            self._plan_pause(changes, cluster, pools, checks)
        else:
            self._plan_resume(changes, cluster, pools, checks)
        plan = Plan(changes, (HOSTED_CLUSTER, self._namespace, self._name), cluster, goal=self._goal)
        plan.extra["units"] = [HOSTED_CLUSTER.ref(self._namespace, self._name)] + [
            NODE_POOL.ref(self._namespace, p["metadata"]["name"]) for p in pools
        ]
        return plan

    def _plan_pause(
        self, changes: ChangeSet, cluster: dict[str, Any], pools: list[dict[str, Any]], checks: list[dict[str, Any]]
    ) -> None:
        now, owner, reason = self._hub.now(), self._options["owner"], self._options.get("reason") or ""
        until = pausing.paused_until(self._options, now)
        self._refuse_foreign(changes, cluster, owner)
        for kind, obj in [(HOSTED_CLUSTER, cluster)] + [(NODE_POOL, p) for p in pools]:
            annotations = lookup(obj, ("metadata", "annotations")) or {}
            same = lookup(obj, ("spec", "pausedUntil")) == until
            if not same or (annotations.get(pauses.OWNER), annotations.get(pauses.REASON, "")) != (owner, reason):
                changes.patch(
                    kind,
                    obj,
                    pausing.pause_patch(until, owner, reason, now),
                    f"paused by {owner} until {_spoken(until)}",
                )
        for check in checks:
            changes.patch(
                MACHINE_HEALTH_CHECK,
                check,
                pausing.capi_pause_patch(check, True, owner),
                "no machine is to be remediated meanwhile",
            )

    def _plan_resume(
        self, changes: ChangeSet, cluster: dict[str, Any], pools: list[dict[str, Any]], checks: list[dict[str, Any]]
    ) -> None:
        self._refuse_foreign(changes, cluster, self._options.get("owner") or "")
        for check in checks:
            changes.patch(
                MACHINE_HEALTH_CHECK,
                check,
                pausing.capi_pause_patch(check, False, "any"),
                "machines are remediated again",
            )
        for pool in pools:
            changes.patch(NODE_POOL, pool, pausing.resume_patch(pool), "reconciliation goes on: the field is removed")
        changes.patch(
            HOSTED_CLUSTER, cluster, pausing.resume_patch(cluster), "reconciliation goes on: the field is removed"
        )

    def _refuse_foreign(self, changes: ChangeSet, cluster: dict[str, Any], owner: str) -> None:
        holder = pauses.owner_of(cluster)
        held = pauses.is_paused(cluster, self._hub.now())
        if held and holder and holder != owner and not self._options.get("take_over"):
            reason = (lookup(cluster, ("metadata", "annotations")) or {}).get(pauses.REASON) or "no reason given"
            changes.refuse(
                "paused_by_other",
                f"it is paused by {holder} ({reason}) until {_spoken(str(lookup(cluster, ('spec', 'pausedUntil'))))}",
                f"Ask {holder}, or set take_over: true.",
                self._ref,
            )

    def _goal(self, answer: dict[str, Any] | None) -> Any:
        goal = "paused" if self._options["state"] == "paused" else "resumed"
        generation = int(lookup(answer, ("metadata", "generation"), 0) or 0)
        return wait_request(self._options, goal, (self._namespace, self._name), GoalParams(generation=generation))


def _spoken(until: str) -> str:
    return "resumed by hand" if until in ("true", "True") else until
