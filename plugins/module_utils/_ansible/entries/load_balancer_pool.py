# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module load_balancer_pool. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.load_balancer_pool import (
    LoadBalancerPoolAbsent,
    LoadBalancerPoolPresent,
)

_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "namespace": {"type": "str", "default": "metallb-system"},
    "addresses": {"type": "list", "elements": "str"},
    "auto_assign": {"type": "bool"},
    "interfaces": {"type": "list", "elements": "str"},
    "deploy_metallb": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
}

ENTRY = Entry(
    name="load_balancer_pool",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: (
        LoadBalancerPoolAbsent(hub, params) if params["state"] == "absent" else LoadBalancerPoolPresent(hub, params)
    ),
    constraints={"required_if": [["state", "present", ["addresses"]]]},
)
