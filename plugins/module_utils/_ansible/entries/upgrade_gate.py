# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module upgrade_gate. Private to hypershift.core."""

from __future__ import annotations

import time
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.campaign_spec import ONE_PLAN, PLAN, approved_plan, campaign_hubs
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.fleet_spec import HUBS
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.upgrade_gate import UpgradeGate
from ansible_collections.hypershift.core.plugins.module_utils._process.calendar import RuleCalendar

_OPTIONS: dict[str, Any] = {
    "phase": {"type": "str", "required": True, "choices": ["start", "before", "after"]},
    "clusters": {"type": "list", "elements": "str", "default": []},
    "max_failed": {"type": "int"},
    "lease_seconds": {"type": "int", "default": 7200},
    "settle_timeout": {"type": "int", "default": 300},
    "wait_timeout": {"type": "int", "default": 14400},
}


def _operation(clock: Any, params: dict[str, Any], check: bool) -> UpgradeGate:
    plan = approved_plan(params)
    return UpgradeGate(clock, campaign_hubs(params, plan), plan, params, RuleCalendar(), time.sleep, check)


ENTRY = Entry(
    name="upgrade_gate",
    spec=full(AUTH, HUBS, PLAN, _OPTIONS),
    operation=_operation,
    constraints=ONE_PLAN,
    needs_cluster=False,
)
