# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waves, canaries and batches: who is updated when, and who never together."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.planning.policy import Policy, policy_of
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.planning.waves import WaveMember, batches, ordered, planned_waves
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import OptionError
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.planning.builders import cluster, codes, planned, pool, view


def policy(*waves: Any, **options: Any) -> Policy:
    return policy_of({"campaign": "autumn", "target": {"latest": True}, "waves": waves, **options})


def member(name: str, hub: str = "hub", nodes: int = 3, **labels: str) -> WaveMember:
    return WaveMember(f"{name}.clusters.{hub}", hub, "clusters", name, labels, nodes)


def names(found: Any) -> list[tuple[str, list[str]]]:
    return [(t.wave.name, [m.name for m in t.clusters]) for t in found]


@pytest.mark.parametrize(
    ("waves", "expected"),
    [
        ([("a", []), ("b", []), ("c", [])], "abc"),
        ([("a", ["c"]), ("b", []), ("c", [])], "bca"),
        ([("c", ["b"]), ("b", ["a"]), ("a", [])], "abc"),
        ([("d", ["b", "c"]), ("b", ["a"]), ("c", ["a"]), ("a", [])], "abcd"),
        ([("z", []), ("d", ["b", "c"]), ("c", ["a"]), ("b", ["a"]), ("a", [])], "zacbd"),
    ],
)
def test_order_of_waves_is_topological_and_else_as_written(waves: list[tuple[str, list[str]]], expected: str) -> None:
    made = policy(*({"name": n, "after": after, "label_selectors": [f"w={n}"]} for n, after in waves)).waves
    assert "".join(w.name for w in ordered(made)) == expected


@pytest.mark.parametrize(
    ("waves", "words"),
    [
        ([{"name": "a", "after": ["a"]}], "wait for each other: a"),
        ([{"name": "a", "after": ["b"]}, {"name": "b", "after": ["a"]}, {"name": "c"}], "wait for each other: a, b"),
        ([{"name": "a", "after": ["x"]}], "after x, which is no wave"),
        ([{"name": "a"}, {"name": "a"}], "the name a is used twice"),
        ([{"name": "rest"}], "the name rest is used twice"),
        ([{"name": "a", "canaries": 1}, {"name": "a-canary"}], "the name a-canary is used twice"),
    ],
)
def test_waves_that_cannot_be(waves: list[Any], words: str) -> None:
    with pytest.raises(OptionError, match=words) as caught:
        planned(view([]), waves=waves)
    assert caught.value.failure.object == "Option waves" and caught.value.failure.next_step


GOLD, SILVER = {"tier": "gold"}, {"tier": "silver"}
FLEET = [
    member("g1", nodes=9, **GOLD),
    member("g2", nodes=3, **GOLD),
    member("g3", nodes=6, **GOLD),
    member("s1", **SILVER),
    member("x1"),
    member("x2"),
]
FIRST = {"name": "first", "clusters": ["x1", "clusters/s1"]}
GOLDEN = {"name": "gold", "label_selectors": ["tier=gold"], "after": ["first"]}


def test_a_cluster_is_in_the_first_wave_that_matches_and_else_in_the_rest() -> None:
    assert names(planned_waves(FLEET, policy(FIRST, GOLDEN))) == [("first", ["s1", "x1"]), ("gold", ["g1", "g2", "g3"]), ("rest", ["x2"])]
    both = {"name": "early", "label_selectors": ["tier=gold"], "clusters": ["g2", "x2", "g3.clusters.hub"]}
    assert names(planned_waves(FLEET, policy(both, GOLDEN | {"after": []}))) == [
        ("early", ["g2", "g3"]),
        ("gold", ["g1"]),
        ("rest", ["s1", "x1", "x2"]),
    ]
    assert names(planned_waves(FLEET, policy({"name": "all"}))) == [("all", ["g1", "g2", "g3", "s1", "x1", "x2"])]
    assert names(planned_waves(FLEET, policy())) == [("rest", ["g1", "g2", "g3", "s1", "x1", "x2"])]


def test_the_rest_comes_after_all_waves() -> None:
    assert [t.as_dict()["after"] for t in planned_waves(FLEET, policy(FIRST, GOLDEN | {"after": []}))] == [[], [], ["first", "gold"]]


def test_canaries_are_a_wave_of_their_own_before_it() -> None:
    found = planned_waves(
        FLEET,
        policy(
            FIRST, GOLDEN | {"canaries": "1", "soak_minutes": 30, "max_failed": 2}, {"name": "late", "clusters": ["x2"], "after": ["gold"]}
        ),
    )
    assert names(found) == [("first", ["s1", "x1"]), ("gold-canary", ["g2"]), ("gold", ["g1", "g3"]), ("late", ["x2"])]
    rows = [t.as_dict() for t in found]
    assert rows[1] == {"name": "gold-canary", "after": ["first"], "soak_minutes": 30, "max_failed": 0, "clusters": ["g2.clusters.hub"]}
    assert (rows[2]["after"], rows[2]["soak_minutes"], rows[2]["max_failed"], rows[3]["after"]) == (["gold-canary"], 30, 2, ["gold"])


@pytest.mark.parametrize(("canaries", "count"), [("0", 0), ("1", 1), ("2", 2), ("9", 3), ("1%", 1), ("34%", 2), ("100%", 3)])
def test_number_of_canaries(canaries: str, count: int) -> None:
    found = dict(names(planned_waves(FLEET, policy(GOLDEN | {"after": [], "canaries": canaries}))))
    assert len(found.get("gold-canary", [])) == count and len(found.get("gold", [])) == 3 - count


def test_who_waits_for_a_wave_that_nobody_is_in_waits_for_what_comes_before_it() -> None:
    chain = [
        {"name": "a", "clusters": ["x1"]},
        {"name": "b", "clusters": ["nobody"], "after": ["a"]},
        {"name": "c", "clusters": ["x2"], "after": ["b"]},
    ]
    found = [t.as_dict() for t in planned_waves(FLEET[-2:], policy(*chain))]
    assert [(t["name"], t["after"]) for t in found] == [("a", []), ("c", ["a"])]
    only_canaries = planned_waves(FLEET[-2:], policy({**chain[0], "canaries": "1"}, {**chain[2], "after": ["a"]}))
    assert [(t.wave.name, t.wave.after) for t in only_canaries] == [("a-canary", ()), ("c", ("a-canary",))]


def test_who_belongs_to_no_wave_is_refused_when_that_is_asked_for() -> None:
    clusters = [cluster(offers=["4.21.5"], name="in"), cluster(offers=["4.21.5"], name="out")]
    pools = [pool(name=n, owner=n) for n in ("in", "out")]
    plan = planned(view(clusters, pools), waves=[{"name": "a", "clusters": ["in"]}], unmatched="refuse")
    assert [(c["name"], c["verdict"], codes(c)) for c in plan["clusters"]] == [("in", "ready", []), ("out", "refused", ["no_wave"])]
    assert [b["clusters"] for b in plan["batches"]] == [["in.clusters.hub"]]
    assert [c["wave"] for c in planned(view(clusters, pools), waves=[{"name": "a", "clusters": ["in"]}])["clusters"]] == ["a", "rest"]


MANY = [member(f"c{i}", hub="ab"[i % 2], pair=str(i // 2)) for i in range(8)]


@pytest.mark.parametrize(
    ("wave", "options", "expected"),
    [
        ({}, {}, ["c0 c2 c4 c6 c1 c3 c5 c7"]),
        ({"batch": "3"}, {}, ["c0 c2 c4", "c6 c1 c3", "c5 c7"]),
        ({"batch": "25%"}, {}, ["c0 c2", "c4 c6", "c1 c3", "c5 c7"]),
        ({"batch": "1%"}, {}, ["c0", "c2", "c4", "c6", "c1", "c3", "c5", "c7"]),
        ({"batch": "6"}, {"max_parallel": 4}, ["c0 c2 c4 c6", "c1 c3 c5 c7"]),
        ({}, {"max_parallel_per_hub": 2}, ["c0 c2 c1 c3", "c4 c6 c5 c7"]),
        ({"batch": "3"}, {"max_parallel_per_hub": 1}, ["c0 c1", "c2 c3", "c4 c5", "c6 c7"]),
        ({}, {"exclusive_label": "pair"}, ["c0 c2 c4 c6", "c1 c3 c5 c7"]),
        ({}, {"exclusive_label": "pair", "max_parallel_per_hub": 3}, ["c0 c2 c4 c7", "c6 c1 c3 c5"]),
    ],
)  # fmt: skip
def test_batches(wave: dict[str, Any], options: dict[str, Any], expected: list[str]) -> None:
    made = policy({"name": "all", **wave}, **options)
    ordered_by_hub = sorted(MANY, key=lambda m: (m.hub, m.name))
    [turn] = planned_waves([WaveMember(f"{m.hub}-{m.name}", m.hub, m.namespace, m.name, m.labels, m.nodes) for m in ordered_by_hub], made)
    assert [" ".join(m.name for m in batch) for batch in batches(turn, made)] == expected


@st.composite
def fleets(draw: st.DrawFn) -> tuple[list[WaveMember], Policy]:
    count = draw(st.integers(1, 25))
    rows = [member(f"c{i:02d}", draw(st.sampled_from("xyz")), draw(st.integers(0, 5)), pair=draw(st.sampled_from("pqrst")),
                   tier=draw(st.sampled_from("abc"))) for i in range(count)]  # fmt: skip
    amount = st.sampled_from(["0", "1", "3", "10%", "50%", "100%"])
    waves = [
        {"name": t, "label_selectors": [f"tier={t}"], "batch": draw(amount), "canaries": draw(amount), "after": ["a"] if t == "b" else []}
        for t in "ba"
    ]
    limits = {k: draw(st.integers(0, 4)) for k in ("max_parallel", "max_parallel_per_hub")}
    return rows, policy(*waves, exclusive_label=draw(st.sampled_from(["", "pair"])), **limits)


@given(fleets())
@settings(max_examples=200, deadline=None)
def test_every_cluster_has_one_place_and_every_bound_holds(world: tuple[list[WaveMember], Policy]) -> None:
    members, made = world
    found = planned_waves(members, made)
    groups = [(turn, batch) for turn in found for batch in batches(turn, made)]
    assert sorted(m.id for _turn, batch in groups for m in batch) == sorted(m.id for m in members)
    for turn, batch in groups:
        assert batch and (not made.max_parallel or len(batch) <= made.max_parallel)
        assert turn.wave.batch.of(len(turn.clusters)) == 0 or len(batch) <= turn.wave.batch.of(len(turn.clusters))
        for hub in "xyz":
            assert not made.max_parallel_per_hub or sum(m.hub == hub for m in batch) <= made.max_parallel_per_hub
        assert not made.exclusive_label or len({m.labels["pair"] for m in batch}) == len(batch)
    place = {turn.wave.name: number for number, turn in enumerate(found)}
    assert all(place[before] < place[turn.wave.name] for turn in found for before in turn.wave.after)
    assert [[m.id for m in b] for _t, b in groups] == [
        [m.id for m in b] for t in planned_waves(members[::-1], made) for b in batches(t, made)
    ]
    assert len(place) == len(found) and all(a.clusters for a, _b in itertools.pairwise([*found, found[0]]))
