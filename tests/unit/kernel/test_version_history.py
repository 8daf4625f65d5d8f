# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a version history tells, whole, empty or malformed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel import versions

NEW = {"state": "Partial", "version": "4.20.5", "image": "new"}
SUPERSEDED = {"state": "Partial", "version": "4.20.4", "completionTime": "2026-11-24T03:00:00Z"}
OLD = {"state": "Completed", "version": "4.20.3"}
OLDER = {"state": "Completed", "version": "4.19.9"}


@pytest.mark.parametrize(
    ("history", "newest", "completed"),
    [
        ([NEW, SUPERSEDED, OLD, OLDER], NEW, "4.20.3"),
        ([OLD, OLDER], OLD, "4.20.3"),
        ([NEW], NEW, ""),
        ([{"state": "Completed"}], {"state": "Completed"}, ""),
        ([], {}, ""),
        (None, {}, ""),
        ("text", {}, ""),
        (["text", OLD], OLD, "4.20.3"),
    ],
)
@pytest.mark.parametrize("of", [versions.OF_CONTROL_PLANE, versions.MANAGEMENT_SIDE, versions.OPENSHIFT])
def test_newest_and_completed(history: Any, newest: dict[str, str], completed: str, of: tuple[str, ...]) -> None:
    obj: dict[str, Any] = {"history": history}
    for part in reversed(of):
        obj = {part: obj}
    assert versions.newest(obj, of) == newest and versions.completed(obj, of) == completed


@pytest.mark.parametrize("obj", [None, {}, {"status": None}, {"status": {"version": None}}])
def test_without_a_history_there_is_nothing(obj: dict[str, Any] | None) -> None:
    assert versions.entries(obj) == [] and versions.completed(obj) == ""
