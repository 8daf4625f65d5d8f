# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which option of a module fills which field of which object.

The tables are read in both directions: to build manifests, and to name the option in an error about a field.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._kernel.errors import Failure, OptionError

Path = tuple[str, ...]
PLATFORM_TYPES = {"agent": "Agent", "kubevirt": "KubeVirt", "aws": "AWS", "none": "None"}


def _dotted(table: dict[str, str]) -> dict[str, Path]:
    return {option: tuple(path.split(".")) for option, path in table.items()}


HOSTED_CLUSTER_PATHS = _dotted(
    {
        "release_image": "spec.release.image",
        "control_plane_release_image": "spec.controlPlaneRelease.image",
        "channel": "spec.channel",
        "update_service": "spec.updateService",
        "cluster_id": "spec.clusterID",
        "infra_id": "spec.infraID",
        "controller_availability_policy": "spec.controllerAvailabilityPolicy",
        "infrastructure_availability_policy": "spec.infrastructureAvailabilityPolicy",
        "base_domain": "spec.dns.baseDomain",
        "base_domain_prefix": "spec.dns.baseDomainPrefix",
        "public_zone_id": "spec.dns.publicZoneID",
        "private_zone_id": "spec.dns.privateZoneID",
        "network_type": "spec.networking.networkType",
        "cluster_networks": "spec.networking.clusterNetwork",
        "service_networks": "spec.networking.serviceNetwork",
        "machine_networks": "spec.networking.machineNetwork",
        "allowed_cidr_blocks": "spec.networking.apiServer.allowedCIDRBlocks",
        "etcd_storage_class": "spec.etcd.managed.storage.persistentVolume.storageClassName",
        "etcd_storage_size": "spec.etcd.managed.storage.persistentVolume.size",
        "services": "spec.services",
        "image_content_sources": "spec.imageContentSources",
        "node_selector": "spec.nodeSelector",
        "tolerations": "spec.tolerations",
        "control_plane_labels": "spec.labels",
        "olm_catalog_placement": "spec.olmCatalogPlacement",
        "capabilities": "spec.capabilities",
        "fips": "spec.fips",
        "feature_set": "spec.configuration.featureGate.featureSet",
        "kube_api_server_dns_name": "spec.kubeAPIServerDNSName",
        "issuer_url": "spec.issuerURL",
        "labels": "metadata.labels",
        "annotations": "metadata.annotations",
        "agent.namespace": "spec.platform.agent.agentNamespace",
        "kubevirt.base_domain_passthrough": "spec.platform.kubevirt.baseDomainPassthrough",
        "kubevirt.storage_driver": "spec.platform.kubevirt.storageDriver",
        "kubevirt.infra_namespace": "spec.platform.kubevirt.credentials.infraNamespace",
        "aws.region": "spec.platform.aws.region",
        "aws.endpoint_access": "spec.platform.aws.endpointAccess",
        "aws.multi_arch": "spec.platform.aws.multiArch",
        "aws.roles": "spec.platform.aws.rolesRef",
        "aws.vpc": "spec.platform.aws.cloudProviderConfig.vpc",
        "aws.subnet_id": "spec.platform.aws.cloudProviderConfig.subnet.id",
        "aws.zone": "spec.platform.aws.cloudProviderConfig.zone",
        "aws.resource_tags": "spec.platform.aws.resourceTags",
        "platform": "spec.platform.type",
        "pull_secret": "spec.pullSecret.name",
        "ssh_key": "spec.sshKey.name",
        "additional_trust_bundle": "spec.additionalTrustBundle.name",
        "etcd_encryption": "spec.secretEncryption",
        "configuration": "spec.configuration",
    }
)

NODE_POOL_PATHS = _dotted(
    {
        "cluster_name": "spec.clusterName",
        "release_image": "spec.release.image",
        "replicas": "spec.replicas",
        "auto_scaling": "spec.autoScaling",
        "upgrade_type": "spec.management.upgradeType",
        "auto_repair": "spec.management.autoRepair",
        "replace.strategy": "spec.management.replace.strategy",
        "replace.max_surge": "spec.management.replace.rollingUpdate.maxSurge",
        "replace.max_unavailable": "spec.management.replace.rollingUpdate.maxUnavailable",
        "in_place.max_unavailable": "spec.management.inPlace.maxUnavailable",
        "config": "spec.config",
        "tuning_config": "spec.tuningConfig",
        "node_labels": "spec.nodeLabels",
        "taints": "spec.taints",
        "node_drain_timeout": "spec.nodeDrainTimeout",
        "node_volume_detach_timeout": "spec.nodeVolumeDetachTimeout",
        "arch": "spec.arch",
        "labels": "metadata.labels",
        "annotations": "metadata.annotations",
        "platform": "spec.platform.type",
        "agent.label_selector": "spec.platform.agent.agentLabelSelector",
        "kubevirt.cores": "spec.platform.kubevirt.compute.cores",
        "kubevirt.memory": "spec.platform.kubevirt.compute.memory",
        "kubevirt.qos_class": "spec.platform.kubevirt.compute.qosClass",
        "kubevirt.root_volume_size": "spec.platform.kubevirt.rootVolume.persistent.size",
        "kubevirt.root_volume_storage_class": "spec.platform.kubevirt.rootVolume.persistent.storageClass",
        "kubevirt.root_volume_access_modes": "spec.platform.kubevirt.rootVolume.persistent.accessModes",
        "kubevirt.root_volume_volume_mode": "spec.platform.kubevirt.rootVolume.persistent.volumeMode",
        "kubevirt.root_volume_cache": "spec.platform.kubevirt.rootVolume.cacheStrategy.type",
        "kubevirt.attach_default_network": "spec.platform.kubevirt.attachDefaultNetwork",
        "kubevirt.additional_networks": "spec.platform.kubevirt.additionalNetworks",
        "kubevirt.multiqueue": "spec.platform.kubevirt.networkInterfaceMultiqueue",
        "kubevirt.node_selector": "spec.platform.kubevirt.nodeSelector",
        "aws.instance_type": "spec.platform.aws.instanceType",
        "aws.instance_profile": "spec.platform.aws.instanceProfile",
        "aws.subnet_id": "spec.platform.aws.subnet.id",
        "aws.ami": "spec.platform.aws.ami",
        "aws.root_volume": "spec.platform.aws.rootVolume",
        "aws.security_groups": "spec.platform.aws.securityGroups",
        "aws.resource_tags": "spec.platform.aws.resourceTags",
        "aws.placement": "spec.platform.aws.placement",
    }
)

AWS_ROLE_FIELDS = {
    "ingress": "ingressARN",
    "image_registry": "imageRegistryARN",
    "storage": "storageARN",
    "network": "networkARN",
    "kube_cloud_controller": "kubeCloudControllerARN",
    "node_pool_management": "nodePoolManagementARN",
    "control_plane_operator": "controlPlaneOperatorARN",
}

# How an option's value becomes the field's value, where they differ.
_TRANSFORMS: dict[str, Callable[[Any], Any]] = {
    "platform": lambda v: PLATFORM_TYPES[v],
    "cluster_networks": lambda v: [{"cidr": c} for c in v],
    "service_networks": lambda v: [{"cidr": c} for c in v],
    "machine_networks": lambda v: [{"cidr": c} for c in v],
    # The operator drops an empty name when it writes, so it would differ for ever: no name is no field.
    "kube_api_server_dns_name": lambda v: v or None,
    "capabilities": lambda v: {k: x for k, x in v.items() if x is not None},
    "kubevirt.storage_driver": lambda v: {"type": v},
    "kubevirt.additional_networks": lambda v: [{"name": n} for n in v],
    "config": lambda v: [{"name": n} for n in v],
    "tuning_config": lambda v: [{"name": n} for n in v],
    "aws.security_groups": lambda v: [{"id": g} for g in v],
    "aws.roles": lambda v: {AWS_ROLE_FIELDS[k]: x for k, x in v.items() if x is not None},
    "aws.root_volume": lambda v: {
        "encryptionKey" if k == "encryption_key" else k: x for k, x in v.items() if x is not None
    },
    "aws.resource_tags": lambda v: [{"key": k, "value": x} for k, x in sorted(v.items())],
    "taints": lambda v: [{k: x for k, x in t.items() if x is not None} for t in v],
    "image_content_sources": lambda v: [{k: x for k, x in s.items() if x is not None} for s in v],
    "tolerations": lambda v: [_camel_toleration(t) for t in v],
}


def _camel_toleration(toleration: dict[str, Any]) -> dict[str, Any]:
    return {"tolerationSeconds" if k == "toleration_seconds" else k: v for k, v in toleration.items() if v is not None}


def explicit(options: dict[str, Any], table: dict[str, Path]) -> dict[str, Any]:
    """Nested object with exactly what the user set; options left out stay out."""
    result: dict[str, Any] = {}
    for option, path in table.items():
        value: Any = options
        for part in option.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is None or option in ("pull_secret", "ssh_key", "additional_trust_bundle", "etcd_encryption"):
            continue
        put(result, path, _TRANSFORMS[option](value) if option in _TRANSFORMS else value)
    return result


def put(tree: dict[str, Any], path: Path, value: Any) -> None:
    """Set a leaf; maps already there are merged into."""
    for part in path[:-1]:
        tree = tree.setdefault(part, {})
    current = tree.get(path[-1])
    tree[path[-1]] = {**current, **value} if isinstance(current, dict) and isinstance(value, dict) else value


def option_name(path: Path, table: dict[str, Path]) -> str:
    """The option that fills ``path`` (or its closest parent), else the path under ``spec`` as the user wrote it."""
    best, length = "", 0
    for option, candidate in table.items():
        if path[: len(candidate)] == candidate and len(candidate) > length:
            best, length = option, len(candidate)
    return best or ".".join(path)


def merge_spec(named: dict[str, Any], spec: dict[str, Any] | None, table: dict[str, Path]) -> dict[str, Any]:
    """Named options and the free-form ``spec`` as one object.

    Raises OptionError when the same field is given by both with different values: neither may win silently.
    """
    if not spec:
        return named
    result = dict(named)
    result["spec"] = _merge_strict(named.get("spec", {}), spec, ("spec",), table)
    return result


def _merge_strict(base: dict[str, Any], over: dict[str, Any], at: Path, table: dict[str, Path]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        current, path = result.get(key), (*at, key)
        if isinstance(value, dict) and isinstance(current, dict):
            result[key] = _merge_strict(current, value, path, table)
        elif current is not None and current != value:
            option = option_name(path, table)
            raise OptionError(
                Failure(
                    code="option_given_twice",
                    cause=(
                        f"option {option} and {'.'.join(path)} under option spec set the same field to different values"
                    ),
                    next_step=f"Keep one of the two: {option} or spec.",
                )
            )
        else:
            result[key] = value
    return result
