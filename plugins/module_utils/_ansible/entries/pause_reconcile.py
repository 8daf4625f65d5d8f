# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module pause_reconcile. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, IDENTITY, WAIT, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.pausing import PauseReconcile

_OPTIONS: dict[str, Any] = {
    "state": {"type": "str", "required": True, "choices": ["paused", "resumed"]},
    "owner": {"type": "str"},
    "reason": {"type": "str"},
    "until": {"type": "str"},
    "unlimited": {"type": "bool", "default": False},
    "take_over": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="pause_reconcile",
    spec=full(AUTH, IDENTITY, _OPTIONS, WAIT),
    operation=lambda hub, params, _check: PauseReconcile(hub, params),
    constraints={"required_if": [["state", "paused", ["owner"]]]},
)
