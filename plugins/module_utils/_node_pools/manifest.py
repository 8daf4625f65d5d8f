# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Desired NodePool: what the user set, and the defaults of a creation. Source: platform_facts#0.6, #2.4 to #2.7."""

from __future__ import annotations

from typing import Any

from .._kernel.kinds import NODE_POOL
from .._kernel.objects import deep_merge, lookup, without_nulls
from .._manifests.option_paths import NODE_POOL_PATHS, explicit, merge_spec, put

DEFAULT_REPLICAS = 2  # hcp create nodepool (platform_facts#2.1)


def desired_manifest(options: dict[str, Any]) -> dict[str, Any]:
    """NodePool with exactly the fields the options set.

    replicas and autoScaling exclude each other: setting one removes the other in the same patch (platform_facts#11.5).
    """
    named = explicit(options, NODE_POOL_PATHS)
    if options.get("replicas") is not None:
        put(named, ("spec", "autoScaling"), None)
    elif options.get("auto_scaling"):
        put(named, ("spec", "replicas"), None)
    merged = merge_spec(named, options.get("spec"), NODE_POOL_PATHS)
    return deep_merge(NODE_POOL.manifest(options["name"], options["namespace"]), merged)


def creation_manifest(options: dict[str, Any], cluster: dict[str, Any]) -> dict[str, Any]:
    """Whole NodePool for create; platform and release come from its HostedCluster unless set."""
    desired = desired_manifest(options)
    platform_type = lookup(cluster, ("spec", "platform", "type"), "None")
    spec: dict[str, Any] = {
        "clusterName": cluster["metadata"]["name"],
        "release": {"image": lookup(cluster, ("spec", "release", "image"), "")},
        "arch": "amd64",
        "management": {"upgradeType": "InPlace" if platform_type == "Agent" else "Replace", "autoRepair": False},
        "nodeDrainTimeout": "0s",
        "nodeVolumeDetachTimeout": "0s",
        "platform": _platform_defaults(platform_type, lookup(cluster, ("spec", "infraID"), "")),
    }
    asked = desired.get("spec", {})
    if asked.get("replicas") is None and not asked.get("autoScaling"):
        spec["replicas"] = DEFAULT_REPLICAS
    result: dict[str, Any] = without_nulls(deep_merge({"spec": spec}, desired))
    if (
        lookup(result, ("spec", "arch")) == "arm64"
        and platform_type == "AWS"
        and not lookup(asked, ("platform", "aws", "instanceType"))
    ):
        result["spec"]["platform"]["aws"]["instanceType"] = "m6g.large"
    return result


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
