# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module node_health_check_pause. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.node_health_check_pause import NodeHealthCheckPause

_OPTIONS: dict[str, Any] = {
    "name": {"type": "list", "elements": "str", "default": []},
    "entry": {"type": "str", "required": True},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 900},
}

ENTRY = Entry(
    name="node_health_check_pause",
    spec=full(AUTH, STATE, _OPTIONS),
    operation=lambda hub, params, _check: NodeHealthCheckPause(hub, params),
)
