# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: infrastructure, etcd and API server of a hosted control plane."""

from __future__ import annotations

from ..._kernel.conditions import status_word
from ..findings import Health, Severity
from ..subject import OF_CLUSTER, Raw, Subject
from .etcd import ETCD_RULES
from .rule import COMING, NOISE, SLOW, Rule, worded

# What the control-plane-operator tells of every hosted cluster.
_OF_THE_CONTROL_PLANE = (
    "EtcdAvailable",
    "KubeAPIServerAvailable",
    "InfrastructureReady",
    "ValidHostedControlPlaneConfiguration",
)
_NOT_IN_HCP = worded(r"condition not found in the hcp")
# It is deployed by the operator's first loop and writes within seconds once its pod runs; pulling its image takes a
# while.
_SILENT_SECONDS = 5 * 60


def _exposed(subject: Subject, raw: Raw) -> dict[str, str] | None:
    access = ((subject.spec.get("platform") or {}).get("aws") or {}).get("endpointAccess")
    return None if access == "Private" else {}


def _silent(subject: Subject, raw: Raw) -> dict[str, str] | None:
    """The HostedControlPlane exists, and its operator has written nothing into it."""
    seen = [subject.conditions.get(name) for name in _OF_THE_CONTROL_PLANE]
    silent = all(
        c is not None and status_word(c) == "Unknown" and _NOT_IN_HCP.search(c.get("message") or "") for c in seen
    )
    return {} if silent and subject.age() >= _SILENT_SECONDS else None


CONTROL_PLANE_RULES = (
    Rule(
        code="control_plane_operator_silent",
        title="The control-plane-operator has written nothing",
        shows=(
            "every condition that comes from the HostedControlPlane is Unknown, `Condition not found in the HCP`, five"
            " minutes after creation or later"
        ),
        kinds=(OF_CLUSTER,),
        check=_silent,
        severity=Severity.ERROR,
        verdict=Health.UNAVAILABLE,
        cause=(
            "the control-plane-operator has written nothing into its HostedControlPlane: it does not run, or not for"
            " this cluster"
        ),
        next_step="Look at Deployment control-plane-operator in namespace {cpns}: its pods, their image and their log.",
        reason=(
            "the HostedCluster repeats the conditions of its HostedControlPlane and says where one is missing (recorded"
            " from the real operators, platform_facts#O.4)"
        ),
        starting=(Severity.WARNING, Health.PROGRESSING),
    ),
    Rule(
        code="security_group_missing",
        title="The default security group of the workers is missing",
        conditions=("AWSDefaultSecurityGroupCreated",),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the default security group of the workers could not be created: {message}",
        next_step=(
            "Check the permissions of the control-plane-operator role and the VPC's quota; node pools without own "
            "groups wait for it."
        ),
        reason="node pools without a security group are held back until it exists (platform_facts#0.5, #2.7)",
        starting=COMING,
    ),
    Rule(
        code="private_endpoint_unavailable",
        title="The PrivateLink endpoint is not available",
        conditions=("AWSEndpointServiceAvailable", "AWSEndpointAvailable"),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the private connection of the workers to the API is not available: {message}",
        next_step=(
            "Look at the AWSEndpointService objects in namespace {cpns} and at the permissions of the"
            " control-plane-operator role."
        ),
        reason=(
            "private and public-and-private clusters reach their API through an endpoint service (platform_facts#2.7)"
        ),
        starting=COMING,
    ),
    Rule(
        code="external_dns_unreachable",
        title="The external DNS name does not resolve",
        conditions=("ExternalDNSReachable",),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the external DNS name of the API cannot be resolved: {message}",
        next_step="Check that external-dns runs, that it may write to the zone, and that the record exists.",
        reason=(
            "routes with an external hostname are usable only once the record is published (platform_facts#2.7, #O.4)"
        ),
        starting=COMING,
    ),
    Rule(
        code="public_endpoint_not_exposed",
        title="The API's public endpoint is not exposed yet",
        conditions=("PublicEndpointExposed",),
        check=_exposed,
        severity=Severity.WARNING,
        verdict=Health.DEGRADED,
        cause="the API's public endpoint is not exposed: {message}",
        next_step="Look at the Services and Routes in namespace {cpns} and at their load balancer.",
        reason="the condition tells whether the published endpoint of the API exists (platform_facts#0.5)",
        starting=COMING,
    ),
    Rule(
        code="infrastructure_not_ready",
        title="Services of the control plane have no address",
        conditions=("InfrastructureReady",),
        severity=Severity.ERROR,
        verdict=Health.UNAVAILABLE,
        cause="the control plane's services have no address: {message}",
        next_step=(
            "Look at the LoadBalancer Services and Routes in namespace {cpns}: a pending address means no load balancer"
            " provider, an exhausted pool or a cloud quota."
        ),
        reason="the condition is False until every published service has an endpoint (platform_facts#O.4)",
        starting=COMING,
    ),
    *ETCD_RULES,
    Rule(
        code="kube_apiserver_unavailable",
        title="The API server is not available",
        conditions=("KubeAPIServerAvailable",),
        severity=Severity.ERROR,
        verdict=Health.UNAVAILABLE,
        cause="the hosted API server is not available: {message}",
        next_step=(
            "If etcd is fine, look at the pods app=kube-apiserver in namespace {cpns}: their events and the log of"
            " container kube-apiserver."
        ),
        reason=(
            "the condition follows the Deployment's availability; the API server waits for etcd"
            " (platform_facts#O.4, #O.5)"
        ),
        starting=COMING,
    ),
    Rule(
        code="kubeconfig_missing",
        title="The kubeconfig has not been published",
        conditions=("Available",),
        reasons=frozenset({"KubeconfigWaitingForCreate"}),
        severity=Severity.ERROR,
        verdict=Health.UNAVAILABLE,
        cause="the control plane has not published its kubeconfig",
        next_step="Read the log of Deployment control-plane-operator in namespace {cpns}.",
        reason=(
            "Available is the first failing of infrastructure, kubeconfig, etcd, API server, endpoint and components"
            " (platform_facts#O.4)"
        ),
        starting=COMING,
    ),
    Rule(
        code="api_endpoint_unreachable",
        title="The API cannot be reached through its address",
        conditions=("Available",),
        reasons=frozenset({"KASLoadBalancerNotReachable"}),
        severity=Severity.ERROR,
        verdict=Health.UNAVAILABLE,
        cause="the API server runs but cannot be reached through its published address: {message}",
        next_step="Check the load balancer or route of the API, its DNS record and the firewall on the API's port.",
        reason="the operator probes the published address from the management cluster (platform_facts#O.4)",
        starting=SLOW,
    ),
    Rule(
        code="components_unavailable",
        title="Components of the control plane are not available yet",
        conditions=("Available",),
        reasons=frozenset({"ControlPlaneComponentsNotAvailable"}),
        severity=Severity.ERROR,
        verdict=Health.UNAVAILABLE,
        cause="components of the control plane are not available: {message}",
        next_step=(
            "Look at the ControlPlaneComponent objects in namespace {cpns}; one in WaitingForDependencies waits for"
            " another one."
        ),
        reason="components are checked until the cluster has been available once (platform_facts#O.4, #O.5)",
        starting=COMING,
    ),
    Rule(
        code="not_available",
        title="The control plane is not available",
        conditions=("Available",),
        severity=Severity.ERROR,
        verdict=Health.UNAVAILABLE,
        cause="the control plane is not available: {message}",
        next_step="Follow the findings above it; without any, look at the pods in namespace {cpns}.",
        reason="Available copies the first failing condition of the control plane (platform_facts#O.3, #O.4)",
        starting=COMING,
    ),
    Rule(
        code="ignition_unavailable",
        title="The ignition server is not available",
        conditions=("IgnitionEndpointAvailable",),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the ignition server is not available, so no new node can join: {message}",
        next_step="Look at Deployment ignition-server in namespace {cpns}; running nodes are not affected.",
        reason="the condition follows the Deployment's availability (platform_facts#O.3, #O.7)",
        starting=COMING,
        young=NOISE,
    ),
)
