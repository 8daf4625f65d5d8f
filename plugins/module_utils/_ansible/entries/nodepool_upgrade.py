# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module nodepool_upgrade. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, CAMPAIGN, NAMESPACE, WAIT, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.campaign_hold import held
from ansible_collections.hypershift.core.plugins.module_utils._operations.nodepool_upgrade import NodePoolUpgrade

_OPTIONS: dict[str, Any] = {
    "cluster_name": {"type": "str", "required": True},
    "node_pools": {"type": "list", "elements": "str", "default": []},
    "version": {"type": "str"},
    "image": {"type": "str"},
    "canary": {"type": "str"},
    "parallel": {"type": "int", "default": 0},
    "allow_paused": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="nodepool_upgrade",
    spec=full(AUTH, NAMESPACE, _OPTIONS, CAMPAIGN, WAIT),
    operation=NodePoolUpgrade,
    around=lambda hub, params: held(
        hub, params.get("campaign") or "", params["lease_seconds"], [(params["namespace"], params["cluster_name"])], waits=False
    ),
)
