# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of a node pool: the same in module nodepool and in option node_pools of hosted_cluster."""

from __future__ import annotations

from typing import Any

_STRINGS: dict[str, Any] = {"type": "list", "elements": "str"}

NODE_POOL_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "platform": {"type": "str", "choices": ["agent", "kubevirt", "aws", "none"]},
    "release_image": {"type": "str"},
    "replicas": {"type": "int"},
    "auto_scaling": {
        "type": "dict",
        "options": {"min": {"type": "int", "required": True}, "max": {"type": "int", "required": True}},
    },
    "upgrade_type": {"type": "str", "choices": ["Replace", "InPlace"]},
    "auto_repair": {"type": "bool"},
    "replace": {
        "type": "dict",
        "options": {
            "strategy": {"type": "str", "choices": ["RollingUpdate", "OnDelete"]},
            "max_surge": {"type": "raw"},
            "max_unavailable": {"type": "raw"},
        },
    },
    "in_place": {"type": "dict", "options": {"max_unavailable": {"type": "raw"}}},
    "config": _STRINGS,
    "tuning_config": _STRINGS,
    "node_labels": {"type": "dict"},
    "taints": {
        "type": "list",
        "elements": "dict",
        "options": {
            "key": {"type": "str", "required": True, "no_log": False},
            "value": {"type": "str"},
            "effect": {"type": "str", "required": True, "choices": ["NoSchedule", "PreferNoSchedule", "NoExecute"]},
        },
    },
    "node_drain_timeout": {"type": "str"},
    "node_volume_detach_timeout": {"type": "str"},
    "arch": {"type": "str", "choices": ["amd64", "arm64", "ppc64le", "s390x"]},
    "agent": {"type": "dict", "options": {"label_selector": {"type": "dict"}}},
    "kubevirt": {
        "type": "dict",
        "options": {
            "cores": {"type": "int"},
            "memory": {"type": "str"},
            "qos_class": {"type": "str", "choices": ["Burstable", "Guaranteed"]},
            "root_volume_size": {"type": "str"},
            "root_volume_storage_class": {"type": "str"},
            "root_volume_access_modes": _STRINGS,
            "root_volume_volume_mode": {"type": "str", "choices": ["Filesystem", "Block"]},
            "root_volume_cache": {"type": "str", "choices": ["None", "PVC"]},
            "attach_default_network": {"type": "bool"},
            "additional_networks": _STRINGS,
            "multiqueue": {"type": "str", "choices": ["Enable", "Disable"]},
            "node_selector": {"type": "dict"},
        },
    },
    "aws": {
        "type": "dict",
        "options": {
            "instance_type": {"type": "str"},
            "instance_profile": {"type": "str"},
            "subnet_id": {"type": "str"},
            "ami": {"type": "str"},
            "root_volume": {
                "type": "dict",
                "options": {
                    "size": {"type": "int"},
                    "type": {"type": "str"},
                    "iops": {"type": "int"},
                    "encrypted": {"type": "bool"},
                    "encryption_key": {"type": "str", "no_log": False},
                },
            },
            "security_groups": _STRINGS,
            "resource_tags": {"type": "dict"},
            "placement": {"type": "dict"},
        },
    },
    "labels": {"type": "dict"},
    "annotations": {"type": "dict"},
    "spec": {"type": "dict"},
}
NODE_POOL_RULES: dict[str, Any] = {"mutually_exclusive": [["replicas", "auto_scaling"], ["replace", "in_place"]]}
