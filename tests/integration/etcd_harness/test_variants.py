# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One member, etcd 3.5, shards, and claims that go when the StatefulSet is scaled down."""

from __future__ import annotations

import pytest

from embedded_hub import EmbeddedHub, HubError
from embedded_hub.testing import Kubectl
from etcd_harness.conftest import Create
from hosted_etcd import HostedEtcd


def test_one_member_of_3_5_has_etcdctl_alone(create: Create) -> None:
    etcd = create(replicas=1, version="3.5")
    etcd.put_many("/a/", 50)
    with pytest.raises(HubError, match="ended with 1"):
        etcd.run("test", "-x", "/usr/bin/etcdutl")
    etcd.ctl("snapshot", "save", "/tmp/snapshot.db")
    status = etcd.run("env", "ETCDCTL_API=3", "etcdctl", "snapshot", "status", "/tmp/snapshot.db", "-w", "json")
    assert '"totalKey":' in status
    etcd.run("etcdctl", "snapshot", "restore", "/tmp/snapshot.db", "--data-dir=/tmp/restored")
    assert etcd.run("etcd", "--version").startswith("etcd Version: 3.5.")
    assert len(etcd.hashkv()) == 1


def test_scaled_down_with_deletion_the_claims_go(create: Create, kubectl: Kubectl) -> None:
    etcd = create(replicas=1, when_scaled="Delete")
    folder = etcd.volume(0)
    etcd.pause()
    etcd.scale(0)
    etcd.wait_ready(0)
    etcd.wait("the claims are gone", lambda: not kubectl.get("-n", etcd.namespace, "pvc")["items"], 20)
    etcd.wait("the data is gone", lambda: not folder.exists(), 20)


def test_two_shards_are_two_clusters(create: Create, hub: EmbeddedHub) -> None:
    etcd = create(replicas=1, shards=("etcd", "etcd-events"))
    events = HostedEtcd(hub, "clusters", etcd.name, "etcd-events")
    etcd.put_many("/a/", 30)
    events.put_many("/b/", 40)
    assert (len(etcd.keys()), len(events.keys())) == (30, 40)
    assert [pod["metadata"]["name"] for pod in events.pods()] == ["etcd-events-0"]
    assert events.volume(0) != etcd.volume(0)
    events.scale(0)
    etcd.wait("EtcdAvailable is False without one shard", lambda: etcd.condition("EtcdAvailable") == "False", 20)
    etcd.wait("the operator brings it back", lambda: etcd.condition("EtcdAvailable") == "True", 30)
    assert len(events.keys()) == 40
