# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One shape for every operation: plan, guard, stop in check mode, apply, wait, result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from .changes import ChangeSet, Step, Verb
from .errors import ApiError, ConflictError, Failure, HypershiftError, RefusedError
from .kinds import Kind
from .ports.hub import Hub
from .redaction import redacted
from .rehearsal import explained, rehearse

MAX_PLANS = 6
Progress = Callable[[str], None]  # takes a line for the screen
Act = Callable[[list[dict[str, Any]], Progress], None]


class Waiting(Protocol):
    """What is waited for after the writes: a WaitRequest, or several of them with writes in between (``Plan.late``)."""

    @property
    def goal(self) -> str:
        """Name of the goal."""

    def wait(self, hub: Hub, progress: Progress) -> list[dict[str, Any]]:
        """Rows per hosted cluster, as WaitRequest gives them. Raises WaitError."""


@dataclass
class Plan:
    """What planning found out.

    subject: the object returned as ``resource`` (kind, namespace, name), live: as it stands. goal: built after
    applying, since it may depend on what was written. extra: further return values. finish: a second ChangeSet, planned
    once the goal is reached, and again after a conflict. outcome: return values read from the subject as it stands at
    the end.
    foreseen: plan entries of what is not one of our writes: what follows from them, or what ``act`` will do. act: does
    work that is no plain write to the API (commands in pods, files), after the changes; appends an entry for each thing
    it did, and may add to ``extra``.
    """

    changes: ChangeSet = field(default_factory=ChangeSet)
    subject: tuple[Kind, str | None, str] | None = None
    live: dict[str, Any] | None = None
    goal: Callable[[dict[str, Any] | None], Waiting | None] | None = None
    finish: Callable[[], ChangeSet] | None = None
    outcome: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    foreseen: list[dict[str, Any]] = field(default_factory=list)
    act: Act | None = None
    late: list[Step] = field(default_factory=list)  # writes made while waiting, when the user asked for them
    extra: dict[str, Any] = field(default_factory=dict)
    unchanged: bool = False  # a read: never reports a change
    rehearsed: bool = False  # the API server judges it before the first of several writes, not in check mode alone


class Operation(Protocol):
    def plan(self) -> Plan:
        """Read what is there and say what to write. Called again after a conflict."""


@dataclass
class Applied:
    """Steps that were written, in order, and the server's answer to the last write of each object."""

    steps: list[Step] = field(default_factory=list)
    answers: dict[tuple[Kind, str | None, str], dict[str, Any]] = field(default_factory=dict)
    rollout: list[dict[str, Any]] = field(default_factory=list)
    unsure: list[Step] = field(default_factory=list)  # sent, but the answer was lost
    acts: list[dict[str, Any]] = field(default_factory=list)

    def settle(self) -> None:
        """A write of unknown outcome that a later plan did not have to repeat has happened."""
        written = {(s.verb, s.ref) for s in self.steps}
        self.steps += [s for s in self.unsure if (s.verb, s.ref) not in written]
        self.unsure = []


def run(operation: Operation, hub: Hub, check_mode: bool, progress: Progress) -> dict[str, Any]:
    """Result of the operation as plain data. Raises HypershiftError; what was written until then is in
    ``extra['plan']``."""
    done, plan = Applied(), Plan()
    try:
        plan = _plan_and_apply(operation, hub, check_mode, done)
        if plan.act and not check_mode:
            plan.act(done.acts, progress)
        result = _result(plan, done, check_mode)
        if check_mode:
            return result | _outcome(plan, plan.live)
        answer = done.answers.get(plan.subject) if plan.subject and plan.subject in done.answers else plan.live
        request = plan.goal(answer) if plan.goal else None
        if request:
            result["wait"] = {"goal": request.goal, "clusters": request.wait(hub, progress)}
            if plan.changes.notes:  # what waiting has found out
                result["notes"] = list(plan.changes.notes)
        written_late, plan.late = plan.late, []
        done.steps += written_late
        if plan.finish:
            apply_planned(hub, plan.finish, done)
        result |= _written(done)
        if request and plan.subject and (result.get("resource") or written_late):
            answer = hub.get(*plan.subject)
            result["resource"] = redacted(answer or {})
        return result | _outcome(plan, answer)
    except HypershiftError as error:
        done.steps += plan.late
        for key, value in _written(done).items():
            error.extra.setdefault(key, value)
        raise


def _plan_and_apply(operation: Operation, hub: Hub, check_mode: bool, done: Applied) -> Plan:
    """Plan and write, planning again whenever the world changed in between."""
    for attempt in range(MAX_PLANS):
        plan = operation.plan()
        if not plan.changes.refusals:
            rehearse(hub, plan.changes, check_mode, write, plan.rehearsed)
        if plan.changes.refusals:
            raise RefusedError(plan.changes.refusals, plan_would_be=plan.changes.plan())
        if check_mode:
            return plan
        done.rollout = done.rollout or [e.as_dict() for e in plan.changes.rollout]
        try:
            _apply(hub, plan.changes, done)
        except ConflictError:
            if attempt == MAX_PLANS - 1:
                raise
            continue
        done.settle()
        return plan
    raise HypershiftError(Failure("internal", "planning did not come to an end"))


def apply_planned(hub: Hub, plan: Callable[[], ChangeSet], done: Applied) -> None:
    """Write a further ChangeSet, planning it again after a conflict. Raises RefusedError when it may not be written any
    more."""
    for attempt in range(MAX_PLANS):
        changes = plan()
        if changes.refusals:
            raise RefusedError(changes.refusals)
        try:
            _apply(hub, changes, done)
        except ConflictError:
            if attempt == MAX_PLANS - 1:
                raise
            continue
        done.settle()
        return


def _apply(hub: Hub, changes: ChangeSet, done: Applied) -> None:
    # of objects that an earlier step has written: the state that the next one is guarded by
    versions: dict[str, str] = {}
    for step in changes.steps:
        try:
            answer = write(hub, step, versions.get(step.ref, ""))
        except ConflictError as error:
            if error.failure.code == "unknown_outcome":
                done.unsure = [*(s for s in done.unsure if s.ref != step.ref), step]
            raise
        except ApiError as error:
            raise explained(hub, step.kind, error) from None
        done.steps.append(step)
        if answer is not None:
            done.answers[(step.kind, step.namespace, step.name)] = answer
            versions[step.ref] = str((answer.get("metadata") or {}).get("resourceVersion") or "")


def write(hub: Hub, step: Step, version: str = "") -> dict[str, Any] | None:
    """Send one step; None when the object is on its way out. version: resourceVersion that an earlier step of ours has
    led to."""
    meta = (step.before or {}).get("metadata", {})
    if step.verb is Verb.CREATE:
        return hub.create(step.kind, step.body)
    if step.verb is Verb.PATCH:
        guard = (version or meta.get("resourceVersion", "")) if step.guard else ""
        return hub.patch(step.kind, step.namespace, step.name, step.body, guard)
    hub.delete(step.kind, step.namespace, step.name, meta.get("uid", ""))
    return None


def _outcome(plan: Plan, live: dict[str, Any] | None) -> dict[str, Any]:
    return plan.outcome(live or {}) if plan.outcome else {}


def _written(done: Applied) -> dict[str, Any]:
    changes = ChangeSet(steps=done.steps)
    written = {"changed": True, "plan": changes.plan() + done.acts, "diff": changes.diff()}
    return written if done.steps or done.acts else {}


def _result(plan: Plan, done: Applied, check_mode: bool) -> dict[str, Any]:
    changes = plan.changes if check_mode else ChangeSet(steps=done.steps)
    result: dict[str, Any] = dict(plan.extra)
    if plan.unchanged:
        result.setdefault("changed", False)
        if plan.changes.notes:
            result["notes"] = list(plan.changes.notes)
        return result
    others = plan.foreseen if check_mode else done.acts
    result["changed"] = bool(changes.steps or others)
    result["plan"] = changes.plan() + others
    result["diff"] = changes.diff()
    result["rollout"] = [e.as_dict() for e in plan.changes.rollout] if check_mode else done.rollout
    if plan.subject:
        kind, namespace, name = plan.subject
        if check_mode:
            result["resource"] = redacted(plan.changes.predicted(kind, name, plan.live) or {})
        else:
            result["resource"] = redacted(done.answers.get((kind, namespace, name), plan.live) or {})
    if plan.changes.notes:
        result["notes"] = list(plan.changes.notes)
    return result
