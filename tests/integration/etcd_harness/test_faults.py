# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Commands that misbehave on demand, seen through exec."""

from __future__ import annotations

import subprocess

import pytest

from embedded_hub.testing import Kubectl
from etcd_harness.conftest import Create
from hosted_etcd import HostedEtcd
from hosted_etcd.faults import Kind

SIZE = 1_000_000
OUTPUT = ("head", "-c", str(SIZE), "/dev/zero")


@pytest.fixture(scope="module")
def etcd(create: Create) -> HostedEtcd:
    return create(replicas=1)


def execute(kubectl: Kubectl, etcd: HostedEtcd, *command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return kubectl.run("-n", etcd.namespace, "exec", "-i", "-c", "etcd", "etcd-0", "--", *command, stdin=stdin)


@pytest.mark.parametrize(("kind", "after", "code"), [("close", 500_000, 0), ("exit", 10, 7), ("kill", 300_000, 137)])
def test_output_ends_early_once(etcd: HostedEtcd, kubectl: Kubectl, kind: Kind, after: int, code: int) -> None:
    fault = etcd.fault("^head .*zero$", kind, after=after)
    broken, whole = execute(kubectl, etcd, *OUTPUT), execute(kubectl, etcd, *OUTPUT)
    assert (broken.returncode, len(broken.stdout)) == (code, after)
    assert (whole.returncode, len(whole.stdout)) == (0, SIZE)
    assert fault.hits == 1


def test_a_stall_lasts_until_the_client_goes(etcd: HostedEtcd, kubectl: Kubectl) -> None:
    fault = etcd.fault("^head .*zero$", "stall", after=1000)
    argv = [kubectl.program, "--kubeconfig", str(kubectl.kubeconfig), "-n", etcd.namespace, "exec", "-c", "etcd", "etcd-0", "--", *OUTPUT]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        assert len(client.stdout.read(1000)) == 1000
        with pytest.raises(subprocess.TimeoutExpired):
            client.wait(1)
        client.kill()
    assert fault.hits == 1
    assert len(execute(kubectl, etcd, *OUTPUT).stdout) == SIZE


def test_a_writer_meets_a_full_disk(etcd: HostedEtcd, kubectl: Kubectl) -> None:
    etcd.fault("cat > ", "enospc", after=1234)
    broken = execute(kubectl, etcd, "sh", "-c", "cat > /var/lib/file", stdin=b"a" * 5000)
    assert (broken.returncode, b"No space left on device" in broken.stderr) == (1, True)
    assert etcd.run("stat", "-c", "%s", "/var/lib/file") == "1234\n"
    assert execute(kubectl, etcd, "sh", "-c", "cat > /var/lib/file", stdin=b"a" * 5000).returncode == 0
    assert etcd.run("stat", "-c", "%s", "/var/lib/file") == "5000\n"


def test_a_cleared_fault_does_not_strike(etcd: HostedEtcd, kubectl: Kubectl) -> None:
    fault = etcd.fault("^head .*zero$", "exit", times=5)
    fault.clear()
    assert execute(kubectl, etcd, *OUTPUT).returncode == 0
    assert fault.hits == 0
