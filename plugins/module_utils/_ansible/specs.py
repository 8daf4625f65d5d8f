# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Argument specs, one group per concern, and the spec of each module. Private to hypershift.core."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.node_pool_spec import NODE_POOL_OPTIONS, NODE_POOL_RULES
from ansible_collections.hypershift.core.plugins.module_utils._domain.option_paths import AWS_ROLE_FIELDS
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import AUTH_ARG_SPEC

Spec = dict[str, Any]

AUTH: Spec = dict(AUTH_ARG_SPEC)
WAIT: Spec = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 2700},
    "progress_timeout": {"type": "int", "default": 900},
}
STATE: Spec = {"state": {"type": "str", "default": "present", "choices": ["present", "absent"]}}
IDENTITY: Spec = {"name": {"type": "str", "required": True}, "namespace": {"type": "str", "default": "clusters"}}
GUARDS: Spec = {"allow_rollout": {"type": "bool", "default": False}, "allow_paused": {"type": "bool", "default": False}}
SELECTION: Spec = {
    "name": {"type": "list", "elements": "str"},
    "namespace": {"type": "str"},
    "label_selectors": {"type": "list", "elements": "str", "default": []},
}
METADATA: Spec = {"labels": {"type": "dict"}, "annotations": {"type": "dict"}, "spec": {"type": "dict"}}
REMOVABLE = ["HostedCluster", "NodePool", "HostedControlPlane", "Cluster", "MachineDeployment", "MachineSet", "Machine"]
GOALS = ["available", "version_completed", "nodes_ready", "healthy", "paused", "resumed", "gone", "reconciled", "node_pools_settled"]


def _reference(**flags: Any) -> Spec:
    options: Spec = {"name": {"type": "str"}, "content": {"type": "str", "no_log": True}, **flags}
    exclusive = [[a, b] for i, a in enumerate(flags) for b in list(flags)[i + 1 :]] + [["content", f] for f in flags]
    rule: Spec = {"type": "dict", "no_log": False, "options": options, "required_one_of": [list(options)]}
    return {**rule, "mutually_exclusive": exclusive} if exclusive else rule


_FLAG: Spec = {"type": "bool"}
_POLICY: Spec = {"type": "str", "choices": ["HighlyAvailable", "SingleReplica"]}
_STRINGS: Spec = {"type": "list", "elements": "str"}

HOSTED_CLUSTER: Spec = {
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
    "pull_secret": _reference(inherit=_FLAG),
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
    "feature_set": {"type": "str", "choices": ["", "TechPreviewNoUpgrade", "DevPreviewNoUpgrade", "CustomNoUpgrade"]},
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
    "remove_finalizers": {"type": "list", "elements": "str", "choices": REMOVABLE, "default": []},
    "wait_for": {"type": "str", "default": "available", "choices": [g for g in GOALS if g not in ("paused", "resumed", "gone")]},
}


def full(*groups: Spec) -> Spec:
    """One spec of several groups; a copy, since Ansible writes into specs."""
    return deepcopy({k: v for group in groups for k, v in group.items()})


SPECS: dict[str, Spec] = {
    "hosted_cluster": full(AUTH, IDENTITY, STATE, HOSTED_CLUSTER, METADATA, GUARDS, WAIT),
    "nodepool": full(
        AUTH,
        STATE,
        NODE_POOL_OPTIONS,
        {
            "namespace": {"type": "str", "default": "clusters"},
            "cluster_name": {"type": "str"},
            "remove_finalizers": {"type": "list", "elements": "str", "choices": REMOVABLE, "default": []},
        },
        GUARDS,
        WAIT,
    ),
    "pause_reconcile": full(
        AUTH,
        IDENTITY,
        {
            "state": {"type": "str", "required": True, "choices": ["paused", "resumed"]},
            "owner": {"type": "str"},
            "reason": {"type": "str"},
            "until": {"type": "str"},
            "unlimited": {"type": "bool", "default": False},
            "take_over": {"type": "bool", "default": False},
        },
        WAIT,
    ),
    "pause_reconcile_info": full(AUTH, {"namespace": {"type": "str"}}),
    "hosted_cluster_info": full(
        AUTH, SELECTION, {"node_pools": {"type": "bool", "default": False}, "raw": {"type": "bool", "default": True}}
    ),
    "nodepool_info": full(AUTH, SELECTION, {"cluster_name": {"type": "str"}, "raw": {"type": "bool", "default": True}}),
    "hosted_cluster_wait": full(
        AUTH,
        SELECTION,
        {
            "goal": {"type": "str", "default": "available", "choices": GOALS},
            "version": {"type": "str"},
            "node_pools": {"type": "list", "elements": "str", "default": []},
            "wait_timeout": WAIT["wait_timeout"],
            "progress_timeout": WAIT["progress_timeout"],
        },
    ),
    "hosted_cluster_credentials": full(
        AUTH,
        IDENTITY,
        {
            "kubeconfig_dest": {"type": "path"},
            "password_dest": {"type": "path", "no_log": False},
            "return_content": {"type": "bool", "default": False},
            "custom_dns": {"type": "bool", "default": False},
        },
    ),
}

# Rules across options, as AnsibleModule takes them.
CONSTRAINTS: dict[str, dict[str, Any]] = {
    "nodepool": dict(NODE_POOL_RULES),
    "pause_reconcile": {"mutually_exclusive": [["until", "unlimited"]], "required_if": [["state", "paused", ["owner"]]]},
    "hosted_cluster": {"mutually_exclusive": [["services", "service_publishing"]]},
    "hosted_cluster_credentials": {"required_one_of": [["kubeconfig_dest", "password_dest", "return_content"]]},
}
READ_ONLY = frozenset({"pause_reconcile_info", "hosted_cluster_info", "nodepool_info", "hosted_cluster_wait"})
