# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a hosted cluster goes: one step after the other, each waiting until what it deleted is gone."""

from __future__ import annotations

import copy
from collections.abc import Callable

from . import capi_cluster, conditions, durations, references, timeline
from .actions import Action, Patch, Status, delete, set_finalizers
from .conditions import FALSE, TRUE, Condition
from .context import Context
from .kinds import key
from .names import (
    CLEANUP_CLOUD_RESOURCES,
    COMPONENT_FINALIZER,
    DESTROY_GRACE_PERIOD,
    ENDPOINT_SERVICE_FINALIZER,
    HC_FINALIZER,
    OIDC_FINALIZER,
    SKIP_NAMESPACE_DELETION,
    STUCK_FINALIZER,
    Obj,
)
from .view import ClusterView

# A step says what to do now and whether the next one may begin.
Step = Callable[[ClusterView, Context], tuple[list[Action], bool]]


def reconcile(view: ClusterView, ctx: Context) -> list[Action]:
    if HC_FINALIZER not in view.metadata.get("finalizers", []):
        return []
    actions: list[Action] = []
    steps: list[Step] = [
        _prepare,
        _node_pools,
        capi_cluster.tear_down,
        _components,
        _endpoint_services,
        _hosted_control_plane,
        _oidc,
        _namespace,
        _references,
        _grace_period,
    ]
    for step in steps:
        done_now, finished = step(view, ctx)
        actions += done_now
        if not finished:
            return actions
    return actions + set_finalizers(view.hc, remove=HC_FINALIZER)


def _prepare(view: ClusterView, _ctx: Context) -> tuple[list[Action], bool]:
    actions = capi_cluster.pause(view, False)
    wanted = view.annotations.get(CLEANUP_CLOUD_RESOURCES)
    hcp = view.hcp
    if hcp and wanted and (hcp["metadata"].get("annotations") or {}).get(CLEANUP_CLOUD_RESOURCES) != wanted:
        body = {"metadata": {"annotations": {CLEANUP_CLOUD_RESOURCES: wanted}}}
        actions.append(Patch("HostedControlPlane", view.cpns, view.name, body))
    return actions, True


def _node_pools(view: ClusterView, ctx: Context) -> tuple[list[Action], bool]:
    pools = view.node_pools()
    if not pools:
        return [], True
    if not ctx.passed("delete-nodepools", 0):
        return [], False
    return [action for pool in pools for action in delete(view.store, *key(pool))], False


def _components(view: ClusterView, _ctx: Context) -> tuple[list[Action], bool]:
    actions: list[Action] = []
    for name in ("cluster-api", "capi-provider"):
        deployment = view.child("Deployment", name)
        if deployment is not None:
            actions += set_finalizers(deployment, remove=COMPONENT_FINALIZER)
    return actions, True


def _endpoint_services(view: ClusterView, ctx: Context) -> tuple[list[Action], bool]:
    found = view.store.list("AWSEndpointService", view.cpns)
    actions: list[Action] = []
    # Without credentials nothing in the cloud can be cleaned up; after a while the operator gives up on it.
    seconds = timeline.ENDPOINT_SERVICE_GRACE if "invalid-credentials" in view.faults else timeline.DELETE_STEP
    for service in found:
        if not service["metadata"].get("deletionTimestamp"):
            actions += delete(view.store, *key(service))
        elif ctx.passed("delete-endpoint-services", seconds):
            actions += set_finalizers(service, remove=ENDPOINT_SERVICE_FINALIZER)
    return actions, not found


def _hosted_control_plane(view: ClusterView, ctx: Context) -> tuple[list[Action], bool]:
    hcp = view.hcp
    if hcp is None:
        return [], True
    if not hcp["metadata"].get("deletionTimestamp"):
        return delete(view.store, *key(hcp)), False
    cleaned, done = _cloud_resources(view, ctx, hcp)
    if done and ctx.passed("delete-hcp", timeline.DELETE_STEP):
        cleaned += set_finalizers(hcp, remove=HC_FINALIZER)
    return cleaned, False


def _cloud_resources(view: ClusterView, ctx: Context, hcp: Obj) -> tuple[list[Action], bool]:
    asked = (hcp["metadata"].get("annotations") or {}).get(CLEANUP_CLOUD_RESOURCES) == "true"
    if view.platform != "AWS" or not asked or "invalid-credentials" in view.faults:
        return [], True
    if ctx.passed("cloud-resources", timeline.CLOUD_CLEANUP):
        return _condition(view, ctx, Condition("CloudResourcesDestroyed", TRUE, "AsExpected", "All guest resources destroyed")), True
    if ctx.timers.elapsed("cloud-resources") > timeline.CLOUD_CLEANUP_LIMIT:
        return _condition(view, ctx, Condition("CloudResourcesDestroyed", FALSE, "CloudResourcesDeletionTimedOut", "Time is up")), True
    ctx.timers.wake_in(timeline.CLOUD_CLEANUP)
    waiting = Condition("CloudResourcesDestroyed", FALSE, "RemainingCloudResources", "Remaining resources: load balancers, volumes")
    return _condition(view, ctx, waiting), False


def _oidc(view: ClusterView, ctx: Context) -> tuple[list[Action], bool]:
    if OIDC_FINALIZER not in view.metadata.get("finalizers", []):
        return [], True
    if "missing-oidc-config" in view.faults:
        message = (
            "failed to delete hostedcluster: failed to delete the OIDC discovery data: the operator has no S3 configuration; "
            f"clean up manually and then remove the {OIDC_FINALIZER} finalizer"
        )
        return _condition(view, ctx, Condition("ReconciliationSucceeded", FALSE, "ReconciliationError", message)), False
    return set_finalizers(view.hc, remove=OIDC_FINALIZER), False


def _namespace(view: ClusterView, ctx: Context) -> tuple[list[Action], bool]:
    found = view.store.get("Namespace", "", view.cpns)
    if found is None or SKIP_NAMESPACE_DELETION in view.annotations:
        return [], True
    actions = _stuck_object(view)
    if not found["metadata"].get("deletionTimestamp") and (actions or not ctx.passed("delete-namespace", 0)):
        return actions, False
    return [*actions, *delete(view.store, "Namespace", "", view.cpns)], False


def _stuck_object(view: ClusterView) -> list[Action]:
    """The fault stuck-finalizer: one object of the namespace keeps a finalizer that nobody takes away."""
    candidates = [view.child("PersistentVolumeClaim", "data-etcd-0"), view.child("ConfigMap", "root-ca")]
    found = next((obj for obj in candidates if obj is not None), None)
    if found is None:
        return []
    if "stuck-finalizer" not in view.faults:
        return set_finalizers(found, remove=STUCK_FINALIZER)
    # A finalizer cannot be added to an object that is already going.
    return [] if found["metadata"].get("deletionTimestamp") else set_finalizers(found, add=STUCK_FINALIZER)


def _references(view: ClusterView, _ctx: Context) -> tuple[list[Action], bool]:
    return references.unmark(view), True


def _grace_period(view: ClusterView, ctx: Context) -> tuple[list[Action], bool]:
    seconds = durations.seconds(view.annotations.get(DESTROY_GRACE_PERIOD, "0s"))
    if not seconds:
        return [], True
    message = f"Grace period set: {view.annotations[DESTROY_GRACE_PERIOD]}"
    waiting = _condition(view, ctx, Condition("HostedClusterDestroyed", TRUE, "WaitingForGracePeriod", message))
    return waiting, ctx.passed("grace-period", seconds)


def _condition(view: ClusterView, ctx: Context, condition: Condition) -> list[Action]:
    status = copy.deepcopy(view.status)
    status["conditions"] = conditions.merge(status.get("conditions"), [condition], ctx.now, view.generation)
    return [] if status == view.status else [Status("HostedCluster", view.namespace, view.name, status)]
