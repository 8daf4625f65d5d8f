# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The published restore procedure on real etcd: every member healthy, and what they hold differs (platform_facts#8.3)."""

from __future__ import annotations

import pytest

from embedded_hub.testing import Kubectl
from etcd_harness.conftest import Create
from etcd_harness.looking import published, restore_helper
from hosted_etcd import HostedEtcd

SNAPSHOT = "/var/lib/snapshot.db"


@pytest.fixture(scope="module")
def etcd(create: Create) -> HostedEtcd:
    return create()


def restore(etcd: HostedEtcd) -> list[str]:
    """Step 8 of the procedure."""
    members = [f"etcd-{number}=https://etcd-{number}.etcd-discovery.{etcd.namespace}.svc:2380" for number in range(3)]
    return [
        *("etcdutl", "snapshot", "restore", SNAPSHOT, "--data-dir=/var/lib/data", "--skip-hash-check", "--name", "etcd-0"),
        *("--initial-cluster-token=etcd-cluster", "--initial-cluster", ",".join(members)),
        *("--initial-advertise-peer-urls", members[0].partition("=")[2]),
    ]


def test_the_published_order_makes_members_differ_though_all_are_healthy(etcd: HostedEtcd, kubectl: Kubectl) -> None:
    etcd.put_many("/kept/", 300)
    etcd.ctl("snapshot", "save", SNAPSHOT)
    etcd.pause()
    etcd.scale(0)
    etcd.wait_ready(0)
    kubectl("-n", etcd.namespace, "delete", "pvc", "data-etcd-1", "data-etcd-2", "--wait")
    image = etcd.stateful_set["spec"]["template"]["spec"]["containers"][0]["image"]
    kubectl.apply(restore_helper(etcd.namespace, image))
    kubectl("-n", etcd.namespace, "rollout", "status", "deployment/etcd-data", "--timeout=20s")
    access = ["-n", etcd.namespace, "exec", "-c", "access", "deployment/etcd-data", "--"]
    kubectl(*access, "rm", "-rf", "/var/lib/data")
    kubectl(*access, *restore(etcd))
    kubectl(*access, "rm", SNAPSHOT)
    kubectl("-n", etcd.namespace, "delete", "deployment/etcd-data", "--cascade=foreground", "--wait")
    etcd.scale(3)
    etcd.wait_ready(3)

    assert published(kubectl, etcd, "endpoint", "health", "--cluster", "-w", "table").count(" true ") == 3
    etcd.put_many("/after/", 1)
    counts = [len(etcd.keys("", number)) for number in range(3)]  # linearizable: each asks the leader how far it must be
    assert counts == [301, 1, 1]
    hashes = etcd.hashkv()
    assert len(hashes) == 3
    assert hashes["etcd-0"].hash != hashes["etcd-1"].hash
