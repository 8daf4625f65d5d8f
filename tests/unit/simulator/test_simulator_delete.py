# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Deletion: its order, what holds it up, and what it leaves alone."""

from __future__ import annotations

import pytest

from simulator.fake_management_cluster import Delete, FakeManagementCluster, Patch
from simulator.manifests import hosted_cluster, node_pool, pull_secret

HC = ("HostedCluster", "clusters", "demo")
NP = ("NodePool", "clusters", "demo")
HCP = ("HostedControlPlane", "clusters-demo", "demo")
NAMESPACE = ("Namespace", "", "clusters-demo")
FAULT = "simulator.hypershift.core/fault"

AWS = {
    "type": "AWS",
    "aws": {"region": "us-east-1", "endpointAccess": "Private", "cloudProviderConfig": {"vpc": "vpc-1"}},
}
AWS_POOL = {"type": "AWS", "aws": {"instanceType": "m5.large", "subnet": {"id": "subnet-1"}}}


def fault(hub: FakeManagementCluster, value: str | None, target: tuple[str, str, str] = HC) -> None:
    hub.patch(*target, {"metadata": {"annotations": {FAULT: value}}})


@pytest.fixture
def aws(hub: FakeManagementCluster) -> FakeManagementCluster:
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster(platform=AWS))
    hub.create(node_pool(platform=AWS_POOL))
    hub.run(900)
    return hub


def test_the_order(installed: FakeManagementCluster) -> None:
    hub = installed
    infra_id = hub.get(*HC)["spec"]["infraID"]
    hub.delete(*HC)
    hub.run(600)
    deleted = [(action.kind, action.name) for action in hub.writes if isinstance(action, Delete)]
    expected = [
        ("NodePool", "demo"),
        ("Cluster", infra_id),
        ("KubevirtCluster", "demo"),
        ("HostedControlPlane", "demo"),
        ("Namespace", "clusters-demo"),
    ]
    assert [entry for entry in deleted if entry in expected] == expected
    finalizer = [
        index
        for index, action in enumerate(hub.writes)
        if isinstance(action, Patch) and action.body.get("metadata", {}).get("finalizers") == []
    ]
    assert hub.writes[finalizer[-1]].kind == "HostedCluster", "the finalizer goes last"  # type: ignore[union-attr]


def test_nothing_of_it_stays_and_what_others_own_does(installed: FakeManagementCluster) -> None:
    hub = installed
    hub.create(pull_secret("other"))
    hub.delete(*HC)
    hub.run(600)
    assert hub.store.list("HostedCluster") == hub.store.list("NodePool") == hub.store.list("Machine") == []
    assert hub.store.get(*NAMESPACE) is None
    secrets = {secret["metadata"]["name"]: secret["metadata"].get("annotations", {}) for secret in hub.store.list("Secret", "clusters")}
    assert set(secrets) == {"demo-pull-secret", "other-pull-secret"}
    assert "referenced-resource.hypershift.openshift.io/demo" not in secrets["demo-pull-secret"]


def test_siblings_are_left_alone(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    hub.create(pull_secret("other"))
    hub.create(hosted_cluster("other"))
    hub.create(node_pool("other", "other", replicas=1))
    hub.run(900)
    hub.delete(*HC)
    hub.run(600)
    assert hub.condition("HostedCluster", "clusters", "other", "Available")["status"] == "True"
    assert hub.get("NodePool", "clusters", "other")["status"]["replicas"] == 1


def test_a_cluster_that_hardly_began_goes_too(hub: FakeManagementCluster) -> None:
    hub.create(hosted_cluster())
    hub.run(20)
    hub.delete(*HC)
    hub.run(60)
    assert hub.store.get(*HC) is None


def test_a_stuck_drain_holds_the_machine_the_pool_and_the_cluster(installed: FakeManagementCluster) -> None:
    hub = installed
    fault(hub, "stuck-drain", NP)
    hub.run(10)
    hub.delete(*HC)
    hub.run(1800)
    (machine,) = hub.store.list("Machine")
    condition = hub.condition("Machine", "clusters-demo", machine["metadata"]["name"], "DrainingSucceeded")
    assert condition["status"] == "False" and "Pod shop/checkout-0" in condition["message"]
    assert hub.get(*NP)["metadata"]["deletionTimestamp"]
    assert "deletionTimestamp" not in hub.get(*HCP)["metadata"], "what comes later waits"
    fault(hub, None, NP)
    hub.run(600)
    assert hub.store.get(*HC) is None


def test_a_drain_timeout_gets_past_a_stuck_drain(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    hub.patch(*NP, {"spec": {"nodeDrainTimeout": "5m"}})
    fault(hub, "stuck-drain", NP)
    hub.run(10)
    hub.delete(*NP)
    hub.run(240)
    assert len(hub.store.list("Machine")) == 1
    hub.run(240)
    assert hub.store.get(*NP) is None


def test_a_machine_that_is_not_to_be_drained_goes_at_once(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    fault(hub, "stuck-drain", NP)
    for machine in hub.store.list("Machine"):
        body = {"metadata": {"annotations": {"machine.cluster.x-k8s.io/exclude-node-draining": ""}}}
        hub.patch("Machine", "clusters-demo", machine["metadata"]["name"], body)
    hub.delete(*NP)
    hub.run(120)
    assert hub.store.get(*NP) is None


def test_a_stuck_finalizer_holds_the_namespace(installed: FakeManagementCluster) -> None:
    hub = installed
    fault(hub, "stuck-finalizer")
    hub.run(10)
    hub.delete(*HC)
    hub.run(1800)
    assert hub.get(*NAMESPACE)["metadata"]["deletionTimestamp"]
    held = [obj for kind in ("PersistentVolumeClaim", "ConfigMap") for obj in hub.store.list(kind, "clusters-demo")]
    assert [obj["metadata"]["finalizers"] for obj in held] == [["simulator.hypershift.core/stuck"]]
    assert hub.store.get(*HCP) is None
    fault(hub, None)
    hub.run(60)
    assert hub.store.get(*HC) is None


@pytest.mark.parametrize(
    ("step", "waiting"), [("delete-capi-cluster", "Cluster"), ("delete-hcp", "HostedControlPlane"), ("delete-namespace", "Namespace")]
)
def test_each_step_can_be_stalled(installed_light: FakeManagementCluster, step: str, waiting: str) -> None:
    hub = installed_light
    fault(hub, f"stall={step}")
    hub.run(10)
    hub.delete(*HC)
    hub.run(1200)
    assert hub.store.list(waiting)
    fault(hub, None)
    hub.run(300)
    assert hub.store.get(*HC) is None


def test_the_grace_period_is_shown(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    hub.patch(*HC, {"metadata": {"annotations": {"hypershift.openshift.io/destroy-grace-period": "10m"}}})
    hub.delete(*HC)
    hub.run(500)
    assert hub.store.get(*NAMESPACE) is None
    assert hub.condition(*HC, "HostedClusterDestroyed")["reason"] == "WaitingForGracePeriod"
    hub.run(600)
    assert hub.store.get(*HC) is None


def test_the_namespace_can_be_kept(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    hub.patch(*HC, {"metadata": {"annotations": {"hypershift.openshift.io/skip-delete-hosted-controlplane-namespace": "true"}}})
    hub.delete(*HC)
    hub.run(600)
    assert hub.store.get(*HC) is None
    assert hub.get(*NAMESPACE)


def test_finalizers_of_others_are_theirs_to_remove(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    present = hub.get(*HC)["metadata"]["finalizers"]
    hub.patch(*HC, {"metadata": {"finalizers": [*present, "openshift.io/destroy-cluster"]}})
    hub.delete(*HC)
    hub.run(600)
    assert hub.get(*HC)["metadata"]["finalizers"] == ["openshift.io/destroy-cluster"]


def test_aws_has_its_conditions_and_marks(aws: FakeManagementCluster) -> None:
    for type_ in ("ValidOIDCConfiguration", "ValidAWSIdentityProvider", "AWSDefaultSecurityGroupCreated", "AWSEndpointAvailable"):
        assert aws.condition(*HC, type_)["status"] == "True"
    assert "hypershift.io/aws-oidc-discovery" in aws.get(*HC)["metadata"]["finalizers"]
    assert aws.condition(*NP, "AWSSecurityGroupAvailable")["status"] == "True"


def test_aws_without_oidc_configuration_cannot_be_deleted(aws: FakeManagementCluster) -> None:
    fault(aws, "missing-oidc-config")
    aws.delete(*HC)
    aws.run(1200)
    assert aws.get(*HC)["metadata"]["finalizers"] == ["hypershift.openshift.io/finalizer", "hypershift.io/aws-oidc-discovery"]
    assert "OIDC" in aws.condition(*HC, "ReconciliationSucceeded")["message"]
    assert aws.get(*NAMESPACE), "the namespace goes only after the documents"
    fault(aws, None)
    aws.run(120)
    assert aws.store.get(*HC) is None


def test_aws_without_credentials_waits_ten_minutes_for_its_endpoint_services(aws: FakeManagementCluster) -> None:
    fault(aws, "invalid-credentials")
    aws.run(10)
    assert aws.condition(*HC, "ValidAWSIdentityProvider")["reason"] == "InvalidIdentityProvider"
    aws.delete(*HC)
    aws.run(600)
    assert aws.store.list("AWSEndpointService")
    aws.run(600)
    assert aws.store.get(*HC) is None


def test_aws_cleans_up_its_cloud_resources_when_asked(aws: FakeManagementCluster) -> None:
    aws.patch(*HC, {"metadata": {"annotations": {"hypershift.openshift.io/cleanup-cloud-resources": "true"}}})
    fault(aws, "stall=cloud-resources")
    aws.delete(*HC)
    aws.run(300)
    assert aws.condition(*HC, "CloudResourcesDestroyed")["status"] == "False"
    aws.run(900)
    assert aws.store.get(*HC) is None, "after ten minutes it goes without"


def test_a_pool_without_its_cluster_is_let_go(hub: FakeManagementCluster) -> None:
    hub.create(node_pool(cluster="nobody"))
    hub.run(60)
    assert "status" not in hub.get(*NP)
    assert hub.writes == []
    hub.patch(*NP, {"metadata": {"finalizers": ["hypershift.openshift.io/finalizer"]}})
    hub.delete(*NP)
    hub.run(10)
    assert hub.store.get(*NP) is None
