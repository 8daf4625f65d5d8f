# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read the API server's audit log: the witness for "this sent no write"."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

WRITE_VERBS = frozenset({"create", "update", "patch", "delete", "deletecollection"})
COMPLETE = frozenset({"ResponseComplete"})


def received(event: dict[str, Any]) -> float:
    """When the request arrived, in seconds since the epoch."""
    return datetime.datetime.fromisoformat(event["requestReceivedTimestamp"].replace("Z", "+00:00")).timestamp()


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
