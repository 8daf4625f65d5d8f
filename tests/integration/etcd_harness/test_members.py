# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Three real members: health, exec, recovery of one, pause and scale. One cluster for all, in this order."""

from __future__ import annotations

import json

import pytest

from embedded_hub.testing import Kubectl, until
from etcd_harness.conftest import Create
from etcd_harness.looking import container, failing, ids, published, restore_helper
from hosted_etcd import HostedEtcd


@pytest.fixture(scope="module")
def etcd(create: Create) -> HostedEtcd:
    one = create()
    one.put_many("/start/", 300)
    return one


def test_three_members_hold_the_same(etcd: HostedEtcd) -> None:
    hashes = etcd.hashkv()
    assert sorted(hashes) == ["etcd-0", "etcd-1", "etcd-2"]
    assert len(set(hashes.values())) == 1
    assert [len(etcd.keys("/start/", number, serializable=True)) for number in range(3)] == [300, 300, 300]


def test_the_published_commands_work_through_exec(etcd: HostedEtcd, kubectl: Kubectl) -> None:
    table = published(kubectl, etcd, "endpoint", "health", "--cluster", "-w", "table")
    assert table.count(" true ") == 3
    found = json.loads(published(kubectl, etcd, "endpoint", "status", "--cluster", "-w", "json"))
    assert len({entry["Status"]["leader"] for entry in found}) == 1
    assert len({entry["Status"]["header"]["cluster_id"] for entry in found}) == 1
    assert {entry["name"] for entry in json.loads(published(kubectl, etcd, "member", "list", "-w", "json"))["members"]} == set(
        etcd.hashkv()
    )
    assert published(kubectl, etcd, "alarm", "list") == ""


def test_the_pods_look_like_those_of_the_platform(etcd: HostedEtcd, kubectl: Kubectl) -> None:
    names = {status["name"]: status["ready"] for status in kubectl.get("-n", etcd.namespace, "pod/etcd-0")["status"]["containerStatuses"]}
    assert names == dict.fromkeys(("etcd", "etcd-metrics", "healthz", "etcd-defrag"), True)
    assert etcd.run("sh", "-c", "ls /var/lib/data/member/snap/db && test -x /usr/bin/etcdutl").strip() == "/var/lib/data/member/snap/db"
    assert etcd.volume(0).joinpath("data/member/snap/db").exists()
    assert "ready to serve client requests" in kubectl("-n", etcd.namespace, "logs", "etcd-0", "-c", "etcd")


def test_a_client_without_certificate_is_refused(etcd: HostedEtcd, kubectl: Kubectl) -> None:
    words = ["etcdctl", "--cacert", "/etc/etcd/tls/etcd-ca/ca.crt", "--endpoints=https://etcd-client:2379", "member", "list"]
    answer = kubectl.run("-n", etcd.namespace, "exec", "-c", "etcd", "etcd-0", "--", *words)
    assert answer.returncode == 1


def test_a_crashed_member_comes_back_while_keys_are_written(etcd: HostedEtcd) -> None:
    before = container(etcd, 1)["restartCount"]
    with etcd.load(50) as load:
        etcd.kill(1)
        etcd.wait("the member is restarted", lambda: container(etcd, 1)["restartCount"] > before and container(etcd, 1)["ready"])
        etcd.wait("keys are written", lambda: len(load.acknowledged) > 20)
    found = etcd.keys("load/")
    assert load.acknowledged.items() <= found.items()
    etcd.wait("all hold the same", lambda: len(set(etcd.hashkv().values())) == 1 and len(etcd.hashkv()) == 3)


def test_one_lost_disk_is_a_failing_pod_that_a_new_claim_heals(etcd: HostedEtcd, kubectl: Kubectl) -> None:
    before = ids(etcd)
    etcd.destroy_data(2)
    etcd.wait("the member fails", lambda: failing(etcd, 2))
    assert etcd.condition("EtcdAvailable") == "True"
    kubectl("-n", etcd.namespace, "delete", "pvc/data-etcd-2", "pod/etcd-2", "--wait=false")
    until("the pod is a new one", lambda: "etcd-2" in etcd.hashkv(), 30)
    etcd.wait_ready(3)
    after = ids(etcd)
    assert {name for name in after if after[name] != before[name]} == {"etcd-2"}
    assert len(etcd.keys("/start/", 2, serializable=True)) == 300
    assert len(set(etcd.hashkv().values())) == 1


def test_the_operator_reverts_replicas_unless_it_is_paused(etcd: HostedEtcd, kubectl: Kubectl) -> None:
    etcd.scale(2, "deployments", "openshift-apiserver")
    etcd.scale(2)
    until("both are back", lambda: etcd.stateful_set["spec"]["replicas"] == 3 and writers(etcd, kubectl) == [3], 20)
    etcd.wait_ready(3)
    etcd.pause()
    etcd.scale(0, "deployments", "openshift-apiserver")
    until("its pods are gone", lambda: not etcd.pods("app=openshift-apiserver"), 20)
    assert writers(etcd, kubectl) == [0]


def writers(etcd: HostedEtcd, kubectl: Kubectl) -> list[int]:
    return [kubectl.get("-n", etcd.namespace, "deployment/openshift-apiserver")["spec"]["replicas"]]


def test_scaled_to_zero_and_back_under_pause_keeps_the_data(etcd: HostedEtcd, kubectl: Kubectl) -> None:
    before = etcd.keys()
    etcd.scale(0)
    etcd.wait_ready(0)
    etcd.wait("EtcdAvailable is False", lambda: etcd.condition("EtcdAvailable") == "False")
    image = etcd.stateful_set["spec"]["template"]["spec"]["containers"][0]["image"]
    kubectl.apply(restore_helper(etcd.namespace, image))
    kubectl("-n", etcd.namespace, "rollout", "status", "deployment/etcd-data", "--timeout=20s")
    words = ["exec", "-c", "access", "deployment/etcd-data", "--"]
    assert int(kubectl("-n", etcd.namespace, *words, "stat", "-c", "%s", "/var/lib/data/member/snap/db")) > 20_000
    kubectl("-n", etcd.namespace, "delete", "deployment/etcd-data", "--cascade=foreground", "--wait")
    etcd.scale(3)
    etcd.wait_ready(3)
    assert etcd.keys() == before
    etcd.pause(False)
    until("the writers are back", lambda: writers(etcd, kubectl) == [3], 20)
    etcd.wait("HostedCluster is Available", lambda: etcd.condition("Available") == "True")
