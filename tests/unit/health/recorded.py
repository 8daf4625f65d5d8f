# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Condition sets of real-looking objects: a complete healthy base object and what differs from it in the state shown.

A fixture of ``fixtures/conditions`` lists ``objects``: each names its ``base`` (a file of ``fixtures/objects``) and gives
``metadata``, ``spec`` and ``status`` to merge (null removes a field), ``conditions`` that replace those of their type or are added,
and ``without``, the condition types to leave out ("all" for none left). ``machines`` lists the MachineDeployments and MachineSets that
were read, or says in a text why they were not; without it nobody looked. Conditions speak of generation ``seen``, by default the
object's own; one that says 0 speaks of none. Elsewhere ``state`` (and ``object``, its place) borrows an object from such a fixture.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.hypershift.core.plugins.module_utils._health.pool_machines import MachineOwners

HERE = Path(__file__).parent / "fixtures"


@dataclass(frozen=True)
class Recorded:
    """One state of a hosted cluster or node pool, with what the diagnosis must say about it."""

    name: str
    now: datetime
    objects: tuple[dict[str, Any], ...]
    expect: dict[str, Any]
    machines: MachineOwners | None = None

    def all_of(self, kind: str) -> list[dict[str, Any]]:
        return [obj for obj in self.objects if obj["kind"] == kind]

    def one_of(self, kind: str) -> dict[str, Any] | None:
        return next(iter(self.all_of(kind)), None)


def names() -> list[str]:
    return sorted(path.stem for path in (HERE / "conditions").glob("*.yml"))


@cache
def _base(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((HERE / "objects" / f"{name}.yml").read_text())
    return document


def _merge(target: dict[str, Any], change: dict[str, Any]) -> None:
    for key, value in change.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = copy.deepcopy(value)


def build(
    base: str,
    *,
    without: list[str] | str = "",
    conditions: list[dict[str, Any]] | None = None,
    seen: int | None = None,
    **change: Any,
) -> dict[str, Any]:
    """A complete object from a base and what differs."""
    obj = copy.deepcopy(_base(base))
    _merge(obj, change)
    generation = obj["metadata"]["generation"] if seen is None else seen
    ours = {c["type"]: dict(c) for c in conditions or []}
    kept = [] if without == "all" else [c for c in obj["status"].pop("conditions", []) if c["type"] not in without]
    obj["status"].pop("conditions", None)
    found = [*(ours.pop(c["type"], c) for c in kept), *ours.values()]
    found = [{**c, "observedGeneration": c.get("observedGeneration", generation)} for c in found]
    if found:
        obj["status"]["conditions"] = [{k: v for k, v in c.items() if k != "observedGeneration" or v} for c in found]
    return obj


@cache
def load(name: str) -> Recorded:
    document = yaml.safe_load((HERE / "conditions" / f"{name}.yml").read_text())
    objects = tuple(build(**entry) for entry in document["objects"])
    return Recorded(name, datetime.fromisoformat(document["now"]), objects, document["expect"], owners(document.get("machines")))


def owners(given: list[dict[str, Any]] | str | None) -> MachineOwners | None:
    """Machine owners of a fixture; None when nobody looked."""
    if given is None:
        return None
    if isinstance(given, str):
        return MachineOwners(unseen=given)
    return MachineOwners(*([o for o in given if o["kind"] == kind] for kind in ("MachineDeployment", "MachineSet")))


def resolve(entry: dict[str, Any] | None) -> dict[str, Any] | None:
    """The object that an entry of a table means: one of a recorded state, or a base with what differs."""
    if entry is None:
        return None
    if "state" in entry:
        place: int = entry.get("object", 0)
        return load(entry["state"]).objects[place]
    return build(**entry)
