# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Commands that take a snapshot inside a member's container, and what they print. Source: platform_facts#8.3."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .._etcd.commands import Answer, script, single

PREFIX = ".hypershift-core-snapshot-"
RESERVE = 64 * 1024 * 1024  # bytes that must stay free on etcd's volume: a full one stops etcd
STALE_SECONDS = 3600
SAVE_SECONDS = 3600
REAPER_SECONDS = 4 * 3600


@dataclass(frozen=True)
class SnapshotStatus:
    """As ``snapshot status`` prints it. Sizes in bytes."""

    hash: int
    revision: int
    total_keys: int
    size: int


def needed(db_size: int) -> int:
    """Bytes that a temporary snapshot takes at most, with the reserve: the database may grow while it is written."""
    return db_size + db_size // 10 + RESERVE


def temporary(directory: str, id: str, attempt: int) -> str:
    """Path of a temporary snapshot; another one for each attempt, since the command of a broken stream may still write
    to the last."""
    return f"{directory.rstrip('/')}/{PREFIX}{id}-{attempt}"


def look(directory: str) -> list[str]:
    """Room for a temporary snapshot, and what earlier runs left there."""
    place = shlex.quote(directory.rstrip("/"))
    return script({"room": f"df -kP {place}/", "left": f"ls -1 {place}/{PREFIX}* 2>/dev/null; true"})


def stale(left: Answer | None, now: datetime) -> list[str]:
    """Files of runs that began more than an hour ago; a younger one may still be at work."""
    found = []
    for path in left.text.splitlines() if left and left.ok else []:
        begun = parse_id(path.rpartition("/")[2].removeprefix(PREFIX))
        if begun is None or (now - begun).total_seconds() > STALE_SECONDS:
            found.append(path)
    return found


def parse_id(text: str) -> datetime | None:
    try:
        return datetime.strptime(text[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def take(path: str, stale: Iterable[str] = ()) -> list[str]:
    """Save, status and proof in one go. A process in the container removes the file some hours later if nobody else
    does."""
    name = shlex.quote(path)
    # Ended early it takes its sleep along: nothing may stay in etcd's container.
    reap = (
        f"(trap 'kill $nap; exit' TERM; sleep {REAPER_SECONDS} & nap=$!; wait $nap; rm -f {name} {name}.part) "
        f">/dev/null 2>&1 </dev/null & echo $! > {name}.reaper"
    )
    return script(
        {
            "tidy": f"rm -f {shlex.join(stale)}" if stale else ":",
            "save": f"umask 077; {reap}; ctl --command-timeout={SAVE_SECONDS}s snapshot save {name}",
            "status": f"utl snapshot status {name} -w json",
            "proof": f"stat -c %s {name} && sha256sum < {name}",
        }
    )


def send(path: str, url: str) -> tuple[list[str], bytes]:
    """Command that sends a file to a presigned URL, and its standard input. Works where the protocol cannot close
    standard input, too."""
    config = f'url = "{url}"\n'.encode()
    curl = f"curl --fail --silent --show-error --max-time {SAVE_SECONDS} --upload-file {shlex.quote(path)} --config -"
    return ["sh", "-c", f"head -c {len(config)} | {curl} > /dev/null"], config


def remove(directory: str, id: str) -> list[str]:
    """Remove the temporary files of one snapshot, with their reapers; fails when any is left."""
    pattern = f"{shlex.quote(directory.rstrip('/'))}/{PREFIX}{id}"
    ended = f'for r in {pattern}*.reaper; do test -r "$r" && kill $(cat "$r") 2>/dev/null; done'
    return single(f"{ended}; rm -f {pattern}*; ! ls {pattern}* >/dev/null 2>&1")


def status_of(answer: Answer | None) -> SnapshotStatus | None:
    """None when the tool did not accept the file."""
    document: Any = answer.json() if answer and answer.ok else None
    if not isinstance(document, dict) or not all(
        isinstance(document.get(k), int) for k in ("hash", "revision", "totalKey", "totalSize")
    ):
        return None
    return SnapshotStatus(document["hash"], document["revision"], document["totalKey"], document["totalSize"])


def count_of(answer: Answer | None) -> int | None:
    """Keys of ``get --count-only -w fields``; None when it failed."""
    found = re.search(r'^"Count" ?: ?(\d+)', answer.text, re.MULTILINE) if answer and answer.ok else None
    return int(found[1]) if found else None
