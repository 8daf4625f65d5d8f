# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Cluster API's sets: a MachineSet keeps its count, a MachineDeployment moves machines to a new template by surge."""

from __future__ import annotations

from . import conditions, durations, machines, names
from .actions import Action, Patch, delete, ensure, update_status
from .conditions import FALSE, TRUE, Condition
from .context import Context
from .kinds import new
from .names import Obj, fingerprint
from .view import PoolView, owner_reference

_SET_NAME = "cluster.x-k8s.io/set-name"


def frozen(view: PoolView) -> bool:
    """Nothing moves while the CAPI Cluster is paused, as it is with its hosted cluster."""
    cluster = view.cluster.capi_cluster
    return cluster is None or bool(cluster["spec"].get("paused"))


def advance(view: PoolView, ctx: Context) -> list[Action]:
    if frozen(view):
        return []
    actions: list[Action] = []
    deployment = view.child("MachineDeployment", view.name)
    if deployment is not None and not gone(deployment):
        if not paused(deployment):
            actions += _roll(view, deployment)
        if actions:
            return actions  # the sets are looked at with their new counts
        actions += _deployment_status(view, ctx, deployment)
    for machine_set in view.owned("MachineSet"):
        if not gone(machine_set):
            actions += _keep_count(view, ctx, machine_set) if not paused(machine_set) else []
            actions += _set_status(view, ctx, machine_set)
    for machine in view.owned("Machine"):
        actions += machines.propagate(view, machine)
        actions += machines.advance(view, ctx, machine)
    return actions + _health_check_status(view)


def gone(obj: Obj) -> bool:
    return "deletionTimestamp" in obj["metadata"]


def paused(obj: Obj) -> bool:
    return names.CAPI_PAUSED in (obj["metadata"].get("annotations") or {})


def members(view: PoolView, machine_set: Obj) -> list[Obj]:
    name = machine_set["metadata"]["name"]
    return [machine for machine in view.owned("Machine") if machine["metadata"].get("labels", {}).get(_SET_NAME) == name]


def template_hash(deployment: Obj) -> str:
    """Of what a machine cannot change while it lives; timeouts are carried over to it instead."""
    spec = deployment["spec"]["template"]["spec"]
    return fingerprint(spec.get("version"), spec["bootstrap"], spec["infrastructureRef"]["name"])


def _roll(view: PoolView, deployment: Obj) -> list[Action]:
    digest = template_hash(deployment)
    name = f"{view.name}-{digest}"
    sets = {obj["metadata"]["name"]: obj for obj in view.owned("MachineSet") if not gone(obj)}
    if name not in sets:
        old = any(obj["spec"].get("replicas") for obj in sets.values())
        return _new_set(view, deployment, name, digest, 0 if old else int(deployment["spec"].get("replicas") or 0))
    newest = sets.pop(name)
    if (view.spec["management"].get("replace") or {}).get("strategy") == "OnDelete":
        return _on_delete(view, deployment, newest, list(sets.values()))
    return [*_surge(view, deployment, newest, list(sets.values())), *_tidy(view, list(sets.values()))]


def _new_set(view: PoolView, deployment: Obj, name: str, digest: str, count: int) -> list[Action]:
    template = deployment["spec"]["template"]
    labels = {**template["metadata"].get("labels", {}), "cluster.x-k8s.io/deployment-name": view.name}
    labels["machine-template-hash"] = digest
    spec = {
        "clusterName": deployment["spec"]["clusterName"],
        "replicas": count,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {**template["metadata"], "labels": labels}, "spec": template["spec"]},
    }
    obj = new("MachineSet", name, view.cpns, spec=spec)
    obj["metadata"] |= {
        "labels": labels,
        "annotations": dict(view.marks),
        "ownerReferences": [owner_reference(deployment, controller=True)],
    }
    return ensure(view.store, obj)


def _scale(view: PoolView, machine_set: Obj, count: int) -> list[Action]:
    if int(machine_set["spec"].get("replicas") or 0) == count:
        return []
    return [Patch("MachineSet", view.cpns, machine_set["metadata"]["name"], {"spec": {"replicas": count}})]


def _surge(view: PoolView, deployment: Obj, newest: Obj, old: list[Obj]) -> list[Action]:
    """Never more machines than wanted plus surge, deleting ones included; never fewer available than allowed."""
    wanted = int(deployment["spec"].get("replicas") or 0)
    rolling = (view.spec["management"].get("replace") or {}).get("rollingUpdate") or {}
    surge = durations.count(rolling.get("maxSurge"), 1, wanted, round_up=True)
    unavailable = durations.count(rolling.get("maxUnavailable"), 0, wanted, round_up=False)
    everything = view.owned("Machine")
    current = int(newest["spec"].get("replicas") or 0)
    planned = current - sum(1 for machine in members(view, newest) if not machines.deleting(machine))
    room = wanted + surge - len(everything) - max(0, planned)
    if not old:
        return _scale(view, newest, wanted)
    if current > wanted or room > 0:
        grown = min(wanted, current + max(0, room))
        if grown != current:
            return _scale(view, newest, grown)
    available = sum(1 for machine in everything if machines.ready(machine))
    return _shrink_old(view, old, available - (wanted - unavailable))


def _shrink_old(view: PoolView, old: list[Obj], spare: int) -> list[Action]:
    actions: list[Action] = []
    for machine_set in old:
        alive = [machine for machine in members(view, machine_set) if not machines.deleting(machine)]
        count = int(machine_set["spec"].get("replicas") or 0)
        # What is not available can go at once; of the rest only as many as can be spared.
        useless = sum(1 for machine in alive if not machines.ready(machine))
        pending = len(alive) - count
        removable = min(count, useless + max(0, spare) - max(0, pending))
        if removable > 0:
            actions += _scale(view, machine_set, count - removable)
            spare -= removable - useless
    return actions


def _on_delete(view: PoolView, deployment: Obj, newest: Obj, old: list[Obj]) -> list[Action]:
    """A machine of the old template stays until its user deletes it; its successor is of the new one."""
    actions: list[Action] = []
    kept = 0
    for machine_set in old:
        alive = sum(1 for machine in members(view, machine_set) if not machines.deleting(machine))
        kept += alive
        actions += _scale(view, machine_set, alive)
    wanted = int(deployment["spec"].get("replicas") or 0)
    return [*actions, *_scale(view, newest, max(0, wanted - kept)), *_tidy(view, old)]


def _tidy(view: PoolView, old: list[Obj]) -> list[Action]:
    actions: list[Action] = []
    for machine_set in old:
        if not machine_set["spec"].get("replicas") and not members(view, machine_set):
            actions += delete(view.store, "MachineSet", view.cpns, machine_set["metadata"]["name"])
    return actions


def _keep_count(view: PoolView, ctx: Context, machine_set: Obj) -> list[Action]:
    wanted = int(machine_set["spec"].get("replicas") or 0)
    alive = [machine for machine in members(view, machine_set) if not machines.deleting(machine)]
    actions: list[Action] = []
    for _ in range(wanted - len(alive)):
        actions += machines.build(view, machine_set, f"{machine_set['metadata']['name']}-{ctx.letters()}")
    for machine in sorted(alive, key=_deletion_order)[: max(0, len(alive) - wanted)]:
        actions += delete(view.store, "Machine", view.cpns, machine["metadata"]["name"])
    return actions


def _deletion_order(machine: Obj) -> tuple[bool, bool, str, str]:
    annotations = machine["metadata"].get("annotations") or {}
    asked = names.CAPI_DELETE_MACHINE in annotations
    return not asked, machines.ready(machine), str(machine["metadata"].get("creationTimestamp")), str(machine["metadata"]["name"])


def _counts(found: list[Obj]) -> Obj:
    available = sum(1 for machine in found if machines.ready(machine))
    return {"replicas": len(found), "readyReplicas": available, "availableReplicas": available}


def _selector(obj: Obj) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(obj["spec"]["selector"]["matchLabels"].items()))


def _availability(wanted: int, available: int) -> list[Condition]:
    if available >= wanted:
        return [Condition("Ready", TRUE, ""), Condition("Available", TRUE, "")]
    message = f"Minimum availability requires {wanted} replicas, current {available} available"
    waiting = Condition("Available", FALSE, "WaitingForAvailableMachines", message, "Warning")
    return [waiting.named("Ready"), waiting]


def _set_status(view: PoolView, ctx: Context, machine_set: Obj) -> list[Action]:
    counts = _counts(members(view, machine_set))
    known = machine_set.get("status") or {}
    wanted = int(machine_set["spec"].get("replicas") or 0)
    status = {
        **counts,
        "fullyLabeledReplicas": counts["replicas"],
        "observedGeneration": machine_set["metadata"].get("generation", 1),
        "selector": _selector(machine_set),
        "conditions": conditions.merge(known.get("conditions"), _availability(wanted, counts["availableReplicas"]), ctx.now, loose=True),
    }
    return update_status(machine_set, status)


def _deployment_status(view: PoolView, ctx: Context, deployment: Obj) -> list[Action]:
    newest = view.child("MachineSet", f"{view.name}-{template_hash(deployment)}")
    counts = _counts(view.owned("Machine"))
    wanted = int(deployment["spec"].get("replicas") or 0)
    rolling = (view.spec["management"].get("replace") or {}).get("rollingUpdate") or {}
    unavailable = durations.count(rolling.get("maxUnavailable"), 0, wanted, round_up=False)
    phase = "Running"
    if counts["availableReplicas"] < wanted:
        phase = "ScalingUp"
    elif counts["replicas"] > wanted:
        phase = "ScalingDown"
    known = deployment.get("status") or {}
    updates = _availability(max(0, wanted - unavailable), counts["availableReplicas"])
    status = {
        **counts,
        "updatedReplicas": len(members(view, newest)) if newest else 0,
        "unavailableReplicas": max(0, wanted - counts["availableReplicas"]),
        "observedGeneration": deployment["metadata"].get("generation", 1),
        "phase": phase,
        "selector": _selector(deployment),
        "conditions": conditions.merge(known.get("conditions"), updates, ctx.now, loose=True),
    }
    return update_status(deployment, status)


def complete(deployment: Obj) -> bool:
    status = deployment.get("status") or {}
    wanted = int(deployment["spec"].get("replicas") or 0)
    counts = [status.get(field) for field in ("updatedReplicas", "replicas", "availableReplicas")]
    return all(count == wanted for count in counts) and status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 1)


def _health_check_status(view: PoolView) -> list[Action]:
    check = view.child("MachineHealthCheck", view.name)
    if check is None or gone(check):
        return []
    found = view.owned("Machine")
    healthy = sum(1 for machine in found if machines.ready(machine))
    allowed = max(0, durations.count(check["spec"].get("maxUnhealthy"), 2, len(found), round_up=False) - (len(found) - healthy))
    moment = str(check["metadata"].get("creationTimestamp"))
    known = check.get("status") or {}
    status = {
        "expectedMachines": len(found),
        "currentHealthy": healthy,
        "remediationsAllowed": allowed,
        "observedGeneration": check["metadata"].get("generation", 1),
        "targets": sorted(machine["metadata"]["name"] for machine in found),
        "conditions": conditions.merge(
            known.get("conditions"),
            [Condition("RemediationAllowed", TRUE, "")],
            conditions.parse_time(moment),
            loose=True,
        ),
    }
    return update_status(check, status)
