# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What lets a hosted cluster through: configuration, release image, credentials, the update gate, the pause."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from itertools import combinations

from . import references
from .conditions import FALSE, TRUE, Condition, as_expected
from .context import Context
from .names import FORCE_UPGRADE_TO, SKIP_RELEASE_VALIDATION
from .pause import Pause
from .releases import Release, Version, refusal
from .view import ClusterView

_FORCE_MISMATCH = "force upgrade annotation is present but does not match desired release image"
_NOT_UPGRADEABLE = "cluster version is not upgradeable"


@dataclass(frozen=True)
class Verdict:
    pause: Pause
    valid_configuration: Condition
    valid_release: Condition
    release: Release | None
    upgrade_problem: str
    error: str

    @property
    def blocked(self) -> bool:
        """No spec of the control plane is written; errors of references only stop what comes after them."""
        conditions = (self.valid_configuration, self.valid_release)
        return any(condition.status == FALSE for condition in conditions) or bool(self.upgrade_problem) or self.release is None


def evaluate(view: ClusterView, ctx: Context) -> Verdict:
    configuration = valid_configuration(view)
    release = resolve(view, view.spec["release"]["image"])
    valid_release = release_condition(view, release)
    upgrade = upgrade_problem(view, release) if release else ""
    pause = ctx.pause(view.spec.get("pausedUntil"))
    if pause.paused:
        error = ""
    elif configuration.status == FALSE:
        error = f"configuration is invalid: {configuration.message}"
    elif valid_release.reason == "SecretNotFound":
        error = valid_release.message
    elif valid_release.status == FALSE:
        error = ""
    else:
        error = upgrade or namespace_problem(view) or _credentials_error(view) or references.problem(view)
    return Verdict(pause, configuration, valid_release, release, upgrade, error)


def namespace_problem(view: ClusterView) -> str:
    """The name of the control plane's namespace is never shortened."""
    if len(view.cpns) <= 63:
        return ""
    return f'failed to reconcile namespace: Namespace "{view.cpns}" is invalid: metadata.name: must be no more than 63 characters'


def _credentials_error(view: ClusterView) -> str:
    problem = references.credentials_problem(view)
    return f"failed to reconcile platform credentials: {problem}" if problem else ""


def resolve(view: ClusterView, image: str) -> Release | None:
    return None if "bad-release" in view.faults else view.release(image)


def valid_configuration(view: ClusterView) -> Condition:
    problem = _network_problem(view) or _aws_problem(view)
    if problem:
        return Condition("ValidConfiguration", FALSE, "InvalidConfiguration", problem)
    return as_expected("ValidConfiguration", "Configuration passes validation")


def _network_problem(view: ClusterView) -> str:
    networking = view.spec["networking"]
    networks = [
        (field, ipaddress.ip_network(entry["cidr"], strict=False))
        for field in ("clusterNetwork", "serviceNetwork", "machineNetwork")
        for entry in networking.get(field) or []
    ]
    for (first_field, first), (second_field, second) in combinations(networks, 2):
        if first.version == second.version and first.overlaps(second):
            return f"spec.networking.{first_field}: {first} overlaps with spec.networking.{second_field}: {second}"
    return ""


def _aws_problem(view: ClusterView) -> str:
    if view.platform != "AWS":
        return ""
    for service in ("Konnectivity", "OAuthServer", "Ignition"):
        if view.strategy(service).get("type") not in (None, "Route"):
            return f"service type {service} must be published by Route on AWS"
    api = view.strategy("APIServer")
    if api.get("type") == "Route" and (api.get("route") or {}).get("hostname"):
        return ""
    return "" if api.get("type") == "LoadBalancer" else "service type APIServer must be a LoadBalancer, or a Route with a hostname"


def release_condition(view: ClusterView, release: Release | None) -> Condition:
    missing = references.pull_secret(view).problem(view.store.get("Secret", view.namespace, view.spec["pullSecret"]["name"]))
    if missing:
        reason = "SecretNotFound" if "not found" in missing else "InvalidImage"
        return Condition("ValidReleaseImage", FALSE, reason, missing)
    image = view.spec["release"]["image"]
    if release is None:
        message = f"failed to lookup release image: unable to read image {image}: manifest unknown"
        return Condition("ValidReleaseImage", FALSE, "InvalidImage", message)
    known = view.condition("ValidReleaseImage")
    if known and known["status"] == TRUE and known.get("observedGeneration") == view.generation:
        return as_expected("ValidReleaseImage", "Release image is valid")
    if SKIP_RELEASE_VALIDATION not in view.annotations:
        problem = refusal(release.version, current_version(view), view.spec["networking"].get("networkType", "OVNKubernetes"))
        if problem:
            return Condition("ValidReleaseImage", FALSE, "InvalidImage", problem)
    return as_expected("ValidReleaseImage", "Release image is valid")


def current_version(view: ClusterView) -> Version | None:
    """The version the hosted cluster reports, once its control plane exists."""
    version = ((view.status.get("version") or {}).get("desired") or {}).get("version")
    return Version(version) if version and view.hcp is not None else None


def upgrade_problem(view: ClusterView, target: Release) -> str:
    """The operator's gate on an update; it looks at ClusterVersionUpgradeable, not at the available updates."""
    desired = (view.status.get("version") or {}).get("desired") or {}
    current = current_version(view)
    if current is None or desired.get("image") == target.image:
        return ""
    upgradeable = view.condition("ClusterVersionUpgradeable")
    if upgradeable is None or upgradeable["status"] == TRUE:
        return ""
    override = (view.spec.get("controlPlaneRelease") or {}).get("image")
    forced = view.annotations.get(FORCE_UPGRADE_TO)
    if forced is not None:
        return "" if forced == (override or target.image) else _FORCE_MISMATCH
    if override or target.version.minor == current.minor:
        return ""
    return _NOT_UPGRADEABLE


def progressing(view: ClusterView, verdict: Verdict) -> Condition:
    for condition in (verdict.valid_configuration, verdict.valid_release, verdict.pause.condition("ReconciliationActive", "AsExpected")):
        if condition.status == FALSE:
            return Condition("Progressing", FALSE, "Blocked", f"{condition.type} condition is false: {condition.message}")
    if verdict.upgrade_problem:
        message = f"ClusterVersionUpgradeable condition is false: {verdict.upgrade_problem}"
        return Condition("Progressing", FALSE, "Blocked", message)
    reported = ((view.hcp or {}).get("status") or {}).get("versionStatus")
    if not reported or reported["desired"]["image"] != view.spec["release"]["image"]:
        message = "HostedCluster is deploying, upgrading, or reconfiguring"
        return Condition("Progressing", TRUE, "Progressing", message)
    return as_expected("Progressing", "HostedCluster is at expected version", FALSE)
