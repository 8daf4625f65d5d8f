# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""New node pools: what is filled in beside what the user set, and replace strategies there and back."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.compare import apply_merge_patch, merge_patch
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import Failure
from ansible_collections.hypershift.core.plugins.module_utils._kernel.objects import lookup
from ansible_collections.hypershift.core.plugins.module_utils._node_pools.admission import creation_failures, node_pool_failures
from ansible_collections.hypershift.core.plugins.module_utils._node_pools.manifest import (
    UNSUPPORTED_RHCOS,
    creation_manifest,
    desired_manifest,
)

from builders.objects import live_cluster, live_pool, pool_options
from clusters.test_admission import AWS

ROLLING = {"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
ON_DELETE = {"strategy": "OnDelete"}


def cluster(kind: str = "KubeVirt", **given: Any) -> dict[str, Any]:
    return live_cluster(platform="aws", aws={**AWS, **given}) if kind == "AWS" else live_cluster(**given)


def made(owner: dict[str, Any], **given: Any) -> tuple[dict[str, Any], list[Failure]]:
    manifest = creation_manifest(pool_options(**given), owner)
    return manifest, node_pool_failures(manifest) + creation_failures(manifest)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"replace": {"max_surge": 2}}, {"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 2, "maxUnavailable": 0}}),
        ({"replace": {"max_unavailable": "25%"}}, {"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}}),
        ({"replace": {"strategy": "RollingUpdate"}}, ROLLING),
        ({"spec": {"management": {"replace": {"strategy": "RollingUpdate"}}}}, ROLLING),
        ({"replace": {"strategy": "OnDelete"}}, ON_DELETE),
        ({}, None),
    ],
)
def test_replace_is_whole_at_creation(given: dict[str, Any], sent: dict[str, Any] | None) -> None:
    manifest, failures = made(cluster(), **given)
    assert failures == [] and lookup(manifest, ("spec", "management", "replace")) == sent


@pytest.mark.parametrize(
    ("stands", "given", "patch", "after"),
    [
        (ROLLING, {"strategy": "OnDelete"}, {"strategy": "OnDelete", "rollingUpdate": None}, ON_DELETE),
        (ON_DELETE, {"strategy": "RollingUpdate"}, ROLLING, ROLLING),
        (
            ON_DELETE,
            {"strategy": "RollingUpdate", "max_surge": 3},
            {"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 3, "maxUnavailable": 0}},
            {"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 3, "maxUnavailable": 0}},
        ),
        ({"strategy": "RollingUpdate"}, {"strategy": "RollingUpdate"}, {"rollingUpdate": ROLLING["rollingUpdate"]}, ROLLING),
        (
            {"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 2}},
            {"strategy": "RollingUpdate"},
            {},
            {"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 2}},
        ),
        (ON_DELETE, {"strategy": "OnDelete"}, {}, ON_DELETE),
    ],
)
def test_strategy_and_numbers_change_together(stands: Any, given: Any, patch: Any, after: Any) -> None:
    live = live_pool()
    live["spec"]["management"]["replace"] = stands
    options = pool_options(replace=given)
    desired = desired_manifest(options, live)
    sent = merge_patch({"spec": desired["spec"]}, live)
    assert lookup(sent, ("spec", "management", "replace"), {}) == patch and node_pool_failures(desired, live) == []
    changed = apply_merge_patch(live, sent)
    assert changed["spec"]["management"]["replace"] == after
    assert merge_patch({"spec": desired_manifest(options, changed)["spec"]}, changed) == {}, "a second run has nothing to do"


def test_numbers_alone_do_not_end_on_delete() -> None:
    live = live_pool(replace={"strategy": "OnDelete"})
    (failure,) = node_pool_failures(desired_manifest(pool_options(replace={"max_surge": 1}), live), live)
    assert "option replace.strategy" in failure.cause and "excludes max_surge" in failure.cause


@pytest.mark.parametrize(
    ("platform", "given", "kind"),
    [
        ("KubeVirt", {"in_place": {"max_unavailable": 1}}, "InPlace"),
        ("Agent", {"replace": {"strategy": "OnDelete"}}, "Replace"),
        ("Agent", {"in_place": {"max_unavailable": 1}}, "InPlace"),
        ("Agent", {"upgrade_type": "Replace"}, "Replace"),
        ("Agent", {}, "InPlace"),
    ],
)
def test_upgrade_type_follows_the_settings_of_one(platform: str, given: dict[str, Any], kind: str) -> None:
    owner = cluster()
    owner["spec"]["platform"] = {"type": platform}
    manifest, failures = made(owner, **given)
    assert manifest["spec"]["management"]["upgradeType"] == kind and failures == []


@pytest.mark.parametrize(
    ("owner", "given", "subnet"),
    [
        ({"subnet_id": "subnet-0a"}, {}, {"id": "subnet-0a"}),
        ({"subnet_id": "subnet-0a"}, {"aws": {"subnet_id": "subnet-0b"}}, {"id": "subnet-0b"}),
        (
            {"subnet_id": "subnet-0a"},
            {"spec": {"platform": {"aws": {"subnet": {"filters": [{"name": "tag:a", "values": ["b"]}]}}}}},
            {"filters": [{"name": "tag:a", "values": ["b"]}]},
        ),
    ],
)
def test_subnet_of_a_pool_on_aws(owner: dict[str, Any], given: dict[str, Any], subnet: dict[str, Any]) -> None:
    manifest, failures = made(cluster("AWS", **owner), **given)
    assert manifest["spec"]["platform"]["aws"]["subnet"] == subnet and failures == []


def test_a_subnet_that_nobody_knows_is_asked_for() -> None:
    _manifest, (failure,) = made(cluster("AWS"))
    assert "option aws.subnet_id is missing" in failure.cause


@pytest.mark.parametrize(
    ("owned", "given", "annotations"),
    [
        ({UNSUPPORTED_RHCOS: "true", "a": "b"}, {}, {UNSUPPORTED_RHCOS: "true"}),
        ({UNSUPPORTED_RHCOS: "true"}, {UNSUPPORTED_RHCOS: "false", "c": "d"}, {UNSUPPORTED_RHCOS: "false", "c": "d"}),
        ({"a": "b"}, {}, None),
    ],
)
def test_annotation_that_the_operator_reads_of_pools_too(owned: Any, given: Any, annotations: Any) -> None:
    manifest, failures = made(cluster(annotations=owned), **({"annotations": given} if given else {}))
    assert manifest["metadata"].get("annotations") == annotations and failures == []


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"attach_default_network": False}, True),
        ({"attach_default_network": False, "additional_networks": []}, True),
        ({"attach_default_network": False, "additional_networks": ["default/blue"]}, False),
        ({"attach_default_network": True}, False),
        ({"memory": "8e9"}, False),
        ({"memory": "8E9"}, False),
        ({"memory": "8e9Gi"}, True),
    ],
)
def test_kubevirt_settings(given: dict[str, Any], refused: bool) -> None:
    _manifest, failures = made(cluster(), kubevirt=given)
    assert bool(failures) is refused and all("option kubevirt." in f.cause for f in failures)


def test_the_last_network_is_not_taken_from_a_standing_pool() -> None:
    live = live_pool(kubevirt={"attach_default_network": False, "additional_networks": ["default/blue"]})
    asked = desired_manifest(pool_options(kubevirt={"additional_networks": []}), live)
    (failure,) = node_pool_failures(asked, live)
    assert "without any network" in failure.cause


def test_an_empty_market_type_is_none() -> None:
    placement = {"placement": {"marketType": ""}}
    assert made(cluster("AWS", subnet_id="subnet-0a"), aws=placement)[1] == []
