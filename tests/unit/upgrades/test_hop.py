# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One hop of a control plane: which release is meant, and every reason against it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import Failure
from ansible_collections.hypershift.core.plugins.module_utils._kernel.versions import Version
from ansible_collections.hypershift.core.plugins.module_utils._upgrades import hop as hops
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.hop import FORCE, HopRequest, OfferedUpdate
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.hop_checks import HopSituation, hop_failures, hop_notes

from builders.objects import IMAGE, NEWER, conditions, live_cluster, live_pool

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DIGEST = "mirror.example.com/ocp/release@sha256:" + "a" * 64
MINOR = IMAGE.replace("4.20.4", "4.21.5")
RISK = {
    "release": {"version": "4.21.5", "image": MINOR},
    "risks": [{"name": "SlowDisks", "message": "Disks may be slow."}],
    "conditions": [{"type": "Recommended", "status": "False", "reason": "SlowDisks"}],
}


def cluster(
    available: Any = None, conditional: Any = None, spec: dict[str, Any] | None = None, told: dict[str, str] | None = None
) -> dict[str, Any]:
    """A healthy cluster at 4.20.4; available and conditional: its updates; told: conditions that differ."""
    body = live_cluster()
    body["status"]["version"] |= {"availableUpdates": available, "conditionalUpdates": conditional}
    body["spec"] |= spec or {}
    body["status"]["conditions"] = conditions(**(told or {}))
    return body


def offered(version: str, image: str) -> dict[str, Any]:
    return {"version": version, "image": image, "channels": ["stable-4.20"]}


def failures(
    live: dict[str, Any], request: HopRequest, pools: list[dict[str, Any]] | None = None, minors: tuple[str, ...] = ("4.21", "4.20")
) -> list[Failure]:
    hop = hops.hop_of(live, request)
    return hop_failures(HopSituation(live, [live_pool()] if pools is None else pools, request, hop, minors, NOW))


def codes(*args: Any, **more: Any) -> list[str]:
    return [f.code for f in failures(*args, **more)]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"availableUpdates": None}, []),
        ({}, []),
        ({"availableUpdates": [], "conditionalUpdates": None}, []),
        ({"availableUpdates": [{"version": "4.20.9", "image": NEWER}]}, [OfferedUpdate("4.20.9", NEWER)]),
        ({"conditionalUpdates": [RISK]}, [OfferedUpdate("4.21.5", MINOR, ("SlowDisks",))]),
        (
            {"conditionalUpdates": [{**RISK, "conditions": [{"type": "Recommended", "status": "True"}]}]},
            [OfferedUpdate("4.21.5", MINOR)],
        ),
        (
            {"conditionalUpdates": [{"release": {"version": "4.21.5", "image": MINOR}, "risks": None, "conditions": None}]},
            [OfferedUpdate("4.21.5", MINOR, ("UnnamedRisk",))],
        ),
        ({"availableUpdates": [None, {}], "conditionalUpdates": [{"release": None}]}, []),
    ],
)
def test_edges_of_a_status(status: dict[str, Any], expected: list[OfferedUpdate]) -> None:
    assert hops.edges_of({"status": {"version": status}}) == expected


@pytest.mark.parametrize(
    ("request_", "available", "image", "version"),
    [
        (HopRequest(version="4.20.9"), [offered("4.20.9", DIGEST)], DIGEST, "4.20.9"),
        (HopRequest(version="4.20.9"), None, "", "4.20.9"),
        (HopRequest(version="4.20.9", image=DIGEST), None, DIGEST, "4.20.9"),
        (HopRequest(image=NEWER), None, NEWER, "4.20.9"),
        (HopRequest(image=DIGEST), [offered("4.20.9", DIGEST)], DIGEST, "4.20.9"),
        (HopRequest(image=DIGEST), None, DIGEST, None),
        (HopRequest(version="4.20.4"), None, IMAGE, "4.20.4"),
    ],
)
def test_the_release_is_named_by_the_user_or_the_status(request_: HopRequest, available: Any, image: str, version: str | None) -> None:
    hop = hops.hop_of(cluster(available), request_)
    assert (hop.image, hop.target) == (image, Version.parse(version) if version else None)


def test_a_digest_that_runs_is_found_again_by_its_version() -> None:
    live = cluster(spec={"release": {"image": DIGEST}})
    live["status"]["version"]["desired"] = {"image": DIGEST, "version": "4.20.9"}
    hop = hops.hop_of(live, HopRequest(version="4.20.9"))
    assert hop.image == DIGEST and not hop.changes


@pytest.mark.parametrize(
    ("request_", "live", "expected"),
    [
        (HopRequest(image=NEWER), cluster(), []),
        (HopRequest(image=NEWER), cluster([offered("4.20.9", NEWER)]), []),
        (HopRequest(image=MINOR), cluster([offered("4.21.5", MINOR)]), []),
        (HopRequest(version="4.20.9"), cluster(), ["unknown_image"]),
        (HopRequest(version="newest", image=NEWER), cluster(), ["invalid_option"]),
        (HopRequest(version="4.20.8", image=NEWER), cluster(), ["version_mismatch"]),
        (HopRequest(image=DIGEST), cluster(), ["unknown_version"]),
        (HopRequest(image=IMAGE.replace("4.20.4", "4.19.20")), cluster(), ["downgrade", "release_version_unsupported"]),
        (HopRequest(image=IMAGE.replace("4.20.4", "4.20.3")), cluster(), ["downgrade"]),
        (HopRequest(image=IMAGE.replace("4.20.4", "4.22.0")), cluster(), ["skips_minor", "release_version_unsupported"]),
        (HopRequest(image=NEWER), cluster([offered("4.20.7", "other")]), ["no_path"]),
        (HopRequest(image=NEWER, allow_unlisted=True), cluster([offered("4.20.7", "other")]), []),
        (
            HopRequest(image=NEWER),
            cluster(spec={"channel": "stable-4.20"}, told={"ClusterVersionRetrievedUpdates": "True"}),
            ["no_path"],
        ),
        (HopRequest(image=NEWER), cluster(spec={"channel": "x"}, told={"ClusterVersionRetrievedUpdates": "False"}), []),
        (HopRequest(image=MINOR), cluster(conditional=[RISK]), ["risk_not_accepted"]),
        (HopRequest(image=MINOR, accepted_risks=frozenset({"SlowDisks"})), cluster(conditional=[RISK]), []),
        (HopRequest(image=MINOR, accepted_risks=frozenset({"Other"})), cluster(conditional=[RISK]), ["risk_not_accepted"]),
        (HopRequest(image=NEWER), cluster(told={"Degraded": "True/UnavailableReplicas"}), ["unhealthy"]),
        (HopRequest(image=NEWER, allow_unhealthy=True), cluster(told={"Degraded": "True/UnavailableReplicas"}), []),
        (HopRequest(image=NEWER), cluster(told={"EtcdAvailable": "False", "Available": "False"}), ["etcd_unhealthy", "unhealthy"]),
        (HopRequest(image=NEWER), cluster(spec={"controlPlaneRelease": {"image": IMAGE}}), ["control_plane_release_set"]),
    ],
)
def test_reasons_against_a_hop(request_: HopRequest, live: dict[str, Any], expected: list[str]) -> None:
    assert codes(live, request_) == expected


def with_annotation(live: dict[str, Any], image: str) -> dict[str, Any]:
    live["metadata"].setdefault("annotations", {})[FORCE] = image
    return live


ACK = {"ClusterVersionUpgradeable": "False/AdminAckRequired"}
UNKNOWN = {"ClusterVersionUpgradeable": "Unknown/NoData"}
ALLOWED = frozenset({"AdminAckRequired"})


@pytest.mark.parametrize(
    ("image", "told", "left", "request_", "expected"),
    [
        # 1. True, or not told at all: whatever the annotation says, the operator lets it through.
        (MINOR, {}, "", {}, []),
        (MINOR, {}, "stale", {}, []),
        # 2. An annotation must be equal to the image, also for a z-stream.
        (NEWER, ACK, "stale", {}, ["force_upgrade_mismatch"]),
        (NEWER, ACK, "stale", {"force": True}, []),
        (MINOR, ACK, "stale", {}, ["force_upgrade_mismatch", "not_upgradeable"]),
        (MINOR, ACK, MINOR, {}, []),
        # 4. A z-stream needs no acknowledgement.
        (NEWER, ACK, "", {}, []),
        (NEWER, UNKNOWN, "", {}, []),
        # 5. A change of minor does, and force only goes past what was named.
        (MINOR, ACK, "", {}, ["not_upgradeable"]),
        (MINOR, UNKNOWN, "", {}, ["not_upgradeable"]),
        (MINOR, ACK, "", {"accepted_acks": ALLOWED}, ["not_upgradeable"]),
        (MINOR, ACK, "", {"force": True}, ["not_upgradeable"]),
        (MINOR, ACK, "", {"force": True, "accepted_acks": ALLOWED}, []),
        (MINOR, UNKNOWN, "", {"force": True, "accepted_acks": ALLOWED}, ["not_upgradeable"]),
    ],
)
def test_the_gate_of_the_operator(image: str, told: dict[str, str], left: str, request_: dict[str, Any], expected: list[str]) -> None:
    live = cluster(told=told)
    assert codes(with_annotation(live, left) if left else live, HopRequest(image=image, **request_)) == expected


def test_without_the_condition_the_gate_is_open() -> None:
    live = cluster()
    live["status"]["conditions"] = [c for c in live["status"]["conditions"] if c["type"] != "ClusterVersionUpgradeable"]
    assert codes(live, HopRequest(image=MINOR)) == []


def partial(live: dict[str, Any], version: str) -> dict[str, Any]:
    live["status"]["version"]["history"].insert(
        0, {"state": "Partial", "version": version, "image": "x", "startedTime": "2026-11-24T02:30:00Z"}
    )
    return live


def test_an_update_that_runs_is_named_and_its_symptoms_are_not() -> None:
    live = partial(cluster(told={"ClusterVersionProgressing": "True"}), "4.20.7")
    found = failures(live, HopRequest(image=NEWER))
    assert [f.code for f in found] == ["update_in_progress"] and "4.20.7" in found[0].cause


def test_a_superseded_entry_below_the_top_is_no_update() -> None:
    live = cluster()
    live["status"]["version"]["history"].append({"state": "Partial", "version": "4.20.1", "completionTime": "2026-11-20T02:00:00Z"})
    assert codes(live, HopRequest(image=NEWER)) == []


def test_a_request_that_was_not_taken_up_yet_runs() -> None:
    live = cluster(spec={"release": {"image": MINOR}}, told={"Progressing": "True/Progressing"})
    assert codes(live, HopRequest(image=NEWER)) == ["update_in_progress"]


@pytest.mark.parametrize(
    "told", [{"Progressing": "False/Blocked"}, {"Progressing": "False/Blocked", "ValidReleaseImage": "False/InvalidImage"}]
)
def test_a_request_that_the_operator_refused_may_be_replaced(told: dict[str, str]) -> None:
    live = cluster(spec={"release": {"image": "quay.io/wrong:4.20.8-multi"}}, told=told)
    assert codes(live, HopRequest(image=NEWER)) == []
    assert codes(live, HopRequest(image=IMAGE)) == []  # back to what runs


def at(version: str, **given: Any) -> dict[str, Any]:
    pool = live_pool(**given)
    pool["status"]["version"] = version
    return pool


@pytest.mark.parametrize(
    ("pools", "request_", "expected"),
    [
        ([at("4.18.2")], HopRequest(image=MINOR), []),
        ([at("4.17.9")], HopRequest(image=MINOR), ["pool_version_skew"]),
        ([at("4.17.9")], HopRequest(image=NEWER), []),
        ([at("4.17.9"), at("4.16.9", name="old")], HopRequest(image=MINOR), ["pool_version_skew", "pool_version_skew"]),
        ([], HopRequest(image=NEWER), ["no_workers"]),
        ([live_pool(nodes=0)], HopRequest(image=NEWER), ["no_workers"]),
        ([live_pool(nodes=0)], HopRequest(image=NEWER, allow_unhealthy=True), []),
        ([live_pool(nodes=0), live_pool(name="b")], HopRequest(image=NEWER), []),
        ([live_pool(nodes=0, auto_scaling={"min": 1, "max": 3})], HopRequest(image=NEWER), []),
    ],
)
def test_pools_that_would_be_left_behind(pools: list[dict[str, Any]], request_: HopRequest, expected: list[str]) -> None:
    assert codes(cluster(), request_, pools) == expected


def test_skew_on_the_common_line_of_4_23_and_5_0() -> None:
    live = cluster()
    live["status"]["version"]["history"][0]["version"] = "4.22.3"
    five = IMAGE.replace("4.20.4", "5.0.1")
    assert codes(live, HopRequest(image=five), [at("4.20.1")], minors=("5.0", "4.22")) == []
    assert codes(live, HopRequest(image=five), [at("4.19.1")], minors=("4.23",)) == ["pool_version_skew"]


def test_an_installation_that_never_completed_is_no_upgrade() -> None:
    live = cluster()
    live["status"]["version"]["history"] = [{"state": "Partial", "version": "4.20.4"}]
    assert codes(live, HopRequest(image=NEWER)) == ["version_unavailable"]


def test_everything_is_said_at_once_with_cause_and_next_step() -> None:
    live = cluster(conditional=[RISK], told={**ACK, "Degraded": "True/UnavailableReplicas"})
    found = failures(live, HopRequest(image=MINOR), [at("4.17.1")], minors=("4.20",))
    assert [f.code for f in found] == [
        "release_version_unsupported",
        "risk_not_accepted",
        "not_upgradeable",
        "unhealthy",
        "pool_version_skew",
    ]
    assert all(f.object and f.cause and f.next_step.endswith(".") for f in found)


def test_notes() -> None:
    def told(live: dict[str, Any], image: str = NEWER) -> str:
        request = HopRequest(image=image)
        return " ".join(hop_notes(HopSituation(live, [], request, hops.hop_of(live, request), (), NOW)))

    assert "it has no channel" in told(cluster())
    assert "not among the updates of its channel" in told(cluster([offered("4.20.7", "x")]))
    allowed = HopRequest(image=NEWER, allow_unlisted=True)
    assert hop_notes(HopSituation(cluster(), [], allowed, hops.hop_of(cluster(), allowed), (), NOW)) == []
    assert told(cluster([offered("4.20.9", NEWER)])) == ""
    assert "is left from another update" in told(with_annotation(cluster([offered("4.20.9", NEWER)]), "stale"))
    forced = with_annotation(cluster([offered("4.21.5", MINOR)], told=ACK), MINOR)
    assert "which is there already" in told(forced, MINOR)


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        (None, {}),
        ({"history": []}, {}),
        ({"history": [{"version": "4.20.9", "state": "Partial"}]}, {"version": "4.20.9", "state": "Partial"}),
    ],
)
def test_the_management_side_is_told_where_it_is_served(served: Any, expected: dict[str, str]) -> None:
    assert hops.management_side({"status": {"controlPlaneVersion": served}}) == expected
