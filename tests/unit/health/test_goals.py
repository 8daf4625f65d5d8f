# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waiting goals: done, waiting or hopeless, with what is missing, why, and one stable line. The tables are in ``fixtures/goals``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from ansible_collections.hypershift.core.plugins.module_utils._health.goal_states import ClusterView, GoalParams, GoalState, Outcome
from ansible_collections.hypershift.core.plugins.module_utils._health.goals import GOALS, evaluate
from ansible_collections.hypershift.core.plugins.module_utils._health.rules.catalog import BY_CODE, RULES

from health import recorded
from health.recorded import build

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
DONE, WAITING, HOPELESS = Outcome.DONE, Outcome.WAITING, Outcome.HOPELESS


@dataclass(frozen=True)
class Case:
    """A goal on one view of a cluster, and what must come out."""

    goal: str
    name: str
    view: ClusterView
    params: GoalParams
    expect: dict[str, Any]

    def run(self) -> GoalState:
        return evaluate(self.goal, self.view, self.params, now=NOW)


def _case(goal: str, row: dict[str, Any]) -> Case:
    pools = tuple(pool for entry in row.get("pools", ()) if (pool := recorded.resolve(entry)))
    view = ClusterView(
        "clusters",
        "shop",
        recorded.resolve(row["cluster"]),
        pools,
        recorded.resolve(row.get("control_plane")),
        row.get("control_plane_known", False),
    )
    params = row.get("params", {})
    return Case(goal, row["name"], view, GoalParams(**{**params, "pools": tuple(params.get("pools", ()))}), row["expect"])


def _tables() -> list[Case]:
    paths = sorted((recorded.HERE / "goals").glob("*.yml"))
    return [_case(path.stem, row) for path in paths for row in yaml.safe_load(path.read_text())]


CASES = _tables()
CHANGES = [name for name, goal in GOALS.items() if not goal.of_absence]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.goal}: {case.name}")
def test_a_goal_on_a_state(case: Case) -> None:
    got, expect = case.run(), case.expect
    assert got.outcome.value == expect["outcome"], got
    assert got.summary == expect.get("summary", got.summary)
    assert list(got.missing) == expect.get("missing", list(got.missing))
    if "code" in expect:
        assert got.finding is not None
        assert got.finding.code == expect["code"]
    assert (got.outcome is DONE) == (not got.missing)
    assert got.finding is not None or got.outcome is not HOPELESS, "hopeless needs its proof"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.goal}: {case.name}")
def test_summaries_are_one_short_line_and_stable(case: Case) -> None:
    first = case.run()
    assert first == case.run()
    assert first.summary and "\n" not in first.summary
    assert len(first.summary) <= 180


def test_every_goal_has_its_table_and_no_table_is_an_orphan() -> None:
    assert {case.goal for case in CASES} == set(GOALS)


@pytest.mark.parametrize("name", GOALS)
def test_each_goal_is_shown_done_waiting_and_hopeless(name: str) -> None:
    possible = {"done", "waiting"} if name == "node_pools_gone" else {"done", "waiting", "hopeless"}
    assert {case.expect["outcome"] for case in CASES if case.goal == name} == possible


def test_a_hopeless_goal_names_object_cause_and_next_step() -> None:
    for case in CASES:
        got = case.run()
        if got.outcome is HOPELESS and got.finding:
            assert got.finding.object.partition(" ")[2].startswith("clusters/")
            assert got.finding.cause and got.finding.next_step.endswith(".")
            assert "{" not in got.finding.cause + got.finding.next_step
            assert got.finding.docs == f"docs/troubleshooting.md#{got.finding.code}" and got.finding.code in BY_CODE


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("twin_known", [True, False])
def test_an_absent_cluster_ends_every_wait_but_those_for_an_absence(name: str, twin_known: bool) -> None:
    got = evaluate(name, ClusterView("clusters", "shop", control_plane_known=twin_known), GoalParams(), now=NOW)
    assert (got.outcome, got.finding and got.finding.code) == (HOPELESS, "object_vanished")


@pytest.mark.parametrize("name", CHANGES)
def test_an_empty_status_is_waited_for(name: str) -> None:
    cluster = build("starting_agent", status={"version": None}, without="all")
    got = evaluate(name, ClusterView("clusters", "shop", cluster), GoalParams(), now=NOW)
    assert got.outcome is WAITING, got


@pytest.mark.parametrize("name", CHANGES)
def test_stale_conditions_never_satisfy_a_goal(name: str) -> None:
    """Everything that holds for a healthy cluster is worth nothing one generation later."""
    pool = build("pool_agent", metadata={"generation": 3}, seen=2)
    fresh = ClusterView("clusters", "shop", build("cluster_agent"), (build("pool_agent"),))
    stale = ClusterView("clusters", "shop", build("cluster_agent", metadata={"generation": 5}, seen=4), (pool,))
    assert evaluate(name, fresh, GoalParams(), now=NOW).outcome is (WAITING if name == "paused" else DONE)
    assert evaluate(name, stale, GoalParams(), now=NOW).outcome is WAITING


def test_a_goal_may_ask_for_a_generation_that_is_not_the_newest() -> None:
    """Somebody else changed the object after us: what was observed for our change counts."""
    view = ClusterView("clusters", "shop", build("cluster_agent", metadata={"generation": 9}, seen=5))
    assert evaluate("available", view, GoalParams(generation=5), now=NOW).outcome is DONE
    assert evaluate("available", view, GoalParams(), now=NOW).outcome is WAITING


def test_an_unknown_goal_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        evaluate("warp_speed", ClusterView("clusters", "shop"), GoalParams(), now=NOW)


def test_every_family_of_rules_that_ends_waits_ends_one_in_these_tables() -> None:
    """Rules of one family share the goals that they stop."""
    shown = {got.finding.code for case in CASES if (got := case.run()).outcome is HOPELESS and got.finding}
    families = {(rule.stops, rule.stops_new, rule.kinds) for rule in RULES if rule.stops | rule.stops_new}
    covered = {(rule.stops, rule.stops_new, rule.kinds) for rule in RULES if rule.code in shown}
    assert families - covered == set()
