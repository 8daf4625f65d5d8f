# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Channels, refusals and states of an installation of the multicluster engine."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.versions import Version
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine import components
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine import installation as olm
from ansible_collections.hypershift.core.plugins.module_utils._multicluster_engine.installation_refusals import (
    install_refusals,
    removal_refusals,
)

Obj = dict[str, Any]
OPTIONS: Obj = {
    "name": "multiclusterengine",
    "namespace": "multicluster-engine",
    "channel": "stable-2.10",
    "source": "redhat-operators",
    "source_namespace": "openshift-marketplace",
    "install_plan_approval": "Automatic",
}


def openshift(version: str) -> Obj:
    return {
        "metadata": {"name": "version"},
        "status": {"history": [{"state": "Partial", "version": "9.9.9"}, {"state": "Completed", "version": version}]},
    }


def named(name: str, namespace: str = "multicluster-engine", **body: Any) -> Obj:
    return {"metadata": {"name": name, "namespace": namespace}, **body}


def csv(version: str, phase: str = "Succeeded", message: str = "") -> Obj:
    return named(f"multicluster-engine.v{version}", status={"phase": phase, "reason": "InstallComponentFailed", "message": message})


def subscription(current: str = "", installed: str = "", plan: str = "", conditions: list[Obj] | None = None, **spec: Any) -> Obj:
    status: Obj = {"conditions": conditions or []}
    status |= {"currentCSV": f"multicluster-engine.v{current}"} if current else {}
    status |= {"installedCSV": f"multicluster-engine.v{installed}"} if installed else {}
    status |= {"installPlanRef": {"name": plan}} if plan else {}
    return named("multicluster-engine", spec={"name": olm.PACKAGE, **spec}, status=status)


def plan(name: str, *csvs: str, approved: bool = True, phase: str = "Installing", message: str = "") -> Obj:
    return named(name, spec={"approved": approved, "clusterServiceVersionNames": list(csvs)}, status={"phase": phase, "message": message})


def ground(**parts: Any) -> olm.EngineSurroundings:
    return olm.EngineSurroundings(
        **{"openshift": openshift("4.20.6"), "catalog": named("redhat-operators", "openshift-marketplace"), **parts}
    )


@pytest.mark.parametrize(
    ("present", "wanted", "through"),
    [
        (None, "stable-2.10", ["stable-2.10"]),
        ("2.10.3", "stable-2.10", ["stable-2.10"]),
        ("2.9.1", "stable-2.10", ["stable-2.10"]),
        ("2.8.0", "stable-2.11", ["stable-2.9", "stable-2.10", "stable-2.11"]),
        ("2.11.0", "stable-5.1", ["stable-2.12", "stable-5.0", "stable-5.1"]),
    ],
)
def test_channels_are_gone_through_one_by_one(present: str | None, wanted: str, through: list[str]) -> None:
    target = olm.channel_version(wanted)
    assert target and olm.channels(Version.parse(present) if present else None, target) == through


@pytest.mark.parametrize(
    "channel", ["", "stable", "stable-2", "release-2.10", "stable-2.10.1", "stable-2.3", "candidate-2.10", "stable-x.y", "stable-4.20"]
)
def test_what_is_no_channel(channel: str) -> None:
    (found,) = install_refusals(ground(), {**OPTIONS, "channel": channel}, olm.channel_version(channel))
    assert found.code == "invalid_option" and "stable-2.10" in found.next_step


ENGINE = named("multiclusterengine", "")
OWNED = {"metadata": {"name": "multiclusterengine", "labels": {components.OWNED_BY_HUB: "true"}}}
REFUSED: dict[str, tuple[olm.EngineSurroundings, Obj, list[str]]] = {
    "nothing": (ground(), {}, []),
    "a group of its own": (ground(groups=[named("a", spec={"targetNamespaces": ["multicluster-engine"]})]), {}, []),
    "installed already": (ground(subscriptions=[subscription("2.10.1", "2.10.1")], engines=[ENGINE]), {}, []),
    "too old an OpenShift": (ground(openshift=openshift("4.17.9")), {}, ["unsupported_openshift"]),
    "too new an OpenShift": (ground(openshift=openshift("4.22.0")), {}, ["unsupported_openshift"]),
    "oldest OpenShift": (ground(openshift=openshift("4.18.0")), {}, []),
    "newest OpenShift": (ground(openshift=openshift("4.21.30")), {}, []),
    "a channel on the way is too old": (
        ground(openshift=openshift("4.21.3"), subscriptions=[subscription("2.8.0", "2.8.0")]),
        {"channel": "stable-2.11"},
        ["unsupported_openshift"],
    ),
    "dual version": (ground(openshift=openshift("5.0.1")), {"channel": "stable-5.0"}, []),
    "nobody tells the version": (ground(openshift=None), {}, []),
    "two groups": (
        ground(groups=[named("a", spec={"targetNamespaces": ["multicluster-engine"]}), named("b")]),
        {},
        ["second_operator_group"],
    ),
    "a group for all": (ground(groups=[named("a", spec={})]), {}, ["operator_group_mode"]),
    "a group for others": (ground(groups=[named("a", spec={"targetNamespaces": ["x", "y"]})]), {}, ["operator_group_mode"]),
    "installed elsewhere": (ground(subscriptions=[{**subscription(), "metadata": {"name": "x", "namespace": "other"}}]), {}, ["exists"]),
    "another engine": (ground(engines=[named("mce", "")]), {}, ["exists"]),
    "owned": (ground(engines=[OWNED]), {}, ["owned_by_hub"]),
    "a hub": (ground(hubs=[named("multiclusterhub", "open-cluster-management")], engines=[OWNED]), {}, ["owned_by_hub"]),
    "no catalog": (ground(catalog=None), {}, ["not_found"]),
    "a way back": (ground(subscriptions=[subscription("2.11.0", "2.11.0")]), {}, ["downgrade"]),
    "all at once": (
        ground(catalog=None, openshift=openshift("4.14.1"), engines=[named("mce", "")]),
        {},
        ["exists", "not_found", "unsupported_openshift"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_installations_that_are_refused(case: str) -> None:
    there, options, codes = REFUSED[case]
    given = {**OPTIONS, **options}
    found = install_refusals(there, given, olm.channel_version(given["channel"]))
    assert [f.code for f in found] == codes and all(f.next_step and f.cause for f in found)


@pytest.mark.parametrize(
    ("channel", "below", "present", "cause", "step"),
    [
        (
            "stable-2.99",
            "4.20.6",
            "",
            "channel stable-2.99 is likely a typo",
            "OpenShift: stable-2.9, stable-2.10, stable-2.11, stable-2.12.",
        ),
        ("stable-2.99", "4.20.6", "2.11.0", "channel stable-2.99 is likely a typo", "OpenShift: stable-2.11, stable-2.12."),
        ("stable-2.99", "4.14.6", "", "channel stable-2.99 is likely a typo", "OpenShift: stable-2.4, stable-2.5, stable-2.6."),
        ("stable-2.99", "4.14.6", "2.9.0", "channel stable-2.99 is likely a typo", "Correct option channel."),
        ("stable-2.12", "4.16.1", "", "channel stable-2.12 is likely a typo", "OpenShift: stable-2.5, stable-2.6, stable-2.7, stable-2.8."),
        ("stable-2.11", "4.16.1", "", "stable-2.11 works on OpenShift 4.19 to 4.22", "Upgrade OpenShift to 4.19 or newer first."),
        ("stable-5.1", "4.20.6", "2.11.0", "stable-5.0, on the way to stable-5.1, works on OpenShift 4.21 to 5.1", "to 4.21 or newer"),
        ("stable-2.8", "4.21.3", "", "stable-2.8 works on OpenShift 4.16 to 4.19", "for example stable-2.11"),
    ],
)
def test_channels_that_do_not_work_on_this_openshift(channel: str, below: str, present: str, cause: str, step: str) -> None:
    there = ground(openshift=openshift(below), subscriptions=[subscription(present, present)] if present else [])
    (found,) = install_refusals(there, {**OPTIONS, "channel": channel}, olm.channel_version(channel))
    assert cause in found.cause and step in found.next_step and channel in found.cause


@pytest.mark.parametrize(
    ("there", "codes"),
    [
        (ground(engines=[ENGINE]), []),
        (ground(engines=[ENGINE], hosted=["clusters/a"], managed=["a"]), ["hosted_clusters_exist"]),
        (ground(engines=[ENGINE], managed=["spoke"]), ["managed_clusters_exist"]),
        (ground(engines=[OWNED]), ["owned_by_hub"]),
        (ground(), []),
    ],
)
def test_removals_that_are_refused(there: olm.EngineSurroundings, codes: list[str]) -> None:
    assert [f.code for f in removal_refusals(there, OPTIONS)] == codes


UNHEALTHY = [{"type": "CatalogSourcesUnhealthy", "status": "True", "message": "targeted catalogsource x missing"}]
UNRESOLVED = [
    {"type": "ResolutionFailed", "status": "True", "reason": "ConstraintsNotSatisfiable", "message": "no operators found\nin channel."}
]


@pytest.mark.parametrize(
    ("found", "plans", "says"),
    [
        (None, [], "does not exist yet"),
        (subscription(), [], "has not resolved channel stable-2.10"),
        (subscription("2.9.1", "2.9.1"), [], "has not resolved channel stable-2.10"),
        (subscription("2.9.1", "2.9.1", conditions=UNRESOLVED), [], "OLM cannot resolve it (no operators found in channel)"),
        (subscription(conditions=UNHEALTHY), [], "the catalog is unhealthy (targeted catalogsource x missing)"),
        (subscription("2.10.1"), [], "the InstallPlan for multicluster-engine.v2.10.1 is not there yet"),
        (subscription("2.10.1", plan="p"), [plan("p", "another.v1")], "is not there yet"),
        (subscription("2.10.1", plan="p"), [plan("p", "multicluster-engine.v2.10.1")], ""),
        (subscription("2.10.1", "2.10.1"), [], ""),
    ],
)
def test_resolution(found: Obj | None, plans: list[Obj], says: str) -> None:
    told = olm.not_resolved(found, plans, "stable-2.10")
    assert (says in told) if says else told == ""


NEW = "multicluster-engine.v2.10.1"


@pytest.mark.parametrize(
    ("found", "csvs", "plans", "says"),
    [
        (subscription("2.10.1", "2.10.1"), [csv("2.10.1")], [], ""),
        (subscription("2.10.1", "2.9.0"), [csv("2.10.1")], [], "is Succeeded: no message"),
        (subscription("2.10.1", plan="p"), [], [plan("p", NEW, approved=False)], "InstallPlan p waits for approval"),
        (subscription("2.10.1", plan="p"), [], [plan("p", NEW)], "InstallPlan is Installing"),
        (
            subscription("2.10.1", plan="p"),
            [csv("2.10.1", "Installing", "waiting for x")],
            [plan("p", NEW)],
            "is Installing: waiting for x",
        ),
    ],
)
def test_installation(found: Obj, csvs: list[Obj], plans: list[Obj], says: str) -> None:
    told = olm.not_installed(found, csvs, plans)
    assert (says in told) if says else told == ""


def test_failures_of_olm() -> None:
    broken = plan("p", NEW, phase="Failed", message="unpacking failed")
    assert olm.installation_failed(subscription("2.10.1", plan="p"), [], [broken]) == "InstallPlan p has failed: unpacking failed"
    assert olm.installation_failed(subscription("2.10.1", plan="other"), [], [broken]) == ""
    assert "InstallComponentFailed): pods are forbidden" in olm.csv_failed(
        subscription("2.10.1"), [csv("2.10.1", "Failed", "pods are forbidden")]
    )
    assert olm.csv_failed(subscription("2.10.1"), [csv("2.9.1", "Failed")]) == ""


def engine(*entries: tuple[str, bool], **status: Any) -> Obj:
    listed = [{"name": n, "enabled": e, "configOverrides": {"deployments": []}} for n, e in entries]
    return {"metadata": {"name": "multiclusterengine"}, "spec": {"overrides": {"components": listed}}, "status": status}


@pytest.mark.parametrize(
    ("have", "on", "off", "after"),
    [
        ([], ["hypershift"], [], [("hypershift", True)]),
        ([("a", True), ("hypershift", True)], ["hypershift"], [], None),
        ([("a", True), ("hypershift", False), ("b", False)], ["hypershift"], [], [("a", True), ("hypershift", True), ("b", False)]),
        ([("a", True)], ["assisted-service"], ["a"], [("a", False), ("assisted-service", True)]),
    ],
)
def test_only_named_components_change(
    have: list[tuple[str, bool]], on: list[str], off: list[str], after: list[tuple[str, bool]] | None
) -> None:
    live = engine(*have)
    changed = components.changed_list(live, on, off)
    if after is None:
        assert changed is None and components.patch(live, on, off) == {}
        return
    assert changed and [(e["name"], e["enabled"]) for e in changed] == after
    assert all(e.get("configOverrides") == {"deployments": []} for e in changed if e["name"] in dict(have))
    assert components.changed_list({"spec": {"overrides": {"components": changed}}}, on, off) is None


@pytest.mark.parametrize(
    ("on", "off", "hosted", "says"),
    [
        (["hypershift"], [], 0, ""),
        (["hypershit"], [], 0, "Did you mean hypershift?"),
        (["hypershift-preview"], [], 0, "is the old name of hypershift"),
        (["qqqqqqq"], [], 0, "Known are: assisted-service"),
        (["from-the-future"], [], 0, ""),
        (["discovery"], ["discovery"], 0, "both to be enabled and to be disabled"),
        ([], ["local-cluster"], 2, "carries 2 hosted cluster(s) (clusters/demo-0, clusters/demo-1), which"),
        (
            [],
            ["hypershift"],
            6,
            "carries 6 hosted cluster(s) (clusters/demo-0, clusters/demo-1, clusters/demo-2, clusters/demo-3, clusters/demo-4, ...)",
        ),
        ([], ["hypershift-local-hosting"], 0, ""),
        ([], ["discovery"], 2, ""),
    ],
)
def test_components_that_are_refused(on: list[str], off: list[str], hosted: int, says: str) -> None:
    names = [f"clusters/demo-{n}" for n in range(hosted)]
    found = components.refusals(engine(("from-the-future", False)), on, off, names)
    assert [says in f.message() for f in found] == ([True] if says else [])


@pytest.mark.parametrize(
    ("status", "missing", "trouble"),
    [
        ({}, "phase is not set", ""),
        ({"phase": "Available", "currentVersion": "2.10.1", "desiredVersion": "2.10.1"}, "", ""),
        ({"phase": "Available", "currentVersion": "2.9.0", "desiredVersion": "2.10.1"}, "it is at 2.9.0, not at 2.10.1", ""),
        ({"phase": "Available", "currentVersion": "2.10.1", "desiredVersion": "2.10.2"}, "on its way to 2.10.2", ""),
        ({"phase": "Paused"}, "phase is Paused", "phase is Paused"),
        (
            {
                "phase": "Progressing",
                "components": [{"name": "hive", "status": "False", "message": "no replicas"}, {"name": "b", "status": "True"}],
            },
            "phase is Progressing; hive: no replicas",
            "hive: no replicas",
        ),
        (
            {"phase": "Error", "conditions": [{"type": "ComponentFailure", "status": "True", "reason": "X", "message": "it broke"}]},
            "phase is Error; it broke",
            "phase is Error; it broke",
        ),
    ],
)
def test_state_of_the_engine(status: Obj, missing: str, trouble: str) -> None:
    told = components.unsettled(engine(**status), "2.10.1")
    assert (missing in told) if missing else told == ""
    assert components.trouble(engine(**status)) == trouble
