# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A pod on a member's volume: whether it works, and why it does not."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore.volume_pod import claim, failure, is_over, is_ready, trouble

NAME = "restore"


def pod(phase: str = "Pending", state: dict[str, Any] | None = None, deleting: bool = False, **status: Any) -> dict[str, Any]:
    meta = {"name": "etcd-0-restore", **({"deletionTimestamp": "2026-01-01T00:00:00Z"} if deleting else {})}
    statuses = [{"name": NAME, "state": state}] if state is not None else []
    return {"metadata": meta, "status": {"phase": phase, "containerStatuses": statuses, **status}}


def scheduled(status: str, **more: Any) -> dict[str, Any]:
    return {"conditions": [{"type": "Initialized", "status": "False"}, {"type": "PodScheduled", "status": status, **more}]}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "not there"),
        (pod("Running", {"running": {}}, deleting=True), "being deleted"),
        (pod(state={"waiting": {"reason": "ImagePullBackOff", "message": "Back-off\n pulling"}}), "ImagePullBackOff Back-off pulling"),
        (pod(state={"waiting": {"reason": "ContainerCreating"}}), "ContainerCreating"),
        (pod(state={"waiting": {}}, **scheduled("True")), "Pending"),
        (pod(**scheduled("False", reason="Unschedulable", message="0/3 nodes are available")), "0/3 nodes are available"),
        (pod(**scheduled("False", reason="Unschedulable")), "Unschedulable"),
        (pod("Failed"), "Failed"),
        ({"metadata": {}}, "Pending"),
    ],
)
def test_why_it_does_not_run(found: dict[str, Any] | None, words: str) -> None:
    assert trouble(found) == words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, ""),
        (pod("Running"), ""),
        (pod("Failed", {"terminated": {"message": "no space left", "exitCode": 1}}), "no space left"),
        (pod("Failed", {"terminated": {"reason": "OOMKilled", "exitCode": 137}}), "OOMKilled with status 137"),
        (pod("Failed", {"terminated": {"exitCode": 2}}), "it ended with status 2"),
        (pod("Failed", {"running": {}}, message="the node was lost"), "the node was lost"),
        (pod("Failed", reason="Evicted"), "Evicted"),
        (pod("Failed"), "it failed"),
    ],
)
def test_what_a_command_ended_with(found: dict[str, Any] | None, words: str) -> None:
    assert failure(found) == words


@pytest.mark.parametrize(
    ("found", "ready", "over"),
    [
        (pod("Running", {"running": {}}), True, False),
        (pod("Running", {"running": {}}, deleting=True), False, False),
        (pod("Running", {"waiting": {}}), False, False),
        (pod("Failed"), False, True),
        (pod("Succeeded"), False, True),
    ],
)
def test_whether_it_works(found: dict[str, Any], ready: bool, over: bool) -> None:
    assert (is_ready(found), is_over(found)) == (ready, over)


def test_a_claim_is_made_as_its_own_template_says() -> None:
    log = {"metadata": {"name": "log"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}
    data = {
        "metadata": {"name": "data", "labels": {"a": "b"}, "annotations": {"kept": "yes"}},
        "spec": {"resources": {"requests": {"storage": "8Gi"}}},
    }
    owner = {
        "metadata": {"name": "etcd", "namespace": "clusters-demo"},
        "spec": {"selector": {"matchLabels": {"app": "etcd"}}, "volumeClaimTemplates": [log, data]},
    }
    body = claim(owner, "data-etcd-0")
    assert body["spec"] == data["spec"] and body["metadata"]["labels"] == {"a": "b", "app": "etcd"}
    assert body["metadata"]["annotations"] == {"kept": "yes"} and "annotations" not in claim(owner, "log-etcd-0")["metadata"]
    assert claim({**owner, "spec": {}}, "data-etcd-0")["spec"] == {}
