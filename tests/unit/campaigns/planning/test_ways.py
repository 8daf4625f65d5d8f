# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where a cluster is to go and by which releases and images: by its own status, or by a graph. Source: platform_facts#6.2, #6.3."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.graph import Graph

from campaigns.planning.builders import (
    Object,
    cluster,
    codes,
    condition,
    graph,
    image,
    one,
    planned,
    pool,
    steps,
    view,
    with_conditions,
)

DIGEST = "quay.io/openshift-release-dev/ocp-release@sha256:" + "a" * 64
LINE = ["4.20.4", "4.21.5", "4.22.2", "5.0.1", "5.1.0"]
GRAPH = graph(*itertools.pairwise(LINE), ("4.17.9", "4.18.9"), ("4.18.9", "4.19.9"), ("4.19.9", "4.20.4"), ("4.20.4", "4.20.9"))


def plan_of(
    version: str = "4.20.4", offers: Any = (), pools: Any = None, known: Graph | None = None, patch: Object | None = None, **options: Any
) -> Object:
    body = cluster(version, offers=offers, patch=patch)
    return one(planned(view([body], [pool(version)] if pools is None else pools), known, **options))


@pytest.mark.parametrize(
    ("target", "offers", "known", "to"),
    [
        ({"version": "4.21.5"}, ["4.21.5", "4.21.7"], None, "4.21.5"),
        ({"minor": "4.21"}, ["4.20.9", "4.21.5", "4.21.10", "4.21.7"], None, "4.21.10"),
        ({"minor": "4.20"}, ["4.20.9", "4.21.5"], None, "4.20.9"),
        ({"minor": "current"}, ["4.20.9", "4.20.7", "4.21.5"], None, "4.20.9"),
        ({"latest": True}, ["4.20.9", "4.21.5", "4.21.7"], None, "4.21.7"),
        ({"minor": "4.21"}, ["4.21.5", "4.21.9-rc.1", "4.21.8-0.hotfix1"], None, "4.21.5"),
        ({"version": "4.21.9-rc.1"}, ["4.21.5", "4.21.9-rc.1"], None, "4.21.9-rc.1"),
        ({"version": "4.20.4-0.hotfix1"}, ["4.20.5"], None, ""),
        ({"latest": True}, [], GRAPH, "5.1.0"),
        ({"minor": "5.0"}, [], GRAPH, "5.0.1"),
        ({"minor": "4.23"}, [], GRAPH, "5.0.1"),
        ({"version": "4.23.1"}, [], GRAPH, "5.0.1"),
        ({"minor": "current"}, [], GRAPH, "4.20.9"),
    ],
)
def test_targets(target: Object, offers: list[str], known: Graph | None, to: str) -> None:
    row = plan_of(offers=offers, known=known, target=target)
    if to:
        assert (row["verdict"], row["to"], row["from"]) == ("ready", to, "4.20.4"), row["refusals"]
    else:
        assert codes(row) == ["downgrade"]


def test_latest_stays_within_what_the_hub_supports() -> None:
    body = cluster()
    row = one(planned(view([body], [pool()], minors=("4.22", "4.21", "4.20")), GRAPH, target={"latest": True}))
    assert (row["verdict"], row["to"]) == ("ready", "4.22.2")


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ({"version": "4.20.3"}, "downgrade", "older than the running"),
        ({"version": "4.19.9"}, "downgrade", "cannot be downgraded"),
        ({"version": "4.22.2"}, "skips_minor", "option graph"),
        ({"minor": "4.22"}, "skips_minor", "one campaign per minor"),
        ({"version": "4.21.6"}, "no_path", "newest within reach: 4.21.5"),
        ({"version": "5.0.1"}, "skips_minor", "next hop"),
    ],
)
def test_targets_out_of_reach_of_a_status(target: Object, code: str, words: str) -> None:
    row = plan_of(offers=["4.20.9", "4.21.5"], target=target)
    assert codes(row) == [code] and words in f"{row['refusals'][0]['cause']} {row['refusals'][0]['next_step']}"


def test_a_prerelease_or_hotfix_of_what_runs_is_a_downgrade() -> None:
    assert codes(plan_of(offers=["4.20.9"], target={"version": "4.20.4-rc.1"})) == ["downgrade"]
    assert plan_of("4.20.4-rc.1", offers=["4.20.4"], target={"version": "4.20.4"})["verdict"] == "ready"
    assert plan_of("4.20.4-0.hotfix1", offers=["4.20.4"], target={"version": "4.20.4"})["verdict"] == "ready"


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"blocked_versions": ["4.21.5"]}, "version_blocked", "4.21.5"),
        ({"channel": "candidate"}, "not_in_channel", "candidate"),
        ({"target": {"minor": "4.21"}, "blocked_versions": ["4.21.5"]}, "version_blocked", "4.21.5"),
    ],
)
def test_what_the_policy_rules_out_is_named(options: Object, code: str, words: str) -> None:
    row = plan_of(offers=["4.21.5"], **options)
    assert codes(row) == [code] and words in row["refusals"][0]["cause"]


def test_risks_on_the_way_are_named_with_all_that_lack() -> None:
    known = graph(("4.20.4", "4.20.9"), conditional=[("4.20.9", "4.21.5", ["A", "B"]), ("4.21.5", "4.22.2", ["C"])])
    row = plan_of(known=known, target={"version": "4.22.2"}, accepted_risks=["B"])
    assert codes(row) == ["risk_not_accepted"] and row["refusals"][0]["cause"].endswith(": A, C")
    row = plan_of(known=known, target={"version": "4.22.2"}, accepted_risks=["A", "B", "C"])
    assert [s["risks"] for s in row["steps"] if s["kind"] == "control_plane"] == [[], ["A", "B"], ["C"]]


# Missing, null and malformed updates: no crash, and never "up to date" by silence.
@pytest.mark.parametrize("offers", [None, [], "x", [None]])
@pytest.mark.parametrize("target", [{"version": "4.21.5"}, {"minor": "4.21"}, {"minor": "current"}, {"latest": True}])
def test_a_cluster_that_nobody_tells_of_updates(offers: Any, target: Object) -> None:
    body = with_conditions(cluster(offers=offers), condition("ClusterVersionRetrievedUpdates", "False", "NoChannel"))
    row = one(planned(view([body], [pool()]), target=target))
    assert codes(row) == ["no_update_channel"] and row["refusals"][0]["condition"] == "ClusterVersionRetrievedUpdates"


def test_a_cluster_that_was_told_of_no_update_is_up_to_date() -> None:
    for target in ({"minor": "current"}, {"latest": True}, {"minor": "4.20"}):
        row = plan_of(offers=None, target=target)
        assert (row["verdict"], row["steps"], row["to"], row["wave"]) == ("up_to_date", [], "4.20.4", None)
    assert codes(plan_of(offers=None, target={"minor": "4.21"})) == ["no_path"]


def test_without_an_update_service_the_named_image_is_taken_at_its_word() -> None:
    body = with_conditions(cluster(offers=None), condition("ClusterVersionRetrievedUpdates", "False", "NoChannel"))
    row = one(planned(view([body], [pool()]), release_images={"4.21.5": DIGEST}))
    assert row["verdict"] == "ready" and row["steps"][0]["image"] == DIGEST and any("no update service" in w for w in row["warnings"])
    assert codes(one(planned(view([body], [pool()]), release_images={"4.21.5": DIGEST}, blocked_versions=["4.21.5"]))) == [
        "no_update_channel"
    ]


def test_a_newer_minor_than_the_one_asked_for_needs_nothing() -> None:
    row = plan_of("4.22.2", target={"minor": "4.21"}, known=GRAPH)
    assert row["verdict"] == "up_to_date" and "newer minor" in row["warnings"][0]
    assert codes(plan_of("4.22.2", target={"version": "4.21.5"}, known=GRAPH)) == ["downgrade"]


def test_what_is_up_to_date_is_not_refused_for_its_state() -> None:
    paused = {"spec": {"pausedUntil": "true"}}
    row = plan_of("4.21.5", patch=paused)
    assert (row["verdict"], row["refusals"], row["warnings"]) == ("up_to_date", [], [])


# ---- images


@pytest.mark.parametrize(
    ("known", "images", "expected"),
    [
        (None, {}, image("4.21.5")),
        (None, {"4.21.5": "mirror.test:5000/ocp@sha256:" + "b" * 64}, "mirror.test:5000/ocp@sha256:" + "b" * 64),
        (None, {"4.21.6": "mirror.test:5000/ocp:4.21.6-multi"}, image("4.21.5")),
        (GRAPH, {"4.21.5": DIGEST}, DIGEST),
        (GRAPH, {}, image("4.21.5")),
    ],
)
def test_images_come_from_the_mirror_the_graph_or_the_status(known: Graph | None, images: dict[str, str], expected: str) -> None:
    row = plan_of(offers=["4.21.5"], known=known, release_images=images)
    assert {s["image"] for s in row["steps"]} == {expected}


def test_an_image_is_never_made_up() -> None:
    bare = graph(("4.20.4", "4.21.5"), ("4.21.5", "4.22.2"), payloads=False)
    row = plan_of(known=bare, target={"version": "4.22.2"}, release_images={"4.22.2": DIGEST})
    assert codes(row) == ["unknown_image"] and "4.21.5" in row["refusals"][0]["cause"] and "4.22.2" not in row["refusals"][0]["cause"]
    assert plan_of(known=bare, target={"version": "4.22.2"}, release_images={"4.22.2": DIGEST, "4.21.5": DIGEST})["verdict"] == "ready"


def test_a_cluster_on_a_digest_is_planned_by_its_history() -> None:
    patch = {"spec": {"release": {"image": DIGEST}}, "status": {"version": {"desired": {"image": DIGEST}}}}
    digest_pool = pool("4.20.4", patch={"spec": {"release": {"image": DIGEST}}})
    row = plan_of(offers=["4.21.5"], patch=patch, pools=[digest_pool])
    assert (row["verdict"], row["from"], steps(row)) == ("ready", "4.20.4", ["4.21.5", "4.21.5[demo]"])
