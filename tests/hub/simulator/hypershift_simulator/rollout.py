# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How components roll out: each after those it depends on, each with its own ControlPlaneComponent as the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import conditions, timeline, workloads
from .actions import Action, ensure, update_status
from .components import Component, of
from .conditions import FALSE, Condition, as_expected, is_true
from .context import Context
from .kinds import KINDS, new
from .names import Obj
from .releases import Version
from .view import ClusterView


@dataclass(frozen=True)
class Target:
    image: str
    version: Version


def target(view: ClusterView) -> Target | None:
    """The release that the management side of a control plane is to run."""
    if view.hcp is None:
        return None
    spec = view.hcp["spec"]
    image = spec.get("controlPlaneReleaseImage") or spec["releaseImage"]
    release = view.release(image)
    return Target(image, release.version) if release else None


def components(view: ClusterView) -> list[Component]:
    return of(view.hcp["spec"], view.etcd_shards) if view.hcp else []


def reached(view: ClusterView, name: str, version: Version) -> bool:
    """What others wait for: available, rolled out, and at the version."""
    found = view.child("ControlPlaneComponent", name)
    return (
        is_true(found, "Available") and is_true(found, "RolloutComplete") and (found or {}).get("status", {}).get("version") == str(version)
    )


def reported_version(view: ClusterView, name: str) -> str:
    found = view.child("ControlPlaneComponent", name)
    return str(((found or {}).get("status") or {}).get("version", ""))


def advance(view: ClusterView, ctx: Context, chosen: Iterable[Component], goal: Target) -> list[Action]:
    actions: list[Action] = []
    for component in chosen:
        if not ctx.full and reached(view, component.name, goal.version):
            continue  # there is no workload that somebody could have changed
        missing = [name for name in component.dependencies(view.etcd_shards) if not reached(view, name, goal.version)]
        actions += _step(view, ctx, component, goal, missing)
    return actions


def _step(view: ClusterView, ctx: Context, component: Component, goal: Target, missing: list[str]) -> list[Action]:
    if missing and not ctx.full:
        return []  # what waits is not told in the light profile: it would be most of what is written
    record = new("ControlPlaneComponent", component.name, view.cpns, spec={})
    record["metadata"]["annotations"] = dict(view.marks)
    actions = ensure(view.store, record)
    if missing:
        message = f"Waiting for Dependencies: {', '.join(missing)}"
        rollout = Condition("RolloutComplete", FALSE, "WaitingForDependencies", message)
        available = _available(view, component, workloads.state_of(view, component.name, component.kind, ctx.full))
        return actions + _report(view, ctx, component, available, rollout, "")
    changes = workloads.apply(view, component, goal.image) if ctx.full else []
    available, rollout = _judge(view, ctx, component, goal, bool(changes))
    if rollout.status == FALSE and not ctx.full and not reported_version(view, component.name):
        return actions
    version = str(goal.version) if rollout.status != FALSE else ""
    return actions + changes + _report(view, ctx, component, available, rollout, version)


def _judge(view: ClusterView, ctx: Context, component: Component, goal: Target, changing: bool) -> tuple[Condition, Condition]:
    state = workloads.state_of(view, component.name, component.kind, ctx.full)
    before = reported_version(view, component.name)
    at_goal = before == str(goal.version)
    seconds = timeline.rollout(component.name, upgrade=bool(before))
    lasted = at_goal or ctx.passed(f"rollout/{component.name}/{goal.version}", seconds)
    pending = component.name == "etcd" and "etcd-pending" in view.faults
    if not ctx.full:
        state = workloads.State(exists=True, available=lasted or bool(before), complete=lasted)
    if not (lasted or before) or pending:
        state = workloads.State(state.exists, False, False, state.unavailable)
    available = _available(view, component, state)
    if state.complete and lasted and not changing:
        return available, as_expected("RolloutComplete")
    message = f"Waiting for {component.kind.lower()} {component.name} rollout to finish"
    return available, Condition("RolloutComplete", FALSE, "WaitingForRolloutComplete", message)


def _available(view: ClusterView, component: Component, state: workloads.State) -> Condition:
    if not state.exists:
        known = KINDS[component.kind]
        return Condition("Available", FALSE, "NotFound", f'{known.plural}.{known.group} "{component.name}" not found')
    if not state.available:
        return Condition("Available", FALSE, "WaitingForAvailable", f"{component.name} {component.kind} is not available")
    return as_expected("Available", f"{component.name} {component.kind} is available")


def _report(view: ClusterView, ctx: Context, component: Component, available: Condition, rollout: Condition, version: str) -> list[Action]:
    live = view.child("ControlPlaneComponent", component.name)
    if live is None or live["metadata"].get("deletionTimestamp"):
        return []
    known = live.get("status") or {}
    status: Obj = {
        "conditions": conditions.merge(known.get("conditions"), [available, rollout], ctx.now),
        "resources": [{"group": KINDS[component.kind].group, "kind": component.kind, "name": component.name}],
    }
    if version or known.get("version"):
        status["version"] = version or known["version"]
    return update_status(live, status)
