# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosted clusters and node pools as a user writes them, with the defaults that the API server would add."""

from __future__ import annotations

import base64
from typing import Any

NAMESPACE = "clusters"
IMAGE = "registry.example.com/ocp/release:4.21.3-multi"
NEXT_IMAGE = "registry.example.com/ocp/release:4.22.1-multi"

Obj = dict[str, Any]

_SERVICES = ("APIServer", "OAuthServer", "Konnectivity", "Ignition")


def secret(name: str, **data: str) -> Obj:
    encoded = {key.replace("__", "."): base64.b64encode(value.encode()).decode() for key, value in data.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": NAMESPACE}, "data": encoded}


def pull_secret(name: str) -> Obj:
    found = secret(f"{name}-pull-secret")
    found["data"] = {".dockerconfigjson": base64.b64encode(b'{"auths":{}}').decode()}
    return found


def config_map(name: str, **data: str) -> Obj:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": NAMESPACE}, "data": data}


def hosted_cluster(name: str = "demo", platform: Obj | None = None, **spec: Any) -> Obj:
    platform = platform or {"type": "KubeVirt", "kubevirt": {"baseDomainPassthrough": True}}
    publishing: dict[str, Obj] = {service: {"type": "Route"} for service in _SERVICES}
    publishing["APIServer"] = {"type": "LoadBalancer"}
    return {
        "apiVersion": "hypershift.openshift.io/v1beta1",
        "kind": "HostedCluster",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "release": {"image": IMAGE},
            "pullSecret": {"name": f"{name}-pull-secret"},
            "platform": platform,
            "controllerAvailabilityPolicy": "SingleReplica",
            "infrastructureAvailabilityPolicy": "SingleReplica",
            "etcd": {
                "managementType": "Managed",
                "managed": {"storage": {"type": "PersistentVolume", "persistentVolume": {"size": "8Gi"}}},
            },
            "networking": {
                "networkType": "OVNKubernetes",
                "clusterNetwork": [{"cidr": "10.132.0.0/14"}],
                "serviceNetwork": [{"cidr": "172.31.0.0/16"}],
            },
            "services": [{"service": service, "servicePublishingStrategy": strategy} for service, strategy in publishing.items()],
            "issuerURL": "https://kubernetes.default.svc",
            "olmCatalogPlacement": "management",
            "capabilities": {},
            **spec,
        },
    }


def node_pool(name: str = "demo", cluster: str = "demo", replicas: int | None = 2, platform: Obj | None = None, **spec: Any) -> Obj:
    rolling = {"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    result: Obj = {
        "apiVersion": "hypershift.openshift.io/v1beta1",
        "kind": "NodePool",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "clusterName": cluster,
            "release": {"image": IMAGE},
            "management": {"upgradeType": "Replace", "autoRepair": False, "replace": rolling},
            "platform": platform or {"type": "KubeVirt", "kubevirt": {"compute": {"cores": 2, "memory": "4Gi"}}},
            "arch": "amd64",
            "nodeDrainTimeout": "0s",
            **spec,
        },
    }
    if replicas is not None:
        result["spec"]["replicas"] = replicas
    return result
