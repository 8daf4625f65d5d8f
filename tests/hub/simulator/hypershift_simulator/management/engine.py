# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The operator of the multicluster engine: components, the local cluster, versions, uninstallation.

Fault on the MultiClusterEngine: ``component-failed`` (the add-on manager of HyperShift does not come up).
Steps: engine, engine-update, engine-removal, local-cluster.
"""

from __future__ import annotations

from .. import faults
from ..actions import Action, Patch, delete, ensure, ensure_once, set_finalizers, update_status
from ..conditions import Condition, merge
from ..context import Context
from ..definitions import install
from ..kinds import key, new
from ..names import ENGINE_NAMESPACE, INSTALLED, LOCAL_CLUSTER, Obj
from ..store import Store
from .workloads import available, deployment

FINALIZER = "finalizer.multicluster.openshift.io"
ENABLED = (
    *("assisted-service", "cluster-lifecycle", "cluster-manager", "cluster-proxy-addon", "console-mce", "discovery", "hive"),
    *("hypershift", "hypershift-local-hosting", "local-cluster", "managedserviceaccount", "server-foundation"),
)
DISABLED = ("image-based-install-operator",)
MANAGER = "hypershift-addon-manager"
CONFIG = "hypershift-addon-deploy-config"
_SECONDS = {"engine": 60.0, "engine-update": 60.0, "engine-removal": 20.0, "local-cluster": 30.0}
_GROUPS = ("cluster.open-cluster-management.io", "addon.open-cluster-management.io")


def running(store: Store) -> Obj | None:
    """The ClusterServiceVersion of the operator, when it works."""
    succeeded = [c for c in store.list("ClusterServiceVersion") if (c.get("status") or {}).get("phase") == "Succeeded"]
    newest = [c for c in succeeded if not any(o["spec"].get("replaces") == c["metadata"]["name"] for o in succeeded)]
    return next(iter(newest), None)


def enabled(engine: Obj | None, component: str) -> bool:
    """As the engine has it; false without one, or while it goes."""
    if engine is None or engine["metadata"].get("deletionTimestamp"):
        return False
    entries = (engine["spec"].get("overrides") or {}).get("components") or []
    return next((bool(e["enabled"]) for e in entries if e["name"] == component), component in ENABLED)


def the_engine(store: Store) -> Obj | None:
    return next(iter(store.list("MultiClusterEngine")), None)


def reconcile(store: Store, ctx: Context) -> list[Action]:
    engine, csv = the_engine(store), running(store)
    if engine is None or csv is None:  # without its operator nothing happens, not even its end
        return []
    if engine["metadata"].get("deletionTimestamp"):
        return _removal(store, ctx, engine)
    actions = [*set_finalizers(engine, add=FINALIZER), *_defaults(engine)]
    if actions:
        return actions
    actions += [*install(store, *_GROUPS), *_components(store, ctx, engine), *_status(store, ctx, engine, csv["spec"]["version"])]
    return actions


def _defaults(engine: Obj) -> list[Action]:
    """The operator names each of its components in the list; what stands there stays."""
    entries = (engine["spec"].get("overrides") or {}).get("components") or []
    have = {e["name"] for e in entries}
    missing = [{"name": n, "enabled": n in ENABLED} for n in (*ENABLED, *DISABLED) if n not in have]
    if not missing:
        return []
    body = {
        "spec": {"overrides": {"components": [*entries, *missing]}},
        "metadata": {"resourceVersion": engine["metadata"]["resourceVersion"]},
    }
    return [Patch(*key(engine), body)]


def _components(store: Store, ctx: Context, engine: Obj) -> list[Action]:
    actions: list[Action] = []
    if enabled(engine, "hypershift"):
        actions += ensure(
            store, deployment(MANAGER, ENGINE_NAMESPACE, "registry.example.com/multicluster-engine/hypershift-addon:simulated")
        )
        variables = [{"name": "hcMaxNumber", "value": "80"}, {"name": "hcThresholdNumber", "value": "60"}]
        actions += ensure_once(store, new("AddOnDeploymentConfig", CONFIG, ENGINE_NAMESPACE, spec={"customizedVariables": variables}))
    else:
        actions += delete(store, "Deployment", ENGINE_NAMESPACE, MANAGER)
    if enabled(engine, "local-cluster"):
        actions += _local_cluster(store, ctx)
    else:
        actions += delete(store, "ManagedCluster", "", LOCAL_CLUSTER)
    hosting = enabled(engine, "hypershift") and enabled(engine, "hypershift-local-hosting")
    if hosting and store.get("Namespace", "", LOCAL_CLUSTER):
        actions += ensure(store, new("ManagedClusterAddOn", "hypershift-addon", LOCAL_CLUSTER, spec={}))
    elif not hosting:
        actions += delete(store, "ManagedClusterAddOn", LOCAL_CLUSTER, "hypershift-addon")
    return actions


def _local_cluster(store: Store, ctx: Context) -> list[Action]:
    found = store.get("ManagedCluster", "", LOCAL_CLUSTER)
    wanted = new("ManagedCluster", LOCAL_CLUSTER, spec={"hubAcceptsClient": True})
    wanted["metadata"]["labels"] = {"local-cluster": "true"}
    if found is None:
        return ensure(store, wanted)
    namespace = new("Namespace", LOCAL_CLUSTER)
    namespace["metadata"]["annotations"] = {INSTALLED: "true"}
    joined = ctx.passed("local-cluster", _SECONDS["local-cluster"])
    conditions = [Condition("HubAcceptedManagedCluster", "True", "HubClusterAdminAccepted", "Accepted by hub cluster admin")]
    if joined:
        conditions += [
            Condition("ManagedClusterJoined", "True", "ManagedClusterJoined", "Managed cluster joined"),
            Condition("ManagedClusterConditionAvailable", "True", "ManagedClusterAvailable", "Managed cluster is available"),
        ]
    status = {**(found.get("status") or {}), "conditions": merge((found.get("status") or {}).get("conditions"), conditions, ctx.now)}
    return [*ensure(store, namespace), *update_status(found, status)]


def _status(store: Store, ctx: Context, engine: Obj, version: str) -> list[Action]:
    old = engine.get("status") or {}
    update = bool(old.get("currentVersion")) and old["currentVersion"] != version
    step = f"engine-update/{version}" if update else "engine"
    manager = store.get("Deployment", ENGINE_NAMESPACE, MANAGER)
    ready = ctx.passed(step, _SECONDS[step.split("/")[0]]) and (not enabled(engine, "hypershift") or available(manager))
    failed = "component-failed" in faults.of(engine)
    if failed:
        phase, current = "Error", old.get("currentVersion")
    elif ready:
        phase, current = "Available", version
    else:
        phase, current = ("Updating" if update else "Progressing"), old.get("currentVersion")
    conditions = [
        Condition("Available", "True" if phase == "Available" else "False", "ComponentsAvailable" if ready else "ComponentsNotReady", ""),
        Condition("Progressing", "False" if phase == "Available" else "True", "DeploySuccess" if ready else "ComponentsDeploying", ""),
    ]
    if failed:
        said = f"Deployment {MANAGER} is not available: 0 of 1 replicas are ready"
        conditions.append(Condition("ComponentFailure", "True", "ComponentsNotReady", said))
    status = {**old, "phase": phase, "desiredVersion": version, "components": _component_rows(engine, failed, old, ctx)}
    if current:
        status["currentVersion"] = current
    status["conditions"] = merge(old.get("conditions"), conditions, ctx.now, drop=[] if failed else ["ComponentFailure"])
    return update_status(engine, status)


def _component_rows(engine: Obj, failed: bool, old: Obj, ctx: Context) -> list[Obj]:
    known = {c["name"]: c for c in old.get("components") or []}
    rows = []
    for name in ENABLED:
        if not enabled(engine, name):
            continue
        bad = failed and name == "hypershift"
        row = {
            "name": name,
            "kind": "Component",
            "type": "Available",
            "status": "False" if bad else "True",
            "reason": "MinimumReplicasUnavailable" if bad else "ComponentDeployed",
        }
        if bad:
            row["message"] = f"Deployment {MANAGER} does not have minimum availability."
        same = known.get(name, {}).get("status") == row["status"]
        rows.append({**row, "lastTransitionTime": known[name]["lastTransitionTime"] if same else ctx.stamp})
    return rows


def _removal(store: Store, ctx: Context, engine: Obj) -> list[Action]:
    """What it has brought goes first; its end is held up as long as there are hosted clusters."""
    if store.list("HostedCluster"):
        return update_status(engine, {**(engine.get("status") or {}), "phase": "Uninstalling"})
    actions = delete(store, "ManagedClusterAddOn", LOCAL_CLUSTER, "hypershift-addon")
    if not store.get("ManagedClusterAddOn", LOCAL_CLUSTER, "hypershift-addon"):
        actions += delete(store, "ManagedCluster", "", LOCAL_CLUSTER) + delete(store, "Namespace", "", LOCAL_CLUSTER)
        actions += delete(store, "Deployment", ENGINE_NAMESPACE, MANAGER) + delete(store, "AddOnDeploymentConfig", ENGINE_NAMESPACE, CONFIG)
    gone = not store.get("ManagedCluster", "", LOCAL_CLUSTER) and not store.get("Namespace", "", LOCAL_CLUSTER)
    if gone and ctx.passed("engine-removal", _SECONDS["engine-removal"]):
        return actions + set_finalizers(engine, remove=FINALIZER)
    return actions + update_status(engine, {**(engine.get("status") or {}), "phase": "Uninstalling"})
