# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is watched for a goal, and which of the hosted clusters an object concerns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._kernel.kinds import (
    HOSTED_CLUSTER,
    HOSTED_CONTROL_PLANE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
    NODE_POOL,
    control_plane_namespace,
)
from .._kernel.objects import lookup
from .._kernel.ports.hub import WatchSpec

Target = tuple[str, str]  # namespace, name

WITH_CONTROL_PLANE = frozenset({"paused", "resumed", "gone"})
_WITH_NODE_POOLS = frozenset(
    {"nodes_ready", "version_completed", "node_pools_settled", "node_pools_gone", "paused", "resumed", "gone"}
)
WITH_MACHINES = frozenset({"node_pools_settled"})
_IN_CONTROL_PLANE = (HOSTED_CONTROL_PLANE.kind, MACHINE_DEPLOYMENT.kind, MACHINE_SET.kind)


def watched_for(goal: str, targets: Sequence[Target]) -> list[WatchSpec]:
    """One watch per kind: of the one cluster, of the one namespace, or of all."""
    namespaces = {target[0] for target in targets}
    shared = next(iter(namespaces)) if len(namespaces) == 1 else None
    single = targets[0][1] if len(targets) == 1 else ""
    specs = [WatchSpec(HOSTED_CLUSTER, shared, single)]
    if goal in _WITH_NODE_POOLS:
        specs.append(WatchSpec(NODE_POOL, shared))
    home = control_plane_namespace(*targets[0]) if single else None
    if goal in WITH_CONTROL_PLANE:
        specs.append(WatchSpec(HOSTED_CONTROL_PLANE, home, single))
    if goal in WITH_MACHINES:
        specs += [WatchSpec(MACHINE_DEPLOYMENT, home), WatchSpec(MACHINE_SET, home)]
    return specs


def concerns(target: Target, kind: str, obj: dict[str, Any]) -> bool:
    meta = obj.get("metadata") or {}
    if kind == NODE_POOL.kind:
        return (meta.get("namespace"), lookup(obj, ("spec", "clusterName"))) == target
    if kind in _IN_CONTROL_PLANE:
        return meta.get("namespace") == control_plane_namespace(*target)
    return (meta.get("namespace"), meta.get("name")) == target
