# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names, labels, annotations and finalizers that are part of the platform's or of the simulator's interface."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any

Obj = dict[str, Any]

FIELD_MANAGER = "hypershift-simulator"
OPERATOR_NAMESPACE = "hypershift"
RELEASES_CONFIG_MAP = "simulator-releases"
ENGINE_NAMESPACE = "multicluster-engine"
LOCAL_CLUSTER = "local-cluster"
OLM_NAMESPACE, CATALOG = "openshift-marketplace", "redhat-operators"

_OWN = "simulator.hypershift.core"
SIMULATED = f"{_OWN}/simulated"
FAULT = f"{_OWN}/fault"
SPEED = f"{_OWN}/speed"
INSTALLED = f"{_OWN}/installed"  # what the simulator has installed itself, and may take away again
STUCK_FINALIZER = f"{_OWN}/stuck"
ETCD_WHEN_SCALED = f"{_OWN}/etcd-when-scaled"
ETCD_SHARDS = f"{_OWN}/etcd-shards"
ETCD_VOLUME_BYTES = f"{_OWN}/etcd-volume-bytes"
REAL_ETCD = f"{_OWN}/real-etcd"
REAL_API_SERVER = f"{_OWN}/real-apiserver"
# The pod runner of the embedded hub: images that run for real, pods that share a process, the size of a volume.
RUNNER_IMAGES = "embedded-hub.local"
ONE_PROCESS = "embedded-hub.hypershift.core/one-process"
VOLUME_BYTES = "embedded-hub.hypershift.core/volume-bytes"
NODE_CURRENT_CONFIG = f"{_OWN}/node-current-config"
NODE_DESIRED_CONFIG = f"{_OWN}/node-desired-config"
NODE_STATE = f"{_OWN}/node-state"
TEMPLATE_HASH = f"{_OWN}/template-hash"

_HS = "hypershift.openshift.io"
HC_FINALIZER = f"{_HS}/finalizer"
COMPONENT_FINALIZER = f"{_HS}/component-finalizer"
OIDC_FINALIZER = "hypershift.io/aws-oidc-discovery"
ENDPOINT_SERVICE_FINALIZER = f"{_HS}/control-plane-operator-finalizer"
CLUSTER_FINALIZER = "cluster.cluster.x-k8s.io"
MACHINE_FINALIZER = "machine.cluster.x-k8s.io"

HAS_BEEN_AVAILABLE = f"{_HS}/HasBeenAvailable"
HOSTED_CLUSTER = f"{_HS}/cluster"
FORCE_UPGRADE_TO = f"{_HS}/force-upgrade-to"
SKIP_RELEASE_VALIDATION = f"{_HS}/skip-release-image-validation"
SKIP_NAMESPACE_DELETION = f"{_HS}/skip-delete-hosted-controlplane-namespace"
CLEANUP_CLOUD_RESOURCES = f"{_HS}/cleanup-cloud-resources"
DESTROY_GRACE_PERIOD = f"{_HS}/destroy-grace-period"
DEBUG_DEPLOYMENTS = f"{_HS}/debug-deployments"
RESTART_DATE = f"{_HS}/restart-date"
RELEASE_IMAGE = f"{_HS}/release-image"
COMPONENT = f"{_HS}/control-plane-component"
HOSTED_CONTROL_PLANE = f"{_HS}/hosted-control-plane"
MANAGED_BY = f"{_HS}/managed-by"
POD_SECURITY_OVERRIDE = f"{_HS}/pod-security-admission-label-override"
REFERENCED_PREFIX = f"referenced-resource.{_HS}/"
SAFE_TO_DELETE = f"{_HS}/safe-to-delete-with-cluster"
CREATED_FOR_INFRA = f"{_HS}/auto-created-for-infra"

NODE_POOL = f"{_HS}/nodePool"
NP_CURRENT_CONFIG = f"{_HS}/nodePoolCurrentConfig"
NP_CURRENT_CONFIG_VERSION = f"{_HS}/nodePoolCurrentConfigVersion"
NP_TARGET_CONFIG_VERSION = f"{_HS}/nodePoolTargetConfigVersion"
NP_MACHINE_TEMPLATE = f"{_HS}/nodePoolPlatformMachineTemplate"
NP_TAINTS = f"{_HS}/nodePoolTaints"
NP_MAX_UNAVAILABLE = f"{_HS}/nodePoolMaxUnavailable"
UPGRADE_IN_PROGRESS = f"{_HS}/nodePoolUpgradeInProgressTrue"
UPGRADE_DEGRADED = f"{_HS}/nodePoolUpgradeInProgressFalse"
RELEASE_VERSION = f"{_HS}/releaseVersion"
IGNITION_REACHED = f"{_HS}/ignition-reached"
TOKEN_EXPIRATION = f"{_HS}/ignition-token-expiration-timestamp"
CORE_IGNITION = f"{_HS}/core-ignition-config"
WORKER_SSH = "ignition-config-worker-ssh"
HAPROXY_IMAGE = f"{_HS}/haproxy-image"
VM_PATCH = f"{_HS}/kubevirt-vm-jsonpatch"
VM_SPREAD = f"{_HS}/nodepool-supports-kubevirt-topology-spread-constraints"
HTTP_TOKENS = f"{_HS}/ec2-instance-metadata-http-tokens"
PUBLIC_IPS = f"{_HS}/aws-machine-public-ips"
MANAGED_LABEL_PREFIX = "managed.hypershift.openshift.io"

CAPI_PAUSED = "cluster.x-k8s.io/paused"
CAPI_CLUSTER_NAME = "cluster.x-k8s.io/cluster-name"
CAPI_DELETE_MACHINE = "cluster.x-k8s.io/delete-machine"
EXCLUDE_NODE_DRAINING = "machine.cluster.x-k8s.io/exclude-node-draining"
AUTOSCALER_MIN = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size"
AUTOSCALER_MAX = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size"


def control_plane_namespace(namespace: str, name: str) -> str:
    return f"{namespace}-{name.replace('.', '-')}"


@lru_cache(maxsize=4096)
def fnv32(text: str) -> str:
    """The 32-bit FNV-1a hash in hexadecimal that the platform puts into names."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{value:08x}"


def fingerprint(*parts: Any) -> str:
    return fnv32(json.dumps(parts, sort_keys=True, separators=(",", ":")))


def spread(text: str, size: int) -> int:
    """A stable number below `size` for a text: addresses and ports survive a restart of the simulator."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % size


def b64(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def unb64(value: str) -> bytes:
    return base64.b64decode(value)
