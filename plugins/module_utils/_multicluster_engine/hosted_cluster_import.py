# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module hosted_cluster_import: a hosted cluster joins the engine's managed clusters, or leaves them.

Source: platform_facts#1.8.
"""

from __future__ import annotations

from .._kernel.changes import ChangeSet
from .._kernel.compare import merge_patch
from .._kernel.conditions import index
from .._kernel.errors import ApiError
from .._kernel.facts import Fact, Observed
from .._kernel.kinds import (
    ADD_ON_CONFIG,
    CUSTOM_RESOURCE_DEFINITION,
    HOSTED_CLUSTER,
    KLUSTERLET_ADD_ON_CONFIG,
    MANAGED_CLUSTER,
    MULTICLUSTER_ENGINE,
    NAMESPACE,
)
from .._kernel.objects import Object, lookup
from .._kernel.operation import Plan
from .._kernel.owned_objects import Owned
from .._kernel.ports.hub import Hub, WatchSpec
from .._kernel.stages import Stage, staged
from . import addon_health, components, managed_cluster
from .addon_settings import CONFIG

MODULE = "hosted_cluster_import"
_FORBIDDEN = 403


class HostedClusterImport:
    def __init__(self, hub: Hub, options: Object, check_mode: bool) -> None:
        self._hub = hub
        self._options = options
        self._check_mode = check_mode
        self._name: str = options["name"]
        self._ref = MANAGED_CLUSTER.ref(None, self._name)

    def plan(self) -> Plan:
        present = self._options["state"] == "present"
        managed = self._hub.get(MANAGED_CLUSTER, None, self._name)
        changes = ChangeSet()
        self._refuse(changes, managed, present)
        if changes.refusals:
            return Plan(changes)
        stages = self._present() if present else [Stage(self._remove, self._gone)]
        goal = "joined" if present else "gone"
        plan = staged(
            self._hub, stages, goal, self._check_mode, self._options["wait"], float(self._options["wait_timeout"])
        )
        plan.subject, plan.live = (MANAGED_CLUSTER, None, self._name), managed
        plan.outcome = lambda live: {
            "conditions": {t: str(c.get("status") or "Unknown") for t, c in index(live).items()}
        }
        return plan

    def _refuse(self, changes: ChangeSet, managed: Object | None, present: bool) -> None:
        if not present:
            if managed is not None and not managed_cluster.is_import(managed):
                step = "Detach it in the way it was attached."
                changes.refuse(
                    "name_taken",
                    "it is no import of a hosted cluster, so it is none of this module's business",
                    step,
                    self._ref,
                )
            return
        namespace, engine = self._options["namespace"], next(iter(self._hub.list(MULTICLUSTER_ENGINE)), None)
        if engine is None:
            changes.refusals.append(components.missing_failure())
            return
        self._local = addon_health.local_cluster_of(engine)
        if (
            self._options["klusterlet_addons"]
            and self._hub.get(CUSTOM_RESOURCE_DEFINITION, None, KLUSTERLET_ADD_ON_CONFIG.resource) is None
        ):
            cause = (
                f"kind {KLUSTERLET_ADD_ON_CONFIG.resource} is not served, so Advanced Cluster Management is not"
                " installed"
            )
            changes.refuse("not_installed", cause, "Leave klusterlet_addons out.", self._ref)
        same = [c for c in self._hub.list(HOSTED_CLUSTER) if c["metadata"]["name"] == self._name]
        hosted = next((c for c in same if c["metadata"]["namespace"] == namespace), None)
        others = sorted(c["metadata"]["namespace"] for c in same if c["metadata"]["namespace"] != namespace)
        changes.refusals += managed_cluster.refusals(self._name, namespace, hosted, others, managed)

    def _present(self) -> list[Stage]:
        if not self._options["klusterlet_addons"]:
            return [Stage(self._join, self._joined)]
        return [
            Stage(self._join, self._namespace_there),
            Stage(self._add_ons, lambda: None),
            Stage(ChangeSet, self._joined),
        ]

    def _join(self) -> ChangeSet:
        changes = ChangeSet()
        live = self._hub.get(MANAGED_CLUSTER, None, self._name)
        owned = Owned(self._hub, changes, MODULE)
        labels = {str(k): str(v) for k, v in self._options["labels"].items()}
        why = "the hosted cluster joins the managed clusters of the engine"
        if live is None or lookup(live, ("metadata", "deletionTimestamp")):
            owned.bring(
                MANAGED_CLUSTER,
                live,
                managed_cluster.managed_cluster(self._name, self._local, self._options["cluster_set"], labels),
                why,
            )
        else:
            patch = merge_patch(managed_cluster.wanted_changes(self._options["cluster_set"], labels), live)
            changes.patch(MANAGED_CLUSTER, live, patch, "it differs from the options")
        return changes

    def _add_ons(self) -> ChangeSet:
        changes = ChangeSet()
        Owned(self._hub, changes, MODULE).ensure(
            KLUSTERLET_ADD_ON_CONFIG, managed_cluster.add_on_config(self._name), "add-ons of ACM for it"
        )
        return changes

    def _namespace_there(self) -> Fact:
        def missing(seen: Observed) -> str:
            found = seen.get(NAMESPACE, "", self._name)
            if found is not None and lookup(found, ("metadata", "deletionTimestamp")):
                return f"namespace {self._name} is still being deleted"
            return "" if found else f"namespace {self._name} is not there yet"

        step = "Look at the log of managedcluster-import-controller in namespace multicluster-engine."
        return Fact(
            "the namespace of the managed cluster", (WatchSpec(NAMESPACE, name=self._name),), missing, self._ref, step
        )

    def _joined(self) -> Fact:
        def trouble(seen: Observed) -> str:
            failed = index(seen.get(MANAGED_CLUSTER, "", self._name)).get("ManagedClusterImportSucceeded") or {}
            return (
                addon_health.not_joined(seen.get(MANAGED_CLUSTER, "", self._name), self._name)
                if failed.get("status") == "False"
                else ""
            )

        return Fact(
            "the import",
            (WatchSpec(MANAGED_CLUSTER, name=self._name),),
            lambda seen: addon_health.not_joined(seen.get(MANAGED_CLUSTER, "", self._name), self._name),
            self._ref,
            f"Look at the klusterlet's pods in namespace klusterlet-{self._name}, and at the conditions of the"
            " ManagedCluster.",
            doubtful=trouble,
            patience=float(self._options["patience"]),
        )

    def _remove(self) -> ChangeSet:
        changes = ChangeSet()
        for kind, namespace, why in (
            (KLUSTERLET_ADD_ON_CONFIG, self._name, "its add-ons end first"),
            (MANAGED_CLUSTER, None, "the hosted cluster leaves the managed clusters of the engine; it goes on running"),
        ):
            live = self._hub.get(kind, namespace, self._name)
            if live is not None and not lookup(live, ("metadata", "deletionTimestamp")):
                changes.delete(kind, live, why)
        if changes.steps and self._comes_back():
            step = "turn it off first (module hypershift_addon_config, variable autoImportDisabled)"
            changes.notes.append(f"{self._ref}: automatic import is on, so it is imported again; {step}.")
        return changes

    def _comes_back(self) -> bool:
        """For a note alone: an account that may not read all of it leaves without."""
        try:
            engine = next(iter(self._hub.list(MULTICLUSTER_ENGINE)), None)
            home = addon_health.home_of(engine)
            config = self._hub.get(ADD_ON_CONFIG, home, CONFIG) if engine else None
            return engine is not None and managed_cluster.comes_back(self._name, config, self._hub.list(HOSTED_CLUSTER))
        except ApiError as error:
            if error.status != _FORBIDDEN:
                raise
            return False

    def _gone(self) -> Fact | None:
        if self._hub.get(MANAGED_CLUSTER, None, self._name) is None:
            return None

        def left(seen: Observed) -> str:
            found = seen.get(MANAGED_CLUSTER, "", self._name)
            return (
                f"finalizers {', '.join(lookup(found, ('metadata', 'finalizers')) or ['none'])} are left"
                if found
                else ""
            )

        step = "Look at its finalizers and at ManifestWorks in its namespace."
        return Fact("the end of the import", (WatchSpec(MANAGED_CLUSTER, name=self._name),), left, self._ref, step)
