# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module etcd_member_recover. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, IDENTITY, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.etcd_member_recover import RecoverMember

_OPTIONS: dict[str, Any] = {
    "member": {"type": "str"},
    "shard": {"type": "str", "default": "etcd"},
    "assume_lost": {"type": "list", "elements": "str", "default": []},
    "wait_timeout": {"type": "int", "default": 900},
    "settle_seconds": {"type": "int", "default": 600},
}

ENTRY = Entry(
    name="etcd_member_recover",
    spec=full(AUTH, IDENTITY, _OPTIONS),
    operation=lambda hub, params, _check: RecoverMember(hub, params),
)
