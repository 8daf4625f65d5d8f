# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Summaries are flat, snake_case, free of None and of secrets, and quick."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._health.summaries import summarize_hosted_cluster, summarize_node_pool

from builders.effort import calls
from health import recorded
from health.recorded import build

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
NOT_PAUSED = {"paused": False, "until": "", "expired": False, "owner": "", "reason": "", "since": ""}


def cluster(base: str = "cluster_agent", **change: Any) -> dict[str, Any]:
    return summarize_hosted_cluster(build(base, **change), now=NOW)


def pool(base: str = "pool_agent", **change: Any) -> dict[str, Any]:
    return summarize_node_pool(build(base, **change), now=NOW)


def test_the_summary_of_a_healthy_cluster() -> None:
    assert cluster(metadata={"labels": {"wave": "1"}}) == {
        "name": "shop",
        "namespace": "clusters",
        "control_plane_namespace": "clusters-shop",
        "platform": "Agent",
        "version": "4.21.3",
        "desired_version": "4.21.3",
        "desired_image": "registry.example.com/ocp/release:4.21.3-multi",
        "update_state": "Completed",
        "channel": "stable-4.21",
        "available_updates": [],
        "conditional_updates": [],
        "control_plane_version": "4.21.3",
        "controller_availability_policy": "HighlyAvailable",
        "infrastructure_availability_policy": "SingleReplica",
        "infra_id": "shop-7k2xp",
        "cluster_id": "0c7e5a52-93f4-4f2a-8f0e-2f1f5f0f7a11",
        "api_endpoint": "10.0.20.11:31042",
        "kubeconfig_secret": "shop-admin-kubeconfig",
        "kubeadmin_password_secret": "shop-kubeadmin-password",
        "paused": NOT_PAUSED,
        "deleting": False,
        "health": {"verdict": "healthy", "summary": "healthy", "cause": "", "next_step": "", "findings": []},
        "rollout": {"in_progress": False, "kinds": [], "message": ""},
        "node_pools": [],
        "created": "2026-01-10T08:00:00Z",
        "labels": {"wave": "1"},
    }


def test_the_summary_of_a_healthy_node_pool() -> None:
    taint = {"key": "gpu", "effect": "NoSchedule"}
    spec = {"nodeLabels": {"a": "b"}, "taints": [taint], "config": [{"name": "chrony"}], "tuningConfig": [{"name": "pages"}]}
    assert pool(spec=spec) == {
        "name": "shop-workers",
        "namespace": "clusters",
        "cluster": "shop",
        "platform": "Agent",
        "arch": "amd64",
        "upgrade_type": "InPlace",
        "version": "4.21.3",
        "release_image": "registry.example.com/ocp/release:4.21.3-multi",
        "replicas": {"desired": 3, "current": 3, "autoscaling": None},
        "updating": {"version": False, "config": False, "platform_template": False, "message": ""},
        "auto_repair": False,
        "config": ["chrony"],
        "tuning_config": ["pages"],
        "node_drain_timeout": "15m0s",
        "node_volume_detach_timeout": "15m0s",
        "node_labels": {"a": "b"},
        "taints": [{"key": "gpu", "value": "", "effect": "NoSchedule"}],
        "paused": NOT_PAUSED,
        "deleting": False,
        "health": {"verdict": "healthy", "summary": "healthy", "cause": "", "next_step": "", "findings": []},
        "created": "2026-01-10T08:00:00Z",
        "labels": {},
    }


def test_dots_of_the_name_become_dashes_in_the_control_plane_namespace() -> None:
    assert cluster(metadata={"name": "shop.eu"})["control_plane_namespace"] == "clusters-shop-eu"


def test_the_version_is_the_newest_completed_one() -> None:
    found = summarize_hosted_cluster(recorded.load("update_early_flip").objects[0], now=NOW)
    assert (found["version"], found["desired_version"], found["update_state"]) == ("4.21.3", "4.21.5", "Partial")
    superseded = [
        {"state": "Partial", "version": "4.21.5"},
        {"state": "Partial", "version": "4.21.4", "completionTime": "2026-03-03T10:00:00Z"},
        {"state": "Completed", "version": "4.21.3", "completionTime": "2026-02-01T08:50:00Z"},
    ]
    assert cluster(status={"version": {"history": superseded}})["version"] == "4.21.3"
    assert cluster(status={"version": {"history": superseded[:2]}})["version"] == ""


def test_an_older_operator_has_no_control_plane_version() -> None:
    assert cluster(status={"controlPlaneVersion": None})["control_plane_version"] == ""


def test_updates_with_and_without_risks() -> None:
    conditional = [
        {
            "release": {"version": "4.21.6", "image": "i"},
            "risks": [{"name": "SlowNodes", "message": "Nodes boot slowly.", "url": "u", "matchingRules": []}],
            "conditions": [{"type": "Recommended", "status": status}],
        }
        for status in ("True", "False", "Unknown")
    ]
    updates = [{"version": "4.21.5", "image": "i"}, {"version": "4.21.4", "image": "i"}]
    found = cluster(status={"version": {"availableUpdates": updates, "conditionalUpdates": conditional}})
    assert found["available_updates"] == ["4.21.5", "4.21.4"]
    assert [update["recommended"] for update in found["conditional_updates"]] == [True, False, False]
    assert found["conditional_updates"][0]["version"] == "4.21.6"
    assert found["conditional_updates"][0]["risks"] == [{"name": "SlowNodes", "message": "Nodes boot slowly."}]


@pytest.mark.parametrize(
    ("endpoint", "text"),
    [(None, ""), ({"host": "api.example.com", "port": 6443}, "api.example.com:6443"), ({"host": "fd00::1", "port": 443}, "[fd00::1]:443")],
)
def test_the_api_endpoint(endpoint: dict[str, Any] | None, text: str) -> None:
    assert cluster(status={"controlPlaneEndpoint": endpoint})["api_endpoint"] == text


def test_a_pause_names_who_and_why() -> None:
    found = summarize_hosted_cluster(recorded.load("paused_by_owner").objects[0], now=NOW)
    assert found["paused"] == {
        "paused": True,
        "until": "",
        "expired": False,
        "owner": "alice",
        "reason": "etcd restore",
        "since": "2026-03-03T11:40:00Z",
    }
    assert found["health"]["verdict"] == "paused"


def test_a_pause_that_the_operator_has_not_confirmed_is_none_yet() -> None:
    assert cluster(spec={"pausedUntil": "true"}, metadata={"generation": 5}, seen=4)["paused"]["paused"] is False
    assert cluster(spec={"pausedUntil": "true"}, without=["ReconciliationActive"])["paused"]["paused"] is True


@pytest.mark.parametrize(
    ("state", "paused", "until", "expired"),
    [
        ("paused_until_time", True, "2026-03-03T22:00:00Z", False),
        ("healthy_pause_expired", False, "2026-03-02T22:00:00Z", True),
        ("pause_value_without_zone", False, "", False),
        ("paused_resume_not_seen", False, "", False),
    ],
)
def test_a_pause_with_an_end(state: str, paused: bool, until: str, expired: bool) -> None:
    found = summarize_hosted_cluster(recorded.load(state).objects[0], now=NOW)["paused"]
    assert (found["paused"], found["until"], found["expired"]) == (paused, until, expired)


@pytest.mark.parametrize(
    ("state", "kinds", "message"),
    [
        ("update_early_flip", ["version"], "120 of 600 done"),
        ("update_starting", ["control_plane"], "deploying, upgrading, or reconfiguring"),
        ("install_partial_with_workers", ["version"], ""),
    ],
)
def test_a_rollout_is_told_from_history_and_conditions(state: str, kinds: list[str], message: str) -> None:
    found = summarize_hosted_cluster(recorded.load(state).objects[0], now=NOW)["rollout"]
    assert (found["in_progress"], found["kinds"]) == (True, kinds)
    assert message in found["message"]


def test_pools_of_a_cluster_are_listed_with_their_counts_and_rollouts() -> None:
    stuck, idle = recorded.load("pool_updating_replace_stuck").objects[0], recorded.load("pool_zero_replicas").objects[0]
    found = summarize_hosted_cluster(build("cluster_kubevirt"), now=NOW, node_pools=[stuck, idle])
    assert found["node_pools"] == [
        {
            "name": "shop-workers",
            "version": "4.21.3",
            "replicas": {"desired": 3, "current": 3, "autoscaling": None},
            "verdict": "progressing",
        },
        {"name": "shop-workers", "version": "4.21.3", "replicas": {"desired": 0, "current": 0, "autoscaling": None}, "verdict": "healthy"},
    ]
    assert found["rollout"]["kinds"] == ["node_version", "node_platform_template"]
    assert found["rollout"]["message"] == "shop-workers: Updating version in progress. Target version: 4.21.5"


def test_a_pool_that_scales_itself_shows_its_bounds() -> None:
    spec = {"replicas": None, "autoScaling": {"min": 1, "max": 6}}
    assert pool(spec=spec)["replicas"] == {"desired": 0, "current": 3, "autoscaling": {"min": 1, "max": 6}}


def test_a_failed_update_in_place_keeps_its_message() -> None:
    found = summarize_node_pool(recorded.load("pool_inplace_failed").objects[0], now=NOW)["updating"]
    assert found["version"] is False
    assert "worker-2" in found["message"]


def _nones(value: Any, path: str = "") -> Iterator[str]:
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _nones(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _nones(inner, f"{path}[{place}]")


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("labels", "node_labels"):
                yield key
                yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _summaries(name: str) -> list[dict[str, Any]]:
    state = recorded.load(name)
    pools = state.all_of("NodePool")
    found = [summarize_node_pool(item, now=NOW) for item in pools]
    hosted = state.one_of("HostedCluster")
    if hosted:
        found.append(summarize_hosted_cluster(hosted, now=NOW, node_pools=pools, control_plane=state.one_of("HostedControlPlane")))
    return found


@pytest.mark.parametrize("name", recorded.names())
def test_summaries_are_plain_data_without_holes(name: str) -> None:
    before = copy.deepcopy(recorded.load(name).objects)
    for found in _summaries(name):
        assert [path for path in _nones(found) if not path.endswith(".autoscaling")] == []
        assert json.loads(json.dumps(found)) == found
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in _keys(found))
    assert recorded.load(name).objects == before


@pytest.mark.parametrize("obj", [{}, {"metadata": None, "spec": None, "status": None}, {"status": {"version": None, "conditions": None}}])
def test_half_made_objects_are_summarised_without_trouble(obj: dict[str, Any]) -> None:
    assert list(_nones(summarize_hosted_cluster(obj, now=NOW))) == []
    assert list(_nones(summarize_node_pool(obj, now=NOW))) == [".replicas.autoscaling"]


def test_a_summary_takes_a_few_hundred_calls() -> None:
    """A thousand of them take about 0.03 s of CPU where this was written; the budget of the fleet benchmark is 0.15 s."""
    healthy, broken = build("cluster_aws"), recorded.load("etcd_quorum_lost").objects[0]
    for obj in (healthy, broken):
        summarize_hosted_cluster(obj, now=NOW)  # what is made once is not counted
        effort = calls(lambda one=obj: summarize_hosted_cluster(one, now=NOW))  # type: ignore[misc]
        assert 0 < effort < 600
