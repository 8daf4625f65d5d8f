# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The ClusterVersion of the hosted cluster, as its control plane mirrors it: it needs workers to get anywhere."""

from __future__ import annotations

import copy

from . import conditions, releases, rollout, timeline
from .conditions import FALSE, TRUE, Condition
from .context import Context
from .names import CAPI_CLUSTER_NAME, Obj
from .releases import Release, Version
from .view import ClusterView

_REASON = "FromClusterVersion"


def ready_nodes(view: ClusterView) -> int:
    """Workers that joined. Without machines to look at (platform None), a pool's nodes join by themselves."""
    running = sum(
        1
        for machine in view.store.list("Machine", view.cpns)
        if (machine["metadata"].get("labels") or {}).get(CAPI_CLUSTER_NAME) == view.infra_id
        and (machine.get("status") or {}).get("phase") == "Running"
    )
    if view.platform != "None":
        return running
    return sum(int(pool["spec"].get("replicas") or 0) for pool in view.node_pools() if (pool.get("status") or {}).get("version"))


def compute(view: ClusterView, ctx: Context, hcp: Obj) -> tuple[Obj | None, list[Condition]]:
    image = hcp["spec"]["releaseImage"]
    release = view.release(image)
    known = (hcp.get("status") or {}).get("versionStatus")
    goal = rollout.target(view)
    started = goal is not None and rollout.reached(view, "cluster-version-operator", goal.version)
    if release is None or (known is None and not started):
        return known, []
    status: Obj = copy.deepcopy(known) if known else {"desired": {}, "history": [], "availableUpdates": None}
    if started and status["desired"].get("image") != image:
        _begin(status, release, ctx)
    if status["history"][0]["state"] != "Completed":
        _finish_when_due(view, ctx, status)
    channel = hcp["spec"].get("channel", "")
    status["observedGeneration"] = hcp["metadata"].get("generation", 1)
    _updates(view, status, channel)
    return status, _conditions(view, ctx, hcp, status, channel)


def _begin(status: Obj, release: Release, ctx: Context) -> None:
    for entry in status["history"]:
        # A superseded entry gets a completion time and stays Partial.
        if entry.get("completionTime") is None:
            entry["completionTime"] = ctx.stamp
    entry = {
        "state": "Partial",
        "startedTime": ctx.stamp,
        "completionTime": None,
        "version": str(release.version),
        "image": release.image,
        "verified": bool(status["history"]),
    }
    status["history"].insert(0, entry)
    status["desired"] = {"image": release.image, "version": str(release.version)}
    if release.channels:
        status["desired"]["channels"] = sorted(release.channels)


def _step(status: Obj) -> tuple[str, int]:
    installed = any(entry["state"] == "Completed" for entry in status["history"])
    seconds = timeline.OPERATORS_UPGRADE if installed else timeline.OPERATORS_INSTALL
    return f"cluster-version/{status['desired']['image']}/{len(status['history'])}", seconds


def _finish_when_due(view: ClusterView, ctx: Context, status: Obj) -> None:
    if ready_nodes(view) > 0 and ctx.passed(*_step(status)):
        status["history"][0] |= {"state": "Completed", "completionTime": ctx.stamp}


def _updates(view: ClusterView, status: Obj, channel: str) -> None:
    current = Version(status["desired"]["version"])
    offered = [release for release in releases.listed(view.store) if channel in release.channels and release.version > current]
    offered.sort(key=lambda release: release.version, reverse=True)
    plain = [_payload(release) for release in offered if not release.risks] if channel else []
    status["availableUpdates"] = plain or None
    conditional = [_conditional(release, status) for release in offered if release.risks] if channel else []
    status.pop("conditionalUpdates", None)
    if conditional:
        status["conditionalUpdates"] = conditional


def _payload(release: Release) -> Obj:
    return {"version": str(release.version), "image": release.image, "channels": sorted(release.channels)}


def _conditional(release: Release, status: Obj) -> Obj:
    risks = [{"matchingRules": [{"type": "Always"}], **risk} for risk in release.risks]
    recommended: Obj = {
        "type": "Recommended",
        "status": FALSE,
        "reason": risks[0]["name"],
        "message": risks[0]["message"],
        "lastTransitionTime": status["history"][-1]["startedTime"],
    }
    return {"release": _payload(release), "risks": risks, "conditions": [recommended]}


def _conditions(view: ClusterView, ctx: Context, hcp: Obj, status: Obj, channel: str) -> list[Condition]:
    version, image = status["desired"]["version"], status["desired"]["image"]
    done = status["history"][0]["state"] == "Completed"
    accepted = f'Payload loaded version="{version}" image="{image}"'
    return [
        Condition("ClusterVersionFailing", FALSE, _REASON),
        _progress(view, ctx, status, done),
        Condition("ClusterVersionReleaseAccepted", TRUE, "PayloadLoaded", accepted),
        _retrieved(channel),
        _upgradeable(view),
        _available(hcp, version, done),
    ]


def _progress(view: ClusterView, ctx: Context, status: Obj, done: bool) -> Condition:
    type_, version = "ClusterVersionProgressing", status["desired"]["version"]
    if done:
        return Condition(type_, FALSE, _REASON, f"Cluster version is {version}")
    tenths = 0
    if ready_nodes(view) > 0:
        step, seconds = _step(status)
        tenths = min(9, int(ctx.timers.elapsed(step) * 10 / seconds))
        ctx.timers.wake_in(seconds / 10)
    count = timeline.OPERATORS * tenths // 10
    return Condition(type_, TRUE, _REASON, f"Working towards {version}: {count} of {timeline.OPERATORS} done ({tenths * 10}% complete)")


def _retrieved(channel: str) -> Condition:
    if channel:
        return Condition("ClusterVersionRetrievedUpdates", TRUE, _REASON)
    return Condition("ClusterVersionRetrievedUpdates", FALSE, "NoChannel", "The update channel has not been configured.")


def _upgradeable(view: ClusterView) -> Condition:
    type_ = "ClusterVersionUpgradeable"
    if "blocked-upgrade" in view.faults:
        message = "An administrator has to acknowledge the APIs that the next minor version removes."
        return Condition(type_, FALSE, "AdminAckRequired", message)
    features = ((view.spec.get("configuration") or {}).get("featureGate") or {}).get("featureSet")
    if features:
        message = f"FeatureGates are restricted to featureSet: {features}"
        return Condition(type_, FALSE, "FeatureGates_RestrictedFeatureGates_TechPreviewNoUpgrade", message)
    return Condition(type_, TRUE, _REASON)


def _available(hcp: Obj, version: str, done: bool) -> Condition:
    known = conditions.of(hcp, "ClusterVersionAvailable")
    if done:
        return Condition("ClusterVersionAvailable", TRUE, _REASON, f"Done applying {version}")
    if known is not None:
        return known
    return Condition("ClusterVersionAvailable", FALSE, _REASON)
