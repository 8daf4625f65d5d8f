# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a pod's status says of its containers."""

from __future__ import annotations

from typing import Any

import pytest

from pod_runner import status
from pod_runner.status import ContainerState


def state(**changes: Any) -> ContainerState:
    found = ContainerState("etcd", "image")
    for step in changes.pop("steps", ()):
        if isinstance(step, int):
            found.end(step)
        elif step == "start":
            found.start()
        else:
            found.wait(step)
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def test_a_new_container_is_being_created() -> None:
    report = state().report()
    assert report["state"] == {"waiting": {"reason": "ContainerCreating"}}
    assert (report["ready"], report["started"], report["restartCount"]) == (False, False, 0)
    assert "lastState" not in report


@pytest.mark.parametrize(("code", "number", "reason"), [(0, 0, "Completed"), (3, 3, "Error"), (-9, 137, "Error")])
def test_an_end_is_reported_with_its_code(code: int, number: int, reason: str) -> None:
    end = state(steps=["start", code]).report()["state"]["terminated"]
    assert (end["exitCode"], end["reason"]) == (number, reason)


def test_a_restart_keeps_the_last_end() -> None:
    found = state(steps=["start", 1, "CrashLoopBackOff"], restarts=2)
    report = found.report()
    assert report["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert report["lastState"]["terminated"]["exitCode"] == 1
    found.start()
    assert found.report()["lastState"]["terminated"]["exitCode"] == 1


@pytest.mark.parametrize(
    ("steps", "restarts", "phase"),
    [
        ([[]], True, "Pending"),
        ([["start"], []], True, "Running"),
        ([["start", 0], ["start"]], False, "Running"),
        ([["start", 0], ["start", 0]], False, "Succeeded"),
        ([["start", 0], ["start", 2]], False, "Failed"),
        ([["start", 1, "CrashLoopBackOff"]], True, "Running"),
        ([["start", 1]], True, "Running"),
    ],
)
def test_the_phase_follows_from_the_containers(steps: list[list[Any]], restarts: bool, phase: str) -> None:
    assert status.phase([state(steps=one) for one in steps], restarts) == phase


def test_only_a_pod_whose_containers_are_all_ready_is_ready() -> None:
    pod = {"spec": {}, "status": {"conditions": [{"type": "PodScheduled", "status": "True"}]}}
    ready, unready = state(steps=["start"], ready=True), state(steps=["start"])
    for containers, wanted in (([ready], "True"), ([ready, unready], "False")):
        found = status.build(pod, "10.128.0.1", [], containers, True, "t")
        assert {entry["type"]: entry["status"] for entry in found["conditions"]} == {
            "PodScheduled": "True",
            "PodReadyToStartContainers": "True",
            "Initialized": "True",
            "ContainersReady": wanted,
            "Ready": wanted,
        }
        assert found["podIPs"] == [{"ip": "10.128.0.1"}]


def test_the_time_of_a_condition_changes_only_with_it() -> None:
    known = [{"type": "Ready", "status": "True", "lastTransitionTime": "before"}]
    assert status.conditions(known, {"Ready": True}, {})[0]["lastTransitionTime"] == "before"
    changed = status.conditions(known, {"Ready": False}, {"Ready": "ContainersNotReady"})[0]
    assert changed["lastTransitionTime"] != "before"
    assert changed["reason"] == "ContainersNotReady"


def test_a_failed_init_container_fails_a_pod_that_never_restarts() -> None:
    pod = {"spec": {"restartPolicy": "Never"}}
    found = status.build(pod, "", [state(steps=["start", 1])], [state()], False, "t")
    assert found["phase"] == "Failed"
    assert "podIP" not in found
