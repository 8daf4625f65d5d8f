# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read the API server's audit log: the witness for "this sent no write"."""

from __future__ import annotations

import datetime
import json
import time
import uuid
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

WRITE_VERBS = frozenset({"create", "update", "patch", "delete", "deletecollection"})
COMPLETE = frozenset({"ResponseComplete"})


def received(event: dict[str, Any]) -> float:
    """When the request arrived, in seconds since the epoch."""
    return datetime.datetime.fromisoformat(event["requestReceivedTimestamp"].replace("Z", "+00:00")).timestamp()


def stores(event: dict[str, Any]) -> bool:
    """A request that would change something, refused or not; a dry run changes nothing."""
    return event["verb"] in WRITE_VERBS and "dryRun=All" not in event["requestURI"]


def read_events(
    log: Path,
    user: str | None = None,
    since: float | None = None,
    verbs: Collection[str] | None = None,
    stages: Collection[str] = COMPLETE,
    until: float | None = None,
) -> list[dict[str, Any]]:
    """Events in the order of the log that match every given filter.

    A watch completes when it ends; while it is open only its ResponseStarted event exists, so ask for that stage
    to count the watches that were opened.
    """
    # Parsing costs far more than looking for the name: most lines are the simulator's.
    needle = json.dumps(user).encode() if user is not None else b""
    events = []
    with open(log, "rb") as stream:
        for line in stream:
            if not line.endswith(b"\n"):
                break  # being written right now
            if needle not in line:
                continue
            event = json.loads(line)
            if _matches(event, user, since, verbs, stages) and (until is None or received(event) <= until):
                events.append(event)
    return events


def await_marker(log: Path, ask: Callable[[str], object], timeout: float = 10.0) -> None:
    """Return once the log holds what was answered before this call. Raises TimeoutError.

    An entry is written after its answer is sent, so a reader may come too early: a request of its own, asked after those that it is
    about, must be in the log first. ask: sends a GET with this path.
    """
    name = f"marker-{uuid.uuid4().hex}"
    end = log.stat().st_size
    ask(f"/api/v1/namespaces/default/configmaps?fieldSelector=metadata.name%3D{name}&limit=1")
    until, tail = time.monotonic() + timeout, b""
    with open(log, "rb") as stream:
        stream.seek(end)
        while name.encode() not in tail:
            tail = tail[-4096:] + stream.read()
            if time.monotonic() > until:
                raise TimeoutError(f"the audit log {log} has not told of a request for {timeout:.0f} s")
            time.sleep(0.001)


def _matches(
    event: dict[str, Any],
    user: str | None,
    since: float | None,
    verbs: Collection[str] | None,
    stages: Collection[str],
) -> bool:
    return (
        event["stage"] in stages
        and (user is None or _names(event, user))
        and (verbs is None or event["verb"] in verbs)
        and (since is None or received(event) >= since)
    )


def _names(event: dict[str, Any], user: str) -> bool:
    """An impersonated request counts for both users."""
    return user in (event["user"].get("username"), event.get("impersonatedUser", {}).get("username"))


def drop_torn_tail(log: Path) -> None:
    """Cut a last line without its end, left by a killed API server, before the next one appends to it."""
    if not log.exists():
        return
    with open(log, "r+b") as stream:
        content = stream.read()
        if content and not content.endswith(b"\n"):
            stream.truncate(content.rfind(b"\n") + 1)
