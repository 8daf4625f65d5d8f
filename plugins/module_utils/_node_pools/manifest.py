# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Desired NodePool: what the user set, and the defaults of a creation. Source: platform_facts#0.6, #2.4 to #2.7."""

from __future__ import annotations

from typing import Any

from .._kernel.kinds import NODE_POOL
from .._kernel.objects import deep_merge, lookup, without_nulls
from .._manifests.option_paths import NODE_POOL_PATHS, explicit, merge_spec, put
from .update_settings import completed_replace

UNSUPPORTED_RHCOS = "hypershift.openshift.io/allow-unsupported-kubevirt-rhcos-variants"
DEFAULT_REPLICAS = 2  # hcp create nodepool (platform_facts#2.1)


def desired_manifest(options: dict[str, Any], live: dict[str, Any] | None = None) -> dict[str, Any]:
    """NodePool with exactly the fields the options set, and those that must change with them.

    replicas and autoScaling exclude each other: setting one removes the other in the same patch (platform_facts#11.5).
    The same goes for the replace strategy and its numbers.
    """
    named = explicit(options, NODE_POOL_PATHS)
    if options.get("replicas") is not None:
        put(named, ("spec", "autoScaling"), None)
    elif options.get("auto_scaling"):
        put(named, ("spec", "replicas"), None)
    merged = merge_spec(named, options.get("spec"), NODE_POOL_PATHS)
    replace = completed_replace(
        lookup(merged, ("spec", "management", "replace")), lookup(live, ("spec", "management", "replace"))
    )
    if replace:
        merged = deep_merge(merged, {"spec": {"management": {"replace": replace}}})
    return deep_merge(NODE_POOL.manifest(options["name"], options["namespace"]), merged)


def creation_manifest(options: dict[str, Any], cluster: dict[str, Any]) -> dict[str, Any]:
    """Whole NodePool for create; platform and release come from its HostedCluster unless set."""
    desired = desired_manifest(options)
    platform_type = lookup(cluster, ("spec", "platform", "type"), "None")
    asked = desired.get("spec", {})
    spec: dict[str, Any] = {
        "clusterName": cluster["metadata"]["name"],
        "release": {"image": lookup(cluster, ("spec", "release", "image"), "")},
        "arch": "amd64",
        "management": {"upgradeType": _upgrade_type(platform_type, asked.get("management")), "autoRepair": False},
        "nodeDrainTimeout": "0s",
        "nodeVolumeDetachTimeout": "0s",
        "platform": _platform_defaults(platform_type, lookup(cluster, ("spec", "infraID"), "")),
    }
    if platform_type == "AWS":
        spec["platform"]["aws"] |= _subnet(lookup(asked, ("platform", "aws", "subnet")), cluster)
    if asked.get("replicas") is None and not asked.get("autoScaling"):
        spec["replicas"] = DEFAULT_REPLICAS
    defaults = {"metadata": {"annotations": _inherited(platform_type, cluster)}, "spec": spec}
    result: dict[str, Any] = without_nulls(deep_merge(defaults, desired))
    if not result["metadata"]["annotations"]:
        del result["metadata"]["annotations"]
    if (
        lookup(result, ("spec", "arch")) == "arm64"
        and platform_type == "AWS"
        and not lookup(asked, ("platform", "aws", "instanceType"))
    ):
        result["spec"]["platform"]["aws"]["instanceType"] = "m6g.large"
    return result


def _upgrade_type(platform_type: str, asked: dict[str, Any] | None) -> str:
    """What settings of one type only ask for, else the platform's."""
    replace, in_place = ((asked or {}).get(key) for key in ("replace", "inPlace"))
    if replace and not in_place:
        return "Replace"
    return "InPlace" if platform_type == "Agent" or (in_place and not replace) else "Replace"


def _subnet(asked: dict[str, Any] | None, cluster: dict[str, Any]) -> dict[str, Any]:
    """The cluster's subnet where the user named none, neither by ID nor by filters."""
    subnet = lookup(cluster, ("spec", "platform", "aws", "cloudProviderConfig", "subnet", "id"))
    return {"subnet": {"id": subnet}} if subnet and not asked else {}


def _inherited(platform_type: str, cluster: dict[str, Any]) -> dict[str, Any]:
    """Annotations that the operator reads of the cluster and of each of its node pools."""
    value = (lookup(cluster, ("metadata", "annotations")) or {}).get(UNSUPPORTED_RHCOS)
    return {UNSUPPORTED_RHCOS: value} if platform_type == "KubeVirt" and value is not None else {}


def _platform_defaults(platform_type: str, infra_id: str) -> dict[str, Any]:
    if platform_type == "KubeVirt":
        block: dict[str, Any] = {
            "kubevirt": {
                "compute": {"cores": 2, "memory": "4Gi"},
                "rootVolume": {"type": "Persistent", "persistent": {"size": "32Gi"}},
                "attachDefaultNetwork": True,
                "networkInterfaceMultiqueue": "Enable",
            }
        }
    elif platform_type == "AWS":
        block = {
            "aws": {
                "instanceType": "m5.large",
                "instanceProfile": f"{infra_id}-worker",
                "rootVolume": {"size": 120, "type": "gp3"},
            }
        }
    elif platform_type == "Agent":
        block = {"agent": {}}
    else:
        block = {}
    return {"type": platform_type, **block}
