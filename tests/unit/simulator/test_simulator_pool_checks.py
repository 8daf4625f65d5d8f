# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the operator checks of a node pool before it touches a machine."""

from __future__ import annotations

import pytest

from simulator.fake_management_cluster import FakeManagementCluster
from simulator.manifests import IMAGE, NEXT_IMAGE, hosted_cluster, node_pool, pull_secret
from simulator.pools import NP, machines, pool, settled


@pytest.mark.parametrize(
    ("image", "valid", "message"),
    [
        (NEXT_IMAGE, False, "latest version supported"),
        ("registry.example.com/ocp/release:4.20.1-multi", False, "y-stream downgrade"),
        ("registry.example.com/ocp/release:unknown", False, "manifest unknown"),
        ("registry.example.com/ocp/release:4.21.1-multi", True, ""),
    ],
)
def test_the_release_of_a_pool_is_bound_to_that_of_its_cluster(
    installed_light: FakeManagementCluster, image: str, valid: bool, message: str
) -> None:
    hub = installed_light
    pool(hub, release={"image": image})
    hub.run(60)
    condition = hub.condition(*NP, "ValidReleaseImage")
    assert condition["status"] == str(valid)
    assert message in condition["message"]


def test_skew_within_the_minor_is_advice_only(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    pool(hub, release={"image": "registry.example.com/ocp/release:4.21.7-multi"})
    hub.run(1800)
    condition = hub.condition(*NP, "SupportedVersionSkew")
    assert (condition["status"], condition["reason"]) == ("False", "UnsupportedSkew")
    settled(hub, "4.21.7")


@pytest.mark.parametrize(
    ("platform", "arch", "status"), [("Agent", "s390x", "False"), ("Agent", "ppc64le", "True"), ("KubeVirt", "arm64", "False")]
)
def test_architectures_by_platform(hub: FakeManagementCluster, platform: str, arch: str, status: str) -> None:
    block = {"type": platform, "agent": {"agentNamespace": "agents"}} if platform == "Agent" else None
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster(platform=block))
    hub.create(node_pool(arch=arch, platform={"type": "Agent"} if block else None))
    hub.run(600)
    assert hub.condition(*NP, "ValidArchPlatform")["status"] == status


def test_a_payload_without_the_architecture_stops_the_pool(hub: FakeManagementCluster) -> None:
    platform = {"type": "Agent", "agent": {"agentNamespace": "agents"}}
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster(platform=platform, release={"image": IMAGE.replace("multi", "x86_64")}))
    hub.create(node_pool(arch="arm64", platform={"type": "Agent"}))
    hub.run(900)
    assert "not supported by the HostedCluster payload" in hub.condition(*NP, "ValidArchPlatform")["message"]
    assert machines(hub) == {}


def test_neither_surge_nor_unavailability_is_no_way_to_update(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    pool(hub, management={"replace": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}})
    hub.run(30)
    assert hub.condition(*NP, "UpdateManagementEnabled")["reason"] == "ValidationFailed"
