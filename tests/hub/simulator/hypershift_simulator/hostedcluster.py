# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The operator's loop over one HostedCluster, from the first status to a running control plane."""

from __future__ import annotations

from typing import Any

from . import capi_cluster, controlplane, deletion, gates, hc_status, references, secrets, timeline
from .actions import Action, Patch, ensure, set_finalizers, update_status
from .conditions import is_true
from .context import Context
from .endpoints import APPS_DOMAIN
from .gates import Verdict
from .kinds import new
from .names import (
    HAS_BEEN_AVAILABLE,
    HC_FINALIZER,
    HOSTED_CONTROL_PLANE,
    OIDC_FINALIZER,
    POD_SECURITY_OVERRIDE,
    SAFE_TO_DELETE,
    Obj,
    b64,
)
from .view import ClusterView


def reconcile(view: ClusterView, ctx: Context) -> list[Action]:
    if view.deleting:
        return deletion.reconcile(view, ctx)
    if not _noticed(view, ctx):
        return controlplane.reconcile(view, ctx)
    defaults = platform_defaults(view, ctx)
    if defaults:
        return defaults
    verdict = gates.evaluate(view, ctx)
    actions = update_status(view.hc, hc_status.compute(view, ctx, verdict))
    actions += _metadata(view)
    actions += _paused(view) if verdict.pause.paused else _world(view, ctx, verdict)
    return actions + controlplane.reconcile(view, ctx)


def _noticed(view: ClusterView, ctx: Context) -> bool:
    """A changed spec is seen a moment later, so that observedGeneration can lag behind it."""
    known = view.condition("ReconciliationActive")
    if known is None or known.get("observedGeneration") == view.generation:
        return True
    return ctx.passed(f"notice/{view.generation}", timeline.REACTION)


def platform_defaults(view: ClusterView, ctx: Context) -> list[Action]:
    """What the operator fills in on KubeVirt before anything else."""
    if view.platform != "KubeVirt" or ctx.pause(view.spec.get("pausedUntil")).paused:
        return []
    actions: list[Action] = []
    body: Obj = {}
    kubevirt = view.spec["platform"].get("kubevirt") or {}
    if not kubevirt.get("generateID"):
        body["platform"] = {"kubevirt": {"generateID": ctx.letters(10)}}
    if kubevirt.get("baseDomainPassthrough") and not (view.spec.get("dns") or {}).get("baseDomain"):
        body["dns"] = {"baseDomain": APPS_DOMAIN}
    if not view.spec.get("secretEncryption"):
        name = f"{view.name}-etcd-encryption-key"
        if view.store.get("Secret", view.namespace, name) is None:
            key = new("Secret", name, view.namespace, type="Opaque", data={"key": b64(ctx.token(32))})
            key["metadata"] |= {"labels": {SAFE_TO_DELETE: "true"}, "ownerReferences": [view.owner]}
            actions += ensure(view.store, key)
        body["secretEncryption"] = {"type": "aescbc", "aescbc": {"activeKey": {"name": name}}}
    if body:
        actions.append(Patch("HostedCluster", view.namespace, view.name, {"spec": body}))
    return actions


def _metadata(view: ClusterView) -> list[Action]:
    actions = set_finalizers(view.hc, add=HC_FINALIZER)
    if is_true(view.hc, "Available") and view.annotations.get(HAS_BEEN_AVAILABLE) != "true":
        body = {"metadata": {"annotations": {HAS_BEEN_AVAILABLE: "true"}}}
        actions.append(Patch("HostedCluster", view.namespace, view.name, body))
    return actions


def _paused(view: ClusterView) -> list[Action]:
    return [*_pass_pause_on(view), *capi_cluster.pause(view, True)]


def _pass_pause_on(view: ClusterView) -> list[Action]:
    if view.hcp is None or view.hcp["spec"].get("pausedUntil") == view.spec.get("pausedUntil"):
        return []
    return [Patch("HostedControlPlane", view.cpns, view.name, {"spec": {"pausedUntil": view.spec.get("pausedUntil")}})]


def _world(view: ClusterView, ctx: Context, verdict: Verdict) -> list[Action]:
    if not view.spec.get("infraID") or not view.spec.get("clusterID"):
        return _identity(view, ctx)
    actions = references.own_cli_secrets(view)
    if verdict.blocked or gates.namespace_problem(view):
        return actions
    actions += ensure(view.store, namespace(view))
    if references.credentials_problem(view):
        return actions
    copied, problem = references.sync(view)
    actions += copied
    if problem:
        return actions
    actions += ensure(view.store, hosted_control_plane(view))
    actions += capi_cluster.ensure_cluster(view, ctx)
    actions += _publish_access(view)
    if view.platform == "AWS" and not view.spec.get("serviceAccountSigningKey"):
        # The documents are uploaded once; the finalizer is the mark that they were.
        actions += set_finalizers(view.hc, add=OIDC_FINALIZER) if HC_FINALIZER in view.metadata.get("finalizers", []) else []
    return actions + controlplane.deploy(view, ctx)


def _identity(view: ClusterView, ctx: Context) -> list[Action]:
    spec: Obj = {}
    if not view.spec.get("infraID"):
        spec["infraID"] = f"{view.name.replace('.', '-')[:21].rstrip('-')}-{ctx.letters(5)}"
    if not view.spec.get("clusterID"):
        spec["clusterID"] = ctx.uuid()
    return [Patch("HostedCluster", view.namespace, view.name, {"spec": spec})]


def namespace(view: ClusterView) -> Obj:
    level = view.annotations.get(POD_SECURITY_OVERRIDE, "restricted")
    labels = {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "audit", "warn")}
    labels |= {HOSTED_CONTROL_PLANE: "true", "security.openshift.io/scc.podSecurityLabelSync": "false"}
    obj = new("Namespace", view.cpns)
    uid = 1000 + int(view.metadata["uid"].replace("-", "")[:6], 16)
    obj["metadata"] |= {"labels": labels, "annotations": {"hypershift.openshift.io/default-security-context-uid": str(uid)}}
    return obj


_COPIED = [
    *("additionalTrustBundle", "auditWebhook", "autoscaling", "capabilities", "channel", "clusterID", "configuration"),
    *("controllerAvailabilityPolicy", "etcd", "fips", "imageContentSources", "infraID", "infrastructureAvailabilityPolicy"),
    *("issuerURL", "kubeAPIServerDNSName", "labels", "monitoring", "networking", "nodeSelector", "olmCatalogPlacement"),
    *("operatorConfiguration", "platform", "secretEncryption", "serviceAccountSigningKey", "services", "tolerations"),
    *("updateService", "pausedUntil"),
]


def mirrored(wanted: Any, live: Any) -> Any:
    """What is to be copied, with None for what the copy still has and the original has no more."""
    if not isinstance(wanted, dict) or not isinstance(live, dict):
        return wanted
    return {name: mirrored(wanted.get(name), live.get(name)) for name in {**live, **wanted}}


def hosted_control_plane(view: ClusterView) -> Obj:
    live = (view.hcp or {}).get("spec") or {}
    spec: Obj = {name: mirrored(view.spec.get(name), live.get(name)) for name in _COPIED}
    spec |= {
        "dns": view.spec.get("dns") or {"baseDomain": ""},
        "releaseImage": view.spec["release"]["image"],
        "controlPlaneReleaseImage": (view.spec.get("controlPlaneRelease") or {}).get("image"),
        # Beside the control plane the copies have fixed names.
        "pullSecret": {"name": "pull-secret"},
        "sshKey": {"name": "ssh-key"} if (view.spec.get("sshKey") or {}).get("name") else {},
        "kubeconfig": {"name": "admin-kubeconfig", "key": "kubeconfig"},
    }
    if view.spec.get("additionalTrustBundle"):
        spec["additionalTrustBundle"] = {"name": "user-ca-bundle"}
    obj = new("HostedControlPlane", view.name, view.cpns, spec=spec)
    obj["metadata"]["annotations"] = dict(view.marks)
    return obj


def _publish_access(view: ClusterView) -> list[Action]:
    """Bring the kubeconfig and the password of the control plane to where users look for them."""
    status = (view.hcp or {}).get("status") or {}
    actions: list[Action] = []
    for field, name, key in (
        ("kubeConfig", "admin-kubeconfig", "kubeconfig"),
        ("customKubeconfig", "custom-admin-kubeconfig", "kubeconfig"),
        ("kubeadminPassword", "kubeadmin-password", "password"),
    ):
        source = view.child("Secret", name) if field in status else None
        if source is not None:
            target = secrets.secret(view, f"{view.name}-{name}", {}, namespace=view.namespace)
            target["data"] = {key: source["data"][key]}
            target["metadata"] |= {"ownerReferences": [view.owner], "labels": dict(view.metadata.get("labels") or {})}
            actions += ensure(view.store, target)
    return actions
