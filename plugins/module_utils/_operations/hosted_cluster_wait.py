# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module hosted_cluster_wait. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import Failure, OptionError
from ansible_collections.hypershift.core.plugins.module_utils._domain.goals import GOALS
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import HOSTED_CLUSTER
from ansible_collections.hypershift.core.plugins.module_utils._domain.verdict import GoalParams
from ansible_collections.hypershift.core.plugins.module_utils._operations.information import selected
from ansible_collections.hypershift.core.plugins.module_utils._operations.running import Plan
from ansible_collections.hypershift.core.plugins.module_utils._operations.waiting import WaitRequest, targets_of


class HostedClusterWait:
    """Wait for a goal of one, many or selected clusters."""

    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        options = self._options
        if options["goal"] not in GOALS:
            raise OptionError(Failure("invalid_option", f"option goal is '{options['goal']}'", next_step=f"Allowed: {', '.join(GOALS)}."))
        names, namespace = options.get("name") or [], options.get("namespace")
        if names and namespace and not options.get("label_selectors"):
            targets = tuple((namespace, n) for n in names)
        else:
            targets = targets_of(selected(self._hub, HOSTED_CLUSTER, options))
            missing = sorted(set(names) - {target[1] for target in targets})
            if missing or not targets:
                what = f"no hosted cluster named {', '.join(missing)}" if missing else "no hosted cluster matches the selection"
                raise OptionError(
                    Failure("not_found", f"{what} on {self._hub.server}", next_step="Check name, namespace and label_selectors.")
                )
        params = GoalParams(version=options.get("version") or "", pools=tuple(options.get("node_pools") or ()))
        request = WaitRequest(options["goal"], targets, float(options["wait_timeout"]), float(options["progress_timeout"]), params)
        return Plan(unchanged=True, goal=lambda _answer: request)
