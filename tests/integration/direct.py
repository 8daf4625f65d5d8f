# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The tests' own hands where kubectl would be too slow: many small objects, made and read as admin over one connection."""

from __future__ import annotations

from typing import Any

from embedded_hub import EmbeddedHub
from embedded_hub.errors import ApiError
from embedded_hub.rest import MERGE, Rest

Obj = dict[str, Any]
IMAGE = "quay.io/openshift-release-dev/ocp-release:4.20.4-multi"
SPEED = "simulator.hypershift.core/speed"
SKIP_NAMESPACE_DELETION = "hypershift.openshift.io/skip-delete-hosted-controlplane-namespace"
_HYPERSHIFT, _CAPI, _RBAC = "hypershift.openshift.io/v1beta1", "cluster.x-k8s.io/v1beta1", "rbac.authorization.k8s.io/v1"
KINDS = {
    "Namespace": ("v1", "namespaces"),
    "Secret": ("v1", "secrets"),
    "ConfigMap": ("v1", "configmaps"),
    "ServiceAccount": ("v1", "serviceaccounts"),
    "HostedCluster": (_HYPERSHIFT, "hostedclusters"),
    "NodePool": (_HYPERSHIFT, "nodepools"),
    "HostedControlPlane": (_HYPERSHIFT, "hostedcontrolplanes"),
    "Cluster": (_CAPI, "clusters"),
    "MachineDeployment": (_CAPI, "machinedeployments"),
    "MachineSet": (_CAPI, "machinesets"),
    "Machine": (_CAPI, "machines"),
    "MachineHealthCheck": (_CAPI, "machinehealthchecks"),
    "Lease": ("coordination.k8s.io/v1", "leases"),
    "Role": (_RBAC, "roles"),
    "ClusterRole": (_RBAC, "clusterroles"),
    "RoleBinding": (_RBAC, "rolebindings"),
    "ClusterRoleBinding": (_RBAC, "clusterrolebindings"),
    "NodeHealthCheck": ("remediation.medik8s.io/v1alpha1", "nodehealthchecks"),
    "MachineConfig": ("machineconfiguration.openshift.io/v1", "machineconfigs"),
    "CustomResourceDefinition": ("apiextensions.k8s.io/v1", "customresourcedefinitions"),
}


def path(kind: str, namespace: str = "", name: str = "") -> str:
    version, plural = KINDS[kind]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    return root + (f"/namespaces/{namespace}" if namespace else "") + f"/{plural}" + (f"/{name}" if name else "")


def new(kind: str, name: str, namespace: str = "", spec: Obj | None = None, data: Obj | None = None, **meta: Any) -> Obj:
    """A manifest; meta goes to metadata."""
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **meta}
    body = {k: v for k, v in (("spec", spec), ("stringData" if kind == "Secret" else "data", data)) if v is not None}
    return {"apiVersion": KINDS[kind][0], "kind": kind, "metadata": metadata, **body}


def covers(found: Any, wanted: Any) -> bool:
    """found has all of wanted; the API server adds defaults."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(covers(found.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(covers, found, wanted))
    return bool(found == wanted)


class Direct:
    """Admin over REST. Objects that exist already are left as they are; rights that another test has bound otherwise are said."""

    def __init__(self, hub: EmbeddedHub) -> None:
        pki = hub.paths.pki
        self._rest = Rest(hub.server, pki / "ca.crt", pki / "admin.crt", pki / "admin.key")

    def request(self, method: str, where: str, body: Any = None) -> Any:
        content_type = MERGE if method == "PATCH" else "application/json"
        return self._rest.request(method, where, body, content_type)

    def create(self, *objects: Obj) -> None:
        for obj in objects:
            try:
                self.request("POST", path(obj["kind"], obj["metadata"].get("namespace", "")), obj)
            except ApiError as error:
                if error.status != 409:
                    raise
                self._the_same_rights(obj)

    def _the_same_rights(self, obj: Obj) -> None:
        """Else a test would wait for an account to get what somebody else's account has."""
        wanted = {key: obj[key] for key in ("rules", "roleRef", "subjects") if key in obj}
        if wanted:
            found = self.get(obj["kind"], obj["metadata"].get("namespace", ""), obj["metadata"]["name"]) or {}
            assert all(covers(found.get(key), value) for key, value in wanted.items()), (
                f"{obj['kind']} {obj['metadata']['name']} is another test's"
            )

    def get(self, kind: str, namespace: str, name: str) -> Obj | None:
        try:
            found: Obj = self.request("GET", path(kind, namespace, name))
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        return found

    def list(self, kind: str, namespace: str = "") -> list[Obj]:
        items: list[Obj] = self.request("GET", path(kind, namespace))["items"]
        return items

    def merge(self, kind: str, namespace: str, name: str, patch: Obj) -> None:
        self.request("PATCH", path(kind, namespace, name), patch)

    def delete(self, kind: str, namespace: str, name: str) -> None:
        try:
            self.request("DELETE", path(kind, namespace, name))
        except ApiError as error:
            if error.status != 404:
                raise

    def end(self, kind: str, namespace: str, name: str) -> None:
        """Delete it and what keeps it, as if whoever guards it had agreed at once."""
        self.delete(kind, namespace, name)
        try:
            self.merge(kind, namespace, name, {"metadata": {"finalizers": None}})
        except ApiError as error:
            if error.status != 404:
                raise


def hosted_cluster(name: str, namespace: str, spec: Obj | None = None, speed: str = "", **meta: Any) -> Obj:
    """A HostedCluster on KubeVirt; paused by spec={"pausedUntil": "true"}, or held up by a tiny speed."""
    annotations = {**({SPEED: speed} if speed else {}), SKIP_NAMESPACE_DELETION: "true", **meta.pop("annotations", {})}
    routes = [{"service": s, "servicePublishingStrategy": {"type": "Route"}} for s in ("OAuthServer", "Konnectivity", "Ignition")]
    body: Obj = {
        "release": {"image": IMAGE},
        "pullSecret": {"name": f"{name}-pull-secret"},
        "infraID": f"{name}-infra",
        "platform": {"type": "KubeVirt", "kubevirt": {"baseDomainPassthrough": True}},
        "networking": {
            "networkType": "OVNKubernetes",
            "clusterNetwork": [{"cidr": "10.132.0.0/14"}],
            "serviceNetwork": [{"cidr": "172.31.0.0/16"}],
        },
        "etcd": {
            "managementType": "Managed",
            "managed": {"storage": {"type": "PersistentVolume", "persistentVolume": {"size": "8Gi"}}},
        },
        "services": [{"service": "APIServer", "servicePublishingStrategy": {"type": "LoadBalancer"}}, *routes],
        **(spec or {}),
    }
    return new("HostedCluster", name, namespace, spec=body, annotations=annotations, **meta)


def node_pool(name: str, namespace: str, cluster: str, spec: Obj | None = None, **meta: Any) -> Obj:
    kubevirt = {"rootVolume": {"type": "Persistent", "persistent": {"size": "32Gi"}}, "compute": {"cores": 2, "memory": "8Gi"}}
    body: Obj = {
        "clusterName": cluster,
        "replicas": 1,
        "release": {"image": IMAGE},
        "management": {"upgradeType": "Replace", "autoRepair": False},
        "platform": {"type": "KubeVirt", "kubevirt": kubevirt},
        **(spec or {}),
    }
    return new("NodePool", name, namespace, spec=body, **meta)


def capi(kind: str, name: str, namespace: str, **meta: Any) -> Obj:
    """An object of Cluster API with nothing in it but what its definition insists on."""
    reference = {"apiVersion": "infrastructure.cluster.x-k8s.io/v1alpha1", "kind": "KubevirtMachine", "name": name, "namespace": namespace}
    machine = {"clusterName": "none", "bootstrap": {"dataSecretName": "none"}, "infrastructureRef": reference}
    several = {"clusterName": "none", "replicas": 0, "selector": {"matchLabels": {"pool": name}}}
    spec: Obj = {
        "Cluster": {},
        "Machine": machine,
        "MachineHealthCheck": {"clusterName": "none", "selector": {"matchLabels": {"pool": name}}, "unhealthyConditions": [
            {"type": "Ready", "status": "False", "timeout": "8m0s"}]},
    }.get(kind, {**several, "template": {"metadata": {"labels": {"pool": name}}, "spec": machine}})  # fmt: skip
    return new(kind, name, namespace, spec=spec, **meta)
