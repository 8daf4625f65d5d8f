# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every reason not to update a hosted cluster, and every warning: one thing of a good world is spoilt at a time.

Source: platform_facts#6, #1.1 to #1.3.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from campaigns.planning.builders import (
    NOW,
    Clock,
    Object,
    cluster,
    codes,
    condition,
    conditional,
    graph,
    image,
    one,
    planned,
    pool,
    steps,
    view,
    with_conditions,
)

OFFERS = ("4.20.9", "4.21.5")
FORCE = "hypershift.openshift.io/force-upgrade-to"
Patch = Object


def plan_of(patch: Patch | None = None, pools: Any = None, conditions: Any = (), hub: Any = None, **options: Any) -> Object:
    body = with_conditions(cluster(offers=OFFERS, patch=patch), *conditions)
    return one(planned(view([body], [pool()] if pools is None else pools, **(hub or {})), **options))


def test_a_good_world_is_ready() -> None:
    row = plan_of()
    assert (row["verdict"], codes(row), steps(row)) == ("ready", [], ["4.21.5", "4.21.5[demo]"])
    assert row["steps"][0]["image"] == image("4.21.5") and row["wave"] == "rest" and row["batch"] == 0


# (what is spoilt, the code, the object or "", a word of cause or next step)
STATES: list[tuple[str, dict[str, Any], str, str]] = [
    ("being deleted", {"patch": {"metadata": {"deletionTimestamp": "2026-11-25T00:00:00Z"}}}, "deleting", "being deleted"),
    ("paused", {"patch": {"spec": {"pausedUntil": "true"}, "metadata": {"annotations": {"hypershift.core/paused-by": "storage"}}}}, "paused", "by storage"),
    ("paused until later", {"patch": {"spec": {"pausedUntil": "2099-01-01T00:00:00Z"}}}, "paused", "Resume"),
    ("not available", {"conditions": [condition("Available", "False", "KASLoadBalancerNotReachable")]}, "unhealthy", "Available"),
    ("degraded", {"conditions": [condition("Degraded", "True", "UnavailableReplicas", "x has 1 unavailable")]}, "unhealthy", "degraded"),
    ("progressing", {"conditions": [condition("Progressing", "True", "Progressing")]}, "unhealthy", "Progressing"),
    ("version failing", {"conditions": [condition("ClusterVersionSucceeding", "False", "ClusterOperatorDown")]}, "unhealthy", "ClusterVersionSucceeding"),
    ("etcd recovers", {"conditions": [condition("EtcdRecoveryActive", "True")]}, "unhealthy", "EtcdRecoveryActive"),
    ("status behind the spec", {"patch": {"metadata": {"generation": 2}}}, "unhealthy", "seen for generation 1 of 2"),
    ("etcd down", {"conditions": [condition("EtcdAvailable", "False", "EtcdWaitingForQuorum", "1/3")]}, "etcd_unhealthy", "1/3"),
    ("release refused", {"conditions": [condition("ValidReleaseImage", "False", "InvalidImage", "cannot pull")]}, "release_image_invalid", "cannot pull"),
    ("control plane release set", {"patch": {"spec": {"controlPlaneRelease": {"image": image("4.20.5")}}}}, "control_plane_release_set", "Remove"),
    ("nothing installed yet", {"patch": {"status": {"version": {"history": [{"state": "Partial", "version": "4.20.4"}]}}}}, "version_unavailable", "installed"),
    ("no history at all", {"patch": {"status": {"version": {"history": None}}}}, "version_unavailable", "installed"),
    ("no status of versions", {"patch": {"status": {"version": None}}}, "version_unavailable", "installed"),
]  # fmt: skip


@pytest.mark.parametrize(("spoilt", "code", "word"), [s[1:] for s in STATES], ids=[s[0] for s in STATES])
def test_states_of_a_cluster(spoilt: dict[str, Any], code: str, word: str) -> None:
    row = plan_of(**spoilt)
    assert row["verdict"] == "refused" and code in codes(row), row["refusals"]
    told = next(r for r in row["refusals"] if r["code"] == code)
    assert word in f"{told['cause']} {told['next_step']}" and told["object"] == "HostedCluster clusters/demo" and told["next_step"]
    assert (row["steps"], row["rolls"], row["nodes"], row["wave"], row["batch"]) == ([], [], 0, None, None)


def test_only_what_is_wrong_is_refused() -> None:
    """A spoilt thing has one reason, not a crowd of echoes."""
    for _name, spoilt, code, _word in STATES:
        assert codes(plan_of(**spoilt)) == [code]


def test_all_reasons_are_told_at_once() -> None:
    row = plan_of(
        {"spec": {"pausedUntil": "true"}},
        conditions=[condition("EtcdAvailable", "False"), condition("Available", "False")],
        pools=[pool(patch={"spec": {"pausedUntil": "true"}})],
    )
    assert codes(row) == ["paused", "etcd_unhealthy", "unhealthy", "paused"]


@pytest.mark.parametrize("value", [None, "false", "2020-01-01T00:00:00Z", "2099-01-01T00:00:00"])
def test_what_does_not_pause(value: str | None) -> None:
    assert plan_of({"spec": {"pausedUntil": value}})["verdict"] == "ready"


def partial(version: str, *more: Object) -> Patch:
    entries = [{"state": "Partial", "version": version, "image": image(version)}, *more]
    return {
        "spec": {"release": {"image": image(version)}},
        "status": {"version": {"history": entries, "desired": {"version": version, "image": image(version)}}},
    }


DONE = {"state": "Completed", "version": "4.20.4", "image": image("4.20.4"), "completionTime": "2026-11-24T02:00:00Z"}
WORKING = [
    condition("ClusterVersionProgressing", "True", "Working", "Working towards 4.21.5"),
    condition("Degraded", "True", "UnavailableReplicas"),
]


def test_an_update_to_another_version_is_under_way() -> None:
    row = plan_of(partial("4.20.9", DONE), conditions=WORKING)
    assert codes(row) == ["update_in_progress"] and "4.20.9" in row["refusals"][0]["cause"]


def test_an_update_to_the_target_that_is_under_way_goes_on() -> None:
    row = plan_of(partial("4.21.5", DONE), conditions=WORKING)
    assert row["verdict"] == "ready" and steps(row) == ["4.21.5", "4.21.5[demo]"] and row["from"] == "4.20.4"
    assert "the update to 4.21.5 is under way already" in row["warnings"]
    assert plan_of(partial("4.21.5", DONE), conditions=WORKING, target={"minor": "4.21"})["verdict"] == "ready"
    assert plan_of(partial("4.21.5", DONE), conditions=WORKING, target={"minor": "current"})["verdict"] == "refused"


def test_an_update_under_way_that_can_never_end_is_refused() -> None:
    blocked = condition(
        "Progressing", "False", "Blocked", "ClusterVersionUpgradeable condition is false: cluster version is not upgradeable"
    )
    row = plan_of(
        partial("4.21.5", DONE), conditions=[*WORKING, blocked, condition("ClusterVersionUpgradeable", "False", "AdminAckRequired")]
    )
    assert "unhealthy" in codes(row)


def test_a_superseded_partial_entry_is_history() -> None:
    """CVO closes a superseded entry with a completionTime and keeps its state (platform_facts#O.10)."""
    stale = {"state": "Partial", "version": "4.20.3", "completionTime": "2026-11-20T00:00:00Z"}
    row = plan_of({"status": {"version": {"history": [DONE, stale, {"state": "Completed", "version": "4.20.1"}]}}})
    assert (row["verdict"], row["from"]) == ("ready", "4.20.4")


def test_a_release_that_was_asked_for_and_not_taken_up() -> None:
    asked = {"spec": {"release": {"image": image("4.20.9")}}}
    assert codes(plan_of(asked, conditions=[condition("Progressing", "True", "Progressing")])) == ["update_in_progress"]
    refused = condition("Progressing", "False", "Blocked", "cluster version is not upgradeable")
    row = plan_of({"spec": {"release": {"image": image("4.21.5")}}}, conditions=[refused])
    assert codes(row) == ["unhealthy"] and "not upgradeable" in row["refusals"][0]["cause"]


def test_a_target_that_was_asked_for_and_is_being_taken_up_goes_on() -> None:
    asked = {"spec": {"release": {"image": image("4.21.5")}}}
    row = plan_of(asked, conditions=[condition("Progressing", "True", "Progressing")])
    assert row["verdict"] == "ready" and steps(row) == ["4.21.5", "4.21.5[demo]"] and row["steps"][0]["image"] == image("4.21.5")
    digest = "quay.io/r@sha256:" + "c" * 64
    unknown = {"spec": {"release": {"image": digest}}}
    busy = [condition("Progressing", "True", "Progressing")]
    assert codes(plan_of(unknown, conditions=busy)) == ["update_in_progress"]
    assert plan_of(unknown, conditions=busy, release_images={"4.21.5": digest})["verdict"] == "ready"


def test_what_is_told_of_bad_health_does_not_change_with_time() -> None:
    old = {"state": "Partial", "version": "4.21.5", "image": image("4.21.5"), "startedTime": "2026-11-24T00:00:00Z"}
    found = [
        planned(
            view([cluster(offers=OFFERS, patch={"status": {"version": {"history": [old, DONE]}}}, Available="False")], [pool()]), now=moment
        )
        for moment in (NOW, NOW + timedelta(hours=3))
    ]
    assert codes(one(found[0])) == ["unhealthy"] and "Available=True (False" in one(found[0])["refusals"][0]["cause"]
    assert found[0]["digest"] == found[1]["digest"] and found[0]["created"] != found[1]["created"]


# ---- Upgradeable, acknowledgements, force

ACK = condition(
    "ClusterVersionUpgradeable", "False", "AdminAckRequired", "Kubernetes 1.34 removes APIs: see ack-4.20-kube-1.34-api-removals-in-4.21."
)
TECH = condition("ClusterVersionUpgradeable", "False", "FeatureGates_TechPreviewNoUpgrade", "Feature gates restrict updates")


@pytest.mark.parametrize(
    ("raised", "acks", "code"),
    [
        (ACK, [], "not_upgradeable"), (ACK, ["AdminAckRequired"], ""), (ACK, ["ack-4.20-kube-1.34-api-removals-in-4.21"], ""),
        (ACK, ["ack-4.20"], "not_upgradeable"), (ACK, ["FeatureGates_TechPreviewNoUpgrade"], "not_upgradeable"),
        (TECH, [], "not_upgradeable"), (TECH, ["AdminAckRequired"], "not_upgradeable"), (TECH, ["FeatureGates_TechPreviewNoUpgrade"], ""),
        (condition("ClusterVersionUpgradeable", "Unknown", ""), [], "not_upgradeable"), (condition("ClusterVersionUpgradeable", "True"), [], ""),
    ],
)  # fmt: skip
def test_a_minor_update_needs_a_cluster_that_is_upgradeable(raised: Object, acks: list[str], code: str) -> None:
    row = plan_of(conditions=[raised], accepted_acks=acks)
    assert codes(row) == ([code] if code else [])
    assert (
        plan_of(conditions=[raised], accepted_acks=acks, target={"version": "4.20.9"})["verdict"] == "ready"
    )  # a z-stream is not held back
    if not code and raised["status"] != "True":
        assert row["steps"][0]["acks"] == acks and any("was accepted" in w for w in row["warnings"])


def test_a_cluster_that_is_upgradeable_has_nothing_to_accept() -> None:
    assert "acks" not in plan_of(accepted_acks=["AdminAckRequired"])["steps"][0]


def test_a_missing_upgradeable_condition_allows() -> None:
    body = cluster(offers=OFFERS)
    body["status"]["conditions"] = [c for c in body["status"]["conditions"] if c["type"] != "ClusterVersionUpgradeable"]
    assert one(planned(view([body], [pool()])))["verdict"] == "ready"


def test_what_holds_back_a_later_hop_is_a_warning() -> None:
    known = graph(("4.20.4", "4.20.9"), ("4.20.9", "4.21.5"))
    row = one(planned(view([with_conditions(cluster(), ACK)], [pool()]), known))
    assert row["verdict"] == "ready" and any("hold back the hop to 4.21.5" in w for w in row["warnings"])


@pytest.mark.parametrize(
    ("value", "raised", "target", "code", "warns"),
    [
        (image("4.20.4"), TECH, "4.20.9", "force_upgrade_mismatch", False),  # blocks a z-stream too (platform_facts#6.3, case 2)
        (image("4.20.9"), TECH, "4.20.9", "", False),
        (image("4.20.4"), condition("ClusterVersionUpgradeable", "Unknown"), "4.20.9", "force_upgrade_mismatch", False),
        (image("4.20.4"), condition("ClusterVersionUpgradeable", "True"), "4.21.5", "", True),
        (image("4.21.5"), condition("ClusterVersionUpgradeable", "True"), "4.21.5", "", False),
    ],
)
def test_a_force_annotation_left_behind(value: str, raised: Object, target: str, code: str, warns: bool) -> None:
    row = plan_of({"metadata": {"annotations": {FORCE: value}}}, conditions=[raised], target={"version": target})
    assert codes(row) == ([code] if code else [])
    assert any("left over" in w for w in row["warnings"]) is warns


# ---- snapshots, windows, labels


def snapshot(age: Any, **more: Any) -> Object:
    return {"namespace": "clusters", "name": "demo", "newest": "x", "age": age, **more}


@pytest.mark.parametrize(
    ("snapshots", "code"),
    [
        ([], "snapshot_missing"), ([snapshot(None)], "snapshot_missing"), ([snapshot(86401)], "snapshot_too_old"), ([snapshot(86400)], ""),
        ([snapshot(0)], ""), ([snapshot(60, name="other")], "snapshot_missing"), ([snapshot(60, hub="elsewhere")], "snapshot_missing"),
        ([snapshot(60, hub="hub")], ""), ([snapshot(True)], "snapshot_missing"), ([{}], "snapshot_missing"),
    ],
)  # fmt: skip
def test_age_of_the_newest_snapshot(snapshots: list[Object], code: str) -> None:
    row = plan_of(snapshots=snapshots, max_snapshot_age="24h")
    assert codes(row) == ([code] if code else []) and row["max_snapshot_age_minutes"] == 1440
    assert plan_of(snapshots=snapshots)["verdict"] == "ready"


def test_a_snapshot_of_a_namesake_on_another_hub_proves_nothing() -> None:
    views = [view([cluster(offers=OFFERS)], [pool()], name=n) for n in ("east", "west")]
    rows = planned(views, snapshots=[snapshot(60)], max_snapshot_age="24h")["clusters"]
    assert [codes(r) for r in rows] == [["snapshot_missing"]] * 2 and "hub" in rows[0]["refusals"][0]["next_step"]
    rows = planned(views, snapshots=[snapshot(60, hub="east")], max_snapshot_age="24h")["clusters"]
    assert [codes(r) for r in rows] == [[], ["snapshot_missing"]]


WEEKLY = {"rrule": "FREQ=WEEKLY;BYDAY=SA", "duration_minutes": 60}


def test_windows() -> None:
    row = plan_of(windows=[WEEKLY])
    assert row["windows"] == [{"rrule": "FREQ=WEEKLY;BYDAY=SA", "duration_minutes": 60, "timezone": "UTC", "start": "2024-01-01T00:00:00"}]
    assert codes(plan_of(windows=[WEEKLY], calendar=Clock(None))) == ["no_window"]
    assert codes(plan_of(windows=[WEEKLY], calendar=Clock(31 * 24))) == ["no_window"]
    assert codes(plan_of(windows=[WEEKLY], calendar=Clock(31 * 24), window_horizon_days=32)) == []
    assert codes(plan_of(windows=[WEEKLY], calendar=Clock(30 * 24))) == [], "one that opens at the very end of the horizon"
    gold = {**WEEKLY, "label_selectors": ["tier=gold"]}
    assert codes(plan_of(windows=[gold])) == ["no_window"] and "none of the windows" in plan_of(windows=[gold])["refusals"][0]["cause"]
    assert len(plan_of({"metadata": {"labels": {"tier": "gold"}}}, windows=[gold, WEEKLY])["windows"]) == 2


def test_mutual_exclusion_needs_its_label() -> None:
    assert codes(plan_of(exclusive_label="pair")) == ["exclusive_label_missing"]
    assert codes(plan_of({"metadata": {"labels": {"pair": "a"}}}, exclusive_label="pair")) == []


# ---- risks


def test_risks_are_named_until_they_are_accepted() -> None:
    patch = {"status": {"version": {"availableUpdates": None, "conditionalUpdates": [conditional("4.21.5", "SlowDisks", "NoVips")]}}}
    row = plan_of(patch, accepted_risks=["NoVips"])
    assert (
        codes(row) == ["risk_not_accepted"] and "SlowDisks" in row["refusals"][0]["cause"] and "NoVips" not in row["refusals"][0]["cause"]
    )
    assert plan_of(patch, accepted_risks=["NoVips", "SlowDisks"])["steps"][0]["risks"] == ["NoVips", "SlowDisks"]
