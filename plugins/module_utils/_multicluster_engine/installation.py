# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Installing, upgrading and removing the multicluster engine operator through OLM: objects, order, refusals.

Source: platform_facts#1.3, #1.4, #1.7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .._kernel.conditions import index
from .._kernel.kinds import (
    CLUSTER_SERVICE_VERSION,
    INSTALL_PLAN,
    OPERATOR_GROUP,
    SUBSCRIPTION,
)
from .._kernel.objects import Object, lookup
from .._kernel.text import message_line
from .._kernel.versions import Version
from .compatibility import engine_of, line_of_engine

PACKAGE = "multicluster-engine"
_CHANNEL = re.compile(r"^stable-(\d+)\.(\d+)$")
_VERSION = re.compile(r"\.v(\d+\.\d+\.\d+.*)$")


@dataclass
class EngineSurroundings:
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


def installed(surroundings: EngineSurroundings, namespace: str) -> Version | None:
    """Of the operator: what the Subscription has installed, else the newest ClusterServiceVersion."""
    named = str(lookup(surroundings.subscription(namespace) or {}, ("status", "installedCSV")) or "")
    versions = [csv_version(str(c["metadata"]["name"])) for c in surroundings.csvs if _of_package(c)]
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
            return f"{words} ({message_line(raw[type_].get('message')) or raw[type_].get('reason') or type_})"
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
        f" {message_line(lookup(found, ('status', 'message'))) or 'no message'}"
    )


def installation_failed(subscription: Object | None, csvs: list[Object], plans: list[Object]) -> str:
    """A failed InstallPlan is not tried again by OLM."""
    plan = current_plan(subscription, plans)
    if plan and lookup(plan, ("status", "phase")) == "Failed":
        return (
            f"{INSTALL_PLAN.ref(None, plan['metadata']['name'])} has failed:"
            f" {message_line(lookup(plan, ('status', 'message'))) or 'no message'}"
        )
    return ""


def csv_failed(subscription: Object | None, csvs: list[Object]) -> str:
    """A failed ClusterServiceVersion is tried again, so it has to last."""
    csv = str(lookup(subscription or {}, ("status", "currentCSV")) or "")
    found = next((c for c in csvs if c["metadata"]["name"] == csv), None)
    if lookup(found or {}, ("status", "phase")) != "Failed":
        return ""
    reason, message = (
        lookup(found or {}, ("status", "reason")),
        message_line(lookup(found or {}, ("status", "message"))),
    )
    return f"{CLUSTER_SERVICE_VERSION.ref(None, csv)} has failed ({reason or 'no reason'}): {message or 'no message'}"
