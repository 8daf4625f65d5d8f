# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module upgrade_record. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.campaign_spec import ONE_PLAN, PLAN, approved_plan, campaign_hubs
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.fleet_spec import HUBS
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.upgrade_record import UpgradeRecord

_CLUSTER: dict[str, Any] = {
    "id": {"type": "str", "required": True},
    "state": {"type": "str", "required": True, "choices": ["running", "done", "failed", "stopped"]},
    "step": {"type": "int"},
    "ended": {"type": "str"},
    "events": {"type": "list", "elements": "dict", "default": []},
    "failure": {"type": "dict"},
}
_OPTIONS: dict[str, Any] = {
    "clusters": {"type": "list", "elements": "dict", "required": True, "options": _CLUSTER},
    "release": {"type": "bool", "default": False},
}


def _operation(clock: Any, params: dict[str, Any], _check: bool) -> UpgradeRecord:
    plan = approved_plan(params)
    return UpgradeRecord(clock, campaign_hubs(params, plan), plan, params)


ENTRY = Entry(
    name="upgrade_record",
    spec=full(AUTH, HUBS, PLAN, _OPTIONS),
    operation=_operation,
    constraints=ONE_PLAN,
    needs_cluster=False,
)
