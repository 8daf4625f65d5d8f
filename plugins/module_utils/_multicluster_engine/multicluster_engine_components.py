# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module multicluster_engine_components: states by name, all other entries stay.

Source: platform_facts#1.4,
#1.5."""

from __future__ import annotations

from .._kernel.changes import ChangeSet
from .._kernel.kinds import MULTICLUSTER_ENGINE
from .._kernel.objects import Object
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._kernel.stages import Stage, staged
from . import components
from .multicluster_engine import engine_fact
from .reading import hosted_names


class MulticlusterEngineComponents:
    def __init__(self, hub: Hub, options: Object, check_mode: bool) -> None:
        self._hub = hub
        self._options = options
        self._check_mode = check_mode

    def plan(self) -> Plan:
        options = self._options
        engine = next(iter(self._hub.list(MULTICLUSTER_ENGINE)), None)
        if engine is None:
            return Plan(ChangeSet(refusals=[components.missing_failure()]))
        name = str(engine["metadata"]["name"])
        hosted = hosted_names(self._hub) if set(options["disabled"]) & set(components.CARRY_HOSTED) else []
        refused = components.refusals(engine, options["enabled"], options["disabled"], hosted)
        if refused:
            return Plan(ChangeSet(refusals=refused))
        settled = engine_fact({**options, "name": name}, "", "the components")
        stages = [Stage(self._changes, lambda: settled)]
        plan = staged(self._hub, stages, "available", self._check_mode, options["wait"], float(options["wait_timeout"]))
        plan.subject, plan.live = (MULTICLUSTER_ENGINE, None, name), engine
        plan.outcome = lambda live: {
            "components": {str(e.get("name")): bool(e.get("enabled")) for e in components.entries(live)}
        }
        return plan

    def _changes(self) -> ChangeSet:
        changes, engine = ChangeSet(), next(iter(self._hub.list(MULTICLUSTER_ENGINE)), None)
        if engine is not None:
            patch = components.patch(engine, self._options["enabled"], self._options["disabled"])
            why, disruptive = (
                "states of these components alone; the others in the list stay",
                bool(self._options["disabled"]),
            )
            changes.patch(MULTICLUSTER_ENGINE, engine, patch, why, disruptive)
        return changes
