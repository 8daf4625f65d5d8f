# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Objects of the assisted service and of MetalLB, as they really look."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (
    AGENT,
    AGENT_SERVICE_CONFIG,
    API_SERVICE,
    INFRA_ENV,
    IP_ADDRESS_POOL,
    STORAGE_CLASS,
)
from ansible_collections.hypershift.core.plugins.module_utils._platforms.agent.discovery_image import INFRA_ENV_LABEL

Object = dict[str, Any]
NAMESPACE = "clusters-demo"
PULL_SECRET = '{"auths": {"registry.redhat.io": {"auth": "dXNlcjpwYXNz"}, "quay.io": {"auth": "dXNlcjpwYXNz"}}}'
MOMENT = "2026-11-24T02:00:00Z"


def condition(kind: str, status: str, reason: str = "AsExpected", message: str = "", moment: str = MOMENT) -> Object:
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": moment}


def storage_class(name: str = "lvms", default: bool = True) -> Object:
    body = STORAGE_CLASS.manifest(name, provisioner="topolvm.io")
    body["metadata"]["annotations"] = {"storageclass.kubernetes.io/is-default-class": str(default).lower()}
    return body


def served(*groups: str) -> list[Object]:
    return [API_SERVICE.manifest(f"v1beta1.{group}") for group in groups]


def claim(size: str) -> Object:
    return {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}


def image(version: str = "4.20", architecture: str | None = "x86_64", url: str = "https://mirror.example.com/live.iso") -> Object:
    found = {"openshiftVersion": version, "version": "9.6.1", "url": url}
    return found | ({"cpuArchitecture": architecture} if architecture else {})


def service_config(*images: Object, healthy: bool = True, ours: bool = True, **spec: Any) -> Object:
    spec = {"databaseStorage": claim("10Gi"), "filesystemStorage": claim("100Gi"), "osImages": list(images), **spec}
    body = AGENT_SERVICE_CONFIG.manifest("agent", spec=spec)
    if ours:
        body["metadata"]["labels"] = {"hypershift.core/created-by": "assisted_service"}
    if healthy:
        body["status"] = {"conditions": [condition("ReconcileCompleted", "True"), condition("DeploymentsHealthy", "True")]}
    return body


def infra_env(
    name: str = "workers", *conditions: Object, ours: bool = True, url: str = "https://images.example.com/minimal.iso", **spec: Any
) -> Object:
    body = INFRA_ENV.manifest(name, NAMESPACE, spec={"pullSecretRef": {"name": "pull-secret"}, "cpuArchitecture": "x86_64", **spec})
    if ours:
        body["metadata"]["labels"] = {"hypershift.core/created-by": "infra_env"}
    body["status"] = {"conditions": list(conditions), **({"isoDownloadURL": url} if url else {})}
    return body


def agent(
    name: str,
    state: str = "known-unbound",
    approved: bool = True,
    bound: bool = False,
    env: str = "workers",
    failing: dict[str, str] | None = None,
    labels: dict[str, str] | None = None,
) -> Object:
    """A host with one disk and one interface; its MAC address ends with the last two letters of the name."""
    spec: Object = {"approved": approved, "role": "auto-assign"}
    if bound:
        spec["clusterDeploymentName"] = {"name": "demo", "namespace": NAMESPACE}
    body = AGENT.manifest(name, NAMESPACE, spec=spec)
    body["metadata"]["labels"] = {INFRA_ENV_LABEL: env, **(labels or {})}
    rows = [{"id": k, "status": "failure", "message": v} for k, v in (failing or {}).items()]
    body["status"] = {
        "conditions": [condition("Connected", "True"), condition("SpecSynced", "True", "SyncOK")],
        "debugInfo": {"state": state},
        "inventory": {
            "hostname": f"host-{name}",
            "cpu": {"architecture": "x86_64", "count": 16},
            "memory": {"physicalBytes": 64 * 2**30},
            "disks": [{"id": "/dev/disk/by-id/wwn-0x1", "name": "sda", "path": "/dev/sda"}],
            "interfaces": [{"name": "eth0", "macAddress": f"52:54:00:00:00:{name[-2:]}"}],
        },
        "validationsInfo": {"hardware": [{"id": "connected", "status": "success", "message": "Host is connected"}, *rows]},
    }
    return body


def pool(name: str, *addresses: str, namespace: str = "metallb-system", ours: bool = False, assigned: int = 0) -> Object:
    body = IP_ADDRESS_POOL.manifest(name, namespace, spec={"addresses": list(addresses)})
    if ours:
        body["metadata"]["labels"] = {"hypershift.core/created-by": "load_balancer_pool"}
    body["status"] = {"assignedIPv4": assigned, "assignedIPv6": 0, "availableIPv4": 8, "availableIPv6": 0}
    return body
