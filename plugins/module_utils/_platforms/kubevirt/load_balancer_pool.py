# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module load_balancer_pool: addresses that MetalLB gives out. Source: platform_facts#2.6, #11.8."""

from __future__ import annotations

from typing import Any

from ..._kernel.changes import ChangeSet
from ..._kernel.facts import Fact, FactGoal
from ..._kernel.kinds import IP_ADDRESS_POOL, L2_ADVERTISEMENT, METALLB, SERVICE
from ..._kernel.objects import Object
from ..._kernel.operation import Plan
from ..._kernel.owned_objects import Owned, refuse_unserved
from ..._kernel.ports.hub import Hub, WatchSpec
from . import address_pools

MODULE = "load_balancer_pool"


class LoadBalancerPoolPresent:
    """IPAddressPool, its L2Advertisement, and MetalLB itself when asked for."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options
        self._namespace: str = options["namespace"]
        self._ref = IP_ADDRESS_POOL.ref(self._namespace, options["name"])

    def plan(self) -> Plan:
        changes = ChangeSet()
        owned = Owned(self._hub, changes, MODULE)
        self._refuse_addresses(changes)
        self._plan_metallb(changes, owned)
        pool = address_pools.pool(self._options)
        live = self._hub.get(IP_ADDRESS_POOL, self._namespace, self._options["name"])
        if live is None:
            refuse_unserved(self._hub, changes, IP_ADDRESS_POOL, "the MetalLB operator")
        owned.bring(IP_ADDRESS_POOL, live, pool, "addresses for services of type LoadBalancer")
        owned.ensure(
            L2_ADVERTISEMENT,
            address_pools.advertisement(self._options),
            "the addresses are announced in the local network",
        )
        goal = self._goal if self._options["deploy_metallb"] and self._options["wait"] else None
        return Plan(
            changes, (IP_ADDRESS_POOL, self._namespace, self._options["name"]), live, goal=goal, outcome=self._outcome
        )

    def _refuse_addresses(self, changes: ChangeSet) -> None:
        texts = self._options["addresses"]
        found = address_pools.problems(texts) if texts else ["it is empty"]
        for problem in found:
            step = "Write networks (192.0.2.0/28) or ranges (192.0.2.10-192.0.2.20)."
            changes.refuse("invalid_option", f"option addresses: {problem}", step, self._ref)
        if found:
            return
        others = [p for p in self._hub.list(IP_ADDRESS_POOL) if not self._is_this(p)]
        for pool, theirs, ours in address_pools.overlaps(texts, others):
            ref = IP_ADDRESS_POOL.ref(pool["metadata"]["namespace"], pool["metadata"]["name"])
            changes.refuse(
                "pool_overlap",
                f"{ours} overlaps {theirs} of {ref}",
                "Choose addresses that no other pool has.",
                self._ref,
            )

    def _is_this(self, pool: Object) -> bool:
        meta = pool["metadata"]
        return bool(meta["namespace"] == self._namespace and meta["name"] == self._options["name"])

    def _plan_metallb(self, changes: ChangeSet, owned: Owned) -> None:
        found = self._hub.list(METALLB)
        if self._options["deploy_metallb"]:
            if not found:
                body = METALLB.manifest(address_pools.METALLB_NAME, self._namespace, spec={})
                owned.bring(METALLB, None, body, "MetalLB is not started yet")
        elif not found:
            changes.notes.append(
                f"There is no {METALLB.kind} object on {self._hub.server}: unless MetalLB was installed without its"
                " operator, nothing gives addresses out. Set deploy_metallb to start it."
            )

    def _goal(self, _answer: Object | None) -> FactGoal:
        def missing(seen: Any) -> str:
            found = [address_pools.metallb_missing(m) for m in seen.all(METALLB)] or [
                address_pools.metallb_missing(None)
            ]
            return found[0]

        ref = METALLB.ref(self._namespace, address_pools.METALLB_NAME)
        step = (
            f"Look at the pods of namespace {self._namespace} (kubectl get pods -n {self._namespace}), then run again."
        )
        fact = Fact("MetalLB", (WatchSpec(METALLB, self._namespace),), missing, ref, step)
        return FactGoal("metallb_available", fact, float(self._options["wait_timeout"]))

    def _outcome(self, live: Object) -> Object:
        used = address_pools.assigned(live)
        total = address_pools.size(self._options["addresses"])
        return {"addresses": {"total": total, "assigned": used, "free": max(0, total - used)}}


class LoadBalancerPoolAbsent:
    """Takes away what is ours, as long as no service has an address of it."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        changes = ChangeSet()
        owned = Owned(self._hub, changes, MODULE)
        namespace, name = self._options["namespace"], self._options["name"]
        pool = self._hub.get(IP_ADDRESS_POOL, namespace, name)
        if pool is not None and owned.is_ours(pool):
            users = address_pools.users(pool, self._hub.list(SERVICE))
            if users:
                cause = f"{len(users)} service(s) have addresses of it, first {users[0]}"
                changes.refuse("in_use", cause, "Remove these services first.", IP_ADDRESS_POOL.ref(namespace, name))
        owned.remove(L2_ADVERTISEMENT, namespace, name, "its pool goes")
        owned.drop(IP_ADDRESS_POOL, pool, "state is absent", disruptive=True)
        others = [
            p
            for p in self._hub.list(IP_ADDRESS_POOL)
            if (p["metadata"]["namespace"], p["metadata"]["name"]) != (namespace, name)
        ]
        metallb = self._hub.get(METALLB, namespace, address_pools.METALLB_NAME)
        if owned.is_ours(metallb) and not others:
            owned.drop(METALLB, metallb, "this module started it, and no pool is left", disruptive=True)
        return Plan(changes, extra={"resource": {}})
