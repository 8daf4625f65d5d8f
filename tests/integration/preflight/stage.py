# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A management cluster with everything that a preflight looks at, on the embedded hub: definitions that are missing there, and objects."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import CLUSTER_VERSION, MULTICLUSTER_ENGINE, Kind
from ansible_collections.hypershift.core.plugins.module_utils._domain.preflight_kinds import (
    AGENT_SERVICE_CONFIG,
    HYPER_CONVERGED,
    INFRASTRUCTURE,
    INGRESS_CONTROLLER,
    IP_ADDRESS_POOL,
    NETWORK,
    PROVISIONING,
)

from embedded_hub.testing import until
from playing import Admin

Obj = dict[str, Any]
KINDS = (
    *(CLUSTER_VERSION, INFRASTRUCTURE, NETWORK, INGRESS_CONTROLLER, MULTICLUSTER_ENGINE),
    *(IP_ADDRESS_POOL, HYPER_CONVERGED, AGENT_SERVICE_CONFIG, PROVISIONING),
)
NAMESPACES = ("hypershift", "openshift-ingress-operator", "openshift-cnv", "metallb-system")
_OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}
_IMAGE = {"openshiftVersion": "4.20", "version": "420.1", "url": "https://mirror.example.com/live.iso", "cpuArchitecture": "x86_64"}
VERSIONS = {"supported-versions": json.dumps({"versions": ["4.21", "4.20", "4.19"]})}


def definition(kind: Kind) -> Obj:
    """One that takes anything."""
    schema = {"type": "object", "properties": {"spec": _OPEN, "status": _OPEN}}
    version = {"name": kind.version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, "subresources": {"status": {}}}
    names = {"kind": kind.kind, "listKind": f"{kind.kind}List", "plural": kind.plural, "singular": kind.kind.lower()}
    spec = {"group": kind.group, "scope": "Namespaced" if kind.namespaced else "Cluster", "names": names, "versions": [version]}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": kind.resource}, "spec": spec}


def operator() -> Obj:
    labels = {"name": "operator"}
    container = {"name": "operator", "image": "example.com/operator", "resources": {"requests": {"cpu": "10m", "memory": "150Mi"}}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "operator", "namespace": "hypershift"}, "spec": spec}


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
        self._made: list[Kind] = []
        self._versions = False

    def up(self) -> None:
        self._made = [k for k in KINDS if self.admin.get("customresourcedefinition", k.resource) is None]
        self.admin.apply(*(definition(k) for k in self._made))
        until("all kinds are served", lambda: all(self._served(k) for k in KINDS))
        self.admin.apply(*({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n}} for n in NAMESPACES), operator())
        self._versions = self.admin.get("configmap", "supported-versions", "-n", "hypershift") is None
        if self._versions:
            self.admin.kubectl(
                "create",
                "configmap",
                "supported-versions",
                "-n",
                "hypershift",
                f"--from-literal=supported-versions={VERSIONS['supported-versions']}",
            )
        for row in GOOD:
            self.put(*row)
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
        for kind in self._made:
            self.admin.kubectl("delete", "customresourcedefinition", kind.resource)
        self.admin.kubectl("delete", "deployment", "operator", "-n", "hypershift")
        if self._versions:
            self.admin.kubectl("delete", "configmap", "supported-versions", "-n", "hypershift")

    def _served(self, kind: Kind) -> bool:
        group = self.admin.get("apiservice", f"{kind.version}.{kind.group}")
        listed = self.admin.kubectl("get", kind.resource, "-A", check=False) if group else None
        return listed is not None
