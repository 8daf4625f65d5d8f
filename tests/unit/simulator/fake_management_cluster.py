# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A management cluster in memory: the API server's bookkeeping and what the built-in controllers would do.

Time passes only when a test says so, in simulated seconds.
"""

from __future__ import annotations

import copy
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypershift_simulator import hostedcluster, nodepool
from hypershift_simulator.actions import Action, Create, Delete, Patch, Status
from hypershift_simulator.clock import Timers
from hypershift_simulator.conditions import find, timestamp
from hypershift_simulator.context import Context
from hypershift_simulator.kinds import key
from hypershift_simulator.names import Obj
from hypershift_simulator.store import Store
from hypershift_simulator.view import ClusterView, PoolView

_START = datetime(2026, 3, 3, 3, 0, 0, tzinfo=UTC)


class Conflict(Exception):
    """A write that rests on what is no longer so."""


class FakeManagementCluster:
    def __init__(self, *, full: bool = True) -> None:
        self.store = Store()
        self.full = full
        self.seconds = 0.0
        self.writes: list[Action] = []
        self._timers: dict[tuple[str, str, str], Timers] = {}
        self._due: dict[tuple[str, str, str], float] = {}
        self._chance = random.Random(7)
        self._serial = 0

    @property
    def now(self) -> datetime:
        return _START + timedelta(seconds=self.seconds)

    # What a user does

    def create(self, obj: Obj) -> Obj:
        return self._create(copy.deepcopy(obj))

    def patch(self, kind: str, namespace: str, name: str, body: Obj) -> None:
        self._patch(Patch(kind, namespace, name, body))

    def delete(self, kind: str, namespace: str, name: str) -> None:
        self._delete(kind, namespace, name)

    def get(self, kind: str, namespace: str, name: str) -> Obj:
        found = self.store.get(kind, namespace, name)
        assert found is not None, f"{kind} {namespace}/{name} does not exist"
        return found

    def condition(self, kind: str, namespace: str, name: str, type_: str) -> Obj:
        found = find((self.get(kind, namespace, name).get("status") or {}).get("conditions"), type_)
        assert found is not None, f"{kind} {name} has no condition {type_}"
        return found

    # What time does

    def run(self, seconds: float) -> None:
        """Let simulated time pass, from one moment for which something asked to be woken to the next."""
        end = self.seconds + seconds
        self.settle()
        while self.seconds < end:
            self.seconds = min(end, max(self._wake(), self.seconds + 0.01))
            self.settle()

    def _wake(self) -> float:
        return min(self._due.values(), default=float("inf"))

    def settle(self) -> None:
        for _ in range(60):
            before = len(self.writes)
            for kind in ("HostedCluster", "NodePool"):
                for obj in self.store.list(kind):
                    self._reconcile(kind, obj)
            self._controllers()
            if len(self.writes) == before:
                return
        recent = "\n".join(map(str, self.writes[-10:]))
        raise AssertionError(f"The simulator does not come to rest: it keeps writing\n{recent}")

    def restart(self) -> None:
        """A new process: what was not written to an object is forgotten."""
        self._timers.clear()
        self._due.clear()
        self._chance = random.Random(self._chance.random())

    def _reconcile(self, kind: str, obj: Obj) -> None:
        self._due.pop(key(obj), None)
        if self.store.get(*key(obj)) is None:
            return
        timers = self._timers.setdefault(key(obj), Timers())
        ctx = Context(self.now, timers, self._chance, self.full)
        plan = self._plan(kind, obj, ctx)
        moments = [self.seconds + timers.due] if timers.due is not None else []
        if ctx.wake_at is not None:
            moments.append((ctx.wake_at - _START).total_seconds())
        if moments:
            self._due[key(obj)] = min(moments)
        for action in plan:
            try:
                self.apply(action)
            except Conflict:
                return

    def _plan(self, kind: str, obj: Obj, ctx: Context) -> list[Action]:
        if kind == "HostedCluster":
            cluster = ClusterView(self.store, obj)
            ctx.timers.begin(self.seconds, 1.0, cluster.faults.stalled)
            return hostedcluster.reconcile(cluster, ctx)
        hc = self.store.get("HostedCluster", obj["metadata"]["namespace"], obj["spec"]["clusterName"])
        if hc is None:
            return nodepool.orphaned(self.store, obj)
        pool = PoolView(self.store, obj, ClusterView(self.store, hc))
        ctx.timers.begin(self.seconds, 1.0, pool.faults.stalled)
        return nodepool.reconcile(pool, ctx)

    # The API server

    def apply(self, action: Action) -> None:
        self.writes.append(action)
        if not isinstance(action, Create) and self.store.get(action.kind, action.namespace, action.name) is None:
            raise Conflict  # gone in the meantime, for example with its owner
        if isinstance(action, Create):
            self._create(copy.deepcopy(action.obj))
        elif isinstance(action, Patch):
            self._patch(action)
        elif isinstance(action, Status):
            obj = copy.deepcopy(self.get(action.kind, action.namespace, action.name))
            obj["status"] = copy.deepcopy(action.status)
            self._save(obj)
        else:
            self._delete(action.kind, action.namespace, action.name)

    def _create(self, obj: Obj) -> Obj:
        assert self.store.get(*key(obj)) is None, f"{key(obj)} exists"
        namespace = obj["metadata"].get("namespace")
        if namespace and namespace.startswith("clusters-"):
            assert "deletionTimestamp" not in self.get("Namespace", "", namespace)["metadata"], f"{namespace} is going"
        self._serial += 1
        obj["metadata"] |= {
            "uid": f"00000000-0000-4000-8000-{self._serial:012d}",
            "generation": 1,
            "creationTimestamp": timestamp(self.now),
        }
        return self._save(obj)

    def _patch(self, action: Patch) -> None:
        live = self.get(action.kind, action.namespace, action.name)
        version = action.body.get("metadata", {}).get("resourceVersion")
        if version is not None and version != live["metadata"]["resourceVersion"]:
            raise Conflict
        obj = _merged(live, action.body)
        if obj.get("spec") != live.get("spec"):
            obj["metadata"]["generation"] += 1
        self._save(obj)
        if "deletionTimestamp" in obj["metadata"] and not obj["metadata"].get("finalizers"):
            self._remove(obj)

    def _delete(self, kind: str, namespace: str, name: str) -> None:
        obj = copy.deepcopy(self.get(kind, namespace, name))
        if obj["metadata"].get("finalizers") or kind == "Namespace":
            obj["metadata"].setdefault("deletionTimestamp", timestamp(self.now))
            self._save(obj)
        else:
            self._remove(obj)

    def _save(self, obj: Obj) -> Obj:
        self._serial += 1
        obj["metadata"]["resourceVersion"] = str(self._serial)
        self.store.put(obj)
        return obj

    def _remove(self, obj: Obj) -> None:
        self.store.remove(*key(obj))
        uid = obj["metadata"]["uid"]
        for kind in ("Machine", "MachineSet", "MachineDeployment", "Secret", "NodePool", "KubevirtMachine", "AWSMachine"):
            for child in self.store.list(kind):
                owners = child["metadata"].get("ownerReferences") or []
                if any(owner["uid"] == uid for owner in owners) and "deletionTimestamp" not in child["metadata"]:
                    self._delete(*key(child))

    # kube-controller-manager

    def _controllers(self) -> None:
        for deployment in self.store.list("Deployment"):
            self._report(deployment, self._replicated(deployment))
        for stateful_set in self.store.list("StatefulSet"):
            self._report(stateful_set, self._replicated(stateful_set))
            self._claims(stateful_set)
        for job in self.store.list("Job"):
            self._report(job, {"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]})
        for namespace in self.store.list("Namespace"):
            if "deletionTimestamp" in namespace["metadata"]:
                self._empty(namespace)

    def _replicated(self, obj: Obj) -> Obj:
        count = obj["spec"]["replicas"]
        names = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
        status: Obj = {"observedGeneration": obj["metadata"]["generation"], **dict.fromkeys(names, count)}
        if obj["kind"] == "Deployment":
            status["conditions"] = [{"type": "Available", "status": "True"}]
        return status

    def _report(self, obj: Obj, status: Obj) -> None:
        if obj.get("status") != status and self.store.get(*key(obj)):
            self._save({**copy.deepcopy(obj), "status": status})

    def _claims(self, stateful_set: Obj) -> None:
        namespace = stateful_set["metadata"]["namespace"]
        for index in range(stateful_set["spec"]["replicas"]):
            name = f"data-etcd-{index}"
            if self.store.get("PersistentVolumeClaim", namespace, name) is None:
                metadata = {"name": name, "namespace": namespace}
                if "deletionTimestamp" not in self.get("Namespace", "", namespace)["metadata"]:
                    self._create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": {}})

    def _empty(self, namespace: Obj) -> None:
        name = namespace["metadata"]["name"]
        remaining = 0
        for kind in ("Deployment", "StatefulSet", "Job", "CronJob", "ControlPlaneComponent", "ConfigMap", "Secret", "Service"):
            remaining += self._empty_kind(kind, name)
        for kind in ("PersistentVolumeClaim", "HostedControlPlane", "Machine", "Cluster", "MachineSet", "PodDisruptionBudget"):
            remaining += self._empty_kind(kind, name)
        if not remaining:
            self.store.remove("Namespace", "", name)

    def _empty_kind(self, kind: str, namespace: str) -> int:
        for obj in self.store.list(kind, namespace):
            if "deletionTimestamp" not in obj["metadata"] and self.store.get(*key(obj)):
                self._delete(*key(obj))
        return len(self.store.list(kind, namespace))


def _merged(live: Any, body: Any) -> Any:
    if not isinstance(body, dict):
        return copy.deepcopy(body)
    result = copy.deepcopy(live) if isinstance(live, dict) else {}
    for name, value in body.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merged(result.get(name), value)
    return result


__all__ = ["Action", "Conflict", "Create", "Delete", "FakeManagementCluster", "Patch", "Status"]
