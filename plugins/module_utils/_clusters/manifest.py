# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Desired HostedCluster: what the user set, and the defaults of a creation.

An update compares only what the user set; defaults belong to creation alone, so that a later run never moves a field
nobody named.
"""

from __future__ import annotations

from typing import Any

from .._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, SECRET
from .._kernel.objects import deep_merge, lookup, without_nulls
from .._manifests.option_paths import HOSTED_CLUSTER_PATHS, PLATFORM_TYPES, explicit, merge_spec, put
from .service_publishing import services_for

SAFE_TO_DELETE_LABEL = "hypershift.openshift.io/safe-to-delete-with-cluster"
AUTO_CREATED_LABEL = "hypershift.openshift.io/auto-created-for-infra"

# Option -> (field of the HostedCluster that names it, suffix of the object's default name, key inside, kind). Source:
# platform_facts#2.1.
REFERENCES = {
    "pull_secret": (("spec", "pullSecret", "name"), "pull-secret", ".dockerconfigjson", SECRET),
    "ssh_key": (("spec", "sshKey", "name"), "ssh-key", "id_rsa.pub", SECRET),
    "etcd_encryption": (
        ("spec", "secretEncryption", "aescbc", "activeKey", "name"),
        "etcd-encryption-key",
        "key",
        SECRET,
    ),
    "additional_trust_bundle": (
        ("spec", "additionalTrustBundle", "name"),
        "trust-bundle",
        "ca-bundle.crt",
        CONFIG_MAP,
    ),
    "kubevirt.infra_kubeconfig": (
        ("spec", "platform", "kubevirt", "credentials", "infraKubeConfigSecret", "name"),
        "infra-credentials",
        "kubeconfig",
        SECRET,
    ),
}


def reference_option(options: dict[str, Any], option: str) -> dict[str, Any]:
    """The sub-options of a reference option, empty when it is not set."""
    value: Any = options
    for part in option.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value or {}


def reference_name(options: dict[str, Any], option: str) -> str:
    """Name of the Secret or ConfigMap behind a reference option; empty when the option is not set."""
    given = reference_option(options, option)
    if given.get("name"):
        return str(given["name"])
    if given.get("content") is not None or given.get("inherit") or given.get("generate"):
        return f"{options['name']}-{REFERENCES[option][1]}"
    return ""


def desired_manifest(options: dict[str, Any]) -> dict[str, Any]:
    """HostedCluster with exactly the fields the options set. Raises OptionError when options contradict each other."""
    named = explicit(options, HOSTED_CLUSTER_PATHS)
    for option, (path, _suffix, key, _kind) in REFERENCES.items():
        name = reference_name(options, option)
        if name:
            put(named, path, name)
            if option == "etcd_encryption":
                put(named, ("spec", "secretEncryption", "type"), "aescbc")
            if option == "kubevirt.infra_kubeconfig":
                put(named, (*path[:-1], "key"), key)
    if options.get("configuration"):
        named["spec"]["configuration"] = deep_merge(options["configuration"], named["spec"].get("configuration", {}))
    if options.get("service_publishing") and not options.get("services") and options.get("platform"):
        put(named, ("spec", "services"), _services(options))
    merged = merge_spec(named, options.get("spec"), HOSTED_CLUSTER_PATHS)
    manifest = HOSTED_CLUSTER.manifest(options["name"], options["namespace"])
    return deep_merge(manifest, merged)


def _services(options: dict[str, Any]) -> list[dict[str, Any]]:
    access = lookup(options, ("aws", "endpoint_access")) or lookup(
        options, ("spec", "platform", "aws", "endpointAccess")
    )
    return services_for(options["platform"], options.get("service_publishing"), options["name"], access or "Public")


def creation_manifest(options: dict[str, Any], infra_id: str) -> dict[str, Any]:
    """Whole HostedCluster for create: the platform's defaults under what the user set.

    Where fields exclude each other, what the user set decides which of them get defaults at all.
    """
    desired = desired_manifest(options)
    defaults = {"spec": _defaults(options, infra_id, desired)}
    merged: dict[str, Any] = without_nulls(deep_merge(defaults, desired))
    return merged


def _defaults(options: dict[str, Any], infra_id: str, desired: dict[str, Any]) -> dict[str, Any]:
    platform = options["platform"]
    spec: dict[str, Any] = {
        "infraID": infra_id,
        "controllerAvailabilityPolicy": "HighlyAvailable",
        "infrastructureAvailabilityPolicy": "SingleReplica",
        "olmCatalogPlacement": "management",
        "networking": {
            "networkType": "OVNKubernetes",
            "clusterNetwork": [{"cidr": "10.132.0.0/14"}],
            "serviceNetwork": [{"cidr": "172.31.0.0/16"}],
        },
        "etcd": _etcd(platform, desired["spec"].get("etcd") or {}),
        "platform": {"type": PLATFORM_TYPES[platform]},
    }
    if "services" not in desired["spec"]:
        spec["services"] = _services(options)
    return deep_merge(spec, _PLATFORM_DEFAULTS[platform](desired["spec"]))


def _etcd(platform: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Storage for a managed etcd; nothing of it beside one that the user manages."""
    if asked.get("managementType", "Unmanaged" if asked.get("unmanaged") else "Managed") == "Unmanaged":
        return {"managementType": "Unmanaged"}
    volume = {"size": "8Gi", **({"storageClassName": "gp3-csi"} if platform == "aws" else {})}
    return {
        "managementType": "Managed",
        "managed": {"storage": {"type": "PersistentVolume", "persistentVolume": volume}},
    }


def _own_domain(_asked: dict[str, Any]) -> dict[str, Any]:
    return {"dns": {"baseDomain": "example.com"}}


def _kubevirt(asked: dict[str, Any]) -> dict[str, Any]:
    """A name under the management cluster's apps domain, unless the user gave a domain."""
    passthrough = {} if lookup(asked, ("dns", "baseDomain")) else {"baseDomainPassthrough": True}
    return {"platform": {"kubevirt": passthrough}}


def _aws(_asked: dict[str, Any]) -> dict[str, Any]:
    return {"platform": {"aws": {"endpointAccess": "Public", "multiArch": False}}}


_PLATFORM_DEFAULTS = {"agent": _own_domain, "kubevirt": _kubevirt, "aws": _aws, "none": _own_domain}


def cluster_secret(kind: str, name: str, namespace: str, infra_id: str, key: str, encoded: str) -> dict[str, Any]:
    """Secret or ConfigMap that lives and dies with the cluster: both labels let the operator own it
    (platform_facts#O.2, #2.11).

    encoded: base64 for a Secret, plain text for a ConfigMap.
    """
    return {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {SAFE_TO_DELETE_LABEL: "true", AUTO_CREATED_LABEL: infra_id},
        },
        "data": {key: encoded},
        **({"type": "Opaque"} if kind == "Secret" else {}),
    }
