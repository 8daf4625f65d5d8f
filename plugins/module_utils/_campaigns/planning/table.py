# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan as lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._kernel.text import aligned

_HEADER = ("CLUSTER", "FROM", "TO", "WAVE", "BATCH", "STEPS", "NODES", "VERDICT", "WHAT")


def plan_table(plan: dict[str, Any]) -> list[str]:
    """Clusters in order of execution, then the refused ones, then those that need nothing; where they are; last a line
    that counts."""
    rows: list[Sequence[Any]] = [_HEADER]
    place = {"ready": 0, "refused": 1, "up_to_date": 2}
    for row in sorted(
        plan["clusters"], key=lambda r: (place[r["verdict"]], r["batch"] if r["batch"] is not None else -1, r["id"])
    ):
        ready = row["verdict"] == "ready"
        rows.append(
            (
                row["id"],
                row["from"] or "-",
                row["to"] or "-",
                row["wave"] or "-",
                row["batch"] + 1 if ready else "-",
                len(row["steps"]) if ready else "-",
                row["nodes"] if ready else "-",
                row["verdict"].replace("_", " "),
                _what(row),
            )
        )
    total = plan["summary"]
    counts = ", ".join(f"{total[k]} {k.replace('_', ' ')}" for k in ("ready", "refused", "up_to_date"))
    return [
        *aligned(rows),
        *map(_where, plan["hubs"]),
        f"{total['clusters']} clusters: {counts}; {total['nodes']} nodes roll; digest {plan['digest']}",
    ]


def _where(hub: dict[str, Any]) -> str:
    """Who approves the plan sees for which cluster."""
    return f"hub {hub['name']} is {hub['server'] or 'not reached'}, cluster {hub['uid'] or 'unknown'}"


def _what(row: dict[str, Any]) -> str:
    if row["refusals"]:
        more = f" (and {len(row['refusals']) - 1} more)" if len(row["refusals"]) > 1 else ""
        return f"{row['refusals'][0]['code']}{more}: {row['refusals'][0]['cause']}"
    if row["verdict"] == "ready":
        path = " > ".join(step["version"] for step in row["steps"] if step["kind"] == "control_plane")
        pools = sum(len(step["pools"]) for step in row["steps"])
        return ", ".join(part for part in (path, f"{pools} pool move(s)" if pools else "") if part)
    return row["warnings"][0] if row["warnings"] else ""
