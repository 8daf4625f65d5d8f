# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The conditions of a node pool in the operator's order, up to the check that stops it, and the rest of its status."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from . import conditions, inplace, machine_sets, machines, names, np_checks, np_config, np_objects
from .conditions import FALSE, TRUE, Condition, as_expected
from .context import Context
from .names import Obj, unb64
from .np_config import Config
from .pause import Pause
from .releases import Release, Version
from .view import PoolView

_PLATFORMS = frozenset({"AWS", "KubeVirt", "Agent"})


@dataclass
class Findings:
    """What the checks found; without a release or a config the pool stops where it is."""

    conditions: list[Condition] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    release: Release | None = None
    config: Config | None = None
    pause: Pause = field(default_factory=Pause)
    stopped: bool = True


def examine(view: PoolView, ctx: Context) -> Findings:
    found = Findings()
    management = np_checks.management(view)
    found.conditions += [np_checks.autoscaling(view), management]
    if management.status == FALSE:
        return found
    found.release, condition = np_checks.release(view)
    found.conditions.append(condition)
    if found.release is None:
        return found
    ignition = np_checks.ignition(view)
    if ignition is not None:
        found.conditions.append(ignition)
        return found
    found.dropped.add("IgnitionEndpointAvailable")
    architecture, stops = np_checks.architecture(view)
    found.conditions.append(architecture)
    if stops:
        return found
    found.pause = ctx.pause(view.spec.get("pausedUntil"))
    found.conditions.append(found.pause.condition("ReconciliationActive", "ReconciliationActive"))
    found.conditions.append(np_checks.skew(view, found.release.version))
    found.config = np_config.evaluate(view, str(found.release.version))
    found.conditions.append(_verdict("ValidMachineConfig", found.config.problem))
    if found.config.problem:
        return found
    found.stopped = False
    found.conditions += _updating(view, found.release, found.config)
    found.conditions += _tokens(view, found.config)
    if view.platform != "None":
        found.conditions += _machines(view)
    found.conditions.append(as_expected("ValidPlatformConfig"))
    if view.platform == "AWS":
        found.conditions.append(as_expected("AWSSecurityGroupAvailable", "NodePool has a default security group"))
    if view.platform in _PLATFORMS:
        found.conditions.append(as_expected("ValidPlatformImage", "Bootstrap image is found in the release"))
    found.conditions.append(_verdict("ValidTuningConfig", found.config.tuning_problem))
    if not found.pause.paused and view.platform != "None":
        found.conditions += _sets(view)
    return found


def _verdict(type_: str, problem: str) -> Condition:
    return Condition(type_, FALSE, "ValidationFailed", problem) if problem else as_expected(type_)


def _updating(view: PoolView, release: Release, config: Config) -> list[Condition]:
    plain = view.annotations.get(names.NP_CURRENT_CONFIG) != config.plain
    versioned = view.version != str(release.version)
    result = []
    for type_, active, message in (
        ("UpdatingConfig", plain, f"Updating config in progress. Target config: {config.plain}"),
        ("UpdatingVersion", versioned, f"Updating version in progress. Target version: {release.version}"),
    ):
        result.append(_in_place(view, type_, message) if active else as_expected(type_, status=FALSE))
    return result


def _in_place(view: PoolView, type_: str, message: str) -> Condition:
    marks = ((view.child("MachineSet", view.name) or {}).get("metadata") or {}).get("annotations") or {}
    if view.in_place and names.UPGRADE_DEGRADED in marks:
        return Condition(type_, FALSE, "InplaceUpgradeFailed", marks[names.UPGRADE_DEGRADED])
    if view.in_place and names.UPGRADE_IN_PROGRESS in marks:
        return as_expected(type_, marks[names.UPGRADE_IN_PROGRESS])
    return as_expected(type_, message)


def _tokens(view: PoolView, config: Config) -> list[Condition]:
    name = np_objects.token_names(view, config)[0]
    token = view.child("Secret", name)
    if token is None:
        missing = f'secrets "{name}" not found'
        return [Condition(type_, FALSE, "NotFound", missing) for type_ in ("ValidGeneratedPayload", "ReachedIgnitionEndpoint")]
    data = token.get("data") or {}
    if "reason" in data:
        payload = as_expected("ValidGeneratedPayload", unb64(data["message"]).decode())
    else:
        payload = Condition("ValidGeneratedPayload", "Unknown", "", "Unable to get status data from token secret")
    known = conditions.of(view.pool, "ReachedIgnitionEndpoint")
    if view.in_place and known is not None and known.status == TRUE:
        # A node that is updated in place does not fetch its first configuration again.
        return [payload, known]
    reached = names.IGNITION_REACHED in (token["metadata"].get("annotations") or {})
    ignition = as_expected("ReachedIgnitionEndpoint") if reached else Condition("ReachedIgnitionEndpoint", FALSE, "IgnitionNotReached")
    return [payload, ignition]


def _machines(view: PoolView) -> list[Condition]:
    found = view.owned("Machine")
    if not found:
        zero = view.spec.get("replicas") == 0
        reason, message = ("AsExpected", "NodePool set to no replicas") if zero else ("NotFound", "No Machines are created")
        return [Condition(type_, FALSE, reason, message) for type_ in ("AllMachinesReady", "AllNodesHealthy")]
    return [_all_machines(found), _all_nodes(found)]


def _all_machines(found: list[Obj]) -> Condition:
    lines, reasons = [], []
    for machine in found:
        state = conditions.of(machine, "Ready")
        if state is None or state.status == TRUE:
            continue
        draining = conditions.of(machine, "DrainingSucceeded")
        cause = draining if draining is not None and draining.status == FALSE else state
        reasons.append(cause.reason)
        detail = f": {cause.message}" if cause.message else ""
        lines.append(f"Machine {machine['metadata']['name']}: {cause.reason}{detail}\n")
    if not lines:
        return as_expected("AllMachinesReady", "All is well")
    message = f"{len(lines)} of {len(found)} machines are not ready\n" + "".join(lines)
    return Condition("AllMachinesReady", FALSE, ",".join(sorted(set(reasons))), message)


def _all_nodes(found: list[Obj]) -> Condition:
    unhealthy = [(machine, conditions.of(machine, "NodeHealthy")) for machine in found]
    lines = [(machine, state) for machine, state in unhealthy if state is not None and state.status != TRUE]
    if not lines:
        return as_expected("AllNodesHealthy", "All is well")
    message = "".join(f"Machine {machine['metadata']['name']}: {state.reason}\n" for machine, state in lines)
    return Condition("AllNodesHealthy", FALSE, lines[-1][1].reason, message)


def _sets(view: PoolView) -> list[Condition]:
    target = np_objects.template_name(view)
    known = view.annotations.get(names.NP_MACHINE_TEMPLATE)
    result = []
    if known not in (None, target) and not view.in_place:
        message = f"platform machine template update in progress. Target template: {target}"
        result.append(as_expected("UpdatingPlatformMachineTemplate", message))
    else:
        result.append(as_expected("UpdatingPlatformMachineTemplate", status=FALSE))
    result.append(_autorepair(view))
    kind = "MachineSet" if view.in_place else "MachineDeployment"
    ready = conditions.of(view.child(kind, view.name), "Ready")
    if ready is not None:
        result.append(Condition("Ready", ready.status, ready.reason or "AsExpected", ready.message))
    return result


def _autorepair(view: PoolView) -> Condition:
    wanted = bool(view.spec["management"].get("autoRepair"))
    reached = conditions.is_true(view.pool, "ReachedIgnitionEndpoint")
    return as_expected("AutorepairEnabled", status=TRUE if wanted and reached else FALSE)


def compute(view: PoolView, ctx: Context, found: Findings) -> Obj:
    status: Obj = dict(view.status)
    dropped = found.dropped | view.faults.missing_conditions
    told = [_emptied(condition) if condition.type in view.faults.empty_conditions else condition for condition in found.conditions]
    status["conditions"] = conditions.merge(status.get("conditions"), told, ctx.now, view.generation, drop=dropped, loose=True)
    if found.stopped or found.release is None or found.config is None:
        return status
    if view.platform == "None":
        status["version"] = str(found.release.version)
        return status
    if found.pause.paused:
        return status
    _settle(view, status, found.release, found.config)
    _nodes(status, view.owned("Machine"))
    return status


def _emptied(condition: Condition) -> Condition:
    """As the operator writes ValidGeneratedPayload where the payload's maker has told a reason and no status."""
    return Condition(condition.type, "", "InvalidConfig", "error parsing MachineConfig: unknown field")


def settled(view: PoolView, release: Release, config: Config) -> bool:
    """True when the machines are what the pool asks for."""
    if view.in_place:
        machine_set = view.child("MachineSet", view.name)
        return machine_set is not None and inplace.settled(machine_set, config)
    deployment = view.child("MachineDeployment", view.name)
    if deployment is None:
        return False
    template = deployment["spec"]["template"]["spec"]
    expected = (np_objects.token_names(view, config)[1], np_objects.template_name(view), str(release.version))
    current = (template["bootstrap"].get("dataSecretName"), template["infrastructureRef"]["name"], template.get("version"))
    return expected == current and machine_sets.complete(deployment)


def _settle(view: PoolView, status: Obj, release: Release, config: Config) -> None:
    kind = "MachineSet" if view.in_place else "MachineDeployment"
    machines_set = view.child(kind, view.name)
    if machines_set is None:
        return
    status["replicas"] = int((machines_set.get("status") or {}).get("availableReplicas", 0))
    if settled(view, release, config):
        status["version"] = str(release.version)


def _nodes(status: Obj, found: Iterable[Obj]) -> None:
    counts: dict[tuple[str, str], list[int]] = {}
    for machine in found:
        info = (machine.get("status") or {}).get("nodeInfo")
        if not info:
            continue
        version = (machine["metadata"].get("annotations") or {}).get(names.RELEASE_VERSION) or machine["spec"]["version"]
        entry = counts.setdefault((version, info["kubeletVersion"]), [0, 0])
        entry[0 if machines.ready(machine) else 1] += 1
    status.pop("nodesInfo", None)
    if counts:
        versions = sorted(counts.items(), key=lambda item: Version(item[0][0]))
        status["nodesInfo"] = {
            "nodeVersions": [
                {"ocpVersion": ocp, "kubeletVersion": kubelet, "readyNodeCount": ready, "unreadyNodeCount": unready}
                for (ocp, kubelet), (ready, unready) in versions
            ]
        }
