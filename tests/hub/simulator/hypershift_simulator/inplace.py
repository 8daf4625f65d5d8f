# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Updates in place: nodes are drained, changed and rebooted under their Machines, at most so many at a time.

The nodes themselves live in the hosted cluster, which is not simulated. What the machine config daemon keeps in their
annotations is kept in annotations of the Machines, under names of the simulator.
"""

from __future__ import annotations

from . import durations, machines, names, timeline
from .actions import Action, Patch
from .context import Context
from .names import Obj
from .np_config import Config
from .releases import Release
from .view import PoolView

_DEGRADED = "failed to drain node: 1 error: the daemon cannot write /etc/containers/registries.conf: no space left on device"


def upgrade_marks(view: PoolView, config: Config) -> Obj:
    """What the node pool controller tells the upgrader through the MachineSet."""
    live = view.child("MachineSet", view.name)
    current = ((live or {}).get("metadata", {}).get("annotations") or {}).get(names.NP_CURRENT_CONFIG_VERSION)
    total = int(view.spec.get("replicas") or 0)
    limit = (view.spec["management"].get("inPlace") or {}).get("maxUnavailable")
    return {
        names.NP_TARGET_CONFIG_VERSION: config.versioned,
        names.NP_CURRENT_CONFIG_VERSION: current or config.versioned,
        names.NP_MAX_UNAVAILABLE: str(max(1, durations.count(limit, 1, total, round_up=False))),
    }


def settled(machine_set: Obj, config: Config) -> bool:
    return bool((machine_set["metadata"].get("annotations") or {}).get(names.NP_CURRENT_CONFIG_VERSION) == config.versioned)


def advance(view: PoolView, ctx: Context, release: Release) -> list[Action]:
    machine_set = view.child("MachineSet", view.name)
    if machine_set is None or "deletionTimestamp" in machine_set["metadata"]:
        return []
    marks = machine_set["metadata"].get("annotations") or {}
    target = marks.get(names.NP_TARGET_CONFIG_VERSION)
    if target is None or marks.get(names.NP_CURRENT_CONFIG_VERSION) == target:
        return []
    token = view.child("Secret", f"token-{view.name}-{target}")
    if token is None or "payload" not in (token.get("data") or {}):
        return []
    nodes = [machine for machine in view.owned("Machine") if not machines.deleting(machine) and machines.phase(machine) == "Running"]
    waiting = [machine for machine in nodes if _mark(machine, names.NODE_CURRENT_CONFIG) != target]
    if not waiting:
        return _finish(view, machine_set, target)
    if "inplace-degraded" in view.faults:
        message = f"Node {waiting[0]['metadata']['name']} in nodepool degraded: {_DEGRADED}"
        return _annotate(machine_set, {names.UPGRADE_DEGRADED: message, names.UPGRADE_IN_PROGRESS: None})
    message = (
        f"Nodepool update in progress. Target Config version: {target}. Total Nodes: {len(nodes)}. Upgraded: {len(nodes) - len(waiting)}"
    )
    actions = _annotate(machine_set, {names.UPGRADE_IN_PROGRESS: message, names.UPGRADE_DEGRADED: None})
    busy = [machine for machine in waiting if _mark(machine, names.NODE_DESIRED_CONFIG) == target]
    capacity = int(marks.get(names.NP_MAX_UNAVAILABLE, "1")) - len(busy)
    for machine in [machine for machine in waiting if machine not in busy][: max(0, capacity)]:
        actions += _annotate(machine, {names.NODE_DESIRED_CONFIG: target, names.NODE_STATE: "Working"})
    for machine in busy:
        actions += _work(view, ctx, machine, target, release, stuck=machine is busy[0])
    return actions


def _work(view: PoolView, ctx: Context, machine: Obj, target: str, release: Release, stuck: bool) -> list[Action]:
    name = machine["metadata"]["name"]
    if _mark(machine, names.NODE_STATE) == "Working":
        if stuck and "stuck-drain" in view.faults:
            return []
        drained = ctx.passed(f"machines/inplace-drain/{name}/{target}", timeline.DRAIN)
        return _annotate(machine, {names.NODE_STATE: "Rebooting"}) if drained else []
    if not ctx.passed(f"machines/inplace-update/{name}/{target}", timeline.NODE_UPDATE):
        return []
    done = {names.NODE_STATE: "Done", names.NODE_CURRENT_CONFIG: target, names.RELEASE_VERSION: str(release.version)}
    return _annotate(machine, done)


def _finish(view: PoolView, machine_set: Obj, target: str) -> list[Action]:
    done = {names.NP_CURRENT_CONFIG_VERSION: target, names.UPGRADE_IN_PROGRESS: None, names.UPGRADE_DEGRADED: None}
    return _annotate(machine_set, done)


def _mark(machine: Obj, name: str) -> str:
    return str((machine["metadata"].get("annotations") or {}).get(name, ""))


def _annotate(obj: Obj, wanted: Obj) -> list[Action]:
    present = obj["metadata"].get("annotations") or {}
    changes = {name: value for name, value in wanted.items() if present.get(name) != value}
    if not changes:
        return []
    metadata = obj["metadata"]
    return [Patch(obj["kind"], metadata["namespace"], metadata["name"], {"metadata": {"annotations": changes}})]
