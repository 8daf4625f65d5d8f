# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Workloads: real controllers, kwok's pods, our volumes, and what can be done with a pod."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from embedded_hub import Container, EmbeddedHub
from embedded_hub.paths import CHECKOUT
from embedded_hub.testing import NAMESPACE, Kubectl, until

SIZE = 3_000_000


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    path = tmp_path / "up.bin"
    path.write_bytes(os.urandom(SIZE))
    return path


def test_stateful_set_with_volumes_over_three_zones(kubectl: Kubectl, stateful_set: str) -> None:
    claims = kubectl.get("-n", NAMESPACE, "pvc")["items"]
    assert [(claim["metadata"]["name"], claim["status"]["phase"]) for claim in claims] == [
        (f"data-{stateful_set}-{number}", "Bound") for number in range(3)
    ]
    zones = {node["metadata"]["name"]: node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in kubectl.get("nodes")["items"]}
    pods = kubectl.get("-n", NAMESPACE, "pod", "-l", "app=web")["items"]
    assert len({zones[pod["spec"]["nodeName"]] for pod in pods}) == 3
    assert all(status["started"] and status["ready"] for pod in pods for status in pod["status"]["containerStatuses"])
    assert {pod["status"]["initContainerStatuses"][0]["state"]["terminated"]["reason"] for pod in pods} == {"Completed"}


def test_job_completes(kubectl: Kubectl) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "example.com/job"}]}}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once", "namespace": NAMESPACE}, "spec": {"template": template}}
    kubectl.apply(job)
    until("the Job is complete", lambda: kubectl.get("-n", NAMESPACE, "job/once")["status"].get("succeeded") == 1)
    kubectl("-n", NAMESPACE, "delete", "job/once", "--wait")


def test_volume_goes_with_its_claim(kubectl: Kubectl) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    kubectl.apply(
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "short", "namespace": NAMESPACE}, "spec": spec}
    )
    until("the claim is bound", lambda: kubectl.get("-n", NAMESPACE, "pvc/short")["status"]["phase"] == "Bound")
    volume = kubectl.get("-n", NAMESPACE, "pvc/short")["spec"]["volumeName"]
    kubectl("-n", NAMESPACE, "delete", "pvc/short", "--wait")
    until("the volume is gone", lambda: volume not in kubectl("get", "pv", "-o", "name"))


def test_pod_with_a_life_of_its_own_is_left_alone(kubectl: Kubectl) -> None:
    labels = {"embedded-hub.hypershift.core/life": "external"}
    spec = {"containers": [{"name": "main", "image": "example.com/main"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "external", "namespace": NAMESPACE, "labels": labels}, "spec": spec}
    other = {**pod, "metadata": {"name": "ordinary", "namespace": NAMESPACE}}
    kubectl.apply(pod, other)
    until("the other pod runs", lambda: kubectl.get("-n", NAMESPACE, "pod/ordinary")["status"]["phase"] == "Running")
    found = kubectl.get("-n", NAMESPACE, "pod/external")
    assert found["spec"]["nodeName"]
    assert found["status"]["phase"] == "Pending"
    kubectl("-n", NAMESPACE, "delete", "pod/external", "pod/ordinary", "--force", "--grace-period=0")


@pytest.mark.parametrize(("script", "code"), [("true", 0), ("exit 7", 7), ("no-such-program", 127)])
def test_exec_gives_the_exit_code(kubectl: Kubectl, pod: str, script: str, code: int) -> None:
    assert kubectl.run("-n", NAMESPACE, "exec", pod, "--", "sh", "-c", script).returncode == code


def test_exec_of_a_missing_program(kubectl: Kubectl, pod: str) -> None:
    answer = kubectl.run("-n", NAMESPACE, "exec", pod, "--", "no-such-program")
    assert answer.returncode == 127
    assert b"no-such-program" in answer.stderr


def test_exec_reads_its_input_to_the_end(kubectl: Kubectl, pod: str) -> None:
    assert kubectl("-n", NAMESPACE, "exec", "-i", pod, "--", "sh", "-c", "cat; echo end", stdin=b"text\n") == "text\nend\n"


def test_exec_sees_the_volume_and_nothing_to_write_beside(hub: EmbeddedHub, kubectl: Kubectl, pod: str) -> None:
    kubectl("-n", NAMESPACE, "exec", pod, "--", "sh", "-c", "echo here > /var/lib/mark")
    assert (hub.volume(NAMESPACE, "data-web-0") / "mark").read_text() == "here\n"
    answer = kubectl.run("-n", NAMESPACE, "exec", pod, "--", "sh", "-c", "echo x > /usr/bin/x")
    assert b"Read-only" in answer.stderr


def test_cp_both_ways(kubectl: Kubectl, pod: str, payload: Path) -> None:
    back = payload.with_name("down.bin")
    kubectl("-n", NAMESPACE, "cp", str(payload), f"{pod}:/var/lib/cp.bin")
    kubectl("-n", NAMESPACE, "cp", f"{pod}:/var/lib/cp.bin", str(back))
    assert digest(back) == digest(payload)


def test_logs(kubectl: Kubectl, pod: str) -> None:
    assert kubectl("-n", NAMESPACE, "logs", pod) == "one\ntwo\nthree\n"
    assert kubectl("-n", NAMESPACE, "logs", pod, "--tail=1") == "three\n"


def test_a_pod_with_nothing_behind_it_says_so(kubectl: Kubectl, stateful_set: str) -> None:
    answer = kubectl.run("-n", NAMESPACE, "exec", f"{stateful_set}-2", "--", "true")
    assert answer.returncode != 0
    assert b"has nothing behind it" in answer.stderr


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A server that sends back the first thing it is sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _peer = server.accept()
            with connection:
                connection.sendall(connection.recv(100))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]


def test_port_forward(hub: EmbeddedHub, kubectl: Kubectl, stateful_set: str, echo_port: int) -> None:
    name = f"{stateful_set}-1"
    hub.register_container(NAMESPACE, name, "main", Container(ports={"2379": f"127.0.0.1:{echo_port}"}))
    argv = [kubectl.program, "--kubeconfig", str(kubectl.kubeconfig), "-n", NAMESPACE, "port-forward", name, ":2379"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as forward:
        assert forward.stdout is not None
        first = forward.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+) -> 2379", first)
        assert found, first
        with socket.create_connection(("127.0.0.1", int(found[1])), timeout=30) as connection:
            connection.sendall(b"hello")
            assert connection.recv(100) == b"hello"
        forward.terminate()


def play(hub: EmbeddedHub, tasks: list[dict[str, object]], tmp_path: Path) -> str:
    """Run tasks by ansible-playbook and give what it printed."""
    file = tmp_path / "play.yml"
    file.write_text(yaml.safe_dump([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]))
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / "build" / "collections"),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_HOME": str(tmp_path / "ansible"),
        "K8S_AUTH_KUBECONFIG": str(hub.kubeconfig),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
    }
    program = Path(sys.executable).with_name("ansible-playbook")
    answer = subprocess.run([program, str(file)], capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def test_kubernetes_core_exec_and_copy(hub: EmbeddedHub, pod: str, payload: Path, tmp_path: Path) -> None:
    target = {"namespace": NAMESPACE, "pod": pod, "container": "main"}
    back = tmp_path / "back.bin"
    tasks: list[dict[str, object]] = [
        {
            "kubernetes.core.k8s_exec": {**target, "command": "sh -c 'echo out; echo err >&2; exit 7'"},
            "register": "answer",
            "failed_when": "answer.rc != 7 or answer.stdout_lines != ['out'] or answer.stderr_lines != ['err']",
        },
        {"kubernetes.core.k8s_cp": {**target, "state": "to_pod", "local_path": str(payload), "remote_path": "/var/lib/k8s_cp.bin"}},
        {"kubernetes.core.k8s_cp": {**target, "state": "from_pod", "local_path": str(back), "remote_path": "/var/lib/k8s_cp.bin"}},
    ]
    assert "failed=0" in play(hub, tasks, tmp_path)
    assert digest(hub.volume(NAMESPACE, "data-web-0") / "k8s_cp.bin") == digest(payload)
    assert digest(back) == digest(payload)
