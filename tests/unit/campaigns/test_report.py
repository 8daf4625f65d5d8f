# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Report of a campaign: state of each cluster, verdict, counts, durations and the timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.progress import ClusterProgress
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.report import report_of
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.timeline import phases_of
from ansible_collections.hypershift.core.plugins.module_utils._health.goal_states import ClusterView
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import Failure

Object = dict[str, Any]
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
FAILURE = {"code": "node_degraded", "cause": "node a is degraded", "next_step": "Look at it."}


def at(minutes: float) -> str:
    """A time so many minutes after ten o'clock."""
    return (datetime(2026, 11, 25, 10, 0, tzinfo=UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def step(kind: str, version: str = "4.21.5") -> Object:
    return {"kind": kind, "version": version, "image": "", "risks": [], "pools": ["a"] if kind == "node_pools" else []}


def entry(name: str = "demo", **more: Any) -> Object:
    return {
        "id": f"{name}.clusters.hub", "hub": "hub", "namespace": "clusters", "name": name, "from": "4.20.3", "to": "4.21.5", "verdict": "ready",
        "wave": "canary", "batch": 0, "nodes": 3, "steps": [step("control_plane"), step("node_pools")], "refusals": [], "warnings": [], **more,
    }  # fmt: skip


def history(*rows: tuple[str, str, float, float | None]) -> Object:
    """A HostedCluster with that history, newest first: version, state, began, completed."""
    found = [
        {"version": v, "state": s, "startedTime": at(b), **({"completionTime": at(e)} if e is not None else {})} for v, s, b, e in rows
    ]
    return {"status": {"version": {"history": found}}}


OLD = history(("4.20.3", "Completed", -9000, -8990))
HALF = history(("4.21.5", "Partial", 1, None), ("4.20.3", "Completed", -9000, -8990))
NEW = history(("4.21.5", "Completed", 1, 31), ("4.20.3", "Completed", -9000, -8990))


def standing(of: Object, cluster: Object | None, position: int = 0, record: Object | None = None, problem: str = "") -> ClusterProgress:
    view = ClusterView(of["namespace"], of["name"], cluster)
    return ClusterProgress(of, view, position, record or {}, Failure(problem, "that is why", next_step="Do this.") if problem else None)


def report(*found: ClusterProgress, others: tuple[Object, ...] = (), **plan: Any) -> Object:
    entries = [*(s.entry for s in found), *others]
    waves = plan.pop("waves", [{"name": "canary", "after": [], "clusters": [e["id"] for e in entries if e["verdict"] == "ready"]}])
    whole = {"campaign": "autumn", "digest": "sha256:0", "clusters": entries, "waves": waves}
    return report_of(whole, {s.id: s for s in found}, NOW)


@pytest.mark.parametrize(
    ("cluster", "position", "record", "problem", "state", "verdict"),
    [
        (OLD, 0, {}, "", "pending", "not_started"),
        (HALF, 0, {}, "", "running", "running"),
        (NEW, 1, {}, "", "running", "running"),
        (NEW, 2, {}, "", "done", "succeeded"),
        (NEW, 2, {"state": "failed", "failure": FAILURE}, "", "done", "succeeded"),
        (NEW, 1, {"state": "done", "ended": at(60)}, "", "done", "succeeded"),
        (HALF, 0, {"state": "running", "started": at(0)}, "", "running", "running"),
        (HALF, 0, {"state": "running", "started": at(0)}, "plan_outdated", "stopped", "stopped"),
        (HALF, 0, {"state": "failed", "failure": FAILURE}, "", "failed", "failed"),
        (HALF, 0, {"state": "stopped", "failure": FAILURE}, "", "stopped", "stopped"),
        (None, 0, {}, "object_vanished", "gone", "succeeded"),
        (None, 0, {}, "unreachable", "unknown", "unknown"),
    ],
)
def test_state_is_read_from_what_is_live_and_reasons_from_the_journal(
    cluster: Object | None, position: int, record: Object, problem: str, state: str, verdict: str
) -> None:
    result = report(standing(entry(), cluster, position, record, problem))
    assert (result["clusters"][0]["state"], result["verdict"]) == (state, verdict)
    assert result["counts"][state] == 1 and sum(result["counts"].values()) == 1


@pytest.mark.parametrize("verdict", ["refused", "up_to_date"])
def test_what_the_plan_leaves_alone_is_neither_done_nor_open(verdict: str) -> None:
    apart = entry("other", verdict=verdict, wave=None, batch=None, steps=[], refusals=[{"cause": "paused"}] if verdict == "refused" else [])
    result = report(standing(entry(), NEW, 2), others=(apart,))
    assert result["verdict"] == "succeeded" and result["counts"]["done"] == result["counts"][verdict] == 1
    assert result["totals"] == {"clusters": 2, "planned": 1, "nodes": 3, "nodes_done": 3, "steps": 2, "steps_done": 2}


def test_the_worst_gives_the_verdict_and_the_headline_counts_all() -> None:
    result = report(
        standing(entry("a"), NEW, 2),
        standing(entry("b"), HALF, 0, {"state": "failed", "failure": FAILURE}),
        standing(entry("c"), HALF, 0, {"state": "running"}),
        standing(entry("d"), OLD),
        others=(entry("e", verdict="refused", steps=[]),),
    )
    assert result["verdict"] == "failed"
    assert result["headline"] == "Of 5 hosted clusters: 1 failed, 1 in progress, 1 waiting, 1 upgraded, 1 refused by the plan."
    assert result["waves"][0]["counts"] == {"failed": 1, "running": 1, "pending": 1, "done": 1} and result["waves"][0]["ended"] == ""


def test_done_and_waiting_is_incomplete() -> None:
    assert report(standing(entry("a"), NEW, 2), standing(entry("b"), OLD))["verdict"] == "incomplete"


def test_failures_come_from_the_journal_else_from_what_stands_in_the_way() -> None:
    noted = report(standing(entry(), HALF, 0, {"state": "failed", "failure": FAILURE}, "plan_outdated"))
    found = report(standing(entry(), HALF, 0, {"state": "failed"}, "plan_outdated"))
    assert noted["clusters"][0]["failure"] == FAILURE and found["clusters"][0]["failure"]["code"] == "plan_outdated"


@pytest.mark.parametrize(
    ("record", "position", "text"),
    [
        ({"state": "done"}, 1, "The journal says done, but step 2 of 2 does not hold now."),
        ({"state": "failed"}, 2, "The journal says failed, but every step is done now."),
        ({"state": "done"}, 2, ""),
    ],
)
def test_disagreement_of_journal_and_world_is_said(record: Object, position: int, text: str) -> None:
    assert report(standing(entry(), NEW, position, record))["clusters"][0]["warnings"] == ([text] if text else [])


def test_a_campaign_that_has_ended_gives_the_same_report_for_ever() -> None:
    done = standing(entry(), NEW, 2, {"state": "done", "started": at(0), "ended": at(50)})
    plan = {"campaign": "autumn", "digest": "sha256:0", "clusters": [done.entry], "waves": []}
    first, later = (report_of(plan, {done.id: done}, NOW + timedelta(days=n)) for n in (0, 30))
    assert first == later and (first["started"], first["as_of"], first["seconds"]) == (at(0), at(50), 3000)


def test_without_a_journal_the_history_dates_the_control_plane() -> None:
    row = report(standing(entry(), NEW, 2))["clusters"][0]
    assert (row["started"], row["ended"], row["seconds"]) == (at(1), at(31), 1800)
    assert [p["kind"] for p in row["phases"]] == ["control_plane"]


def phase_times(found: list[Object]) -> list[tuple[int, str, str]]:
    return [(p["step"], p["started"], p["ended"]) for p in found]


@pytest.mark.parametrize(
    ("cluster", "record", "expected"),
    [
        (OLD, {}, []),
        (HALF, {}, [(1, at(1), "")]),
        (HALF, {"state": "running", "started": at(0)}, [(1, at(1), "")]),
        (NEW, {"state": "running", "started": at(0)}, [(1, at(1), at(31)), (2, at(31), "")]),
        (NEW, {"state": "failed", "started": at(0), "ended": at(40)}, [(1, at(1), at(31)), (2, at(31), "")]),
        (NEW, {"state": "done", "started": at(0), "ended": at(60)}, [(1, at(1), at(31)), (2, at(31), at(60))]),
        # the batch went on together at 40, this cluster's pools took ten minutes of the batch's fifteen
        (
            NEW,
            {
                "state": "done",
                "started": at(0),
                "ended": at(60),
                "events": [
                    {"time": at(40), "step": 1, "what": "control_plane 4.21.5", "seconds": 1860},
                    {"time": at(55), "step": 2, "seconds": 600},
                ],
            },
            [(1, at(1), at(31)), (2, at(40), at(50))],
        ),
        # events without a time, without seconds, and what is no event at all
        (
            NEW,
            {"state": "done", "started": at(0), "ended": at(60), "events": [{"step": 1}, "x", {"time": at(55), "step": 2}]},
            [(1, at(1), at(31)), (2, at(31), at(55))],
        ),
        # the control plane was there before the campaign came
        (NEW, {"state": "done", "started": at(40), "ended": at(60)}, [(2, at(40), at(60))]),
    ],
)
def test_timeline_of_one_cluster(cluster: Object, record: Object, expected: list[tuple[int, str, str]]) -> None:
    assert phase_times(phases_of(entry(), cluster, [], record)) == expected


def pool(name: str, version: str, minutes: float, updating: str = "False") -> Object:
    condition = {"type": "UpdatingVersion", "status": updating, "lastTransitionTime": at(minutes)}
    return {"metadata": {"name": name}, "status": {"version": version, "conditions": [condition]}}


@pytest.mark.parametrize(
    ("pools", "record", "expected"),
    [
        # settled pools date the step, with a journal that a killed run left as running, and without any
        ([pool("a", "4.21.5", 45)], {"state": "running", "started": at(0)}, [(1, at(1), at(31)), (2, at(31), at(45))]),
        ([pool("a", "4.21.5", 45)], {}, [(1, at(1), at(31)), (2, at(31), at(45))]),
        ([pool("a", "4.21.5", 45, "True")], {}, [(1, at(1), at(31))]),
        ([pool("a", "4.20.3", -9000)], {}, [(1, at(1), at(31))]),
        ([pool("a", "4.21.5", 10)], {}, [(1, at(1), at(31))]),
        ([pool("other", "4.20.3", 45)], {}, [(1, at(1), at(31))]),
        ([pool("a", "4.20.3", 45)], {"state": "running", "started": at(0)}, [(1, at(1), at(31)), (2, at(31), "")]),
    ],
)
def test_conditions_of_node_pools_date_them_too(pools: list[Object], record: Object, expected: list[tuple[int, str, str]]) -> None:
    assert phase_times(phases_of(entry(), NEW, pools, record)) == expected


@pytest.mark.parametrize(("pools", "ended"), [([pool("a", "4.21.5", 45)], at(45)), ([], "")])
def test_the_end_of_a_cluster_whose_run_was_killed(pools: list[Object], ended: str) -> None:
    found = standing(entry(), NEW, 2, {"state": "running", "started": at(0)})
    found.view = ClusterView("clusters", "demo", NEW, tuple(pools))
    row = report(found)["clusters"][0]
    assert (row["state"], row["ended"], row["seconds"]) == ("done", ended, 2700 if ended else None)


def test_timeline_over_two_minors() -> None:
    steps = [step("control_plane", "4.21.5"), step("node_pools", "4.21.5"), step("control_plane", "4.22.1"), step("node_pools", "4.22.1")]
    cluster = history(("4.22.1", "Completed", 60, 90), ("4.21.5", "Completed", 1, 31), ("4.20.3", "Completed", -9000, -8990))
    record = {"state": "done", "started": at(0), "ended": at(120)}
    expected = [(1, at(1), at(31)), (2, at(31), at(60)), (3, at(60), at(90)), (4, at(90), at(120))]
    assert phase_times(phases_of(entry(steps=steps), cluster, [], record)) == expected


def test_a_superseded_version_has_not_ended() -> None:
    cluster = history(("4.21.9", "Completed", 50, 80), ("4.21.5", "Partial", 1, 50))
    assert phase_times(phases_of(entry(), cluster, [], {})) == [(1, at(1), "")]


def test_durations_count_what_has_ended_by_nearest_rank() -> None:
    found = []
    for number in range(1, 21):
        cluster = history(("4.21.5", "Completed", 0, number), ("4.20.3", "Completed", -9000, -8990))
        found.append(standing(entry(f"c{number}"), cluster, 2, {"state": "done", "started": at(0), "ended": at(2 * number)}))
    found.append(standing(entry("open"), HALF, 0, {"state": "running", "started": at(0)}))
    durations = report(*found)["durations"]
    assert durations["control_plane"] == {"count": 20, "p50": 600, "p95": 1140, "max": 1200}
    assert durations["node_pools"]["max"] == 1200 and durations["cluster"] == {"count": 20, "p50": 1200, "p95": 2280, "max": 2400}
    assert report(standing(entry(), OLD))["durations"]["cluster"] == {"count": 0, "p50": None, "p95": None, "max": None}


def test_an_empty_plan_says_so() -> None:
    result = report()
    assert result["headline"] == "The plan has no hosted clusters." and result["seconds"] is None
