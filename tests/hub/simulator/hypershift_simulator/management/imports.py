# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosted clusters as managed clusters: imported by hand or by the add-on, joined, and let go (platform_facts#1.8).

Faults on the ManagedCluster: ``never-joins``. Steps: auto-import, join.
"""

from __future__ import annotations

from .. import faults
from ..actions import Action, delete, ensure, set_finalizers, update_status
from ..conditions import Condition, is_true, merge
from ..context import Context
from ..kinds import new
from ..names import ENGINE_NAMESPACE, INSTALLED, LOCAL_CLUSTER, Obj
from ..store import Store
from .engine import CONFIG, the_engine

FINALIZER = "cluster.open-cluster-management.io/api-resource-cleanup"
HOSTING = "import.open-cluster-management.io/hosting-cluster-name"
_SECONDS = {"auto-import": 30.0, "join": 60.0}


def reconcile(store: Store, ctx: Context) -> list[Action]:
    if the_engine(store) is None:
        return []
    actions = _automatic(store, ctx) + _orphans(store)
    for cluster in store.list("ManagedCluster"):
        if cluster["metadata"]["name"] != LOCAL_CLUSTER:
            actions += _cluster(store, ctx, cluster)
    return actions


def _automatic(store: Store, ctx: Context) -> list[Action]:
    config = store.get("AddOnDeploymentConfig", ENGINE_NAMESPACE, CONFIG) or {"spec": {}}
    variables = {v["name"]: v.get("value") for v in config["spec"].get("customizedVariables") or []}
    add_on = store.get("ManagedClusterAddOn", LOCAL_CLUSTER, "hypershift-addon")
    actions: list[Action] = []
    if add_on is None or variables.get("autoImportDisabled") == "true":
        return actions
    for hc in store.list("HostedCluster"):
        name = hc["metadata"]["name"]
        here = store.get("ManagedCluster", "", name) or hc["metadata"].get("deletionTimestamp")
        if not here and is_true(hc, "Available") and ctx.passed(f"auto-import/{name}", _SECONDS["auto-import"]):
            actions += ensure(store, managed_cluster(name))
    return actions


def _orphans(store: Store) -> list[Action]:
    """The add-on cleans up after hosted clusters that are gone."""
    there = {hc["metadata"]["name"] for hc in store.list("HostedCluster")}
    actions: list[Action] = []
    for cluster in store.list("ManagedCluster"):
        if HOSTING in (cluster["metadata"].get("annotations") or {}) and cluster["metadata"]["name"] not in there:
            actions += delete(store, "ManagedCluster", "", cluster["metadata"]["name"])
    return actions


def managed_cluster(name: str) -> Obj:
    made = new("ManagedCluster", name, spec={"hubAcceptsClient": True, "leaseDurationSeconds": 60})
    made["metadata"] |= {
        "annotations": {
            HOSTING: LOCAL_CLUSTER,
            "import.open-cluster-management.io/klusterlet-deploy-mode": "Hosted",
            "open-cluster-management/created-via": "hypershift",
        },
        "labels": {"name": name, "vendor": "OpenShift", "cloud": "auto-detect", "cluster.open-cluster-management.io/clusterset": "default"},
    }
    return made


def _cluster(store: Store, ctx: Context, cluster: Obj) -> list[Action]:
    name = cluster["metadata"]["name"]
    if cluster["metadata"].get("deletionTimestamp"):
        return [*(delete(store, "Namespace", "", name) if _ours(store, name) else []), *set_finalizers(cluster, remove=FINALIZER)]
    namespace = new("Namespace", name)
    namespace["metadata"]["annotations"] = {INSTALLED: "true"}
    actions = set_finalizers(cluster, add=FINALIZER)
    if store.get("Namespace", "", name) is None:
        actions += ensure(store, namespace)
    if not cluster["spec"].get("hubAcceptsClient"):
        return actions
    hosted = next((hc for hc in store.list("HostedCluster") if hc["metadata"]["name"] == name), None)
    conditions = [Condition("HubAcceptedManagedCluster", "True", "HubClusterAdminAccepted", "Accepted by hub cluster admin")]
    can = hosted is not None and is_true(hosted, "Available") and "never-joins" not in faults.of(cluster)
    if can and ctx.passed(f"join/{name}", _SECONDS["join"]):
        conditions += [
            Condition("ManagedClusterJoined", "True", "ManagedClusterJoined", "Managed cluster joined"),
            Condition("ManagedClusterConditionAvailable", "True", "ManagedClusterAvailable", "Managed cluster is available"),
        ]
    elif not can:
        said = "Failed to apply the klusterlet: the kubeconfig of the hosted cluster is not available"
        conditions.append(Condition("ManagedClusterImportSucceeded", "False", "ManagedClusterImporting", said))
    old = cluster.get("status") or {}
    return actions + update_status(cluster, {**old, "conditions": merge(old.get("conditions"), conditions, ctx.now)})


def _ours(store: Store, name: str) -> bool:
    namespace = store.get("Namespace", "", name)
    return namespace is not None and INSTALLED in (namespace["metadata"].get("annotations") or {})
