# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When each step of a hosted cluster's upgrade began and ended. Private to hypershift.core. Source: facts O.10."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain.campaign import CONTROL_PLANE
from ansible_collections.hypershift.core.plugins.module_utils._domain.campaign_journal import RUNNING, SECONDS
from ansible_collections.hypershift.core.plugins.module_utils._domain.compare import lookup
from ansible_collections.hypershift.core.plugins.module_utils._domain.conditions import parse_time

Object = dict[str, Any]


def phases_of(entry: Object, cluster: Object | None, record: Object) -> list[Object]:
    """One per step that has begun: {step (from 1), kind, version, pools, started, ended, seconds}. ended is empty while it runs.

    A control plane's times are its version history's. Nothing in the API dates a node pool's update: it begins when the step before it has
    ended and ends when the next one begins, or with the record; events of the journal narrow that down.
    """
    phases = [_control_plane(n, step, cluster) if step["kind"] == CONTROL_PLANE else _pools(n, step) for n, step in enumerate(entry["steps"], 1)]
    for number, phase in enumerate(phases):
        if phase["kind"] != CONTROL_PLANE:
            _place(number, phases, record)
    for phase in phases:
        phase["seconds"] = seconds_between(phase["started"], phase["ended"])
    return [phase for phase in phases if phase["started"]]


def seconds_between(started: str, ended: str) -> int | None:
    begin, end = parse_time(started), parse_time(ended)
    return None if begin is None or end is None else max(0, int((end - begin).total_seconds()))


def _control_plane(number: int, step: Object, cluster: Object | None) -> Object:
    history = lookup(cluster or {}, ("status", "version", "history")) or ()
    row: Object = next((h for h in history if h.get("version") == step["version"]), {})
    # A superseded entry has a completionTime too, but its state stays Partial.
    ended = row.get("completionTime") if row.get("state") == "Completed" else ""
    return _phase(number, step, row.get("startedTime") or "", ended or "")


def _pools(number: int, step: Object) -> Object:
    return _phase(number, step, "", "")


def _phase(number: int, step: Object, started: str, ended: str) -> Object:
    return {
        "step": number, "kind": step["kind"], "version": step["version"], "pools": list(step.get("pools") or ()), "started": started, "ended": ended,
    }  # fmt: skip


def _place(number: int, phases: Sequence[Object], record: Object) -> None:
    before, after = phases[number - 1] if number else None, phases[number + 1] if number + 1 < len(phases) else None
    begin = before["ended"] if before else record.get("started") or ""
    if not begin or not record:
        return  # without a journal nobody knows whether it has begun
    last = after is None or not after["started"]
    end = "" if last and record.get("state") == RUNNING else record.get("ended") or "" if last else after["started"] if after else ""
    begin, end = max(str(begin), str(record.get("started") or "")), str(end)
    narrowed = list(_intervals(number, record, begin, end))
    if narrowed:
        begin = min(started for started, _end in narrowed).strftime(SECONDS)
        end = max(ended for _start, ended in narrowed).strftime(SECONDS) if end else ""
    if not end or end >= begin:
        phases[number].update(started=begin, ended=end)


def _intervals(number: int, record: Object, begin: str, end: str) -> Iterator[tuple[datetime, datetime]]:
    """Events of that step (counted from 0 or from 1) that lie within: each is noted at its end, with the seconds it took."""
    first, last = parse_time(begin), parse_time(end)
    for event in record.get("events") or ():
        if not isinstance(event, dict) or event.get("step") not in (number, number + 1):
            continue
        ended, took = parse_time(str(event.get("time") or "")), event.get("seconds")
        if ended is None or first is None or not isinstance(took, (int, float)) or took <= 0:
            continue
        started = ended - timedelta(seconds=took)
        slack = timedelta(seconds=2)  # both sides are whole seconds
        if started >= first - slack and (last is None or ended <= last + slack):
            yield started, ended
