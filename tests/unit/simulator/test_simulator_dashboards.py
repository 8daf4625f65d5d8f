# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Dashboards and copies of the SRE metrics set, as the operator makes them."""

from __future__ import annotations

import copy
from typing import Any

from hypershift_simulator.actions import Action, Create, Delete, Patch
from hypershift_simulator.kinds import new
from hypershift_simulator.management import concerns
from hypershift_simulator.management.dashboards import CONSOLE_NAMESPACE, SRE_SET, TEMPLATE, reconcile
from hypershift_simulator.names import FAULT
from hypershift_simulator.store import Store
from simulator.manifests import hosted_cluster

KEY = "hostedcluster-dashboard.json"


def config_map(name: str, namespace: str = "hypershift", **data: str) -> dict[str, Any]:
    return new("ConfigMap", name, namespace, data=data)


def operator(*args: str) -> dict[str, Any]:
    return new(
        "Deployment", "operator", "hypershift", spec={"template": {"spec": {"containers": [{"name": "operator", "args": ["run", *args]}]}}}
    )


class World:
    """A store whose writes come true at once."""

    def __init__(self, *objects: dict[str, Any]) -> None:
        self.store, self._version = Store(), 0
        for obj in objects:
            self.put(obj)

    def put(self, obj: dict[str, Any]) -> None:
        self._version += 1
        obj = copy.deepcopy(obj)
        obj["metadata"] |= {"resourceVersion": str(self._version), "uid": obj["metadata"].get("uid", f"uid-{self._version}")}
        self.store.put(obj)

    def play(self) -> list[Action]:
        done: list[Action] = []
        while actions := reconcile(self.store, None):  # type: ignore[arg-type]
            done += actions
            for action in actions:
                if isinstance(action, Create):
                    self.put(action.obj)
                elif isinstance(action, Patch):
                    live = self.store.get(action.kind, action.namespace, action.name)
                    assert live is not None
                    self.put({**live, "data": {**live.get("data", {}), **action.body.get("data", {})}})
                elif isinstance(action, Delete):
                    assert self.store.remove(action.kind, action.namespace, action.name)
            assert len(done) < 20
        return done

    def dashboard(self) -> str:
        found = self.store.get("ConfigMap", CONSOLE_NAMESPACE, "hc-clusters-demo")
        return str(found["data"][KEY]) if found else ""


def test_a_dashboard_comes_with_template_and_flag_and_goes_with_the_cluster() -> None:
    world = World(hosted_cluster(), operator())
    template = config_map(TEMPLATE, template='{"a": "__NAMESPACE__/__NAME__ __CONTROL_PLANE_NAMESPACE__"}')
    world.put(template)
    assert world.play() == []
    world.put(operator("--monitoring-dashboards"))
    world.play()
    assert world.dashboard() == '{"a": "clusters/demo clusters-demo"}' and world.play() == []
    world.put(config_map(TEMPLATE, template="{}"))
    world.play()
    assert world.dashboard() == "{}"
    gone = hosted_cluster()
    gone["metadata"]["deletionTimestamp"] = "2026-11-26T00:00:00Z"
    world.put(gone)
    assert [type(a) for a in world.play()] == [Delete] and world.dashboard() == ""


def test_faults() -> None:
    world = World(hosted_cluster(), operator("--monitoring-dashboards"), config_map(TEMPLATE, template="{}"))
    for fault, expected in (("dashboard-broken", "{"), ("dashboard-missing", ""), ("", "{}")):
        cluster = hosted_cluster()
        cluster["metadata"]["annotations"] = {FAULT: fault}
        world.put(cluster)
        world.play()
        assert world.dashboard() == expected


def test_the_sre_set_is_copied_to_control_planes() -> None:
    world = World(hosted_cluster(), config_map(SRE_SET, config="etcd: []"))
    assert world.play() == []  # there is no namespace yet
    world.put(new("Namespace", "clusters-demo"))
    world.play()
    copy = world.store.get("ConfigMap", "clusters-demo", SRE_SET)
    assert copy is not None and copy["data"] == {"config": "etcd: []"} and world.play() == []


def test_what_wakes_it() -> None:
    world = World(hosted_cluster())
    assert not concerns(world.store, hosted_cluster()) and concerns(world.store, config_map(TEMPLATE))
    world.put(config_map(TEMPLATE, template="{}"))
    assert concerns(world.store, hosted_cluster()) and not concerns(world.store, config_map("any"))
