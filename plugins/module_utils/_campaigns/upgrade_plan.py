# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module upgrade_plan: reads a fleet, plans its upgrade, keeps the plan in a file.

Nothing is written to a management cluster.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from .._fleet.reading import HubSource, read_fleet
from .._fleet.views import HubView
from .._kernel.errors import Failure, OptionError, RefusedError
from .._kernel.kinds import CLUSTER_VERSION, HOSTED_CLUSTER, MULTICLUSTER_ENGINE
from .._kernel.objects import Object
from .._kernel.operation import Plan
from .._kernel.ports.calendar import Calendar
from .._kernel.ports.hub import Hub
from .._upgrades.graph import Graph, from_document
from .planning.planner import Planner
from .planning.policy import Policy, policy_of
from .planning.table import plan_table
from .planning.waves import ordered

_OPTIONAL = (MULTICLUSTER_ENGINE, CLUSTER_VERSION)


class Files(Protocol):
    """The machine that the module runs on."""

    def read(self, path: str) -> bytes | None:
        """None when there is no such file. Raises HypershiftError when there is one that cannot be read."""

    def write(self, path: str, content: bytes) -> bool:
        """Keep it with mode 0600; in check mode nothing is written. Whether the file differs."""


class UpgradePlan:
    """now: wall clock with zone."""

    def __init__(
        self,
        sources: Sequence[HubSource],
        options: Object,
        calendar: Calendar,
        files: Files,
        now: Callable[[], datetime],
    ) -> None:
        self._sources, self._options, self._calendar, self._files, self._now = sources, options, calendar, files, now
        self._hubs: list[Hub] = []

    def plan(self) -> Plan:
        graph, digest = self._graph()
        policy = policy_of(self._options, digest)
        now = self._now()
        self._check(policy, now)
        views = self._read()
        planner = Planner(policy, self._calendar, graph, self._options.get("snapshots") or ())
        plan = planner.plan(views, now)
        if not plan["clusters"] and not self._options.get("allow_empty"):
            step = "Correct name, namespace, label_selectors or hubs; set allow_empty if there may be none."
            raise _refused(
                "label_selectors",
                "no hosted cluster matches the selection, so there is nothing to plan",
                step,
                "nothing_selected",
            )
        changed, plan = self._keep(plan)
        extra: Object = {
            "changed": changed,
            "plan": plan,
            "digest": plan["digest"],
            "table": plan_table(plan),
            "refused": [row for row in plan["clusters"] if row["verdict"] == "refused"],
            "dest": self._options.get("dest") or "",
            "requests": sum(int(getattr(hub, "requests", 0)) for hub in self._hubs),
            "notes": [
                *(text for hub in plan["hubs"] for text in (*hub["warnings"], hub["problem"]) if text),
                *plan["warnings"],
            ],
        }
        if not plan["clusters"]:
            extra["notes"].append("no hosted cluster matches the selection, so the plan is empty")
        return Plan(unchanged=True, extra=extra)

    def _check(self, policy: Policy, now: datetime) -> None:
        """What is wrong with the options is told before any hub is asked."""
        ordered(policy.waves)
        for rule in policy.windows:
            self._calendar.is_open(rule.window, now)

    def _graph(self) -> tuple[Graph | None, str]:
        path = str(self._options.get("graph") or "")
        if not path:
            return None, ""
        content = self._files.read(path)
        if content is None:
            raise _refused(
                "graph", f"file {path} does not exist", "Save a graph document there, or leave the option out."
            )
        try:
            document = json.loads(content)
        except ValueError:
            raise _refused(
                "graph", f"file {path} holds no JSON", "Save the answer of an update service there."
            ) from None
        return from_document(document), f"sha256:{hashlib.sha256(content).hexdigest()}"

    def _read(self) -> list[HubView]:
        selector, namespace = (
            ",".join(self._options.get("label_selectors") or []),
            self._options.get("namespace") or None,
        )
        sources = [self._narrowed(s, selector, namespace) for s in self._sources]
        views = read_fleet(sources, optional=_OPTIONAL, with_identity=True, with_machines=True)
        down = [self._unreachable(v) for v in views if v.problem]
        if down and (self._options.get("on_unreachable") != "skip" or len(down) == len(views)):
            raise RefusedError(down)
        return self._named(views)

    def _narrowed(self, source: HubSource, selector: str, namespace: str | None) -> HubSource:
        def connect() -> Hub:
            hub = source.connect()
            self._hubs.append(hub)
            return hub

        both = ",".join(text for text in (source.label_selector, selector) if text)
        return replace(source, connect=connect, namespace=source.namespace or namespace, label_selector=both)

    @staticmethod
    def _unreachable(view: HubView) -> Failure:
        found = view.problem or Failure("unreachable", "it could not be read")
        step = f"{found.next_step} To plan without this hub, set on_unreachable: skip.".strip()
        return replace(found, cause=f"hub {view.name} could not be read: {found.cause}", next_step=step)

    def _named(self, views: list[HubView]) -> list[HubView]:
        """Only the clusters whose names were given. A name that nothing has is a mistake, unless a hub was left out."""
        names = set(self._options.get("name") or ())
        if not names:
            return views
        chosen = [_only(view, names) for view in views]
        missing = sorted(names - {c["metadata"]["name"] for view in chosen for c in view.clusters})
        if missing and not any(view.problem for view in views):
            raise _refused(
                "name",
                f"no hosted cluster is called {', '.join(missing)}",
                "Correct the name, the namespace or the hubs.",
            )
        return chosen

    def _keep(self, plan: Object) -> tuple[bool, Object]:
        """A file that holds this plan already stays as it is, with the time it was made."""
        path = str(self._options.get("dest") or "")
        if not path:
            return False, plan
        before = self._files.read(path)
        if before is not None:
            try:
                old = json.loads(before)
            except ValueError:
                old = None
            if isinstance(old, dict) and {**old, "created": ""} == {**plan, "created": ""}:
                plan = old
        content = json.dumps(plan, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
        return self._files.write(path, content), plan


def _only(view: HubView, names: set[str]) -> HubView:
    kept = tuple(c for c in view.clusters if c["metadata"]["name"] in names)
    return replace(view, objects={**view.objects, HOSTED_CLUSTER: kept})


def _refused(option: str, cause: str, next_step: str, code: str = "invalid_option") -> OptionError:
    return OptionError(Failure(code, cause, f"Option {option}", next_step=next_step))
