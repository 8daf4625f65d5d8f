# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module etcd_info. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, IDENTITY, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.etcd_information import EtcdInfo

_OPTIONS: dict[str, Any] = {
    "shards": {"type": "list", "elements": "str"},
    "compare_data": {"type": "bool", "default": True},
}

ENTRY = Entry(
    name="etcd_info",
    spec=full(AUTH, IDENTITY, _OPTIONS),
    operation=lambda hub, params, _check: EtcdInfo(hub, params),
)
