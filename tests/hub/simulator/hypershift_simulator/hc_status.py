# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The status of a HostedCluster: computed whole, in the order of the operator, and written in one update."""

from __future__ import annotations

from . import conditions, endpoints, references
from .conditions import FALSE, TRUE, UNKNOWN, Condition, as_expected, is_true, unknown
from .context import Context
from .gates import Verdict, progressing
from .names import Obj
from .view import ClusterView
from .workloads import state_of

_MIRRORED = [
    "ClusterVersionSucceeding",
    "ClusterVersionProgressing",
    "ClusterVersionReleaseAccepted",
    "ClusterVersionRetrievedUpdates",
    "ClusterVersionUpgradeable",
    "ClusterVersionAvailable",
]
_COPIED = [
    "EtcdAvailable",
    "KubeAPIServerAvailable",
    "InfrastructureReady",
    "ExternalDNSReachable",
    "ValidHostedControlPlaneConfiguration",
    "ValidReleaseInfo",
    "ValidIDPConfiguration",
    "DataPlaneConnectionAvailable",
    "ControlPlaneConnectionAvailable",
]
_COPIED_BY_PLATFORM = {
    "AWS": ["ValidOIDCConfiguration", "ValidAWSIdentityProvider", "AWSDefaultSecurityGroupCreated", "ValidAWSKMSConfig"],
    "KubeVirt": ["ValidKubeVirtInfraNetworkMTU", "KubeVirtNodesLiveMigratable"],
}
_NO_CONTROL_PLANE = "The hosted control plane is not found"
_RESOURCES = ("kubeconfig", "customKubeconfig", "kubeadminPassword")


def compute(view: ClusterView, ctx: Context, verdict: Verdict) -> Obj:
    status: Obj = dict(view.status)
    hcp_status = (view.hcp or {}).get("status") or {}
    _access(view, status)
    status["version"] = version(view, ctx, verdict, hcp_status)
    for field in ("platform", "controlPlaneVersion", "controlPlaneEndpoint", "oauthCallbackURLTemplate"):
        if field in hcp_status:
            status[field] = hcp_status[field]
    # Nodes have nothing to join before the API serves; from then on the endpoint stays.
    if is_true(view.hcp, "KubeAPIServerAvailable") and _ignition(view, ctx).status == TRUE:
        status["ignitionEndpoint"] = endpoints.ignition(view, ctx.full)
    if verdict.release is not None:
        status["payloadArch"] = verdict.release.payload
    updates = [*_from_control_plane(view), *_own(view, ctx, verdict)]
    if not verdict.blocked and not verdict.pause.paused:
        updates.append(_credentials(view))
    updates.append(_reconciliation(verdict))
    merged = conditions.merge(status.get("conditions"), updates, ctx.now, view.generation, drop=view.faults.missing_conditions)
    status["conditions"] = merged
    return status


def _access(view: ClusterView, status: Obj) -> None:
    for field, suffix in (("kubeconfig", "admin-kubeconfig"), ("customKubeconfig", "custom-admin-kubeconfig"), ("kubeadminPassword", "")):
        name = f"{view.name}-{suffix or 'kubeadmin-password'}"
        if view.store.get("Secret", view.namespace, name):
            status[field] = {"name": name}
    if view.oauth_configured:
        status.pop("kubeadminPassword", None)
    if not view.spec.get("kubeAPIServerDNSName"):
        status.pop("customKubeconfig", None)


def version(view: ClusterView, ctx: Context, verdict: Verdict, hcp_status: Obj) -> Obj:
    """The hosted ClusterVersion as the control plane mirrors it, or what is being installed."""
    if hcp_status.get("versionStatus"):
        return dict(hcp_status["versionStatus"])
    known = view.status.get("version")
    image = view.spec["release"]["image"]
    if known and known["desired"]["image"] == image:
        return dict(known)
    number = str(verdict.release.version) if verdict.release else ""
    entry = {"state": "Partial", "image": image, "version": number, "startedTime": ctx.stamp, "completionTime": None, "verified": False}
    return {
        "desired": {"image": image, "version": number},
        "history": [entry],
        "availableUpdates": None,
        "observedGeneration": view.generation,
    }


def _from_control_plane(view: ClusterView) -> list[Condition]:
    hcp = view.hcp
    result = [condition for condition in (_mirrored(hcp, type_) for type_ in _MIRRORED) if condition]
    result.append(_degraded(hcp))
    platform = _COPIED_BY_PLATFORM.get(view.platform, [])
    for type_ in _COPIED:
        missing = "Condition not found in the HCP" if hcp else _NO_CONTROL_PLANE
        result.append(conditions.of(hcp, type_) or unknown(type_, missing))
    result += [found for found in (conditions.of(hcp, type_) for type_ in platform) if found]
    if view.spec["etcd"]["managementType"] == "Unmanaged":
        result.append(as_expected("UnmanagedEtcdAvailable", "Etcd TLS client secret is valid"))
    return result


def _mirrored(hcp: Obj | None, type_: str) -> Condition | None:
    source = "ClusterVersionFailing" if type_ == "ClusterVersionSucceeding" else type_
    found = conditions.of(hcp, source)
    if found is None:
        if type_ == "ClusterVersionRetrievedUpdates":
            return None
        return unknown(type_, "Condition not found in the CVO." if hcp else _NO_CONTROL_PLANE)
    if source != type_:
        inverse = {TRUE: FALSE, FALSE: TRUE}.get(found.status, UNKNOWN)
        return Condition(type_, inverse, found.reason, found.message)
    return found


def _degraded(hcp: Obj | None) -> Condition:
    found = conditions.of(hcp, "Degraded")
    if found is None:
        return unknown("Degraded", _NO_CONTROL_PLANE)
    if found.status == FALSE:
        return Condition("Degraded", FALSE, found.reason, "The hosted cluster is not degraded")
    return found


def _own(view: ClusterView, ctx: Context, verdict: Verdict) -> list[Condition]:
    blocked = progressing(view, verdict)
    return [
        _available(view, blocked),
        *_endpoint_services(view),
        verdict.valid_configuration,
        as_expected("SupportedHostedCluster", "HostedCluster is supported by operator configuration"),
        as_expected("ValidProxyConfiguration", "No proxy CA bundle configured"),
        _ignition(view, ctx),
        verdict.pause.condition("ReconciliationActive", "AsExpected"),
        verdict.valid_release,
        blocked,
    ]


def _available(view: ClusterView, blocked: Condition) -> Condition:
    found = conditions.of(view.hcp, "Available")
    if found is None:
        message = "Waiting for hosted control plane to be healthy"
        if view.hcp is None and blocked.reason == "Blocked":
            message = blocked.message
        return Condition("Available", FALSE, "WaitingForAvailable", message)
    if found.status == TRUE:
        return as_expected("Available", "The hosted control plane is available")
    return found


def _ignition(view: ClusterView, ctx: Context) -> Condition:
    type_ = "IgnitionEndpointAvailable"
    state = state_of(view, "ignition-server", "Deployment", ctx.full)
    if not state.exists:
        return Condition(type_, FALSE, "NotFound", "Ignition server deployment not found")
    if not state.available or not is_true(view.child("ControlPlaneComponent", "ignition-server"), "Available"):
        return Condition(type_, FALSE, "WaitingForAvailable", "Ignition server deployment is not yet available")
    return as_expected(type_, "Ignition server deployment is available")


def _endpoint_services(view: ClusterView) -> list[Condition]:
    if (view.spec["platform"].get("aws") or {}).get("endpointAccess", "Public") == "Public":
        return []
    found = view.store.list("AWSEndpointService", view.cpns)
    result = []
    for type_ in ("AWSEndpointAvailable", "AWSEndpointServiceAvailable"):
        states = [conditions.of(service, type_) for service in found]
        if not states:
            result.append(unknown(type_, "No AWSEndpointService is found"))
            continue
        failing = next((state for state in states if state is None or state.status != TRUE), None)
        ready = all(state is not None and state.status == TRUE for state in states)
        result.append(as_expected(type_) if ready else failing or unknown(type_, f"{type_} condition not found"))
    return result


def _credentials(view: ClusterView) -> Condition:
    problem = references.credentials_problem(view)
    if problem:
        return Condition("PlatformCredentialsFound", FALSE, "PlatformCredentialsNotFound", problem)
    return as_expected("PlatformCredentialsFound", "Required platform credentials are found")


def _reconciliation(verdict: Verdict) -> Condition:
    if verdict.error:
        return Condition("ReconciliationSucceeded", FALSE, "ReconciliationError", verdict.error)
    # The reason lacks a letter in the platform too.
    return Condition("ReconciliationSucceeded", TRUE, "ReconciliatonSucceeded", "Reconciliation completed successfully")
