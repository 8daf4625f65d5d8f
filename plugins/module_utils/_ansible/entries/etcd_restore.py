# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module etcd_restore. Private to hypershift.core."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.snapshot_store_spec import ONE_STORE, SNAPSHOT_STORE
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, IDENTITY, full
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._operations.etcd_restore import EtcdRestore
from ansible_collections.hypershift.core.plugins.module_utils._operations.etcd_restore_running import Means
from ansible_collections.hypershift.core.plugins.module_utils._store.opening import open_store
from ansible_collections.hypershift.core.plugins.module_utils._store.sealing import unseal
from ansible_collections.hypershift.core.plugins.module_utils._store.workspace import workspace

_OPTIONS: dict[str, Any] = {
    "snapshot": {"type": "str", "default": "latest"},
    "identity_file": {"type": "path"},
    "state": {"type": "str", "default": "planned", "choices": ["planned", "applied", "rolled_back"]},
    "digest": {"type": "str"},
    "shards": {"type": "list", "elements": "str"},
    "bump_revision": {"type": "bool", "default": True},
    "allow_retention_patch": {"type": "bool", "default": False},
    "accept": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": ["no_release_match", "kms_not_compared", "upgrading", "rolling"],
    },
    "assume_lost": {"type": "list", "elements": "str", "default": []},
    "keep_old_data": {"type": "bool", "default": False},
    "helper_image": {"type": "str"},
    "work_directory": {"type": "path"},
    "timeout": {"type": "int", "default": 900},
    "lease_seconds": {"type": "int", "default": 60},
}


def _operation(hub: Hub, params: dict[str, Any], _check: bool) -> EtcdRestore:
    return EtcdRestore(hub, params, Means(open_store(params), unseal, partial(workspace, params)))


ENTRY = Entry(
    name="etcd_restore",
    spec=full(AUTH, IDENTITY, SNAPSHOT_STORE, _OPTIONS),
    operation=_operation,
    constraints={**ONE_STORE, "required_if": [["state", "applied", ["digest"]], ["state", "rolled_back", ["digest"]]]},
)
