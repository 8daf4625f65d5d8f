# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The assisted service and MetalLB of the simulator: pure functions over a store, with simulated time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hypershift_simulator.actions import Action, Create, Delete, Status, patch_for
from hypershift_simulator.clock import Timers
from hypershift_simulator.context import Context
from hypershift_simulator.kinds import key, new
from hypershift_simulator.management import assisted, ingress
from hypershift_simulator.names import FAULT, Obj
from hypershift_simulator.store import Store

START = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)


class World:
    """One player, its objects and its clock."""

    def __init__(self, player: Any, *objects: Obj) -> None:
        self.store, self._player, self._timers, self._serial, self.seconds = Store(), player, Timers(), 0, 0.0
        for obj in objects:
            self.put(obj)

    def put(self, obj: Obj) -> None:
        self._serial += 1
        meta = {"uid": f"uid-{'-'.join(key(obj))}", **obj["metadata"], "resourceVersion": str(self._serial)}
        self.store.put({**obj, "metadata": meta})

    def get(self, *name: str) -> Obj:
        found = self.store.get(*name)
        assert found is not None, name
        return found

    def run(self, seconds: float) -> None:
        """Step by step, and at the end nothing is left to write."""
        end = self.seconds + seconds
        while self.seconds < end:
            self.seconds = min(end, self.seconds + 5)
            for _ in range(20):
                actions = self._round()
                if not actions:
                    break
            else:
                raise AssertionError(f"it does not come to rest: {actions}")

    def _round(self) -> list[Action]:
        self._timers.begin(self.seconds, 1.0)
        actions: list[Action] = self._player(self.store, Context(START + timedelta(seconds=self.seconds), self._timers))
        for action in actions:
            if isinstance(action, Create):
                self.put(action.obj)
            elif isinstance(action, Delete):
                live = self.get(action.kind, action.namespace, action.name)
                self.put({**live, "metadata": {**live["metadata"], "deletionTimestamp": "now"}})
            elif isinstance(action, Status):
                self.put({**self.get(action.kind, action.namespace, action.name), "status": action.status})
            else:
                self._patch(self.get(action.kind, action.namespace, action.name), action.body)
        return actions

    def _patch(self, live: Obj, body: Obj) -> None:
        meta = {**live["metadata"], **{k: v for k, v in body["metadata"].items() if k != "annotations"}}
        meta["annotations"] = {**(live["metadata"].get("annotations") or {}), **(body["metadata"].get("annotations") or {})}
        if meta.get("deletionTimestamp") and not meta.get("finalizers"):
            self.store.remove(*key(live))
            return
        assert patch_for(live, {"metadata": meta})
        self.put({**live, "metadata": meta})

    def condition(self, name: tuple[str, str, str], kind: str) -> tuple[str, str]:
        rows = (self.get(*name).get("status") or {}).get("conditions") or ()
        return next(((c["status"], c["message"]) for c in rows if c["type"] == kind), ("", ""))


CONFIG, ENV = ("AgentServiceConfig", "", "agent"), ("InfraEnv", "hosts", "workers")


def objects(hosts: str = "2", env_fault: str = "", config_fault: str = "") -> list[Obj]:
    config, env = (
        new("AgentServiceConfig", "agent", spec={}),
        new("InfraEnv", "workers", "hosts", spec={"pullSecretRef": {"name": "pull-secret"}}),
    )
    config["metadata"]["annotations"], env["metadata"]["annotations"] = {FAULT: config_fault}, {FAULT: env_fault}
    shared = new("ConfigMap", assisted.HOSTS_CONFIG_MAP, "hypershift", data={"hosts.workers": hosts})
    return [config, env, shared, new("Secret", "pull-secret", "hosts")]


def test_a_service_an_image_and_hosts() -> None:
    world = World(assisted.reconcile, *objects())
    world.run(100)
    assert world.condition(CONFIG, "ReconcileCompleted")[0] == "True" and world.condition(CONFIG, "DeploymentsHealthy")[0] == "False"
    assert "isoDownloadURL" not in (world.get(*ENV).get("status") or {})
    world.run(50)
    assert world.condition(CONFIG, "DeploymentsHealthy")[0] == "True"
    world.run(60)
    assert world.condition(ENV, "ImageCreated")[0] == "True" and world.get(*ENV)["status"]["bootArtifacts"]["kernel"]
    world.run(120)
    agents = world.store.list("Agent", "hosts")
    assert [a["status"]["debugInfo"]["state"] for a in agents] == ["known-unbound"] * 2 and len(
        {a["metadata"]["name"] for a in agents}
    ) == 2
    bound = agents[0]
    world.put({**bound, "spec": {**bound["spec"], "clusterDeploymentName": {"name": "demo", "namespace": "hosts"}}})
    world.run(300)
    assert world.get(*key(bound))["status"]["debugInfo"]["state"] == "added-to-existing-cluster"


def test_deletions_wait_for_what_depends() -> None:
    world = World(assisted.reconcile, *objects())
    world.run(400)
    agent = world.store.list("Agent")[0]
    world.put({**agent, "metadata": {**agent["metadata"], "deletionTimestamp": "now"}})
    world.run(200)
    assert len(world.store.list("Agent")) == 1  # it is switched off, and does not come again
    env = world.get(*ENV)
    world.put({**env, "metadata": {**env["metadata"], "deletionTimestamp": "now"}})
    world.run(10)
    assert world.store.list("Agent") == [] == world.store.list("InfraEnv")


@pytest.mark.parametrize(
    ("given", "name", "condition", "words"),
    [
        ({"config_fault": "storage-failed"}, CONFIG, "ReconcileCompleted", "storage class is not found"),
        ({"config_fault": "deployments-unhealthy"}, CONFIG, "DeploymentsHealthy", "assisted-service is not available"),
        ({"env_fault": "image-failed"}, ENV, "ImageCreated", "input error"),
        ({"env_fault": "pull-secret-invalid"}, ENV, "ImageCreated", "registry.redhat.io"),
    ],
)
def test_faults_of_the_assisted_service(given: dict[str, str], name: tuple[str, str, str], condition: str, words: str) -> None:
    world = World(assisted.reconcile, *objects(**given))
    world.run(400)
    assert world.condition(name, condition)[0] == "False" and words in world.condition(name, condition)[1]


def test_one_host_may_be_too_small() -> None:
    world = World(assisted.reconcile, *objects(env_fault="agent-insufficient"))
    world.run(400)
    states = {a["status"]["debugInfo"]["state"]: a["status"]["validationsInfo"]["hardware"][0]["status"] for a in world.store.list("Agent")}
    assert states == {"known-unbound": "success", "insufficient-unbound": "failure"}


def service(name: str, **annotations: str) -> Obj:
    obj = new("Service", name, "clusters-demo", spec={"type": "LoadBalancer"})
    obj["metadata"]["annotations"] = annotations
    return obj


def test_services_get_addresses_until_there_are_none() -> None:
    pool = new("IPAddressPool", "api", "metallb-system", spec={"addresses": ["192.0.2.9-192.0.2.10"]})
    kept = new("IPAddressPool", "named", "metallb-system", spec={"addresses": ["192.0.2.64/31"], "autoAssign": False})
    world = World(
        ingress.reconcile, pool, kept, *(service(f"s{n}") for n in range(3)), service("s9", **{"metallb.io/address-pool": "named"})
    )
    world.run(30)
    found = {n: ingress._addresses(world.get("Service", "clusters-demo", n)) for n in ("s0", "s1", "s2", "s9")}
    assert found == {"s0": ["192.0.2.9"], "s1": ["192.0.2.10"], "s2": [], "s9": ["192.0.2.64"]}
    (event,) = world.store.list("Event")
    assert event["reason"] == "AllocationFailed" and event["message"] == 'Failed to allocate IP for "clusters-demo/s2": no available IPs'
    assert world.get("IPAddressPool", "metallb-system", "api")["status"] == {
        "assignedIPv4": 2,
        "assignedIPv6": 0,
        "availableIPv4": 0,
        "availableIPv6": 0,
    }


def test_nobody_answers_without_a_pool() -> None:
    world = World(ingress.reconcile, service("s0"), new("MetalLB", "metallb", "metallb-system", spec={}))
    world.run(30)
    assert world.store.list("Event") == [] and world.condition(("MetalLB", "metallb-system", "metallb"), "Available")[0] == "True"
