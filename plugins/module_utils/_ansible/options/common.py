# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Argument specs, one group per concern."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ansible_collections.kubernetes.core.plugins.module_utils.args_common import AUTH_ARG_SPEC

Spec = dict[str, Any]

AUTH: Spec = dict(AUTH_ARG_SPEC)
WAIT: Spec = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 2700},
    "progress_timeout": {"type": "int", "default": 900},
}
STATE: Spec = {"state": {"type": "str", "default": "present", "choices": ["present", "absent"]}}
NAMESPACE: Spec = {"namespace": {"type": "str", "default": "clusters"}}
IDENTITY: Spec = {"name": {"type": "str", "required": True}, **NAMESPACE}
GUARDS: Spec = {"allow_rollout": {"type": "bool", "default": False}, "allow_paused": {"type": "bool", "default": False}}
SELECTION: Spec = {
    "name": {"type": "list", "elements": "str"},
    "namespace": {"type": "str"},
    "label_selectors": {"type": "list", "elements": "str", "default": []},
}
CAMPAIGN: Spec = {"campaign": {"type": "str"}, "lease_seconds": {"type": "int", "default": 7200}}
METADATA: Spec = {"labels": {"type": "dict"}, "annotations": {"type": "dict"}, "spec": {"type": "dict"}}
RAW: Spec = {"raw": {"type": "bool", "default": True}}
REMOVABLE = ["HostedCluster", "NodePool", "HostedControlPlane", "Cluster", "MachineDeployment", "MachineSet", "Machine"]
GOALS = [
    "available",
    "version_completed",
    "nodes_ready",
    "healthy",
    "paused",
    "resumed",
    "gone",
    "reconciled",
    "node_pools_settled",
    "node_pools_gone",
]
REMOVE_FINALIZERS: Spec = {
    "remove_finalizers": {"type": "list", "elements": "str", "choices": REMOVABLE, "default": []}
}
# What belongs to one node pool; the rest of its hosted cluster is none of its business.
REMOVE_POOL_FINALIZERS: Spec = {
    "remove_finalizers": {
        "type": "list",
        "elements": "str",
        "choices": ["NodePool", "MachineDeployment", "MachineSet", "Machine"],
        "default": [],
    }
}


def full(*groups: Spec) -> Spec:
    """One spec of several groups; a copy, since Ansible writes into specs."""
    return deepcopy({k: v for group in groups for k, v in group.items()})
