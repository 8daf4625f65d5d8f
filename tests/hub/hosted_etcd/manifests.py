# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The objects that a test creates for a hosted cluster."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from typing import Any

Obj = dict[str, Any]

IMAGES = {
    "3.6": "registry.example.com/ocp/release:4.21.3-multi",
    "3.5": "registry.example.com/ocp/release:4.20.8-multi",  # the last releases whose etcd image has etcdctl alone
}
_OWN = "simulator.hypershift.core"
_SERVICES = {"APIServer": "LoadBalancer", "OAuthServer": "Route", "Konnectivity": "Route", "Ignition": "Route"}


def secrets(namespace: str, name: str) -> list[Obj]:
    pull: Obj = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": f"{name}-pull-secret", "namespace": namespace},
        "stringData": {".dockerconfigjson": '{"auths":{}}'},
    }
    encryption: Obj = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": f"{name}-etcd-encryption-key", "namespace": namespace},
        "data": {"key": base64.b64encode(os.urandom(32)).decode()},
    }
    return [pull, encryption]


def requests(version: str, shards: Sequence[str], api_server: bool, when_scaled: str, volume_bytes: int | None, speed: int) -> Obj:
    """The annotations by which the simulator knows what is to be real."""
    found = {
        f"{_OWN}/speed": str(speed),
        f"{_OWN}/real-etcd": version,
        f"{_OWN}/etcd-when-scaled": when_scaled,
        f"{_OWN}/etcd-shards": ",".join(shards),
    }
    if api_server:
        found[f"{_OWN}/real-apiserver"] = "true"
    if volume_bytes is not None:
        found[f"{_OWN}/etcd-volume-bytes"] = str(volume_bytes)
    return found


def hosted_cluster(namespace: str, name: str, replicas: int, version: str, marks: Obj) -> Obj:
    """What `hcp create cluster kubevirt` writes, with a key for the Secrets in etcd."""
    policy = "HighlyAvailable" if replicas > 1 else "SingleReplica"
    spec = {
        "controllerAvailabilityPolicy": policy,
        "infrastructureAvailabilityPolicy": "SingleReplica",
        "etcd": {
            "managementType": "Managed",
            "managed": {"storage": {"type": "PersistentVolume", "persistentVolume": {"size": "8Gi"}}},
        },
        "networking": {
            "clusterNetwork": [{"cidr": "10.132.0.0/14"}],
            "serviceNetwork": [{"cidr": "172.31.0.0/16"}],
            "networkType": "OVNKubernetes",
        },
        "olmCatalogPlacement": "management",
        "platform": {"type": "KubeVirt", "kubevirt": {"baseDomainPassthrough": True}},
        "pullSecret": {"name": f"{name}-pull-secret"},
        "release": {"image": IMAGES[version]},
        "secretEncryption": {"type": "aescbc", "aescbc": {"activeKey": {"name": f"{name}-etcd-encryption-key"}}},
        "services": [{"service": service, "servicePublishingStrategy": {"type": kind}} for service, kind in _SERVICES.items()],
    }
    metadata = {"name": name, "namespace": namespace, "annotations": marks}
    return {"apiVersion": "hypershift.openshift.io/v1beta1", "kind": "HostedCluster", "metadata": metadata, "spec": spec}
