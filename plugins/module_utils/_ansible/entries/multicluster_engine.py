# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module multicluster_engine. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._operations.multicluster_engine import MulticlusterEngine
from ansible_collections.hypershift.core.plugins.module_utils._operations.multicluster_engine_absent import MulticlusterEngineAbsent
from ansible_collections.hypershift.core.plugins.module_utils._operations.running import Operation

_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "default": "multiclusterengine"},
    "namespace": {"type": "str", "default": "multicluster-engine"},
    "channel": {"type": "str"},
    "source": {"type": "str", "default": "redhat-operators"},
    "source_namespace": {"type": "str", "default": "openshift-marketplace"},
    "install_plan_approval": {"type": "str", "default": "Automatic", "choices": ["Automatic", "Manual"]},
    "approve": {"type": "bool", "default": True},
    "starting_csv": {"type": "str"},
    "availability_config": {"type": "str", "choices": ["Basic", "High"]},
    "node_selector": {"type": "dict"},
    "tolerations": {"type": "list", "elements": "dict"},
    "image_pull_secret": {"type": "str", "no_log": False},
    "enabled_components": {"type": "list", "elements": "str", "default": []},
    "disabled_components": {"type": "list", "elements": "str", "default": []},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 2700},
    "patience": {"type": "int", "default": 180},
}


def _operation(hub: Hub, params: dict[str, Any], check_mode: bool) -> Operation:
    if params["state"] == "absent":
        return MulticlusterEngineAbsent(hub, params, check_mode)
    return MulticlusterEngine(hub, params, check_mode)


ENTRY = Entry(
    name="multicluster_engine",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=_operation,
    constraints={"required_if": [("state", "present", ("channel",))]},
)
