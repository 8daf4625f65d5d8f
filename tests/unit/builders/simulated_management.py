# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hub in memory on which the simulator plays OLM, the multicluster engine and its add-on, in injected time."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (
    CUSTOM_RESOURCE_DEFINITION,
    HOSTED_CLUSTER,
    MULTICLUSTER_ENGINE,
    Kind,
)

from builders.memory_hub import MemoryHub
from hypershift_simulator import management
from hypershift_simulator.actions import Action, Create, Patch, Status
from hypershift_simulator.clock import Timers
from hypershift_simulator.context import Context
from hypershift_simulator.kinds import KINDS, key
from hypershift_simulator.store import Store

Obj = dict[str, Any]
FAULT = "simulator.hypershift.core/fault"


def definition(kind: Kind) -> Obj:
    body = CUSTOM_RESOURCE_DEFINITION.manifest(kind.resource)
    return {**body, "status": {"conditions": [{"type": "Established", "status": "True"}]}}


def catalog() -> Obj:
    source = {"apiVersion": "operators.coreos.com/v1alpha1", "kind": "CatalogSource", "spec": {"sourceType": "grpc"}}
    return {**source, "metadata": {"name": "redhat-operators", "namespace": "openshift-marketplace"}}


def openshift(version: str) -> Obj:
    status = {"history": [{"state": "Completed", "version": version}]}
    return {"apiVersion": "config.openshift.io/v1", "kind": "ClusterVersion", "metadata": {"name": "version"}, "status": status}


class SimulatedManagement(MemoryHub):
    """An OpenShift with a catalog; whatever is written is reacted to at the next watch, and as its clock moves."""

    def __init__(self, *objects: Obj, version: str = "4.20.6") -> None:
        super().__init__(catalog(), openshift(version), *(definition(k) for k in (MULTICLUSTER_ENGINE, HOSTED_CLUSTER)), *objects)
        self._timers = Timers()
        self._play()

    def fault(self, kind: str, namespace: str, name: str, fault: str | None) -> None:
        found = deepcopy(self.objects[(kind, namespace, name)])
        found["metadata"].setdefault("annotations", {})[FAULT] = fault or ""
        self.put(found)
        self._play()

    def watch(self, specs: Any) -> Any:
        self._play()
        return super().watch(specs)

    def _play(self, _hub: MemoryHub | None = None) -> None:
        """Until nothing is left to do now; comes back when something is due."""
        for _round in range(80):
            self._controllers()
            actions = self._actions()
            if not actions:
                break
            for action in actions:
                self._apply(action)
        else:
            raise AssertionError("the simulator does not come to rest")
        if self._timers.due is not None:
            self.script.append((self.seconds + self._timers.due, self._play))
            self.script.sort(key=lambda entry: entry[0])

    def _actions(self) -> list[Action]:
        store = Store()
        for obj in self.objects.values():
            if obj["kind"] in KINDS:
                store.put(deepcopy(obj))
        self._timers.begin(self.seconds, 1.0, management.stalled(store))
        return management.reconcile(store, Context(datetime(2026, 11, 24, tzinfo=UTC), self._timers))

    def _apply(self, action: Action) -> None:
        if isinstance(action, Create):
            if self._at(*key(action.obj)) is None:
                self.put(action.obj)
            return
        live = self._at(action.kind, action.namespace, action.name)
        if live is None:
            return
        if isinstance(action, Status):
            self.put({**live, "status": deepcopy(action.status)})
        elif isinstance(action, Patch):
            version = action.body.get("metadata", {}).get("resourceVersion")
            if version in (None, live["metadata"]["resourceVersion"]):
                self.edit(_kind(action.kind), action.namespace or None, action.name, action.body)
                self._end_if_free(action.kind, action.namespace, action.name)
        elif live["metadata"].get("finalizers"):
            self.put({**live, "metadata": {**live["metadata"], "deletionTimestamp": "2026-11-24T00:00:00Z"}})
        else:
            self.drop(_kind(action.kind), action.namespace or None, action.name)

    def _at(self, kind: str, namespace: str, name: str) -> Obj | None:
        return self.objects.get((kind, namespace, name))

    def _end_if_free(self, kind: str, namespace: str, name: str) -> None:
        meta = self.objects[(kind, namespace, name)]["metadata"]
        if meta.get("deletionTimestamp") and not meta.get("finalizers"):
            self.drop(_kind(kind), namespace or None, name)

    def drop(self, kind: Kind, namespace: str | None, name: str) -> None:
        """A namespace takes along what is in it."""
        super().drop(kind, namespace, name)
        if kind.kind == "Namespace":
            for other_kind, inside, other in [k for k in self.objects if k[1] == name]:
                super().drop(_kind(other_kind), inside, other)

    def _controllers(self) -> None:
        """Deployments have what they want at once."""
        for (kind, _namespace, _name), obj in list(self.objects.items()):
            if kind == "Deployment":
                wanted = obj["spec"].get("replicas", 1)
                counts = dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas"), wanted)
                status = {"observedGeneration": obj["metadata"]["generation"], **counts}
                if obj.get("status") != status:
                    self.put({**obj, "status": status})


def _kind(name: str) -> Kind:
    known = KINDS.get(name)
    return Kind(known.group, known.version, name, known.plural, known.namespaced) if known else Kind("", "v1", name, name.lower())
