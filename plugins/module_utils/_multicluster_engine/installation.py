# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Installing, upgrading and removing the multicluster engine operator through OLM: objects, order, refusals.

Source: facts 1.3, 1.4, 1.7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .._kernel import versions as version_history
from .._kernel.conditions import index
from .._kernel.errors import Failure
from .._kernel.kinds import (
    CATALOG_SOURCE,
    CLUSTER_SERVICE_VERSION,
    CLUSTER_VERSION,
    INSTALL_PLAN,
    MANAGED_CLUSTER,
    MULTICLUSTER_ENGINE,
    MULTICLUSTER_HUB,
    OPERATOR_GROUP,
    SUBSCRIPTION,
)
from .._kernel.objects import lookup
from .._kernel.text import one_line
from .._kernel.versions import Version
from .compatibility import engine_of, line_of_engine, management_lines, minor_of
from .components import owned_by_hub, owned_by_hub_failure

Object = dict[str, Any]

PACKAGE = "multicluster-engine"
OLDEST = Version.parse("2.4.0")
_FAR = 3  # minors of OpenShift that somebody may still mean to upgrade by
_NO_ENGINE = (3, 4)  # majors that were skipped; a channel of OpenShift itself, stable-4.20, has one of them
_CHANNEL = re.compile(r"^stable-(\d+)\.(\d+)$")
_VERSION = re.compile(r"\.v(\d+\.\d+\.\d+.*)$")


@dataclass
class Ground:
    """What planning reads. hosted, managed: names of hosted clusters, and of managed clusters beside the local one."""

    openshift: Object | None = None
    groups: list[Object] = field(default_factory=list)
    subscriptions: list[Object] = field(default_factory=list)  # of this package, in every namespace
    csvs: list[Object] = field(default_factory=list)
    plans: list[Object] = field(default_factory=list)
    engines: list[Object] = field(default_factory=list)
    hubs: list[Object] = field(default_factory=list)
    catalog: Object | None = None
    hosted: list[str] = field(default_factory=list)
    managed: list[str] = field(default_factory=list)

    def subscription(self, namespace: str) -> Object | None:
        return next((s for s in self.subscriptions if s["metadata"].get("namespace") == namespace), None)


def channel_version(channel: str) -> Version | None:
    """``stable-2.10`` as 2.10.0; None when it is no such channel."""
    found = _CHANNEL.match(channel)
    return Version.parse(f"{found[1]}.{found[2]}.0") if found else None


def csv_version(name: str) -> Version | None:
    """Version in the name of a ClusterServiceVersion, ``multicluster-engine.v2.10.1``."""
    found = _VERSION.search(name)
    return Version.parse(found[1]) if found else None


def installed(ground: Ground, namespace: str) -> Version | None:
    """Of the operator: what the Subscription has installed, else the newest ClusterServiceVersion."""
    named = str(lookup(ground.subscription(namespace) or {}, ("status", "installedCSV")) or "")
    versions = [csv_version(str(c["metadata"]["name"])) for c in ground.csvs if _of_package(c)]
    return csv_version(named) or max((v for v in versions if v), default=None)


def _of_package(csv: Object) -> bool:
    return str(csv["metadata"]["name"]).startswith(f"{PACKAGE}.v")


def channels(present: Version | None, wanted: Version) -> list[str]:
    """The channels to go through, in order: one minor at a time, since each brings objects that the next one
    expects."""
    first = line_of_engine(present) + 1 if present else line_of_engine(wanted)
    lines = range(min(first, line_of_engine(wanted)), line_of_engine(wanted) + 1)
    return [f"stable-{engine_of(line)}" for line in lines]


def operator_group(namespace: str) -> Object:
    return OPERATOR_GROUP.manifest(namespace, namespace, spec={"targetNamespaces": [namespace]})


def subscription(options: Object, channel: str) -> Object:
    spec = {
        "name": PACKAGE,
        "channel": channel,
        "source": options["source"],
        "sourceNamespace": options["source_namespace"],
        "installPlanApproval": options["install_plan_approval"],
    }
    if options.get("starting_csv"):
        spec["startingCSV"] = options["starting_csv"]
    return SUBSCRIPTION.manifest(PACKAGE, options["namespace"], spec=spec)


def engine_spec(options: Object) -> Object:
    """What the user set, in the words of the API; components apart, since they are a list without merge keys."""
    names = {
        "availability_config": "availabilityConfig",
        "node_selector": "nodeSelector",
        "tolerations": "tolerations",
        "image_pull_secret": "imagePullSecret",
    }
    spec = {field: options[option] for option, field in names.items() if options.get(option) is not None}
    if options["namespace"] != PACKAGE:
        spec["targetNamespace"] = options["namespace"]
    return spec


def install_refusals(ground: Ground, options: Object, wanted: Version | None) -> list[Failure]:
    """Everything that forbids the installation or the upgrade, before any write."""
    if wanted is None or wanted.major in _NO_ENGINE or (OLDEST and wanted < OLDEST):
        cause = f"channel {options['channel']} is none of the multicluster engine for hosted control planes"
        return [Failure("invalid_option", cause, next_step="Name one from stable-2.4 on, for example stable-2.10.")]
    return [
        *_owner_refusals(ground, options),
        *_olm_refusals(ground, options),
        *_version_refusals(ground, options, wanted),
    ]


def _owner_refusals(ground: Ground, options: Object) -> list[Failure]:
    found = []
    if ground.hubs:
        ref = MULTICLUSTER_HUB.ref(ground.hubs[0]["metadata"].get("namespace"), ground.hubs[0]["metadata"]["name"])
        cause = "a MultiClusterHub (ACM) is installed, and it brings and updates the multicluster engine itself"
        found.append(
            Failure(
                "owned_by_hub",
                cause,
                ref,
                next_step="Upgrade ACM instead, and change components in the MultiClusterHub.",
            )
        )
    for engine in ground.engines:
        if owned_by_hub(engine) and not ground.hubs:
            found.append(owned_by_hub_failure(engine))
        if engine["metadata"]["name"] != options["name"]:
            ref = MULTICLUSTER_ENGINE.ref(None, engine["metadata"]["name"])
            found.append(
                Failure(
                    "exists",
                    "there can be one MultiClusterEngine only, and this is it",
                    ref,
                    next_step="Set option name to its name.",
                )
            )
    return found


def _olm_refusals(ground: Ground, options: Object) -> list[Failure]:
    found, namespace = [], options["namespace"]
    if len(ground.groups) > 1:
        names = ", ".join(sorted(g["metadata"]["name"] for g in ground.groups))
        cause = (
            f"namespace {namespace} has {len(ground.groups)} OperatorGroups ({names}), so OLM resolves nothing in it"
        )
        found.append(Failure("second_operator_group", cause, next_step="Delete all but one of them."))
    for group in ground.groups if len(ground.groups) == 1 else []:
        targets = lookup(group, ("spec", "targetNamespaces")) or []
        if targets != [namespace]:
            ref, cause = (
                OPERATOR_GROUP.ref(namespace, group["metadata"]["name"]),
                f"it targets {', '.join(targets) or 'all namespaces'}",
            )
            step = f"Let it target {namespace} alone, which is the only mode this operator supports."
            found.append(Failure("operator_group_mode", cause, ref, next_step=step))
    for other in ground.subscriptions:
        if other["metadata"].get("namespace") != namespace:
            ref = SUBSCRIPTION.ref(other["metadata"].get("namespace"), other["metadata"]["name"])
            found.append(
                Failure(
                    "exists",
                    "it installs the multicluster engine already",
                    ref,
                    next_step="Set option namespace to its namespace.",
                )
            )
    if ground.catalog is None:
        ref = CATALOG_SOURCE.ref(options["source_namespace"], options["source"])
        step = (
            "Name the catalog that has the package, for example that of a mirror, with options source and"
            " source_namespace."
        )
        found.append(Failure("not_found", "it does not exist", ref, next_step=step))
    return found


def _version_refusals(ground: Ground, options: Object, wanted: Version) -> list[Failure]:
    present, ref = installed(ground, options["namespace"]), SUBSCRIPTION.ref(options["namespace"], PACKAGE)
    if present and line_of_engine(wanted) < line_of_engine(present):
        cause = f"the multicluster engine is at {present}, and OLM has no way back to {options['channel']}"
        return [
            Failure(
                "downgrade",
                cause,
                ref,
                next_step=f"Name stable-{engine_of(line_of_engine(present))} or a later channel.",
            )
        ]
    below = Version.parse(version_history.completed(ground.openshift, version_history.OPENSHIFT))
    if below is None:
        return []
    if management_lines(line_of_engine(wanted))[0] > below.line + _FAR:
        cause = (
            f"channel {options['channel']} is likely a typo: no channel of that name works on an OpenShift near {below}"
        )
        return [_unsupported(cause, _fitting(below, present))]
    for channel in channels(present, wanted):
        version = channel_version(channel)
        low, high = management_lines(line_of_engine(version)) if version else (0, 0)
        if not low <= below.line <= high:
            on_the_way = "" if channel == options["channel"] else f", on the way to {options['channel']},"
            works = f"{channel}{on_the_way} works on OpenShift {minor_of(low)} to {minor_of(high)}"
            if below.line < low:
                step = f"Upgrade OpenShift to {minor_of(low)} or newer first."
            else:
                step = f"Name a newer channel, for example stable-{engine_of(below.line)}."
            return [_unsupported(f"{works}, and this management cluster is at {below}", step)]
    return []


def _unsupported(cause: str, step: str) -> Failure:
    return Failure("unsupported_openshift", cause, CLUSTER_VERSION.ref(None, "version"), next_step=step)


def _fitting(below: Version, present: Version | None) -> str:
    """The channels that work on this OpenShift and are no way back."""
    oldest = max(line_of_engine(v) for v in (OLDEST, present) if v)
    ranges = {line: management_lines(line) for line in range(oldest, below.line + _FAR)}
    names = [f"stable-{engine_of(line)}" for line, (low, high) in ranges.items() if low <= below.line <= high]
    return f"Correct it; these work on this OpenShift: {', '.join(names)}." if names else "Correct option channel."


def removal_refusals(ground: Ground, options: Object) -> list[Failure]:
    """Source: facts 1.7: the engine does not go while it has something to carry."""
    found = []
    if ground.hosted:
        cause = f"{len(ground.hosted)} hosted cluster(s) run on it: {', '.join(sorted(ground.hosted)[:5])}"
        found.append(
            Failure("hosted_clusters_exist", cause, _engine_ref(options), next_step="Destroy or move them first.")
        )
    elif ground.managed:
        cause = f"{len(ground.managed)} managed cluster(s) are still attached: {', '.join(sorted(ground.managed)[:5])}"
        step = "Detach them first (module hosted_cluster_import with state absent, or delete the ManagedCluster)."
        found.append(
            Failure(
                "managed_clusters_exist", cause, MANAGED_CLUSTER.ref(None, sorted(ground.managed)[0]), next_step=step
            )
        )
    for engine in ground.engines:
        if owned_by_hub(engine):
            found.append(owned_by_hub_failure(engine))
    return found


def _engine_ref(options: Object) -> str:
    return MULTICLUSTER_ENGINE.ref(None, options["name"])


def not_resolved(subscription: Object | None, plans: list[Object], channel: str) -> str:
    """What is missing until OLM has an InstallPlan, or has installed, what this channel offers; empty when it has."""
    if subscription is None:
        return "the Subscription does not exist yet"
    named = str(lookup(subscription, ("status", "currentCSV")) or "")
    wanted, csv = channel_version(channel), csv_version(named)
    if wanted and csv and line_of_engine(csv) == line_of_engine(wanted):
        here = lookup(subscription, ("status", "installedCSV")) == named or current_plan(subscription, plans)
        return "" if here else f"the InstallPlan for {named} is not there yet"
    return subscription_trouble(subscription) or f"OLM has not resolved channel {channel} yet"


def subscription_trouble(subscription: Object | None) -> str:
    """What OLM finds wrong with it. Catalogs come back, and resolution is tried again, so it has to last to say
    something."""
    raw = index(subscription)
    for type_, words in (
        ("CatalogSourcesUnhealthy", "the catalog is unhealthy"),
        ("ResolutionFailed", "OLM cannot resolve it"),
    ):
        if (raw.get(type_) or {}).get("status") == "True":
            return f"{words} ({one_line(raw[type_].get('message')) or raw[type_].get('reason') or type_})"
    return ""


def current_plan(subscription: Object | None, plans: list[Object]) -> Object | None:
    """The InstallPlan that the Subscription waits for; one whose versions are another's does not count."""
    name = str(lookup(subscription or {}, ("status", "installPlanRef", "name")) or "")
    csv = str(lookup(subscription or {}, ("status", "currentCSV")) or "")
    found = next((p for p in plans if p["metadata"]["name"] == name), None)
    return found if found and csv in (lookup(found, ("spec", "clusterServiceVersionNames")) or []) else None


def not_installed(subscription: Object | None, csvs: list[Object], plans: list[Object]) -> str:
    """What is missing until the operator of this Subscription has come up."""
    csv = str(lookup(subscription or {}, ("status", "currentCSV")) or "")
    found = next((c for c in csvs if c["metadata"]["name"] == csv), None)
    phase = str(lookup(found or {}, ("status", "phase")) or "")
    if phase == "Succeeded" and lookup(subscription or {}, ("status", "installedCSV")) == csv:
        return ""
    plan = current_plan(subscription, plans)
    if found is None and plan and not lookup(plan, ("spec", "approved")):
        return f"InstallPlan {plan['metadata']['name']} waits for approval"
    if found is None:
        return (
            subscription_trouble(subscription)
            or f"InstallPlan is {lookup(plan or {}, ('status', 'phase')) or 'not there yet'}"
        )
    return (
        f"ClusterServiceVersion {csv} is {phase or 'new'}:"
        f" {one_line(lookup(found, ('status', 'message'))) or 'no message'}"
    )


def installation_failed(subscription: Object | None, csvs: list[Object], plans: list[Object]) -> str:
    """A failed InstallPlan is not tried again by OLM."""
    plan = current_plan(subscription, plans)
    if plan and lookup(plan, ("status", "phase")) == "Failed":
        return (
            f"{INSTALL_PLAN.ref(None, plan['metadata']['name'])} has failed:"
            f" {one_line(lookup(plan, ('status', 'message'))) or 'no message'}"
        )
    return ""


def csv_failed(subscription: Object | None, csvs: list[Object]) -> str:
    """A failed ClusterServiceVersion is tried again, so it has to last."""
    csv = str(lookup(subscription or {}, ("status", "currentCSV")) or "")
    found = next((c for c in csvs if c["metadata"]["name"] == csv), None)
    if lookup(found or {}, ("status", "phase")) != "Failed":
        return ""
    reason, message = lookup(found or {}, ("status", "reason")), one_line(lookup(found or {}, ("status", "message")))
    return f"{CLUSTER_SERVICE_VERSION.ref(None, csv)} has failed ({reason or 'no reason'}): {message or 'no message'}"
