# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one shape of every operation: conflicts are planned again and not for ever, lost answers are neither forgotten nor told twice."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.changes import ChangeSet
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, ConflictError, Failure, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import CONFIG_MAP
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import MAX_PLANS, Applied, Plan, apply_planned, run

from builders.memory_hub import MemoryHub

REF = ("patch", "ConfigMap a/settings")
CONFLICT = ConflictError(Failure("conflict", "it was changed by somebody else"), 409, "Conflict")


class SetValue:
    """Sets x to 1 and counts how often that was planned."""

    def __init__(self, hub: MemoryHub) -> None:
        self.hub, self.plans = hub, 0

    def changes(self) -> ChangeSet:
        self.plans += 1
        changes = ChangeSet()
        live = self.hub.get(CONFIG_MAP, "a", "settings")
        assert live is not None
        if live["data"]["x"] != "1":
            changes.patch(CONFIG_MAP, live, {"data": {"x": "1"}}, "x is wanted")
        return changes

    def plan(self) -> Plan:
        return Plan(self.changes())


@pytest.fixture
def hub() -> MemoryHub:
    return MemoryHub(CONFIG_MAP.manifest("settings", "a", data={"x": "0", "theirs": "1"}))


def value(hub: MemoryHub) -> dict[str, str]:
    found: dict[str, str] = hub.objects["ConfigMap", "a", "settings"]["data"]
    return found


def go(hub: MemoryHub, operation: SetValue) -> dict[str, Any]:
    return run(operation, hub, False, lambda _line: None)


@pytest.mark.parametrize("conflicts", [0, 1, MAX_PLANS - 1])
def test_a_conflict_is_planned_again(hub: MemoryHub, conflicts: int) -> None:
    hub.fail_next[REF] = [CONFLICT] * conflicts
    operation = SetValue(hub)
    assert len(go(hub, operation)["plan"]) == 1
    assert operation.plans == conflicts + 1 and value(hub) == {"x": "1", "theirs": "1"}


def test_conflicts_without_end_are_said(hub: MemoryHub) -> None:
    hub.fail_next[REF] = [CONFLICT] * MAX_PLANS
    operation = SetValue(hub)
    with pytest.raises(ConflictError) as caught:
        go(hub, operation)
    assert operation.plans == MAX_PLANS and not caught.value.extra.get("plan") and value(hub)["x"] == "0"


def test_another_error_is_not_planned_again(hub: MemoryHub) -> None:
    hub.fail_next[REF] = [ApiError(Failure("rejected", "the API server refused it"), 422)]
    operation = SetValue(hub)
    with pytest.raises(ApiError):
        go(hub, operation)
    assert operation.plans == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_a_write_whose_answer_was_lost_is_told_once(hub: MemoryHub, arrived: bool) -> None:
    """Planning again sees whether it had happened."""
    original, lost = hub.patch, [True]

    def patch(*arguments: Any, **named: Any) -> Any:
        if lost:
            lost.clear()
            if arrived:
                original(*arguments, **named)
            raise ConflictError(Failure("unknown_outcome", "the connection broke"), 0)
        return original(*arguments, **named)

    hub.patch = patch  # type: ignore[method-assign]
    result = go(hub, SetValue(hub))
    assert result["changed"] and [s["object"] for s in result["plan"]] == ["ConfigMap a/settings"] and value(hub)["x"] == "1"


def test_what_follows_is_planned_again_as_well_and_may_be_refused(hub: MemoryHub) -> None:
    operation, done = SetValue(hub), Applied()
    hub.fail_next[REF] = [CONFLICT] * 2
    apply_planned(hub, operation.changes, done)
    assert operation.plans == 3 and len(done.steps) == 1

    def refused() -> ChangeSet:
        changes = ChangeSet()
        changes.refuse("deleting", "it is being deleted", "Wait.", "ConfigMap a/settings")
        return changes

    with pytest.raises(RefusedError, match="being deleted"):
        apply_planned(hub, refused, done)
    hub.edit(CONFIG_MAP, "a", "settings", {"data": {"x": "0"}})
    hub.fail_next[REF] = [CONFLICT] * MAX_PLANS
    with pytest.raises(ConflictError):
        apply_planned(hub, operation.changes, done)
