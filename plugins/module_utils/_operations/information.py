# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operations of modules hosted_cluster_info, nodepool_info and hosted_cluster_wait: one LIST, any number of clusters. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain.compare import lookup
from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import Failure, OptionError
from ansible_collections.hypershift.core.plugins.module_utils._domain.goals import GOALS
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import HOSTED_CLUSTER, NODE_POOL, Kind
from ansible_collections.hypershift.core.plugins.module_utils._domain.summary import summarize_hosted_cluster, summarize_node_pool
from ansible_collections.hypershift.core.plugins.module_utils._domain.verdict import GoalParams
from ansible_collections.hypershift.core.plugins.module_utils._operations.running import Plan
from ansible_collections.hypershift.core.plugins.module_utils._operations.waiting import WaitRequest, targets_of


def selected(hub: Hub, kind: Kind, options: dict[str, Any]) -> list[dict[str, Any]]:
    """Objects by name, namespace and label selectors: a GET for one name in one namespace, one LIST for anything else."""
    names, namespace = options.get("name") or [], options.get("namespace")
    selector = ",".join(options.get("label_selectors") or [])
    if len(names) == 1 and namespace and not selector:
        found = hub.get(kind, namespace, names[0])
        return [found] if found else []
    single = f"metadata.name={names[0]}" if len(names) == 1 else ""
    found_all = hub.list(kind, namespace, selector, single)
    return [o for o in found_all if o["metadata"]["name"] in names] if names else found_all


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
        now, rows = self._hub.now(), []
        for cluster in clusters:
            own = pools.get((cluster["metadata"]["namespace"], cluster["metadata"]["name"]), [])
            rows.append(summarize_hosted_cluster(cluster, now=now, node_pools=own))
        extra: dict[str, Any] = {"hosted_clusters": rows, "resources": _without_noise(clusters) if self._options.get("raw") else []}
        return Plan(unchanged=True, extra=extra)


class NodePoolInfo:
    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        pools = selected(self._hub, NODE_POOL, self._options)
        owner = self._options.get("cluster_name")
        if owner:
            pools = [p for p in pools if lookup(p, ("spec", "clusterName")) == owner]
        rows = [summarize_node_pool(p, now=self._hub.now()) for p in pools]
        return Plan(unchanged=True, extra={"node_pools": rows, "resources": _without_noise(pools) if self._options.get("raw") else []})


class HostedClusterWait:
    """Wait for a goal of one, many or selected clusters."""

    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        options = self._options
        if options["goal"] not in GOALS:
            raise OptionError(Failure("invalid_option", f"option goal is '{options['goal']}'", next_step=f"Allowed: {', '.join(GOALS)}."))
        names, namespace = options.get("name") or [], options.get("namespace")
        if names and namespace and not options.get("label_selectors"):
            targets = tuple((namespace, n) for n in names)
        else:
            targets = targets_of(selected(self._hub, HOSTED_CLUSTER, options))
            missing = sorted(set(names) - {target[1] for target in targets})
            if missing or not targets:
                what = f"no hosted cluster named {', '.join(missing)}" if missing else "no hosted cluster matches the selection"
                raise OptionError(
                    Failure("not_found", f"{what} on {self._hub.server}", next_step="Check name, namespace and label_selectors.")
                )
        params = GoalParams(version=options.get("version") or "", pools=tuple(options.get("node_pools") or ()))
        request = WaitRequest(options["goal"], targets, float(options["wait_timeout"]), float(options["progress_timeout"]), params)
        return Plan(unchanged=True, goal=lambda _answer: request)


def _without_noise(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for obj in objects:
        obj["metadata"].pop("managedFields", None)
    return objects
