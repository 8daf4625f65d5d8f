# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of module hosted_cluster."""

from __future__ import annotations

from typing import Any

from ..._manifests.option_paths import AWS_ROLE_FIELDS
from .common import GOALS, REMOVE_FINALIZERS
from .node_pool import NODE_POOL_OPTIONS, NODE_POOL_RULES

Spec = dict[str, Any]


def _reference(content: str = "str", **flags: Any) -> Spec:
    options: Spec = {"name": {"type": "str"}, "content": {"type": content, "no_log": True}, **flags}
    exclusive = [[a, b] for i, a in enumerate(flags) for b in list(flags)[i + 1 :]] + [["content", f] for f in flags]
    rule: Spec = {"type": "dict", "no_log": False, "options": options, "required_one_of": [list(options)]}
    return {**rule, "mutually_exclusive": exclusive} if exclusive else rule


_FLAG: Spec = {"type": "bool"}
_POLICY: Spec = {"type": "str", "choices": ["HighlyAvailable", "SingleReplica"]}
_STRINGS: Spec = {"type": "list", "elements": "str"}

HOSTED_CLUSTER_OPTIONS: Spec = {
    "platform": {"type": "str", "choices": ["agent", "kubevirt", "aws", "none"]},
    "release_image": {"type": "str"},
    "control_plane_release_image": {"type": "str"},
    "channel": {"type": "str"},
    "update_service": {"type": "str"},
    "cluster_id": {"type": "str"},
    "infra_id": {"type": "str"},
    "controller_availability_policy": _POLICY,
    "infrastructure_availability_policy": _POLICY,
    "base_domain": {"type": "str"},
    "base_domain_prefix": {"type": "str"},
    "public_zone_id": {"type": "str"},
    "private_zone_id": {"type": "str"},
    "network_type": {"type": "str", "choices": ["OVNKubernetes", "OpenShiftSDN", "Calico", "Other"]},
    "cluster_networks": _STRINGS,
    "service_networks": _STRINGS,
    "machine_networks": _STRINGS,
    "allowed_cidr_blocks": _STRINGS,
    "etcd_storage_class": {"type": "str"},
    "etcd_storage_size": {"type": "str"},
    "etcd_encryption": _reference(generate=_FLAG),
    "pull_secret": _reference("jsonarg", inherit=_FLAG),
    "ssh_key": _reference(inherit=_FLAG),
    "additional_trust_bundle": _reference(),
    "image_content_sources": {
        "type": "list",
        "elements": "dict",
        "options": {"source": {"type": "str", "required": True}, "mirrors": {"type": "list", "elements": "str"}},
    },
    "service_publishing": {
        "type": "dict",
        "options": {
            "strategy": {"type": "str", "choices": ["load_balancer", "node_port"]},
            "api_server_address": {"type": "str"},
            "external_dns_domain": {"type": "str"},
        },
    },
    "services": {"type": "list", "elements": "dict"},
    "node_selector": {"type": "dict"},
    "tolerations": {
        "type": "list",
        "elements": "dict",
        "options": {
            "key": {"type": "str", "no_log": False},
            "operator": {"type": "str", "choices": ["Exists", "Equal"]},
            "value": {"type": "str"},
            "effect": {"type": "str", "choices": ["NoSchedule", "PreferNoSchedule", "NoExecute"]},
            "toleration_seconds": {"type": "int"},
        },
    },
    "control_plane_labels": {"type": "dict"},
    "olm_catalog_placement": {"type": "str", "choices": ["management", "guest"]},
    "capabilities": {"type": "dict", "options": {"enabled": _STRINGS, "disabled": _STRINGS}},
    "fips": {"type": "bool"},
    "feature_set": {
        "type": "str",
        "choices": ["", "OKD", "TechPreviewNoUpgrade", "DevPreviewNoUpgrade", "CustomNoUpgrade"],
    },
    "kube_api_server_dns_name": {"type": "str"},
    "issuer_url": {"type": "str"},
    "configuration": {"type": "dict"},
    "agent": {"type": "dict", "options": {"namespace": {"type": "str"}}},
    "kubevirt": {
        "type": "dict",
        "options": {
            "base_domain_passthrough": {"type": "bool"},
            "storage_driver": {"type": "str", "choices": ["Default", "None"]},
            "infra_namespace": {"type": "str"},
            "infra_kubeconfig": _reference(),
        },
        "required_together": [["infra_namespace", "infra_kubeconfig"]],
    },
    "aws": {
        "type": "dict",
        "options": {
            "region": {"type": "str"},
            "endpoint_access": {"type": "str", "choices": ["Public", "PublicAndPrivate", "Private"]},
            "multi_arch": {"type": "bool"},
            "vpc": {"type": "str"},
            "subnet_id": {"type": "str"},
            "zone": {"type": "str"},
            "resource_tags": {"type": "dict"},
            "roles": {"type": "dict", "options": {option: {"type": "str"} for option in AWS_ROLE_FIELDS}},
        },
    },
    "node_pools": {"type": "list", "elements": "dict", "options": NODE_POOL_OPTIONS, **NODE_POOL_RULES},
    "create_namespace": {"type": "bool", "default": True},
    "allow_no_upgrade_feature_set": {"type": "bool", "default": False},
    "destroy_cloud_resources": {"type": "bool", "default": False},
    "delete_namespace": {"type": "bool", "default": False},
    **REMOVE_FINALIZERS,
    "wait_for": {
        "type": "str",
        "default": "available",
        "choices": [g for g in GOALS if g not in ("paused", "resumed", "gone", "node_pools_gone")],
    },
}
