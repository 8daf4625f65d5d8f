# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module agent_info. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.agent import AgentInfo

_TEXTS: dict[str, Any] = {"type": "list", "elements": "str", "default": []}
_OPTIONS: dict[str, Any] = {
    "namespace": {"type": "str"},
    "infra_env": {"type": "str"},
    "ids": _TEXTS,
    "hostnames": _TEXTS,
    "mac_addresses": _TEXTS,
    "label_selectors": _TEXTS,
    "selectors": _TEXTS,
}

ENTRY = Entry(
    name="agent_info",
    spec=full(AUTH, _OPTIONS),
    operation=lambda hub, params, _check: AgentInfo(hub, params),
)
