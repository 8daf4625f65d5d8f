# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What became of a campaign, as data for people and machines.

Whether a cluster is done is read from the live objects, failures from the journal. Times are the history's of the
HostedCluster and the node pools' conditions, so that there is a timeline even where nobody kept a journal. Times are
RFC 3339 in UTC, durations whole seconds, null when unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import ceil

from .._kernel import versions
from .._kernel.objects import Object
from .._kernel.times import parse_time
from .journal import DONE, FAILED, RUNNING, SECONDS, STOPPED
from .plan import READY, REFUSED, UP_TO_DATE
from .progress import ClusterProgress
from .timeline import phases_of, seconds_between

FORMAT = 1
PENDING, GONE, UNKNOWN = "pending", "gone", "unknown"
STATES = (FAILED, STOPPED, UNKNOWN, GONE, RUNNING, PENDING, DONE, REFUSED, UP_TO_DATE)  # as people want to read them
_WORDS = {
    FAILED: "failed",
    STOPPED: "stopped",
    UNKNOWN: "could not be read",
    GONE: "no longer exist",
    RUNNING: "in progress",
    PENDING: "waiting",
    DONE: "upgraded",
    REFUSED: "refused by the plan",
    UP_TO_DATE: "already up to date",
}
_VERDICTS = ((FAILED, "failed"), (STOPPED, "stopped"), (UNKNOWN, "unknown"), (RUNNING, "running"))


def report_of(plan: Object, clusters: Mapping[str, ClusterProgress], now: datetime) -> Object:
    """The report. clusters: progress of the clusters that the plan upgrades, by id."""
    rows = [_row(entry, clusters.get(entry["id"])) for entry in plan["clusters"]]
    running = any(row["state"] == RUNNING for row in rows)
    started = min((row["started"] for row in rows if row["started"]), default="")
    # A campaign that has ended gives the same report whenever it is made.
    as_of = now.strftime(SECONDS) if running else max((row["ended"] for row in rows if row["ended"]), default="")
    for row in rows:
        row["seconds"] = seconds_between(row["started"], row["ended"] or (as_of if row["state"] == RUNNING else ""))
    counts = _counts(rows)
    return {
        "format": FORMAT,
        "campaign": plan["campaign"],
        "digest": plan["digest"],
        "verdict": _verdict(counts),
        "headline": _headline(counts),
        "started": started,
        "as_of": as_of,
        "seconds": seconds_between(started, as_of),
        "counts": counts,
        "totals": _totals(rows),
        "durations": _durations(rows),
        "waves": [_wave(wave, rows) for wave in plan.get("waves") or ()],
        "clusters": rows,
    }


def _row(entry: Object, found: ClusterProgress | None) -> Object:
    record = found.record if found else {}
    state = _state(entry, found)
    failure = _failure(state, found)
    phases = phases_of(entry, found.view.hosted_cluster, found.view.node_pools, record) if found else []
    return {
        **{key: entry.get(key) for key in ("id", "hub", "namespace", "name", "from", "to", "wave", "batch", "nodes")},
        "state": state,
        "version": versions.completed(found.view.hosted_cluster) if found else "",
        "position": found.position if found else 0,
        "steps": len(entry.get("steps") or ()),
        "started": record.get("started") or min((p["started"] for p in phases if p["started"]), default=""),
        "ended": _ended(state, record, phases),
        "phases": phases,
        "failure": failure,
        "refusals": list(entry.get("refusals") or ()),
        "warnings": [*(entry.get("warnings") or ()), *_doubts(state, found)],
    }


def _state(entry: Object, found: ClusterProgress | None) -> str:
    if entry["verdict"] != READY:
        return str(entry["verdict"])
    if found is None or (
        found.view.hosted_cluster is None and found.problem is not None and found.problem.code != "object_vanished"
    ):
        return UNKNOWN
    if found.view.hosted_cluster is None:
        return GONE
    noted = found.record.get("state")
    if found.position >= len(entry["steps"]) or noted == DONE:
        return DONE
    if noted == RUNNING and found.problem is not None:
        return STOPPED  # the world has changed so that it cannot go on
    if noted in (FAILED, STOPPED, RUNNING):
        return str(noted)
    return RUNNING if found.position or _under_way(entry, found.view.hosted_cluster) else PENDING


def _under_way(entry: Object, cluster: Object) -> bool:
    newest = versions.newest(cluster)
    return newest.get("state") == "Partial" and newest.get("version") in [step["version"] for step in entry["steps"]]


def _failure(state: str, found: ClusterProgress | None) -> Object:
    if found is None or state not in (FAILED, STOPPED, UNKNOWN, GONE):
        return {}
    noted = found.record.get("failure")
    if state in (FAILED, STOPPED) and isinstance(noted, dict) and noted:
        return noted
    return found.problem.as_dict() if found.problem else {}


def _ended(state: str, record: Object, phases: Sequence[Object]) -> str:
    if state in (DONE, FAILED, STOPPED) and record.get("ended"):
        return str(record["ended"])
    # A run that was killed could not note it, and the next one found nothing left to do.
    return max((p["ended"] for p in phases), default="") if state == DONE and all(p["ended"] for p in phases) else ""


def _doubts(state: str, found: ClusterProgress | None) -> Iterable[str]:
    """Where the journal and the live objects do not agree."""
    if found is None or state != DONE:
        return
    if found.position < len(found.entry["steps"]):
        yield f"The journal says done, but step {found.position + 1} of {len(found.entry['steps'])} does not hold now."
    elif found.record.get("state") in (FAILED, STOPPED):
        yield f"The journal says {found.record['state']}, but every step is done now."


def _counts(rows: Sequence[Object]) -> dict[str, int]:
    return {state: sum(row["state"] == state for row in rows) for state in STATES}


def _verdict(counts: Mapping[str, int]) -> str:
    """failed, stopped, unknown, running, incomplete, not_started, or succeeded: every cluster that the plan upgrades is
    there."""
    for state, verdict in _VERDICTS:
        if counts[state]:
            return verdict
    if counts[PENDING]:
        return "incomplete" if counts[DONE] else "not_started"
    return "succeeded"


def _headline(counts: Mapping[str, int]) -> str:
    parts = [f"{number} {_WORDS[state]}" for state, number in counts.items() if number]
    return (
        f"Of {sum(counts.values())} hosted clusters: {', '.join(parts)}."
        if parts
        else "The plan has no hosted clusters."
    )


def _totals(rows: Sequence[Object]) -> dict[str, int]:
    ready = [row for row in rows if row["state"] not in (REFUSED, UP_TO_DATE)]
    return {
        "clusters": len(rows),
        "planned": len(ready),
        "nodes": sum(int(row["nodes"] or 0) for row in ready),
        "nodes_done": sum(int(row["nodes"] or 0) for row in ready if row["state"] == DONE),
        "steps": sum(row["steps"] for row in ready),
        "steps_done": sum(row["steps"] if row["state"] == DONE else row["position"] for row in ready),
    }


def _durations(rows: Sequence[Object]) -> dict[str, Object]:
    """p50, p95 and longest, by kind of step, and of whole clusters that are done."""
    times: dict[str, list[int]] = {"control_plane": [], "node_pools": []}
    for row in rows:
        for phase in row["phases"]:
            if phase["ended"] and phase["seconds"] is not None:
                times[phase["kind"]].append(phase["seconds"])
    times["cluster"] = [row["seconds"] for row in rows if row["state"] == DONE and row["seconds"] is not None]
    return {kind: _spread(values) for kind, values in times.items()}


def _spread(values: Sequence[int]) -> Object:
    ordered = sorted(values)

    def rank(share: float) -> int | None:
        """Nearest rank: a duration that really occurred."""
        return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None

    return {"count": len(ordered), "p50": rank(0.5), "p95": rank(0.95), "max": ordered[-1] if ordered else None}


def _wave(wave: Object, rows: Sequence[Object]) -> Object:
    ids = set(wave.get("clusters") or ())
    own = [row for row in rows if row["id"] in ids]
    started = min((row["started"] for row in own if row["started"]), default="")
    ended = max((row["ended"] for row in own if row["ended"]), default="")
    open_ones = [row for row in own if row["state"] in (RUNNING, PENDING)]
    return {
        "name": wave["name"],
        "after": list(wave.get("after") or ()),
        "clusters": len(own),
        "counts": {state: number for state, number in _counts(own).items() if number},
        "max_failed": int(wave.get("max_failed") or 0),
        "started": started,
        "ended": "" if open_ones else ended,
        "seconds": None if open_ones or parse_time(started) is None else seconds_between(started, ended),
    }
