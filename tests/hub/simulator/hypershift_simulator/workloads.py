# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The real Deployments, StatefulSet and Jobs of a control plane, and how far the real controllers have brought them."""

from __future__ import annotations

from dataclasses import dataclass

from . import api_server_workload, etcd_workload, names
from .actions import Action, delete, ensure
from .components import API_CRITICAL, Component
from .conditions import is_true
from .kinds import new
from .names import Obj
from .view import ClusterView


@dataclass(frozen=True)
class State:
    exists: bool = False
    available: bool = False
    complete: bool = False
    unavailable: int = 0


def state_of(view: ClusterView, name: str, kind: str, full: bool) -> State:
    if not full:
        component = view.child("ControlPlaneComponent", name)
        return State(component is not None, is_true(component, "Available"), is_true(component, "RolloutComplete"))
    live = view.child(kind, name)
    if live is None:
        return State()
    status = live.get("status") or {}
    if kind == "CronJob":
        return State(True, True, True)
    if kind == "Job":
        done = is_true(live, "Complete")
        return State(True, done, done)
    return _replicated(live, status)


def _replicated(live: Obj, status: Obj) -> State:
    wanted = live["spec"].get("replicas", 1)
    current = status.get("observedGeneration", 0) >= live["metadata"].get("generation", 1)
    counts = [status.get(field, 0) for field in ("replicas", "updatedReplicas", "readyReplicas")]
    complete = current and all(count == wanted for count in counts)
    if live["kind"] == "StatefulSet":
        quorum = wanted // 2 + 1
        return State(True, status.get("readyReplicas", 0) >= quorum, complete, wanted - status.get("readyReplicas", 0))
    return State(True, is_true(live, "Available"), complete, status.get("unavailableReplicas", 0))


def apply(view: ClusterView, component: Component, image: str) -> list[Action]:
    live = view.child(component.kind, component.name)
    if component.kind == "Job":
        return _job(view, component, image, live)
    desired = _build(view, component, image)
    desired["metadata"]["annotations"] = {names.RELEASE_IMAGE: image, **view.marks}
    if live is not None and component.kind == "StatefulSet":
        for immutable in ("volumeClaimTemplates", "serviceName", "selector", "podManagementPolicy"):
            del desired["spec"][immutable]
    actions = ensure(view.store, desired)
    if component.kind == "StatefulSet":
        budget = etcd_workload.disruption_budget(view, component.name)
        budget["metadata"]["annotations"] = dict(view.marks)
        actions += ensure(view.store, budget)
    return actions


def _build(view: ClusterView, component: Component, image: str) -> Obj:
    if component.kind == "StatefulSet":
        desired = etcd_workload.stateful_set(view, component, image, _template(view, component, image, []))
        desired["metadata"]["labels"] = _labels(view, component)
        return desired
    return _cron_job(view, component, image) if component.kind == "CronJob" else _deployment(view, component, image)


def _job(view: ClusterView, component: Component, image: str, live: Obj | None) -> list[Action]:
    if live is not None and (live["metadata"].get("annotations") or {}).get(names.RELEASE_IMAGE) != image:
        # The template of a Job cannot change: another release means another Job.
        return delete(view.store, "Job", view.cpns, component.name)
    if live is not None:
        return []
    template = _template(view, component, image, [{"name": component.name, "image": image}])
    template["spec"]["restartPolicy"] = "Never"
    job = new("Job", component.name, view.cpns, spec={"backoffLimit": 6, "template": template})
    job["metadata"]["annotations"] = {names.RELEASE_IMAGE: image, **view.marks}
    job["metadata"]["labels"] = _labels(view, component)
    return ensure(view.store, job)


def _cron_job(view: ClusterView, component: Component, image: str) -> Obj:
    template = _template(view, component, image, [{"name": component.name, "image": image}])
    template["spec"]["restartPolicy"] = "Never"
    # Suspended: its runs would only load the machine that the tests run on.
    spec = {"schedule": "*/15 * * * *", "suspend": True, "jobTemplate": {"spec": {"template": template}}}
    return new("CronJob", component.name, view.cpns, spec=spec)


def _deployment(view: ClusterView, component: Component, image: str) -> Obj:
    debugged = view.annotations.get(names.DEBUG_DEPLOYMENTS, "").split(",")
    spec: Obj = {
        "replicas": 0 if component.name in debugged else component.replicas(view.spec),
        "selector": {"matchLabels": {"app": component.name, names.COMPONENT: component.name}},
        "template": _template(view, component, image, [{"name": component.name, "image": image}]),
    }
    if component.name == "kube-apiserver" and view.real_api_server:
        api_server_workload.fill(view, spec["template"])
    desired = new("Deployment", component.name, view.cpns, spec=spec)
    desired["metadata"]["labels"] = _labels(view, component)
    if component.name in ("cluster-api", "capi-provider") and view.child("Deployment", component.name) is None:
        desired["metadata"]["finalizers"] = [names.COMPONENT_FINALIZER]
    return desired


def _labels(view: ClusterView, component: Component) -> Obj:
    labels = {"app": component.name, names.COMPONENT: component.name, names.HOSTED_CONTROL_PLANE: view.cpns}
    if not component.by_operator:
        labels[names.MANAGED_BY] = "control-plane-operator"
    return labels


def _template(view: ClusterView, component: Component, image: str, containers: list[Obj]) -> Obj:
    annotations = {names.RELEASE_IMAGE: image}
    if view.annotations.get(names.RESTART_DATE):
        annotations[names.RESTART_DATE] = view.annotations[names.RESTART_DATE]
    critical = component.name in API_CRITICAL
    priority = "hypershift-etcd" if component.kind == "StatefulSet" else f"hypershift-{'api-critical' if critical else 'control-plane'}"
    spec: Obj = {
        "automountServiceAccountToken": False,
        "priorityClassName": priority,
        "containers": containers,
        "terminationGracePeriodSeconds": 0,
    }
    if view.spec.get("nodeSelector"):
        spec["nodeSelector"] = dict(view.spec["nodeSelector"])
    labels = {"app": component.name, names.COMPONENT: component.name, names.HOSTED_CONTROL_PLANE: view.cpns}
    return {"metadata": {"labels": {**(view.spec.get("labels") or {}), **labels}, "annotations": annotations}, "spec": spec}
