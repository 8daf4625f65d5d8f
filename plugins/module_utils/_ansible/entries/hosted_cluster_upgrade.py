# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module hosted_cluster_upgrade. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, CAMPAIGN, IDENTITY, WAIT, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.campaign_hold import held
from ansible_collections.hypershift.core.plugins.module_utils._operations.hosted_cluster_upgrade import HostedClusterUpgrade

_NAMES: dict[str, Any] = {"type": "list", "elements": "str", "default": []}
_OPTIONS: dict[str, Any] = {
    "version": {"type": "str"},
    "image": {"type": "str"},
    "accepted_risks": _NAMES,
    "accepted_acks": _NAMES,
    "supported_versions": {"type": "list", "elements": "str"},
    "allow_unlisted": {"type": "bool", "default": False},
    "allow_unhealthy": {"type": "bool", "default": False},
    "allow_paused": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="hosted_cluster_upgrade",
    spec=full(AUTH, IDENTITY, _OPTIONS, CAMPAIGN, WAIT),
    operation=lambda hub, params, _check: HostedClusterUpgrade(hub, params),
    around=lambda hub, params: held(
        hub, params.get("campaign") or "", params["lease_seconds"], [(params["namespace"], params["name"])], waits=False
    ),
    constraints={"required_one_of": [["version", "image"]]},
)
