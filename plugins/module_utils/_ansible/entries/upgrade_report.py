# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module upgrade_report. Private to hypershift.core."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.campaign_spec import ONE_PLAN, PLAN, campaign_hubs, plan_to_look_at
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.files import write_private_file
from ansible_collections.hypershift.core.plugins.module_utils._ansible.fleet_spec import HUBS
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, full
from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import Failure, OptionError
from ansible_collections.hypershift.core.plugins.module_utils._operations.upgrade_report import Render, UpgradeReport
from ansible_collections.hypershift.core.plugins.module_utils._render.html import html_of
from ansible_collections.hypershift.core.plugins.module_utils._render.junit import junit_of


def _json_of(report: dict[str, Any]) -> bytes:
    return json.dumps(report, indent=2, ensure_ascii=False).encode() + b"\n"


_FORMATS: dict[str, Render] = {"html": html_of, "junit": junit_of, "json": _json_of}


def _files(params: dict[str, Any]) -> dict[str, Render]:
    asked = [(params[name], render) for name, render in _FORMATS.items() if params.get(name)]
    if len({path for path, _render in asked}) < len(asked):
        raise OptionError(Failure("invalid_option", "two formats name the same file", next_step="Give each a path of its own."))
    return dict(asked)


def _operation(clock: Any, params: dict[str, Any], check: bool) -> UpgradeReport:
    plan = plan_to_look_at(params)
    return UpgradeReport(clock, campaign_hubs(params, plan, acting=False), plan, _files(params), write_private_file, check)


ENTRY = Entry(
    name="upgrade_report",
    spec=full(AUTH, HUBS, PLAN, {name: {"type": "path"} for name in _FORMATS}),
    operation=_operation,
    constraints=ONE_PLAN,
    needs_cluster=False,
)
