# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Preflight checks for one platform of hosted clusters. Source: platform_facts#1.3, #2.4, #2.6, #2.7."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._kernel.conditions import get
from .._kernel.kinds import AGENT_SERVICE_CONFIG, HYPER_CONVERGED, INGRESS_CONTROLLER, NETWORK, PROVISIONING
from .._kernel.objects import lookup
from .._kernel.versions import Version
from .engine import component
from .inspection import CheckResult, Inspection, failed, ok, unknown, warning

VIRTUALIZATION = Version(4, 14)
MTU = 9000
_METAL = ("BareMetal", "None")


def virtualization(inspection: Inspection) -> CheckResult:
    """OpenShift Virtualization 4.14 or newer, available."""
    found = next(iter(inspection.all(HYPER_CONVERGED)), None)
    if found is None:
        step = "Create HyperConverged kubevirt-hyperconverged in namespace openshift-cnv."
        return inspection.unproven(HYPER_CONVERGED) or failed(
            "none", "OpenShift Virtualization has no HyperConverged, so it is not set up", step
        )
    told = [
        str(v.get("version") or "") for v in lookup(found, ("status", "versions")) or () if v.get("name") == "operator"
    ]
    value = told[0] if told else "no version"
    version = Version.parse(value)
    ref = HYPER_CONVERGED.ref(found["metadata"].get("namespace"), found["metadata"]["name"])
    if version and version.line < VIRTUALIZATION.line:
        return failed(
            value,
            f"OpenShift Virtualization {value} is older than 4.14",
            "Upgrade OpenShift Virtualization to 4.14 or newer.",
        )
    state = get(found, "Available")
    if state is None or state.status != "True":
        text = f": {state.message or state.reason}" if state and (state.message or state.reason) else ""
        return failed(
            value,
            f"{ref} is not Available{text}",
            "Look at its status.conditions and at the pods of namespace openshift-cnv.",
        )
    if version is None:
        return warning(
            value, f"{ref} tells no version of its operator", "Check that OpenShift Virtualization is 4.14 or newer."
        )
    return ok(value)


def bare_metal(inspection: Inspection) -> CheckResult:
    """Virtual machines of hosted clusters want a management cluster on bare metal."""
    platform = inspection.infrastructure
    if not platform:
        return unknown("", "Infrastructure cluster tells no platform", "Look at Infrastructure cluster.")
    if platform in _METAL:
        return ok(platform)
    cause = (
        f"the management cluster runs on {platform}; OpenShift Virtualization is supported for hosted clusters on bare"
        " metal"
    )
    return warning(platform, cause, "Check that the worker nodes are bare metal.")


def _network(inspection: Inspection) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (inspection.one(NETWORK, "cluster") or {}).get("status") or {}
    return found


def network_type(inspection: Inspection) -> CheckResult:
    """OVNKubernetes is the management cluster's network."""
    kind = str(_network(inspection).get("networkType") or "")
    if not kind:
        return unknown("", "Network cluster tells no network type", "Look at Network cluster of config.openshift.io.")
    if kind != "OVNKubernetes":
        return failed(
            kind,
            f"the management cluster's network is {kind}, not OVNKubernetes",
            "Migrate the network to OVNKubernetes.",
        )
    return ok(kind)


def network_mtu(inspection: Inspection) -> CheckResult:
    """9000 or more is recommended: the hosted cluster's network runs inside the management cluster's."""
    mtu = _network(inspection).get("clusterNetworkMTU")
    if not isinstance(mtu, int) or not mtu:
        return unknown("", "Network cluster tells no MTU", "Look at Network cluster of config.openshift.io.")
    if mtu < MTU:
        cause = (
            f"the MTU of the cluster network is {mtu}; {MTU} or more is recommended, since the network of a hosted"
            " cluster runs inside it"
        )
        return warning(
            str(mtu),
            cause,
            "Change the MTU of the cluster network before the first hosted cluster, where the switches allow it.",
        )
    return ok(str(mtu))


def wildcard_routes(inspection: Inspection) -> CheckResult:
    """The default ingress lets through the wildcard routes of hosted clusters' *.apps names."""
    found = inspection.one(INGRESS_CONTROLLER, "default")
    if found is None:
        return unknown(
            "none", "there is no IngressController openshift-ingress-operator/default", "Look at the ingress operator."
        )
    policy = str(lookup(found, ("spec", "routeAdmission", "wildcardPolicy")) or "WildcardsDisallowed")
    if policy != "WildcardsAllowed":
        cause = (
            f"IngressController openshift-ingress-operator/default has wildcardPolicy {policy}, so the apps of hosted"
            " clusters are not reached"
        )
        return failed(policy, cause, "Set its spec.routeAdmission.wildcardPolicy to WildcardsAllowed.")
    return ok(policy)


def assisted_service(inspection: Inspection) -> CheckResult:
    """The assisted service that discovers hosts: the component is on, and AgentServiceConfig agent has its storages."""
    if component(inspection, "assisted-service") is False:
        step = (
            "Set it to enabled in spec.overrides.components of the MultiClusterEngine, and keep the other entries of"
            " that list."
        )
        return failed("off", "component assisted-service of the multicluster engine is disabled", step)
    found = inspection.one(AGENT_SERVICE_CONFIG, "agent")
    if found is None:
        step = "Create AgentServiceConfig agent with databaseStorage, filesystemStorage and osImages."
        return inspection.unproven(AGENT_SERVICE_CONFIG) or failed("none", "there is no AgentServiceConfig agent", step)
    spec = found.get("spec") or {}
    lacking = [key for key in ("databaseStorage", "filesystemStorage") if not spec.get(key)]
    if lacking:
        return failed(
            "incomplete",
            f"AgentServiceConfig agent has no {' and no '.join(lacking)}",
            "Set it to a claim of enough size.",
        )
    images = sorted({str(i.get("openshiftVersion") or "") for i in spec.get("osImages") or ()})
    if not images:
        return warning(
            "no osImages", "AgentServiceConfig agent names no osImages", "Name those of the versions to be installed."
        )
    return ok(f"osImages {', '.join(images)}")


def bare_metal_hosts(inspection: Inspection) -> CheckResult:
    """Only where BareMetalHosts are used: they are looked for in all namespaces."""
    found = inspection.one(PROVISIONING, "provisioning-configuration")
    if found is None:
        cause = "there is no Provisioning provisioning-configuration, so hosts have to be booted by hand"
        return inspection.unproven(PROVISIONING) or warning(
            "none", cause, "Create it with watchAllNamespaces, when BareMetalHosts are to be used."
        )
    if lookup(found, ("spec", "watchAllNamespaces")) is not True:
        cause = (
            "Provisioning provisioning-configuration does not watch all namespaces, so BareMetalHosts of hosted"
            " clusters are not seen"
        )
        return warning(
            "one namespace", cause, "Set its spec.watchAllNamespaces to true, when BareMetalHosts are to be used."
        )
    return ok("all namespaces")


def same_cloud(inspection: Inspection) -> CheckResult:
    """Management cluster and workers of a hosted cluster are on the same platform (platform_facts#1.3)."""
    platform = inspection.infrastructure
    if not platform:
        return unknown("", "Infrastructure cluster tells no platform", "Look at Infrastructure cluster.")
    if platform != "AWS":
        cause = f"the management cluster runs on {platform}, but hosted clusters on AWS need one on AWS"
        return failed(platform, cause, "Use a management cluster on AWS.")
    return ok(platform)
