# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A pod's status from the state of its containers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from .types import Obj


def stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class ContainerState:
    name: str
    image: str
    state: Obj = field(default_factory=lambda: {"waiting": {"reason": "ContainerCreating"}})
    last: Obj = field(default_factory=dict)
    restarts: int = 0
    ready: bool = False

    @property
    def running(self) -> bool:
        return "running" in self.state

    @property
    def terminated(self) -> Obj | None:
        return self.state.get("terminated")

    def wait(self, reason: str, message: str = "") -> None:
        """What it was before becomes the last state, where it had run."""
        if "terminated" in self.state:
            self.last = self.state
        self.state = {"waiting": {"reason": reason, **({"message": message} if message else {})}}
        self.ready = False

    def start(self) -> None:
        if "terminated" in self.state:
            self.last = self.state
        self.state = {"running": {"startedAt": stamp()}}

    def end(self, code: int) -> None:
        """A negative code, as Python gives it, is a signal's number."""
        number = 128 - code if code < 0 else code
        reason = "Completed" if number == 0 else "Error"
        started = (self.state.get("running") or {}).get("startedAt", stamp())
        self.state = {"terminated": {"exitCode": number, "reason": reason, "startedAt": started, "finishedAt": stamp()}}
        self.ready = False

    def report(self, init: bool = False) -> Obj:
        completed = init and self.terminated is not None and self.terminated["exitCode"] == 0
        report: Obj = {
            "name": self.name,
            "image": self.image,
            "imageID": self.image,
            "ready": completed or self.ready,
            "started": self.running,
            "restartCount": self.restarts,
            "state": self.state,
        }
        return {**report, "lastState": self.last} if self.last else report


def phase(containers: list[ContainerState], restarts: bool) -> str:
    if any(one.running for one in containers):
        return "Running"
    ends = [one.terminated for one in containers]
    if ends and all(ends) and not restarts:
        return "Failed" if any(end and end["exitCode"] for end in ends) else "Succeeded"
    return "Running" if any(one.restarts or one.last or one.terminated for one in containers) else "Pending"


def conditions(known: list[Obj], values: dict[str, bool], reasons: dict[str, str]) -> list[Obj]:
    """The time of the last change stays while nothing changes; conditions of others stay as they are."""
    before = {entry["type"]: entry for entry in known}
    result = [entry for entry in known if entry["type"] not in values]
    for type_, value in values.items():
        text = "True" if value else "False"
        old = before.get(type_)
        when = old["lastTransitionTime"] if old and old["status"] == text and "lastTransitionTime" in old else stamp()
        entry = {"type": type_, "status": text, "lastTransitionTime": when}
        if not value and reasons.get(type_):
            entry["reason"] = reasons[type_]
        result.append(entry)
    return result


def build(pod: Obj, address: str, inits: list[ContainerState], mains: list[ContainerState], initialized: bool, since: str) -> Obj:
    policy = pod["spec"].get("restartPolicy", "Always")
    failed_init = policy == "Never" and any(one.terminated and one.terminated["exitCode"] for one in inits)
    found = "Failed" if failed_init else phase(mains, policy == "Always")
    ready = initialized and found == "Running" and all(one.ready for one in mains)
    done = "PodCompleted" if found == "Succeeded" else "ContainersNotReady"
    values = {"PodReadyToStartContainers": bool(address), "Initialized": initialized, "ContainersReady": ready, "Ready": ready}
    reasons = {"Initialized": "ContainersNotInitialized", "ContainersReady": done, "Ready": done}
    status: Obj = {
        "phase": found,
        "hostIP": "127.0.0.1",
        "startTime": since,
        "conditions": conditions((pod.get("status") or {}).get("conditions") or [], values, reasons),
        "containerStatuses": [one.report() for one in mains],
    }
    if inits:
        status["initContainerStatuses"] = [one.report(init=True) for one in inits]
    if address:
        status |= {"podIP": address, "podIPs": [{"ip": address}]}
    return status
