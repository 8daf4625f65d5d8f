# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Faults that a test switches on and off by annotation."""

from __future__ import annotations

from dataclasses import dataclass

from .names import FAULT, SPEED, Obj


@dataclass(frozen=True)
class Faults:
    names: frozenset[str] = frozenset()
    missing_conditions: frozenset[str] = frozenset()
    stalled: frozenset[str] = frozenset()
    empty_conditions: frozenset[str] = frozenset()

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __or__(self, other: Faults) -> Faults:
        return Faults(
            self.names | other.names,
            self.missing_conditions | other.missing_conditions,
            self.stalled | other.stalled,
            self.empty_conditions | other.empty_conditions,
        )


def of(obj: Obj | None) -> Faults:
    text = _annotations(obj).get(FAULT, "")
    names, missing, stalled, empty = set(), set(), set(), set()
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _equals, value = entry.partition("=")
        if name == "missing-condition":
            missing.add(value)
        elif name == "empty-condition":
            empty.add(value)
        elif name == "stall":
            stalled.add(value)
        else:
            names.add(name)
    return Faults(frozenset(names), frozenset(missing), frozenset(stalled), frozenset(empty))


def speed_of(default: float, *objects: Obj | None) -> float:
    """The first speed that one of the objects asks for; a value that is no positive number is ignored."""
    for obj in objects:
        try:
            value = float(_annotations(obj).get(SPEED, ""))
        except ValueError:
            continue
        if value > 0:
            return value
    return default


def _annotations(obj: Obj | None) -> Obj:
    return (obj or {}).get("metadata", {}).get("annotations") or {}
