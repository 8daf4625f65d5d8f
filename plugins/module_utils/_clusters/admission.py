# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a HostedCluster may look like, checked before any write. Source: platform_facts#0.3, #2.2, #2.3, #O.11."""

from __future__ import annotations

from typing import Any

from .._kernel.errors import Failure
from .._kernel.kinds import control_plane_namespace
from .._kernel.objects import lookup
from .._manifests import field_checks as checks
from .._manifests.field_checks import FieldRule, rule
from .._manifests.option_paths import AWS_ROLE_FIELDS, HOSTED_CLUSTER_PATHS
from .networks import network_failures
from .service_publishing import services_problems

_POLICIES = ("HighlyAvailable", "SingleReplica")
_CAPABILITIES = ("ImageRegistry", "openshift-samples", "Insights", "baremetal", "Console", "NodeTuning", "Ingress")
_AUTOSCALING = "spec.autoscaling."

RULES: tuple[FieldRule, ...] = (
    rule("spec.release.image", checks.matching(checks.IMAGE, "a pull specification without spaces")),
    rule("spec.controlPlaneRelease.image", checks.matching(checks.IMAGE, "a pull specification without spaces")),
    rule("spec.channel", checks.text(1, 100)),
    rule("spec.updateService", checks.url("http", "https")),
    rule("spec.clusterID", checks.matching(checks.UUID, "a UUID", 36, 36)),
    rule("spec.infraID", checks.matching(checks.DNS_LABEL, "lower-case letters, digits and dashes")),
    rule("spec.platform.type", checks.one_of("AWS", "Azure", "IBMCloud", "KubeVirt", "Agent", "PowerVS", "None")),
    rule("spec.controllerAvailabilityPolicy", checks.one_of(*_POLICIES)),
    rule("spec.infrastructureAvailabilityPolicy", checks.one_of(*_POLICIES)),
    rule("spec.dns.baseDomain", checks.matching(checks.DNS_NAME, "a DNS name", 0)),
    rule("spec.dns.baseDomainPrefix", checks.matching(checks.DNS_NAME, "a DNS name", 0)),
    rule("spec.dns.publicZoneID", checks.text(1, 258)),
    rule("spec.dns.privateZoneID", checks.text(1, 265)),
    rule("spec.networking.networkType", checks.one_of("OVNKubernetes", "OpenShiftSDN", "Calico", "Other")),
    rule("spec.networking.clusterNetwork", checks.items(1, 2)),
    rule("spec.networking.serviceNetwork", checks.items(1, 2)),
    rule("spec.networking.machineNetwork", checks.items(1, 2)),
    rule("spec.networking.clusterNetwork", checks.cidrs()),
    rule("spec.networking.serviceNetwork", checks.cidrs()),
    rule("spec.networking.machineNetwork", checks.cidrs()),
    rule("spec.networking.apiServer.allowedCIDRBlocks", checks.items(0, 500)),
    rule("spec.networking.apiServer.allowedCIDRBlocks", checks.cidrs("")),
    rule("spec.networking.apiServer.port", checks.integer(1, 65535)),
    rule("spec.etcd.managementType", checks.one_of("Managed", "Unmanaged")),
    rule("spec.etcd.managed.storage.type", checks.one_of("PersistentVolume")),
    rule("spec.etcd.managed.storage.persistentVolume.size", checks.quantity()),
    rule("spec.etcd.managed.storage.persistentVolume.storageClassName", checks.text(0, 255)),
    rule("spec.etcd.managed.storage.restoreSnapshotURL", checks.items(0, 1)),
    rule("spec.etcd.unmanaged.endpoint", checks.url("https")),
    rule("spec.issuerURL", checks.url("https", "http")),
    rule("spec.fips", checks.boolean()),
    rule("spec.olmCatalogPlacement", checks.one_of("management", "guest")),
    rule("spec.nodeSelector", checks.items(0, 20)),
    rule("spec.nodeSelector", checks.labels()),
    rule("spec.tolerations", checks.items(0, 25)),
    rule("spec.labels", checks.items(0, 20)),
    rule("spec.labels", checks.labels()),
    rule("metadata.labels", checks.labels()),
    rule("spec.imageContentSources", checks.items(0, 255)),
    rule("spec.kubeAPIServerDNSName", checks.matching(checks.DNS_NAME, "a DNS name", 0)),
    rule("spec.secretEncryption.type", checks.one_of("aescbc", "kms")),
    rule(
        "spec.configuration.featureGate.featureSet",
        checks.one_of("", "OKD", "TechPreviewNoUpgrade", "DevPreviewNoUpgrade", "CustomNoUpgrade"),
    ),
    rule(_AUTOSCALING + "scaling", checks.one_of("ScaleUpAndScaleDown", "ScaleUpOnly")),
    rule(_AUTOSCALING + "expanders", checks.items(1, 3)),
    rule(_AUTOSCALING + "maxNodesTotal", checks.integer(0)),
    rule(_AUTOSCALING + "maxNodeProvisionTime", checks.duration()),
    rule(_AUTOSCALING + "maxFreeDifferenceRatioPercent", checks.integer(0, 100)),
    rule(_AUTOSCALING + "scaleDown.utilizationThresholdPercent", checks.integer(0, 100)),
    rule("spec.monitoring.metricsSet", checks.one_of("Telemetry", "SRE", "All")),
    rule("spec.platform.agent.agentNamespace", checks.matching(checks.DNS_LABEL, "a namespace name", 1, 63)),
    rule("spec.platform.kubevirt.generateID", checks.text(1, 11)),
    rule("spec.platform.kubevirt.storageDriver.type", checks.one_of("Default", "None", "Manual")),
    rule("spec.platform.aws.region", checks.text(1, 255)),
    rule("spec.platform.aws.endpointAccess", checks.one_of("Public", "PublicAndPrivate", "Private")),
    rule("spec.platform.aws.resourceTags", checks.items(0, 25)),
)


def hosted_cluster_failures(manifest: dict[str, Any], live: dict[str, Any] | None = None) -> list[Failure]:
    """Everything in the desired manifest that API server or operator would refuse, all at once. live fills in what the
    user did not set; what is wrong there already is not told."""
    return checks.brought_in(_failures, manifest, live) + checks.pause_failures(
        manifest, live, "use module pause_reconcile, which pauses the node pools too", HOSTED_CLUSTER_PATHS
    )


def _failures(manifest: dict[str, Any]) -> list[Failure]:
    spec = manifest.get("spec", {})
    failures = _name_failures(manifest["metadata"]["namespace"], manifest["metadata"]["name"])
    failures += checks.field_failures(manifest, RULES, HOSTED_CLUSTER_PATHS)
    failures += (
        network_failures(spec) + _capability_failures(spec) + _snapshot_failures(spec) + _encryption_failures(spec)
    )
    return failures + _services_failures(spec) + _combination_failures(spec)


def _services_failures(spec: dict[str, Any]) -> list[Failure]:
    if not isinstance(spec.get("services"), list):
        return []
    platform = str(lookup(spec, ("platform", "type"), "")).lower()
    failures = [
        _fail(
            "spec.services",
            "the list",
            f"is not valid: {p}",
            "four to six services, each published as docs of option services say",
        )
        for p in services_problems(platform, spec["services"])
    ]
    return failures + _service_enum_failures(spec["services"])


def _combination_failures(spec: dict[str, Any]) -> list[Failure]:
    """Fields that go only with the value of another one."""
    failures = []
    if lookup(spec, ("autoscaling", "scaleDown")) and lookup(spec, ("autoscaling", "scaling")) == "ScaleUpOnly":
        failures.append(
            _fail("spec.autoscaling.scaleDown", "set", "goes only with scaling ScaleUpAndScaleDown", "remove scaleDown")
        )
    gate = lookup(spec, ("configuration", "featureGate")) or {}
    if gate.get("customNoUpgrade") and gate.get("featureSet") != "CustomNoUpgrade":
        failures.append(
            _fail(
                "spec.configuration.featureGate.customNoUpgrade",
                "set",
                "goes only with featureSet CustomNoUpgrade",
                "CustomNoUpgrade",
            )
        )
    return failures


def creation_failures(manifest: dict[str, Any]) -> list[Failure]:
    """What a new HostedCluster must have. Call with the manifest that is about to be created."""
    required = [("spec.release.image", "release_image"), ("spec.pullSecret.name", "pull_secret")]
    kind = lookup(manifest, ("spec", "platform", "type"))
    if kind == "Agent":
        required.append(("spec.platform.agent.agentNamespace", "agent.namespace"))
    if kind == "AWS":
        required.append(("spec.platform.aws.region", "aws.region"))
        required += [
            (f"spec.platform.aws.rolesRef.{field}", f"aws.roles.{option}") for option, field in AWS_ROLE_FIELDS.items()
        ]
    return [
        Failure(
            code="missing_option",
            cause=f"option {option} is missing: a new hosted cluster on this platform needs it",
            next_step=f"Set {option}.",
        )
        for path, option in required
        if not lookup(manifest, tuple(path.split(".")))
    ]


def _name_failures(namespace: str, name: str) -> list[Failure]:
    failures = []
    if not checks.DNS_LABEL.match(name) or len(name) > 63:
        failures.append(
            Failure(
                "invalid_option",
                f"option name is '{name}': it must be a DNS label",
                next_step="Allowed: lower-case letters, digits and dashes, at most 63.",
            )
        )
    if name == "clusters":
        failures.append(
            Failure(
                "invalid_option", "option name is 'clusters': this word is reserved", next_step="Choose another name."
            )
        )
    length = len(control_plane_namespace(namespace, name))
    if length > 63:
        failures.append(
            Failure(
                "invalid_option",
                f"options namespace and name give the control plane namespace {namespace}-{name} of {length}"
                " characters",
                next_step="Allowed: at most 63 together, as nothing is shortened.",
            )
        )
    return failures


def _capability_failures(spec: dict[str, Any]) -> list[Failure]:
    enabled = lookup(spec, ("capabilities", "enabled")) or []
    disabled = lookup(spec, ("capabilities", "disabled")) or []
    failures = [
        _fail("spec.capabilities", c, "is no capability", ", ".join(_CAPABILITIES))
        for c in [*enabled, *disabled]
        if c not in _CAPABILITIES
    ]
    both = sorted(set(enabled) & set(disabled))
    if both:
        failures.append(_fail("spec.capabilities", ", ".join(both), "is both enabled and disabled", "either list"))
    if "Ingress" in disabled and "Console" not in disabled:
        failures.append(
            _fail(
                "spec.capabilities.disabled",
                "Ingress",
                "can only be disabled together with Console",
                "Ingress and Console",
            )
        )
    return failures


def _snapshot_failures(spec: dict[str, Any]) -> list[Failure]:
    urls = lookup(spec, ("etcd", "managed", "storage", "restoreSnapshotURL")) or []
    return [
        _fail(
            "spec.etcd.managed.storage.restoreSnapshotURL",
            "the URL",
            "must start with https:// or s3://",
            "one presigned URL",
        )
        for u in urls
        if not str(u).startswith(("https://", "s3://"))
    ]


def _encryption_failures(spec: dict[str, Any]) -> list[Failure]:
    block = spec.get("secretEncryption") or {}
    if block.get("type") == "aescbc" and not lookup(block, ("aescbc", "activeKey", "name")):
        return [
            _fail(
                "spec.secretEncryption",
                "aescbc",
                "needs aescbc.activeKey.name",
                "the name of a Secret with key 'key' of 32 bytes",
            )
        ]
    return []


def _service_enum_failures(services: list[Any]) -> list[Failure]:
    names = ("APIServer", "OAuthServer", "OIDC", "Konnectivity", "Ignition", "OVNSbDb")
    kinds = ("LoadBalancer", "NodePort", "Route", "None", "S3")
    failures = [
        _fail("spec.services", s.get("service"), "is no service", ", ".join(names))
        for s in services
        if s.get("service") not in names
    ]
    for entry in services:
        kind = lookup(entry, ("servicePublishingStrategy", "type"))
        if kind not in kinds:
            failures.append(_fail("spec.services", kind, "is no publishing type", ", ".join(kinds)))
    return failures


def _fail(path: str, value: Any, rule_text: str, allowed: str) -> Failure:
    return checks.invalid(tuple(path.split(".")), value, rule_text, allowed, HOSTED_CLUSTER_PATHS)
