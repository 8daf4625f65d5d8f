# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Targets, ways, steps and effects of a plan, and that it is the same for the same world. Source: facts 6.1-6.5."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._domain.campaign import checked_plan, digest_of, read_plan
from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import Failure
from ansible_collections.hypershift.core.plugins.module_utils._domain.fleet import HubView
from ansible_collections.hypershift.core.plugins.module_utils._domain.upgrade_graph import Graph
from ansible_collections.hypershift.core.plugins.module_utils._domain.upgrade_table import plan_table
from ansible_collections.hypershift.core.plugins.module_utils._domain.versions import Version
from domain.upgrade_worlds import (
    NOW,
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
from hypothesis import given, settings
from hypothesis import strategies as st

DIGEST = "quay.io/openshift-release-dev/ocp-release@sha256:" + "a" * 64
LINE = ["4.20.4", "4.21.5", "4.22.2", "5.0.1", "5.1.0"]
GRAPH = graph(*itertools.pairwise(LINE), ("4.17.9", "4.18.9"), ("4.18.9", "4.19.9"), ("4.19.9", "4.20.4"), ("4.20.4", "4.20.9"))


def plan_of(version: str = "4.20.4", offers: Any = (), pools: Any = None, known: Graph | None = None, patch: Object | None = None, **options: Any) -> Object:
    body = cluster(version, offers=offers, patch=patch)
    return one(planned(view([body], [pool(version)] if pools is None else pools), known, **options))


# ---- targets


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
    assert codes(row) == ["no_updates_known"] and row["refusals"][0]["condition"] == "ClusterVersionRetrievedUpdates"


def test_a_cluster_that_was_told_of_no_update_is_up_to_date() -> None:
    for target in ({"minor": "current"}, {"latest": True}, {"minor": "4.20"}):
        row = plan_of(offers=None, target=target)
        assert (row["verdict"], row["steps"], row["to"], row["wave"]) == ("up_to_date", [], "4.20.4", None)
    assert codes(plan_of(offers=None, target={"minor": "4.21"})) == ["no_path"]


def test_without_an_update_service_the_named_image_is_taken_at_its_word() -> None:
    body = with_conditions(cluster(offers=None), condition("ClusterVersionRetrievedUpdates", "False", "NoChannel"))
    row = one(planned(view([body], [pool()]), release_images={"4.21.5": DIGEST}))
    assert row["verdict"] == "ready" and row["steps"][0]["image"] == DIGEST and any("no update service" in w for w in row["warnings"])
    assert codes(one(planned(view([body], [pool()]), release_images={"4.21.5": DIGEST}, blocked_versions=["4.21.5"]))) == ["no_updates_known"]


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
    assert codes(row) == ["image_unknown"] and "4.21.5" in row["refusals"][0]["cause"] and "4.22.2" not in row["refusals"][0]["cause"]
    assert plan_of(known=bare, target={"version": "4.22.2"}, release_images={"4.22.2": DIGEST, "4.21.5": DIGEST})["verdict"] == "ready"


def test_a_cluster_on_a_digest_is_planned_by_its_history() -> None:
    patch = {"spec": {"release": {"image": DIGEST}}, "status": {"version": {"desired": {"image": DIGEST}}}}
    digest_pool = pool("4.20.4", patch={"spec": {"release": {"image": DIGEST}}})
    row = plan_of(offers=["4.21.5"], patch=patch, pools=[digest_pool])
    assert (row["verdict"], row["from"], steps(row)) == ("ready", "4.20.4", ["4.21.5", "4.21.5[demo]"])


# ---- steps and skew (n-3, dual numbering)


@pytest.mark.parametrize(
    ("current", "target", "pools", "expected"),
    [
        ("4.20.4", "4.21.5", {"a": "4.20.4"}, ["4.21.5", "4.21.5[a]"]),
        ("4.20.4", "4.22.2", {"a": "4.20.4"}, ["4.21.5", "4.22.2", "4.22.2[a]"]),
        ("4.20.4", "5.0.1", {"a": "4.20.4"}, ["4.21.5", "4.22.2", "5.0.1", "5.0.1[a]"]),  # 4.20 under 4.23 is n-3: just allowed
        ("4.20.4", "5.1.0", {"a": "4.20.4"}, ["4.21.5", "4.22.2", "5.0.1", "5.0.1[a]", "5.1.0", "5.1.0[a]"]),
        ("4.20.4", "5.1.0", {"a": "4.21.5"}, None),
        ("4.20.4", "4.22.2", {"a": "4.19.9", "b": "4.20.4"}, ["4.21.5", "4.22.2", "4.22.2[a]", "4.22.2[b]"]),
        ("4.20.4", "4.22.2", {"a": "4.18.9", "b": "4.20.4"}, ["4.21.5", "4.21.5[a]", "4.22.2", "4.22.2[a]", "4.22.2[b]"]),
        ("4.20.4", "4.21.5", {"a": "4.17.9", "b": "4.20.4"}, ["4.20.4[a]", "4.21.5", "4.21.5[a]", "4.21.5[b]"]),
        ("5.0.1", "5.1.0", {"a": "4.20.4", "b": "4.22.2"}, ["5.0.1[a]", "5.1.0", "5.1.0[a]", "5.1.0[b]"]),
        ("4.20.4", "4.20.9", {"a": "4.19.9"}, ["4.20.9", "4.20.9[a]"]),
        ("4.21.5", "4.21.5", {"a": "4.20.4", "b": "4.21.5"}, ["4.21.5[a]"]),
        ("5.0.1", "4.23.1", {"a": "4.22.2"}, ["5.0.1[a]"]),
        ("4.21.5", "4.21.5", {"a": "4.21.5"}, []),
    ],
)
def test_order_of_steps(current: str, target: str, pools: dict[str, str], expected: list[str] | None) -> None:
    made = [pool(version, name=name) for name, version in pools.items()]
    row = plan_of(current, pools=made, known=GRAPH, target={"version": target})
    if expected is None:
        assert codes(row) == ["pool_newer"]
    else:
        assert steps(row) == expected and row["verdict"] == ("ready" if expected else "up_to_date"), row["refusals"]


@given(st.sampled_from(LINE[:-1]), st.sampled_from(LINE), st.lists(st.sampled_from(["4.17.9", "4.18.9", "4.19.9", *LINE]), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_no_step_ever_breaks_the_rules(current: str, target: str, versions: list[str]) -> None:
    """Played through: one minor at a time, no pool above its control plane, none more than three minors below, all at the target at the end."""
    at = {f"p{i}": Version.parse(v) for i, v in enumerate(versions)}
    row = plan_of(current, pools=[pool(v, name=f"p{i}") for i, v in enumerate(versions)], known=GRAPH, target={"version": target})
    here, goal = Version.parse(current), Version.parse(target)
    assert here and goal
    if any(v and v > here for v in at.values()) or goal < here:
        assert row["steps"] == [] and (row["verdict"] == "refused" or goal == here)
        return
    for step in row["steps"]:
        to = Version.parse(step["version"])
        assert to is not None and step["image"]
        if step["kind"] == "control_plane":
            assert here < to and to.line - here.line <= 1
            here = to
            assert all(v and here.line - v.line <= 3 for v in at.values())
        else:
            assert to == here and all((v := at[name]) and v < to for name in step["pools"])
            at |= dict.fromkeys(step["pools"], to)
    assert here == goal and set(at.values()) == {goal}


def test_canary_pool_first_and_parallel_pools() -> None:
    pools = [pool(name=n, patch={"metadata": {"labels": {"role": "canary" if n == "c" else "x"}}}) for n in "abcde"]
    options: list[tuple[Object, list[str]]] = [
        ({}, ["[a]", "[b]", "[c]", "[d]", "[e]"]),
        ({"canary_pool": "c"}, ["[c]", "[a]", "[b]", "[d]", "[e]"]),
        ({"canary_pool": "role=canary", "node_pools_parallel": 2}, ["[c]", "[a,b]", "[d,e]"]),
        ({"canary_pool": "role!=canary", "node_pools_parallel": 3}, ["[a,b,d]", "[e]", "[c]"]),
        ({"canary_pool": "nobody", "node_pools_parallel": 9}, ["[a,b,c,d,e]"]),
        ({"node_pools": False}, []),
    ]
    for given_options, expected in options:
        row = plan_of(offers=["4.21.5"], pools=pools, **given_options)
        assert steps(row) == ["4.21.5", *(f"4.21.5{e}" for e in expected)], given_options


def test_effects_say_which_pools_roll_and_how_often() -> None:
    in_place = {"spec": {"management": {"upgradeType": "InPlace", "inPlace": {"maxUnavailable": 1}}}}
    row = plan_of("4.20.4", pools=[pool("4.18.9", name="old", nodes=3), pool(name="new", nodes=5, patch=in_place)], known=GRAPH, target={"version": "4.22.2"})
    assert sorted(row["rolls"], key=lambda r: r["nodes"]) == [
        {"pool": "old", "strategy": "Replace", "nodes": 3, "times": 2, "reason": "release 4.21.5, then 4.22.2"},
        {"pool": "new", "strategy": "InPlace", "nodes": 5, "times": 1, "reason": "release 4.22.2"},
    ]
    assert row["nodes"] == 8


def test_network_lag_on_the_way_is_told() -> None:
    row = plan_of(known=GRAPH, target={"version": "5.0.1"})
    assert any("3 minors behind the control plane on the way" in w for w in row["warnings"])
    other = plan_of(known=GRAPH, target={"version": "5.0.1"}, patch={"spec": {"networking": {"networkType": "Other"}}})
    assert not any("OVN" in w for w in other["warnings"])


# ---- the whole plan


def fleet() -> list[Any]:
    made = []
    for hub in ("east", "west"):
        names = [f"c{i}" for i in range(6)]
        clusters = [cluster(offers=["4.21.5"], name=n, patch={"metadata": {"labels": {"tier": "gold" if n < "c3" else "silver"}}}) for n in names]
        clusters[1]["spec"]["pausedUntil"] = "true"
        clusters[2]["status"]["version"]["conditionalUpdates"] = [conditional("4.21.5", "SlowDisks")]
        made.append(view(clusters, [pool(name=f"{n}-{p}", owner=n) for n in names for p in "ab"], name=hub))
    return made


def test_a_plan_is_whole_and_its_digest_fits() -> None:
    plan = planned(fleet())
    assert checked_plan(plan) is plan and plan["digest"] == digest_of(plan) and plan["created"] == NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert read_plan(json.dumps(plan), plan["digest"]) == plan
    assert plan["summary"] == {"clusters": 12, "ready": 8, "refused": 4, "up_to_date": 0, "nodes": 32, "control_plane_hops": 8}
    ids = [c["id"] for c in plan["clusters"]]
    assert ids == sorted(ids) and ids[0] == "c0.clusters.east"
    ready = {c["id"] for c in plan["clusters"] if c["verdict"] == "ready"}
    for part in ("waves", "batches"):
        listed = [i for group in plan[part] for i in group["clusters"]]
        assert sorted(listed) == sorted(ready)
    for row in plan["clusters"]:
        if row["verdict"] == "ready":
            assert row["id"] in plan["batches"][row["batch"]]["clusters"] and plan["batches"][row["batch"]]["wave"] == row["wave"]


def test_the_same_world_gives_the_same_plan_in_whatever_order_it_is_read() -> None:
    options: Object = {
        "waves": [{"name": "gold", "label_selectors": ["tier=gold"], "canaries": "1", "batch": "50%"}],
        "max_parallel_per_hub": 1,
    }
    first = planned(fleet(), **options)
    for seed in range(5):
        mixed = [replace(hub, objects={kind: _shuffled(objects, seed) for kind, objects in hub.objects.items()}) for hub in fleet()]
        assert planned(mixed, **options) == first


def _shuffled(objects: tuple[Object, ...], seed: int) -> tuple[Object, ...]:
    return tuple(random.Random(seed).sample(objects, len(objects)))


def test_another_world_or_policy_gives_another_digest() -> None:
    first = planned(fleet())["digest"]
    assert planned(fleet(), max_parallel=3)["digest"] != first
    changed = fleet()
    changed[0].clusters[0]["metadata"]["uid"] = "another"
    assert planned(changed)["digest"] != first


def test_a_hub_that_could_not_be_read_stands_in_the_plan() -> None:
    plan = planned([*fleet(), HubView("north", problem=Failure("unreachable", "no answer", next_step="Check it."))])
    assert plan["hubs"][2] == {
        "name": "north", "server": "", "versions": [], "mce_version": "", "openshift_version": "", "problem": "no answer. Check it.", "warnings": [],
    }  # fmt: skip


def test_the_table_shows_what_happens_and_why_not() -> None:
    lines = plan_table(planned(fleet()))
    assert lines[0].split() == ["CLUSTER", "FROM", "TO", "WAVE", "BATCH", "STEPS", "NODES", "VERDICT", "WHAT"] and len(lines) == 14
    assert "c0.clusters.east" in lines[1] and "4.21.5, 2 pool move(s)" in lines[1]
    assert any("refused" in line and "paused: reconciliation is paused" in line for line in lines)
    assert lines[-1].startswith("12 clusters: 8 ready, 4 refused, 0 up to date; 32 nodes roll; digest sha256:")
    assert plan_table(planned(view([])))[-1].startswith("0 clusters")
