# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Objects of a good management cluster on bare metal, with everything that hosted clusters on OpenShift Virtualization and on hosts need."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._kernel.compare import apply_merge_patch
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import API_SERVICE
from ansible_collections.hypershift.core.plugins.module_utils._preflight.inspection import PROVIDERS

Obj = dict[str, Any]
MINORS = ("4.21", "4.20", "4.19")
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
SERVED = sorted({(kind.group, kind.version) for kind in PROVIDERS})


def named(kind: str, name: str, namespace: str = "", **body: Any) -> Obj:
    place = {"namespace": namespace} if namespace else {}
    return {"kind": kind, "metadata": {"name": name, **place}, **body}


def node(name: str, zone: str = "", cpu: str = "32", memory: str = "128Gi", pods: str = "250", roles: tuple[str, ...] = ("worker",)) -> Obj:
    labels = {f"node-role.kubernetes.io/{role}": "" for role in roles} | ({"topology.kubernetes.io/zone": zone} if zone else {})
    status = {"conditions": [{"type": "Ready", "status": "True"}], "allocatable": {"cpu": cpu, "memory": memory, "pods": pods}}
    return {"kind": "Node", "metadata": {"name": name, "labels": labels}, "spec": {}, "status": status}


def pod(name: str, on: str, cpu: str = "0", memory: str = "0", **spec: Any) -> Obj:
    containers = [{"name": "main", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]
    return named("Pod", name, "clusters-demo", spec={"nodeName": on, "containers": containers, **spec}, status={"phase": "Running"})


def services(*groups: tuple[str, str]) -> list[Obj]:
    """APIServices, as an API server keeps one for each group and version."""
    return [named(API_SERVICE.kind, f"{version}.{group}", spec={"group": group, "version": version}) for group, version in groups]


def good() -> dict[str, Obj]:
    """By ``Kind/name``."""
    engine = {"phase": "Available", "currentVersion": "2.11.0", "desiredVersion": "2.11.0"}
    available = {"conditions": [{"type": "Available", "status": "True"}], "versions": [{"name": "operator", "version": "4.20.2"}]}
    supported = '{"versions": ["4.21", "4.20", "4.19"]}'
    agents = {"databaseStorage": {"accessModes": ["ReadWriteOnce"]}, "filesystemStorage": {"accessModes": ["ReadWriteOnce"]},
              "osImages": [{"openshiftVersion": "4.20", "version": "420", "url": "https://mirror.example.com/live.iso"}]}  # fmt: skip
    objects = [
        named("ClusterVersion", "version", status={"history": [{"state": "Completed", "version": "4.20.6"}]}),
        named("MultiClusterEngine", "multiclusterengine", spec={}, status=engine),
        named("Deployment", "operator", "hypershift", spec={"replicas": 2}, status={"availableReplicas": 2}),
        named("ConfigMap", "supported-versions", "hypershift", data={"supported-versions": supported}),
        named("StorageClass", "fast", provisioner="example.com/disk"),
        *(node(f"worker-{zone}", zone) for zone in "abc"),
        node("master-0", roles=("master", "control-plane")),
        named("Infrastructure", "cluster", status={"platform": "BareMetal", "platformStatus": {"type": "BareMetal"}}),
        named("Network", "cluster", status={"networkType": "OVNKubernetes", "clusterNetworkMTU": 9000}),
        named("IPAddressPool", "api", "metallb-system", spec={"addresses": ["192.0.2.0/28"]}),
        named(
            "IngressController", "default", "openshift-ingress-operator", spec={"routeAdmission": {"wildcardPolicy": "WildcardsAllowed"}}
        ),
        named("HyperConverged", "kubevirt-hyperconverged", "openshift-cnv", status=available),
        named("AgentServiceConfig", "agent", spec=agents),
        named("Provisioning", "provisioning-configuration", spec={"watchAllNamespaces": True}),
        *services(*SERVED),
    ]
    found = {f"{o['kind']}/{o['metadata']['name']}": o for o in objects}
    found["StorageClass/fast"]["metadata"]["annotations"] = {DEFAULT_CLASS: "true"}
    return found


def changed(changes: dict[str, Obj | None]) -> list[Obj]:
    """The good objects with merge patches by ``Kind/name``; None takes one away, a name that is not there adds one."""
    world = good()
    for key, patch in changes.items():
        if patch is None:
            del world[key]
        elif key in world:
            world[key] = apply_merge_patch(world[key], patch)
        else:
            kind, _slash, name = key.partition("/")
            world[key] = apply_merge_patch(named(kind, name), patch)
    return list(world.values())


def annotated(value: str | None) -> Obj:
    return {"metadata": {"annotations": {DEFAULT_CLASS: value}}}
