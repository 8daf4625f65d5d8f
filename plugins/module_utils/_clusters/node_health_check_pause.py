# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module node_health_check_pause: our entry among the pause requests of NodeHealthChecks.

Source: platform_facts#6.4. The list has no merge keys: it is read, changed and written under the resourceVersion that
was read.
"""

from __future__ import annotations

from .._kernel.changes import ChangeSet
from .._kernel.compare import apply_merge_patch
from .._kernel.facts import Fact, Observed, wait_for
from .._kernel.kinds import NODE_HEALTH_CHECK
from .._kernel.objects import Object, lookup
from .._kernel.operation import Plan, Progress
from .._kernel.ports.hub import Hub, WatchSpec

_PATH = ("spec", "pauseRequests")


class NodeHealthCheckPause:
    """Add or remove one pause request of NodeHealthChecks; those of others stay as they are."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options
        self._entry: str = options["entry"]
        self._present = options["state"] == "present"

    def plan(self) -> Plan:
        changes = ChangeSet()
        chosen = self._chosen(changes)
        for check in chosen:
            ref = NODE_HEALTH_CHECK.ref(None, check["metadata"]["name"])
            busy = _in_flight(check)
            if self._present and busy and not self._options["wait"]:
                changes.refuse(
                    "remediation_in_flight",
                    f"remediation of {', '.join(busy)} is in flight, and a pause does not stop it",
                    "Wait until it is over, or set wait: true.",
                    ref,
                )
            changes.patch(NODE_HEALTH_CHECK, check, self._patch(check), self._why())
        names = [str(c["metadata"]["name"]) for c in chosen]
        plan = Plan(changes, extra={"node_health_checks": [_row(c, self._patch(c)) for c in chosen]})
        if self._present and self._options["wait"] and any(_in_flight(c) for c in chosen):
            plan.act = lambda _done, progress: self._wait(names, progress)
        return plan

    def _chosen(self, changes: ChangeSet) -> list[Object]:
        """One list, whatever was asked for. It is empty too where the operator of NodeHealthChecks is not installed."""
        found, names = self._hub.list(NODE_HEALTH_CHECK), self._options.get("name") or []
        if not found:  # nothing remediates nodes there
            return []
        for name in sorted(set(names) - {c["metadata"]["name"] for c in found}):
            ref = NODE_HEALTH_CHECK.ref(None, name)
            changes.refuse("not_found", "it does not exist", "Correct name, or leave it out for all of them.", ref)
        return sorted(
            (c for c in found if not names or c["metadata"]["name"] in names), key=lambda c: str(c["metadata"]["name"])
        )

    def _patch(self, check: Object) -> Object:
        have = list(lookup(check, _PATH) or [])
        if self._present:
            return {} if self._entry in have else {"spec": {"pauseRequests": [*have, self._entry]}}
        left = [entry for entry in have if entry != self._entry]
        return {} if left == have else {"spec": {"pauseRequests": left or None}}

    def _why(self) -> str:
        return (
            "no node is to be remediated meanwhile"
            if self._present
            else "our own pause request ends; those of others stay"
        )

    def _wait(self, names: list[str], progress: Progress) -> None:
        """What is in flight goes on while paused (platform_facts#6.4)."""

        def missing(seen: Observed) -> str:
            busy = {
                c["metadata"]["name"]: _in_flight(c)
                for c in seen.all(NODE_HEALTH_CHECK)
                if c["metadata"]["name"] in names
            }
            return "; ".join(f"{name} remediates {', '.join(nodes)}" for name, nodes in sorted(busy.items()) if nodes)

        what = "the end of remediations in flight"
        step = (
            "Look at the remediation of that node (kubectl get nodehealthcheck -o yaml: status.inFlightRemediations),"
            " then run again."
        )
        fact = Fact(what, (WatchSpec(NODE_HEALTH_CHECK),), missing, NODE_HEALTH_CHECK.ref(None, ", ".join(names)), step)
        wait_for(self._hub, fact, float(self._options["wait_timeout"]), progress)


def _in_flight(check: Object) -> list[str]:
    """Nodes under remediation; newer operators tell it by unhealthyNodes, with the remediations of each, older ones by
    a map of nodes."""
    nodes = lookup(check, ("status", "unhealthyNodes")) or []
    newer = {str(n.get("name")) for n in nodes if any(not r.get("timedOut") for r in n.get("remediations") or ())}
    return sorted({*newer, *(lookup(check, ("status", "inFlightRemediations")) or {})})


def _row(check: Object, patch: Object) -> Object:
    after = apply_merge_patch(check, patch) if patch else check
    return {
        "name": check["metadata"]["name"],
        "pause_requests": list(lookup(after, _PATH) or []),
        "in_flight": _in_flight(check),
    }
