# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module multicluster_engine with state present: OLM's objects, then the MultiClusterEngine.

Source: platform_facts#1.3, #1.4. Each minor between the installed and the wanted one is a hop of its own, waited for
before the next.
"""

from __future__ import annotations

from .._kernel import versions
from .._kernel.changes import ChangeSet
from .._kernel.compare import merge_patch
from .._kernel.conditions import index
from .._kernel.facts import Fact, Observed
from .._kernel.kinds import (
    CLUSTER_SERVICE_VERSION,
    CUSTOM_RESOURCE_DEFINITION,
    INSTALL_PLAN,
    MULTICLUSTER_ENGINE,
    OPERATOR_GROUP,
    SUBSCRIPTION,
)
from .._kernel.objects import Object, deep_merge, lookup
from .._kernel.operation import Plan
from .._kernel.owned_objects import Owned
from .._kernel.ports.hub import Hub, WatchSpec
from .._kernel.stages import Stage, staged
from . import components, installation
from .installation_refusals import install_refusals
from .reading import read_for_install, read_olm

MODULE = "multicluster_engine"


class MulticlusterEngine:
    """Install it, bring it to a channel, and its MultiClusterEngine to what was asked for."""

    def __init__(self, hub: Hub, options: Object, check_mode: bool) -> None:
        self._hub = hub
        self._options = options
        self._check_mode = check_mode
        self._namespace: str = options["namespace"]
        self._ref = SUBSCRIPTION.ref(self._namespace, installation.PACKAGE)

    def plan(self) -> Plan:
        options, surroundings = self._options, read_for_install(self._hub, self._options)
        wanted = installation.channel_version(options["channel"])
        refused = install_refusals(surroundings, options, wanted)
        engine = next(iter(surroundings.engines), None)
        refused += components.refusals(engine, options["enabled_components"], options["disabled_components"], [])
        if refused or wanted is None:
            return Plan(ChangeSet(refusals=refused))
        hops = installation.channels(installation.installed(surroundings, self._namespace), wanted)
        stages = [stage for channel in hops for stage in self._hop(channel, engine is not None)]
        plan = staged(
            self._hub,
            [*stages, self._engine_stage()],
            "available",
            self._check_mode,
            options["wait"],
            float(options["wait_timeout"]),
        )
        if self._check_mode and options["install_plan_approval"] == "Manual" and options["approve"]:
            plan.foreseen = [self._approval(c) for c in hops if not self._approved(surroundings, c)]
        if not versions.completed(surroundings.openshift, versions.OPENSHIFT):
            plan.changes.notes.append(
                "No OpenShift version of the management cluster could be read, so the channel was not checked"
                " against it."
            )
        plan.subject, plan.live = (MULTICLUSTER_ENGINE, None, options["name"]), engine
        plan.outcome = self._outcome
        plan.extra = {"channels": hops}
        return plan

    def _outcome(self, engine: Object) -> Object:
        status = engine.get("status") or {}
        states = {str(e.get("name")): bool(e.get("enabled")) for e in components.entries(engine)}
        return {
            "version": str(status.get("currentVersion") or ""),
            "phase": str(status.get("phase") or ""),
            "components": states,
        }

    # One channel

    def _hop(self, channel: str, engine: bool) -> list[Stage]:
        stages = [
            Stage(lambda: self._subscribe(channel), lambda: self._resolved(channel)),
            Stage(lambda: self._approve(channel), self._succeeded),
        ]
        return [*stages, Stage(ChangeSet, lambda: self._available(channel))] if engine else stages

    def _subscribe(self, channel: str) -> ChangeSet:
        changes, surroundings = ChangeSet(), read_olm(self._hub, self._namespace, installation.EngineSurroundings())
        owned = Owned(self._hub, changes, MODULE)
        owned.namespace(self._namespace)
        if not surroundings.groups:
            owned.bring(
                OPERATOR_GROUP,
                None,
                installation.operator_group(self._namespace),
                "OLM wants exactly one in the namespace of an operator",
            )
        live = surroundings.subscription(self._namespace)
        body = installation.subscription(self._options, channel)
        if live is not None:
            body["metadata"]["name"] = live["metadata"]["name"]
            body["spec"].pop("startingCSV", None)  # it counts once, at the first installation
        owned.bring(SUBSCRIPTION, live, body, f"the operator comes from channel {channel}")
        return changes

    def _resolved(self, channel: str) -> Fact:
        def subscription(seen: Observed) -> Object | None:
            return _of_package(seen.all(SUBSCRIPTION))

        return Fact(
            f"what channel {channel} offers",
            (WatchSpec(SUBSCRIPTION, self._namespace), WatchSpec(INSTALL_PLAN, self._namespace)),
            lambda seen: installation.not_resolved(subscription(seen), seen.all(INSTALL_PLAN), channel),
            self._ref,
            "Look at conditions of the Subscription, at the CatalogSource, and at whether it has that channel.",
            doubtful=lambda seen: installation.subscription_trouble(subscription(seen)),
            patience=float(self._options["patience"]),
        )

    def _approve(self, channel: str) -> ChangeSet:
        changes, surroundings = ChangeSet(), read_olm(self._hub, self._namespace, installation.EngineSurroundings())
        subscription = surroundings.subscription(self._namespace)
        plan = installation.current_plan(subscription, surroundings.plans)
        if (
            plan is None
            or lookup(plan, ("spec", "approved"))
            or installation.not_resolved(subscription, surroundings.plans, channel)
        ):
            return changes
        ref = INSTALL_PLAN.ref(self._namespace, plan["metadata"]["name"])
        names = [str(n) for n in lookup(plan, ("spec", "clusterServiceVersionNames")) or []]
        others = [n for n in names if not n.startswith(f"{installation.PACKAGE}.v")]
        if not self._options["approve"]:
            cause = f"it waits for approval, and would install {', '.join(names)}"
            changes.refuse("approval_required", cause, "Approve it (spec.approved: true), or set approve: true.", ref)
        elif others:
            cause = f"it would also install {', '.join(others)}, which nobody has asked for here"
            changes.refuse("approval_required", cause, "Approve it by hand (spec.approved: true), then run again.", ref)
        else:
            changes.patch(
                INSTALL_PLAN,
                plan,
                {"spec": {"approved": True}},
                f"it installs {lookup(subscription, ('status', 'currentCSV'))}",
            )
        return changes

    def _approved(self, surroundings: installation.EngineSurroundings, channel: str) -> bool:
        """Whether no approval is to come: all is installed, or there is an InstallPlan, which the plan names itself."""
        subscription = surroundings.subscription(self._namespace)
        here = subscription is not None and not installation.not_resolved(subscription, surroundings.plans, channel)
        return here and (
            not installation.not_installed(subscription, surroundings.csvs, surroundings.plans)
            or bool(installation.current_plan(subscription, surroundings.plans))
        )

    def _approval(self, channel: str) -> Object:
        ref = INSTALL_PLAN.ref(self._namespace, "(made by OLM)")
        return {
            "verb": "patch",
            "object": ref,
            "why": f"what channel {channel} brings is approved",
            "disruptive": False,
        }

    def _succeeded(self) -> Fact:
        namespace = self._namespace

        def parts(seen: Observed) -> tuple[Object | None, list[Object], list[Object]]:
            return _of_package(seen.all(SUBSCRIPTION)), seen.all(CLUSTER_SERVICE_VERSION), seen.all(INSTALL_PLAN)

        def missing(seen: Observed) -> str:
            definition = index(next(iter(seen.all(CUSTOM_RESOURCE_DEFINITION)), None)).get("Established") or {}
            kind = (
                "" if definition.get("status") == "True" else f"kind {MULTICLUSTER_ENGINE.resource} is not served yet"
            )
            return installation.not_installed(*parts(seen)) or kind

        return Fact(
            "the operator of the multicluster engine",
            (
                *(WatchSpec(kind, namespace) for kind in (SUBSCRIPTION, CLUSTER_SERVICE_VERSION, INSTALL_PLAN)),
                WatchSpec(CUSTOM_RESOURCE_DEFINITION, name=MULTICLUSTER_ENGINE.resource),
            ),
            missing,
            self._ref,
            f"Look at the ClusterServiceVersion and the pods in namespace {namespace}; a failed InstallPlan has to be"
            " deleted with its Subscription.",
            hopeless=lambda seen: installation.installation_failed(*parts(seen)),
            doubtful=lambda seen: (
                installation.csv_failed(*parts(seen)[:2]) or installation.subscription_trouble(parts(seen)[0])
            ),
            patience=float(self._options["patience"]),
        )

    # The engine

    def _engine_stage(self) -> Stage:
        return Stage(self._engine_changes, lambda: self._available(self._options["channel"]))

    def _engine_changes(self) -> ChangeSet:
        options, changes = self._options, ChangeSet()
        live = next(iter(self._hub.list(MULTICLUSTER_ENGINE)), None)
        on, off = options["enabled_components"], options["disabled_components"]
        spec = installation.engine_spec(options)
        if live is None:
            spec = deep_merge(spec, components.patch(None, on, off).get("spec", {}))
            why = "it deploys the components, hypershift among them"
            Owned(self._hub, changes, MODULE).bring(
                MULTICLUSTER_ENGINE, None, MULTICLUSTER_ENGINE.manifest(options["name"], spec=spec), why
            )
            return changes
        patch = deep_merge(merge_patch({"spec": spec}, live), components.patch(live, on, off))
        changes.patch(MULTICLUSTER_ENGINE, live, patch, "it differs from the options")
        return changes

    def _available(self, channel: str) -> Fact:
        subscription = _of_package(self._hub.list(SUBSCRIPTION, self._namespace))
        installed = installation.csv_version(str(lookup(subscription or {}, ("status", "installedCSV")) or ""))
        return engine_fact(self._options, str(installed or ""), f"the multicluster engine at {channel}")


def engine_fact(options: Object, version: str, what: str) -> Fact:
    """The MultiClusterEngine is available, at this version when one is given."""

    def engine(seen: Observed) -> Object | None:
        return next(iter(seen.all(MULTICLUSTER_ENGINE)), None)

    return Fact(
        what,
        (WatchSpec(MULTICLUSTER_ENGINE),),
        lambda seen: components.unsettled(engine(seen), version),
        MULTICLUSTER_ENGINE.ref(None, options["name"]),
        "Look at status.components of the MultiClusterEngine and at the pods of the component that is not available.",
        doubtful=lambda seen: components.trouble(engine(seen)),
        patience=float(options["patience"]),
    )


def _of_package(subscriptions: list[Object]) -> Object | None:
    return next((s for s in subscriptions if lookup(s, ("spec", "name")) == installation.PACKAGE), None)
