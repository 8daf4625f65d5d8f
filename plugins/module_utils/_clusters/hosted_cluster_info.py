# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operations of modules hosted_cluster_info and nodepool_info: one LIST for any number."""

from __future__ import annotations

from typing import Any

from .._health.machine_owners import permitted_machine_owners
from .._health.summaries import summarize_hosted_cluster
from .._kernel.changes import ChangeSet
from .._kernel.kinds import HOSTED_CLUSTER, NODE_POOL
from .._kernel.objects import lookup
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._manifests.selection import selected, unmatched, without_noise


class HostedClusterInfo:
    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        clusters = selected(self._hub, HOSTED_CLUSTER, self._options)
        pools: dict[tuple[str, str], list[dict[str, Any]]] = {}
        if self._options.get("node_pools") and clusters:
            for pool in self._hub.list(NODE_POOL, self._options.get("namespace")):
                pools.setdefault(
                    (pool["metadata"]["namespace"], str(lookup(pool, ("spec", "clusterName")))), []
                ).append(pool)
        own_pools = [
            pool for c in clusters for pool in pools.get((c["metadata"]["namespace"], c["metadata"]["name"]), [])
        ]
        machines = permitted_machine_owners(self._hub, own_pools)
        now, rows = self._hub.now(), []
        for cluster in clusters:
            own = pools.get((cluster["metadata"]["namespace"], cluster["metadata"]["name"]), [])
            rows.append(summarize_hosted_cluster(cluster, now=now, node_pools=own, machines=machines))
        extra: dict[str, Any] = {
            "hosted_clusters": rows,
            "resources": without_noise(clusters) if self._options.get("raw") else [],
        }
        return Plan(ChangeSet(notes=unmatched(HOSTED_CLUSTER, clusters, self._options)), unchanged=True, extra=extra)
