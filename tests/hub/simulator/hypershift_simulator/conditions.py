# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Conditions: stable transition times, in the order in which they were first set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from .names import Obj

TRUE, FALSE, UNKNOWN = "True", "False", "Unknown"
AS_EXPECTED = "AsExpected"


@dataclass(frozen=True)
class Condition:
    type: str
    status: str
    reason: str = AS_EXPECTED
    message: str = ""
    severity: str = ""

    def named(self, type_: str) -> Condition:
        return replace(self, type=type_)


def as_expected(type_: str, message: str = "", status: str = TRUE) -> Condition:
    return Condition(type_, status, AS_EXPECTED, message)


def unknown(type_: str, message: str) -> Condition:
    return Condition(type_, UNKNOWN, "StatusUnknown", message)


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def find(conditions: Iterable[Obj] | None, type_: str) -> Obj | None:
    return next((condition for condition in conditions or [] if condition["type"] == type_), None)


def of(obj: Obj | None, type_: str) -> Condition | None:
    """One condition of an object's status."""
    entry = find((obj or {}).get("status", {}).get("conditions"), type_)
    if entry is None:
        return None
    return Condition(type_, entry["status"], entry.get("reason", ""), entry.get("message", ""), entry.get("severity", ""))


def is_true(obj: Obj | None, type_: str) -> bool:
    found = of(obj, type_)
    return found is not None and found.status == TRUE


def merge(
    existing: Iterable[Obj] | None,
    updates: Iterable[Condition],
    now: datetime,
    generation: int | None = None,
    *,
    drop: Iterable[str] = (),
    loose: bool = False,
) -> list[Obj]:
    """Set conditions as meta.SetStatusCondition does; `loose` leaves empty fields out, as Cluster API and NodePools do."""
    dropped = set(drop)
    result = [dict(entry) for entry in existing or [] if entry["type"] not in dropped]
    index = {entry["type"]: entry for entry in result}
    for update in updates:
        if update.type in dropped:
            continue
        entry = index.get(update.type)
        if entry is None:
            entry = {"type": update.type}
            index[update.type] = entry
            result.append(entry)
        if entry.get("status") != update.status:
            entry["lastTransitionTime"] = timestamp(now)
        _fill(entry, update, generation, loose)
    return result


def _fill(entry: Obj, update: Condition, generation: int | None, loose: bool) -> None:
    entry["status"] = update.status
    for field, value in (("reason", update.reason), ("message", update.message), ("severity", update.severity)):
        if value or (field != "severity" and not loose):
            entry[field] = value
        else:
            entry.pop(field, None)
    if generation is not None:
        entry["observedGeneration"] = generation
