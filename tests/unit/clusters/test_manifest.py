# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Desired objects: defaults of creation per platform, secrets out of sight, services. Source: platform_facts#2.1 to #2.8."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters import manifest as hosted_cluster
from ansible_collections.hypershift.core.plugins.module_utils._clusters.admission import creation_failures, hosted_cluster_failures
from ansible_collections.hypershift.core.plugins.module_utils._kernel.changes import ChangeSet
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import SECRET, control_plane_namespace
from ansible_collections.hypershift.core.plugins.module_utils._kernel.objects import lookup
from ansible_collections.hypershift.core.plugins.module_utils._kernel.redaction import redacted
from ansible_collections.hypershift.core.plugins.module_utils._node_pools import manifest as node_pool

from builders.objects import cluster_options, live_cluster, options, pool_options
from clusters.test_admission import AWS


def made(**given: Any) -> dict[str, Any]:
    manifest = hosted_cluster.creation_manifest(cluster_options(**given), "demo-abcde")
    assert hosted_cluster_failures(manifest) + creation_failures(manifest) == []
    spec: dict[str, Any] = manifest["spec"]
    return spec


def published(spec: dict[str, Any]) -> dict[str, str]:
    return {s["service"]: s["servicePublishingStrategy"]["type"] for s in spec["services"]}


def test_common_defaults() -> None:
    spec = made()
    assert spec["controllerAvailabilityPolicy"] == "HighlyAvailable" and spec["infrastructureAvailabilityPolicy"] == "SingleReplica"
    assert spec["networking"]["clusterNetwork"] == [{"cidr": "10.132.0.0/14"}] and spec["networking"]["serviceNetwork"] == [
        {"cidr": "172.31.0.0/16"}
    ]
    assert lookup(spec, ("etcd", "managed", "storage", "persistentVolume", "size")) == "8Gi" and spec["olmCatalogPlacement"] == "management"


def test_agent() -> None:
    spec = made(platform="agent", agent={"namespace": "hosts"}, service_publishing={"api_server_address": "192.0.2.7"})
    assert spec["dns"] == {"baseDomain": "example.com"} and spec["platform"] == {"type": "Agent", "agent": {"agentNamespace": "hosts"}}
    assert set(published(spec).values()) == {"NodePort"} and "OIDC" in published(spec)


def test_kubevirt_with_and_without_base_domain() -> None:
    assert made()["platform"]["kubevirt"] == {"baseDomainPassthrough": True} and "dns" not in made()
    spec = made(base_domain="example.test")
    assert spec["dns"] == {"baseDomain": "example.test"} and "baseDomainPassthrough" not in spec["platform"].get("kubevirt", {})
    assert published(spec) == {"APIServer": "LoadBalancer", "OAuthServer": "Route", "Konnectivity": "Route", "Ignition": "Route"}


@pytest.mark.parametrize(
    ("access", "named"),
    [
        ("Public", ["api", "oauth", "konnectivity", "ignition"]),
        ("PublicAndPrivate", ["api", "oauth"]),
        ("Private", ["api", "oauth"]),
    ],
)
@pytest.mark.parametrize("by_spec", [False, True])
def test_aws_with_external_dns(access: str, named: list[str], by_spec: bool) -> None:
    """Publishing that was made is also taken when it is given as a list."""
    asked = {"platform": {"aws": {"endpointAccess": access}}} if by_spec else {}
    aws = AWS if by_spec else {**AWS, "endpoint_access": access}
    spec = made(platform="aws", aws=aws, spec=asked, service_publishing={"external_dns_domain": "ext.test"})
    hosts = [lookup(s, ("servicePublishingStrategy", "route", "hostname")) for s in spec["services"]]
    assert [h for h in hosts if h] == [f"{service}-demo.ext.test" for service in named]
    assert made(platform="aws", aws=aws, spec=asked, services=spec["services"])["services"] == spec["services"]


def test_aws_takes_host_names_of_tunnels_with_private_access_and_wants_one_for_a_route_to_the_api() -> None:
    route = {s: {"type": "Route", "route": {"hostname": f"{s.lower()}.ext.test"}} for s in ("APIServer", "OAuthServer", "Konnectivity")}
    listed = [{"service": s, "servicePublishingStrategy": k} for s, k in {**route, "Ignition": {"type": "Route"}}.items()]
    aws = {**AWS, "endpoint_access": "Private"}
    assert made(platform="aws", aws=aws, services=listed)["services"] == listed
    listed[0] = {"service": "APIServer", "servicePublishingStrategy": {"type": "Route"}}
    manifest = hosted_cluster.creation_manifest(cluster_options(platform="aws", aws=aws, services=listed), "demo-abcde")
    assert ["Route with a hostname" in f.cause for f in hosted_cluster_failures(manifest)] == [True]


UNMANAGED = {"endpoint": "https://etcd.test:2379", "tls": {"clientSecret": {"name": "etcd-client"}}}


@pytest.mark.parametrize("platform", ["aws", "kubevirt"])
@pytest.mark.parametrize("asked", [{"managementType": "Unmanaged", "unmanaged": UNMANAGED}, {"unmanaged": UNMANAGED}])
def test_no_storage_beside_an_etcd_of_the_user(platform: str, asked: dict[str, Any]) -> None:
    given = {"platform": "aws", "aws": AWS} if platform == "aws" else {}
    assert made(spec={"etcd": asked}, **given)["etcd"] == {"managementType": "Unmanaged", "unmanaged": UNMANAGED}


def test_no_passthrough_beside_a_domain_however_it_is_given() -> None:
    assert made(spec={"dns": {"baseDomain": "example.test"}})["platform"]["kubevirt"] == {}
    assert made(kubevirt={"base_domain_passthrough": False})["platform"]["kubevirt"] == {"baseDomainPassthrough": False}


@pytest.mark.parametrize(
    ("given", "path", "value"),
    [
        ({"base_domain": "example.test", "base_domain_prefix": ""}, ("dns", "baseDomainPrefix"), ""),
        ({"base_domain": ""}, ("dns", "baseDomain"), ""),
        ({"base_domain": ""}, ("platform", "kubevirt", "baseDomainPassthrough"), True),
        ({"kube_api_server_dns_name": ""}, ("kubeAPIServerDNSName",), None),
        ({"spec": {"kubeAPIServerDNSName": ""}}, ("kubeAPIServerDNSName",), ""),
        ({"etcd_storage_class": ""}, ("etcd", "managed", "storage", "persistentVolume", "storageClassName"), ""),
        ({"etcd_storage_size": "8e9"}, ("etcd", "managed", "storage", "persistentVolume", "size"), "8e9"),
        ({"feature_set": "OKD"}, ("configuration", "featureGate", "featureSet"), "OKD"),
        ({"feature_set": ""}, ("configuration", "featureGate", "featureSet"), ""),
    ],
)
def test_legal_values_that_look_empty_or_odd(given: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    assert lookup(made(**given), path) == value


def test_aws_defaults_and_roles() -> None:
    spec = made(platform="aws", aws={**AWS, "resource_tags": {"team": "a"}})
    assert lookup(spec, ("etcd", "managed", "storage", "persistentVolume", "storageClassName")) == "gp3-csi"
    assert spec["platform"]["aws"]["rolesRef"]["nodePoolManagementARN"] == AWS["roles"]["node_pool_management"]
    assert spec["platform"]["aws"]["resourceTags"] == [{"key": "team", "value": "a"}]


def test_none_needs_an_address_or_a_load_balancer() -> None:
    assert published(made(platform="none", service_publishing={"strategy": "load_balancer"}))["OIDC"] == "Route"


def test_user_wins_over_defaults_and_spec_reaches_every_field() -> None:
    spec = made(network_type="Calico", spec={"autoscaling": {"scaling": "ScaleUpOnly"}, "networking": {"apiServer": {"port": 7443}}})
    assert spec["networking"]["networkType"] == "Calico" and spec["networking"]["apiServer"] == {"port": 7443}
    assert spec["autoscaling"] == {"scaling": "ScaleUpOnly"}


def test_update_has_only_what_was_given() -> None:
    assert hosted_cluster.desired_manifest(options("hosted_cluster", name="demo", channel="x"))["spec"] == {"channel": "x"}


@pytest.mark.parametrize(("platform", "kind"), [("Agent", "InPlace"), ("KubeVirt", "Replace"), ("AWS", "Replace"), ("None", "Replace")])
def test_node_pool_defaults(platform: str, kind: str) -> None:
    cluster = live_cluster()
    cluster["spec"]["platform"] = {"type": platform}
    spec = node_pool.creation_manifest(pool_options(), cluster)["spec"]
    assert (
        spec["management"]["upgradeType"] == kind and spec["replicas"] == 2 and spec["nodeDrainTimeout"] == "0s" and spec["arch"] == "amd64"
    )


def test_arm_pool_on_aws_gets_an_arm_instance() -> None:
    cluster = live_cluster()
    cluster["spec"]["platform"] = {"type": "AWS"}
    aws = node_pool.creation_manifest(pool_options(arch="arm64", aws={"subnet_id": "subnet-1"}), cluster)["spec"]["platform"]["aws"]
    assert (
        aws["instanceType"] == "m6g.large"
        and aws["instanceProfile"] == "demo-abcde-worker"
        and aws["rootVolume"] == {"size": 120, "type": "gp3"}
    )


def test_control_plane_namespace_replaces_dots_and_cuts_nothing() -> None:
    assert control_plane_namespace("clusters", "a.b") == "clusters-a-b"


def test_secrets_never_show_in_plan_or_diff() -> None:
    changes = ChangeSet()
    live = hosted_cluster.cluster_secret("Secret", "s", "clusters", "i", "key", "T0xE")
    live["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": '{"data":{"key":"T0xE"}}'}
    changes.create(SECRET, hosted_cluster.cluster_secret("Secret", "n", "clusters", "i", "key", "TkVX"), "why")
    changes.patch(SECRET, live, {"data": {"key": "TkVX"}}, "why")
    shown = str(changes.plan()) + str(changes.diff())
    assert "T0xE" not in shown and "TkVX" not in shown and "<hidden, sha256" in shown
    assert changes.diff()[1]["before"] != changes.diff()[1]["after"], "a change of content must still be seen as one"


def test_proxy_credentials_are_masked() -> None:
    spec = {"spec": {"configuration": {"proxy": {"httpsProxy": "http://user:pass@proxy.test:3128", "noProxy": "a@b"}}}}
    assert redacted(spec)["spec"]["configuration"]["proxy"]["httpsProxy"] == "http://<hidden>@proxy.test:3128"
