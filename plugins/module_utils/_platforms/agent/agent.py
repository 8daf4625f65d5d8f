# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module agent: hosts of an InfraEnv, approved, named and waited for. Source: platform_facts#2.4."""

from __future__ import annotations

from collections.abc import Callable

from ..._kernel.changes import ChangeSet
from ..._kernel.facts import Fact, Observed, wait_for
from ..._kernel.kinds import AGENT
from ..._kernel.objects import Object, lookup
from ..._kernel.operation import Applied, Plan, apply_planned
from ..._kernel.ports.hub import Hub, WatchSpec
from . import hosts
from .discovery_image import INFRA_ENV_LABEL

WAYS = ("infra_env", "ids", "hostnames", "mac_addresses", "label_selectors")
_ONE_HOST = ("hostname", "installation_disk")
_BOOT = "Boot hosts with the image of the InfraEnv (module infra_env returns where it is), and look at their consoles."
_LOOK = "Look at the host (module agent_info), correct what it lacks, then run again."


def list_of(hub: Hub, options: Object) -> list[Object]:
    return hub.list(AGENT, options.get("namespace"), label_selector=_label(options))


def _label(options: Object) -> str:
    return f"{INFRA_ENV_LABEL}={options['infra_env']}" if options.get("infra_env") else ""


class AgentPresent:
    """Settings of the chosen hosts; with count their number is waited for, and late ones get the settings too."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options
        self._count: int = options.get("count") or 0
        given = [str(options[way]) for way in WAYS if options.get(way)]
        self._ref = f"Agents of namespace {options['namespace']}" + (f" ({'; '.join(given)})" if given else "")

    def plan(self) -> Plan:
        chosen = hosts.selected(list_of(self._hub, self._options), self._options)
        changes = self._changes(chosen)
        if not chosen and not self._count:
            changes.refuse(
                "not_found", "no agent matches", "Correct the selection, or set count to wait for hosts.", self._ref
            )
        plan = Plan(changes, outcome=lambda _live: {"agents": self._rows()})
        if self._count and self._options["wait"]:
            plan.goal = lambda _answer: _Hosts(self, plan)
        return plan

    def changes(self) -> ChangeSet:
        """Planned from what is there now: for hosts that came while waiting."""
        return self._changes(hosts.selected(list_of(self._hub, self._options), self._options))

    def _changes(self, chosen: list[Object]) -> ChangeSet:
        changes = ChangeSet()
        free = [a for a in chosen if not hosts.is_bound(a)]
        for option in _ONE_HOST:
            if self._options.get(option) and len(free) > 1:
                cause = f"option {option} is meant for one host, but {len(free)} match"
                changes.refuse(
                    "ambiguous_selection", cause, "Select the host by ids, mac_addresses or hostnames.", self._ref
                )
        for agent in chosen:
            self._plan_one(changes, agent)
        return changes

    def _plan_one(self, changes: ChangeSet, agent: Object) -> None:
        ref = AGENT.ref(agent["metadata"]["namespace"], agent["metadata"]["name"])
        if hosts.is_bound(agent):
            if any(self._options.get(option) is not None for option in ("hostname", "role", "installation_disk")):
                changes.notes.append(
                    f"{ref} belongs to {hosts.cluster(agent)}: its host name, role and disk are not touched."
                )
        elif self._options.get("installation_disk") and not hosts.disk_id(agent, self._options["installation_disk"]):
            if lookup(agent, ("status", "inventory", "disks")) is None:
                changes.notes.append(f"{ref} has not reported its disks yet, so installation_disk cannot be found.")
                return
            known = ", ".join(hosts.disks(agent)) or "none"
            cause = f"the host has no disk {self._options['installation_disk']}; it has {known}"
            changes.refuse("no_such_disk", cause, "Name one of them.", ref)
            return
        changes.patch(
            AGENT,
            agent,
            hosts.patch(agent, self._options),
            f"settings of host {hosts.host_name(agent) or 'without a name'}",
        )

    def _rows(self) -> list[Object]:
        return [hosts.row(a) for a in hosts.selected(list_of(self._hub, self._options), self._options)]

    def fits(self, agent: Object) -> bool:
        """Known and not bound, or bound already; approved as well when that was asked for."""
        if self._options.get("approved") and not lookup(agent, ("spec", "approved")):
            return False
        return hosts.is_bound(agent) or hosts.state(agent) == hosts.READY

    def fact(
        self, what: str, step: str, missing: Callable[[list[Object]], str], hopeless: Callable[[list[Object]], str]
    ) -> Fact:
        spec = WatchSpec(AGENT, self._options["namespace"], "", _label(self._options))

        def seen_ones(seen: Observed) -> list[Object]:
            return hosts.selected(seen.all(AGENT), self._options)

        return Fact(what, (spec,), lambda s: missing(seen_ones(s)), self._ref, step, lambda s: hopeless(seen_ones(s)))

    def registered(self) -> Fact:
        def missing(agents: list[Object]) -> str:
            return "" if len(agents) >= self._count else f"{len(agents)} of {self._count} hosts have registered"

        return self.fact(f"{self._count} host(s)", _BOOT, missing, lambda _agents: "")

    def ready(self) -> Fact:
        def missing(agents: list[Object]) -> str:
            good = sum(self.fits(a) for a in agents)
            if good >= self._count:
                return ""
            others = [f"{_called(a)}: {hosts.words(a)}" for a in agents if not self.fits(a)]
            return f"{good} of {self._count} ready; {'; '.join(others)}"

        def hopeless(agents: list[Object]) -> str:
            """Only when even all the others would be too few."""
            bad = [f"{_called(a)}: {hosts.problem(a)}" for a in agents if not self.fits(a) and hosts.problem(a)]
            return "; ".join(bad) if bad and len(agents) - len(bad) < self._count else ""

        return self.fact(f"{self._count} usable host(s)", _LOOK, missing, hopeless)

    @property
    def timeout(self) -> float:
        return float(self._options["wait_timeout"])


class _Hosts:
    """Hosts register, get their settings, become ready: see operation.Waiting."""

    goal = "agents_ready"

    def __init__(self, operation: AgentPresent, plan: Plan) -> None:
        self._operation = operation
        self._plan = plan

    def wait(self, hub: Hub, progress: Callable[[str], None]) -> list[Object]:
        begun = hub.monotonic()
        wait_for(hub, self._operation.registered(), self._operation.timeout, progress)
        done = Applied()
        try:
            apply_planned(hub, self._operation.changes, done)
        finally:
            self._plan.late += done.steps
        fact = self._operation.ready()
        wait_for(hub, fact, max(0.0, begun + self._operation.timeout - hub.monotonic()), progress)
        return [{"object": fact.ref, "outcome": "done"}]


class AgentAbsent:
    """Forgets hosts that belong to no cluster."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        changes = ChangeSet()
        if not any(self._options.get(way) for way in WAYS):
            cause = "state absent without a selection would remove every host of the namespace"
            changes.refuse("missing_option", cause, f"Set one of {', '.join(WAYS)}.")
            return Plan(changes)
        for agent in hosts.selected(list_of(self._hub, self._options), self._options):
            ref = AGENT.ref(agent["metadata"]["namespace"], agent["metadata"]["name"])
            if hosts.is_bound(agent):
                cause = f"host {_called(agent)} belongs to {hosts.cluster(agent)}"
                changes.refuse("agents_bound", cause, "Scale its node pool down first, so that it is unbound.", ref)
            elif not lookup(agent, ("metadata", "deletionTimestamp")):
                changes.delete(
                    AGENT, agent, "state is absent; a host that still runs the discovery image registers again"
                )
        return Plan(changes, outcome=lambda _live: {"agents": []})


def _called(agent: Object) -> str:
    return hosts.host_name(agent) or str(agent["metadata"]["name"])
