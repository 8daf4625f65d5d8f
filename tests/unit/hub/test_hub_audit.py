# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from embedded_hub.audit import WRITE_VERBS, await_marker, drop_torn_tail, read_events, received


def event(user: str, verb: str, at: str, stage: str = "ResponseComplete", **more: Any) -> dict[str, Any]:
    return {"stage": stage, "verb": verb, "user": {"username": user}, "requestReceivedTimestamp": at, **more}


EVENTS = [
    event("jane", "get", "2026-01-01T00:00:00.000001Z"),
    event("jane", "patch", "2026-01-01T00:00:01.500000Z"),
    event("joe", "create", "2026-01-01T00:00:02.000000Z", userAgent="jane"),
    event("jane", "watch", "2026-01-01T00:00:03.000000Z", stage="ResponseStarted"),
    event("admin", "delete", "2026-01-01T00:00:04.000000Z", impersonatedUser={"username": "jane"}),
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "audit.log"
    path.write_text("".join(json.dumps(one) + "\n" for one in EVENTS))
    return path


def verbs(events: list[dict[str, Any]]) -> list[str]:
    return [one["verb"] for one in events]


def test_everything_completed(log: Path) -> None:
    assert verbs(read_events(log)) == ["get", "patch", "create", "delete"]


def test_by_user_also_an_impersonated_one(log: Path) -> None:
    assert verbs(read_events(log, user="jane")) == ["get", "patch", "delete"]
    assert verbs(read_events(log, user="admin")) == ["delete"]
    assert read_events(log, user="jan") == []


def test_by_verb(log: Path) -> None:
    assert verbs(read_events(log, user="jane", verbs=WRITE_VERBS)) == ["patch", "delete"]


def test_by_time_to_the_microsecond(log: Path) -> None:
    since = received(EVENTS[1])
    assert verbs(read_events(log, since=since)) == ["patch", "create", "delete"]
    assert verbs(read_events(log, since=since + 0.000001)) == ["create", "delete"]


def test_open_watches(log: Path) -> None:
    assert verbs(read_events(log, stages={"ResponseStarted"})) == ["watch"]


def test_a_line_that_is_being_written_is_left_out(log: Path) -> None:
    with open(log, "a") as stream:
        stream.write('{"stage": "Respon')
    assert len(read_events(log)) == 4


def test_the_torn_end_of_a_killed_server_is_cut(log: Path) -> None:
    whole = log.read_text()
    with open(log, "a") as stream:
        stream.write('{"stage": "Respon')
    drop_torn_tail(log)
    assert log.read_text() == whole
    drop_torn_tail(log)
    assert log.read_text() == whole


def test_a_torn_first_line_and_no_file(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    drop_torn_tail(log)
    assert not log.exists()
    log.write_text("{")
    drop_torn_tail(log)
    assert log.read_text() == ""


def test_a_damaged_line_is_not_passed_over(log: Path) -> None:
    """Silence about it could hide a write."""
    log.write_text("{broken}\n" + log.read_text())
    with pytest.raises(json.JSONDecodeError):
        read_events(log)


def test_a_reader_waits_for_its_own_request_in_the_log(log: Path) -> None:
    late = event("jane", "delete", "2026-01-01T00:00:05.000000Z")

    def ask(path: str) -> None:
        """As the API server does: first the entry of the request before, then that of this one."""
        threading.Timer(0.05, lambda: append(log, late, event("admin", "list", "2026-01-01T00:00:06.000000Z", requestURI=path))).start()

    await_marker(log, ask)
    assert verbs(read_events(log, user="jane"))[-1] == "delete"


def test_a_log_that_tells_nothing_is_said(log: Path) -> None:
    with pytest.raises(TimeoutError, match="has not told of a request"):
        await_marker(log, lambda path: None, timeout=0.01)


def append(log: Path, *events: dict[str, Any]) -> None:
    with open(log, "a") as stream:
        stream.write("".join(json.dumps(one) + "\n" for one in events))
