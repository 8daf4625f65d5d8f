# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of a campaign: what is refused before anything is read, and the normalised form that a plan carries."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.planning.policy import Amount, policy_of
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import OptionError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.label_selectors import matcher

from campaigns.planning.builders import image

GOOD: dict[str, Any] = {"campaign": "autumn", "target": {"version": "4.21.5"}}


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"campaign": "Autumn"}, "campaign"), ({"campaign": ""}, "campaign"), ({"campaign": "a" * 64}, "campaign"), ({"campaign": "-a"}, "campaign"),
        ({"target": {}}, "target"), ({"target": {"version": "4.21.5", "minor": "4.21"}}, "target"), ({"target": {"version": "4.21"}}, "target"),
        ({"target": {"version": "next"}}, "target"), ({"target": {"minor": "4.21.5"}}, "target"), ({"target": {"minor": "4"}}, "target"),
        ({"target": {"minor": "4.2"}}, "target"),
        ({"target": {"minor": "4.21", "latest": True}}, "target"), ({"target": {"latest": False}}, "target"),
        ({"release_images": {"4.21.5": ""}}, "release_images"), ({"release_images": {"4.21.5": "a b"}}, "release_images"),
        ({"release_images": {"4.21": image("4.21.5")}}, "release_images"), ({"release_images": {"4.21.6": image("4.21.5")}}, "release_images"),
        ({"blocked_versions": ["4.21"]}, "blocked_versions"), ({"blocked_versions": ["x"]}, "blocked_versions"),
        ({"node_pools_parallel": 0}, "node_pools_parallel"), ({"max_parallel": -1}, "max_parallel"), ({"max_parallel_per_hub": -1}, "max_parallel_per_hub"),
        ({"window_horizon_days": 0}, "window_horizon_days"), ({"max_snapshot_age": "soon"}, "max_snapshot_age"),
        ({"max_snapshot_age": "30s"}, "max_snapshot_age"),
        ({"canary_pool": "role in"}, "canary_pool"), ({"waves": [{"name": "A"}]}, "waves"), ({"waves": [{"name": ""}]}, "waves"),
        ({"waves": [{"name": "a", "label_selectors": ["=x"]}]}, "waves (wave a)"), ({"waves": [{"name": "a", "batch": "0%"}]}, "waves"),
        ({"waves": [{"name": "a", "batch": "101%"}]}, "waves"), ({"waves": [{"name": "a", "canaries": "-1"}]}, "waves"),
        ({"waves": [{"name": "a", "canaries": "many"}]}, "waves"), ({"waves": [{"name": "a", "soak_minutes": -1}]}, "soak_minutes"),
        ({"waves": [{"name": "a", "max_failed": -1}]}, "max_failed"),
        ({"windows": [{"rrule": "FREQ=DAILY", "duration_minutes": 60, "label_selectors": ["a b"]}]}, "windows"),
    ],
)  # fmt: skip
def test_options_that_cannot_be(options: dict[str, Any], option: str) -> None:
    with pytest.raises(OptionError) as caught:
        policy_of({**GOOD, **options})
    failure = caught.value.failure
    assert (failure.code, failure.object) == ("invalid_option", f"Option {option}") and failure.cause and failure.next_step


def test_the_normalised_form_is_plain_sorted_and_complete() -> None:
    policy = policy_of(
        {
            **GOOD,
            "release_images": {"4.22.0": "b", "v4.21.5": "a"},
            "accepted_risks": ["b", "a", "b"],
            "blocked_versions": ["4.21.10", "4.21.9"],
            "waves": [{"name": "w", "canaries": 2, "batch": "25%"}],
            "windows": [{"rrule": "FREQ=DAILY", "duration_minutes": "60"}],
            "max_snapshot_age": "1h30m",
        },
        "sha256:x",
    )
    found = policy.as_dict()
    assert json.loads(json.dumps(found)) == found and found["graph"] == "sha256:x" and found["target"] == {"version": "4.21.5"}
    assert found["release_images"] == {"4.21.5": "a", "4.22.0": "b"} and found["accepted_risks"] == ["a", "b"]
    assert found["blocked_versions"] == ["4.21.9", "4.21.10"] and found["max_snapshot_age_minutes"] == 90
    assert found["waves"] == [{"name": "w", "label_selectors": [], "clusters": [], "after": [], "canaries": "2", "batch": "25%", "soak_minutes": 0,
                               "max_failed": 0}]  # fmt: skip
    assert found["windows"] == [
        {"label_selectors": [], "rrule": "FREQ=DAILY", "duration_minutes": 60, "timezone": "UTC", "start": "2024-01-01T00:00:00"}
    ]
    assert (found["node_pools"], found["node_pools_parallel"], found["window_horizon_days"], found["unmatched"]) == (True, 1, 30, "rest")


@pytest.mark.parametrize(
    ("amount", "total", "expected"),
    [
        (Amount(), 9, 0),
        (Amount(3), 9, 3),
        (Amount(percent=10), 9, 1),
        (Amount(percent=10), 11, 2),
        (Amount(percent=100), 9, 9),
        (Amount(percent=50), 0, 1),
    ],
)
def test_amounts(amount: Amount, total: int, expected: int) -> None:
    assert amount.of(total) == expected


LABELS = {"tier": "gold", "example.com/zone": "b", "empty": ""}


@pytest.mark.parametrize(
    ("selector", "matches"),
    [
        ("tier=gold", True), ("tier==gold", True), ("tier = gold", True), ("tier=silver", False), ("tier!=silver", True), ("tier!=gold", False),
        ("absent!=x", True), ("absent=x", False), ("empty=", True), ("tier", True), ("!tier", False), ("!absent", True), ("absent", False),
        ("tier in (gold, silver)", True), ("tier in (silver)", False), ("tier notin (silver,bronze)", True), ("absent notin (x)", True),
        ("absent in (x)", False), ("example.com/zone=b", True), ("tier=gold,example.com/zone in (a,b)", True), ("tier=gold,!tier", False),
    ],
)  # fmt: skip
def test_label_selectors_read_as_kubernetes_reads_them(selector: str, matches: bool) -> None:
    assert matcher([selector], "x")(LABELS) is matches
    assert matcher([selector, "tier=gold"], "x")(LABELS) is matches
    assert matcher([], "x")(LABELS) is True


@pytest.mark.parametrize(
    "selector", ["", "=", "=gold", "tier in gold", "tier in (gold", "a b", "tier=go ld", "tier>3", "-tier=x", "tier=gold,"]
)
def test_what_is_no_label_selector(selector: str) -> None:
    with pytest.raises(OptionError, match="is no label selector"):
        matcher([selector], "x")
