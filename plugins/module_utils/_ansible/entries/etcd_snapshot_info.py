# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module etcd_snapshot_info. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.snapshot_store_spec import ONE_STORE, SNAPSHOT_STORE
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import full
from ansible_collections.hypershift.core.plugins.module_utils._operations.snapshot_information import SnapshotInformation
from ansible_collections.hypershift.core.plugins.module_utils._store.opening import open_store

_OPTIONS: dict[str, Any] = {
    "namespace": {"type": "str"},
    "name": {"type": "str"},
    "max_age": {"type": "str"},
    "prove": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="etcd_snapshot_info",
    spec=full(SNAPSHOT_STORE, _OPTIONS),
    operation=lambda hub, params, _check: SnapshotInformation(open_store(params), params, hub.now),
    constraints={**ONE_STORE, "required_by": {"name": ["namespace"]}},
    needs_cluster=False,
)
