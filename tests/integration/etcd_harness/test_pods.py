# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pods of our images run their commands, whoever makes them; all others stay kwok's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from embedded_hub.testing import NAMESPACE, Kubectl, until
from pod_runner.volumes import VOLUME_BYTES

IMAGE = "embedded-hub.local/etcd:3.6"


def pod(name: str, *containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    whole = {"containers": list(containers), "terminationGracePeriodSeconds": 1, **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": NAMESPACE}, "spec": whole}


def shell(script: str, name: str = "main", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": IMAGE, "command": ["sh", "-c", script], **more}


@pytest.fixture(autouse=True)
def clean(kubectl: Kubectl) -> Iterator[None]:
    yield
    kubectl("-n", NAMESPACE, "delete", "pod,job", "--all", "--force", "--grace-period=0")


def phase(kubectl: Kubectl, name: str) -> str:
    return str(kubectl.get("-n", NAMESPACE, "pod", name)["status"]["phase"])


def status(kubectl: Kubectl, name: str, container: str = "main") -> dict[str, Any]:
    found = kubectl.get("-n", NAMESPACE, "pod", name)["status"].get("containerStatuses", [])
    return next((one for one in found if one["name"] == container), {})


@pytest.mark.parametrize(
    ("script", "end", "code"), [("echo done", "Succeeded", 0), ("exit 3", "Failed", 3), ("no-such-program", "Failed", 127)]
)
def test_a_command_that_ends_ends_its_pod(kubectl: Kubectl, script: str, end: str, code: int) -> None:
    kubectl.apply(pod("once", shell(script), restartPolicy="Never"))
    until("it has ended", lambda: phase(kubectl, "once") == end)
    assert status(kubectl, "once")["state"]["terminated"]["exitCode"] == code


def test_a_crashing_container_is_restarted_with_pauses(kubectl: Kubectl) -> None:
    kubectl.apply(pod("crash", shell("exit 1"), shell("sleep 1000", "other")))
    until("it backs off", lambda: status(kubectl, "crash").get("state", {}).get("waiting", {}).get("reason") == "CrashLoopBackOff")
    assert status(kubectl, "crash")["restartCount"] >= 1
    assert status(kubectl, "crash", "other")["ready"]
    conditions = {entry["type"]: entry["status"] for entry in kubectl.get("-n", NAMESPACE, "pod/crash")["status"]["conditions"]}
    assert conditions["Ready"] == "False"


def test_containers_share_volumes_and_commands_the_container(kubectl: Kubectl) -> None:
    mounts = [{"name": "shared", "mountPath": "/not/on/this/machine"}]
    first = shell("echo from-init > /not/on/this/machine/word", "init", volumeMounts=mounts)
    main = shell("sleep 1000", volumeMounts=mounts)
    kubectl.apply(pod("share", main, initContainers=[first], volumes=[{"name": "shared", "emptyDir": {}}]))
    kubectl("-n", NAMESPACE, "wait", "pod/share", "--for=condition=Ready", "--timeout=20s")
    run = ["-n", NAMESPACE, "exec", "share", "--"]
    assert kubectl(*run, "cat", "/not/on/this/machine/word") == "from-init\n"
    kubectl(*run, "sh", "-c", "echo kept > /tmp/word")
    assert kubectl(*run, "cat", "/tmp/word") == "kept\n"


def test_a_job_runs_its_command(kubectl: Kubectl) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [shell("echo from the job")]}}
    kubectl.apply(
        {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "job", "namespace": NAMESPACE}, "spec": {"template": template}}
    )
    kubectl("-n", NAMESPACE, "wait", "job/job", "--for=condition=Complete", "--timeout=20s")
    assert kubectl("-n", NAMESPACE, "logs", "job/job") == "from the job\n"


def test_a_deleted_pod_ends_its_processes_in_its_grace(kubectl: Kubectl) -> None:
    script = "trap 'echo asked to end; exit 0' TERM; while true; do sleep 0.1; done"
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    kubectl.apply(
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "kept", "namespace": NAMESPACE}, "spec": claim}
    )
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "kept"}}]
    mounts = [{"name": "data", "mountPath": "/data"}]
    kubectl.apply(pod("going", shell(script.replace("echo asked to end", "echo end > /data/word"), volumeMounts=mounts), volumes=volumes))
    kubectl("-n", NAMESPACE, "wait", "pod/going", "--for=condition=Ready", "--timeout=20s")
    kubectl("-n", NAMESPACE, "delete", "pod/going", "--wait")
    kubectl.apply(pod("after", shell("cat /data/word; sleep 1000", volumeMounts=mounts), volumes=volumes))
    kubectl("-n", NAMESPACE, "wait", "pod/after", "--for=condition=Ready", "--timeout=20s")
    until("its output is there", lambda: kubectl("-n", NAMESPACE, "logs", "after") == "end\n")
    kubectl("-n", NAMESPACE, "delete", "pod/after", "pvc/kept", "--wait")


def test_a_pod_that_lacks_something_says_what(kubectl: Kubectl) -> None:
    kubectl.apply(pod("lacking", shell("true"), volumes=[{"name": "s", "secret": {"secretName": "nowhere"}}]))
    until("it says so", lambda: 'secret "nowhere" not found' in str(status(kubectl, "lacking")))
    assert phase(kubectl, "lacking") == "Pending"


def test_a_volume_with_a_size_is_full_after_that_or_tells_that_it_takes_root(kubectl: Kubectl) -> None:
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    metadata = {"name": "small", "namespace": NAMESPACE, "annotations": {VOLUME_BYTES: str(1 << 20)}}
    kubectl.apply({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": claim})
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "small"}}]
    kubectl.apply(pod("sized", shell("sleep 1000", volumeMounts=[{"name": "data", "mountPath": "/data"}]), volumes=volumes))
    if os.geteuid() != 0:
        until("it says so", lambda: "needs root to mount" in str(status(kubectl, "sized")))
    else:
        kubectl("-n", NAMESPACE, "wait", "pod/sized", "--for=condition=Ready", "--timeout=20s")
        answer = kubectl.run("-n", NAMESPACE, "exec", "sized", "--", "dd", "if=/dev/zero", "of=/data/big", "bs=64k", "count=32")
        assert answer.returncode == 1
        assert b"No space left on device" in answer.stderr
    kubectl("-n", NAMESPACE, "delete", "pod/sized", "pvc/small", "--force", "--grace-period=0")
