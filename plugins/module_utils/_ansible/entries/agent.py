# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module agent. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.agent import AgentAbsent, AgentPresent

_TEXTS: dict[str, Any] = {"type": "list", "elements": "str", "default": []}
_OPTIONS: dict[str, Any] = {
    "namespace": {"type": "str", "required": True},
    "infra_env": {"type": "str"},
    "ids": _TEXTS,
    "hostnames": _TEXTS,
    "mac_addresses": _TEXTS,
    "label_selectors": _TEXTS,
    "approved": {"type": "bool"},
    "hostname": {"type": "str"},
    "role": {"type": "str", "choices": ["auto-assign", "master", "worker"]},
    "labels": {"type": "dict"},
    "installation_disk": {"type": "str"},
    "count": {"type": "int"},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
}

ENTRY = Entry(
    name="agent",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: AgentAbsent(hub, params) if params["state"] == "absent" else AgentPresent(hub, params),
)
