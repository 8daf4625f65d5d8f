# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clock, conditions, patches, durations, faults: the small parts that everything rests on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hypershift_simulator import conditions, durations, faults
from hypershift_simulator.actions import contains, ensure, patch_for, set_finalizers
from hypershift_simulator.clock import Timers
from hypershift_simulator.conditions import Condition
from hypershift_simulator.names import FAULT, SPEED, fnv32
from hypershift_simulator.store import Store

EARLY = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
LATE = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)


def test_a_step_lasts_from_its_first_question_on_in_simulated_seconds() -> None:
    timers = Timers()
    timers.begin(100.0, speed=60)
    assert not timers.passed("etcd", 90)
    assert timers.due == 90
    timers.begin(101.0, speed=60)
    assert not timers.passed("etcd", 90)
    assert timers.due == pytest.approx(30)
    timers.begin(101.5, speed=60)
    assert timers.passed("etcd", 90)
    assert timers.due is None


def test_a_changed_speed_holds_from_then_on() -> None:
    timers = Timers()
    timers.begin(0.0, speed=1)
    timers.passed("step", 100)
    timers.begin(10.0, speed=1)
    timers.begin(11.0, speed=89)
    assert not timers.passed("step", 100)
    timers.begin(12.0, speed=1)
    assert timers.passed("step", 100)


def test_a_stalled_step_never_ends_until_the_stall_is_lifted() -> None:
    timers = Timers()
    timers.begin(0.0, 1, stalled={"etcd"})
    assert not timers.passed("rollout/etcd/4.21.3", 0)
    timers.begin(1000.0, 1, stalled={"etcd"})
    assert not timers.passed("rollout/etcd/4.21.3", 0)
    assert timers.due is None
    timers.begin(1001.0, 1)
    assert timers.passed("rollout/etcd/4.21.3", 0)


def test_the_transition_time_moves_only_with_the_status() -> None:
    first = conditions.merge([], [Condition("Available", "False", "Waiting", "a")], EARLY, 1)
    second = conditions.merge(first, [Condition("Available", "False", "Other", "b")], LATE, 2)
    assert second == [
        {
            "type": "Available",
            "status": "False",
            "reason": "Other",
            "message": "b",
            "observedGeneration": 2,
            "lastTransitionTime": "2026-03-03T03:00:00Z",
        }
    ]
    third = conditions.merge(second, [Condition("Available", "True")], LATE, 2)
    assert third[0]["lastTransitionTime"] == "2026-03-03T04:00:00Z"


def test_conditions_keep_the_order_in_which_they_were_first_set() -> None:
    first = conditions.merge([], [Condition("B", "True"), Condition("A", "True")], EARLY)
    second = conditions.merge(first, [Condition("A", "False"), Condition("C", "True"), Condition("B", "True")], LATE)
    assert [entry["type"] for entry in second] == ["B", "A", "C"]


def test_loose_conditions_leave_empty_fields_out() -> None:
    assert conditions.merge([], [Condition("Ready", "True", "")], EARLY, loose=True) == [
        {"type": "Ready", "status": "True", "lastTransitionTime": "2026-03-03T03:00:00Z"}
    ]


def test_a_dropped_condition_goes_and_does_not_come_back() -> None:
    first = conditions.merge([], [Condition("A", "True"), Condition("B", "True")], EARLY)
    assert [entry["type"] for entry in conditions.merge(first, [Condition("A", "False")], LATE, drop={"A"})] == ["B"]


@pytest.mark.parametrize(
    ("live", "desired", "patch"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2, "c": {"d": 3}}, {"a": 2, "c": {"d": 3}}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 5}}, {"a": {"x": 5}}),
        ({"a": 1}, {"a": None, "b": None}, {"a": None}),
        ({}, {"labels": {}}, {}),
        ({"list": [{"name": "x", "default": 1}]}, {"list": [{"name": "x"}]}, {}),
        ({"list": [{"name": "x"}]}, {"list": [{"name": "x"}, {"name": "y"}]}, {"list": [{"name": "x"}, {"name": "y"}]}),
    ],
)
def test_a_patch_says_only_what_is_missing(live: Any, desired: Any, patch: Any) -> None:
    assert patch_for(live, desired) == patch
    assert contains(live, desired) is (patch == {})


def test_what_is_not_served_is_left_out() -> None:
    store = Store(frozenset({"Secret"}))
    metadata = {"name": "x", "namespace": "n"}
    assert ensure(store, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": dict(metadata)}) == []
    assert len(ensure(store, {"apiVersion": "v1", "kind": "Secret", "metadata": dict(metadata)})) == 1


def test_an_object_that_is_going_is_left_alone() -> None:
    store = Store()
    metadata = {"name": "x", "namespace": "n", "uid": "1", "resourceVersion": "5", "deletionTimestamp": "now"}
    store.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    desired = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "n"}, "data": {"a": "b"}}
    assert ensure(store, desired) == []


def test_finalizers_of_others_stay_and_the_write_is_guarded() -> None:
    live = {"kind": "HostedCluster", "metadata": {"name": "x", "namespace": "n", "resourceVersion": "7", "finalizers": ["theirs"]}}
    (action,) = set_finalizers(live, add="ours")
    assert action.body == {"metadata": {"finalizers": ["theirs", "ours"], "resourceVersion": "7"}}  # type: ignore[union-attr]
    assert set_finalizers(live, remove="ours") == []


def test_the_store_keeps_the_newest_form_and_forgets_the_right_object() -> None:
    store = Store()

    def secret(uid: str, version: str) -> dict[str, Any]:
        metadata = {"name": "s", "namespace": "n", "uid": uid, "resourceVersion": version}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata}

    assert store.put(secret("1", "10"))
    assert not store.put(secret("1", "9"))
    assert not store.put(secret("1", "10"))
    assert store.put(secret("2", "11"))
    assert not store.remove("Secret", "n", "s", "1")
    assert store.remove("Secret", "n", "s", "2")
    assert not store.put(secret("2", "12")), "a late event does not bring it back"
    assert store.list("Secret") == []


@pytest.mark.parametrize(("text", "seconds"), [("0s", 0), ("1m30s", 90), ("1h0m0s", 3600), ("15m", 900), ("", 0), (None, 0), ("soon", 0)])
def test_durations_of_go(text: str | None, seconds: float) -> None:
    assert durations.seconds(text) == seconds


@pytest.mark.parametrize(
    ("value", "round_up", "count"),
    [(None, True, 7), (2, True, 2), ("25%", True, 3), ("25%", False, 2), ("0%", False, 0), ("3", False, 3)],
)
def test_counts_may_be_percentages(value: int | str | None, round_up: bool, count: int) -> None:
    assert durations.count(value, 7, 10, round_up=round_up) == count


def test_faults_are_read_from_one_annotation() -> None:
    text = "stuck-drain, missing-condition=Available,stall=etcd,stall=machines,,bad-release"
    found = faults.of({"metadata": {"annotations": {FAULT: text}}})
    assert found.names == {"stuck-drain", "bad-release"}
    assert found.missing_conditions == {"Available"}
    assert found.stalled == {"etcd", "machines"}
    assert "stuck-drain" in found and "never-available" not in found
    assert faults.of({"metadata": {}}) == faults.Faults()


@pytest.mark.parametrize(("own", "other", "speed"), [("5", "7", 5), ("", "7", 7), ("fast", "-1", 60), ("0", "", 60)])
def test_the_speed_is_that_of_the_first_object_that_has_one(own: str, other: str, speed: float) -> None:
    objects = [{"metadata": {"annotations": {SPEED: text}}} for text in (own, other)]
    assert faults.speed_of(60, *objects) == speed


def test_the_hash_is_fnv_1a_of_32_bits() -> None:
    assert [fnv32(text) for text in ("", "a", "foobar")] == ["811c9dc5", "e40c292c", "bf9cf968"]
