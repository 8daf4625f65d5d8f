# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What platforms need on the embedded hub: definitions that are missing there, hosts that boot, and a hosted cluster that is reached."""

from __future__ import annotations

import base64
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (
    AGENT,
    AGENT_SERVICE_CONFIG,
    CONFIG_MAP,
    HOSTED_CLUSTER,
    INFRA_ENV,
    INGRESS_CONTROLLER,
    IP_ADDRESS_POOL,
    L2_ADVERTISEMENT,
    METALLB,
    MULTICLUSTER_ENGINE,
    NAMESPACE,
    PROVISIONING,
    ROLE,
    SECRET,
    SERVICE,
    Kind,
)

from direct import Direct, hosted_cluster
from embedded_hub import EmbeddedHub
from embedded_hub.errors import ApiError
from embedded_hub.testing import until
from preflight.stage import definition

CLUSTER_ROLE = Kind("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", namespaced=False)
KINDS = {
    kind.kind: kind
    for kind in (
        *(CONFIG_MAP, HOSTED_CLUSTER, NAMESPACE, SECRET, SERVICE, ROLE, CLUSTER_ROLE, AGENT, AGENT_SERVICE_CONFIG, INFRA_ENV),
        *(MULTICLUSTER_ENGINE, PROVISIONING, INGRESS_CONTROLLER, IP_ADDRESS_POOL, L2_ADVERTISEMENT, METALLB),
    )
}
Obj = dict[str, Any]
PULL_SECRET = {"auths": {"registry.redhat.io": {"auth": "dXNlcjpwbGF0Zm9ybXM="}}}
HOSTS = "simulator-hosts"
FAULT = "simulator.hypershift.core/fault"
WITH_DEFAULTS = (
    (PROVISIONING, "", "provisioning-configuration", {"provisioningNetwork": "Disabled"}),
    (INGRESS_CONTROLLER, "openshift-ingress-operator", "default", {"replicas": 2, "routeAdmission": {"namespaceOwnership": "Strict"}}),
)


class Stage:
    """Puts it up and takes it away again, as admin over one connection: kubectl would be too slow for so many small things."""

    def __init__(self, hub: EmbeddedHub) -> None:
        self.hub, self.direct = hub, Direct(hub)
        self._made: list[str] = []

    def up(self) -> None:
        missing = [kind for kind, *_rest in WITH_DEFAULTS if self.direct.get("CustomResourceDefinition", "", kind.resource) is None]
        self._made = [kind.resource for kind in missing]
        self.direct.create(*(definition(kind) for kind in missing))
        for kind, namespace, name, spec in WITH_DEFAULTS:
            if namespace:
                self.namespace(namespace)
            until(f"{kind.resource} is served", lambda k=kind, n=namespace, o=name, s=spec: self._served(k, n, o, s))  # type: ignore[misc]
        self.put(CONFIG_MAP.manifest(HOSTS, "hypershift", data={}))

    def _served(self, kind: Kind, namespace: str, name: str, spec: Obj) -> bool:
        """A kind is served a moment after its definition was made."""
        try:
            self.put(kind.manifest(name, namespace, spec=spec))
        except ApiError as error:
            if error.status != 404:
                raise
            return False
        return True

    def down(self) -> None:
        for kind, namespace, name, _spec in WITH_DEFAULTS:
            self.remove(kind.kind, name, namespace)
        for resource in self._made:
            self.direct.delete("CustomResourceDefinition", "", resource)
        self.remove("ConfigMap", HOSTS, "hypershift")

    def put(self, body: Obj) -> None:
        """Create it, or bring it to what is said."""
        kind, meta = KINDS[body["kind"]], body["metadata"]
        try:
            self.direct.request("POST", kind.path(meta.get("namespace")), body)
        except ApiError as error:
            if error.status != 409:
                raise
            self.direct.request("PATCH", kind.path(meta.get("namespace"), meta["name"]), body)

    def get(self, kind: str, name: str, namespace: str = "") -> Obj | None:
        try:
            found: Obj = self.direct.request("GET", KINDS[kind].path(namespace, name))
        except ApiError as error:
            if error.status != 404:
                raise
            return None
        return found

    def spec(self, kind: str, name: str, namespace: str = "") -> Any:
        return (self.get(kind, name, namespace) or {}).get("spec")

    def listed(self, kind: str) -> list[Obj]:
        items: list[Obj] = self.direct.request("GET", KINDS[kind].path())["items"]
        return items

    def namespace(self, name: str) -> None:
        self.put(NAMESPACE.manifest(name))

    def remove(self, kind: str, name: str, namespace: str = "") -> None:
        try:
            self.direct.request("DELETE", KINDS[kind].path(namespace, name))
        except ApiError as error:
            if error.status != 404:
                raise

    def patch(self, kind: str, name: str, namespace: str, body: Obj, part: str = "") -> None:
        self.direct.request("PATCH", KINDS[kind].path(namespace, name) + part, body)

    def hosts(self, namespace: str, env: str, count: int) -> None:
        """So many hosts boot the image of that InfraEnv."""
        self.patch("ConfigMap", HOSTS, "hypershift", {"data": {f"{namespace}.{env}": str(count)}})

    def fault(self, kind: str, name: str, namespace: str, fault: str | None) -> None:
        self.patch(kind, name, namespace, {"metadata": {"annotations": {FAULT: fault}}})

    def service(self, name: str, namespace: str) -> None:
        """Somebody else's Service of type LoadBalancer."""
        spec = {"type": "LoadBalancer", "ports": [{"port": 443}], "selector": {"a": "b"}}
        self.namespace(namespace)
        self.put(SERVICE.manifest(name, namespace, spec=spec))
        until(f"{name} has an address", lambda: bool(self._ingress(name, namespace)))

    def _ingress(self, name: str, namespace: str) -> Any:
        return ((self.get("Service", name, namespace) or {}).get("status") or {}).get("loadBalancer", {}).get("ingress")

    def reached(self, name: str, namespace: str) -> None:
        """A hosted cluster with a base domain of its own, whose API is this hub's: its router is found there."""
        for one in (namespace, f"{namespace}-{name}", "openshift-ingress"):
            self.namespace(one)
        platform = {"platform": {"type": "KubeVirt", "kubevirt": {}}, "dns": {"baseDomain": "example.com"}}
        content = self.hub.user_kubeconfig("hosted-admin", ["system:masters"]).read_bytes()
        data = {"kubeconfig": base64.b64encode(content).decode()}
        self.put(hosted_cluster(name, namespace, spec={"pausedUntil": "true", **platform}))
        self.put(SECRET.manifest(f"{name}-admin-kubeconfig", namespace, data=data))
        self.put(router())
        status = {"status": {"kubeconfig": {"name": f"{name}-admin-kubeconfig"}}}
        until("the kubeconfig is published", lambda: self._published(name, namespace, status))

    def _published(self, name: str, namespace: str, status: Obj) -> bool:
        self.patch("HostedCluster", name, namespace, status, "/status")
        return bool(((self.get("HostedCluster", name, namespace) or {}).get("status") or {}).get("kubeconfig"))

    def unreached(self, name: str, namespace: str) -> None:
        self.end(name, namespace)
        self.remove("Secret", f"{name}-admin-kubeconfig", namespace)
        self.remove("Service", "router-nodeport-default", "openshift-ingress")

    def engine(self) -> None:
        """A multicluster engine without the assisted service, as its operator would report it."""
        off = {"name": "assisted-service", "enabled": False, "configOverrides": {}}
        self.put(MULTICLUSTER_ENGINE.manifest("multiclusterengine", spec={"overrides": {"components": [off]}}))
        component = {"name": "assisted-service", "kind": "Deployment", "type": "Available", "status": "True"}
        status = {"phase": "Available", "currentVersion": "2.11.0", "desiredVersion": "2.11.0", "components": [component]}
        self.patch("MultiClusterEngine", "multiclusterengine", "", {"status": status}, "/status")

    def end(self, name: str, namespace: str) -> None:
        """A hosted cluster that is paused, as if its operator had agreed at once."""
        self.direct.end("HostedCluster", namespace, name)


def router() -> Obj:
    ports = [
        {"name": n, "port": p, "targetPort": n, "protocol": "TCP", "nodePort": t}
        for n, p, t in (("http", 80, 32080), ("https", 443, 32443))
    ]
    spec = {"type": "NodePort", "ports": ports, "selector": {"app": "router"}}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "router-nodeport-default", "namespace": "openshift-ingress"},
        "spec": spec,
    }
