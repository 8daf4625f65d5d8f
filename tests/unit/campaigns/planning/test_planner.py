# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Targets, ways, steps and effects of a plan, and that it is the same for the same world. Source: platform_facts#6.1 to #6.5."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.plan import checked_plan, digest_of, read_plan
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.planning.table import plan_table
from ansible_collections.hypershift.core.plugins.module_utils._fleet.views import HubView
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import Failure
from ansible_collections.hypershift.core.plugins.module_utils._kernel.versions import Version
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.graph import Graph
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.planning.builders import (
    NOW,
    Object,
    cluster,
    codes,
    conditional,
    graph,
    image,
    one,
    planned,
    pool,
    steps,
    view,
)

DIGEST = "quay.io/openshift-release-dev/ocp-release@sha256:" + "a" * 64
LINE = ["4.20.4", "4.21.5", "4.22.2", "5.0.1", "5.1.0"]
GRAPH = graph(*itertools.pairwise(LINE), ("4.17.9", "4.18.9"), ("4.18.9", "4.19.9"), ("4.19.9", "4.20.4"), ("4.20.4", "4.20.9"))


def plan_of(
    version: str = "4.20.4", offers: Any = (), pools: Any = None, known: Graph | None = None, patch: Object | None = None, **options: Any
) -> Object:
    body = cluster(version, offers=offers, patch=patch)
    return one(planned(view([body], [pool(version)] if pools is None else pools), known, **options))


SUPERSEDED = {"state": "Partial", "version": "4.20.3", "image": image("4.20.3"), "completionTime": "2026-11-20T00:00:00Z"}


@pytest.mark.parametrize(
    ("asked", "history_image", "images", "expected"),
    [
        (image("4.20.4"), image("4.20.4"), {}, image("4.20.4")),
        ("mirror.test/ocp:4.20.4-multi", DIGEST, {}, "mirror.test/ocp:4.20.4-multi"),  # what the user asked for, not what it resolved to
        (DIGEST, DIGEST, {}, DIGEST),
        (DIGEST, DIGEST, {"4.20.4": "mirror.test/ocp:4.20.4-multi"}, "mirror.test/ocp:4.20.4-multi"),
    ],
)
def test_pools_that_must_catch_up_first_get_the_image_that_runs(
    asked: str, history_image: str, images: dict[str, str], expected: str
) -> None:
    entry = {"state": "Completed", "version": "4.20.4", "image": history_image}
    patch = {"spec": {"release": {"image": asked}}, "status": {"version": {"history": [entry, SUPERSEDED], "desired": {"image": asked}}}}
    row = plan_of(offers=["4.21.5"], patch=patch, pools=[pool("4.17.9")], release_images=images)
    assert steps(row) == ["4.20.4[demo]", "4.21.5", "4.21.5[demo]"] and row["steps"][0]["image"] == expected


def test_pools_that_must_catch_up_while_the_update_runs_get_the_completed_image() -> None:
    running = {"state": "Partial", "version": "4.21.5", "image": DIGEST}
    done = {"state": "Completed", "version": "4.20.4", "image": image("4.20.4")}
    patch = {"spec": {"release": {"image": DIGEST}}, "status": {"version": {"history": [running, done], "desired": {"image": DIGEST}}}}
    row = plan_of(offers=[], patch=patch, pools=[pool("4.17.9")])
    assert steps(row) == ["4.20.4[demo]", "4.21.5", "4.21.5[demo]"] and [s["image"] for s in row["steps"]] == [
        image("4.20.4"),
        DIGEST,
        DIGEST,
    ]


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
        assert codes(row) == ["pool_newer_than_control_plane"]
    else:
        assert steps(row) == expected and row["verdict"] == ("ready" if expected else "up_to_date"), row["refusals"]


@given(
    st.sampled_from(LINE[:-1]),
    st.sampled_from(LINE),
    st.lists(st.sampled_from(["4.17.9", "4.18.9", "4.19.9", *LINE]), min_size=1, max_size=4),
)
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
    row = plan_of(
        "4.20.4",
        pools=[pool("4.18.9", name="old", nodes=3), pool(name="new", nodes=5, patch=in_place)],
        known=GRAPH,
        target={"version": "4.22.2"},
    )
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
        clusters = [
            cluster(offers=["4.21.5"], name=n, patch={"metadata": {"labels": {"tier": "gold" if n < "c3" else "silver"}}}) for n in names
        ]
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
        "name": "north", "server": "", "uid": "", "versions": [], "mce_version": "", "openshift_version": "", "problem": "no answer. Check it.", "warnings": [],
    }  # fmt: skip


def test_the_table_shows_what_happens_and_why_not() -> None:
    lines = plan_table(planned(fleet()))
    assert lines[0].split() == ["CLUSTER", "FROM", "TO", "WAVE", "BATCH", "STEPS", "NODES", "VERDICT", "WHAT"] and len(lines) == 16
    assert "c0.clusters.east" in lines[1] and "4.21.5, 2 pool move(s)" in lines[1]
    assert any("refused" in line and "paused: reconciliation is paused" in line for line in lines)
    assert lines[-1].startswith("12 clusters: 8 ready, 4 refused, 0 up to date; 32 nodes roll; digest sha256:")
    assert plan_table(planned(view([])))[-1].startswith("0 clusters")
