# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module hosted_cluster_wait."""

from __future__ import annotations

from typing import Any

from .._health.goal_states import GoalParams
from .._health.goal_waiter import WaitRequest, targets_of
from .._health.goal_watches import Target
from .._health.goals import GOALS
from .._kernel.errors import Failure, OptionError
from .._kernel.kinds import HOSTED_CLUSTER
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._manifests.selection import selected


class HostedClusterWait:
    """Wait for a goal of one, many or selected clusters."""

    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        options = self._options
        if options["goal"] not in GOALS:
            raise OptionError(
                Failure(
                    "invalid_option", f"option goal is '{options['goal']}'", next_step=f"Allowed: {', '.join(GOALS)}."
                )
            )
        if options.get("targets"):
            return self._plan_targets(options["targets"])
        names, namespace = options.get("name") or [], options.get("namespace")
        if names and namespace and not options.get("label_selectors"):
            targets = tuple((namespace, n) for n in names)
        else:
            targets = targets_of(selected(self._hub, HOSTED_CLUSTER, options))
            missing = sorted(set(names) - {target[1] for target in targets})
            if missing or not targets:
                what = (
                    f"no hosted cluster named {', '.join(missing)}"
                    if missing
                    else "no hosted cluster matches the selection"
                )
                raise OptionError(
                    Failure(
                        "not_found",
                        f"{what} on {self._hub.server}",
                        next_step="Check name, namespace and label_selectors.",
                    )
                )
        params = GoalParams(version=options.get("version") or "", pools=tuple(options.get("node_pools") or ()))
        return self._wait(targets, params, {})

    def _plan_targets(self, rows: list[dict[str, Any]]) -> Plan:
        """Clusters that each wait for something of their own; nothing is read before the watch."""
        for option in ("label_selectors", "node_pools"):
            if self._options.get(option):
                cause = f"option targets excludes {option}"
                raise OptionError(
                    Failure(
                        "invalid_option", cause, next_step="Each entry of targets names its cluster and its node_pools."
                    )
                )
        given: dict[Target, GoalParams] = {}
        for row in rows:
            target = (str(row["namespace"]), str(row["name"]))
            if target in given:
                raise OptionError(
                    Failure(
                        "invalid_option",
                        "option targets has it twice",
                        HOSTED_CLUSTER.ref(*target),
                        next_step="Name each hosted cluster once.",
                    )
                )
            pools = tuple(row.get("node_pools") or ())
            given[target] = GoalParams(version=row.get("version") or "", image=row.get("image") or "", pools=pools)
        return self._wait(tuple(given), GoalParams(), given)

    def _wait(self, targets: tuple[Target, ...], params: GoalParams, by_target: dict[Target, GoalParams]) -> Plan:
        goal, timeout = self._options["goal"], float(self._options["wait_timeout"])
        request = WaitRequest(goal, targets, timeout, float(self._options["progress_timeout"]), params, by_target)
        return Plan(unchanged=True, goal=lambda _answer: request)
