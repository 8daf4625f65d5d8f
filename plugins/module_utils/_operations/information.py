# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operations of modules hosted_cluster_info and nodepool_info: one LIST for any number. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain.changes import ChangeSet
from ansible_collections.hypershift.core.plugins.module_utils._domain.compare import lookup
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import HOSTED_CLUSTER, NODE_POOL
from ansible_collections.hypershift.core.plugins.module_utils._domain.redaction import redacted
from ansible_collections.hypershift.core.plugins.module_utils._domain.summary import summarize_hosted_cluster, summarize_node_pool
from ansible_collections.hypershift.core.plugins.module_utils._operations.hosted_clusters import selected, unmatched
from ansible_collections.hypershift.core.plugins.module_utils._operations.machine_owners import permitted_machine_owners
from ansible_collections.hypershift.core.plugins.module_utils._operations.running import Plan


class HostedClusterInfo:
    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        clusters = selected(self._hub, HOSTED_CLUSTER, self._options)
        pools: dict[tuple[str, str], list[dict[str, Any]]] = {}
        if self._options.get("node_pools") and clusters:
            for pool in self._hub.list(NODE_POOL, self._options.get("namespace")):
                pools.setdefault((pool["metadata"]["namespace"], str(lookup(pool, ("spec", "clusterName")))), []).append(pool)
        own_pools = [pool for c in clusters for pool in pools.get((c["metadata"]["namespace"], c["metadata"]["name"]), [])]
        machines = permitted_machine_owners(self._hub, own_pools)
        now, rows = self._hub.now(), []
        for cluster in clusters:
            own = pools.get((cluster["metadata"]["namespace"], cluster["metadata"]["name"]), [])
            rows.append(summarize_hosted_cluster(cluster, now=now, node_pools=own, machines=machines))
        extra: dict[str, Any] = {"hosted_clusters": rows, "resources": _without_noise(clusters) if self._options.get("raw") else []}
        return Plan(ChangeSet(notes=unmatched(HOSTED_CLUSTER, clusters, self._options)), unchanged=True, extra=extra)


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
            changes, unchanged=True, extra={"node_pools": rows, "resources": _without_noise(pools) if self._options.get("raw") else []}
        )


def _without_noise(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for obj in objects:
        obj["metadata"].pop("managedFields", None)
    return [redacted(obj) for obj in objects]
