# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Bad input: each rule names the offending option, the rule and what is allowed, before any write.

Source: platform_facts#0.3, #0.6, #2.3, #O.11.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters.hosted_cluster import HostedClusterPresent
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError, OptionError, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._node_pools.nodepool import NodePool

from builders.memory_hub import MemoryHub
from builders.objects import cluster_options, live_cluster, live_pool, options

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "clusters"}}
AWS = {"region": "eu-west-1", "roles": {k: f"arn:aws:iam::1:role/{k}" for k in (
    "ingress", "image_registry", "storage", "network", "kube_cloud_controller", "node_pool_management", "control_plane_operator")}}  # fmt: skip
NODE_PORT = {"service_publishing": {"api_server_address": "192.0.2.7"}}


def services(**kinds: str) -> list[dict[str, Any]]:
    base = {"APIServer": "LoadBalancer", "OAuthServer": "Route", "Konnectivity": "Route", "Ignition": "Route", **kinds}
    return [{"service": s, "servicePublishingStrategy": {"type": k}} for s, k in base.items() if k]


# (options beside a good hosted cluster, what the message must name)
CLUSTER: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"name": "Bad_Name"}, ("option name", "DNS label")),
    ({"name": "clusters"}, ("option name", "reserved")),
    ({"name": "a" * 60}, ("options namespace and name", "at most 63")),
    ({"release_image": "has space"}, ("option release_image", "without spaces")),
    ({"release_image": ""}, ("option release_image", "1 to 253")),
    ({"control_plane_release_image": "x y"}, ("option control_plane_release_image",)),
    ({"pull_secret": {"content": "no json"}}, ("option pull_secret.content", "JSON object", "auths")),
    ({"pull_secret": {"content": "{'auths': {}}"}}, ("option pull_secret.content", "JSON object")),
    ({"channel": "c" * 101}, ("option channel", "1 to 100")),
    ({"update_service": "not a url"}, ("option update_service", "http://")),
    ({"cluster_id": "1234"}, ("option cluster_id", "UUID")),
    ({"infra_id": "UPPER"}, ("option infra_id", "lower-case")),
    ({"base_domain": "bad domain"}, ("option base_domain", "DNS name")),
    ({"base_domain": "ex.test", "base_domain_prefix": "a b"}, ("option base_domain_prefix", "DNS name")),
    ({"public_zone_id": "z" * 259}, ("option public_zone_id", "1 to 258")),
    ({"cluster_networks": ["10.0.0.0"]}, ("option cluster_networks", "CIDRs")),
    ({"cluster_networks": ["10.0.0.0/8", "fd01::/48", "10.9.0.0/16"]}, ("option cluster_networks", "1 to 2 entries")),
    ({"service_networks": ["300.0.0.0/16"]}, ("option service_networks", "CIDRs")),
    ({"machine_networks": []}, ("option machine_networks", "1 to 2 entries")),
    ({"service_networks": ["10.132.0.0/16"]}, ("overlaps 10.132.0.0/14",)),
    ({"machine_networks": ["172.31.4.0/24"]}, ("option machine_networks", "overlap")),
    ({"allowed_cidr_blocks": ["10.0.0.1"]}, ("option allowed_cidr_blocks", "CIDRs")),
    ({"allowed_cidr_blocks": ["10.0.0.0/8"] * 501}, ("option allowed_cidr_blocks", "0 to 500")),
    ({"etcd_storage_size": "lots"}, ("option etcd_storage_size", "8Gi")),
    ({"etcd_storage_size": "0"}, ("option etcd_storage_size", "above zero")),
    ({"etcd_encryption": {"content": "short"}}, ("option etcd_encryption.content", "32 bytes")),
    ({"node_selector": {f"k{i}": "v" for i in range(21)}}, ("option node_selector", "0 to 20")),
    ({"node_selector": {"bad key": "v"}}, ("option node_selector", "label")),
    ({"control_plane_labels": {"a": "b c"}}, ("option control_plane_labels", "label")),
    ({"labels": {"-": "v"}}, ("option labels", "label")),
    ({"tolerations": [{"key": "a", "operator": "Exists"} for _i in range(26)]}, ("option tolerations", "0 to 25")),
    ({"capabilities": {"disabled": ["Ingress"]}}, ("option capabilities", "Ingress", "Console")),
    ({"capabilities": {"disabled": ["Nothing"]}}, ("option capabilities", "is no capability")),
    ({"capabilities": {"enabled": ["Console"], "disabled": ["Console"]}}, ("option capabilities", "both enabled and disabled")),
    ({"feature_set": "TechPreviewNoUpgrade"}, ("allow_no_upgrade_feature_set",)),
    ({"kube_api_server_dns_name": "a b"}, ("option kube_api_server_dns_name", "DNS name")),
    ({"issuer_url": "nowhere"}, ("option issuer_url", "URL")),
    ({"services": services(Ignition="")}, ("option services", "4 to 6 entries")),
    ({"services": services(APIServer="Magic")}, ("option services", "LoadBalancer, NodePort, Route")),
    ({"services": services(Nothing="Route")}, ("option services", "is no service")),
    ({"services": [*services(), *services()[:1]]}, ("option services", "listed once")),
    ({"services": services(OAuthServer="NodePort")}, ("option services", "nodePort.address")),
    ({"service_publishing": {"strategy": "node_port"}}, ("option service_publishing.api_server_address", "missing")),
    ({"service_publishing": {"external_dns_domain": "x.test"}}, ("option service_publishing.external_dns_domain", "aws")),
    ({"platform": "agent", **NODE_PORT}, ("option agent.namespace is missing",)),
    ({"platform": "agent", "agent": {"namespace": "Bad"}, **NODE_PORT}, ("option agent.namespace", "namespace name")),
    ({"platform": "aws", "aws": {"region": "eu-west-1"}}, ("option aws.roles.ingress is missing", "option aws.roles.storage is missing")),
    ({"platform": "aws", "aws": {"roles": AWS["roles"]}}, ("option aws.region is missing",)),
    ({"platform": "aws", "aws": AWS, "services": services(Konnectivity="LoadBalancer")}, ("Konnectivity must be of type Route",)),
    ({"platform": "aws", "aws": AWS, "service_publishing": {"strategy": "node_port"}}, ("node_port publishing does not exist on platform aws",)),
    ({"pull_secret": {"name": "missing"}}, ("option pull_secret.name", "does not exist")),
    ({"spec": {"pausedUntil": "true"}}, ("pause_reconcile",)),
    ({"spec": {"networking": {"networkType": "Carrier"}}}, ("OVNKubernetes, OpenShiftSDN, Calico, Other",)),
    ({"spec": {"etcd": {"managementType": "Borrowed"}}}, ("Managed, Unmanaged",)),
    ({"spec": {"etcd": {"managed": {"storage": {"restoreSnapshotURL": ["ftp://x"]}}}}}, ("restoreSnapshotURL", "https:// or s3://")),
    ({"spec": {"etcd": {"managed": {"storage": {"restoreSnapshotURL": ["https://x/a", "https://x/b"]}}}}}, ("restoreSnapshotURL", "0 to 1 entries")),
    ({"spec": {"secretEncryption": {"type": "aescbc"}}}, ("activeKey",)),
    ({"spec": {"autoscaling": {"scaling": "Sideways"}}}, ("ScaleUpAndScaleDown, ScaleUpOnly",)),
    ({"spec": {"autoscaling": {"scaling": "ScaleUpOnly", "scaleDown": {"delayAfterAddSeconds": 1}}}}, ("scaleDown",)),
    ({"spec": {"autoscaling": {"expanders": []}}}, ("expanders", "1 to 3 entries")),
    ({"spec": {"monitoring": {"metricsSet": "Some"}}}, ("Telemetry, SRE, All",)),
    ({"spec": {"olmCatalogPlacement": "moon"}}, ("management, guest",)),
    ({"spec": {"platform": {"kubevirt": {"generateID": "x" * 12}}}}, ("generateID", "1 to 11")),
    ({"configuration": {"featureGate": {"featureSet": "", "customNoUpgrade": {"enabled": ["X"]}}}}, ("CustomNoUpgrade",)),
    ({"spec": {"release": {"image": "quay.io/other:4.20.1-multi"}}}, ("option release_image", "different values")),
]  # fmt: skip

# (options of a node pool, what the message must name)
POOL: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"name": "Bad_Name"}, ("option name", "DNS label")),
    ({"release_image": "a b"}, ("option release_image",)),
    ({"replicas": -1}, ("option replicas", "0 or more")),
    ({"auto_scaling": {"min": 0, "max": 3}}, ("option auto_scaling", "AWS and Azure")),
    ({"auto_scaling": {"min": 5, "max": 3}}, ("option auto_scaling", "max at or above min")),
    ({"auto_scaling": {"min": 1, "max": 0}}, ("option auto_scaling", "1 or more")),
    ({"upgrade_type": "Replace", "in_place": {"max_unavailable": 1}}, ("option in_place.max_unavailable", "InPlace")),
    ({"upgrade_type": "InPlace", "in_place": {"max_unavailable": 0}}, ("option in_place.max_unavailable", "1 or more")),
    ({"replace": {"strategy": "OnDelete", "max_surge": 1}}, ("option replace.strategy", "OnDelete")),
    ({"replace": {"max_surge": 0, "max_unavailable": 0}}, ("option replace.max_surge", "must not be 0")),
    ({"replace": {"max_surge": "150%"}}, ("option replace.max_surge", "percentage")),
    ({"config": [f"c{i}" for i in range(11)]}, ("option config", "0 to 10")),
    ({"tuning_config": [f"c{i}" for i in range(11)]}, ("option tuning_config", "0 to 10")),
    ({"config": ["missing"]}, ("option config", "ConfigMap clusters/missing does not exist")),
    ({"node_drain_timeout": "soon"}, ("option node_drain_timeout", "15m")),
    ({"node_volume_detach_timeout": "5 minutes"}, ("option node_volume_detach_timeout", "Go duration")),
    ({"node_labels": {"a b": "c"}}, ("option node_labels", "label")),
    ({"taints": [{"key": "a b", "effect": "NoSchedule"}]}, ("option taints", "illegal key")),
    ({"taints": [{"key": "a", "value": "b c", "effect": "NoSchedule"}]}, ("option taints", "illegal value")),
    ({"taints": [{"key": "a", "effect": "NoSchedule"} for _i in range(51)]}, ("option taints", "0 to 50")),
    ({"arch": "ppc64le"}, ("option arch", "amd64, s390x")),
    ({"kubevirt": {"cores": 0}}, ("option kubevirt.cores", "1 or more")),
    ({"kubevirt": {"memory": "much"}}, ("option kubevirt.memory", "quantity")),
    ({"kubevirt": {"root_volume_size": "-1Gi"}}, ("option kubevirt.root_volume_size", "above zero")),
    ({"kubevirt": {"additional_networks": [f"n{i}" for i in range(21)]}}, ("option kubevirt.additional_networks", "0 to 20")),
    ({"spec": {"pausedUntil": "2026-12-01T00:00:00Z"}}, ("pause_reconcile",)),
    ({"spec": {"replicas": 3}, "auto_scaling": {"min": 1, "max": 2}}, ("replicas", "auto_scaling")),
    ({"spec": {"management": {"upgradeType": "Sideways"}}}, ("Replace, InPlace",)),
    ({"spec": {"platform": {"kubevirt": {"hostDevices": [{"deviceName": "d"}] * 11}}}}, ("hostDevices", "0 to 10")),
    ({"platform": "none"}, ("option platform", "KubeVirt")),
]  # fmt: skip

AWS_POOL: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ("option aws.subnet_id is missing",)),
    ({"aws": {"subnet_id": "vpc-1"}}, ("option aws.subnet_id", "subnet-")),
    ({"aws": {"subnet_id": "subnet-1", "root_volume": {"size": 4, "type": "gp3"}}}, ("option aws.root_volume", "8 or more")),
    ({"aws": {"subnet_id": "subnet-1", "security_groups": ["g"] * 51}}, ("option aws.security_groups", "0 to 50")),
    ({"aws": {"subnet_id": "subnet-1", "placement": {"spot": {"maxPrice": "1"}}}}, ("option aws.placement", "Spot")),
    ({"aws": {"subnet_id": "subnet-1", "placement": {"tenancy": "shared"}}}, ("option aws.placement", "default, dedicated, host")),
    ({"aws": {"subnet_id": "subnet-1"}, "arch": "ppc64le"}, ("option arch", "amd64, arm64")),
]  # fmt: skip


def refusal(operation: Any, hub: MemoryHub) -> HypershiftError:
    with pytest.raises((OptionError, RefusedError)) as caught:
        run(operation, hub, False, lambda line: None)
    assert hub.writes == [], "nothing may be written"
    return caught.value


@pytest.mark.parametrize(("given", "words"), CLUSTER, ids=lambda v: str(v)[:60] if isinstance(v, dict) else "")
def test_hosted_cluster(given: dict[str, Any], words: tuple[str, ...]) -> None:
    hub = MemoryHub(NAMESPACE)
    with pytest.raises((OptionError, RefusedError)) as caught:
        run(HostedClusterPresent(hub, cluster_options(**given)), hub, False, lambda line: None)
    text = str(caught.value)
    assert hub.writes == [] and not [w for w in words if w not in text], text
    assert "\n" not in text and "Traceback" not in text


@pytest.mark.parametrize(("given", "words"), POOL, ids=lambda v: str(v)[:60] if isinstance(v, dict) else "")
def test_node_pool(given: dict[str, Any], words: tuple[str, ...]) -> None:
    text = str(
        refusal(
            NodePool(
                hub := MemoryHub(live_cluster()), options("nodepool", **{"name": "new", "cluster_name": "demo", "wait": False, **given})
            ),
            hub,
        )
    )
    assert not [w for w in words if w not in text], text


@pytest.mark.parametrize(("given", "words"), AWS_POOL, ids=lambda v: str(v)[:60] if isinstance(v, dict) else "")
def test_aws_node_pool(given: dict[str, Any], words: tuple[str, ...]) -> None:
    cluster = live_cluster(platform="aws", aws=AWS)
    text = str(
        refusal(
            NodePool(hub := MemoryHub(cluster), options("nodepool", **{"name": "new", "cluster_name": "demo", "wait": False, **given})), hub
        )
    )
    assert not [w for w in words if w not in text], text


def test_ibm_z_on_agent_tells_the_way() -> None:
    cluster = live_cluster()
    cluster["spec"]["platform"] = {"type": "Agent", "agent": {"agentNamespace": "hosts"}}
    hub = MemoryHub(cluster)
    text = str(refusal(NodePool(hub, options("nodepool", name="z", cluster_name="demo", arch="s390x", wait=False)), hub))
    assert "leave arch at amd64 and use a multi-arch release image" in text


def test_there_are_at_least_sixty_cases() -> None:
    assert len(CLUSTER) + len(POOL) + len(AWS_POOL) >= 60


def test_pool_listed_in_the_cluster_task_is_checked_too() -> None:
    hub = MemoryHub(NAMESPACE)
    error = refusal(HostedClusterPresent(hub, cluster_options(node_pools=[{"name": "p", "node_drain_timeout": "soon"}])), hub)
    assert "NodePool clusters/p" in str(error) and "node_drain_timeout" in str(error)


def test_good_pool_of_each_kind_is_not_refused() -> None:
    hub = MemoryHub(live_cluster(), live_pool())
    run(
        NodePool(hub, options("nodepool", name="demo", replicas=3, replace={"max_surge": "50%"}, wait=False)), hub, False, lambda line: None
    )
    assert hub.writes == [("patch", "NodePool clusters/demo")]


@pytest.mark.parametrize("kind", ["cluster", "pool"])
@pytest.mark.parametrize(
    ("stands", "asked", "refused"),
    [("true", None, True), (None, "true", True), ("true", "false", True), ("true", "true", False), (None, None, False)],
)
def test_a_pause_is_neither_set_nor_lifted_here(kind: str, stands: Any, asked: Any, refused: bool) -> None:
    cluster, pool = live_cluster(), live_pool()
    for obj in (cluster, pool):
        obj["spec"] |= {"pausedUntil": stands} if stands else {}
    hub, given = MemoryHub(cluster, pool), {"name": "demo", "spec": {"pausedUntil": asked}, "wait": False}
    operation = (
        HostedClusterPresent(hub, options("hosted_cluster", **given)) if kind == "cluster" else NodePool(hub, options("nodepool", **given))
    )
    if refused:
        assert "pausedUntil" in str(refusal(operation, hub))
    else:
        assert run(operation, hub, False, lambda line: None)["changed"] is False
