# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An update of a hosted cluster: its timeline, its gate, and the updates that are offered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.fake_management_cluster import FakeManagementCluster, Status
from simulator.manifests import IMAGE, NEXT_IMAGE, config_map, hosted_cluster, node_pool, pull_secret

HC = ("HostedCluster", "clusters", "demo")
NP = ("NodePool", "clusters", "demo")
HCP = ("HostedControlPlane", "clusters-demo", "demo")
Z_STREAM = "registry.example.com/ocp/release:4.21.9-multi"
FAULT = "simulator.hypershift.core/fault"
FORCE = "hypershift.openshift.io/force-upgrade-to"


def update(hub: FakeManagementCluster, image: str) -> None:
    hub.patch(*HC, {"spec": {"release": {"image": image}}})


def history(hub: FakeManagementCluster) -> list[tuple[str, str]]:
    return [(entry["version"], entry["state"]) for entry in hub.get(*HC)["status"]["version"]["history"]]


def annotate(hub: FakeManagementCluster, **annotations: str | None) -> None:
    names = {"fault": FAULT, "force": FORCE}
    hub.patch(*HC, {"metadata": {"annotations": {names[name]: value for name, value in annotations.items()}}})


def test_the_timeline(installed: FakeManagementCluster) -> None:
    hub = installed
    update(hub, NEXT_IMAGE)
    hub.settle()
    generation = hub.get(*HC)["metadata"]["generation"]
    assert hub.condition(*HC, "Progressing")["observedGeneration"] < generation, "seen a moment later"
    hub.run(10)
    assert hub.condition(*HC, "Progressing")["status"] == "True"
    assert hub.condition(*HC, "Progressing")["observedGeneration"] == generation
    assert hub.get(*HCP)["spec"]["releaseImage"] == NEXT_IMAGE
    assert hub.get(*HC)["status"]["controlPlaneVersion"]["desired"]["version"] == "4.21.3", "frozen until the new operator runs"
    hub.run(70)
    assert hub.get(*HC)["status"]["controlPlaneVersion"]["history"][0]["state"] == "Partial"
    assert history(hub) == [("4.21.3", "Completed")]
    hub.run(670)
    assert hub.condition(*HC, "Progressing")["status"] == "False", "flips when the desired image is the wanted one"
    assert history(hub) == [("4.22.1", "Partial"), ("4.21.3", "Completed")]
    assert hub.condition(*HC, "ClusterVersionProgressing")["message"].startswith("Working towards 4.22.1")
    assert hub.get(*HC)["status"]["controlPlaneVersion"]["history"][0]["state"] == "Completed"
    hub.run(450)
    assert history(hub) == [("4.22.1", "Completed"), ("4.21.3", "Completed")]
    assert hub.condition(*HC, "ClusterVersionProgressing")["message"] == "Cluster version is 4.22.1"
    assert hub.condition(*HC, "Available")["status"] == "True"


def test_components_follow_their_dependencies(installed: FakeManagementCluster) -> None:
    hub = installed
    update(hub, NEXT_IMAGE)
    hub.run(1500)
    order: list[str] = []
    for action in hub.writes:
        if isinstance(action, Status) and action.kind == "ControlPlaneComponent" and action.status.get("version") == "4.22.1":
            order.append(action.name)
    places = [order.index(name) for name in ("control-plane-operator", "etcd", "kube-apiserver", "openshift-apiserver", "oauth-openshift")]
    assert places == sorted(places)


def test_pools_stay_and_say_that_they_lag(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    before = {machine["metadata"]["name"] for machine in hub.store.list("Machine")}
    update(hub, NEXT_IMAGE)
    hub.run(1500)
    assert {machine["metadata"]["name"] for machine in hub.store.list("Machine")} == before
    assert hub.get(*NP)["status"]["version"] == "4.21.3"
    assert hub.condition(*NP, "SupportedVersionSkew")["status"] == "True"


def test_the_api_stays_available_throughout(installed: FakeManagementCluster) -> None:
    hub = installed
    update(hub, NEXT_IMAGE)
    hub.run(1500)
    for action in hub.writes:
        if isinstance(action, Status) and action.kind == "HostedCluster":
            states = {entry["type"]: entry["status"] for entry in action.status["conditions"]}
            assert states["Available"] == states["KubeAPIServerAvailable"] == "True"


def test_without_workers_an_update_does_not_complete(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    hub.patch(*NP, {"spec": {"replicas": 0}})
    hub.run(300)
    update(hub, NEXT_IMAGE)
    hub.run(3600)
    assert history(hub)[0] == ("4.22.1", "Partial")
    assert hub.condition(*HC, "Progressing")["status"] == "False"


def test_a_second_update_closes_the_first_one_and_leaves_it_partial(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    annotate(hub, fault="stall=cluster-version")
    update(hub, Z_STREAM)
    hub.run(900)
    update(hub, NEXT_IMAGE)
    hub.run(900)
    assert history(hub)[:2] == [("4.22.1", "Partial"), ("4.21.9", "Partial")]
    annotate(hub, fault=None)
    hub.run(600)
    assert history(hub) == [("4.22.1", "Completed"), ("4.21.9", "Partial"), ("4.21.3", "Completed")]
    assert hub.get(*HC)["status"]["version"]["history"][1]["completionTime"] is not None


def test_restarts_on_the_way_do_not_turn_an_update_back(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    update(hub, NEXT_IMAGE)
    for _ in range(6):
        hub.run(450)
        hub.restart()
    assert history(hub)[0] == ("4.22.1", "Completed")


def test_control_plane_release_updates_the_management_side_alone(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    hub.patch(*HC, {"spec": {"controlPlaneRelease": {"image": Z_STREAM}}})
    hub.run(1500)
    assert hub.get(*HC)["status"]["controlPlaneVersion"]["history"][0]["version"] == "4.21.9"
    assert history(hub) == [("4.21.3", "Completed")]


# The gate: what is blocked, and how the annotation counts.


@pytest.mark.parametrize(
    ("image", "force", "blocked"),
    [
        (NEXT_IMAGE, None, "cluster version is not upgradeable"),
        (Z_STREAM, None, ""),
        (NEXT_IMAGE, NEXT_IMAGE, ""),
        (NEXT_IMAGE, IMAGE, "force upgrade annotation is present but does not match desired release image"),
        (Z_STREAM, IMAGE, "force upgrade annotation is present but does not match desired release image"),
    ],
)
def test_the_gate_when_the_cluster_is_not_upgradeable(
    installed_light: FakeManagementCluster, image: str, force: str | None, blocked: str
) -> None:
    hub = installed_light
    annotate(hub, fault="blocked-upgrade", force=force)
    hub.run(10)
    assert hub.condition(*HC, "ClusterVersionUpgradeable")["reason"] == "AdminAckRequired"
    update(hub, image)
    hub.run(60)
    progressing = hub.condition(*HC, "Progressing")
    if blocked:
        assert progressing["reason"] == "Blocked"
        assert progressing["message"] == f"ClusterVersionUpgradeable condition is false: {blocked}"
        assert hub.condition(*HC, "ReconciliationSucceeded")["message"] == blocked
        assert hub.get(*HCP)["spec"]["releaseImage"] == IMAGE
    else:
        assert progressing["reason"] == "Progressing"
        assert hub.get(*HCP)["spec"]["releaseImage"] == image


def test_a_stale_annotation_does_no_harm_while_the_cluster_is_upgradeable(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    annotate(hub, force=IMAGE)
    update(hub, NEXT_IMAGE)
    hub.run(30)
    assert hub.condition(*HC, "Progressing")["reason"] == "Progressing"


def test_the_gate_opens_when_the_fault_is_removed(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    annotate(hub, fault="blocked-upgrade")
    hub.run(10)
    update(hub, NEXT_IMAGE)
    hub.run(60)
    annotate(hub, fault=None)
    hub.run(30)
    assert hub.condition(*HC, "Progressing")["reason"] == "Progressing"
    hub.run(1500)
    assert history(hub)[0] == ("4.22.1", "Completed")


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ("registry.example.com/ocp/release:4.20.1-multi", "y-stream downgrade"),
        ("registry.example.com/ocp/release:5.2.0-multi", "latest version supported"),
        ("registry.example.com/ocp/release:nightly", "manifest unknown"),
    ],
)
def test_a_release_that_is_not_taken(installed_light: FakeManagementCluster, image: str, message: str) -> None:
    hub = installed_light
    update(hub, image)
    hub.run(60)
    condition = hub.condition(*HC, "ValidReleaseImage")
    assert (condition["status"], condition["reason"]) == ("False", "InvalidImage")
    assert message in condition["message"]
    assert hub.condition(*HC, "Progressing")["reason"] == "Blocked"
    assert hub.get(*HCP)["spec"]["releaseImage"] == IMAGE
    update(hub, IMAGE)
    hub.run(60)
    assert hub.condition(*HC, "ValidReleaseImage")["status"] == "True"
    assert hub.condition(*HC, "Progressing")["reason"] == "AsExpected"


def offer(hub: FakeManagementCluster, *entries: dict[str, Any]) -> None:
    found = config_map("simulator-releases", **{f"r{index}": json.dumps(entry) for index, entry in enumerate(entries)})
    found["metadata"]["namespace"] = "hypershift"
    hub.create(found)


def test_updates_are_offered_on_a_channel_only(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    channels = ["stable-4.22", "fast-4.22"]
    risk = {"name": "SlowDisks", "message": "Disks may be slow.", "url": "https://example.com/slow"}
    offer(
        hub,
        {"image": Z_STREAM, "version": "4.21.9", "arch": "multi", "channels": ["stable-4.22", "stable-4.21"]},
        {"image": NEXT_IMAGE, "version": "4.22.1", "arch": "multi", "channels": channels},
        {"image": NEXT_IMAGE + "x", "version": "4.22.2", "arch": "multi", "channels": channels, "risks": [risk]},
    )
    hub.run(10)
    assert hub.get(*HC)["status"]["version"]["availableUpdates"] is None
    hub.patch(*HC, {"spec": {"channel": "stable-4.22"}})
    hub.run(20)
    version = hub.get(*HC)["status"]["version"]
    assert [entry["version"] for entry in version["availableUpdates"]] == ["4.22.1", "4.21.9"]
    assert [entry["release"]["version"] for entry in version["conditionalUpdates"]] == ["4.22.2"]
    assert version["conditionalUpdates"][0]["conditions"][0]["type"] == "Recommended"
    assert hub.condition(*HC, "ClusterVersionRetrievedUpdates")["status"] == "True"
    hub.patch(*HC, {"spec": {"channel": None}})
    hub.run(20)
    version = hub.get(*HC)["status"]["version"]
    assert version["availableUpdates"] is None and "conditionalUpdates" not in version


def test_a_digest_is_an_image_like_another_once_it_is_known(hub: FakeManagementCluster) -> None:
    digest = "registry.example.com/ocp/release@sha256:" + "b" * 64
    hub.create(pull_secret("demo"))
    hub.create(hosted_cluster(release={"image": digest}))
    hub.create(node_pool(release={"image": digest}))
    hub.run(60)
    assert hub.condition(*HC, "ValidReleaseImage")["reason"] == "InvalidImage"
    offer(hub, {"image": digest, "version": "4.21.7", "arch": "x86_64"})
    hub.run(900)
    assert history(hub) == [("4.21.7", "Completed")]
    assert hub.get(*HC)["status"]["payloadArch"] == "AMD64"
