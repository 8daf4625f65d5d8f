# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes in stages: what must be so between them is waited for, and each stage is planned from what is there by
then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from .changes import ChangeSet, Step, Verb
from .facts import Fact, FactGoal
from .objects import Object
from .operation import Applied, Plan, Progress, apply_planned
from .ports.hub import Hub


class AnyStage(Protocol):
    def changes(self) -> ChangeSet:
        """Its writes, planned anew whenever it is asked; empty when there is nothing to do."""

    def wait(self, goal: str, hub: Hub, progress: Progress, seconds: float) -> list[Object]:
        """Until the next stage may be written; a row per thing that was waited for. Raises WaitError."""


@dataclass(frozen=True)
class Stage:
    """planned: its changes. fact: what must be so before the next stage."""

    planned: Callable[[], ChangeSet]
    fact: Callable[[], Fact | None]

    def changes(self) -> ChangeSet:
        return self.planned()

    def wait(self, goal: str, hub: Hub, progress: Progress, seconds: float) -> list[Object]:
        """A row per fact: {object, outcome}."""
        fact = self.fact()
        return FactGoal(goal, fact, seconds).wait(hub, progress) if fact is not None else []


def staged(hub: Hub, stages: Sequence[Stage], goal: str, check_mode: bool, wait: bool, timeout: float) -> Plan:
    """A plan of all stages: in check mode with every write of theirs, else with those of the first; the rest follows
    while waiting.

    Without waiting it is the first stage that has something to write, and a note says that there is more.
    """
    plan = Plan()
    for number, stage in enumerate(stages):
        own = stage.changes()
        steps = _after(plan.changes.steps, own.steps)
        plan.changes.refusals += own.refusals
        plan.changes.notes += [n for n in own.notes if n not in plan.changes.notes]
        if check_mode or number == 0 or (not wait and not plan.changes.steps):
            plan.changes.steps += steps
        elif steps and not wait:
            plan.changes.notes.append(f"{steps[0].ref}: left for a later run, since this one does not wait")
            break
    if wait:
        plan.goal = lambda _answer: Stages(goal, stages, plan, timeout)
    return plan


def _after(earlier: Sequence[Step], steps: Sequence[Step]) -> list[Step]:
    """Steps of a stage as they will be once the earlier ones are written, since all are planned from what is there
    before any."""
    found: list[Step] = []
    for step in steps:
        last = next((s for s in reversed(earlier) if s.ref == step.ref), None)
        if last is None or Verb.DELETE in (last.verb, step.verb):
            found.append(step)
        elif step.verb is Verb.PATCH:
            later = replace(step, before=last.after)
            found += [later] if later.after != later.before else []
    return found


class Stages:
    """Waits for the first stage, writes the next one, waits for that, to the last; the timeout is for all of them
    together.

    plan: gets what is written. whole: rows of a stage tell of those before it too.
    """

    def __init__(
        self, goal: str, stages: Sequence[AnyStage], plan: Plan, timeout: float, *, whole: bool = False
    ) -> None:
        self.goal = goal
        self._stages = stages
        self._plan = plan
        self._timeout = timeout
        self._whole = whole

    def wait(self, hub: Hub, progress: Progress) -> list[Object]:
        """The rows of the stages. Raises WaitError."""
        rows: list[Object] = []
        end = hub.monotonic() + self._timeout
        for number, stage in enumerate(self._stages):
            if number:
                self._write(hub, stage)
            found = stage.wait(self.goal, hub, progress, max(0.0, end - hub.monotonic()))
            rows = found if self._whole else rows + found
        return rows

    def _write(self, hub: Hub, stage: AnyStage) -> None:
        """What was written before it failed is in the plan all the same."""
        applied = Applied()
        try:
            apply_planned(hub, stage.changes, applied)
        finally:
            self._plan.late += applied.steps
