# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One hosted cluster, or one node pool, with the objects around it, as seen at one moment."""

from __future__ import annotations

from . import faults, releases
from .conditions import find
from .faults import Faults
from .names import ETCD_SHARDS, HOSTED_CLUSTER, NODE_POOL, REAL_API_SERVER, REAL_ETCD, Obj, control_plane_namespace
from .releases import Release
from .store import Store


class ClusterView:
    def __init__(self, store: Store, hc: Obj) -> None:
        self.store = store
        self.hc = hc
        self.spec: Obj = hc["spec"]
        self.status: Obj = hc.get("status") or {}
        self.metadata: Obj = hc["metadata"]
        self.name: str = self.metadata["name"]
        self.namespace: str = self.metadata["namespace"]
        self.cpns = control_plane_namespace(self.namespace, self.name)
        self.faults: Faults = faults.of(hc)

    @property
    def annotations(self) -> Obj:
        return self.metadata.get("annotations") or {}

    @property
    def generation(self) -> int:
        return int(self.metadata.get("generation", 1))

    @property
    def deleting(self) -> bool:
        return "deletionTimestamp" in self.metadata

    @property
    def platform(self) -> str:
        return str(self.spec["platform"]["type"])

    @property
    def infra_id(self) -> str:
        return str(self.spec.get("infraID", ""))

    @property
    def etcd_shards(self) -> list[str]:
        """The StatefulSets of its etcd; the first holds what no other one does."""
        if self.spec["etcd"]["managementType"] != "Managed":
            return []
        found = [name.strip() for name in self.annotations.get(ETCD_SHARDS, "").split(",")]
        return [name for name in found if name] or ["etcd"]

    @property
    def real_etcd(self) -> str:
        """The version of etcd that runs in its pods, empty where nothing runs."""
        return str(self.annotations.get(REAL_ETCD, ""))

    @property
    def real_api_server(self) -> bool:
        return bool(self.real_etcd) and self.annotations.get(REAL_API_SERVER) == "true"

    @property
    def hcp(self) -> Obj | None:
        return self.store.get("HostedControlPlane", self.cpns, self.name)

    @property
    def capi_cluster(self) -> Obj | None:
        return self.store.get("Cluster", self.cpns, self.infra_id) if self.infra_id else None

    @property
    def oauth_configured(self) -> bool:
        return bool((self.spec.get("configuration") or {}).get("oauth"))

    @property
    def owner(self) -> Obj:
        return owner_reference(self.hc)

    @property
    def marks(self) -> Obj:
        """The annotation by which a child names its hosted cluster."""
        return {HOSTED_CLUSTER: f"{self.namespace}/{self.name}"}

    def child(self, kind: str, name: str) -> Obj | None:
        return self.store.get(kind, self.cpns, name)

    def condition(self, type_: str) -> Obj | None:
        return find(self.status.get("conditions"), type_)

    def release(self, image: str) -> Release | None:
        return releases.resolve(self.store, image)

    def node_pools(self) -> list[Obj]:
        pools = self.store.list("NodePool", self.namespace)
        return sorted((pool for pool in pools if pool["spec"]["clusterName"] == self.name), key=lambda pool: str(pool["metadata"]["name"]))

    def strategy(self, service: str) -> Obj:
        for entry in self.spec["services"]:
            if entry["service"] == service:
                return dict(entry["servicePublishingStrategy"])
        return {}


class PoolView:
    def __init__(self, store: Store, pool: Obj, cluster: ClusterView) -> None:
        self.store = store
        self.pool = pool
        self.cluster = cluster
        self.spec: Obj = pool["spec"]
        self.status: Obj = pool.get("status") or {}
        self.metadata: Obj = pool["metadata"]
        self.name: str = self.metadata["name"]
        self.namespace: str = self.metadata["namespace"]
        self.cpns = cluster.cpns
        self.faults: Faults = faults.of(pool) | _inherited(cluster.faults)

    @property
    def annotations(self) -> Obj:
        return self.metadata.get("annotations") or {}

    @property
    def generation(self) -> int:
        return int(self.metadata.get("generation", 1))

    @property
    def deleting(self) -> bool:
        return "deletionTimestamp" in self.metadata

    @property
    def platform(self) -> str:
        return str(self.spec["platform"]["type"])

    @property
    def in_place(self) -> bool:
        return bool(self.spec["management"]["upgradeType"] == "InPlace")

    @property
    def mark(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def marks(self) -> Obj:
        return {NODE_POOL: self.mark}

    @property
    def version(self) -> str:
        return str(self.status.get("version", ""))

    def child(self, kind: str, name: str) -> Obj | None:
        return self.store.get(kind, self.cpns, name)

    def owned(self, kind: str) -> list[Obj]:
        """The pool's objects of a kind, which name it in their annotation, oldest first."""
        found = [obj for obj in self.store.list(kind, self.cpns) if (obj["metadata"].get("annotations") or {}).get(NODE_POOL) == self.mark]
        return sorted(found, key=lambda obj: (str(obj["metadata"].get("creationTimestamp", "")), str(obj["metadata"]["name"])))

    def condition(self, type_: str) -> Obj | None:
        return find(self.status.get("conditions"), type_)


def owner_reference(owner: Obj, *, controller: bool = False) -> Obj:
    reference: Obj = {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
    }
    if controller:
        reference |= {"controller": True, "blockOwnerDeletion": True}
    return reference


# A fault on the cluster that speaks of nodes holds for each of its pools.
_FOR_POOLS = frozenset({"stuck-drain", "inplace-degraded"})


def _inherited(cluster: Faults) -> Faults:
    return Faults(names=cluster.names & _FOR_POOLS, stalled=cluster.stalled)
