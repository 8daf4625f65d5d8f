# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which hosted clusters and node pools a change of some object concerns."""

from __future__ import annotations

from . import management
from .kinds import key
from .names import HOSTED_CLUSTER, NODE_POOL, OPERATOR_NAMESPACE, RELEASES_CONFIG_MAP, Obj, control_plane_namespace
from .references import references
from .store import Store
from .view import ClusterView

Key = tuple[str, str, str]

_OF_POOLS = frozenset({"MachineDeployment", "MachineSet", "Machine", "MachineHealthCheck"})


def keys(store: Store, obj: Obj) -> list[Key]:
    return [*_hosted(store, obj), *([management.KEY] if management.concerns(store, obj) else [])]


def _hosted(store: Store, obj: Obj) -> list[Key]:
    kind, namespace, name = key(obj)
    if kind == "HostedCluster":
        return [(kind, namespace, name), *_pools(store, namespace, name)]
    if kind == "NodePool":
        return [(kind, namespace, name), ("HostedCluster", namespace, obj["spec"]["clusterName"])]
    if kind == "Namespace":
        return [found for hc in _clusters_of(store, name) for found in _with_pools(store, hc)]
    if kind == "ConfigMap" and (namespace, name) == (OPERATOR_NAMESPACE, RELEASES_CONFIG_MAP):
        return [_key(found) for which in ("HostedCluster", "NodePool") for found in store.list(which)]
    annotations = obj["metadata"].get("annotations") or {}
    result: list[Key] = []
    if NODE_POOL in annotations:
        pool_namespace, _slash, pool = annotations[NODE_POOL].partition("/")
        result.append(("NodePool", pool_namespace, pool))
    result += _by_namespace(store, kind, namespace, name, annotations)
    return result


def _by_namespace(store: Store, kind: str, namespace: str, name: str, annotations: Obj) -> list[Key]:
    if HOSTED_CLUSTER in annotations:
        hc_namespace, _slash, hc_name = annotations[HOSTED_CLUSTER].partition("/")
        found: list[Key] = [("HostedCluster", hc_namespace, hc_name)]
        # A pool looks at the Cluster's pause, at the ignition CA and at the core configuration.
        if kind in ("Cluster", "Secret", "ConfigMap"):
            found += _pools(store, hc_namespace, hc_name)
        return found
    result: list[Key] = []
    if kind in ("Secret", "ConfigMap"):
        result += _referring(store, kind, namespace, name)
    if kind in _OF_POOLS or kind in ("PersistentVolumeClaim", "Secret", "ConfigMap"):
        result += [_key(hc) for hc in _clusters_of(store, namespace)]
    return result


def _referring(store: Store, kind: str, namespace: str, name: str) -> list[Key]:
    result: list[Key] = []
    for hc in store.list("HostedCluster", namespace):
        view = ClusterView(store, hc)
        names = {reference.name for reference in references(view) if reference.kind == kind}
        if name in names or name.startswith(f"{view.name}-"):
            result.append(_key(hc))
    if kind == "ConfigMap":
        for pool in store.list("NodePool", namespace):
            entries = [*(pool["spec"].get("config") or []), *(pool["spec"].get("tuningConfig") or [])]
            if any(entry["name"] == name for entry in entries):
                result.append(_key(pool))
    return result


def _clusters_of(store: Store, cpns: str) -> list[Obj]:
    return [
        hc for hc in store.list("HostedCluster") if control_plane_namespace(hc["metadata"]["namespace"], hc["metadata"]["name"]) == cpns
    ]


def _pools(store: Store, namespace: str, cluster: str) -> list[Key]:
    return [_key(pool) for pool in store.list("NodePool", namespace) if pool["spec"]["clusterName"] == cluster]


def _with_pools(store: Store, hc: Obj) -> list[Key]:
    namespace, name = hc["metadata"]["namespace"], hc["metadata"]["name"]
    return [_key(hc), *_pools(store, namespace, name)]


def _key(obj: Obj) -> Key:
    return key(obj)
