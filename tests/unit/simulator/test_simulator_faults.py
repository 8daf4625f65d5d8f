# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Faults on demand: each shows its condition, and goes when its annotation goes."""

from __future__ import annotations

import pytest

from simulator.fake_management_cluster import FakeManagementCluster, Status
from simulator.manifests import hosted_cluster, node_pool, pull_secret

HC = ("HostedCluster", "clusters", "demo")
NP = ("NodePool", "clusters", "demo")
FAULT = "simulator.hypershift.core/fault"


def fault(hub: FakeManagementCluster, value: str | None, target: tuple[str, str, str] = HC) -> None:
    hub.patch(*target, {"metadata": {"annotations": {FAULT: value}}})


def create(hub: FakeManagementCluster, value: str) -> None:
    hub.create(pull_secret("demo"))
    hc = hosted_cluster()
    hc["metadata"]["annotations"] = {FAULT: value}
    hub.create(hc)
    hub.create(node_pool())


@pytest.mark.parametrize(
    ("name", "type_", "status", "reason", "message"),
    [
        ("bad-release", "ValidReleaseImage", "False", "InvalidImage", "manifest unknown"),
        ("invalid-credentials", "PlatformCredentialsFound", "False", "PlatformCredentialsNotFound", "does not accept"),
        ("etcd-pending", "EtcdAvailable", "False", "EtcdWaitingForQuorum", "Etcd volume claim data-etcd-0 pending: "),
        ("never-available", "Available", "False", "KASLoadBalancerNotReachable", "failed to reach the load balancer"),
        ("blocked-upgrade", "ClusterVersionUpgradeable", "False", "AdminAckRequired", "acknowledge"),
    ],
)
def test_a_fault_shows_from_the_start_and_clears(
    hub: FakeManagementCluster, name: str, type_: str, status: str, reason: str, message: str
) -> None:
    create(hub, name)
    hub.run(900)
    condition = hub.condition(*HC, type_)
    assert (condition["status"], condition["reason"]) == (status, reason)
    assert message in condition["message"]
    fault(hub, None)
    hub.run(1200)
    assert hub.condition(*HC, type_)["status"] == "True"
    assert hub.condition(*HC, "Available")["status"] == "True"
    assert hub.get(*HC)["status"]["version"]["history"][0]["state"] == "Completed"


@pytest.mark.parametrize("name", ["etcd-pending", "never-available"])
def test_a_running_cluster_loses_its_availability(installed: FakeManagementCluster, name: str) -> None:
    hub = installed
    fault(hub, name)
    hub.run(10)
    assert hub.condition(*HC, "Available")["status"] == "False"
    fault(hub, None)
    hub.run(10)
    assert hub.condition(*HC, "Available")["status"] == "True"


def test_degraded_flaps(installed: FakeManagementCluster) -> None:
    hub = installed
    fault(hub, "flapping-degraded")
    hub.run(300)
    states: list[str] = []
    for action in hub.writes:
        if isinstance(action, Status) and action.kind == "HostedCluster":
            state = next(entry["status"] for entry in action.status["conditions"] if entry["type"] == "Degraded")
            if states[-1:] != [state]:
                states.append(state)
    assert states.count("True") >= 4 and states.count("False") >= 4
    fault(hub, None)
    hub.run(10)
    hub.writes.clear()
    hub.run(300)
    assert hub.condition(*HC, "Degraded")["status"] == "False" and hub.writes == []


@pytest.mark.parametrize(("target", "type_"), [(HC, "Available"), (NP, "Ready")])
def test_a_condition_that_never_comes(requested: FakeManagementCluster, target: tuple[str, str, str], type_: str) -> None:
    hub = requested
    fault(hub, f"missing-condition={type_}", target)
    hub.run(900)
    assert type_ not in {entry["type"] for entry in hub.get(*target)["status"]["conditions"]}
    fault(hub, None, target)
    hub.run(10)
    assert hub.condition(*target, type_)["status"] == "True"


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("infrastructure", "WaitingOnInfrastructureReady"),
        ("etcd", "KubeconfigWaitingForCreate"),
        ("kube-apiserver", "KubeconfigWaitingForCreate"),
        ("openshift-apiserver", "ControlPlaneComponentsNotAvailable"),
        ("oauth-openshift", "ControlPlaneComponentsNotAvailable"),
    ],
)
def test_a_create_stalls_where_it_is_told_to(hub: FakeManagementCluster, step: str, reason: str) -> None:
    create(hub, f"stall={step}")
    hub.run(1800)
    assert hub.condition(*HC, "Available")["reason"] == reason
    fault(hub, None)
    hub.run(900)
    assert hub.condition(*HC, "Available")["status"] == "True"


@pytest.mark.parametrize("step", ["machines", "cluster-version"])
def test_an_installation_stalls_where_it_is_told_to(hub: FakeManagementCluster, step: str) -> None:
    create(hub, f"stall={step}")
    hub.run(3600)
    assert hub.condition(*HC, "Available")["status"] == "True"
    assert hub.get(*HC)["status"]["version"]["history"][0]["state"] == "Partial"
    fault(hub, None)
    hub.run(900)
    assert hub.get(*HC)["status"]["version"]["history"][0]["state"] == "Completed"


def test_faults_can_be_combined(hub: FakeManagementCluster) -> None:
    create(hub, "never-available,missing-condition=Degraded")
    hub.run(600)
    types = {entry["type"]: entry for entry in hub.get(*HC)["status"]["conditions"]}
    assert "Degraded" not in types
    assert types["Available"]["reason"] == "KASLoadBalancerNotReachable"


def test_a_control_plane_operator_that_does_not_run_leaves_everything_unknown(hub: FakeManagementCluster) -> None:
    create(hub, "stall=control-plane-operator")
    hub.run(1800)
    assert not (hub.get("HostedControlPlane", "clusters-demo", "demo").get("status") or {}).get("conditions")
    found = hub.condition(*HC, "InfrastructureReady")
    assert (found["status"], found["message"]) == ("Unknown", "Condition not found in the HCP")


def test_a_status_that_is_empty(installed: FakeManagementCluster) -> None:
    hub = installed
    fault(hub, "empty-condition=ValidGeneratedPayload", NP)
    hub.run(10)
    found = hub.condition(*NP, "ValidGeneratedPayload")
    assert (found["status"], found["reason"]) == ("", "InvalidConfig")
    fault(hub, None, NP)
    hub.run(10)
    assert hub.condition(*NP, "ValidGeneratedPayload")["status"] == "True"
