# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a hosted cluster refers to: what is missing, what is copied, what is owned."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.fake_management_cluster import FakeManagementCluster
from simulator.manifests import config_map, hosted_cluster, pull_secret, secret

HC = ("HostedCluster", "clusters", "demo")
CPNS = "clusters-demo"


def test_a_missing_pull_secret_is_said_and_nothing_further_happens(hub: FakeManagementCluster) -> None:
    hub.create(hosted_cluster())
    hub.run(600)
    condition = hub.condition(*HC, "ReconciliationSucceeded")
    assert (condition["status"], condition["reason"]) == ("False", "ReconciliationError")
    assert condition["message"] == 'failed to get pull secret demo-pull-secret: Secret "demo-pull-secret" not found'
    assert hub.condition(*HC, "ValidReleaseImage")["reason"] == "SecretNotFound"
    assert hub.store.get("Namespace", "", CPNS) is None
    hub.create(pull_secret("demo"))
    hub.run(600)
    assert hub.condition(*HC, "Available")["status"] == "True"
    assert hub.condition(*HC, "ReconciliationSucceeded")["status"] == "True"


@pytest.mark.parametrize(
    ("spec", "missing"),
    [
        ({"sshKey": {"name": "demo-ssh-key"}}, 'failed to get hostedcluster SSHKey secret demo-ssh-key: Secret "demo-ssh-key" not found'),
        ({"auditWebhook": {"name": "hook"}}, 'failed to get audit webhook config hook: Secret "hook" not found'),
        (
            {"additionalTrustBundle": {"name": "bundle"}},
            'failed to get hostedcluster AdditionalTrustBundle ConfigMap bundle: ConfigMap "bundle" not found',
        ),
        (
            {"configuration": {"oauth": {"identityProviders": [{"htpasswd": {"fileData": {"name": "users"}}}]}}},
            'failed to get referenced secret users: Secret "users" not found',
        ),
    ],
)
def test_other_missing_references_stop_before_the_control_plane(hub: FakeManagementCluster, spec: dict[str, Any], missing: str) -> None:
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster(**spec))
    hub.run(300)
    assert hub.condition(*HC, "ReconciliationSucceeded")["message"] == missing
    assert hub.store.get("HostedControlPlane", CPNS, "demo") is None


def test_references_are_copied_under_their_fixed_names(hub: FakeManagementCluster) -> None:
    hub.create(pull_secret("demo"))
    key = secret("demo-ssh-key")
    key["data"] = {"id_rsa.pub": "c3No", "id_rsa": "c2VjcmV0"}
    hub.create(key)
    bundle = config_map("bundle")
    bundle["data"] = {"ca-bundle.crt": "PEM"}
    hub.create(bundle)
    hub.create(hosted_cluster(sshKey={"name": "demo-ssh-key"}, additionalTrustBundle={"name": "bundle"}))
    hub.run(20)
    assert hub.get("Secret", CPNS, "ssh-key")["data"] == {"id_rsa.pub": "c3No"}, "not the private half"
    assert hub.get("ConfigMap", CPNS, "user-ca-bundle")["data"] == {"ca-bundle.crt": "PEM"}


def test_secrets_made_with_the_cluster_get_it_as_owner(hub: FakeManagementCluster) -> None:
    hub.create(hosted_cluster(infraID="demo-x1"))
    own = pull_secret("demo")
    labels = {"hypershift.openshift.io/safe-to-delete-with-cluster": "true"}
    own["metadata"]["labels"] = {**labels, "hypershift.openshift.io/auto-created-for-infra": "demo-x1"}
    hub.create(own)
    other = secret("other")
    other["metadata"]["labels"] = {**labels, "hypershift.openshift.io/auto-created-for-infra": "another"}
    hub.create(other)
    hub.run(60)
    assert hub.get("Secret", "clusters", "demo-pull-secret")["metadata"]["ownerReferences"][0]["name"] == "demo"
    assert "ownerReferences" not in hub.get("Secret", "clusters", "other")["metadata"]


def test_overlapping_networks_are_invalid(hub: FakeManagementCluster) -> None:
    hub.create(pull_secret("demo"))
    networking = {"networkType": "OVNKubernetes", "clusterNetwork": [{"cidr": "10.0.0.0/8"}], "serviceNetwork": [{"cidr": "10.5.0.0/16"}]}
    hub.create(hosted_cluster(networking=networking))
    hub.run(60)
    assert hub.condition(*HC, "ValidConfiguration")["reason"] == "InvalidConfiguration"
    assert hub.condition(*HC, "Progressing")["reason"] == "Blocked"
    assert hub.condition(*HC, "ReconciliationSucceeded")["message"].startswith("configuration is invalid: ")
    assert hub.condition(*HC, "Available")["message"].startswith("ValidConfiguration condition is false")
    assert hub.store.get("Namespace", "", CPNS) is None


def test_with_oauth_there_is_no_password(hub: FakeManagementCluster) -> None:
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster(configuration={"oauth": {"identityProviders": []}}))
    hub.run(600)
    assert "kubeadminPassword" not in hub.get(*HC)["status"]
    assert hub.store.get("Secret", "clusters", "demo-kubeadmin-password") is None


def test_a_name_that_is_too_long_for_a_namespace_is_said(hub: FakeManagementCluster) -> None:
    name = "a" * 55
    hub.create(pull_secret(name))
    hub.create(hosted_cluster(name))
    hub.run(60)
    condition = hub.condition("HostedCluster", "clusters", name, "ReconciliationSucceeded")
    assert condition["message"].startswith("failed to reconcile namespace: ")
    assert hub.store.list("Namespace") == []
