# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the operator checks of a node pool: release, skew, architecture, update parameters."""

from __future__ import annotations

from . import durations
from .conditions import FALSE, Condition, as_expected
from .names import Obj
from .releases import Release, Version, refusal
from .view import PoolView

_FAILED = "ValidationFailed"
_ARCHITECTURES = {
    "AWS": {"amd64", "arm64"},
    "Azure": {"amd64", "arm64"},
    "None": {"amd64", "arm64"},
    "GCP": {"amd64", "arm64"},
    "KubeVirt": {"amd64", "s390x"},
    "OpenStack": {"amd64"},
    "Agent": {"amd64", "arm64", "ppc64le"},
    "PowerVS": {"ppc64le"},
}


def autoscaling(view: PoolView) -> Condition:
    bounds = view.spec.get("autoScaling")
    if bounds:
        return as_expected("AutoscalingEnabled", f"Maximum nodes: {bounds['max']}, Minimum nodes: {bounds['min']}")
    return as_expected("AutoscalingEnabled", status=FALSE)


def management(view: PoolView) -> Condition:
    rolling = ((view.spec["management"].get("replace") or {}).get("rollingUpdate")) or {}
    surge = durations.count(rolling.get("maxSurge"), 1, 100, round_up=True)
    unavailable = durations.count(rolling.get("maxUnavailable"), 0, 100, round_up=False)
    if not view.in_place and surge == 0 and unavailable == 0:
        message = "maxSurge and maxUnavailable cannot both be zero"
        return Condition("UpdateManagementEnabled", FALSE, _FAILED, message)
    return as_expected("UpdateManagementEnabled")


def release(view: PoolView) -> tuple[Release | None, Condition]:
    image = view.spec["release"]["image"]
    found = None if "bad-release" in view.faults else view.cluster.release(image)
    if found is None:
        problem = f"failed to look up release image metadata: unable to read image {image}: manifest unknown"
    else:
        ceiling = cluster_version(view)
        current = Version(view.version) if view.version else None
        problem = refusal(found.version, current, view.cluster.spec["networking"].get("networkType", ""), ceiling)
    if problem:
        return None, Condition("ValidReleaseImage", FALSE, _FAILED, f"Failed to get release image: {problem}")
    return found, as_expected("ValidReleaseImage", f"Using release image: {image}")


def _history(view: PoolView) -> list[Obj]:
    return list((view.cluster.status.get("version") or {}).get("history") or [])


def cluster_version(view: PoolView) -> Version | None:
    """The ceiling: the first history entry with a completion time, which a superseded one has too."""
    for entry in _history(view):
        if entry.get("completionTime") and entry.get("version"):
            return Version(entry["version"])
    found = view.cluster.release(view.cluster.spec["release"]["image"])
    return found.version if found else None


def skew(view: PoolView, target: Version) -> Condition:
    """Advisory: it is reported, and the rollout goes on."""
    type_ = "SupportedVersionSkew"
    completed = next((entry["version"] for entry in _history(view) if entry["state"] == "Completed"), None)
    if completed is None:
        return as_expected(type_, "Release image version is valid")
    ceiling = Version(completed)
    if target > ceiling:
        message = f"NodePool version {target} cannot be higher than the HostedCluster version {ceiling}"
        return Condition(type_, FALSE, "UnsupportedSkew", message)
    distance = ceiling.minor - target.minor
    if distance > 3:
        message = f"NodePool minor version {target} is less than {ceiling} by {distance}, which is unsupported: at most 3 are supported"
        return Condition(type_, FALSE, "UnsupportedSkew", message)
    return as_expected(type_, "Release image version is valid")


def architecture(view: PoolView) -> tuple[Condition, bool]:
    """The condition, and whether it stops the pool: a payload without the architecture does."""
    type_, arch, reason = "ValidArchPlatform", view.spec.get("arch", "amd64"), "InvalidArchPlatform"
    if arch not in _ARCHITECTURES.get(view.platform, {"amd64"}):
        message = f"CPU arch {arch} is not supported for platform: {view.platform}, use 'amd64' instead"
        return Condition(type_, FALSE, reason, message), False
    payload = view.cluster.status.get("payloadArch")
    if payload not in (None, "Multi", arch.upper()):
        message = f"NodePool CPU arch, {arch}, is not supported by the HostedCluster payload type, {payload.lower()}"
        return Condition(type_, FALSE, reason, message), True
    return as_expected(type_), False


def ignition(view: PoolView) -> Condition | None:
    """Present only while something is missing."""
    type_ = "IgnitionEndpointAvailable"
    if not view.cluster.status.get("ignitionEndpoint"):
        return Condition(type_, FALSE, "IgnitionEndpointMissing", "Ignition endpoint not available, waiting")
    if view.child("Secret", "ignition-server-ca-cert") is None:
        return Condition(type_, FALSE, "IgnitionCACertMissing", "still waiting for ignition CA cert Secret to exist")
    return None
