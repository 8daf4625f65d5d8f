# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One line on where a goal stands: it stays the same while nothing changes."""

from __future__ import annotations

import re

from .._kernel import versions
from .._kernel.conditions import current
from .._kernel.text import message_line
from .goal_predicates import GoalView, nodes_ready, pools_left, settled, told
from .rules.machines import ready, wanted
from .rules.version import latest
from .subject import Subject

_WORKING = re.compile(r"Working towards (?P<version>[^\s:]+)(?:: (?P<done>\d+) of (?P<total>\d+) done)?")
_COUNTS = re.compile(r"(?P<have>\d+) ?(?:/|of) ?(?P<want>\d+)")
_IN_PLACE = re.compile(r"Total Nodes: (?P<total>\d+)\. Upgraded: (?P<done>\d+)")
_CLAIM = re.compile(r"volume claim (\S+) pending")
_COMPONENTS = re.compile(r"Waiting for components to be available: (?P<names>.+)")
_TARGET = re.compile(r"Target version: (?P<version>[^\s]+)")
_MOST = 3
_LINE = 100


def _short(names: list[str]) -> str:
    return ", ".join(names[:_MOST]) + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")


def _clip(text: str) -> str:
    return text if len(text) <= _LINE else text[: _LINE - 3].rstrip() + "..."


def _message(subject: Subject, type: str) -> str:
    raw = subject.conditions.get(type) or {}
    return message_line(raw.get("message")) or str(raw.get("reason") or "no reason is given")


def _etcd(cluster: Subject) -> str:
    message = _message(cluster, "EtcdAvailable")
    claim, counts = _CLAIM.search(message), _COUNTS.search(message)
    if claim:
        return f"etcd: volume claim {claim[1]} is pending"
    if cluster.reason_of("EtcdAvailable") == "StatefulSetNotFound":
        return "etcd: not created yet"
    if counts:
        return f"etcd {counts['have']}/{counts['want']} ready; waiting for quorum"
    return "etcd: waiting for quorum"


def _components(cluster: Subject) -> str:
    listed = _COMPONENTS.search(_message(cluster, "Available"))
    if not listed:
        return f"control plane: {_message(cluster, 'Available')}"
    names = [name.strip() for name in listed["names"].split(",")]
    return f"waiting for {len(names)} components: {_short(names)}"


# Inputs that hold everything back, then the chain from infrastructure to the API.
_CHECKS = ("SupportedHostedCluster", "ValidConfiguration", "ValidReleaseImage", "ValidHostedControlPlaneConfiguration")


def available(goal_view: GoalView) -> str:
    cluster = goal_view.cluster
    if cluster is None:
        return "the HostedCluster does not exist"
    raw = cluster.conditions.get("Available")
    if raw is None or not current(raw, goal_view.generation):
        return "waiting for the operator to look at the change"
    for type in _CHECKS:
        if cluster.status_of(type) == "False":
            return _clip(f"{type}: {_message(cluster, type)}")
    if raw.get("status") == "True":
        endpoint = cluster.status.get("controlPlaneEndpoint") or {}
        if not (cluster.status.get("kubeconfig") or {}).get("name"):
            return "available; waiting for the kubeconfig"
        return f"available at {endpoint['host']}:{endpoint.get('port')}" if endpoint.get("host") else "available"
    if cluster.status_of("InfrastructureReady") != "True":
        return _clip(f"infrastructure: {_message(cluster, 'InfrastructureReady')}")
    if cluster.status_of("EtcdAvailable") != "True":
        return _etcd(cluster)
    if cluster.status_of("KubeAPIServerAvailable") != "True":
        return _clip(f"API server: {_message(cluster, 'KubeAPIServerAvailable')}")
    return _clip(_components(cluster))


def version(goal_view: GoalView) -> str:
    cluster = goal_view.cluster
    if cluster is None:
        return "the HostedCluster does not exist"
    entry = latest(cluster)
    desired = ((cluster.status.get("version") or {}).get("desired") or {}).get("version")
    target = goal_view.params.version or desired or entry.get("version") or "the requested release"
    verb = "updating to" if versions.newest_completed({"status": cluster.status}) else "installing"
    if not told(cluster, "Progressing", "False", goal_view.generation, "Blocked"):
        return _clip(f"blocked: {_message(cluster, 'Progressing')}")
    working = _WORKING.search(_message(cluster, "ClusterVersionProgressing"))
    if working and cluster.status_of("ClusterVersionProgressing") == "True" and working["version"] == target:
        return (
            f"{verb} {target}: {working['done']} of {working['total']} done" if working["total"] else f"{verb} {target}"
        )
    if entry.get("state") == "Completed" and entry.get("version") == target and not goal_view.behind:
        return (
            f"version {target} completed"
            if _quiet(goal_view, cluster)
            else f"version {target} applied; waiting for its conditions"
        )
    return (
        f"{verb} {target}: control plane is rolling out"
        if verb.startswith("up")
        else f"{verb} {target}: {available(goal_view)}"
    )


def _quiet(goal_view: GoalView, cluster: Subject) -> bool:
    return not told(cluster, "ClusterVersionSucceeding", "True", goal_view.generation) and not told(
        cluster, "ClusterVersionProgressing", "False", goal_view.generation
    )


def nodes(goal_view: GoalView) -> str:
    if goal_view.absent_pools:
        return f"waiting for node pools to exist: {_short(goal_view.absent_pools)}"
    if not goal_view.pools:
        return "no node pool exists"
    have, want = sum(ready(pool) for pool in goal_view.pools), sum(wanted(pool) for pool in goal_view.pools)
    text = f"{have} of {want} nodes ready"
    waiting = [pool.name for pool in goal_view.pools if nodes_ready(pool, goal_view)]
    return f"{text}; waiting for {_short(waiting)}" if waiting and len(goal_view.pools) > 1 else text


def _pool_update(pool: Subject) -> str:
    for type in ("UpdatingVersion", "UpdatingConfig"):
        message = _message(pool, type)
        if pool.reason_of(type) == "InplaceUpgradeFailed":
            return _clip(f"update failed: {message}")
        if pool.status_of(type) != "True":
            continue
        counts, target = _IN_PLACE.search(message), _TARGET.search(message)
        if counts:
            return f"{counts['done']} of {counts['total']} nodes updated"
        if target:
            return f"updating to {target['version'].rstrip('.')}, {ready(pool)} of {wanted(pool)} nodes ready"
        return f"updating config, {ready(pool)} of {wanted(pool)} nodes ready"
    return ""


def pools(goal_view: GoalView) -> str:
    if goal_view.absent_pools or not goal_view.pools:
        return nodes(goal_view)
    states = [(pool, settled(pool, goal_view)) for pool in goal_view.pools]
    open_pools = [(pool, state) for pool, state in states if state]
    text = f"{len(states) - len(open_pools)} of {len(states)} node pools settled"
    if not open_pools:
        return text
    pool, state = open_pools[0]
    return _clip(f"{text}; {pool.name}: {_pool_update(pool) or state}")


def healthy(goal_view: GoalView) -> str:
    return (
        available(goal_view) if goal_view.cluster is None or goal_view.cluster.status_of("Available") != "True" else ""
    )


def reconciled(goal_view: GoalView) -> str:
    cluster = goal_view.cluster
    if cluster is None:
        return "the HostedCluster does not exist"
    for type in ("ReconciliationActive", "Progressing"):
        raw = cluster.conditions.get(type)
        if raw is None or not current(raw, goal_view.generation):
            return f"waiting for the operator to look at generation {goal_view.generation}"
    for type in (*_CHECKS, "ReconciliationSucceeded"):
        if cluster.status_of(type) == "False":
            return _clip(f"{type}: {_message(cluster, type)}")
    if cluster.reason_of("Progressing") == "Blocked":
        return _clip(f"blocked: {_message(cluster, 'Progressing')}")
    return f"generation {goal_view.generation} is taken up"


def paused(goal_view: GoalView) -> str:
    if goal_view.cluster and not told(goal_view.cluster, "ReconciliationActive", "False", goal_view.generation):
        until = goal_view.cluster.pause.until
        return f"paused until {until}" if until else "paused until the field is removed"
    return "waiting for the operator to confirm the pause"


def resumed(goal_view: GoalView) -> str:
    if goal_view.cluster and not told(goal_view.cluster, "ReconciliationActive", "True", goal_view.generation):
        return "reconciling"
    return "waiting for the operator to resume"


def gone(goal_view: GoalView) -> str:
    cluster = goal_view.cluster
    if cluster is None:
        if goal_view.view.control_plane_known and goal_view.view.control_plane is not None:
            return "the HostedCluster is gone, its HostedControlPlane is still there"
        return "gone"
    if not cluster.deleting:
        return "deletion is not requested"
    finalizers = list(cluster.meta.get("finalizers") or ())
    left = f"; finalizers left: {_short(finalizers)}" if finalizers else ""
    names = sorted(str((pool.get("metadata") or {}).get("name")) for pool in goal_view.view.node_pools)
    if names:
        return f"waiting for {len(names)} node pools ({_short(names)}){left}"
    if cluster.status_of("CloudResourcesDestroyed") == "False":
        return _clip(f"waiting for cloud resources: {_message(cluster, 'CloudResourcesDestroyed')}") + left
    if goal_view.view.control_plane_known and goal_view.view.control_plane is not None:
        return f"waiting for the control plane in {cluster.control_plane_namespace}{left}"
    return f"waiting for the last steps of the operator{left}"


def pools_gone(goal_view: GoalView) -> str:
    left = pools_left(goal_view)
    if not left:
        return "gone"
    texts = []
    for pool in left[:_MOST]:
        meta, nodes = pool.get("metadata") or {}, (pool.get("status") or {}).get("replicas") or 0
        if not meta.get("deletionTimestamp"):
            texts.append(f"{meta.get('name')}: deletion is not requested")
            continue
        finalizers = list(meta.get("finalizers") or ())
        texts.append(
            f"{meta.get('name')}: {nodes} nodes left"
            + (f", finalizers left: {_short(finalizers)}" if finalizers else "")
        )
    return "; ".join(texts) + (f" and {len(left) - _MOST} more" if len(left) > _MOST else "")
