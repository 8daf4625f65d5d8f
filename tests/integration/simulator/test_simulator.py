# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The simulator on a real API server: the real schemas take what it writes, the real controllers run what it deploys."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator

import pytest

from embedded_hub import EmbeddedHub
from simulator.played import NEXT_IMAGE, Played, Recorder

USER = "embedded-hub:simulator"
WRITES = {"create", "update", "patch", "delete"}


@pytest.fixture
def cluster(hub: EmbeddedHub, request: pytest.FixtureRequest) -> Iterator[Played]:
    played = Played(hub, f"sim-{zlib.crc32(request.node.name.encode()) % 10_000}")
    yield played
    played.remove()


def test_a_life(cluster: Played) -> None:
    with Recorder(cluster) as recorder:
        cluster.create()
        cluster.until("installed", lambda: cluster.history() == [("4.21.3", "Completed")])
    assert recorder.states("Available", "ClusterVersionAvailable")[-2:] == [("True", "False"), ("True", "True")]
    _is_what_the_platform_makes(cluster)
    _is_at_rest(cluster)
    _is_updated(cluster)
    _is_paused_and_resumed(cluster)
    cluster.delete()
    cluster.until_gone()
    # The garbage collector takes what the cluster owned; the user's own secret stays.
    cluster.until("only the pull secret is left", lambda: cluster.secrets() == [f"{cluster.name}-pull-secret"])
    assert cluster.find("nodepools") is None


def _is_what_the_platform_makes(cluster: Played) -> None:
    hc = cluster.get("hostedclusters")
    assert hc["metadata"]["finalizers"] == ["hypershift.openshift.io/finalizer"]
    assert "availableUpdates" in hc["status"]["version"] and hc["status"]["version"]["availableUpdates"] is None
    assert cluster.get("secrets", hc["status"]["kubeconfig"]["name"])["data"]["kubeconfig"]
    assert cluster.get("clusters", hc["spec"]["infraID"], cluster.cpns)["status"]["phase"] == "Provisioned"
    assert cluster.get("statefulsets", "etcd", cluster.cpns)["status"]["readyReplicas"] == 1
    machines = cluster.items("machines", cluster.cpns)
    assert [machine["status"]["phase"] for machine in machines] == ["Running", "Running"]
    assert len(cluster.items("pods", cluster.cpns)) > 30
    managers = {entry["manager"] for entry in hc["metadata"]["managedFields"] if entry.get("subresource") == "status"}
    assert managers == {"hypershift-simulator"}


def _is_at_rest(cluster: Played) -> None:
    time.sleep(2)
    since = time.time()
    time.sleep(5)
    writes = [event for event in cluster.hub.audit(user=USER, since=since, verbs=WRITES) if cluster.name in event["requestURI"]]
    assert writes == []


def _is_updated(cluster: Played) -> None:
    with Recorder(cluster) as recorder:
        cluster.patch("hostedclusters", {"spec": {"release": {"image": NEXT_IMAGE}}})
        cluster.until("updated", lambda: cluster.history()[0] == ("4.22.1", "Completed"))
    early = [
        obj
        for obj in recorder.seen
        if obj["status"]["version"]["history"][0]["state"] == "Partial"
        and {entry["type"]: entry["status"] for entry in obj["status"]["conditions"]}["Progressing"] == "False"
    ]
    assert early, "Progressing ends before the update does"
    assert all(state == ("True",) for state in recorder.states("Available"))
    assert cluster.get("nodepools")["status"]["version"] == "4.21.3"
    cluster.patch("nodepools", {"spec": {"release": {"image": NEXT_IMAGE}}})
    cluster.until("pool updated", lambda: cluster.get("nodepools")["status"].get("version") == "4.22.1")
    cluster.until_condition("UpdatingVersion", "False", "nodepools")


def _is_paused_and_resumed(cluster: Played) -> None:
    cluster.patch("hostedclusters", {"spec": {"pausedUntil": "true"}})
    cluster.until_condition("ReconciliationActive", "False", reason="ReconciliationPaused")
    cluster.until("passed on", lambda: cluster.get("hostedcontrolplanes", namespace=cluster.cpns)["spec"].get("pausedUntil") == "true")
    infra_id = cluster.get("hostedclusters")["spec"]["infraID"]
    cluster.until("machines paused", lambda: cluster.get("clusters", infra_id, cluster.cpns)["spec"]["paused"])
    assert cluster.condition("Progressing")["reason"] == "Blocked"
    cluster.patch("hostedclusters", {"spec": {"pausedUntil": None}})
    cluster.until_condition("ReconciliationActive", "True", reason="AsExpected")
    cluster.until("resumed", lambda: not cluster.get("clusters", infra_id, cluster.cpns)["spec"]["paused"])
    assert "pausedUntil" not in cluster.get("hostedcontrolplanes", namespace=cluster.cpns)["spec"]


FAULTS = [
    ("bad-release", "ValidReleaseImage", "False", "InvalidImage"),
    ("invalid-credentials", "PlatformCredentialsFound", "False", "PlatformCredentialsNotFound"),
    ("stall=etcd", "EtcdAvailable", "False", "EtcdWaitingForQuorum"),
    ("etcd-pending", "EtcdAvailable", "False", "EtcdWaitingForQuorum"),
    ("never-available", "Available", "False", "KASLoadBalancerNotReachable"),
    ("flapping-degraded", "Degraded", "True", "UnavailableReplicas"),
    ("blocked-upgrade", "ClusterVersionUpgradeable", "False", "AdminAckRequired"),
]


def test_each_fault_of_a_cluster_shows_and_clears(cluster: Played) -> None:
    """One cluster meets them all, each further on its way than the one before."""
    cluster.speed = 600
    cluster.create(fault=FAULTS[0][0], replicas=-1)
    for fault, type_, status, reason in FAULTS:
        cluster.fault(fault)
        cluster.until_condition(type_, status, reason=reason)
    cluster.fault(None)
    cluster.until_condition("Available", "True")
    cluster.until_condition("Degraded", "False")
    cluster.until_condition("ClusterVersionUpgradeable", "True")


def test_faults_of_pools_and_deletions(cluster: Played) -> None:
    cluster.speed = 600
    cluster.create(fault="missing-condition=ValidProxyConfiguration")
    cluster.until("installed", lambda: cluster.history() == [("4.21.3", "Completed")])
    assert cluster.condition("ValidProxyConfiguration") == {}
    cluster.fault("stuck-finalizer")
    cluster.fault("stuck-drain", "nodepools")
    cluster.delete()
    cluster.until("a drain is stuck", lambda: any("Pod shop/checkout-0" in text for text in cluster.drains()))
    cluster.fault(None, "nodepools")

    def held() -> bool:
        conditions = cluster.get("namespaces", cluster.cpns).get("status", {}).get("conditions", [])
        return any(entry["type"] == "NamespaceFinalizersRemaining" and entry["status"] == "True" for entry in conditions)

    cluster.until("the namespace controller names the finalizer", held)
    assert cluster.find("nodepools") is None and cluster.find("hostedclusters") is not None
    cluster.fault(None)
    cluster.until_gone()


def test_it_survives_an_api_server_that_goes_away(cluster: Played) -> None:
    cluster.create()
    cluster.until_condition("EtcdAvailable", "True")
    cluster.hub.kill_apiserver()
    cluster.hub.start_apiserver()
    cluster.until("installed", lambda: cluster.history() == [("4.21.3", "Completed")])
