# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the control plane operator does for its HostedControlPlane, once its own pod runs."""

from __future__ import annotations

from . import endpoints, hcp_status, rollout, secrets
from .actions import Action, ensure, set_finalizers, update_status
from .conditions import is_true
from .context import Context
from .kinds import new
from .names import ENDPOINT_SERVICE_FINALIZER, HC_FINALIZER, Obj
from .view import ClusterView


def deploy(view: ClusterView, ctx: Context) -> list[Action]:
    """What the HyperShift operator itself deploys into the control plane namespace."""
    goal = rollout.target(view)
    if goal is None:
        return []
    return rollout.advance(view, ctx, (part for part in rollout.components(view) if part.by_operator), goal)


def reconcile(view: ClusterView, ctx: Context) -> list[Action]:
    hcp = view.hcp
    goal = rollout.target(view)
    if hcp is None or goal is None or "deletionTimestamp" in hcp["metadata"]:
        return []
    if rollout.reported_version(view, "control-plane-operator") != str(goal.version):
        # Not deployed yet, or still the pod of the release before: it leaves a control plane that is not its own alone.
        return []
    actions = set_finalizers(hcp, add=HC_FINALIZER)
    if not ctx.pause(hcp["spec"].get("pausedUntil")).paused:
        actions += _update(view, ctx, goal)
    return actions + update_status(hcp, hcp_status.compute(view, ctx, hcp))


def _update(view: ClusterView, ctx: Context, goal: rollout.Target) -> list[Action]:
    actions = secrets.foundations(view, ctx)
    actions += secrets.certificates(view, ctx)
    actions += secrets.ignition_ca(view, ctx)
    if view.real_api_server:
        actions += secrets.real_api_server(view, ctx)
    if ctx.full:
        actions += endpoints.services(view)
    parts = (part for part in rollout.components(view) if not part.by_operator)
    actions += rollout.advance(view, ctx, parts, goal)
    if rollout.reported_version(view, "featuregate-generator"):
        actions += _feature_gate(view)
    if is_true(view.hcp, "InfrastructureReady") and is_true(view.hcp, "KubeAPIServerAvailable"):
        actions += secrets.access(view, ctx)
        actions += secrets.core_ignition(view)
    actions += _private_link(view)
    return actions


def _feature_gate(view: ClusterView) -> list[Action]:
    feature_set = ((view.spec.get("configuration") or {}).get("featureGate") or {}).get("featureSet", "")
    spec = f"spec:\n  featureSet: '{feature_set}'\n"
    document = f"apiVersion: config.openshift.io/v1\nkind: FeatureGate\nmetadata:\n  name: cluster\n{spec}"
    return ensure(view.store, secrets.config_map(view, "feature-gate", {"feature-gate.yaml": document}))


def _private_link(view: ClusterView) -> list[Action]:
    if (view.spec["platform"].get("aws") or {}).get("endpointAccess", "Public") == "Public":
        return []
    actions: list[Action] = []
    for name in ("kube-apiserver-private", "private-router"):
        actions += _endpoint_service(view, name)
    return actions


def _endpoint_service(view: ClusterView, name: str) -> list[Action]:
    live = view.child("AWSEndpointService", name)
    if live is None:
        service = new("AWSEndpointService", name, view.cpns, spec={"networkLoadBalancerName": f"{view.infra_id}-{name}"[:32]})
        service["metadata"]["finalizers"] = [ENDPOINT_SERVICE_FINALIZER]
        service["metadata"]["annotations"] = dict(view.marks)
        return ensure(view.store, service)
    if (live.get("status") or {}).get("endpointServiceName"):
        return []
    return update_status(live, _endpoint_status(view, name))


def _endpoint_status(view: ClusterView, name: str) -> Obj:
    moment = str(view.metadata.get("creationTimestamp"))
    conditions = [
        {"type": type_, "status": "True", "reason": "AWSSuccess", "message": "", "lastTransitionTime": moment}
        for type_ in ("AWSEndpointServiceAvailable", "AWSEndpointAvailable")
    ]
    return {"endpointServiceName": f"com.amazonaws.vpce.{view.infra_id}.{name}", "endpointID": f"vpce-{name}", "conditions": conditions}
