# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Arithmetic of the room for control planes: 78 pods, 5.5 vCPU and 19 GiB each."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._fleet.views import HubView
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import NODE, POD
from ansible_collections.hypershift.core.plugins.module_utils._preflight.capacity import capacity, requested_by
from ansible_collections.hypershift.core.plugins.module_utils._preflight.inspection import Inspection
from ansible_collections.hypershift.core.plugins.module_utils._preflight.table import preflight

from preflight.builders import Obj, node, pod


def picture(nodes: list[Obj], pods: list[Obj], **given: Any) -> Inspection:
    return Inspection(HubView("", objects={NODE: tuple(nodes), POD: tuple(pods)}), **given)


def nodes(count: int, cpu: str = "32", memory: str = "128Gi", pods: str = "250") -> list[Obj]:
    return [node(f"w{n}", cpu=cpu, memory=memory, pods=pods) for n in range(count)]


def container(cpu: str, memory: str, **more: Any) -> Obj:
    return {"resources": {"requests": {"cpu": cpu, "memory": memory}}, **more}


@pytest.mark.parametrize(
    ("given", "fits", "scarce"),
    [
        (nodes(3), 9, "pods"),  # 750 pods / 78
        (nodes(3, pods="500"), 17, "cpu"),  # 96 / 5.5
        (nodes(3, memory="64Gi", pods="500"), 10, "memory"),  # 192 / 19
        (nodes(3, cpu="5500m"), 3, "cpu"),  # exactly three
        (nodes(3, cpu="5499m"), 2, "cpu"),
        (nodes(1, memory="131072Mi", cpu="64", pods="1k"), 6, "memory"),  # 128 GiB / 19
    ],
)
def test_the_scarcest_of_three_decides(given: list[Obj], fits: int, scarce: str) -> None:
    found = capacity(picture(given, []))
    assert (found["fits"], found["limited_by"], found["nodes"]) == (fits, scarce, len(given))


@pytest.mark.parametrize(
    ("spec", "cpu", "memory"),
    [
        ({"containers": [container("500m", "1Gi"), container("250m", "512Mi")]}, 0.75, 1.5),
        ({"containers": [{}, {"resources": {}}]}, 0.0, 0.0),
        ({"containers": [container("1", "1Gi")], "initContainers": [container("2", "512Mi"), container("100m", "3Gi")]}, 2.0, 3.0),
        ({"containers": [container("1", "1Gi")], "initContainers": [container("1", "1Gi", restartPolicy="Always")]}, 2.0, 2.0),
        ({"containers": [container("1", "1Gi")], "overhead": {"cpu": "250m", "memory": "256Mi"}}, 1.25, 1.25),
    ],
)
def test_requests_of_a_pod_are_counted_as_the_scheduler_does(spec: Obj, cpu: float, memory: float) -> None:
    assert requested_by({"spec": spec}).as_dict() == {"cpu": cpu, "memory_gib": memory, "pods": 1}


def test_only_running_pods_of_usable_worker_nodes_count() -> None:
    cordoned = node("cordoned", cpu="900")
    cordoned["spec"]["unschedulable"] = True
    ended = {**pod("ended", "w0", "9", "9Gi"), "status": {"phase": "Succeeded"}}
    elsewhere = [pod("on-master", "master-0", "9", "9Gi"), pod("on-cordoned", "cordoned", "9"), pod("pending", "", "9")]
    masters = node("master-0", cpu="900", roles=("control-plane",))
    found = capacity(picture([*nodes(3), cordoned, masters], [pod("counted", "w0", "1500m", "2Gi"), ended, *elsewhere]))
    assert found["allocatable"] == {"cpu": 96.0, "memory_gib": 384.0, "pods": 750}
    assert found["requested"] == {"cpu": 1.5, "memory_gib": 2.0, "pods": 1}
    assert found["free"] == {"cpu": 94.5, "memory_gib": 382.0, "pods": 749}
    assert found["per_hosted_cluster"] == {"cpu": 5.5, "memory_gib": 19.0, "pods": 78}
    assert "the 3 usable worker nodes" in found["computed"] and "78 pods, 5.5 vCPU and 19 GiB" in found["computed"]


def test_nodes_of_a_compact_cluster_count() -> None:
    assert capacity(picture([node("m", roles=("control-plane", "worker")), node("bare", roles=())], []))["nodes"] == 2


@pytest.mark.parametrize(
    ("wanted", "availability", "verdict", "words"),
    [
        (6, "HighlyAvailable", "ok", ""),
        (7, "HighlyAvailable", "warning", "only as long as no worker node is lost"),
        (9, "HighlyAvailable", "warning", "only as long as no worker node is lost"),
        (10, "HighlyAvailable", "failed", "9 more fit, 10 wanted, and pods runs out first"),
        (10, "SingleReplica", "unknown", "nothing is published for a single replica"),
        (0, "HighlyAvailable", "ok", ""),
    ],
)
def test_the_verdict(wanted: int, availability: str, verdict: str, words: str) -> None:
    report = preflight(picture(nodes(3), [], wanted=wanted, availability=availability))
    row = next(r for r in report["checks"] if r["check"] == "capacity")
    assert row["verdict"] == verdict and words in row["cause"] and row["value"] == f"9 more fit, {wanted} wanted"
    assert (report["capacity"]["fits"], report["capacity"]["fits_without_one_node"], report["capacity"]["wanted"]) == (9, 6, wanted)


def test_what_is_overbooked_is_no_room() -> None:
    report = preflight(picture(nodes(3, cpu="4"), [pod("greedy", "w0", "20")]))
    assert report["capacity"]["fits"] == 0 and report["capacity"]["free"]["cpu"] == -8.0
    assert "capacity" in [r["check"] for r in report["checks"] if r["verdict"] == "failed"]


def test_without_usable_nodes_nothing_is_counted() -> None:
    report = preflight(picture([], []))
    row = next(r for r in report["checks"] if r["check"] == "capacity")
    assert row["verdict"] == "unknown" and report["capacity"]["fits"] == 0 and report["capacity"]["nodes"] == 0
