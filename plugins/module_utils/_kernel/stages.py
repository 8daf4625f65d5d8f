# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes in stages: what must be so between them is waited for, and each stage is planned from what is there by
then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from .changes import ChangeSet, Step, Verb
from .facts import Fact, FactGoal
from .objects import Object
from .operation import Applied, Plan, Progress, apply_planned
from .ports.hub import Hub


@dataclass(frozen=True)
class Stage:
    """changes: planned anew whenever it is asked, empty when there is nothing to do. fact: what must be so before the
    next stage."""

    changes: Callable[[], ChangeSet]
    fact: Callable[[], Fact | None]


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
        plan.goal = lambda _answer: _Stages(goal, stages, plan, timeout)
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


class _Stages:
    """Waits for the first stage, writes the next one, waits for that, to the last; the timeout is for all of them
    together."""

    def __init__(self, goal: str, stages: Sequence[Stage], plan: Plan, timeout: float) -> None:
        self.goal = goal
        self._stages = stages
        self._plan = plan
        self._timeout = timeout

    def wait(self, hub: Hub, progress: Progress) -> list[Object]:
        """A row per fact that was waited for: {object, outcome}."""
        rows: list[Object] = []
        end = hub.monotonic() + self._timeout
        for number, stage in enumerate(self._stages):
            if number:
                self._write(hub, stage)
            fact = stage.fact()
            if fact is not None:
                rows += FactGoal(self.goal, fact, max(0.0, end - hub.monotonic())).wait(hub, progress)
        return rows

    def _write(self, hub: Hub, stage: Stage) -> None:
        """What was written before it failed is in the plan all the same."""
        applied = Applied()
        try:
            apply_planned(hub, stage.changes, applied)
        finally:
            self._plan.late += applied.steps
