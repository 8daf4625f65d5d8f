# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a HostedCluster that was just created to one whose installation is complete, and what can stop it on the way."""

from __future__ import annotations

import pytest
import yaml

from hypershift_simulator import components
from hypershift_simulator.components import Component
from hypershift_simulator.kinds import key
from hypershift_simulator.names import unb64
from simulator.fake_management_cluster import Create, FakeManagementCluster, Status
from simulator.manifests import hosted_cluster, node_pool, pull_secret

HC = ("HostedCluster", "clusters", "demo")
NP = ("NodePool", "clusters", "demo")
CPNS = "clusters-demo"

FRESH = [
    *("ClusterVersionSucceeding", "ClusterVersionProgressing", "ClusterVersionReleaseAccepted", "ClusterVersionUpgradeable"),
    *("ClusterVersionAvailable", "Degraded", "EtcdAvailable", "KubeAPIServerAvailable", "InfrastructureReady"),
    *("ExternalDNSReachable", "ValidHostedControlPlaneConfiguration", "ValidReleaseInfo", "ValidIDPConfiguration"),
    *("DataPlaneConnectionAvailable", "ControlPlaneConnectionAvailable", "Available", "ValidConfiguration"),
    *("SupportedHostedCluster", "ValidProxyConfiguration", "IgnitionEndpointAvailable", "ReconciliationActive"),
    *("ValidReleaseImage", "Progressing", "PlatformCredentialsFound", "ReconciliationSucceeded"),
]


def history(hub: FakeManagementCluster) -> list[tuple[str, str]]:
    return [(entry["version"], entry["state"]) for entry in hub.get(*HC)["status"]["version"]["history"]]


def first_true(hub: FakeManagementCluster, type_: str) -> int:
    """The place of the write by which a condition of the HostedCluster became True."""
    for index, action in enumerate(hub.writes):
        if isinstance(action, Status) and action.kind == "HostedCluster":
            found = next((entry for entry in action.status["conditions"] if entry["type"] == type_), None)
            if found and found["status"] == "True":
                return index
    raise AssertionError(f"{type_} never became True")


def test_the_first_status_has_its_conditions_in_order_and_comes_in_one_write(requested: FakeManagementCluster) -> None:
    hub = requested
    hub.settle()
    writes = [action for action in hub.writes if isinstance(action, Status) and action.kind == "HostedCluster"]
    first = next(action for action in writes if len(action.status["conditions"]) > 0)
    types = [condition["type"] for condition in first.status["conditions"]]
    assert types == FRESH
    found = {condition["type"]: (condition["status"], condition["reason"]) for condition in first.status["conditions"]}
    assert found["Available"] == ("False", "WaitingForAvailable")
    assert found["Progressing"] == ("True", "Progressing")
    assert found["ClusterVersionAvailable"] == ("Unknown", "StatusUnknown")
    assert found["IgnitionEndpointAvailable"] == ("False", "NotFound")
    assert all(
        condition["observedGeneration"] == first.status["conditions"][0]["observedGeneration"] for condition in first.status["conditions"]
    )


def test_what_becomes_true_in_which_order(requested: FakeManagementCluster) -> None:
    hub = requested
    hub.run(900)
    order = ["EtcdAvailable", "KubeAPIServerAvailable", "Available", "DataPlaneConnectionAvailable", "ClusterVersionAvailable"]
    places = [first_true(hub, type_) for type_ in order]
    assert places == sorted(places)


def test_it_takes_as_long_as_documented(requested: FakeManagementCluster) -> None:
    hub = requested
    hub.run(180)
    assert hub.condition(*HC, "Available")["status"] == "False"
    hub.run(180)
    assert hub.condition(*HC, "Available")["status"] == "True"
    assert history(hub) == [("4.21.3", "Partial")]
    hub.run(120)
    assert hub.get(*NP)["status"].get("replicas") == 2
    hub.run(240)
    assert history(hub) == [("4.21.3", "Completed")]


def test_available_comes_before_installed_and_progressing_ends_early(requested: FakeManagementCluster) -> None:
    hub = requested
    hub.run(360)
    assert hub.condition(*HC, "Progressing")["status"] == "False"
    assert hub.condition(*HC, "ClusterVersionProgressing")["message"].startswith("Working towards 4.21.3")
    assert history(hub) == [("4.21.3", "Partial")]


def test_without_workers_the_installation_never_completes(hub: FakeManagementCluster) -> None:
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster())
    hub.create(node_pool(replicas=0))
    hub.run(3000)
    assert hub.condition(*HC, "Available")["status"] == "True"
    assert history(hub) == [("4.21.3", "Partial")]
    assert hub.get(*HC)["status"]["version"]["history"][0]["completionTime"] is None
    hub.patch(*NP, {"spec": {"replicas": 1}})
    hub.run(900)
    assert history(hub) == [("4.21.3", "Completed")]


def test_the_status_of_an_installed_cluster(installed: FakeManagementCluster) -> None:
    status = installed.get(*HC)["status"]
    assert status["version"]["availableUpdates"] is None
    assert status["payloadArch"] == "Multi"
    assert status["controlPlaneVersion"]["history"][0]["state"] == "Completed"
    assert status["controlPlaneEndpoint"]["port"] == 6443
    assert status["ignitionEndpoint"] and status["oauthCallbackURLTemplate"].endswith("[identity-provider-name]")
    assert status["kubeconfig"] == {"name": "demo-admin-kubeconfig"}
    assert status["kubeadminPassword"] == {"name": "demo-kubeadmin-password"}
    assert installed.condition(*HC, "ClusterVersionRetrievedUpdates")["reason"] == "NoChannel"
    assert installed.condition(*HC, "ReconciliationSucceeded")["reason"] == "ReconciliatonSucceeded"
    assert installed.get(*HC)["metadata"]["annotations"]["hypershift.openshift.io/HasBeenAvailable"] == "true"


def test_the_names_beside_the_control_plane(installed: FakeManagementCluster) -> None:
    hc = installed.get(*HC)
    infra_id = hc["spec"]["infraID"]
    assert infra_id.startswith("demo-") and len(hc["spec"]["clusterID"]) == 36
    namespace = installed.get("Namespace", "", CPNS)
    assert namespace["metadata"]["labels"]["hypershift.openshift.io/hosted-control-plane"] == "true"
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert installed.get("Cluster", CPNS, infra_id)["spec"]["infrastructureRef"]["name"] == "demo"
    expected = {
        *("admin-kubeconfig", "service-network-admin-kubeconfig", "localhost-kubeconfig", "bootstrap-kubeconfig"),
        *("hcco-kubeconfig", f"{infra_id}-kubeconfig", "kubeadmin-password", "pull-secret", "etcd-client-tls"),
        *("etcd-server-tls", "etcd-peer-tls", "root-ca", "demo-etcd-encryption-key"),
    }
    assert expected <= {item["metadata"]["name"] for item in installed.store.list("Secret", CPNS)}
    config_maps = {item["metadata"]["name"] for item in installed.store.list("ConfigMap", CPNS)}
    assert {"etcd-ca", "etcd-metrics-ca", "root-ca", "feature-gate", "sre-metric-set"} <= config_maps
    assert installed.get("Secret", CPNS, "pull-secret")["type"] == "kubernetes.io/dockerconfigjson"
    source = installed.get("Secret", "clusters", "demo-pull-secret")["metadata"]["annotations"]
    assert source["referenced-resource.hypershift.openshift.io/demo"] == "true"


def test_the_kubeconfig_points_to_the_published_endpoint(installed: FakeManagementCluster) -> None:
    endpoint = installed.get(*HC)["status"]["controlPlaneEndpoint"]
    text = unb64(installed.get("Secret", "clusters", "demo-admin-kubeconfig")["data"]["kubeconfig"])
    document = yaml.safe_load(text)
    assert document["clusters"][0]["cluster"]["server"] == f"https://{endpoint['host']}:{endpoint['port']}"
    password = unb64(installed.get("Secret", "clusters", "demo-kubeadmin-password")["data"]["password"]).decode()
    assert [len(part) for part in password.split("-")] == [5, 5, 5, 5]


def test_everything_the_simulator_makes_or_reports_on_is_marked(installed: FakeManagementCluster) -> None:
    unmarked = []
    for kind in ("HostedCluster", "NodePool", "HostedControlPlane", "ControlPlaneComponent", "Cluster", "Machine", "MachineSet", "Secret"):
        for obj in installed.store.list(kind):
            if obj["metadata"].get("annotations", {}).get("simulator.hypershift.core/simulated") != "true":
                unmarked.append((kind, obj["metadata"]["name"]))
    assert unmarked == [("Secret", "demo-pull-secret")], "only what the user made"


def test_an_installed_cluster_is_at_rest(installed: FakeManagementCluster) -> None:
    installed.run(7200)
    assert installed.writes == []


def test_a_restarted_simulator_changes_nothing(installed: FakeManagementCluster) -> None:
    installed.restart()
    installed.run(3600)
    assert installed.writes == []


@pytest.mark.parametrize("interval", [40, 100])
def test_a_simulator_that_restarts_on_the_way_gets_there(requested: FakeManagementCluster, interval: int) -> None:
    hub = requested
    true: set[str] = set()
    for _ in range(1800 // interval):
        hub.run(interval)
        hub.restart()
        hub.settle()
        now = {entry["type"] for entry in hub.get(*HC)["status"]["conditions"] if entry["status"] == "True"}
        assert (true - now) <= {"Progressing", "Degraded", "ClusterVersionProgressing"}, "nothing falls back"
        true = now
    if interval == 100:
        assert hub.condition(*HC, "Available")["status"] == "True"


def test_kubevirt_defaults_are_filled_in(installed: FakeManagementCluster) -> None:
    spec = installed.get(*HC)["spec"]
    assert len(spec["platform"]["kubevirt"]["generateID"]) <= 11
    assert spec["dns"]["baseDomain"]
    assert spec["secretEncryption"]["aescbc"]["activeKey"]["name"] == "demo-etcd-encryption-key"
    assert len(unb64(installed.get("Secret", "clusters", "demo-etcd-encryption-key")["data"]["key"])) == 32


def test_workloads_of_a_highly_available_control_plane() -> None:
    spec = hosted_cluster()["spec"] | {"controllerAvailabilityPolicy": "HighlyAvailable"}
    replicas = {part.name: part.replicas(spec) for part in components.of(spec)}
    assert replicas["etcd"] == replicas["kube-apiserver"] == replicas["packageserver"] == 3
    assert replicas["cluster-version-operator"] == 2
    assert Component("kube-apiserver").dependencies(["etcd", "etcd-events"]) == ["etcd", "etcd-events", "featuregate-generator"]
    assert Component("kube-apiserver").dependencies([]) == ["featuregate-generator"]
    assert Component("ignition-server").dependencies(["etcd"]) == Component("etcd").dependencies(["etcd"]) == []
    assert Component("cluster-version-operator").dependencies(["etcd"]) == ["kube-apiserver", "openshift-apiserver"]


def test_etcd_is_a_real_stateful_set_that_keeps_its_claims(installed_full: FakeManagementCluster) -> None:
    stateful_set = installed_full.get("StatefulSet", CPNS, "etcd")
    assert stateful_set["spec"]["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    assert stateful_set["spec"]["template"]["spec"]["containers"][0]["name"] == "etcd"
    assert stateful_set["spec"]["template"]["metadata"]["labels"]["app"] == "etcd"
    assert stateful_set["spec"]["serviceName"] == "etcd-discovery"


def test_none_platform_has_no_cluster_api(hub: FakeManagementCluster) -> None:
    platform = {"type": "None"}
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster(platform=platform))
    hub.create(node_pool(platform=platform))
    hub.run(900)
    assert hub.get(*NP)["status"]["version"] == "4.21.3"
    assert hub.condition(*NP, "UpdatingConfig")["status"] == "False"
    assert hub.store.list("Machine") == hub.store.list("Cluster") == []
    assert history(hub) == [("4.21.3", "Completed")]


def test_creation_sends_each_object_once(requested: FakeManagementCluster) -> None:
    requested.run(900)
    created = [key(action.obj) for action in requested.writes if isinstance(action, Create)]
    assert len(created) == len(set(created))
