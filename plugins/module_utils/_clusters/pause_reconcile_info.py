# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module pause_reconcile_info. Source: platform_facts#10.2, #O.8."""

from __future__ import annotations

from typing import Any

from .._health import pauses
from .._kernel.kinds import HOSTED_CLUSTER, NODE_POOL
from .._kernel.objects import lookup
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub


class PauseReconcileInfo:
    """All pauses on a management cluster, with those that were forgotten."""

    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        namespace = self._options.get("namespace")
        clusters = self._hub.list(HOSTED_CLUSTER, namespace)
        pools = self._hub.list(NODE_POOL, namespace)
        by_name = {(c["metadata"]["namespace"], c["metadata"]["name"]): c for c in clusters}
        rows = [self._row(c, HOSTED_CLUSTER.kind, None) for c in clusters if _has_pause(c)]
        for pool in pools:
            if _has_pause(pool):
                parent = by_name.get((pool["metadata"]["namespace"], str(lookup(pool, ("spec", "clusterName")))))
                rows.append(self._row(pool, NODE_POOL.kind, parent))
        forgotten = [r for r in rows if r["problems"]]
        return Plan(unchanged=True, extra={"pauses": rows, "forgotten": forgotten})

    def _row(self, obj: dict[str, Any], kind: str, parent: dict[str, Any] | None) -> dict[str, Any]:
        now, meta = self._hub.now(), obj["metadata"]
        annotations, until = meta.get("annotations") or {}, lookup(obj, ("spec", "pausedUntil"))
        state = pauses.pause_state(until, now)
        problems = []
        if not state.paused:
            over, void = (
                "the pause is over, but the field is still set",
                "the value does not pause: it has no zone or is no date",
            )
            problems.append(over if state.valid else void)
        elif state.unlimited and not annotations.get(pauses.OWNER):
            problems.append("paused without end and without owner")
        if parent is not None and state.paused and not pauses.is_paused(parent, now):
            problems.append("the node pool is paused, its hosted cluster is not")
        return {
            "kind": kind,
            "namespace": meta["namespace"],
            "name": meta["name"],
            "active": state.paused,
            "until": str(until),
            "owner": annotations.get(pauses.OWNER, ""),
            "reason": annotations.get(pauses.REASON, ""),
            "since": annotations.get(pauses.SINCE, ""),
            "problems": problems,
        }


def _has_pause(obj: dict[str, Any]) -> bool:
    return lookup(obj, ("spec", "pausedUntil")) is not None
