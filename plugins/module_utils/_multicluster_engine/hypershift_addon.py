# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module hypershift_addon: hosted control planes on and off, in the order that the platform wants.

Source: platform_facts#1.5, #1.7: on is hypershift, then local hosting; off is the reverse, and only when there is no
hosted cluster.
"""

from __future__ import annotations

from collections.abc import Callable

from .._kernel.changes import ChangeSet
from .._kernel.conditions import index
from .._kernel.facts import Fact, Observed
from .._kernel.kinds import (
    CONFIG_MAP,
    CUSTOM_RESOURCE_DEFINITION,
    DEPLOYMENT,
    HOSTED_CLUSTER,
    MANAGED_CLUSTER,
    MANAGED_CLUSTER_ADD_ON,
    MULTICLUSTER_ENGINE,
    POD,
)
from .._kernel.objects import Object
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub, WatchSpec
from .._kernel.stages import Stage, staged
from .._manifests import supported_versions
from . import addon_health, components
from .multicluster_engine import engine_fact
from .reading import hosted_names

_NAMESPACE = supported_versions.OPERATOR_NAMESPACE


class HypershiftAddon:
    def __init__(self, hub: Hub, options: Object, check_mode: bool) -> None:
        self._hub = hub
        self._options = options
        self._check_mode = check_mode

    def plan(self) -> Plan:
        engine = self._engine()
        present = self._options["state"] == "present"
        if engine is None:
            return Plan(ChangeSet(refusals=[components.missing_failure()] if present else []))
        hosted = [] if present else hosted_names(self._hub)
        names = [components.HYPERSHIFT, components.LOCAL_HOSTING]
        refused = components.refusals(engine, names if present else [], [] if present else names, hosted)
        if refused:
            return Plan(ChangeSet(refusals=refused[:1] if hosted else refused))
        self._local = addon_health.local_cluster_of(engine)
        self._home = addon_health.home_of(engine)
        stages = self._on(engine) if present else self._off()
        plan = staged(
            self._hub,
            stages,
            "available" if present else "gone",
            self._check_mode,
            self._options["wait"],
            float(self._options["wait_timeout"]),
        )
        plan.outcome = lambda _live: {"addon": self._status()}
        return plan

    def _engine(self) -> Object | None:
        return next(iter(self._hub.list(MULTICLUSTER_ENGINE)), None)

    def _status(self) -> Object:
        add_on = self._hub.get(MANAGED_CLUSTER_ADD_ON, self._local, addon_health.NAME)
        operator = self._hub.get(DEPLOYMENT, _NAMESPACE, "operator")
        return addon_health.status_of(add_on, operator, self._hub.get(CONFIG_MAP, _NAMESPACE, "supported-versions"))

    def _patch(self, why: str, on: tuple[str, ...] = (), off: tuple[str, ...] = ()) -> Callable[[], ChangeSet]:
        def changes() -> ChangeSet:
            found, engine = ChangeSet(), self._engine()
            if engine is not None:
                found.patch(MULTICLUSTER_ENGINE, engine, components.patch(engine, on, off), why, disruptive=bool(off))
            return found

        return changes

    # On

    def _on(self, engine: Object) -> list[Stage]:
        needed = (
            components.HYPERSHIFT,
            *(("local-cluster",) if components.state_of(engine, "local-cluster") is False else ()),
        )
        settled = engine_fact({**self._options, "name": engine["metadata"]["name"]}, "", "the multicluster engine")
        return [
            Stage(
                self._patch("the engine runs the add-on's manager, and manages its own cluster", on=needed),
                lambda: settled,
            ),
            Stage(ChangeSet, self._joined),
            Stage(
                self._patch("the add-on installs the operator on this cluster", on=(*needed, components.LOCAL_HOSTING)),
                self._ready,
            ),
        ]

    def _joined(self) -> Fact:
        name = self._local

        def missing(seen: Observed) -> str:
            manager = seen.get(DEPLOYMENT, self._home, addon_health.MANAGER)
            return addon_health.not_joined(seen.get(MANAGED_CLUSTER, "", name), name) or addon_health.rolled_out(
                manager, f"Deployment {self._home}/{addon_health.MANAGER}"
            )

        specs = (WatchSpec(MANAGED_CLUSTER, name=name), WatchSpec(DEPLOYMENT, self._home, addon_health.MANAGER))
        step = (
            f"Look at conditions of ManagedCluster {name}, and at the pods in namespaces open-cluster-management-agent"
            f" and {self._home}."
        )
        return Fact(
            "the management cluster to be managed by its own engine",
            specs,
            missing,
            MANAGED_CLUSTER.ref(None, name),
            step,
        )

    def _ready(self) -> Fact:
        name = self._local

        def add_on(seen: Observed) -> Object | None:
            return seen.get(MANAGED_CLUSTER_ADD_ON, name, addon_health.NAME)

        def missing(seen: Observed) -> str:
            definition = index(next(iter(seen.all(CUSTOM_RESOURCE_DEFINITION)), None)).get("Established") or {}
            operator = seen.get(DEPLOYMENT, _NAMESPACE, "operator")
            return addon_health.not_ready(
                add_on(seen),
                operator,
                seen.get(CONFIG_MAP, _NAMESPACE, "supported-versions"),
                definition.get("status") == "True",
            )

        specs = (
            WatchSpec(MANAGED_CLUSTER_ADD_ON, name, addon_health.NAME),
            WatchSpec(DEPLOYMENT, _NAMESPACE, "operator"),
            WatchSpec(CONFIG_MAP, _NAMESPACE, "supported-versions"),
            WatchSpec(CUSTOM_RESOURCE_DEFINITION, name=HOSTED_CLUSTER.resource),
        )
        step = (
            f"Look at the add-on (oc get managedclusteraddon -n {name} {addon_health.NAME} -o yaml), at the pods in"
            f" namespace {_NAMESPACE} and their logs."
        )
        return Fact(
            "the HyperShift operator",
            specs,
            missing,
            MANAGED_CLUSTER_ADD_ON.ref(name, addon_health.NAME),
            step,
            doubtful=lambda seen: addon_health.degraded(add_on(seen)),
            patience=float(self._options["patience"]),
        )

    # Off

    def _off(self) -> list[Stage]:
        return [
            Stage(
                self._patch("the add-on uninstalls the operator", off=(components.LOCAL_HOSTING,)), self._operator_gone
            ),
            Stage(
                self._patch(
                    "the engine ends the add-on's manager", off=(components.LOCAL_HOSTING, components.HYPERSHIFT)
                ),
                self._manager_gone,
            ),
        ]

    def _operator_gone(self) -> Fact | None:
        served = self._hub.list(MANAGED_CLUSTER_ADD_ON, self._local)
        add_ons = [a for a in served if a["metadata"]["name"] == addon_health.NAME]
        if not add_ons and not self._hub.list(POD, _NAMESPACE):
            return None

        def left(seen: Observed) -> str:
            there = (
                [f"ManagedClusterAddOn {addon_health.NAME} is still there"]
                if seen.get(MANAGED_CLUSTER_ADD_ON, self._local, addon_health.NAME)
                else []
            )
            pods = sorted(str(p["metadata"]["name"]) for p in seen.all(POD))
            return "; ".join([*there, *([f"pods in namespace {_NAMESPACE}: {', '.join(pods)}"] if pods else [])])

        specs = (
            WatchSpec(POD, _NAMESPACE),
            *((WatchSpec(MANAGED_CLUSTER_ADD_ON, self._local, addon_health.NAME),) if served else ()),
        )
        step = (
            "Look at finalizers of the ManagedClusterAddOn and at the log of its agent in namespace"
            " open-cluster-management-agent-addon."
        )
        return Fact(
            "the end of the HyperShift operator",
            specs,
            left,
            MANAGED_CLUSTER_ADD_ON.ref(self._local, addon_health.NAME),
            step,
        )

    def _manager_gone(self) -> Fact:
        def left(seen: Observed) -> str:
            pods = sorted(
                str(p["metadata"]["name"])
                for p in seen.all(POD)
                if str(p["metadata"]["name"]).startswith(addon_health.MANAGER)
            )
            return f"pods {', '.join(pods)} are still there" if pods else ""

        ref = DEPLOYMENT.ref(self._home, addon_health.MANAGER)
        return Fact(
            "the end of the add-on's manager",
            (WatchSpec(POD, self._home),),
            left,
            ref,
            "Look at the MultiClusterEngine and its operator's log.",
        )
