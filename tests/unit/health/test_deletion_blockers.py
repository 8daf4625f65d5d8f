# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What keeps something from going away: named by the innermost object, with its reason, and nothing of a neighbour."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._health.deletion_blockers import Blockers

from builders.memory_hub import MemoryHub

GONE = "2026-11-24T03:00:00Z"
HOME = "clusters-demo"
POOL = "hypershift.openshift.io/nodePool"


def obj(
    kind: str, name: str, namespace: str = HOME, finalizers: tuple[str, ...] = ("f/x",), conditions: Any = (), **more: Any
) -> dict[str, Any]:
    meta = {"name": name, "namespace": namespace, "deletionTimestamp": GONE, "finalizers": list(finalizers)}
    return {"kind": kind, "metadata": {**meta, **more.pop("metadata", {})}, "status": {"conditions": list(conditions)}, **more}


def condition(type: str, status: str, message: str) -> dict[str, str]:
    return {"type": type, "status": status, "message": message}


def pool(name: str, cluster: str = "demo") -> dict[str, Any]:
    return obj("NodePool", name, "clusters", spec={"clusterName": cluster})


def machine(name: str, of: str = "", **more: Any) -> dict[str, Any]:
    return obj("Machine", name, metadata={"annotations": {POOL: of}} if of else {}, **more)


def namespace(*conditions: Any, ending: bool = True) -> dict[str, Any]:
    meta = {"name": HOME, **({"deletionTimestamp": GONE} if ending else {})}
    return {"kind": "Namespace", "metadata": meta, "status": {"conditions": list(conditions)}}


def explained(*objects: dict[str, Any], pool: str = "") -> str:
    return Blockers(MemoryHub(*objects), "clusters", "demo", pool).explain()


def test_the_innermost_is_the_cause() -> None:
    objects = [obj("HostedControlPlane", "demo"), pool("workers"), obj("MachineSet", "set"), machine("m-1")]
    assert explained(*objects) == f"blocked by Machine {HOME}/m-1 (finalizers: f/x)"
    assert explained(*objects[:3]).startswith(f"blocked by MachineSet {HOME}/set")
    assert explained(*objects[:2]).startswith("blocked by NodePool clusters/workers")
    assert explained(objects[0]).startswith(f"blocked by HostedControlPlane {HOME}/demo")


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        (
            [condition("Ready", "False", "not ready"), condition("DrainingSucceeded", "False", " pod x cannot be evicted ")],
            "pod x cannot be evicted",
        ),
        ([condition("Deleting", "True", "detaching"), condition("VolumeDetachSucceeded", "False", "volume v")], "volume v"),
        ([condition("Deleting", "True", "instance is terminating")], "instance is terminating"),
        ([condition("DrainingSucceeded", "False", ""), condition("Ready", "False", "node gone")], "node gone"),
        ([condition("Ready", "True", "fine"), condition("Other", "False", "")], ""),
        ([], ""),
    ],
)
def test_its_reason_is_what_drains_before_anything_else(conditions: list[dict[str, str]], reason: str) -> None:
    told = explained(machine("m-1", conditions=conditions))
    assert told == f"blocked by Machine {HOME}/m-1 (finalizers: f/x)" + (f": {reason}" if reason else "")


def test_without_finalizers_that_is_said() -> None:
    assert "(finalizers: none)" in explained(machine("m-1", finalizers=()))
    assert "(finalizers: a, b)" in explained(machine("m-1", finalizers=("a", "b")))


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        ([condition("NamespaceContentRemaining", "True", "2 secrets remain")], ": 2 secrets remain"),
        (
            [condition("NamespaceContentRemaining", "True", "x"), condition("NamespaceFinalizersRemaining", "True", "f/y in 1 instances")],
            ": f/y in 1 instances",
        ),
        ([condition("NamespaceContentRemaining", "False", "all gone")], ""),
        ([condition("Other", "True", "something")], ""),
    ],
)
def test_a_namespace_on_its_way_out(conditions: list[dict[str, str]], reason: str) -> None:
    assert explained(namespace(*conditions)) == f"blocked by Namespace {HOME}{reason}"


def test_nothing_blocks_what_is_not_being_deleted() -> None:
    living = machine("m-1")
    del living["metadata"]["deletionTimestamp"]
    assert explained(living, namespace(ending=False)) == "" and explained() == ""
    assert explained(namespace(), pool="workers") == "", "a node pool has no namespace of its own"


def test_neighbours_do_not_block() -> None:
    """Machines of a sibling that scales down at the same time, node pools of another cluster, a hosted cluster of another name."""
    assert explained(pool("workers", cluster="other")) == ""
    sibling, ours, unmarked = machine("m-1", "clusters/others"), machine("m-2", "clusters/workers"), machine("m-0")
    assert explained(sibling, unmarked, pool="workers") == ""
    assert explained(sibling, ours, pool="workers").startswith(f"blocked by Machine {HOME}/m-2")
    assert explained(pool("others"), pool="workers") == ""
    assert explained(pool("workers"), pool="workers").startswith("blocked by NodePool clusters/workers")


def test_finalizers_are_removed_from_what_was_named_alone() -> None:
    living = machine("m-0")
    del living["metadata"]["deletionTimestamp"]
    hub = MemoryHub(
        living, machine("m-1"), machine("m-2", finalizers=()), obj("MachineSet", "set"), obj("HostedCluster", "other", "clusters")
    )
    steps: list[Any] = []
    waits = Blockers(hub, "clusters", "demo").of_wait({"remove_finalizers": ["Machine", "HostedCluster"]}, steps)
    assert waits["on_stall"]() is True
    assert hub.writes == [("patch", f"Machine {HOME}/m-1")]
    assert [(s.name, s.disruptive) for s in steps] == [("m-1", True)] and "f/x removed as remove_finalizers asks" in steps[0].why
    assert hub.objects["Machine", HOME, "m-0"]["metadata"]["finalizers"] == ["f/x"]
    assert waits["on_stall"]() is False and len(steps) == 1
    assert waits["explain"](None).startswith("blocked by Machine")


def test_without_being_asked_nothing_is_removed() -> None:
    hub = MemoryHub(machine("m-1"))
    assert Blockers(hub, "clusters", "demo").of_wait({}, [])["on_stall"]() is False
    assert hub.writes == []
