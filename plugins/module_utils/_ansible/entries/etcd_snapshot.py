# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module etcd_snapshot. Private to hypershift.core."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.snapshot_store_spec import SNAPSHOT_STORE
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, IDENTITY, STATE, full
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._operations.etcd_snapshot import TakeSnapshot, Tools
from ansible_collections.hypershift.core.plugins.module_utils._operations.etcd_upload import UploadSnapshot
from ansible_collections.hypershift.core.plugins.module_utils._operations.running import Operation
from ansible_collections.hypershift.core.plugins.module_utils._operations.snapshot_pruning import RemoveSnapshot
from ansible_collections.hypershift.core.plugins.module_utils._store.opening import open_store
from ansible_collections.hypershift.core.plugins.module_utils._store.sealing import seal
from ansible_collections.hypershift.core.plugins.module_utils._store.workspace import free_for_work, workspace

_PERIODS = ("keep_last", "hourly", "daily", "weekly", "monthly")
_PLACES = ["directory", "s3", "upload_urls"]
_OPTIONS: dict[str, Any] = {
    "snapshot": {"type": "str"},
    "shards": {"type": "list", "elements": "str"},
    "member": {"type": "str"},
    "compare_data": {"type": "bool", "default": True},
    "max_age": {"type": "str"},
    "recipients": {"type": "list", "elements": "str", "default": []},
    "retention": {"type": "dict", "options": {**{p: {"type": "int"} for p in _PERIODS}, "keep_within": {"type": "float"}}},
    "upload_urls": {"type": "dict", "no_log": True},
    "work_directory": {"type": "path"},
    "temp_directory": {"type": "str", "default": "/var/lib"},
    "stall_timeout": {"type": "int", "default": 30},
}


def _operation(hub: Hub, params: dict[str, Any], _check: bool) -> Operation:
    if params["upload_urls"]:
        return UploadSnapshot(hub, params)
    store = open_store(params)
    if params["state"] == "absent":
        return RemoveSnapshot(hub, params, store)
    return TakeSnapshot(hub, params, Tools(store, seal, partial(workspace, params), partial(free_for_work, params)))


ENTRY = Entry(
    name="etcd_snapshot",
    spec=full(AUTH, IDENTITY, STATE, SNAPSHOT_STORE, _OPTIONS),
    operation=_operation,
    constraints={
        "required_if": [["state", "absent", ["snapshot"]]],
        "required_one_of": [_PLACES],
        "mutually_exclusive": [_PLACES, *([option, "upload_urls"] for option in ("max_age", "retention", "snapshot"))],
    },
)
