# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module nodepool_info: one LIST for any number."""

from __future__ import annotations

from typing import Any

from .._health.machine_owners import permitted_machine_owners
from .._health.summaries import summarize_node_pool
from .._kernel.changes import ChangeSet
from .._kernel.kinds import NODE_POOL
from .._kernel.objects import lookup
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._manifests.selection import selected, unmatched, without_noise


class NodePoolInfo:
    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        pools = selected(self._hub, NODE_POOL, self._options)
        changes = ChangeSet(notes=unmatched(NODE_POOL, pools, self._options))
        owner = self._options.get("cluster_name")
        if owner:
            pools = [p for p in pools if lookup(p, ("spec", "clusterName")) == owner]
        machines = permitted_machine_owners(self._hub, pools)
        rows = [summarize_node_pool(p, now=self._hub.now(), machines=machines) for p in pools]
        return Plan(
            changes,
            unchanged=True,
            extra={"node_pools": rows, "resources": without_noise(pools) if self._options.get("raw") else []},
        )
