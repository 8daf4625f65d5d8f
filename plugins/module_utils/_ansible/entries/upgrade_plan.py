# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module upgrade_plan. Private to hypershift.core."""

from __future__ import annotations

import os
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.files import write_private_file
from ansible_collections.hypershift.core.plugins.module_utils._ansible.fleet_spec import HUBS, sources_of
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, SELECTION, full
from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import Failure, HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._operations.upgrade_plan import UpgradePlan
from ansible_collections.hypershift.core.plugins.module_utils._process.calendar import RuleCalendar
from ansible_collections.hypershift.core.plugins.module_utils._store.files import open_regular


class _Files:
    """See _operations.upgrade_plan.Files."""

    def __init__(self, check_mode: bool) -> None:
        self._check_mode = check_mode

    def read(self, path: str) -> bytes | None:
        try:
            with open_regular(os.path.expanduser(path)) as file:
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            failure = Failure(
                "cannot_read_file", f"file {path} cannot be read: {error.strerror}", next_step="Correct its path or its mode."
            )
            raise HypershiftError(failure) from None

    def write(self, path: str, content: bytes) -> bool:
        return write_private_file(path, content, self._check_mode)


_TARGET: dict[str, Any] = {"version": {"type": "str"}, "minor": {"type": "str"}, "latest": {"type": "bool"}}
_WAVE: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "label_selectors": {"type": "list", "elements": "str", "default": []},
    "clusters": {"type": "list", "elements": "str", "default": []},
    "after": {"type": "list", "elements": "str", "default": []},
    "canaries": {"type": "str", "default": "0"},
    "batch": {"type": "str", "default": "0"},
    "soak_minutes": {"type": "int", "default": 0},
    "max_failed": {"type": "int", "default": 0},
}
_WINDOW: dict[str, Any] = {
    "rrule": {"type": "str", "required": True},
    "duration_minutes": {"type": "int", "required": True},
    "timezone": {"type": "str", "default": "UTC"},
    "start": {"type": "str", "default": "2024-01-01T00:00:00"},
    "label_selectors": {"type": "list", "elements": "str", "default": []},
}
_OPTIONS: dict[str, Any] = {
    "campaign": {"type": "str", "required": True},
    "target": {
        "type": "dict",
        "required": True,
        "options": _TARGET,
        "mutually_exclusive": [["version", "minor", "latest"]],
        "required_one_of": [["version", "minor", "latest"]],
    },
    "channel": {"type": "str"},
    "graph": {"type": "path"},
    "release_images": {"type": "dict", "default": {}},
    "accepted_risks": {"type": "list", "elements": "str", "default": []},
    "accepted_acks": {"type": "list", "elements": "str", "default": []},
    "blocked_versions": {"type": "list", "elements": "str", "default": []},
    "node_pools": {"type": "bool", "default": True},
    "canary_pool": {"type": "str"},
    "node_pools_parallel": {"type": "int", "default": 1},
    "waves": {"type": "list", "elements": "dict", "default": [], "options": _WAVE},
    "unmatched": {"type": "str", "default": "rest", "choices": ["rest", "refuse"]},
    "max_parallel": {"type": "int", "default": 0},
    "max_parallel_per_hub": {"type": "int", "default": 0},
    "exclusive_label": {"type": "str"},
    "windows": {"type": "list", "elements": "dict", "default": [], "options": _WINDOW},
    "window_horizon_days": {"type": "int", "default": 30},
    "snapshots": {"type": "list", "elements": "dict", "default": []},
    "max_snapshot_age": {"type": "str"},
    "on_unreachable": {"type": "str", "default": "fail", "choices": ["fail", "skip"]},
    "allow_empty": {"type": "bool", "default": False},
    "dest": {"type": "path"},
}

ENTRY = Entry(
    name="upgrade_plan",
    spec=full(AUTH, HUBS, SELECTION, _OPTIONS),
    operation=lambda hub, params, check: UpgradePlan(sources_of(params), params, RuleCalendar(), _Files(check), hub.now),
    needs_cluster=False,
)
