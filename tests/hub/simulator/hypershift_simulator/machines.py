# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One Machine: from the infrastructure to a joined node, and back through the drain."""

from __future__ import annotations

import json
import uuid

from . import conditions, durations, names, timeline
from .actions import Action, Patch, delete, ensure, set_finalizers, update_status
from .conditions import FALSE, TRUE, Condition
from .context import Context
from .kinds import KINDS, new
from .names import Obj, spread
from .np_objects import infrastructure_kind, template_name
from .releases import Version
from .view import PoolView, owner_reference

_STUCK_POD = "shop/checkout-0"


def phase(machine: Obj) -> str:
    return str((machine.get("status") or {}).get("phase", "Pending"))


def deleting(machine: Obj) -> bool:
    return "deletionTimestamp" in machine["metadata"]


def ready(machine: Obj) -> bool:
    """Counts as available: a node that joined, is healthy and stays."""
    return phase(machine) == "Running" and not deleting(machine) and conditions.is_true(machine, "NodeHealthy")


def build(view: PoolView, machine_set: Obj, name: str) -> list[Action]:
    """A Machine from the template of its set."""
    template = machine_set["spec"]["template"]
    labels = {**template["metadata"].get("labels", {}), "cluster.x-k8s.io/set-name": machine_set["metadata"]["name"]}
    spec = {**template["spec"], "infrastructureRef": {**template["spec"]["infrastructureRef"]}}
    kind = infrastructure_kind(spec["infrastructureRef"]["kind"])
    if kind:
        known = KINDS[kind]
        spec["infrastructureRef"] |= {"apiVersion": known.api_version, "kind": kind, "name": name}
    machine = new("Machine", name, view.cpns, spec=spec)
    machine["metadata"] |= {
        "labels": {**labels, **_managed_labels(view)},
        "annotations": {**view.marks, names.NP_TAINTS: _taints(view), **_node_config(machine_set)},
        "finalizers": [names.MACHINE_FINALIZER],
        "ownerReferences": [owner_reference(machine_set, controller=True)],
    }
    return ensure(view.store, machine)


def _node_config(machine_set: Obj) -> Obj:
    target = (machine_set["metadata"].get("annotations") or {}).get(names.NP_TARGET_CONFIG_VERSION)
    return {names.NODE_CURRENT_CONFIG: target, names.NODE_DESIRED_CONFIG: target} if target else {}


def _managed_labels(view: PoolView) -> Obj:
    return {f"{names.MANAGED_LABEL_PREFIX}.{key}": value for key, value in (view.spec.get("nodeLabels") or {}).items()}


def _taints(view: PoolView) -> str:
    return json.dumps(view.spec.get("taints"))


def propagate(view: PoolView, machine: Obj) -> list[Action]:
    """Labels, taints and timeouts reach Machines that exist already, without a rollout."""
    if deleting(machine):
        return []
    wanted = {
        "metadata": {"labels": _managed_labels(view), "annotations": {names.NP_TAINTS: _taints(view)}},
        "spec": {field: view.spec.get(field) for field in ("nodeDrainTimeout", "nodeVolumeDetachTimeout")},
    }
    target = new("Machine", machine["metadata"]["name"], view.cpns)
    target["metadata"] |= wanted["metadata"]
    return ensure(view.store, {**target, "spec": wanted["spec"]})


def advance(view: PoolView, ctx: Context, machine: Obj) -> list[Action]:
    if deleting(machine):
        return _leave(view, ctx, machine)
    name = machine["metadata"]["name"]
    current = phase(machine)
    if current == "Pending":
        return [*_infrastructure(view, machine), *_report(view, ctx, machine, "Provisioning")]
    if current == "Provisioning":
        done = timeline.MACHINE_PROVISIONING + timeline.MACHINE_PROVISIONED
        if not ctx.passed(f"machines/provisioning/{name}", done):
            return _report(view, ctx, machine, current)
        actions = _infrastructure_ready(view, machine)
        return actions + _provider_id(view, machine) + _report(view, ctx, machine, "Provisioned")
    if current == "Provisioned":
        actions = _ignition_reached(view, machine)
        joined = ctx.passed(f"machines/join/{name}", timeline.NODE_JOIN)
        return actions + _report(view, ctx, machine, "Running" if joined else current)
    return _report(view, ctx, machine, current)


def _infrastructure(view: PoolView, machine: Obj) -> list[Action]:
    reference = machine["spec"]["infrastructureRef"]
    if reference["kind"] not in KINDS:
        return []
    template = view.child(f"{reference['kind']}Template", template_name(view))
    spec = dict(((template or {}).get("spec") or {}).get("template", {}).get("spec") or {})
    obj = new(reference["kind"], reference["name"], view.cpns, spec=spec)
    obj["metadata"] |= {
        "annotations": dict(view.marks),
        "labels": {names.CAPI_CLUSTER_NAME: view.cluster.infra_id},
        "ownerReferences": [owner_reference(machine, controller=True)],
    }
    return [] if view.child(reference["kind"], reference["name"]) else ensure(view.store, obj)


def _infrastructure_ready(view: PoolView, machine: Obj) -> list[Action]:
    reference = machine["spec"]["infrastructureRef"]
    live = view.child(reference["kind"], reference["name"]) if reference["kind"] in KINDS else None
    return update_status(live, {"ready": True}) if live else []


def provider_id(view: PoolView, name: str) -> str:
    scheme = {"AWS": "aws:///us-east-1a/i-", "KubeVirt": "kubevirt://", "Agent": "agent://"}.get(view.platform, "sim://")
    return scheme + (names.fnv32(name) if view.platform == "AWS" else name)


def _provider_id(view: PoolView, machine: Obj) -> list[Action]:
    if machine["spec"].get("providerID"):
        return []
    name = machine["metadata"]["name"]
    return [Patch("Machine", view.cpns, name, {"spec": {"providerID": provider_id(view, name)}})]


def _ignition_reached(view: PoolView, machine: Obj) -> list[Action]:
    """The first machine that fetches its configuration leaves a mark on the token."""
    user_data = machine["spec"]["bootstrap"].get("dataSecretName", "")
    token = view.child("Secret", user_data.replace("user-data-", "token-", 1))
    if token is None or names.IGNITION_REACHED in token["metadata"].get("annotations", {}):
        return []
    body = {"metadata": {"annotations": {names.IGNITION_REACHED: "True"}}}
    return [Patch("Secret", view.cpns, token["metadata"]["name"], body)]


def _report(view: PoolView, ctx: Context, machine: Obj, new_phase: str, *extra: Condition) -> list[Action]:
    known = machine.get("status") or {}
    name = machine["metadata"]["name"]
    provisioned = new_phase in ("Provisioned", "Running", "Deleting") and bool(known.get("addresses") or new_phase != "Deleting")
    status: Obj = {
        **known,
        "phase": new_phase,
        "bootstrapReady": True,
        "infrastructureReady": provisioned,
        "observedGeneration": machine["metadata"].get("generation", 1),
        "conditions": conditions.merge(
            known.get("conditions"), [*_machine_conditions(machine, new_phase, provisioned), *extra], ctx.now, loose=True
        ),
    }
    if known.get("phase") != new_phase:
        status["lastUpdated"] = ctx.stamp
    if provisioned:
        address = f"192.168.{spread(name, 250)}.{spread(name + '/host', 250) + 2}"
        status["addresses"] = [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}]
    if new_phase == "Running":
        status |= {"nodeRef": {"apiVersion": "v1", "kind": "Node", "name": name, "uid": _uid(name)}, "nodeInfo": node_info(view, machine)}
    return update_status(machine, status)


def _machine_conditions(machine: Obj, new_phase: str, provisioned: bool) -> list[Condition]:
    state = (machine["metadata"].get("annotations") or {}).get(names.NODE_STATE, "Done")
    bootstrap = Condition("BootstrapReady", TRUE, "")
    if not provisioned:
        waiting = Condition("InfrastructureReady", FALSE, "WaitingForInfrastructure", "", "Info")
        node = Condition("NodeHealthy", FALSE, "WaitingForNodeRef", "", "Info")
        return [waiting.named("Ready"), bootstrap, waiting, node]
    infrastructure = Condition("InfrastructureReady", TRUE, "")
    if new_phase == "Provisioned":
        node = Condition("NodeHealthy", FALSE, "NodeProvisioning", "", "Warning")
        return [Condition("Ready", TRUE, ""), bootstrap, infrastructure, node]
    if new_phase == "Deleting":
        return [Condition("Ready", FALSE, "Deleting", "", "Info"), bootstrap, infrastructure]
    if state == "Rebooting":
        node = Condition("NodeHealthy", FALSE, "NodeConditionsFailed", "Node condition Ready is False.", "Warning")
    else:
        node = Condition("NodeHealthy", TRUE, "")
    return [Condition("Ready", TRUE, ""), bootstrap, infrastructure, node]


def node_info(view: PoolView, machine: Obj) -> Obj:
    version = (machine["metadata"].get("annotations") or {}).get(names.RELEASE_VERSION) or machine["spec"].get("version", "4.14.0")
    name = machine["metadata"]["name"]
    kubelet = Version(version).kubelet
    return {
        "architecture": view.spec.get("arch", "amd64"),
        "bootID": _uid(name + "/boot"),
        "containerRuntimeVersion": f"cri-o://{kubelet[1:]}",
        "kernelVersion": "5.14.0-570.el9",
        "kubeProxyVersion": kubelet,
        "kubeletVersion": kubelet,
        "machineID": _uid(name + "/machine").replace("-", ""),
        "operatingSystem": "linux",
        "osImage": f"Red Hat Enterprise Linux CoreOS {version}",
        "systemUUID": _uid(name + "/system"),
    }


def _uid(text: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, text))


def _leave(view: PoolView, ctx: Context, machine: Obj) -> list[Action]:
    name = machine["metadata"]["name"]
    drained = _drained(view, ctx, machine)
    if drained is not None:
        return _report(view, ctx, machine, "Deleting", drained)
    actions = _report(view, ctx, machine, "Deleting", Condition("DrainingSucceeded", TRUE, ""))
    if not ctx.passed(f"machines/delete/{name}", timeline.INSTANCE_DELETE):
        return actions
    reference = machine["spec"]["infrastructureRef"]
    if reference["kind"] in KINDS and view.child(reference["kind"], reference["name"]):
        return actions + delete(view.store, reference["kind"], view.cpns, reference["name"])
    if "stuck-finalizer" in view.faults and first_deleting(view) == name:
        return actions
    return actions or set_finalizers(machine, remove=names.MACHINE_FINALIZER)


def first_deleting(view: PoolView) -> str:
    return min((str(machine["metadata"]["name"]) for machine in view.owned("Machine") if deleting(machine)), default="")


def _drained(view: PoolView, ctx: Context, machine: Obj) -> Condition | None:
    """The condition while the drain is under way; None once it is over, was skipped or ran out of time."""
    name = machine["metadata"]["name"]
    excluded = names.EXCLUDE_NODE_DRAINING in (machine["metadata"].get("annotations") or {})
    if excluded or not (machine.get("status") or {}).get("nodeRef"):
        return None
    limit = durations.seconds(view.spec.get("nodeDrainTimeout"))
    if limit and ctx.passed(f"machines/drain-timeout/{name}", limit):
        return None
    if "stuck-drain" in view.faults and first_deleting(view) == name:
        return stuck("DrainingSucceeded")
    if ctx.passed(f"machines/drain/{name}", timeline.DRAIN):
        return None
    return Condition("DrainingSucceeded", FALSE, "Draining", "Draining the node before deletion", "Info")


def stuck(type_: str) -> Condition:
    message = (
        f"Drain not completed yet: Pod {_STUCK_POD}: cannot evict pod as it would violate the pod's disruption budget. "
        "The disruption budget checkout needs 1 healthy pods and has 1 currently"
    )
    return Condition(type_, FALSE, "DrainingFailed", message, "Warning")
