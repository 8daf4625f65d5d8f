# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The graph of updates: what counts as an edge, and that a way is legal, shortest and always the same.

Source: platform_facts#1.1, #6.2, #6.3.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import OptionError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.versions import Version
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.graph import Graph, Rules, from_document, from_status, with_verdicts
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.planning.builders import cluster, conditional, document, graph


def v(text: str) -> Version:
    version = Version.parse(text)
    assert version is not None, text
    return version


def way(found: Graph, source: str, target: str, **rules: Any) -> list[str] | None:
    path = found.path(v(source), v(target), Rules(**rules))
    return None if path is None else [str(e.target) for e in path]


CHAIN = graph(
    ("4.20.4", "4.20.9"), ("4.20.4", "4.21.1"), ("4.20.9", "4.21.5"), ("4.20.4", "4.21.3"), ("4.21.1", "4.22.0"), ("4.21.3", "4.22.0"),
    ("4.21.5", "4.22.0"), ("4.22.0", "5.0.1"), ("5.0.1", "5.1.0"), ("4.20.4", "4.22.0"), ("4.21.5", "4.20.9"),
    conditional=[("4.20.4", "4.21.7", ["SlowDisks"]), ("4.21.7", "4.22.0", ["SlowDisks", "NoVips"])],
)  # fmt: skip


@pytest.mark.parametrize(
    ("source", "target", "rules", "expected"),
    [
        ("4.20.4", "4.20.9", {}, ["4.20.9"]),
        ("4.20.4", "4.21.5", {}, ["4.20.9", "4.21.5"]),
        ("4.20.4", "4.22.0", {}, ["4.21.3", "4.22.0"]),  # not 4.20.4 > 4.22.0, which skips a minor; newest stop of two
        ("4.20.4", "4.22.0", {"blocked": frozenset({v("4.21.3")})}, ["4.21.1", "4.22.0"]),
        ("4.20.4", "4.22.0", {"blocked": frozenset({v("4.21.3"), v("4.21.1")})}, ["4.20.9", "4.21.5", "4.22.0"]),
        ("4.20.4", "4.22.0", {"blocked": frozenset({v("4.22.0")})}, None),
        ("4.20.4", "5.1.0", {}, ["4.21.3", "4.22.0", "5.0.1", "5.1.0"]),  # 5.0 is 4.23: one minor after 4.22
        ("4.20.4", "4.23.1", {}, ["4.21.3", "4.22.0", "5.0.1"]),
        ("4.21.5", "4.20.9", {}, None),  # an edge of the document that leads back is none
        ("4.20.4", "4.21.7", {}, None),
        ("4.20.4", "4.21.7", {"accepted": frozenset({"SlowDisks"})}, ["4.21.7"]),
        ("4.20.4", "4.22.0", {"accepted": frozenset({"SlowDisks"})}, ["4.21.3", "4.22.0"]),
        ("4.20.4", "4.22.0", {"accepted": frozenset({"SlowDisks", "NoVips"})}, ["4.21.7", "4.22.0"]),
        ("4.20.4", "4.22.0", {"minors": frozenset({20, 21})}, None),
        ("4.20.4", "4.20.4", {}, []),
        ("4.19.0", "4.20.4", {}, None),
    ],
)
def test_ways(source: str, target: str, rules: dict[str, Any], expected: list[str] | None) -> None:
    assert way(CHAIN, source, target, **rules) == expected


def test_prereleases_are_stops_only_on_the_way_to_one() -> None:
    found = graph(("4.20.4", "4.21.0-rc.1"), ("4.21.0-rc.1", "4.21.5"), ("4.21.0-rc.1", "4.22.0-ec.2"), ("4.20.4", "4.21.0-0.hotfix1"))
    assert way(found, "4.20.4", "4.21.5") is None
    assert way(found, "4.20.4", "4.22.0-ec.2") == ["4.21.0-rc.1", "4.22.0-ec.2"]
    assert way(found, "4.20.4", "4.21.0-0.hotfix1") == ["4.21.0-0.hotfix1"]
    assert way(found, "4.21.0-rc.1", "4.21.5") == ["4.21.5"]
    assert found.reachable(v("4.20.4"), Rules()) == []


def test_an_edge_that_is_in_both_lists_is_conditional_and_risks_add_up() -> None:
    found = graph(("4.20.4", "4.21.5"), conditional=[("4.20.4", "4.21.5", ["A"]), ("4.20.4", "4.21.5", ["B"])])
    assert way(found, "4.20.4", "4.21.5") is None and way(found, "4.20.4", "4.21.5", accepted=frozenset("A")) is None
    assert way(found, "4.20.4", "4.21.5", accepted=frozenset("AB")) == ["4.21.5"]


@pytest.mark.parametrize("risks", [None, [], [{}], ["text"], [{"name": None}], "SlowDisks"])
def test_a_conditional_edge_without_a_name_for_its_risk_is_never_taken_by_mistake(risks: Any) -> None:
    raw = document(("4.20.4", "4.20.5"))
    raw["conditionalEdges"] = [{"edges": [{"from": "4.20.4", "to": "4.20.5"}], "risks": risks}]
    assert way(from_document(raw), "4.20.4", "4.20.5") is None


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda d: [], "no lists"), (lambda d: {"nodes": d["nodes"]}, "no lists"), (lambda d: {**d, "nodes": None}, "no lists"),
        (lambda d: {**d, "nodes": [{"payload": "x"}]}, "node 0 has no version"), (lambda d: {**d, "nodes": ["4.20.4"]}, "node 0 has no version"),
        (lambda d: {**d, "edges": [[0, 9]]}, "names no two nodes"), (lambda d: {**d, "edges": [[0]]}, "names no two nodes"),
        (lambda d: {**d, "edges": [[-1, 0]]}, "names no two nodes"), (lambda d: {**d, "edges": [[True, False]]}, "names no two nodes"),
        (lambda d: {**d, "edges": ["ab"]}, "names no two nodes"), (lambda d: {**d, "conditionalEdges": [{"risks": []}]}, "without edges"),
        (lambda d: {**d, "nodes": [*d["nodes"], {"version": "4.20.4", "payload": "other"}]}, "two payloads"),
    ],
)  # fmt: skip
def test_a_document_that_is_no_graph_is_refused(spoil: Any, word: str) -> None:
    with pytest.raises(OptionError, match=word) as caught:
        from_document(spoil(document(("4.20.4", "4.20.5"))))
    assert caught.value.failure.code == "invalid_option" and caught.value.failure.next_step


def test_what_a_document_may_lack_or_hold_too_much() -> None:
    raw = document(("4.20.4", "4.20.5"))
    raw["nodes"][0].pop("metadata")
    raw["nodes"].append(dict(raw["nodes"][1]))
    raw["conditionalEdges"] = [{"edges": [{"from": "4.20.4", "to": "4.99.0"}, "text"], "risks": [{"name": "A"}]}]
    assert way(from_document(raw), "4.20.4", "4.20.5") == ["4.20.5"]
    raw.pop("conditionalEdges")
    assert way(from_document(raw), "4.20.4", "4.20.5") == ["4.20.5"]


def test_channels_narrow_what_says_that_it_has_some() -> None:
    found = graph(
        ("4.20.4", "4.20.5"),
        ("4.20.4", "4.20.6"),
        ("4.20.4", "4.20.7"),
        channels={"4.20.5": "stable-4.20,fast-4.20", "4.20.6": "candidate-4.20"},
    )
    newest = {
        c: [str(x) for x in found.reachable(v("4.20.4"), Rules(channel=c))] for c in ("", "stable", "stable-4.20", "fast-4.21", "candidate")
    }
    assert newest == {
        "": ["4.20.7", "4.20.6", "4.20.5"], "stable": ["4.20.7", "4.20.5"], "stable-4.20": ["4.20.7", "4.20.5"], "fast-4.21": ["4.20.7"],
        "candidate": ["4.20.7", "4.20.6"],
    }  # fmt: skip


# What a status holds where the two lists should be: null, missing, malformed (platform_facts#O.12).
@pytest.mark.parametrize(
    "available", [None, [], {}, "4.20.9", [None], [{}], [{"version": "next"}], [{"version": None, "image": "x"}], [[]], 7]
)
@pytest.mark.parametrize("conditional_updates", [None, {}, [None], [{"release": None}], [{"risks": []}], "x"])
def test_a_status_without_usable_updates_offers_none(available: Any, conditional_updates: Any) -> None:
    body = cluster(offers=available)
    body["status"]["version"]["conditionalUpdates"] = conditional_updates
    found = from_status(body, v("4.20.4"))
    assert not found.releases and not found.complete and way(found, "4.20.4", "4.20.9") is None


@pytest.mark.parametrize("status", [{}, {"version": None}, {"version": {}}, {"version": []}])
def test_a_status_that_lacks_even_more(status: dict[str, Any]) -> None:
    assert from_status({"metadata": {}, "status": status}, v("4.20.4")).releases == {}


@pytest.mark.parametrize(
    ("offer", "accepted", "taken"),
    [
        (conditional("4.20.9", "A"), "", False), (conditional("4.20.9", "A"), "A", True), (conditional("4.20.9", "A", "B"), "A", False),
        (conditional("4.20.9", "A", recommended="True"), "", True), (conditional("4.20.9", "A", recommended="Unknown"), "", False),
        (conditional("4.20.9"), "", False), ({**conditional("4.20.9", "A"), "conditions": None}, "", False),
    ],
)  # fmt: skip
def test_conditional_updates_of_a_status(offer: dict[str, Any], accepted: str, taken: bool) -> None:
    body = cluster(offers=["4.20.9"])  # the same release in the other list does not make it harmless
    body["status"]["version"]["conditionalUpdates"] = [offer]
    assert (way(from_status(body, v("4.20.4")), "4.20.4", "4.20.9", accepted=frozenset(accepted)) is not None) is taken


def test_the_cluster_knows_better_about_the_risks_of_its_next_hop_only() -> None:
    known = graph(conditional=[("4.20.4", "4.21.5", ["A"]), ("4.21.5", "4.22.0", ["A"])])
    body = cluster(offers=[])
    body["status"]["version"]["conditionalUpdates"] = [conditional("4.21.5", "A", recommended="True")]
    merged = with_verdicts(known, from_status(body, v("4.20.4")), v("4.20.4"))
    assert way(merged, "4.20.4", "4.21.5") == ["4.21.5"] and way(merged, "4.20.4", "4.22.0") is None


# ---- properties

LINES = st.sampled_from([(4, 20), (4, 21), (4, 22), (4, 23), (5, 0), (5, 1)])
PARTS = st.sampled_from(["", "ec.1", "rc.0", "rc.2", "rc.10", "rc", "0.hotfix1", "alpha-1", "1", "10"])
VERSIONS = st.builds(lambda line, patch, pre: Version(*line, patch, pre), LINES, st.integers(0, 3), PARTS)


@given(VERSIONS, VERSIONS, VERSIONS)
@settings(max_examples=400, deadline=None)
def test_versions_are_in_one_order(a: Version, b: Version, c: Version) -> None:
    assert (a < b) + (b < a) + (a == b) == 1  # total and antisymmetric
    assert not (a < b and b < c) or a < c  # transitive
    assert not (a == b and b == c) or a == c
    assert a != b or hash(a) == hash(b)
    assert (a <= b) is (a < b or a == b) and (a > b) is (b < a)


@given(VERSIONS)
@settings(max_examples=100, deadline=None)
def test_a_version_survives_its_own_text(a: Version) -> None:
    assert Version.parse(str(a)) == a


NODES = [f"{m}.{z}" for m in ("4.20", "4.21", "4.22", "5.0") for z in range(3)]
PAIRS = [(a, b) for a, b in itertools.product(NODES, NODES) if a != b]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Graph, Rules]:
    plain = draw(st.lists(st.sampled_from(PAIRS), max_size=40))
    risky = draw(st.lists(st.tuples(st.sampled_from(PAIRS), st.sampled_from(["A", "B"])), max_size=10))
    found = graph(*plain, *((n, n) for n in NODES), conditional=[(a, b, [r]) for (a, b), r in risky])
    accepted, blocked = draw(st.sets(st.sampled_from("AB"))), draw(st.sets(st.sampled_from(NODES), max_size=3))
    return found, Rules(frozenset(accepted), frozenset(map(v, blocked)))


def brute(found: Graph, source: Version, target: Version, rules: Rules) -> list[Version] | None:
    """Every way by depth, judged by the rules as they are written in the facts; the shortest, then the newest stops."""
    best: list[list[Version]] = []
    todo: list[list[Version]] = [[source]]
    while todo:
        path = todo.pop()
        if path[-1] == target:
            best.append(path[1:])
            continue
        for edge in found.edges.get(path[-1], {}).values():
            a, b = edge.source, edge.target
            if b > a and b.line - a.line <= 1 and b not in rules.blocked and edge.risks <= rules.accepted:
                todo.append([*path, b])
    return sorted(best, key=lambda p: ([-len(p)], p))[-1] if best else None


@given(worlds(), st.sampled_from(NODES), st.sampled_from(NODES))
@settings(max_examples=300, deadline=None)
def test_a_way_is_legal_shortest_newest_and_always_the_same(world: tuple[Graph, Rules], source: str, target: str) -> None:
    found, rules = world
    path = found.path(v(source), v(target), rules)
    if source == target:
        assert path == []
        return
    expected = brute(found, v(source), v(target), rules)
    assert (None if path is None else [e.target for e in path]) == expected
    assert path == found.path(v(source), v(target), rules)
    if path:
        assert path[0].source == v(source) and all(a.target == b.source for a, b in itertools.pairwise(path))
        assert all(e == found.edges[e.source][e.target] for e in path)
    assert (v(target) in found.reachable(v(source), rules)) is (expected is not None)
