# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The pod of a drill: room for it asked for, nothing of the cluster in it, gone however the drill ends."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.scratch_pod import CONTAINER, FOLDER, scratch_pod
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import POD

from builders.memory_hub import MemoryHub
from builders.shells import ScriptedShell

NAME = "etcd-drill-abcde"
MIB = 1 << 20


def becomes(phase: str, waiting: str = "") -> Any:
    def action(hub: MemoryHub) -> None:
        statuses = [{"name": CONTAINER, "state": {"waiting": {"reason": waiting}} if waiting else {"running": {}}}]
        hub.edit(POD, "clusters", NAME, {"status": {"phase": phase, "containerStatuses": statuses}})

    return action


@pytest.fixture
def hub() -> MemoryHub:
    hub = MemoryHub()
    hub.shells[NAME] = ScriptedShell({})
    hub.script = [(1, becomes("Pending", "ContainerCreating")), (5, becomes("Running"))]
    return hub


def used(hub: MemoryHub, need: int = 0, timeout: float = 60) -> dict[str, Any]:
    """The pod as it stood while it was used."""
    with scratch_pod(hub, "clusters", "registry.example.com/etcd:3.6", need, timeout, lambda _line: None) as shell:
        assert shell is hub.shells[NAME]
        return hub.objects["Pod", "clusters", NAME]


def pods(hub: MemoryHub) -> list[str]:
    return [key[2] for key in hub.objects if key[0] == "Pod"]


def test_it_lives_for_its_task_alone(hub: MemoryHub) -> None:
    pod = used(hub)
    assert pod["metadata"]["labels"] == {"hypershift.core/scratch": "etcd-drill"}
    assert pods(hub) == []
    assert [verb for verb, _ref in hub.writes] == ["create", "delete"]


def test_it_ends_by_itself_when_nobody_deletes_it(hub: MemoryHub) -> None:
    spec = used(hub, timeout=60)["spec"]
    assert spec["activeDeadlineSeconds"] == 3660 and spec["restartPolicy"] == "Never"
    assert spec["containers"][0]["command"] == ["sh", "-c", "sleep 3660"]


def test_nothing_of_the_cluster_is_in_it_and_restricted_namespaces_take_it(hub: MemoryHub) -> None:
    spec = used(hub)["spec"]
    [container], [volume] = spec["containers"], spec["volumes"]
    assert spec["automountServiceAccountToken"] is False
    assert list(volume) == ["name", "emptyDir"] and container["volumeMounts"] == [{"name": volume["name"], "mountPath": FOLDER}]
    security = container["securityContext"]
    assert security["allowPrivilegeEscalation"] is False and security["runAsNonRoot"] is True
    assert security["capabilities"] == {"drop": ["ALL"]} and security["seccompProfile"] == {"type": "RuntimeDefault"}


@pytest.mark.parametrize(("need", "limit"), [(0, "256Mi"), (100 * MIB, "256Mi"), (193 * MIB, "257Mi"), (3000 * MIB, "3064Mi")])
def test_the_room_it_needs_is_asked_for_and_its_limit(hub: MemoryHub, need: int, limit: str) -> None:
    spec = used(hub, need)["spec"]
    assert spec["volumes"][0]["emptyDir"] == {"sizeLimit": limit}
    assert spec["containers"][0]["resources"]["requests"]["ephemeral-storage"] == limit


def test_gone_also_when_the_drill_fails(hub: MemoryHub) -> None:
    with pytest.raises(ValueError), scratch_pod(hub, "clusters", "image", 0, 60, lambda _line: None):
        raise ValueError
    assert pods(hub) == []


@pytest.mark.parametrize(
    ("phase", "waiting", "at", "said"),
    [
        ("Failed", "", 2, "its phase is Failed"),
        ("Succeeded", "", 2, "its phase is Succeeded"),
        ("Pending", "InvalidImageName", 2, "InvalidImageName"),
        ("Pending", "ErrImageNeverPull", 2, "ErrImageNeverPull"),
        ("Pending", "ImagePullBackOff", 60, "its phase is Pending ImagePullBackOff"),
        ("Pending", "", 60, "its phase is Pending"),
    ],
)
def test_a_pod_that_never_runs_is_said_and_gone(hub: MemoryHub, phase: str, waiting: str, at: float, said: str) -> None:
    """What may still come is waited for; what cannot is not."""
    hub.script = [(2, becomes(phase, waiting))]
    with pytest.raises(HypershiftError, match=said) as caught:
        used(hub)
    assert caught.value.failure.object == f"Pod clusters/{NAME}"
    assert "quota" in caught.value.failure.next_step
    assert hub.seconds == pytest.approx(at, abs=0.1)
    assert pods(hub) == []
