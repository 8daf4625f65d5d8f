# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A management cluster with everything that a preflight looks at, on the embedded hub: definitions that are missing there, and objects."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (
    AGENT_SERVICE_CONFIG,
    CLUSTER_VERSION,
    HYPER_CONVERGED,
    INFRASTRUCTURE,
    INGRESS_CONTROLLER,
    IP_ADDRESS_POOL,
    MULTICLUSTER_ENGINE,
    NETWORK,
    PROVISIONING,
    Kind,
)

from embedded_hub.bare import open_definition
from embedded_hub.testing import until
from playing import Admin

Obj = dict[str, Any]
KINDS = (
    *(CLUSTER_VERSION, INFRASTRUCTURE, NETWORK, INGRESS_CONTROLLER, MULTICLUSTER_ENGINE),
    *(IP_ADDRESS_POOL, HYPER_CONVERGED, AGENT_SERVICE_CONFIG, PROVISIONING),
)
NAMESPACES = ("preflight", "hypershift", "multicluster-engine", "openshift-ingress-operator", "openshift-cnv", "metallb-system")
_CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}
_IMAGE = {"openshiftVersion": "4.20", "version": "420.1", "url": "https://mirror.example.com/live.iso", "cpuArchitecture": "x86_64"}


def definition(kind: Kind) -> Obj:
    """One that takes anything."""
    return open_definition(kind.group, kind.version, kind.kind, kind.plural, kind.namespaced)


def operator() -> Obj:
    labels = {"name": "operator"}
    container = {"name": "operator", "image": "example.com/operator", "resources": {"requests": {"cpu": "10m", "memory": "150Mi"}}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "operator", "namespace": "hypershift"}, "spec": spec}


def versions() -> Obj:
    data = {"supported-versions": json.dumps({"versions": ["4.21", "4.20", "4.19"]})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "supported-versions", "namespace": "hypershift"}, "data": data}


def load() -> Obj:
    """A pod that requests 1.5 vCPU and 2 GiB."""
    container = {"name": "load", "image": "example.com/load", "resources": {"requests": {"cpu": "1500m", "memory": "2Gi"}}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "load", "namespace": "preflight"}, "spec": {"containers": [container]}}


GOOD: tuple[tuple[Kind, str, str, Obj, Obj], ...] = (
    # kind, namespace, name, spec, status
    (CLUSTER_VERSION, "", "version", {}, {"history": [{"state": "Completed", "version": "4.20.6"}]}),
    (INFRASTRUCTURE, "", "cluster", {}, {"platform": "BareMetal", "platformStatus": {"type": "BareMetal"}}),
    (NETWORK, "", "cluster", {}, {"networkType": "OVNKubernetes", "clusterNetworkMTU": 9000}),
    (INGRESS_CONTROLLER, "openshift-ingress-operator", "default", {"routeAdmission": {"wildcardPolicy": "WildcardsAllowed"}}, {}),
    (
        MULTICLUSTER_ENGINE,
        "",
        "multiclusterengine",
        {},
        {"phase": "Available", "currentVersion": "2.11.0", "desiredVersion": "2.11.0"},
    ),
    (IP_ADDRESS_POOL, "metallb-system", "api", {"addresses": ["192.0.2.0/28"]}, {}),
    (
        HYPER_CONVERGED,
        "openshift-cnv",
        "kubevirt-hyperconverged",
        {},
        {"conditions": [{"type": "Available", "status": "True"}], "versions": [{"name": "operator", "version": "4.20.2"}]},
    ),
    (AGENT_SERVICE_CONFIG, "", "agent", {"databaseStorage": _CLAIM, "filesystemStorage": _CLAIM, "osImages": [_IMAGE]}, {}),
    (PROVISIONING, "", "provisioning-configuration", {"watchAllNamespaces": True}, {}),
)


class Stage:
    """Puts it up, changes it, and takes it away again; what was there before stays."""

    def __init__(self, admin: Admin) -> None:
        self.admin = admin
        self._definitions: set[Kind] = set()
        self._objects: list[Obj] = []

    def up(self) -> None:
        """Also again, after something was taken away."""
        missing = [k for k in KINDS if self.admin.get("customresourcedefinition", k.resource) is None]
        self._definitions |= set(missing)
        self.admin.apply(*(definition(k) for k in missing))
        until("all kinds are served", lambda: all(self._served(k) for k in KINDS))
        self.admin.apply(*({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n}} for n in NAMESPACES))
        for obj in (operator(), versions(), load()):
            meta = obj["metadata"]
            if self.admin.get(obj["kind"], meta["name"], "-n", meta["namespace"]) is None:
                self.admin.apply(obj)
                self._objects.append(obj)
        for row in GOOD:
            self.put(*row)
        self.settled()
        until("the pod has a node", lambda: self.admin.get("pod", "load", "-n", "preflight")["spec"].get("nodeName"))

    def scale(self, replicas: int) -> int:
        """The operator; what it was."""
        before = int(self.admin.get("deployment", "operator", "-n", "hypershift")["spec"]["replicas"])
        self.admin.kubectl("scale", "deployment/operator", "-n", "hypershift", f"--replicas={replicas}")
        self.settled()
        return before

    def settled(self) -> None:
        self.admin.kubectl("rollout", "status", "deployment/operator", "-n", "hypershift", "--timeout=60s")

    def put(self, kind: Kind, namespace: str, name: str, spec: Obj, status: Obj) -> None:
        self.admin.apply(kind.manifest(name, namespace, spec=spec))
        if status:
            self.patch(kind, namespace, name, {"status": status}, "--subresource=status")

    def patch(self, kind: Kind, namespace: str, name: str, body: Obj, *arguments: str) -> None:
        where = ("-n", namespace) if namespace else ()
        self.admin.kubectl("patch", kind.resource, name, *where, "--type=merge", "-p", json.dumps(body), *arguments)

    def remove(self, kind: Kind, namespace: str, name: str) -> None:
        where = ("-n", namespace) if namespace else ()
        self.admin.kubectl("delete", kind.resource, name, *where, "--ignore-not-found")

    def down(self) -> None:
        for kind, namespace, name, _spec, _status in GOOD:
            self.remove(kind, namespace, name)
        for kind in self._definitions:
            self.admin.kubectl("delete", "customresourcedefinition", kind.resource)
        for obj in self._objects:
            self.admin.kubectl("delete", obj["kind"], obj["metadata"]["name"], "-n", obj["metadata"]["namespace"])

    def _served(self, kind: Kind) -> bool:
        group = self.admin.get("apiservice", f"{kind.version}.{kind.group}")
        listed = self.admin.kubectl("get", kind.resource, "-A", check=False) if group else None
        return listed is not None
