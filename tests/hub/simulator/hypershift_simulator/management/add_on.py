# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The agent of the hypershift add-on: it installs the HyperShift operator and keeps it as the configuration says (platform_facts#1.5 to
#1.7).

Faults on the ManagedClusterAddOn: ``operator-degraded``. Steps: add-on, install-flags (the agent looks every two minutes), operator-removal.
"""

from __future__ import annotations

from .. import faults
from ..actions import Action, delete, ensure, set_finalizers, update_status
from ..bootstrap import supported_versions
from ..conditions import Condition, merge
from ..context import Context
from ..definitions import install
from ..kinds import new
from ..names import INSTALLED, LOCAL_CLUSTER, OPERATOR_NAMESPACE, Obj, fingerprint, unb64
from ..store import Store
from .workloads import available, deployment

FINALIZER = "simulator.hypershift.core/add-on"
DEFAULT_FLAGS = ("--image-refs=/images", "--platform-monitoring=OperatorOnly", "--enable-uwm-telemetry-remote-write")
IGNORED = ("--image-refs", "--hypershift-image", "--namespace")
_SECRETS = {
    "hypershift-operator-oidc-provider-s3-credentials": ("bucket", "--oidc-storage-provider-s3-bucket-name"),
    "hypershift-operator-private-link-credentials": ("region", "--aws-private-region"),
    "hypershift-operator-external-dns-credentials": ("domain-filter", "--external-dns-domain-filter"),
}
_SECONDS = {"add-on": 30.0, "install-flags": 120.0, "operator-removal": 20.0}


def reconcile(store: Store, ctx: Context) -> list[Action]:
    add_on = store.get("ManagedClusterAddOn", LOCAL_CLUSTER, "hypershift-addon")
    if add_on is None:
        return []
    if add_on["metadata"].get("deletionTimestamp"):
        return _removal(store, ctx, add_on)
    actions = set_finalizers(add_on, add=FINALIZER)
    operator = store.get("Deployment", OPERATOR_NAMESPACE, "operator")
    if ctx.passed("add-on", _SECONDS["add-on"]):
        actions += _operator(store, ctx, operator)
        operator = operator or None
    return actions + _status(store, ctx, add_on, operator)


def _operator(store: Store, ctx: Context, operator: Obj | None) -> list[Action]:
    namespace = new("Namespace", OPERATOR_NAMESPACE)
    namespace["metadata"]["annotations"] = {INSTALLED: "true"}
    if store.get("Namespace", "", OPERATOR_NAMESPACE) is None:
        return ensure(store, namespace)
    actions = [*install(store, "hypershift.openshift.io"), *ensure(store, supported_versions())]
    wanted = arguments(store)
    present = operator["spec"]["template"]["spec"]["containers"][0].get("args") if operator else None
    image = _image(store)
    # A first installation takes what is there; what changes later is seen when the agent looks again.
    if (
        operator is not None
        and present != wanted
        and not ctx.passed(f"install-flags/{fingerprint(wanted, image)}", _SECONDS["install-flags"])
    ):
        return actions
    made = deployment("operator", OPERATOR_NAMESPACE, image, wanted)
    if operator is None or INSTALLED in (operator["metadata"].get("annotations") or {}):
        actions += ensure(store, made)
    return actions


def arguments(store: Store) -> list[str]:
    flags: dict[str, str] = {}
    for flag in DEFAULT_FLAGS:
        name, _equals, value = flag.partition("=")
        flags[name] = value
    for secret, (field, flag) in _SECRETS.items():
        found = store.get("Secret", LOCAL_CLUSTER, secret)
        if found and field in (found.get("data") or {}):
            flags[flag] = unb64(found["data"][field]).decode()
    data = (store.get("ConfigMap", LOCAL_CLUSTER, "hypershift-operator-install-flags") or {}).get("data") or {}
    words = str(data.get("installFlagsToAdd") or "").split()
    while words:
        name, equals, value = words.pop(0).partition("=")
        if not equals and words and not words[0].startswith("--"):
            value = words.pop(0)
        if name not in IGNORED:
            flags[name] = value
    for name in str(data.get("installFlagsToRemove") or "").split():
        flags.pop(name, None)
    return ["run", *(f"{name}={value}" if value else name for name, value in flags.items())]


def _image(store: Store) -> str:
    data = (store.get("ConfigMap", LOCAL_CLUSTER, "hypershift-override-images") or {}).get("data") or {}
    return str(data.get("hypershift-operator") or "registry.example.com/hypershift/operator:simulated")


def _status(store: Store, ctx: Context, add_on: Obj, operator: Obj | None) -> list[Action]:
    ready = available(operator)
    degraded = "operator-degraded" in faults.of(add_on) or (operator is not None and not ready)
    reason = "OperatorNotFound" if operator is None else "OperatorNotAllAvailableReplicas" if degraded else "HypershiftDeployed"
    said = (
        "The hypershift operator is not found"
        if operator is None
        else "1 of 1 replicas of the operator are not available"
        if degraded
        else ""
    )
    conditions = [
        Condition("Available", "True" if operator is not None else "Unknown", "ManagedClusterAddOnLeaseUpdated", "lease is updated"),
        Condition("Degraded", "True" if degraded or operator is None else "False", reason, said),
        Condition("Progressing", "False" if operator is not None else "True", "Completed" if operator is not None else "Progressing", ""),
    ]
    old = add_on.get("status") or {}
    return update_status(add_on, {**old, "conditions": merge(old.get("conditions"), conditions, ctx.now)})


def _removal(store: Store, ctx: Context, add_on: Obj) -> list[Action]:
    """The operator is not uninstalled while it has something to operate (platform_facts#1.7)."""
    if store.list("HostedCluster"):
        return []
    namespace = store.get("Namespace", "", OPERATOR_NAMESPACE)
    operator = store.get("Deployment", OPERATOR_NAMESPACE, "operator")
    ours = operator is not None and INSTALLED in (operator["metadata"].get("annotations") or {})
    actions = delete(store, "Deployment", OPERATOR_NAMESPACE, "operator") if ours else []
    actions += delete(store, "ConfigMap", OPERATOR_NAMESPACE, "supported-versions") if ours or namespace is None else []
    if not ours and ctx.passed("operator-removal", _SECONDS["operator-removal"]):
        actions += set_finalizers(add_on, remove=FINALIZER)
        if namespace and INSTALLED in (namespace["metadata"].get("annotations") or {}):
            actions += delete(store, "Namespace", "", OPERATOR_NAMESPACE)
    return actions
