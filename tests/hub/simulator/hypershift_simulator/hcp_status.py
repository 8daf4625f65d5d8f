# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The status of a HostedControlPlane, as the control plane operator computes it from what runs."""

from __future__ import annotations

import copy
import math

from . import clusterversion, conditions, endpoints, rollout, timeline
from .conditions import FALSE, TRUE, Condition, as_expected, is_true, unknown
from .context import Context
from .names import MANAGED_BY, Obj
from .view import ClusterView
from .workloads import state_of


def compute(view: ClusterView, ctx: Context, hcp: Obj) -> Obj:
    status: Obj = dict(hcp.get("status") or {})
    core = [_configuration(), _etcd(view, ctx, hcp), _api_server(view, ctx), _degraded(view, ctx)]
    core += [_infrastructure(view, ctx, hcp), as_expected("ExternalDNSReachable", "External DNS is not configured")]
    _endpoint(view, ctx, status, is_true_in(core, "InfrastructureReady"))
    _access(view, status, is_true_in(core, "KubeAPIServerAvailable"))
    available = _available(view, hcp, core, status)
    pause = ctx.pause(hcp["spec"].get("pausedUntil"))
    _control_plane_version(view, ctx, hcp, status)
    version, mirrored = clusterversion.compute(view, ctx, hcp)
    if version:
        status["versionStatus"] = version
    status["nodeCount"] = clusterversion.ready_nodes(view)
    status |= {"initialized": True, "ready": available.status == TRUE, "externalManagedControlPlane": True}
    updates = [*core, available, *mirrored, *_others(view, hcp), pause.condition("ReconciliationActive", "AsExpected")]
    generation = hcp["metadata"].get("generation", 1)
    status["conditions"] = conditions.merge(status.get("conditions"), updates, ctx.now, generation)
    return status


def is_true_in(found: list[Condition], type_: str) -> bool:
    return any(condition.type == type_ and condition.status == TRUE for condition in found)


def _configuration() -> Condition:
    return as_expected("ValidHostedControlPlaneConfiguration", "Configuration passes validation")


def _etcd(view: ClusterView, ctx: Context, hcp: Obj) -> Condition:
    type_ = "EtcdAvailable"
    if hcp["spec"]["etcd"]["managementType"] == "Unmanaged":
        return Condition(type_, TRUE, "EtcdRunning", "Etcd cluster is assumed to be running in unmanaged state")
    if "etcd-pending" in view.faults:
        message = "Etcd volume claim data-etcd-0 pending: no persistent volumes available for this claim and no storage class is set"
        return Condition(type_, FALSE, "EtcdWaitingForQuorum", message)
    states = {shard: state_of(view, shard, "StatefulSet", ctx.full) for shard in view.etcd_shards}
    if not all(state.exists for state in states.values()):
        return Condition(type_, FALSE, "StatefulSetNotFound", "Etcd StatefulSet not found")
    if not all(state.available and rollout.reported_version(view, shard) for shard, state in states.items()):
        return Condition(type_, FALSE, "EtcdWaitingForQuorum", "Waiting for etcd to reach quorum")
    return Condition(type_, TRUE, "QuorumAvailable")


def _api_server(view: ClusterView, ctx: Context) -> Condition:
    type_ = "KubeAPIServerAvailable"
    state = state_of(view, "kube-apiserver", "Deployment", ctx.full)
    if not state.exists:
        return Condition(type_, FALSE, "NotFound", "Kube APIServer deployment not found")
    if not state.available or not rollout.reported_version(view, "kube-apiserver"):
        return Condition(type_, FALSE, "WaitingForAvailable", "Waiting for Kube APIServer deployment to become available")
    return as_expected(type_, "Kube APIServer deployment is available")


def _degraded(view: ClusterView, ctx: Context) -> Condition:
    if "flapping-degraded" in view.faults:
        ctx.timers.wake_in(timeline.FLAP - math.fmod(ctx.timers.now, timeline.FLAP))
        if int(ctx.timers.now // timeline.FLAP) % 2 == 0:
            return Condition("Degraded", TRUE, "UnavailableReplicas", "kube-apiserver deployment has 1 unavailable replicas")
    messages = []
    for deployment in view.store.list("Deployment", view.cpns):
        count = (deployment.get("status") or {}).get("unavailableReplicas", 0)
        if count and (deployment["metadata"].get("labels") or {}).get(MANAGED_BY) == "control-plane-operator":
            messages.append(f"{deployment['metadata']['name']} deployment has {count} unavailable replicas")
    if messages:
        return Condition("Degraded", TRUE, "UnavailableReplicas", "[" + ", ".join(sorted(messages)) + "]")
    return as_expected("Degraded", status=FALSE)


def _infrastructure(view: ClusterView, ctx: Context, hcp: Obj) -> Condition:
    type_ = "InfrastructureReady"
    known = is_true(hcp, type_)
    exists = not ctx.full or view.child("Service", "kube-apiserver") is not None
    if known or (exists and endpoints.api_server(view, ctx.full) and ctx.passed("infrastructure", timeline.INFRASTRUCTURE)):
        return as_expected(type_)
    return Condition(type_, FALSE, "WaitingOnInfrastructureReady", "Cluster infrastructure is still provisioning")


def _endpoint(view: ClusterView, ctx: Context, status: Obj, ready: bool) -> None:
    endpoint = endpoints.api_server(view, ctx.full)
    if ready and endpoint:
        status["controlPlaneEndpoint"] = {"host": endpoint[0], "port": endpoint[1]}
        status["oauthCallbackURLTemplate"] = endpoints.oauth_callback(view, ctx.full)


def _access(view: ClusterView, status: Obj, serving: bool) -> None:
    if (serving or "kubeConfig" in status) and view.child("Secret", "admin-kubeconfig"):
        status["kubeConfig"] = {"name": "admin-kubeconfig", "key": "kubeconfig"}
    if view.child("Secret", "custom-admin-kubeconfig") and view.spec.get("kubeAPIServerDNSName"):
        status["customKubeconfig"] = {"name": "custom-admin-kubeconfig", "key": "kubeconfig"}
    else:
        status.pop("customKubeconfig", None)
    if view.oauth_configured:
        status.pop("kubeadminPassword", None)
    elif view.child("Secret", "kubeadmin-password"):
        status["kubeadminPassword"] = {"name": "kubeadmin-password"}


def _available(view: ClusterView, hcp: Obj, core: list[Condition], status: Obj) -> Condition:
    failing = {condition.type: condition for condition in core if condition.status != TRUE}
    if "InfrastructureReady" in failing:
        return failing["InfrastructureReady"].named("Available")
    if "kubeConfig" not in status:
        message = "Waiting for hosted control plane kubeconfig to be created"
        return Condition("Available", FALSE, "KubeconfigWaitingForCreate", message)
    for type_ in ("EtcdAvailable", "KubeAPIServerAvailable"):
        if type_ in failing:
            return failing[type_].named("Available")
    if "never-available" in view.faults:
        endpoint = status.get("controlPlaneEndpoint") or {}
        message = f"failed to reach the load balancer at https://{endpoint.get('host')}:{endpoint.get('port')}/healthz: i/o timeout"
        return Condition("Available", FALSE, "KASLoadBalancerNotReachable", message)
    waiting = [] if is_true(hcp, "Available") else _waiting(view)
    if waiting:
        message = f"Waiting for components to be available: {', '.join(sorted(waiting))}"
        return Condition("Available", FALSE, "ControlPlaneComponentsNotAvailable", message)
    return as_expected("Available")


def _waiting(view: ClusterView) -> list[str]:
    names = [component.name for component in rollout.components(view)]
    return [name for name in names if not is_true(view.child("ControlPlaneComponent", name), "Available")]


def _control_plane_version(view: ClusterView, ctx: Context, hcp: Obj, status: Obj) -> None:
    goal = rollout.target(view)
    if goal is None:
        return
    version = copy.deepcopy(status.get("controlPlaneVersion") or {"history": []})
    status["controlPlaneVersion"] = version
    history = version["history"]
    if not history or history[0]["image"] != goal.image:
        for entry in history:
            entry.setdefault("completionTime", ctx.stamp)
        history.insert(0, {"state": "Partial", "startedTime": ctx.stamp, "version": str(goal.version), "image": goal.image})
    done = all(rollout.reached(view, component.name, goal.version) for component in rollout.components(view))
    if done and history[0]["state"] != "Completed":
        history[0] |= {"state": "Completed", "completionTime": ctx.stamp}
    version["desired"] = {"image": goal.image, "version": str(goal.version)}
    version["observedGeneration"] = hcp["metadata"].get("generation", 1)
    del history[100:]


def _others(view: ClusterView, hcp: Obj) -> list[Condition]:
    result = [as_expected("ValidReleaseInfo"), as_expected("ValidIDPConfiguration", "Identity provider configuration is valid")]
    nodes = clusterversion.ready_nodes(view)
    for type_ in ("DataPlaneConnectionAvailable", "ControlPlaneConnectionAvailable"):
        waiting = Condition(type_, "Unknown", "NoWorkerNodesAvailable", "No worker nodes available")
        result.append(as_expected(type_) if nodes else waiting)
    if view.platform == "AWS":
        result += _aws(view)
    if view.platform == "KubeVirt":
        result.append(as_expected("ValidKubeVirtInfraNetworkMTU"))
        if nodes:
            result.append(as_expected("KubeVirtNodesLiveMigratable"))
    return result


def _aws(view: ClusterView) -> list[Condition]:
    if "invalid-credentials" in view.faults:
        problem = "WebIdentityErr: failed to retrieve credentials: AccessDenied: not authorized to perform sts:AssumeRoleWithWebIdentity"
        identity = Condition("ValidAWSIdentityProvider", FALSE, "InvalidIdentityProvider", problem)
    else:
        identity = as_expected("ValidAWSIdentityProvider")
    kms = unknown("ValidAWSKMSConfig", "AWS KMS is not configured")
    return [as_expected("ValidOIDCConfiguration"), identity, as_expected("AWSDefaultSecurityGroupCreated"), kms]
