# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Cluster API side of a hosted cluster: its Cluster, named by infraID, and the provider's cluster."""

from __future__ import annotations

from . import conditions
from .actions import Action, Patch, delete, ensure, set_finalizers, update_status
from .conditions import as_expected
from .context import Context
from .kinds import KINDS, new
from .names import CAPI_CLUSTER_NAME, CLUSTER_FINALIZER, Obj
from .view import ClusterView

INFRASTRUCTURE = {"AWS": "AWSCluster", "KubeVirt": "KubevirtCluster", "Agent": "AgentCluster"}
_KUBEVIRT_MANAGED = "cluster.x-k8s.io/managed-by"


def ensure_cluster(view: ClusterView, ctx: Context) -> list[Action]:
    if view.platform == "None" or view.hcp is None:
        return []
    actions = _infrastructure(view)
    cluster = new("Cluster", view.infra_id, view.cpns, spec=_spec(view))
    cluster["metadata"]["annotations"] = dict(view.marks)
    live = view.capi_cluster
    if live is None:
        cluster["metadata"]["finalizers"] = [CLUSTER_FINALIZER]
    actions += ensure(view.store, cluster)
    if live is not None:
        actions += _status(live, ctx, ready=conditions.is_true(view.hcp, "InfrastructureReady"))
    return actions


def _spec(view: ClusterView) -> Obj:
    endpoint = ((view.hcp or {}).get("status") or {}).get("controlPlaneEndpoint")
    spec: Obj = {
        "paused": False,
        "controlPlaneRef": {
            "apiVersion": KINDS["HostedControlPlane"].api_version,
            "kind": "HostedControlPlane",
            "name": view.name,
            "namespace": view.cpns,
        },
    }
    if endpoint:
        spec["controlPlaneEndpoint"] = endpoint
    kind = INFRASTRUCTURE.get(view.platform)
    if kind:
        known = KINDS[kind]
        spec["infrastructureRef"] = {"apiVersion": known.api_version, "kind": kind, "name": view.name, "namespace": view.cpns}
    return spec


def _infrastructure(view: ClusterView) -> list[Action]:
    kind = INFRASTRUCTURE.get(view.platform)
    if kind is None:
        return []
    spec: Obj = {}
    if kind == "AWSCluster":
        aws = view.spec["platform"]["aws"]
        spec = {"region": aws["region"]}
        vpc = (aws.get("cloudProviderConfig") or {}).get("vpc")
        if vpc:
            spec["network"] = {"vpc": {"id": vpc}}
    obj = new(kind, view.name, view.cpns, spec=spec)
    obj["metadata"]["annotations"] = {**view.marks, _KUBEVIRT_MANAGED: "external"}
    obj["metadata"]["labels"] = {CAPI_CLUSTER_NAME: view.infra_id}
    actions = ensure(view.store, obj)
    live = view.child(kind, view.name)
    if live is not None and not (live.get("status") or {}).get("ready"):
        status: Obj = {"ready": True}
        if kind == "AgentCluster":
            status["clusterDeploymentReference"] = {"name": view.name, "namespace": view.cpns}
        actions += update_status(live, status)
    return actions


def _status(live: Obj, ctx: Context, ready: bool) -> list[Action]:
    known = live.get("status") or {}
    updates = [as_expected(type_, status="True" if ready else "False") for type_ in ("Ready", "ControlPlaneReady", "InfrastructureReady")]
    status = {
        "phase": "Provisioned" if ready else "Provisioning",
        "infrastructureReady": ready,
        "controlPlaneReady": ready,
        "observedGeneration": live["metadata"].get("generation", 1),
        "conditions": conditions.merge(known.get("conditions"), updates, ctx.now, loose=True),
    }
    return update_status(live, status)


def pause(view: ClusterView, paused: bool) -> list[Action]:
    live = view.capi_cluster
    if live is None or bool(live["spec"].get("paused")) == paused:
        return []
    return [Patch("Cluster", view.cpns, view.infra_id, {"spec": {"paused": paused}})]


def tear_down(view: ClusterView, ctx: Context) -> tuple[list[Action], bool]:
    """Delete the Cluster and, as Cluster API does, the provider's cluster before it; True once both are gone."""
    live = view.capi_cluster
    if live is None:
        return [], True
    if not live["metadata"].get("deletionTimestamp"):
        return delete(view.store, "Cluster", view.cpns, view.infra_id), False
    kind = INFRASTRUCTURE.get(view.platform)
    if kind and view.child(kind, view.name):
        return delete(view.store, kind, view.cpns, view.name), False
    if not ctx.passed("delete-capi-cluster", 10):
        return [], False
    return set_finalizers(live, remove=CLUSTER_FINALIZER), False
