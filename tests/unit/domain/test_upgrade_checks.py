# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every reason not to update a hosted cluster, and every warning: one thing of a good world is spoilt at a time. Source: facts 6, 1.1-1.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from domain.upgrade_worlds import (
    Clock,
    Object,
    cluster,
    codes,
    condition,
    conditional,
    engine,
    graph,
    image,
    one,
    openshift,
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
    ("not available", {"conditions": [condition("Available", "False", "KASLoadBalancerNotReachable")]}, "not_healthy", "Available"),
    ("degraded", {"conditions": [condition("Degraded", "True", "UnavailableReplicas", "x has 1 unavailable")]}, "not_healthy", "degraded"),
    ("progressing", {"conditions": [condition("Progressing", "True", "Progressing")]}, "not_healthy", "Progressing"),
    ("version failing", {"conditions": [condition("ClusterVersionSucceeding", "False", "ClusterOperatorDown")]}, "not_healthy", "ClusterVersionSucceeding"),
    ("etcd recovers", {"conditions": [condition("EtcdRecoveryActive", "True")]}, "not_healthy", "EtcdRecoveryActive"),
    ("status behind the spec", {"patch": {"metadata": {"generation": 2}}}, "not_healthy", "seen for generation 1 of 2"),
    ("etcd down", {"conditions": [condition("EtcdAvailable", "False", "EtcdWaitingForQuorum", "1/3")]}, "etcd_unhealthy", "1/3"),
    ("release refused", {"conditions": [condition("ValidReleaseImage", "False", "InvalidImage", "cannot pull")]}, "invalid_release", "cannot pull"),
    ("control plane release set", {"patch": {"spec": {"controlPlaneRelease": {"image": image("4.20.5")}}}}, "control_plane_release_set", "Remove"),
    ("nothing installed yet", {"patch": {"status": {"version": {"history": [{"state": "Partial", "version": "4.20.4"}]}}}}, "not_installed", "installed"),
    ("no history at all", {"patch": {"status": {"version": {"history": None}}}}, "not_installed", "installed"),
    ("no status of versions", {"patch": {"status": {"version": None}}}, "not_installed", "installed"),
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
    assert codes(row) == ["paused", "etcd_unhealthy", "not_healthy", "pool_paused"]


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
WORKING = [condition("ClusterVersionProgressing", "True", "Working", "Working towards 4.21.5"), condition("Degraded", "True", "UnavailableReplicas")]


def test_an_update_to_another_version_is_under_way() -> None:
    row = plan_of(partial("4.20.9", DONE), conditions=WORKING)
    assert codes(row) == ["update_running"] and "4.20.9" in row["refusals"][0]["cause"]


def test_an_update_to_the_target_that_is_under_way_goes_on() -> None:
    row = plan_of(partial("4.21.5", DONE), conditions=WORKING)
    assert row["verdict"] == "ready" and steps(row) == ["4.21.5", "4.21.5[demo]"] and row["from"] == "4.20.4"
    assert "the update to 4.21.5 is under way already" in row["warnings"]
    assert plan_of(partial("4.21.5", DONE), conditions=WORKING, target={"minor": "4.21"})["verdict"] == "ready"
    assert plan_of(partial("4.21.5", DONE), conditions=WORKING, target={"minor": "current"})["verdict"] == "refused"


def test_an_update_under_way_that_can_never_end_is_refused() -> None:
    blocked = condition("Progressing", "False", "Blocked", "ClusterVersionUpgradeable condition is false: cluster version is not upgradeable")
    row = plan_of(partial("4.21.5", DONE), conditions=[*WORKING, blocked, condition("ClusterVersionUpgradeable", "False", "AdminAckRequired")])
    assert "not_healthy" in codes(row)


def test_a_superseded_partial_entry_is_history() -> None:
    """CVO closes a superseded entry with a completionTime and keeps its state (facts O.10)."""
    stale = {"state": "Partial", "version": "4.20.3", "completionTime": "2026-11-20T00:00:00Z"}
    row = plan_of({"status": {"version": {"history": [DONE, stale, {"state": "Completed", "version": "4.20.1"}]}}})
    assert (row["verdict"], row["from"]) == ("ready", "4.20.4")


def test_a_release_that_was_asked_for_and_not_taken_up() -> None:
    asked = {"spec": {"release": {"image": image("4.20.9")}}}
    assert codes(plan_of(asked, conditions=[condition("Progressing", "True", "Progressing")])) == ["update_running"]
    refused = condition("Progressing", "False", "Blocked", "cluster version is not upgradeable")
    row = plan_of({"spec": {"release": {"image": image("4.21.5")}}}, conditions=[refused])
    assert codes(row) == ["not_healthy"] and "not upgradeable" in row["refusals"][0]["cause"]


# ---- Upgradeable, acknowledgements, force

ACK = condition("ClusterVersionUpgradeable", "False", "AdminAckRequired", "Kubernetes 1.34 removes APIs: see ack-4.20-kube-1.34-api-removals-in-4.21.")
TECH = condition("ClusterVersionUpgradeable", "False", "FeatureGates_TechPreviewNoUpgrade", "Feature gates restrict updates")


@pytest.mark.parametrize(
    ("raised", "acks", "code"),
    [
        (ACK, [], "admin_ack_required"), (ACK, ["AdminAckRequired"], ""), (ACK, ["ack-4.20-kube-1.34-api-removals-in-4.21"], ""),
        (ACK, ["ack-4.20"], "admin_ack_required"), (ACK, ["FeatureGates_TechPreviewNoUpgrade"], "admin_ack_required"),
        (TECH, [], "not_upgradeable"), (TECH, ["AdminAckRequired"], "not_upgradeable"), (TECH, ["FeatureGates_TechPreviewNoUpgrade"], ""),
        (condition("ClusterVersionUpgradeable", "Unknown", ""), [], "not_upgradeable"), (condition("ClusterVersionUpgradeable", "True"), [], ""),
    ],
)  # fmt: skip
def test_a_minor_update_needs_a_cluster_that_is_upgradeable(raised: Object, acks: list[str], code: str) -> None:
    row = plan_of(conditions=[raised], accepted_acks=acks)
    assert codes(row) == ([code] if code else [])
    assert plan_of(conditions=[raised], accepted_acks=acks, target={"version": "4.20.9"})["verdict"] == "ready"  # a z-stream is not held back
    if not code and raised["status"] != "True":
        assert row["steps"][0]["acks"] == acks and any("was accepted" in w for w in row["warnings"])


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
        (image("4.20.4"), TECH, "4.20.9", "force_annotation_stale", False),  # blocks a z-stream too (facts 6.3, case 2)
        (image("4.20.9"), TECH, "4.20.9", "", False),
        (image("4.20.4"), condition("ClusterVersionUpgradeable", "Unknown"), "4.20.9", "force_annotation_stale", False),
        (image("4.20.4"), condition("ClusterVersionUpgradeable", "True"), "4.21.5", "", True),
        (image("4.21.5"), condition("ClusterVersionUpgradeable", "True"), "4.21.5", "", False),
    ],
)
def test_a_force_annotation_left_behind(value: str, raised: Object, target: str, code: str, warns: bool) -> None:
    row = plan_of({"metadata": {"annotations": {FORCE: value}}}, conditions=[raised], target={"version": target})
    assert codes(row) == ([code] if code else [])
    assert any("left over" in w for w in row["warnings"]) is warns


# ---- the management cluster beneath (facts 1.1, 1.3, 6.1)


@pytest.mark.parametrize(
    ("minors", "version", "step"),
    [
        (("4.20", "4.19"), "4.20.1", "Upgrade the multicluster engine to 2.11 first"),
        (("4.20", "4.19"), "4.18.9", "Upgrade OpenShift of the management cluster to 4.19 or newer, then the multicluster engine to 2.11"),
        (("5.1", "5.0", "4.22"), "5.0.1", "Choose a release that this hub supports"),
    ],
)
def test_a_hub_that_does_not_support_the_minor(minors: tuple[str, ...], version: str, step: str) -> None:
    row = plan_of(hub={"minors": minors, "versions": [openshift(version)], "engines": []})
    assert codes(row) == ["unsupported_version"] and step in row["refusals"][0]["next_step"]


@pytest.mark.parametrize(("target", "engine_minor"), [("4.19.1", "2.9"), ("4.22.0", "2.12"), ("5.0.1", "5.0"), ("5.1.0", "5.1")])
def test_the_engine_that_a_minor_needs(target: str, engine_minor: str) -> None:
    before = {"4.19.1": "4.18.1", "4.22.0": "4.21.1", "5.0.1": "4.22.1", "5.1.0": "5.0.1"}[target]
    body = cluster(before, offers=[target])
    hub = view([body], [pool(before)], minors=(".".join(before.split(".")[:2]),), engines=[], versions=[])
    row = one(planned(hub, target={"version": target}))
    assert codes(row) == ["unsupported_version"] and row["refusals"][0]["next_step"] == f"Upgrade the multicluster engine to {engine_minor} first."


@pytest.mark.parametrize(
    ("hub", "code"),
    [
        ({"engines": [engine("2.10.1", desired="2.11.0", phase="Updating")], "versions": [openshift("4.20.1")]}, "engine_not_ready"),
        ({"engines": [engine("2.10.1", phase="Error")], "versions": [openshift("4.20.1")]}, "engine_not_ready"),
        ({"engines": [engine("2.10.1", desired="2.11.0")], "versions": [openshift("4.20.1")]}, "engine_not_ready"),
        ({"engines": [engine("2.10.1")], "versions": [openshift("4.20.1", newest="4.21.0")]}, "management_cluster_updating"),
        ({"engines": [engine("2.8.0")], "versions": [openshift("4.15.1")]}, "management_order"),
        ({"engines": [engine("2.8.0")], "versions": [openshift("4.20.1")]}, "management_order"),
        ({"engines": [engine("2.8.0")], "versions": [openshift("4.16.1")]}, ""),
        ({"engines": [engine("2.8.0")], "versions": [openshift("4.19.1")]}, ""),
        ({"engines": [engine("2.4.0")], "versions": [openshift("4.14.1")]}, ""),
        ({"engines": [engine("5.0.0")], "versions": [openshift("4.21.1")]}, ""),
        ({"engines": [engine("5.0.0")], "versions": [openshift("5.1.1")]}, ""),
        ({"engines": [engine("5.0.0")], "versions": [openshift("4.20.9")]}, "management_order"),
        ({"engines": [engine("")], "versions": [openshift("4.20.9")]}, ""),
    ],
)
def test_order_of_management_cluster_and_engine(hub: dict[str, Any], code: str) -> None:
    row = plan_of(hub=hub)
    assert codes(row) == ([code] if code else [])
    assert not code or row["refusals"][0]["object"].split()[0] in ("MultiClusterEngine", "ClusterVersion")


def test_what_could_not_be_read_of_a_hub_is_a_warning_of_the_hub() -> None:
    found = planned(view([cluster(offers=OFFERS)], [pool()], minors=(), engines=[], versions=[]))
    assert one(found)["verdict"] == "ready" and len(found["hubs"][0]["warnings"]) == 3
    good = planned(view([cluster(offers=OFFERS)], [pool()]))["hubs"][0]
    assert (good["warnings"], good["mce_version"], good["openshift_version"]) == ([], "5.1.0", "5.0.1")


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
    gold = {**WEEKLY, "label_selectors": ["tier=gold"]}
    assert codes(plan_of(windows=[gold])) == ["no_window"] and "none of the windows" in plan_of(windows=[gold])["refusals"][0]["cause"]
    assert len(plan_of({"metadata": {"labels": {"tier": "gold"}}}, windows=[gold, WEEKLY])["windows"]) == 2


def test_mutual_exclusion_needs_its_label() -> None:
    assert codes(plan_of(exclusive_label="pair")) == ["exclusive_label_missing"]
    assert codes(plan_of({"metadata": {"labels": {"pair": "a"}}}, exclusive_label="pair")) == []


# ---- node pools

MANAGEMENT = ("spec", "management")


def in_place(limit: Any, nodes: int = 3) -> Object:
    return pool(nodes=nodes, patch={"spec": {"management": {"upgradeType": "InPlace", "inPlace": {"maxUnavailable": limit}}}})


def rolling(surge: Any, unavailable: Any) -> Object:
    return pool(patch={"spec": {"management": {"replace": {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}}}})


POOLS: list[tuple[str, Callable[[], Object], str]] = [
    ("paused", lambda: pool(patch={"spec": {"pausedUntil": "true"}}), "pool_paused"),
    ("newer than the control plane", lambda: pool("4.20.5"), "pool_newer"),
    ("updating its version", lambda: with_conditions(pool("4.20.1"), condition("UpdatingVersion", "True", "x", "Target version: 4.20.4")), "pool_updating"),
    ("updating its config", lambda: with_conditions(pool(), condition("UpdatingConfig", "True")), "pool_updating"),
    ("updating its machines", lambda: with_conditions(pool(), condition("UpdatingPlatformMachineTemplate", "True")), "pool_updating"),
    ("failed in place", lambda: with_conditions(pool(), condition("UpdatingVersion", "False", "InplaceUpgradeFailed", "Node n degraded")),
     "inplace_upgrade_failed"),
    ("invalid config", lambda: with_conditions(pool(), condition("ValidMachineConfig", "False", "x", "unsupported config type")), "pool_not_healthy"),
    ("invalid release", lambda: with_conditions(pool(), condition("ValidReleaseImage", "False", "x", "cannot pull")), "pool_not_healthy"),
    ("unhealthy nodes", lambda: with_conditions(pool(), condition("AllNodesHealthy", "False", "x", "1 of 2 not ready")), "pool_not_healthy"),
    ("maxUnavailable above replicas", lambda: in_place(4), "max_unavailable_too_large"),
    ("maxUnavailable above 100%", lambda: in_place("150%"), "max_unavailable_too_large"),
    ("no room", lambda: rolling(0, 0), "no_room_to_roll"),
    ("no room in percent", lambda: rolling("0%", "0%"), "no_room_to_roll"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "code"), [p[1:] for p in POOLS], ids=[p[0] for p in POOLS])
def test_states_of_a_pool(made: Callable[[], Object], code: str) -> None:
    row = plan_of(pools=[made(), pool(name="other")])
    assert codes(row) == [code] and row["refusals"][0]["object"] == "NodePool clusters/demo" and row["refusals"][0]["next_step"]


@pytest.mark.parametrize(
    "made", [lambda: in_place(3), lambda: in_place("100%"), lambda: in_place("1%"), lambda: in_place(None), lambda: rolling(0, 1),
             lambda: rolling(1, 0), lambda: rolling("10%", 0), lambda: rolling(None, None)],
)  # fmt: skip
def test_settings_with_which_a_pool_can_roll(made: Callable[[], Object]) -> None:
    assert plan_of(pools=[made()])["verdict"] == "ready"


def test_a_pool_that_the_campaign_leaves_alone_may_be_in_any_state_but_a_failed_one() -> None:
    for name, made, code in POOLS:
        found = codes(plan_of(pools=[made()], node_pools=False))
        assert found == ([code] if code in ("pool_newer", "inplace_upgrade_failed") else []), name
    gone = pool(name="gone", patch={"metadata": {"deletionTimestamp": "2026-11-25T00:00:00Z"}})
    assert steps(plan_of(pools=[pool(), gone])) == ["4.21.5", "4.21.5[demo]"]


def test_a_pool_on_its_way_to_the_target_already_goes_on() -> None:
    body = cluster("4.21.5", offers=[])
    busy = with_conditions(pool("4.20.4", patch={"spec": {"release": {"image": image("4.21.5")}}}), condition("UpdatingVersion", "True"))
    row = one(planned(view([body], [busy])))
    assert (row["verdict"], steps(row)) == ("ready", ["4.21.5[demo]"])


def test_skew_with_pools_that_stay() -> None:
    body, old = cluster("4.21.5", offers=["4.22.0"]), pool("4.18.1")
    assert codes(one(planned(view([body], [old]), node_pools=False, target={"version": "4.22.0"}))) == ["unsupported_skew"]
    row = one(planned(view([body], [pool("4.19.1")]), node_pools=False, target={"version": "4.22.0"}))
    assert row["verdict"] == "ready" and any("the next minor needs it to move" in w for w in row["warnings"])
    assert any("3 minor(s) behind" in w and "OVN" in w for w in row["warnings"])


EMPTY = {"spec": {"replicas": 0}, "status": {"replicas": 0}}
SCALED = {"spec": {"replicas": None, "autoScaling": {"min": 1, "max": 3}}}


def test_pools_without_nodes() -> None:
    assert codes(plan_of(pools=[])) == ["no_workers"]
    assert codes(plan_of(pools=[pool(patch=EMPTY), pool(name="b", patch=EMPTY)])) == ["no_workers"]
    row = plan_of(pools=[pool(patch=EMPTY), pool(name="b")])
    assert row["verdict"] == "ready" and [r["pool"] for r in row["rolls"]] == ["b"] and row["nodes"] == 2
    assert any("has no nodes" in w for w in row["warnings"]) and steps(row) == ["4.21.5", "4.21.5[b]", "4.21.5[demo]"]
    only_pools = one(planned(view([cluster("4.21.5")], [pool("4.20.4", patch=EMPTY)])))
    assert only_pools["verdict"] == "ready" and only_pools["rolls"] == []


def warnings(**spoilt: Any) -> str:
    row = plan_of(**spoilt)
    assert row["verdict"] == "ready", row["refusals"]
    return " | ".join(row["warnings"])


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ({"pools": [pool(patch=SCALED)]}, "is autoscaled"),
        ({"pools": [pool(patch={"spec": {"nodeDrainTimeout": "0s"}})]}, "nodeDrainTimeout is 0"),
        ({"pools": [pool(patch={"spec": {"nodeDrainTimeout": None}})]}, "nodeDrainTimeout is 0"),
        ({"pools": [in_place(1)]}, "retried for ever"),
        ({"pools": [pool(nodes=10, patch={"spec": {"management": {"replace": {"rollingUpdate": {"maxSurge": "25%"}}}}})]}, "room for 3 more"),
        ({"pools": [pool(patch={"spec": {"management": {"replace": {"strategy": "OnDelete"}}}})]}, "OnDelete"),
        ({"patch": {"spec": {"channel": None}}}, "no channel"),
        ({"pools": [pool(patch={"status": {"version": None}, "spec": {"release": {"image": "quay.io/r@sha256:" + "a" * 64}}})]}, "is not known"),
    ],
)
def test_warnings(spoilt: dict[str, Any], words: str) -> None:
    assert words in warnings(**spoilt)
    assert words not in warnings()


def test_on_delete_pools_do_not_count_as_rolling() -> None:
    row = plan_of(pools=[pool(patch={"spec": {"management": {"replace": {"strategy": "OnDelete"}}}})])
    assert row["rolls"] == [] and steps(row) == ["4.21.5", "4.21.5[demo]"]


@pytest.mark.parametrize(
    ("target_image", "arch", "payload", "code", "warns"),
    [
        ("quay.io/r:4.21.5-multi", "arm64", "Multi", "", False),
        ("quay.io/r:4.21.5-x86_64", "arm64", "Multi", "architecture_missing", False),
        ("quay.io/r:4.21.5-x86_64", "amd64", "AMD64", "", False),
        ("quay.io/r:4.21.5-aarch64", "arm64", "ARM64", "", False),
        ("quay.io/r:4.21.5-ppc64le", "amd64", "AMD64", "architecture_missing", False),
        ("quay.io/r@sha256:" + "b" * 64, "arm64", "Multi", "", True),
        ("quay.io/r@sha256:" + "b" * 64, "amd64", "Multi", "", True),
        ("quay.io/r@sha256:" + "b" * 64, "amd64", "AMD64", "", False),
        ("quay.io/r:4.21.5", "amd64", "AMD64", "", False),
    ],
)
def test_architectures(target_image: str, arch: str, payload: str, code: str, warns: bool) -> None:
    row = plan_of({"status": {"payloadArch": payload}}, pools=[pool(patch={"spec": {"arch": arch}})], release_images={"4.21.5": target_image})
    assert codes(row) == ([code] if code else [])
    assert any("cannot be told from its name" in w for w in row["warnings"]) is warns


def test_risks_are_named_until_they_are_accepted() -> None:
    patch = {"status": {"version": {"availableUpdates": None, "conditionalUpdates": [conditional("4.21.5", "SlowDisks", "NoVips")]}}}
    row = plan_of(patch, accepted_risks=["NoVips"])
    assert codes(row) == ["risk_not_accepted"] and "SlowDisks" in row["refusals"][0]["cause"] and "NoVips" not in row["refusals"][0]["cause"]
    assert plan_of(patch, accepted_risks=["NoVips", "SlowDisks"])["steps"][0]["risks"] == ["NoVips", "SlowDisks"]
