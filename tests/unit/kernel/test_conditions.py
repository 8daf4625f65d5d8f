# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Conditions, times and pause values are read as the operator means them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._health import pauses
from ansible_collections.hypershift.core.plugins.module_utils._kernel import conditions, text, times

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
OBJECT = {
    "metadata": {"generation": 5},
    "status": {
        "conditions": [
            {
                "type": "Available",
                "status": "True",
                "reason": "AsExpected",
                "message": "m",
                "observedGeneration": 5,
                "lastTransitionTime": "t",
            },
            {"type": "Degraded", "status": "False", "observedGeneration": 4},
            {"type": "Unset", "status": "Unknown"},
        ]
    },
}


def test_a_condition_is_read_with_all_its_fields() -> None:
    assert conditions.get(OBJECT, "Available") == conditions.Condition("Available", "True", "AsExpected", "m", "t", 5)


def test_an_absent_condition_is_none_and_not_true() -> None:
    assert conditions.get(OBJECT, "Nothing") is None
    assert not conditions.is_true(OBJECT, "Nothing")


@pytest.mark.parametrize(("type", "true"), [("Available", True), ("Degraded", False), ("Unset", False)])
def test_only_status_true_is_true(type: str, true: bool) -> None:
    assert conditions.is_true(OBJECT, type) is true


@pytest.mark.parametrize(
    ("type", "generation", "seen"),
    [
        ("Available", 5, True),
        ("Available", 6, False),
        ("Degraded", 5, False),
        ("Degraded", 4, True),
        ("Unset", 9, True),
        ("Nothing", 1, False),
    ],
)
def test_observed_compares_generations_and_trusts_a_condition_that_does_not_say(type: str, generation: int, seen: bool) -> None:
    assert conditions.observed(OBJECT, type, generation) is seen


@pytest.mark.parametrize(
    "obj",
    [
        None,
        {},
        {"status": None},
        {"status": {}},
        {"status": {"conditions": None}},
        {"status": {"conditions": [None, {}, {"status": "True"}]}},
    ],
)
def test_objects_without_conditions_are_no_trouble(obj: dict[str, Any] | None) -> None:
    assert conditions.index(obj) == {}
    assert conditions.get(obj, "Available") is None
    assert not conditions.observed(obj, "Available", 1)


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (None, pauses.PauseState()),
        ("true", pauses.PauseState(present=True, paused=True)),
        ("True", pauses.PauseState(present=True, paused=True)),
        ("false", pauses.PauseState(present=True)),
        ("False", pauses.PauseState(present=True)),
        ("2026-03-03T13:00:00Z", pauses.PauseState(present=True, paused=True, until="2026-03-03T13:00:00Z")),
        ("2026-03-03T13:00:00+02:00", pauses.PauseState(present=True, until="2026-03-03T13:00:00+02:00")),
        ("2026-03-03T12:00:00Z", pauses.PauseState(present=True, until="2026-03-03T12:00:00Z")),
        ("2026-03-03T11:59:59Z", pauses.PauseState(present=True, until="2026-03-03T11:59:59Z")),
        ("2026-03-03T13:00:00", pauses.PauseState(present=True, valid=False)),
        ("2026-03-03T13:00:00+0000", pauses.PauseState(present=True, valid=False)),
        ("2026-13-03T13:00:00Z", pauses.PauseState(present=True, valid=False)),
        ("tomorrow", pauses.PauseState(present=True, valid=False)),
        ("", pauses.PauseState(present=True, valid=False)),
    ],
)
def test_a_pause_value_means_what_the_operator_makes_of_it(value: str | None, state: pauses.PauseState) -> None:
    assert pauses.pause_state(value, NOW) == state


def test_unlimited_and_expired_pauses_are_told_apart() -> None:
    assert pauses.pause_state("true", NOW).unlimited
    assert not pauses.pause_state("2026-03-03T13:00:00Z", NOW).unlimited
    assert pauses.pause_state("2026-03-03T11:00:00Z", NOW).expired
    assert not pauses.pause_state("false", NOW).expired


def test_times_are_aware_and_bad_ones_are_none() -> None:
    assert times.seconds_since("2026-03-03T11:59:00Z", NOW) == 60
    assert times.seconds_since("2026-03-03T11:59:00", NOW) == 60
    assert times.seconds_since("yesterday", NOW) is None
    assert times.seconds_since(None, NOW) is None


def test_a_message_becomes_one_bounded_line() -> None:
    assert text.message_line("first\n  second.\n") == "first second"
    assert text.message_line(None) == ""
    long = text.message_line("word " * 200)
    assert len(long) <= 300
    assert long.endswith("[...]")
