# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Table of hosted clusters for a screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._kernel.text import aligned

_STATUS_HEADER = ("CLUSTER", "VERSION", "UPDATE", "NODES", "HEALTH", "PAUSED", "WHAT")


def status_table(summaries: Sequence[dict[str, Any]]) -> list[str]:
    """One line per hosted cluster from hosted_cluster_info's summaries."""
    if not summaries:
        return ["No hosted cluster was found."]
    rows: list[Sequence[Any]] = [_STATUS_HEADER]
    for item in summaries:
        health, paused = item.get("health") or {}, item.get("paused") or {}
        pools = item.get("node_pools") or []
        counts = [p.get("replicas") or {} for p in pools]
        nodes = (
            f"{sum(c.get('current', 0) for c in counts)}/{sum(c.get('desired', 0) for c in counts)}" if pools else "-"
        )
        update = item.get("desired_version") or ""
        rows.append(
            (
                f"{item.get('namespace')}/{item.get('name')}",
                item.get("version") or "-",
                update if update and update != item.get("version") else "-",
                nodes,
                health.get("verdict", ""),
                (paused.get("owner") or "yes") if paused.get("paused") else "-",
                health.get("cause") or health.get("summary", ""),
            )
        )
    return aligned(rows)
