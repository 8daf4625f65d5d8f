# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module multicluster_engine with state absent: the engine first, then what has installed it.

Source: platform_facts#1.7. Namespace and OperatorGroup go only when this collection has made them.
"""

from __future__ import annotations

from .._kernel.changes import ChangeSet
from .._kernel.facts import Fact, Observed
from .._kernel.kinds import CLUSTER_SERVICE_VERSION, MULTICLUSTER_ENGINE, NAMESPACE, OPERATOR_GROUP, SUBSCRIPTION, Kind
from .._kernel.objects import Object, lookup
from .._kernel.operation import Plan
from .._kernel.owned_objects import Owned
from .._kernel.ports.hub import Hub, WatchSpec
from .._kernel.stages import Stage, staged
from . import installation
from .installation_refusals import removal_refusals
from .multicluster_engine import MODULE
from .reading import read_for_removal


class MulticlusterEngineAbsent:
    def __init__(self, hub: Hub, options: Object, check_mode: bool) -> None:
        self._hub = hub
        self._options = options
        self._check_mode = check_mode
        self._namespace: str = options["namespace"]

    def plan(self) -> Plan:
        refused = removal_refusals(read_for_removal(self._hub, self._options), self._options)
        if refused:
            return Plan(ChangeSet(refusals=refused))
        stages = [
            Stage(self._engine, lambda: self._gone(MULTICLUSTER_ENGINE, None, "the end of the multicluster engine")),
            Stage(
                self._operator, lambda: self._gone(CLUSTER_SERVICE_VERSION, self._namespace, "the end of the operator")
            ),
            Stage(self._rest, self._namespace_gone),
        ]
        return staged(
            self._hub, stages, "gone", self._check_mode, self._options["wait"], float(self._options["wait_timeout"])
        )

    def _engine(self) -> ChangeSet:
        changes = ChangeSet()
        for engine in self._hub.list(MULTICLUSTER_ENGINE):
            if not lookup(engine, ("metadata", "deletionTimestamp")):
                changes.delete(MULTICLUSTER_ENGINE, engine, "its operator takes the components away", disruptive=True)
        return changes

    def _operator(self) -> ChangeSet:
        """The Subscription first, since OLM would install the ClusterServiceVersion again."""
        changes = ChangeSet()
        for kind, why in (
            (SUBSCRIPTION, "OLM is to install it no more"),
            (CLUSTER_SERVICE_VERSION, "the operator goes with it"),
        ):
            for found in self._hub.list(kind, self._namespace):
                if self._of_package(kind, found) and not lookup(found, ("metadata", "deletionTimestamp")):
                    changes.delete(kind, found, why, disruptive=True)
        return changes

    def _of_package(self, kind: Kind, found: Object) -> bool:
        if kind is SUBSCRIPTION:
            return bool(lookup(found, ("spec", "name")) == installation.PACKAGE)
        return installation.csv_version(str(found["metadata"]["name"])) is not None and str(
            found["metadata"]["name"]
        ).startswith(installation.PACKAGE)

    def _rest(self) -> ChangeSet:
        changes = ChangeSet()
        owned = Owned(self._hub, changes, MODULE)
        for group in self._hub.list(OPERATOR_GROUP, self._namespace):
            owned.drop(OPERATOR_GROUP, group, "it was made for this operator")
        namespace = self._hub.get(NAMESPACE, None, self._namespace)
        if owned.is_ours(namespace):
            owned.drop(NAMESPACE, namespace, "it was made for the multicluster engine", disruptive=True)
        return changes

    def _gone(self, kind: Kind, namespace: str | None, what: str) -> Fact | None:
        """None when it is gone already: a kind that is not served any more cannot be watched either."""

        def chosen(objects: list[Object]) -> list[Object]:
            return [o for o in objects if kind is MULTICLUSTER_ENGINE or self._of_package(kind, o)]

        def left(seen: Observed) -> str:
            found = chosen(seen.all(kind))
            return ", ".join(
                f"{o['metadata']['name']} is {lookup(o, ('status', 'phase')) or 'still there'}" for o in found
            )

        if not chosen(self._hub.list(kind, namespace)):
            return None
        step = (
            "Look at its finalizers, and whether hosted or managed clusters are left (oc get hostedclusters -A; oc get"
            " managedclusters)."
        )
        return Fact(what, (WatchSpec(kind, namespace),), left, kind.ref(namespace, self._options["name"]), step)

    def _namespace_gone(self) -> Fact | None:
        """Only one of ours goes."""
        found = self._hub.get(NAMESPACE, None, self._namespace)
        if found is None or not lookup(found, ("metadata", "deletionTimestamp")):
            return None
        ref = NAMESPACE.ref(None, self._namespace)

        def left(seen: Observed) -> str:
            return "it is terminating" if seen.get(NAMESPACE, "", self._namespace) else ""

        step = "Look at its conditions: they name what keeps it."
        return Fact("the end of the namespace", (WatchSpec(NAMESPACE, name=self._namespace),), left, ref, step)
