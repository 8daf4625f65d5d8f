# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""OLM: from a Subscription over an InstallPlan to a ClusterServiceVersion that has succeeded.

Faults on the Subscription: ``csv-failed``, ``plan-failed``; on a CatalogSource: ``unhealthy``. Steps: resolve, install-plan, csv.
"""

from __future__ import annotations

from typing import Any

from .. import faults
from ..actions import Action, Create, Status, delete, ensure, marked, update_status
from ..conditions import Condition, merge
from ..context import Context
from ..definitions import install
from ..kinds import key, new
from ..names import ENGINE_NAMESPACE, Obj, fingerprint
from ..store import Store
from .workloads import deployment

PACKAGE = "multicluster-engine"
MINORS = (*(f"2.{minor}" for minor in range(4, 12)), "5.0", "5.1")  # 2.12 is not out yet
PATCHES = {"2.8": 3}  # of the newest version in the channel; 1 where it is not named
_SECONDS = {"resolve": 5.0, "install-plan": 10.0, "csv": 30.0}


def version_of(minor: str) -> str:
    return f"{minor}.{PATCHES.get(minor, 1)}"


def csv_of(minor: str) -> str:
    return f"{PACKAGE}.v{version_of(minor)}"


def reconcile(store: Store, ctx: Context) -> list[Action]:
    actions: list[Action] = []
    for source in store.list("CatalogSource"):
        state = "TRANSIENT_FAILURE" if "unhealthy" in faults.of(source) else "READY"
        if ((source.get("status") or {}).get("connectionState") or {}).get("lastObservedState") != state:
            actions.append(Status(*key(source), {"connectionState": {"lastObservedState": state, "lastConnect": ctx.stamp}}))
    for subscription in store.list("Subscription"):
        if subscription["spec"]["name"] == PACKAGE and not subscription["metadata"].get("deletionTimestamp"):
            actions += _Resolution(store, ctx, subscription).actions()
    for csv in store.list("ClusterServiceVersion"):
        actions += _csv(store, ctx, csv)
    if not store.list("ClusterServiceVersion"):
        actions += delete(store, "Deployment", ENGINE_NAMESPACE, "multicluster-engine-operator")
    return actions


class _Resolution:
    """One Subscription."""

    def __init__(self, store: Store, ctx: Context, subscription: Obj) -> None:
        self.store, self.ctx, self.subscription = store, ctx, subscription
        self.namespace = subscription["metadata"]["namespace"]
        self.spec: Obj = subscription["spec"]
        self.status: Obj = dict(subscription.get("status") or {})

    def actions(self) -> list[Action]:
        source = self.store.get("CatalogSource", self.spec["sourceNamespace"], self.spec["source"])
        healthy = ((source or {}).get("status") or {}).get("connectionState", {}).get("lastObservedState") == "READY"
        reason = "AllCatalogSourcesHealthy" if healthy else "UnhealthyCatalogSourceFound"
        said = (
            "all available catalogsources are healthy"
            if healthy
            else f"targeted catalogsource {self.spec['sourceNamespace']}/{self.spec['source']} missing"
        )
        if source and not healthy:
            said = f"targeted catalogsource {self.spec['sourceNamespace']}/{self.spec['source']} unhealthy"
        conditions = [Condition("CatalogSourcesUnhealthy", "False" if healthy else "True", reason, said)]
        problem = self._problem() if healthy else ""
        if problem:
            conditions.append(Condition("ResolutionFailed", "True", "ConstraintsNotSatisfiable", problem))
        actions: list[Action] = []
        if healthy and not problem and self.ctx.passed(f"resolve/{self.spec.get('channel', '')}", _SECONDS["resolve"]):
            actions += self._forward(conditions)
        dropped = [] if problem else ["ResolutionFailed"]
        if "InstallPlanPending" not in {c.type for c in conditions}:
            dropped.append("InstallPlanPending")
        self.status["conditions"] = [
            {**c, "lastTransitionTime": c.get("lastTransitionTime", self.ctx.stamp)}
            for c in merge(self.status.get("conditions"), conditions, self.ctx.now, drop=dropped)
        ]
        self.status.setdefault("lastUpdated", self.ctx.stamp)
        return actions + update_status(self.subscription, self.status)

    def _problem(self) -> str:
        groups = self.store.list("OperatorGroup", self.namespace)
        if len(groups) != 1:
            return f"found {len(groups)} operatorgroups in namespace {self.namespace}: expected 1"
        channel = self.spec.get("channel", "")
        if channel.removeprefix("stable-") not in MINORS:
            where = f"{self.spec['source']} in namespace {self.spec['sourceNamespace']}"
            return f"no operators found in channel {channel} of package {PACKAGE} in the catalog referenced by subscription {where}"
        return ""

    def _forward(self, conditions: list[Condition]) -> list[Action]:
        csv = csv_of(self.spec["channel"].removeprefix("stable-"))
        installed = self.store.get("ClusterServiceVersion", self.namespace, csv)
        name = f"install-{fingerprint(self.subscription['metadata'].get('uid'), csv)[:5]}"
        plan = self.store.get("InstallPlan", self.namespace, name)
        self.status |= {"currentCSV": csv, "state": "UpgradePending"}
        if installed is not None:
            self.status["installedCSV"] = csv
            if (installed.get("status") or {}).get("phase") == "Succeeded":
                self.status["state"] = "AtLatestKnown"
        if plan is None:
            return [] if installed is not None else [Create(marked(self._plan(name, csv)))]
        reference = {"apiVersion": plan["apiVersion"], "kind": "InstallPlan", "name": name, "namespace": self.namespace}
        self.status["installPlanRef"] = reference
        return self._play(plan, csv, conditions)

    def _plan(self, name: str, csv: str) -> Obj:
        manual = self.spec.get("installPlanApproval") == "Manual"
        spec = {"approval": "Manual" if manual else "Automatic", "approved": not manual, "clusterServiceVersionNames": [csv]}
        plan = new("InstallPlan", name, self.namespace, spec=spec)
        meta = self.subscription["metadata"]
        owner = {"apiVersion": self.subscription["apiVersion"], "kind": "Subscription", "name": meta["name"], "uid": meta.get("uid", "")}
        plan["metadata"]["ownerReferences"] = [owner]
        return plan

    def _play(self, plan: Obj, csv: str, conditions: list[Condition]) -> list[Action]:
        phase = (plan.get("status") or {}).get("phase", "")
        status: Obj = {"catalogSources": [], "conditions": []}
        if phase in ("Complete", "Failed"):
            return []
        if not plan["spec"]["approved"]:
            conditions.append(Condition("InstallPlanPending", "True", "RequiresApproval", ""))
            return update_status(plan, {**status, "phase": "RequiresApproval"})
        if "plan-failed" in faults.of(self.subscription):
            message = "bundle unpacking failed. Reason: DeadlineExceeded, and Message: Job was active longer than specified deadline"
            return update_status(plan, {**status, "phase": "Failed", "message": message})
        if not self.ctx.passed(f"install-plan/{csv}", _SECONDS["install-plan"]):
            conditions.append(Condition("InstallPlanPending", "True", "Installing", ""))
            return update_status(plan, {**status, "phase": "Installing"})
        return [*self._install(csv), *update_status(plan, {**status, "phase": "Complete"})]

    def _install(self, csv: str) -> list[Action]:
        old = [c["metadata"]["name"] for c in self.store.list("ClusterServiceVersion", self.namespace) if c["metadata"]["name"] != csv]
        spec: Obj = {
            "displayName": "multicluster engine for Kubernetes",
            "version": csv.partition(".v")[2],
            "install": {"strategy": "deployment"},
        }
        if old:
            spec["replaces"] = old[0]
        created = new("ClusterServiceVersion", csv, self.namespace, spec=spec)
        operator = deployment("multicluster-engine-operator", self.namespace, f"registry.example.com/multicluster-engine/operator:{csv}")
        return [*install(self.store, "multicluster.openshift.io"), *ensure(self.store, created), *ensure(self.store, operator)]


def _csv(store: Store, ctx: Context, csv: Obj) -> list[Action]:
    namespace, name = csv["metadata"]["namespace"], csv["metadata"]["name"]
    newer = next((c for c in store.list("ClusterServiceVersion", namespace) if c["spec"].get("replaces") == name), None)
    if newer is not None and (newer.get("status") or {}).get("phase") == "Succeeded":
        return delete(store, "ClusterServiceVersion", namespace, name)
    subscription = next(iter(store.list("Subscription", namespace)), None)
    return update_status(csv, {**(csv.get("status") or {}), **_phase(ctx, name, "csv-failed" in faults.of(subscription))})


def _phase(ctx: Context, name: str, failing: bool) -> dict[str, Any]:
    if not ctx.passed(f"csv/{name}", _SECONDS["csv"]):
        return {"phase": "Installing", "reason": "InstallSucceeded", "message": "waiting for install components to report healthy"}
    if failing:
        said = 'install strategy failed: Deployment.apps "multicluster-engine-operator" is invalid: pods are forbidden'
        return {"phase": "Failed", "reason": "InstallComponentFailed", "message": said}
    return {"phase": "Succeeded", "reason": "InstallSucceeded", "message": "install strategy completed with no errors"}
