# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: versions, updates and rollouts of a hosted cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._kernel import versions
from ..._kernel.text import message_line
from ..._kernel.times import seconds_since
from ..findings import Health, Severity
from ..subject import OF_CONTROL_PLANE, Raw, Subject
from .rule import COMING, NOISE, SLOW, Rule, goals, worded

_UPDATE = goals("version_completed", "reconciled", "healthy")
# Most updates of a hosted control plane take less than an hour; three are worth a look.
_LONG_UPDATE_SECONDS = 3 * 3600
_PAUSE_MESSAGE = "ReconciliationActive condition is false"


def latest(subject: Subject) -> Mapping[str, Any]:
    """Newest entry of the version history, empty when there is none."""
    return versions.newest({"status": subject.status})


def _version(entry: Mapping[str, Any]) -> str:
    return f"version {entry['version']}" if entry.get("version") else "the release"


def wants_workers(pool: Mapping[str, Any]) -> bool:
    spec = pool.get("spec") or {}
    return bool(spec.get("autoScaling")) or (spec.get("replicas") or 0) > 0


def has_workers(pool: Mapping[str, Any]) -> bool:
    return ((pool.get("status") or {}).get("replicas") or 0) > 0


def _blocked(subject: Subject, raw: Raw) -> dict[str, str] | None:
    """Blocked for another reason than a pause; a pause is a wish, not a fault."""
    if (raw.get("message") or "").startswith(_PAUSE_MESSAGE):
        return None
    upgradeable = subject.conditions.get("ClusterVersionUpgradeable") or {}
    return {"upgradeable": message_line(upgradeable.get("message")) or "the reason is not given"}


def _no_workers(subject: Subject, raw: Raw) -> dict[str, str] | None:
    """Only known pools prove that there are no workers; an empty list may mean that nobody looked."""
    if latest(subject).get("state") != "Partial" or not subject.node_pools:
        return None
    if any(wants_workers(pool) or has_workers(pool) for pool in subject.node_pools):
        return None
    return {"version": _version(latest(subject))}


def _partial(subject: Subject, raw: Raw) -> dict[str, str] | None:
    entry = latest(subject)
    if entry.get("state") != "Partial" or subject.status_of("ClusterVersionProgressing") == "True":
        return None
    return {"version": _version(entry)}


def _slow(subject: Subject, raw: Raw) -> dict[str, str] | None:
    entry = latest(subject)
    age = seconds_since(entry.get("startedTime"), subject.now)
    if entry.get("state") != "Partial" or age is None or age < _LONG_UPDATE_SECONDS:
        return None
    return {"version": _version(entry), "hours": str(int(age // 3600))}


REFUSAL_RULES = (
    Rule(
        code="force_upgrade_mismatch",
        title="A left-over force annotation blocks the update",
        conditions=("Progressing", "ReconciliationSucceeded"),
        message=worded(r"force upgrade annotation is present but does not match"),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="annotation hypershift.openshift.io/force-upgrade-to names another image than the requested release",
        next_step="Remove the annotation, or set it to exactly the requested image when the update must be forced.",
        reason=(
            "while Upgradeable is not True the annotation must equal the image, even for a z-stream"
            " (platform_facts#6.3)"
        ),
        stops=_UPDATE,
    ),
    Rule(
        code="upgrade_blocked",
        title="The cluster does not allow the minor update",
        conditions=("Progressing", "ReconciliationSucceeded"),
        message=worded(r"cluster version is not upgradeable"),
        check=_blocked,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the update is blocked because the cluster reports that it is not upgradeable: {upgradeable}",
        next_step=(
            "Resolve the named reason (often: acknowledge removed APIs), or force it with annotation "
            "hypershift.openshift.io/force-upgrade-to set to the requested image, or set the previous image again."
        ),
        reason="a change of the minor version is held back while Upgradeable is not True (platform_facts#6.3, #O.10)",
        stops=_UPDATE,
    ),
    Rule(
        code="progress_blocked",
        title="The operator does not act on the spec",
        conditions=("Progressing",),
        reasons=frozenset({"Blocked"}),
        check=_blocked,
        severity=Severity.ERROR,
        verdict=Health.BLOCKED,
        cause="the operator does not act on the spec: {message}",
        next_step="Resolve the condition that the message names; it comes before everything else.",
        reason=(
            "Progressing False with reason Blocked names the condition that holds everything back"
            " (platform_facts#6.3, #O.3)"
        ),
    ),
)

VERSION_RULES = (
    Rule(
        code="no_workers",
        title="Without workers the version can never complete",
        shows="`version.history[0].state=Partial` while every NodePool has 0 replicas and no autoscaling",
        check=_no_workers,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause=(
            "{version} can never complete, because all node pools have 0 replicas and cluster operators need a worker"
        ),
        next_step="Scale a node pool to at least 1 (2 for a redundant ingress), or wait for the goal available only.",
        reason=(
            "Available does not need nodes, but the install or update stays Partial without one"
            " (platform_facts#2.9, #6.3, #10.3)"
        ),
        stops=goals("version_completed", "healthy"),
    ),
    Rule(
        code="data_plane_unreachable",
        title="The control plane cannot reach the nodes",
        conditions=("DataPlaneConnectionAvailable",),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the control plane cannot reach the nodes: {message}",
        next_step=(
            "Check the konnectivity-agent pods on the nodes and that the nodes reach the published Konnectivity"
            " address."
        ),
        reason="webhooks, metrics and most identity providers go through konnectivity (platform_facts#3, #10.5, #11.2)",
        starting=COMING,
        young=NOISE,
    ),
    Rule(
        code="control_plane_unreachable",
        title="The nodes cannot reach the control plane",
        conditions=("ControlPlaneConnectionAvailable",),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the nodes cannot reach the control plane: {message}",
        next_step="Check DNS and firewall from a node to the API's published address.",
        reason="nodes initiate every connection to the control plane (platform_facts#10.5, #11.2)",
        starting=COMING,
        young=NOISE,
    ),
    Rule(
        code="release_not_accepted",
        title="The cluster does not accept the release",
        conditions=("ClusterVersionReleaseAccepted",),
        severity=Severity.ERROR,
        verdict=Health.BLOCKED,
        cause="the cluster version operator does not accept the release: {message}",
        next_step="Check that the cluster can pull the release image and that its signature can be verified.",
        reason="nothing is applied before the payload is loaded (platform_facts#6.3)",
        young=SLOW,
    ),
    Rule(
        code="cluster_version_failing",
        title="The cluster version operator reports a failure",
        conditions=("ClusterVersionSucceeding",),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the cluster version operator reports a failure: {message}",
        next_step=(
            "Look at the named ClusterOperator in the hosted cluster; console and ingress need *.apps to resolve."
        ),
        reason="Succeeding is the inverse of Failing of the hosted ClusterVersion (platform_facts#0.5, #2.4)",
        starting=SLOW,
        young=SLOW,
        young_seconds=10 * 60,
    ),
    Rule(
        code="hosted_version_failing",
        title="The hosted ClusterVersion fails",
        kinds=(OF_CONTROL_PLANE,),
        conditions=("ClusterVersionFailing",),
        status="True",
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the hosted ClusterVersion fails: {message}",
        next_step="Look at the named ClusterOperator in the hosted cluster.",
        reason="the HostedControlPlane carries Failing itself, the HostedCluster its inverse (platform_facts#0.5)",
        starting=SLOW,
        young=SLOW,
        young_seconds=10 * 60,
    ),
    Rule(
        code="version_unavailable",
        title="The installed version is not available",
        conditions=("ClusterVersionAvailable",),
        severity=Severity.WARNING,
        verdict=Health.PROGRESSING,
        cause="no version has been completely applied yet: {message}",
        next_step="Wait for the install; it needs at least one worker and a working ingress.",
        reason="ClusterVersionAvailable is True from the first completed version on (platform_facts#6.3)",
        starting=COMING,
    ),
    Rule(
        code="degraded",
        title="Parts of the control plane are degraded",
        conditions=("Degraded",),
        status="True",
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the control plane is degraded: {message}",
        next_step=(
            "Look at the named Deployments in namespace {cpns}: their events and the logs of the pods that are not"
            " Ready."
        ),
        reason=(
            "any Deployment of the control plane with unavailable replicas sets it, for moments during every rollout"
            " (platform_facts#O.4, #O.10)"
        ),
        starting=COMING,
        young=NOISE,
    ),
    Rule(
        code="update_in_progress",
        title="The cluster is applying a version",
        conditions=("ClusterVersionProgressing",),
        status="True",
        severity=Severity.INFO,
        verdict=Health.PROGRESSING,
        cause="the cluster is applying a version: {message}",
        next_step="Wait; the goal version_completed tells when it is done.",
        reason="the message counts the manifests that are applied (platform_facts#6.3)",
    ),
    Rule(
        code="rollout_in_progress",
        title="The operator is rolling out a change",
        conditions=("Progressing",),
        status="True",
        severity=Severity.INFO,
        verdict=Health.PROGRESSING,
        cause="the operator is deploying, upgrading or reconfiguring the control plane",
        next_step="Wait; Progressing turns False early, so it does not tell when an update is complete.",
        reason="it turns False as soon as the hosted cluster desires the new image (platform_facts#6.3, #O.10)",
    ),
    Rule(
        code="version_partial",
        title="The newest version is not complete",
        shows="`version.history[0].state=Partial` without `ClusterVersionProgressing=True`",
        check=_partial,
        severity=Severity.INFO,
        verdict=Health.PROGRESSING,
        cause="{version} is not completely applied yet",
        next_step="Wait; it completes once a worker and ingress work.",
        reason="only state Completed of the newest history entry means done (platform_facts#2.9, #6.3)",
    ),
    Rule(
        code="update_slow",
        title="An update takes unusually long",
        shows="`version.history[0].state=Partial` and a startedTime more than 3 hours ago",
        check=_slow,
        severity=Severity.WARNING,
        verdict=Health.PROGRESSING,
        cause="{version} has been applied for more than {hours} h",
        next_step="Look at the ClusterOperators of the hosted cluster that are not Available or are Degraded.",
        reason="a history that stays Partial is the usual sign of an update that hangs (platform_facts#6.3)",
    ),
)
