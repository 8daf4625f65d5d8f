# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When each step of a hosted cluster's upgrade began and ended. Source: platform_facts#O.10."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from .._kernel import versions
from .._kernel.conditions import index
from .._kernel.objects import Object, lookup
from .._kernel.times import parse_time
from .journal import DONE, SECONDS
from .plan import UPGRADE_CONTROL_PLANE


def phases_of(entry: Object, cluster: Object | None, pools: Sequence[Object], record: Object) -> list[Object]:
    """One per step that has begun: {step (from 1), kind, version, pools, started, ended, seconds}. ended is empty while
    it runs, and when it failed.

    A control plane's times are its version history's. Nothing in the API says when a node pool's update began: that is
    when the step before it had ended. It ends as its event in the journal says, else when UpdatingVersion turned False,
    when the next step began, or with the record.
    """
    phases = [
        _control_plane(n, step, cluster) if step["kind"] == UPGRADE_CONTROL_PLANE else _pools(n, step)
        for n, step in enumerate(entry["steps"], 1)
    ]
    for number, phase in enumerate(phases):
        if phase["kind"] != UPGRADE_CONTROL_PLANE:
            _place(number, phases, record, _settled(phase, pools))
    for phase in phases:
        phase["seconds"] = seconds_between(phase["started"], phase["ended"])
    since = str(record.get("started") or "")  # what was over before the campaign came is none of its work
    return [phase for phase in phases if phase["started"] and not (phase["ended"] and phase["ended"] < since)]


def seconds_between(started: str, ended: str) -> int | None:
    begin, end = parse_time(started), parse_time(ended)
    return None if begin is None or end is None else max(0, int((end - begin).total_seconds()))


def _control_plane(number: int, step: Object, cluster: Object | None) -> Object:
    row = next((h for h in versions.entries(cluster) if h.get("version") == step["version"]), {})
    # A superseded entry has a completionTime too, but its state stays Partial.
    ended = row.get("completionTime") if row.get("state") == "Completed" else ""
    return _phase(number, step, row.get("startedTime") or "", ended or "")


def _pools(number: int, step: Object) -> Object:
    return _phase(number, step, "", "")


def _phase(number: int, step: Object, started: str, ended: str) -> Object:
    return {
        "step": number,
        "kind": step["kind"],
        "version": step["version"],
        "pools": list(step.get("pools") or ()),
        "started": started,
        "ended": ended,
    }


def _settled(phase: Object, pools: Sequence[Object]) -> str:
    """When the last of its pools came to the version that all of them run now; empty when one does not."""
    times = [""]
    for pool in pools:
        if pool["metadata"]["name"] not in phase["pools"]:
            continue
        updating = index(pool).get("UpdatingVersion") or {}
        if lookup(pool, ("status", "version")) != phase["version"] or updating.get("status") != "False":
            return ""
        times.append(str(updating.get("lastTransitionTime") or ""))
    return max(times)


def _place(number: int, phases: Sequence[Object], record: Object, settled: str) -> None:
    """Batches go in lock step: the time of an event is when the step was over for the whole batch, its seconds are the
    cluster's own."""
    before, after = phases[number - 1] if number else None, phases[number + 1] if number + 1 < len(phases) else None
    begin = before["ended"] if before else record.get("started") or ""
    if not begin or not (record or settled):
        return  # nobody knows whether it has begun
    events = {event.get("step"): event for event in record.get("events") or () if isinstance(event, dict)}
    begin = max(str(begin), str(record.get("started") or ""), str(events.get(number, {}).get("time") or ""))
    end = _ended(begin, events.get(number + 1, {}))
    if not end and settled >= begin:
        end = settled
    elif not end and after and after["started"]:
        end = after["started"]
    elif not end and not after and record.get("state") == DONE:  # one that failed has not come to its end
        end = str(record.get("ended") or "")
    if (not end and record) or end >= begin:
        phases[number].update(started=begin, ended=end)


def _ended(begin: str, event: Object) -> str:
    started, over, took = parse_time(begin), parse_time(str(event.get("time") or "")), event.get("seconds")
    if started is None or over is None or over < started:
        return ""
    return (min(started + timedelta(seconds=took), over) if isinstance(took, (int, float)) else over).strftime(SECONDS)
