# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module ingress_wildcard_policy. Source: platform_facts#2.6."""

from __future__ import annotations

from ..._kernel import conditions, text
from ..._kernel.changes import ChangeSet
from ..._kernel.errors import ApiError
from ..._kernel.facts import Fact, FactGoal, Observed
from ..._kernel.kinds import HOSTED_CLUSTER, INGRESS_CONTROLLER
from ..._kernel.objects import Object, lookup
from ..._kernel.operation import Plan
from ..._kernel.owned_objects import refuse_unserved
from ..._kernel.ports.hub import Hub, WatchSpec
from ..._manifests.selection import installed_ones
from .ingress import passes_through

BEFORE = "hypershift.core/wildcard-policy-before"
ALLOWED, DISALLOWED = "WildcardsAllowed", "WildcardsDisallowed"
_FORBIDDEN = 403
_PATH = ("spec", "routeAdmission", "wildcardPolicy")


class IngressWildcardPolicy:
    """One field of one IngressController, and the annotation that tells what stood there before."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options
        self._namespace: str = options["namespace"]
        self._name: str = options["name"]
        self._ref = INGRESS_CONTROLLER.ref(self._namespace, self._name)

    def plan(self) -> Plan:
        changes = ChangeSet()
        live = self._hub.get(INGRESS_CONTROLLER, self._namespace, self._name)
        if live is None:
            if self._options["state"] == "present":
                self._refuse_missing(changes)
            return Plan(changes, extra={"resource": {}})
        if self._options["state"] == "present":
            self._allow(changes, live)
        else:
            self._restore(changes, live)
        goal = self._goal if self._options["wait"] else None
        return Plan(changes, (INGRESS_CONTROLLER, self._namespace, self._name), live, goal=goal)

    def _refuse_missing(self, changes: ChangeSet) -> None:
        """An account that may not look at what is served learns that it does not exist, which is as true."""
        try:
            refuse_unserved(self._hub, changes, INGRESS_CONTROLLER, "the ingress operator of OpenShift")
        except ApiError as error:
            if error.status != _FORBIDDEN:
                raise
        if not changes.refusals:
            changes.refuse(
                "not_found", "it does not exist", "Check name, namespace and the management cluster.", self._ref
            )

    def _allow(self, changes: ChangeSet, live: Object) -> None:
        have = lookup(live, _PATH)
        if have == ALLOWED:
            return
        annotations = {} if self._before(live) is not None else {"metadata": {"annotations": {BEFORE: have or "unset"}}}
        patch = {**annotations, "spec": {"routeAdmission": {"wildcardPolicy": ALLOWED}}}
        changes.patch(INGRESS_CONTROLLER, live, patch, "the apps of hosted clusters are wildcard routes")

    def _restore(self, changes: ChangeSet, live: Object) -> None:
        before = self._before(live)
        if before is None:
            if lookup(live, _PATH) == ALLOWED:
                changes.notes.append(f"{self._ref} allowed wildcard routes before this module, so it goes on.")
            return
        users = sorted(
            HOSTED_CLUSTER.ref(c["metadata"]["namespace"], c["metadata"]["name"])
            for c in installed_ones(self._hub)
            if passes_through(c)
        )
        if users:
            cause = f"the apps of {len(users)} hosted cluster(s) are reached through it, first {users[0]}"
            changes.refuse("in_use", cause, "Remove them first.", self._ref)
            return
        value = None if before == "unset" else before
        patch = {"metadata": {"annotations": {BEFORE: None}}, "spec": {"routeAdmission": {"wildcardPolicy": value}}}
        changes.patch(INGRESS_CONTROLLER, live, patch, "as it was before this module", disruptive=value != ALLOWED)

    @staticmethod
    def _before(live: Object) -> str | None:
        return (lookup(live, ("metadata", "annotations")) or {}).get(BEFORE)

    def _goal(self, answer: Object | None) -> FactGoal:
        wanted = int(lookup(answer, ("metadata", "generation")) or 0)

        def controller(seen: Observed) -> Object | None:
            return seen.get(INGRESS_CONTROLLER, self._namespace, self._name)

        fact = Fact(
            "the router",
            (WatchSpec(INGRESS_CONTROLLER, self._namespace, self._name),),
            lambda seen: _missing(controller(seen), wanted),
            self._ref,
            "Look at the ingress operator (kubectl get clusteroperator ingress), then run again.",
        )
        return FactGoal("router_settled", fact, float(self._options["wait_timeout"]))


def _missing(live: Object | None, generation: int) -> str:
    if live is None:
        return "it does not exist"
    observed = lookup(live, ("status", "observedGeneration"))
    if observed is not None and int(observed) < generation:
        return "the ingress operator has not looked at the change yet"
    for name, good in (("Available", "True"), ("Progressing", "False"), ("Degraded", "False")):
        found = conditions.get(live, name)
        if found and found.status != good:
            return f"{name} is {found.status} ({found.reason}: {text.message_line(found.message)})"
    return ""
