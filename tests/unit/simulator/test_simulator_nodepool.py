# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Node pools: scaling, rollouts of both kinds, checks, and what does not roll."""

from __future__ import annotations

import pytest

from simulator.fake_management_cluster import Create, FakeManagementCluster, Status
from simulator.manifests import NEXT_IMAGE, hosted_cluster, node_pool, pull_secret
from simulator.pools import CPNS, HC, NP, fault, machines, most_machines, pool, settled, upgraded_cluster

ORDER = [
    *("AutoscalingEnabled", "UpdateManagementEnabled", "ValidReleaseImage", "ValidArchPlatform", "ReconciliationActive"),
    *("SupportedVersionSkew", "ValidMachineConfig", "UpdatingConfig", "UpdatingVersion", "ValidGeneratedPayload"),
    *("ReachedIgnitionEndpoint", "AllMachinesReady", "AllNodesHealthy", "ValidPlatformConfig"),
]


def test_conditions_come_in_order_and_the_pool_waits_for_ignition(requested: FakeManagementCluster) -> None:
    hub = requested
    hub.run(60)
    assert [entry["type"] for entry in hub.get(*NP)["status"]["conditions"]] == [*ORDER[:3], "IgnitionEndpointAvailable"]
    assert hub.condition(*NP, "IgnitionEndpointAvailable")["reason"] == "IgnitionEndpointMissing"
    assert hub.store.list("MachineDeployment") == []
    hub.run(900)
    assert [entry["type"] for entry in hub.get(*NP)["status"]["conditions"]][: len(ORDER)] == ORDER
    settled(hub)


def test_the_objects_beside_the_control_plane(installed: FakeManagementCluster) -> None:
    hub = installed
    infra_id = hub.get(*HC)["spec"]["infraID"]
    deployment = hub.get("MachineDeployment", CPNS, "demo")
    template = deployment["spec"]["template"]["spec"]
    assert template["infrastructureRef"]["name"].startswith("demo-")
    assert template["bootstrap"]["dataSecretName"].startswith("user-data-demo-")
    token = hub.get("Secret", CPNS, template["bootstrap"]["dataSecretName"].replace("user-data-", "token-"))
    assert "payload" in token["data"] and "hypershift.openshift.io/ignition-reached" in token["metadata"]["annotations"]
    assert hub.get(*NP)["metadata"]["ownerReferences"][0]["name"] == "demo"
    assert set(hub.get(*NP)["metadata"]["annotations"]) >= {
        "hypershift.openshift.io/nodePoolCurrentConfig",
        "hypershift.openshift.io/nodePoolCurrentConfigVersion",
        "hypershift.openshift.io/nodePoolPlatformMachineTemplate",
    }
    (machine_set,) = hub.store.list("MachineSet")
    for name, machine in machines(hub).items():
        assert name.startswith(machine_set["metadata"]["name"] + "-")
        assert machine["metadata"]["labels"]["cluster.x-k8s.io/cluster-name"] == infra_id
        assert machine["metadata"]["annotations"]["hypershift.openshift.io/nodePool"] == "clusters/demo"
        assert machine["status"]["phase"] == "Running" and machine["status"]["nodeRef"]["kind"] == "Node"
        assert hub.get("KubevirtMachine", CPNS, name)["status"] == {"ready": True}
    info = hub.get(*NP)["status"]["nodesInfo"]["nodeVersions"]
    assert [(entry["ocpVersion"], entry["readyNodeCount"], entry["unreadyNodeCount"]) for entry in info] == [("4.21.3", 2, 0)]


def test_machines_go_through_their_phases(requested: FakeManagementCluster) -> None:
    hub = requested
    hub.run(900)
    phases: dict[str, list[str]] = {}
    for action in hub.writes:
        if isinstance(action, Status) and action.kind == "Machine":
            seen = phases.setdefault(action.name, [])
            if action.status["phase"] not in seen:
                seen.append(action.status["phase"])
    assert list(phases.values()) == [["Provisioning", "Provisioned", "Running"]] * 2


@pytest.mark.parametrize("count", [0, 1, 4])
def test_scaling(installed: FakeManagementCluster, count: int) -> None:
    hub = installed
    before = set(machines(hub))
    pool(hub, replicas=count)
    hub.run(600)
    after = set(machines(hub))
    assert len(after) == count
    assert after <= before or before <= after, "scaling replaces nothing"
    assert hub.get(*NP)["status"]["replicas"] == count


def test_a_pool_of_none_says_so_as_expected(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    pool(hub, replicas=0)
    hub.run(300)
    for type_ in ("AllMachinesReady", "AllNodesHealthy"):
        condition = hub.condition(*NP, type_)
        assert (condition["status"], condition["reason"], condition["message"]) == ("False", "AsExpected", "NodePool set to no replicas")


def test_autoscaling_takes_the_count_over_and_gives_it_back(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    pool(hub, replicas=None, autoScaling={"min": 3, "max": 5})
    hub.run(600)
    assert hub.condition(*NP, "AutoscalingEnabled")["message"] == "Maximum nodes: 5, Minimum nodes: 3"
    annotations = hub.get("MachineDeployment", CPNS, "demo")["metadata"]["annotations"]
    prefix = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-"
    assert (annotations[f"{prefix}min-size"], annotations[f"{prefix}max-size"]) == ("3", "5")
    assert len(machines(hub)) == 3
    hub.patch("MachineDeployment", CPNS, "demo", {"spec": {"replicas": 4}})
    hub.run(600)
    assert len(machines(hub)) == 4, "within the bounds the count is the autoscaler's"
    pool(hub, replicas=2, autoScaling=None)
    hub.run(600)
    assert len(machines(hub)) == 2
    assert hub.get("MachineDeployment", CPNS, "demo")["metadata"]["annotations"][f"{prefix}max-size"] == "0"


def test_replace_by_surge_one_after_another(installed: FakeManagementCluster) -> None:
    hub = installed
    upgraded_cluster(hub)
    before = set(machines(hub))
    hub.writes.clear()
    pool(hub, release={"image": NEXT_IMAGE})
    hub.run(120)
    assert hub.condition(*NP, "UpdatingVersion")["message"] == "Updating version in progress. Target version: 4.22.1"
    assert len(machines(hub)) == 3 and before <= set(machines(hub))
    assert hub.get(*NP)["status"]["version"] == "4.21.3"
    hub.run(1500)
    settled(hub, "4.22.1")
    assert set(machines(hub)).isdisjoint(before)
    assert most_machines(hub) == 3
    assert len(hub.store.list("MachineSet")) == 1 and len(hub.store.list("KubevirtMachineTemplate")) == 1


def test_replace_by_unavailability_needs_no_surge(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    upgraded_cluster(hub)
    hub.writes.clear()
    management = {"replace": {"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}}
    pool(hub, release={"image": NEXT_IMAGE}, management=management)
    hub.run(1800)
    settled(hub, "4.22.1")
    assert most_machines(hub) == 2


def test_on_delete_waits_for_the_user(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    upgraded_cluster(hub)
    before = set(machines(hub))
    pool(hub, release={"image": NEXT_IMAGE}, management={"replace": {"strategy": "OnDelete", "rollingUpdate": None}})
    hub.run(900)
    assert set(machines(hub)) == before
    for name in sorted(before):
        hub.delete("Machine", CPNS, name)
        hub.run(600)
    settled(hub, "4.22.1")
    assert set(machines(hub)).isdisjoint(before)


def test_a_stuck_drain_stops_the_rollout_and_names_the_pod(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    upgraded_cluster(hub)
    fault(hub, "stuck-drain")
    pool(hub, release={"image": NEXT_IMAGE})
    hub.run(3600)
    assert hub.get(*NP)["status"]["version"] == "4.21.3"
    condition = hub.condition(*NP, "AllMachinesReady")
    assert condition["reason"] == "DrainingFailed" and "Pod shop/checkout-0" in condition["message"]
    assert hub.condition(*NP, "UpdatingVersion")["status"] == "True"
    fault(hub, None)
    hub.run(1500)
    settled(hub, "4.22.1")


def in_place(hub: FakeManagementCluster, replicas: int = 2, limit: int | str = 1) -> None:
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster())
    hub.create(node_pool(replicas=replicas, management={"upgradeType": "InPlace", "inPlace": {"maxUnavailable": limit}}))
    hub.run(900)


def test_in_place_updates_the_same_machines_one_by_one(hub: FakeManagementCluster) -> None:
    in_place(hub)
    settled(hub)
    assert hub.store.list("MachineDeployment") == []
    upgraded_cluster(hub)
    before = set(machines(hub))
    pool(hub, release={"image": NEXT_IMAGE})
    hub.run(40)
    message = hub.condition(*NP, "UpdatingVersion")["message"]
    assert message.startswith("Nodepool update in progress. Target Config version: ")
    assert message.endswith("Total Nodes: 2. Upgraded: 0")
    hub.run(30)
    assert hub.get(*NP)["status"]["replicas"] == 1, "one node is rebooting"
    hub.run(600)
    settled(hub, "4.22.1")
    assert set(machines(hub)) == before
    marks = hub.get("MachineSet", CPNS, "demo")["metadata"]["annotations"]
    assert "hypershift.openshift.io/nodePoolUpgradeInProgressTrue" not in marks
    assert hub.get(*NP)["status"]["nodesInfo"]["nodeVersions"][0]["ocpVersion"] == "4.22.1"


def test_in_place_respects_how_many_may_be_unavailable(hub: FakeManagementCluster) -> None:
    in_place(hub, replicas=4, limit="50%")
    upgraded_cluster(hub)
    hub.writes.clear()
    pool(hub, release={"image": NEXT_IMAGE})
    hub.run(900)
    settled(hub, "4.22.1", 4)
    available = [a.status["availableReplicas"] for a in hub.writes if isinstance(a, Status) and a.kind == "MachineSet"]
    assert min(available) == 2


def test_in_place_degraded_is_false_with_a_reason_of_its_own(hub: FakeManagementCluster) -> None:
    in_place(hub)
    upgraded_cluster(hub)
    fault(hub, "inplace-degraded")
    pool(hub, release={"image": NEXT_IMAGE})
    hub.run(900)
    condition = hub.condition(*NP, "UpdatingVersion")
    assert (condition["status"], condition["reason"]) == ("False", "InplaceUpgradeFailed")
    assert "in nodepool degraded: " in condition["message"]
    assert hub.get(*NP)["status"]["version"] == "4.21.3"
    fault(hub, None)
    hub.run(900)
    settled(hub, "4.22.1")


def test_auto_repair_makes_a_health_check_once_nodes_came(requested: FakeManagementCluster) -> None:
    hub = requested
    pool(hub, management={"autoRepair": True})
    hub.run(230)
    assert hub.store.list("MachineHealthCheck") == []
    hub.run(700)
    check = hub.get("MachineHealthCheck", CPNS, "demo")
    assert (check["spec"]["maxUnhealthy"], check["spec"]["nodeStartupTimeout"]) == (2, "20m0s")
    assert check["spec"]["unhealthyConditions"][0]["timeout"] == "8m0s"
    assert check["status"]["currentHealthy"] == 2
    assert hub.condition(*NP, "AutorepairEnabled")["status"] == "True"
    pool(hub, management={"autoRepair": False})
    hub.run(30)
    assert hub.store.list("MachineHealthCheck") == []


def test_a_second_pool_does_not_touch_the_first(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    before = set(machines(hub))
    hub.writes.clear()
    hub.create(node_pool("extra", replicas=1))
    hub.run(600)
    assert before < set(machines(hub))
    assert {
        action.obj["metadata"]["name"] for action in hub.writes if isinstance(action, Create) and action.obj["kind"] == "MachineDeployment"
    } == {"extra"}
    hub.delete("NodePool", "clusters", "extra")
    hub.run(300)
    assert set(machines(hub)) == before
    assert all("extra" not in secret["metadata"]["name"] for secret in hub.store.list("Secret", CPNS))
