# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waves and batches: who is updated when, and who together.

A batch is what runs at the same time. Everything here depends on names, labels and sizes alone, so that the same fleet
gives the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._kernel.label_selectors import matcher
from .policy import REST, Amount, Policy, Wave, refused

CANARY = "-canary"


@dataclass(frozen=True)
class WaveMember:
    """A cluster that has something to do. nodes: how many roll, the measure of what a failure costs."""

    id: str
    hub: str
    namespace: str
    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    nodes: int = 0


@dataclass(frozen=True)
class PlannedWave:
    """A wave with its clusters, in order of execution."""

    wave: Wave
    clusters: tuple[WaveMember, ...]

    def as_dict(self) -> dict[str, Any]:
        wave = self.wave
        return {
            "name": wave.name,
            "after": list(wave.after),
            "soak_minutes": wave.soak_minutes,
            "max_failed": wave.max_failed,
            "clusters": [m.id for m in self.clusters],
        }


def ordered(waves: Sequence[Wave]) -> list[Wave]:
    """Waves so that each comes after those it names, else as written. Raises OptionError for a cycle, an unknown name,
    or one used twice."""
    names = [w.name for w in waves]
    taken = [*names, *(f"{w.name}{CANARY}" for w in waves if w.canaries != Amount()), REST]
    twice = next((n for n in taken if taken.count(n) > 1), None)
    if twice is not None:
        raise refused(
            "waves",
            f"the name {twice} is used twice",
            f"Use another one; {REST} and <wave>{CANARY} are made by the planner.",
        )
    for wave in waves:
        unknown = [a for a in wave.after if a not in names]
        if unknown:
            raise refused(
                "waves", f"wave {wave.name} is after {unknown[0]}, which is no wave", f"Waves are: {', '.join(names)}."
            )
    done: list[Wave] = []
    while len(done) < len(waves):
        have = {w.name for w in done}
        ready = next((w for w in waves if w.name not in have and set(w.after) <= have), None)
        if ready is None:
            circle = ", ".join(n for n in names if n not in have)
            raise refused("waves", f"these waves wait for each other: {circle}", "Break the circle in their after.")
        done.append(ready)
    return done


class WaveAssignment:
    """Tells the wave of a cluster: the first one, as written, that matches."""

    def __init__(self, policy: Policy) -> None:
        self._tests = [(w, matcher(w.label_selectors, "waves"), frozenset(w.clusters)) for w in policy.waves]
        self._rest = policy.unmatched == REST

    def wave_of(self, member: WaveMember) -> str:
        """Name of its wave; empty when it has none and must have one."""
        for wave, test, names in self._tests:
            listed = not names or bool(names & {member.id, f"{member.namespace}/{member.name}", member.name})
            if listed and (wave.label_selectors or names) and test(member.labels):
                return wave.name
            if not wave.label_selectors and not names:
                return wave.name
        return REST if self._rest or not self._tests else ""


def planned_waves(members: Iterable[WaveMember], policy: Policy) -> list[PlannedWave]:
    """Waves that have clusters, canaries as waves of their own. A wave that nobody is in is left out, and who waits for
    it waits for its predecessors instead."""
    assignment = WaveAssignment(policy)
    by_wave: dict[str, list[WaveMember]] = {}
    for member in sorted(members, key=lambda m: m.id):
        by_wave.setdefault(assignment.wave_of(member), []).append(member)
    waves = ordered(policy.waves)
    after_all = tuple(w.name for w in waves)
    open_waves: dict[str, tuple[str, ...]] = {}  # wave -> waves that must be over before what is after it begins
    found: list[PlannedWave] = []
    for wave in [*waves, Wave(REST, after=after_all)]:
        before = _unique(name for a in wave.after for name in open_waves[a])
        made = _with_canaries(wave, before, by_wave.get(wave.name, []))
        found += made
        open_waves[wave.name] = (made[-1].wave.name,) if made else before
    return found


def _with_canaries(wave: Wave, before: tuple[str, ...], members: list[WaveMember]) -> list[PlannedWave]:
    """Canaries are those with the fewest nodes: an update that breaks clusters then breaks the cheapest ones."""
    if not members:
        return []
    count = min(len(members), wave.canaries.of(len(members)))
    first = {m.id for m in sorted(members, key=lambda m: (m.nodes, m.id))[:count]}
    made, rest = [], [m for m in members if m.id not in first]
    if first:
        canary = Wave(f"{wave.name}{CANARY}", after=before, soak_minutes=wave.soak_minutes)
        made.append(PlannedWave(canary, tuple(m for m in members if m.id in first)))
        before = (canary.name,)
    if rest:
        whole = Wave(
            wave.name,
            wave.label_selectors,
            wave.clusters,
            before,
            batch=wave.batch,
            soak_minutes=wave.soak_minutes,
            max_failed=wave.max_failed,
        )
        made.append(PlannedWave(whole, tuple(rest)))
    return made


def batches(planned: PlannedWave, policy: Policy) -> list[list[WaveMember]]:
    """The first batch that has room takes a cluster: room by size, per hub, and without another one of the same
    exclusive value."""
    total = len(planned.clusters)
    bounds = [b for b in (planned.wave.batch.of(total), policy.max_parallel, total) if b]
    made: list[_Batch] = []
    for member in planned.clusters:
        group = member.labels.get(policy.exclusive_label, "") if policy.exclusive_label else ""
        batch = next((b for b in made if b.takes(member, group, min(bounds), policy.max_parallel_per_hub)), None)
        if batch is None:
            batch = _Batch()
            made.append(batch)
        batch.add(member, group)
    return [b.members for b in made]


class _Batch:
    def __init__(self) -> None:
        self.members: list[WaveMember] = []
        self._hubs: dict[str, int] = {}
        self._groups: set[str] = set()

    def takes(self, member: WaveMember, group: str, size: int, per_hub: int) -> bool:
        if len(self.members) >= size or group in self._groups:
            return False
        return not per_hub or self._hubs.get(member.hub, 0) < per_hub

    def add(self, member: WaveMember, group: str) -> None:
        self.members.append(member)
        self._hubs[member.hub] = self._hubs.get(member.hub, 0) + 1
        if group:
            self._groups.add(group)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
