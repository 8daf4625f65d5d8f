# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a NodePool may look like, checked before any write. Source: platform_facts#0.6, #6.5, #O.11."""

from __future__ import annotations

from typing import Any

from .._kernel.errors import Failure
from .._kernel.objects import lookup
from .._manifests import field_checks as checks
from .._manifests.field_checks import FieldRule, rule
from .._manifests.option_paths import NODE_POOL_PATHS
from .update_settings import none_may_go, rolling_limits

_KUBEVIRT = "spec.platform.kubevirt."
_AWS = "spec.platform.aws."
# Controller-side matrix; a violation would only show later as ValidArchPlatform False.
ARCH_BY_PLATFORM = {
    "AWS": ("amd64", "arm64"),
    "Azure": ("amd64", "arm64"),
    "None": ("amd64", "arm64"),
    "KubeVirt": ("amd64", "s390x"),
    "Agent": ("amd64", "ppc64le", "arm64"),
    "PowerVS": ("ppc64le",),
}

RULES: tuple[FieldRule, ...] = (
    rule("spec.clusterName", checks.matching(checks.DNS_LABEL, "the name of a HostedCluster")),
    rule("spec.release.image", checks.matching(checks.IMAGE, "a pull specification without spaces")),
    rule("spec.replicas", checks.integer(0)),
    rule("spec.autoScaling.min", checks.integer(0)),
    rule("spec.autoScaling.max", checks.integer(1)),
    rule("spec.management.upgradeType", checks.one_of("Replace", "InPlace")),
    rule("spec.management.autoRepair", checks.boolean()),
    rule("spec.management.replace.strategy", checks.one_of("RollingUpdate", "OnDelete")),
    rule("spec.management.replace.rollingUpdate.maxSurge", checks.count_or_percent()),
    rule("spec.management.replace.rollingUpdate.maxUnavailable", checks.count_or_percent()),
    rule("spec.management.inPlace.maxUnavailable", checks.count_or_percent(1)),
    rule("spec.config", checks.items(0, 10)),
    rule("spec.tuningConfig", checks.items(0, 10)),
    rule("spec.nodeDrainTimeout", checks.duration()),
    rule("spec.nodeVolumeDetachTimeout", checks.duration()),
    rule("spec.nodeLabels", checks.labels()),
    rule("spec.taints", checks.items(0, 50)),
    rule("spec.arch", checks.one_of("amd64", "arm64", "ppc64le", "s390x")),
    rule("spec.platform.type", checks.one_of("AWS", "Azure", "IBMCloud", "KubeVirt", "Agent", "PowerVS", "None")),
    rule("metadata.labels", checks.labels()),
    rule(_KUBEVIRT + "compute.cores", checks.integer(1)),
    rule(_KUBEVIRT + "compute.memory", checks.quantity()),
    rule(_KUBEVIRT + "compute.qosClass", checks.one_of("Burstable", "Guaranteed")),
    rule(_KUBEVIRT + "rootVolume.persistent.size", checks.quantity()),
    rule(_KUBEVIRT + "rootVolume.persistent.volumeMode", checks.one_of("Filesystem", "Block")),
    rule(_KUBEVIRT + "rootVolume.persistent.accessModes", checks.items(0, 10)),
    rule(_KUBEVIRT + "rootVolume.cacheStrategy.type", checks.one_of("None", "PVC")),
    rule(_KUBEVIRT + "additionalNetworks", checks.items(0, 20)),
    rule(_KUBEVIRT + "hostDevices", checks.items(0, 10)),
    rule(_KUBEVIRT + "networkInterfaceMultiqueue", checks.one_of("Enable", "Disable")),
    rule(_KUBEVIRT + "attachDefaultNetwork", checks.boolean()),
    rule(_AWS + "instanceType", checks.text(1, 255)),
    rule(_AWS + "rootVolume.size", checks.integer(8)),
    rule(_AWS + "securityGroups", checks.items(0, 50)),
    rule(_AWS + "resourceTags", checks.items(0, 25)),
    rule(_AWS + "placement.tenancy", checks.one_of("default", "dedicated", "host")),
    rule(_AWS + "placement.marketType", checks.one_of("", "OnDemand", "Spot", "CapacityBlocks")),
    rule(_AWS + "imageType", checks.one_of("Linux", "Windows")),
)


def node_pool_failures(manifest: dict[str, Any], live: dict[str, Any] | None = None) -> list[Failure]:
    """Everything in the desired manifest that API server or operator would refuse. live fills in what the user did not
    set; what is wrong there already is not told."""
    return checks.brought_in(_failures, manifest, live) + checks.pause_failures(
        manifest, live, "use module pause_reconcile", NODE_POOL_PATHS
    )


def _failures(manifest: dict[str, Any]) -> list[Failure]:
    spec = manifest.get("spec", {})
    failures = _name_failures(manifest["metadata"]["name"])
    failures += checks.field_failures(manifest, RULES, NODE_POOL_PATHS)
    platform = lookup(spec, ("platform", "type"))
    failures += (
        _scaling_failures(spec, platform)
        + _management_failures(spec)
        + _taint_failures(spec)
        + _aws_failures(spec)
        + _kubevirt_failures(spec)
    )
    arch, legal = spec.get("arch"), ARCH_BY_PLATFORM.get(str(platform))
    if arch and legal and arch not in legal:
        hint = f"{', '.join(legal)} on platform {platform}"
        if arch == "s390x" and platform == "Agent":
            hint += (
                "; for IBM Z agents leave arch at amd64 and use a multi-arch release image, the InfraEnv carries s390x"
            )
        failures.append(_fail("spec.arch", arch, f"does not run on platform {platform}", hint))
    return failures


def creation_failures(manifest: dict[str, Any]) -> list[Failure]:
    required = [("spec.clusterName", "cluster_name"), ("spec.release.image", "release_image")]
    if lookup(manifest, ("spec", "platform", "type")) == "AWS" and not lookup(
        manifest, ("spec", "platform", "aws", "subnet", "filters")
    ):
        required.append(("spec.platform.aws.subnet.id", "aws.subnet_id"))
    return [
        Failure(
            code="missing_option",
            cause=f"option {option} is missing: a new node pool on this platform needs it",
            next_step=f"Set {option}.",
        )
        for path, option in required
        if not lookup(manifest, tuple(path.split(".")))
    ]


def _name_failures(name: str) -> list[Failure]:
    if checks.DNS_LABEL.match(name) and len(name) <= 253:
        return []
    return [
        Failure(
            "invalid_option",
            f"option name is '{name}': it must be a DNS label",
            next_step="Allowed: lower-case letters, digits and dashes.",
        )
    ]


def _scaling_failures(spec: dict[str, Any], platform: Any) -> list[Failure]:
    scaling, failures = spec.get("autoScaling"), []
    if scaling and spec.get("replicas") is not None:
        failures.append(
            _fail("spec.replicas", spec["replicas"], "excludes auto_scaling", "either replicas or auto_scaling")
        )
    if not isinstance(scaling, dict):
        return failures
    low, high = scaling.get("min"), scaling.get("max")
    if low is None or high is None:
        failures.append(_fail("spec.autoScaling", scaling, "needs both min and max", "{min: 2, max: 6}"))
    elif isinstance(low, int) and isinstance(high, int):
        if high < low:
            failures.append(
                _fail(
                    "spec.autoScaling", f"min {low}, max {high}", "must have max at or above min", f"max {low} or more"
                )
            )
        if low == 0 and platform not in ("AWS", "Azure"):
            failures.append(
                _fail(
                    "spec.autoScaling.min",
                    0,
                    f"may be 0 only on AWS and Azure, not on {platform}",
                    "1 or more; or replicas: 0",
                )
            )
    return failures


def _management_failures(spec: dict[str, Any]) -> list[Failure]:
    management, failures = spec.get("management") or {}, []
    if management.get("inPlace") and management.get("upgradeType") == "Replace":
        failures.append(
            _fail(
                "spec.management.inPlace.maxUnavailable",
                "set",
                "goes only with upgrade_type InPlace",
                "replace.max_unavailable",
            )
        )
    replace = management.get("replace") or {}
    rolling = replace.get("rollingUpdate") or {}
    if rolling and replace.get("strategy") == "OnDelete":
        failures.append(
            _fail(
                "spec.management.replace.strategy",
                "OnDelete",
                "excludes max_surge and max_unavailable",
                "RollingUpdate",
            )
        )
    surge, _unavailable = rolling_limits(rolling)
    if rolling and none_may_go(rolling):
        failures.append(
            _fail(
                "spec.management.replace.rollingUpdate.maxSurge",
                surge,
                "must not be 0 together with max_unavailable 0",
                "one of them above 0",
            )
        )
    return failures


def _taint_failures(spec: dict[str, Any]) -> list[Failure]:
    failures = []
    for taint in spec.get("taints") or []:
        if taint.get("effect") not in ("NoSchedule", "PreferNoSchedule", "NoExecute"):
            failures.append(
                _fail(
                    "spec.taints", taint.get("effect"), "has no such effect", "NoSchedule, PreferNoSchedule, NoExecute"
                )
            )
        if not checks.LABEL_KEY.match(str(taint.get("key") or "")):
            failures.append(_fail("spec.taints", taint.get("key"), "has an illegal key", "[prefix/]name"))
        if not checks.LABEL_VALUE.match(str(taint.get("value") or "")):
            failures.append(
                _fail("spec.taints", taint.get("value"), "has an illegal value", "letters, digits, '-', '_' or '.'")
            )
    return failures


def _aws_failures(spec: dict[str, Any]) -> list[Failure]:
    aws, failures = lookup(spec, ("platform", "aws")) or {}, []
    subnet = lookup(aws, ("subnet", "id"))
    if subnet and not str(subnet).startswith("subnet-"):
        failures.append(
            _fail("spec.platform.aws.subnet.id", subnet, "must start with subnet-", "subnet-0123456789abcdef0")
        )
    placement = aws.get("placement") or {}
    if placement.get("spot") and placement.get("marketType") != "Spot":
        failures.append(
            _fail("spec.platform.aws.placement.spot", "set", "goes only with marketType Spot", "marketType: Spot")
        )
    if placement.get("tenancy") == "host" and placement.get("capacityReservation"):
        failures.append(
            _fail("spec.platform.aws.placement.tenancy", "host", "excludes capacityReservation", "default, dedicated")
        )
    if aws.get("imageType") == "Windows" and spec.get("arch") not in (None, "amd64"):
        failures.append(_fail("spec.platform.aws.imageType", "Windows", "needs arch amd64", "Linux"))
    return failures


def _kubevirt_failures(spec: dict[str, Any]) -> list[Failure]:
    kubevirt = lookup(spec, ("platform", "kubevirt")) or {}
    if kubevirt.get("attachDefaultNetwork") is not False or kubevirt.get("additionalNetworks"):
        return []
    path = _KUBEVIRT + "attachDefaultNetwork"
    return [_fail(path, False, "would leave the nodes without any network", "true, or additional_networks beside it")]


def _fail(path: str, value: Any, rule_text: str, allowed: str) -> Failure:
    return checks.invalid(tuple(path.split(".")), value, rule_text, allowed, NODE_POOL_PATHS)
