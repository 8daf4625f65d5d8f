# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module etcd_snapshot_verify. Private to hypershift.core."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.files import write_private_file
from ansible_collections.hypershift.core.plugins.module_utils._ansible.snapshot_store_spec import ONE_STORE, SNAPSHOT_STORE
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, IDENTITY, full
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._operations.etcd_drill import Bench, VerifySnapshot
from ansible_collections.hypershift.core.plugins.module_utils._process.local_shell import LocalShell
from ansible_collections.hypershift.core.plugins.module_utils._store.opening import open_store
from ansible_collections.hypershift.core.plugins.module_utils._store.sealing import unseal
from ansible_collections.hypershift.core.plugins.module_utils._store.workspace import workspace

_OPTIONS: dict[str, Any] = {
    "snapshot": {"type": "str", "default": "latest"},
    "identity_file": {"type": "path"},
    "etcd_directory": {"type": "path"},
    "image": {"type": "str"},
    "scratch_namespace": {"type": "str"},
    "work_directory": {"type": "path"},
    "report": {"type": "path"},
    "record": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
}


def _operation(hub: Hub, params: dict[str, Any], _check: bool) -> VerifySnapshot:
    bench = Bench(open_store(params), unseal, partial(workspace, params), LocalShell, write_private_file)
    return VerifySnapshot(hub, params, bench)


ENTRY = Entry(
    name="etcd_snapshot_verify",
    spec=full(AUTH, IDENTITY, SNAPSHOT_STORE, _OPTIONS),
    operation=_operation,
    constraints={
        **ONE_STORE,
        "mutually_exclusive": [["directory", "s3"], ["etcd_directory", "image"], ["etcd_directory", "scratch_namespace"]],
    },
)
