# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module hosted_cluster_wait. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, CAMPAIGN, GOALS, NAMESPACE, SELECTION, WAIT, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.campaign_hold import held
from ansible_collections.hypershift.core.plugins.module_utils._operations.hosted_cluster_wait import HostedClusterWait

_TARGET: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    **NAMESPACE,
    "version": {"type": "str"},
    "image": {"type": "str"},
    "node_pools": {"type": "list", "elements": "str", "default": []},
}
_OPTIONS: dict[str, Any] = {
    "targets": {"type": "list", "elements": "dict", "options": _TARGET},
    "goal": {"type": "str", "default": "available", "choices": GOALS},
    "version": {"type": "str"},
    "node_pools": {"type": "list", "elements": "str", "default": []},
    "wait_timeout": WAIT["wait_timeout"],
    "progress_timeout": WAIT["progress_timeout"],
}

ENTRY = Entry(
    name="hosted_cluster_wait",
    spec=full(AUTH, SELECTION, _OPTIONS, CAMPAIGN),
    operation=lambda hub, params, _check: HostedClusterWait(hub, params),
    around=lambda hub, params: held(
        hub,
        params.get("campaign") or "",
        params["lease_seconds"],
        [(t["namespace"], t["name"]) for t in params.get("targets") or ()],
        waits=True,
    ),
    constraints={"mutually_exclusive": [["targets", name] for name in ("name", "namespace", "version")]},
)
