# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pause: how the value is read, and what does and does not stop."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hypershift_simulator.pause import parse
from simulator.fake_management_cluster import FakeManagementCluster
from simulator.manifests import NEXT_IMAGE, hosted_cluster, node_pool, pull_secret

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HC = ("HostedCluster", "clusters", "demo")
NP = ("NodePool", "clusters", "demo")
HCP = ("HostedControlPlane", "clusters-demo", "demo")


@pytest.mark.parametrize(
    ("value", "paused", "valid"),
    [
        (None, False, True),
        ("true", True, True),
        ("True", True, True),
        ("false", False, True),
        ("False", False, True),
        ("2026-03-03T13:00:00Z", True, True),
        ("2026-03-03T13:00:00+02:00", False, True),
        ("2026-03-03T13:00:00.5Z", True, True),
        ("2026-03-03T11:59:59Z", False, True),
        ("2026-03-03T13:00:00", False, False),
        ("2026-03-03T13:00:00+0000", False, False),
        ("2026-13-03T13:00:00Z", False, False),
    ],
)
def test_the_edge_table(value: str | None, paused: bool, valid: bool) -> None:
    found = parse(value, NOW)
    assert (found.paused, found.valid) == (paused, valid)


def test_what_the_condition_says() -> None:
    assert parse("true", NOW).condition("ReconciliationActive", "AsExpected").message == "Reconciliation paused until field removed"
    until = parse("2026-03-03T13:00:00Z", NOW).condition("ReconciliationActive", "AsExpected")
    assert until.message == "Reconciliation paused until: 2026-03-03T13:00:00Z"
    ignored = parse("2026-03-03T13:00:00", NOW).condition("ReconciliationActive", "AsExpected")
    assert (ignored.status, ignored.reason) == ("True", "InvalidPausedUntilValue")


def test_a_paused_cluster_passes_it_on_and_resumes_when_the_field_goes(installed: FakeManagementCluster) -> None:
    hub = installed
    infra_id = hub.get(*HC)["spec"]["infraID"]
    hub.patch(*HC, {"spec": {"pausedUntil": "true"}})
    hub.run(10)
    assert hub.condition(*HC, "ReconciliationActive")["reason"] == "ReconciliationPaused"
    progressing = hub.condition(*HC, "Progressing")
    assert (progressing["status"], progressing["reason"]) == ("False", "Blocked")
    assert progressing["message"] == "ReconciliationActive condition is false: Reconciliation paused until field removed"
    assert hub.get(*HCP)["spec"]["pausedUntil"] == "true"
    assert hub.get("Cluster", "clusters-demo", infra_id)["spec"]["paused"] is True
    assert hub.condition(*NP, "ReconciliationActive")["status"] == "True", "pools are not paused with their cluster"
    hub.patch(*HC, {"spec": {"pausedUntil": None}})
    hub.run(10)
    assert hub.condition(*HC, "ReconciliationActive")["reason"] == "AsExpected"
    assert "pausedUntil" not in hub.get(*HCP)["spec"]
    assert hub.get("Cluster", "clusters-demo", infra_id)["spec"]["paused"] is False


def test_nothing_is_rolled_out_while_paused(installed: FakeManagementCluster) -> None:
    hub = installed
    hub.patch(*HC, {"spec": {"pausedUntil": "true"}})
    hub.run(10)
    hub.patch(*HC, {"spec": {"release": {"image": NEXT_IMAGE}}})
    hub.run(600)
    assert hub.get(*HCP)["spec"]["releaseImage"] != NEXT_IMAGE
    assert hub.get(*HC)["status"]["version"]["desired"]["version"] == "4.21.3"
    hub.patch(*HC, {"spec": {"pausedUntil": None}})
    hub.run(1500)
    assert hub.get(*HC)["status"]["version"]["history"][0]["version"] == "4.22.1"


def test_a_cluster_that_is_created_paused_gets_status_and_finalizer_and_nothing_else(hub: FakeManagementCluster) -> None:
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster(pausedUntil="true"))
    hub.run(600)
    hc = hub.get(*HC)
    assert hc["metadata"]["finalizers"] == ["hypershift.openshift.io/finalizer"]
    assert "infraID" not in hc["spec"] and "clusterID" not in hc["spec"]
    assert hub.store.get("Namespace", "", "clusters-demo") is None
    assert hub.condition(*HC, "ReconciliationActive")["status"] == "False"


def test_a_pause_with_an_end_ends_by_itself(installed: FakeManagementCluster) -> None:
    hub = installed
    until = datetime.fromtimestamp(hub.now.timestamp() + 120, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    hub.patch(*HC, {"spec": {"pausedUntil": until}})
    hub.run(100)
    assert hub.condition(*HC, "ReconciliationActive")["status"] == "False"
    hub.run(30)
    assert hub.condition(*HC, "ReconciliationActive")["status"] == "True"
    assert hub.get(*HC)["spec"]["pausedUntil"] == until, "the field stays"
    assert hub.get(*HCP)["spec"]["pausedUntil"] == until


def test_a_paused_pool_does_not_move_and_marks_its_deployment(installed: FakeManagementCluster) -> None:
    hub = installed
    hub.patch(*NP, {"spec": {"pausedUntil": "true"}})
    hub.run(10)
    hub.patch(*NP, {"spec": {"replicas": 5}})
    hub.run(600)
    deployment = hub.get("MachineDeployment", "clusters-demo", "demo")
    assert deployment["metadata"]["annotations"]["cluster.x-k8s.io/paused"] == "true"
    assert len(hub.store.list("Machine", "clusters-demo")) == 2
    hub.patch(*NP, {"spec": {"pausedUntil": None}})
    hub.run(600)
    assert "cluster.x-k8s.io/paused" not in hub.get("MachineDeployment", "clusters-demo", "demo")["metadata"]["annotations"]
    assert hub.get(*NP)["status"]["replicas"] == 5


def test_machines_stand_still_while_their_cluster_is_paused(installed: FakeManagementCluster) -> None:
    hub = installed
    hub.patch(*HC, {"spec": {"pausedUntil": "true"}})
    hub.run(10)
    hub.patch(*NP, {"spec": {"replicas": 3}})
    hub.run(600)
    assert len(hub.store.list("Machine", "clusters-demo")) == 2
    hub.patch(*HC, {"spec": {"pausedUntil": None}})
    hub.run(600)
    assert len(hub.store.list("Machine", "clusters-demo")) == 3


def test_deleting_a_paused_cluster_is_not_blocked(installed: FakeManagementCluster) -> None:
    hub = installed
    hub.patch(*HC, {"spec": {"pausedUntil": "true"}})
    hub.run(10)
    hub.delete(*HC)
    hub.run(600)
    assert hub.store.get(*HC) is None
    assert hub.store.get("Namespace", "", "clusters-demo") is None


def test_a_paused_control_plane_keeps_a_manual_scale_until_it_is_resumed() -> None:
    hub = FakeManagementCluster(full=True)
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster())
    hub.create(node_pool())
    hub.run(400)
    target = ("Deployment", "clusters-demo", "kube-apiserver")
    hub.patch(*target, {"spec": {"replicas": 0}})
    hub.run(10)
    assert hub.get(*target)["spec"]["replicas"] == 1, "reverted while active"
    hub.patch(*HC, {"spec": {"pausedUntil": "true"}})
    hub.run(10)
    hub.patch(*target, {"spec": {"replicas": 0}})
    hub.run(60)
    assert hub.get(*target)["spec"]["replicas"] == 0
    hub.patch(*HC, {"spec": {"pausedUntil": None}})
    hub.run(10)
    assert hub.get(*target)["spec"]["replicas"] == 1
