# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Compare, patch and merge: server defaults, quantities and durations are no difference."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.compare import apply_merge_patch, equal, merge_patch
from ansible_collections.hypershift.core.plugins.module_utils._kernel.objects import deep_merge, paths, without_nulls
from ansible_collections.hypershift.core.plugins.module_utils._kernel.quantities import parse_duration, parse_quantity


@pytest.mark.parametrize(
    ("desired", "live", "field", "same"),
    [
        ("8Gi", "8192Mi", "size", True),
        ("8Gi", "8G", "size", False),
        ("1", "1000m", "cpu", True),
        ("0.5Gi", "512Mi", "memory", True),
        ("16Gi", "16777216Ki", "memory", True),
        ("16Gi", "16777217Ki", "memory", False),
        ("1Ti", "1024Gi", "storage", True),
        ("1Pi", "1024Ti", "storage", True),
        ("1Ei", "1024Pi", "storage", True),
        ("1M", "1000k", "memory", True),
        ("1G", "1000M", "memory", True),
        ("1T", "1000G", "storage", True),
        ("1m", "1000u", "cpu", True),
        ("1u", "1000n", "cpu", True),
        ("10m", "600s", "accessTokenInactivityTimeout", True),
        ("24h", "1440m", "maxNodeProvisionTime", True),
        ("1.5s", "1500ms", "timeout", True),
        ("1ms", "1000us", "timeout", True),
        ("60s", "1m0s", "nodeDrainTimeout", True),
        ("15m", "15m0s", "nodeDrainTimeout", True),
        ("15m", "16m", "nodeDrainTimeout", False),
        ("0", "0s", "nodeVolumeDetachTimeout", True),
        ("8Gi", "8192Mi", "value", False),
        ({"a": 1}, {"a": 1, "b": 2}, "", True),
        ({"a": None}, {"b": 2}, "", True),
        ({"a": None}, {"a": 1}, "", False),
        ({}, {"a": 1}, "", True),
        ({}, None, "", False),
        ([1, 2], [2, 1], "", False),
        ([], None, "", False),
        ([{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}], "config", True),
        ([{"name": "a"}], [{"name": "a"}, {"name": "b"}], "config", False),
        ([{"key": "a", "effect": "NoSchedule"}], [{"key": "a", "effect": "NoExecute"}], "taints", False),
        ([{"service": "APIServer"}], [{"service": "APIServer", "servicePublishingStrategy": {"type": "Route"}}], "services", True),
        (True, "true", "", False),
        (1, 1.0, "", True),
    ],
)
def test_equal(desired: Any, live: Any, field: str, same: bool) -> None:
    assert equal(desired, live, field) is same


@pytest.mark.parametrize(
    ("desired", "live", "patch"),
    [
        ({"spec": {"a": 1}}, {"spec": {"a": 1, "b": 2}}, {}),
        ({"spec": {"a": 2}}, {"spec": {"a": 1, "b": 2}}, {"spec": {"a": 2}}),
        ({"spec": {"a": None}}, {"spec": {"a": 1}}, {"spec": {"a": None}}),
        ({"spec": {"a": None}}, {"spec": {}}, {}),
        ({"spec": {"x": {"y": 1, "z": None}}}, {"spec": {}}, {"spec": {"x": {"y": 1}}}),
        ({"spec": {"l": [1]}}, {"spec": {"l": [1, 2]}}, {"spec": {"l": [1]}}),
        ({"metadata": {"labels": {"a": "b"}}}, {"metadata": {"labels": {"c": "d"}}}, {"metadata": {"labels": {"a": "b"}}}),
        (
            {"spec": {"replicas": 3, "autoScaling": None}},
            {"spec": {"autoScaling": {"min": 1}}},
            {"spec": {"replicas": 3, "autoScaling": None}},
        ),
    ],
)
def test_merge_patch_holds_only_what_differs(desired: dict[str, Any], live: dict[str, Any], patch: dict[str, Any]) -> None:
    before = str(live)
    assert merge_patch(desired, live) == patch
    assert str(live) == before, "the live object must not be changed"
    assert merge_patch(desired, apply_merge_patch(live, patch)) == {}, "planning again after the patch finds nothing to do"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("8Gi", 8 * 1024**3), ("1k", 1000), ("100m", 0.1), ("5", 5), ("x", None), ("Gi", None), ("1..2", None)],
        *[("8e9", 8e9), ("8E9", 8e9), ("1.5e-3", 0.0015), ("8E", 8e18), ("8Ei", 8 * 1024**6), ("8e", None), ("8e9Gi", None)],
    ],
)
def test_parse_quantity(text: str, number: float | None) -> None:
    value = parse_quantity(text)
    assert (None if value is None else float(value)) == number


@pytest.mark.parametrize(
    ("text", "seconds"), [("1h30m", 5400.0), ("0s", 0.0), ("1.5s", 1.5), ("5", None), ("5 m", None), ("m", None), ("1m5", None)]
)
def test_parse_duration(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == seconds


def test_merge_helpers() -> None:
    assert deep_merge({"a": {"b": 1}}, {"a": {"c": None}}) == {"a": {"b": 1, "c": None}}
    assert without_nulls({"a": {"b": None, "c": 0}}) == {"a": {"c": 0}}
    assert paths({"a": {"b": 1, "c": {}}, "d": [1]}) == [("a", "b"), ("a", "c"), ("d",)]
