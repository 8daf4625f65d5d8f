# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waiting goals: what must hold, what proves that it never will, and one line on where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from . import goal_lines, goal_predicates
from .diagnosis import Match, cluster_matches, subject_matches
from .findings import GUIDE, Finding, Health, Severity
from .goal_predicates import GoalView, Predicate, condition, never
from .goal_states import ClusterView, GoalParams, GoalState, Outcome
from .rules.catalog import BY_CODE
from .rules.version import has_workers, wants_workers


@dataclass(frozen=True)
class Goal:
    """A goal as data. It is hopeless when a rule that names it in ``stops`` holds, or when ``impossible`` gives a
    reason.

    of_pools: findings on the selected node pools count as well. of_absence: the cluster itself may be absent.
    """

    name: str
    meaning: str
    predicates: tuple[Predicate, ...]
    summary: Callable[[GoalView], str]
    impossible: Callable[[GoalView], str] | None = None
    of_pools: bool = False
    of_absence: bool = False


def _workerless(goal_view: GoalView) -> str:
    """Known pools that all have and want nothing; an empty list proves nothing, the pools may come later."""
    names = goal_view.params.pools
    chosen = [
        pool for pool in goal_view.view.node_pools if not names or (pool.get("metadata") or {}).get("name") in names
    ]
    if not chosen or any(wants_workers(pool) or has_workers(pool) for pool in chosen):
        return ""
    return "no_workers"


_VERSION = (condition("ClusterVersionSucceeding"), condition("ClusterVersionProgressing", "False"))
_INPUTS = (condition("ValidConfiguration"), condition("ValidReleaseImage"), condition("SupportedHostedCluster"))

_GOALS = (
    Goal(
        "available",
        "the API answers and its kubeconfig is published; neither nodes nor a completed version are asked for",
        (condition("Available"), goal_predicates.KUBECONFIG),
        goal_lines.available,
    ),
    Goal(
        "version_completed",
        "the requested release is completely applied, which needs at least one worker",
        (
            goal_predicates.NEWEST_VERSION,
            goal_predicates.REQUESTED_IMAGE,
            goal_predicates.COMPLETED,
            *_VERSION,
            goal_predicates.MANAGEMENT_SIDE,
        ),
        goal_lines.version,
        impossible=_workerless,
    ),
    Goal(
        "nodes_ready",
        "the node pools have the nodes they want and all of them are healthy",
        (goal_predicates.POOLS_EXIST, goal_predicates.POOLS_READY),
        goal_lines.nodes,
        impossible=_workerless,
        of_pools=True,
    ),
    Goal(
        "healthy",
        "fit for a change: available, not degraded, nothing in progress, newest version completed",
        (
            condition("Available"),
            condition("Degraded", "False"),
            condition("Progressing", "False", "AsExpected"),
            condition("EtcdAvailable"),
            condition("KubeAPIServerAvailable"),
            condition("InfrastructureReady"),
            *_INPUTS,
            *_VERSION,
            never("EtcdRecoveryActive", "True"),
            goal_predicates.COMPLETED,
        ),
        goal_lines.healthy,
    ),
    Goal(
        "paused",
        "the operator and the control plane confirm the pause, and so do the node pools that are paused too",
        (
            condition("ReconciliationActive", "False", "ReconciliationPaused"),
            goal_predicates.TWIN_PAUSED,
            goal_predicates.POOLS_PAUSED,
        ),
        goal_lines.paused,
    ),
    Goal(
        "resumed",
        "nothing asks for a pause and the operator works again, on the control plane and the node pools too",
        (
            goal_predicates.SPEC_NOT_PAUSED,
            goal_predicates.RECONCILING,
            goal_predicates.TWIN_RESUMED,
            goal_predicates.POOLS_RESUMED,
        ),
        goal_lines.resumed,
    ),
    Goal(
        "gone",
        "the HostedCluster does not exist any more, nor does its control plane",
        (goal_predicates.CLUSTER_GONE, goal_predicates.CONTROL_PLANE_GONE),
        goal_lines.gone,
        of_absence=True,
    ),
    Goal(
        "reconciled",
        "the operator has taken the present spec and accepted it",
        (
            goal_predicates.NOT_DELETING,
            goal_predicates.RECONCILING,
            *_INPUTS,
            condition("ReconciliationSucceeded", optional=True),
            goal_predicates.TAKEN_UP,
        ),
        goal_lines.reconciled,
    ),
    Goal(
        "node_pools_settled",
        "the node pools run the version and configuration they ask for, with all their nodes",
        (goal_predicates.CLUSTER_SEEN, goal_predicates.POOLS_EXIST, goal_predicates.POOLS_SETTLED),
        goal_lines.pools,
        of_pools=True,
    ),
    Goal(
        "node_pools_gone",
        "the named node pools do not exist any more, their machines are gone with them",
        (goal_predicates.POOLS_GONE,),
        goal_lines.pools_gone,
        of_pools=True,
        of_absence=True,
    ),
)

GOALS: Mapping[str, Goal] = MappingProxyType({goal.name: goal for goal in _GOALS})


# What a pool still lacks; a pool that lacks nothing is no cause.
_OPEN = {"nodes_ready": goal_predicates.nodes_ready, "node_pools_settled": goal_predicates.settled}


def evaluate(name: str, view: ClusterView, params: GoalParams, *, now: datetime) -> GoalState:
    """Where a goal stands at this moment. Raises KeyError for a name that is not in ``GOALS``."""
    goal, goal_view = GOALS[name], GoalView(view, params, now)
    if goal_view.cluster is None and not goal.of_absence:
        return GoalState(
            Outcome.HOPELESS,
            "the HostedCluster does not exist",
            ("HostedCluster exists",),
            _from_rule("object_vanished", f"HostedCluster {view.namespace}/{view.name}"),
        )
    missing = tuple(f"{need.name} ({state})" for need in goal.predicates if (state := need.state(goal_view)))
    if not missing:
        return GoalState(Outcome.DONE, goal.summary(goal_view) or goal.name)
    matches = _matches(goal, goal_view)
    summary = goal.summary(goal_view) or missing[0]
    stop = _proof(goal, goal_view, matches)
    if stop is not None:
        return GoalState(Outcome.HOPELESS, summary, missing, stop)
    return GoalState(Outcome.WAITING, summary, missing, _likely(matches, goal_view))


def _matches(goal: Goal, goal_view: GoalView) -> list[Match]:
    """Findings on what the goal is about: the pools that are not there yet, then the cluster."""
    found: list[Match] = []
    if goal.of_pools:
        lacks = _OPEN.get(goal.name)
        found = [
            match
            for pool in goal_view.pools
            if lacks is None or lacks(pool, goal_view)
            for match in subject_matches(pool)
        ]
    return [*found, *(cluster_matches(goal_view.cluster) if goal_view.cluster else ())]


def _proof(goal: Goal, goal_view: GoalView, matches: Iterable[Match]) -> Finding | None:
    """The finding that proves that waiting is in vain; a view older than the change proves only that the object goes
    away."""
    arrived = goal_view.cluster is not None and goal_view.cluster.arrived()
    for match in matches:
        stops = match.rule.stops if arrived else match.rule.stops | match.rule.stops_new
        if goal.name not in stops or not match.firm or _runs_despite(goal, goal_view, match):
            continue
        if not goal_view.behind or match.rule.code == "deleting":
            return match.finding
    code = goal.impossible(goal_view) if goal.impossible and not goal_view.behind else ""
    return _from_rule(code, f"HostedCluster {goal_view.view.namespace}/{goal_view.view.name}") if code else None


def _runs_despite(goal: Goal, goal_view: GoalView, match: Match) -> bool:
    """A paused cluster that has taken up the release finishes it: the hosted version operator is not paused."""
    return (
        match.rule.code == "paused"
        and goal.name == "version_completed"
        and not goal_predicates.REQUESTED_IMAGE.state(goal_view) + goal_predicates.NEWEST_VERSION.state(goal_view)
    )


def _likely(matches: list[Match], goal_view: GoalView) -> Finding | None:
    """Most likely cause while waiting: what is more than a note, or a pause, on the cluster or else its pools; else the
    first note."""
    for match in (*matches, *(m for pool in goal_view.pools for m in subject_matches(pool))):
        if match.finding.severity is not Severity.INFO or match.verdict is Health.PAUSED:
            return match.finding
    return matches[0].finding if matches else None


def _from_rule(code: str, object: str) -> Finding:
    rule = BY_CODE[code]
    return Finding(
        code,
        rule.severity,
        object,
        rule.cause.format_map({"version": "the release"}),
        rule.next_step,
        docs=f"{GUIDE}#{code}",
    )
