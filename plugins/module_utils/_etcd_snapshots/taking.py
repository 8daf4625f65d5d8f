# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Takes the snapshot of one shard inside a member and leaves nothing behind there. Source: platform_facts#8.3."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .._etcd import commands
from .._kernel.errors import ApiError, Failure, HypershiftError
from .._kernel.pod_files import Patience, Proof
from .._kernel.ports.shell import Shell
from . import snapshot_commands
from .snapshot_commands import SnapshotStatus

SAVE_SILENCE = (
    snapshot_commands.SAVE_SECONDS + 100.0
)  # above the tool's own limit: saving prints nothing until it is done
ATTEMPTS = 4


@dataclass(frozen=True)
class Taken:
    """A proved snapshot that lies at ``path`` in the container."""

    path: str
    proof: Proof
    status: SnapshotStatus
    live_keys: int


@contextlib.contextmanager
def taken_snapshot(
    shell: Shell, id: str, directory: str, stale: list[str], patience: Patience, warn: Callable[[str], None]
) -> Iterator[Taken]:
    """A snapshot in the container for as long as the block runs; its temporary files are removed however the block
    ends."""
    try:
        yield _take(shell, id, directory, stale, patience)
    finally:
        _clean(shell, id, directory, patience, warn)


def _take(shell: Shell, id: str, directory: str, stale: list[str], patience: Patience) -> Taken:
    for attempt in range(ATTEMPTS):
        path = snapshot_commands.temporary(directory, id, attempt)
        try:
            found = commands.answers(shell.run(snapshot_commands.take(path, stale), silence=SAVE_SILENCE).text)
            if "proof" not in found or found["proof"].code is None:
                raise ApiError(Failure("stream_broken", "the stream ended early, in good order", shell.where))
            status, proof = _accepted(shell, found)
            live = _living_keys(shell, status.revision)
        except ApiError as error:
            if error.status in (401, 403) or attempt == ATTEMPTS - 1:
                raise
            patience.sleep(2.0**attempt)
            continue
        if live is not None:
            return Taken(path, proof, status, live)
    cause = "etcd compacted its history each time before the keys of the snapshot could be counted"
    raise HypershiftError(
        Failure("snapshot_not_counted", cause, shell.where, next_step="Run again when fewer writes come in.")
    )


def _accepted(shell: Shell, found: dict[str, commands.Answer]) -> tuple[SnapshotStatus, Proof]:
    save = found.get("save")
    if save is None or not save.ok:
        complaint = save.complaint() if save else "it did not run"
        full = "no space left" in (save.text.lower() if save else "")
        step = (
            "Free space on etcd's volume, or set temp_directory."
            if full
            else "Look at the member with etcd_info, then run again."
        )
        raise HypershiftError(
            Failure(
                "no_space" if full else "snapshot_failed", f"saving failed: {complaint}", shell.where, next_step=step
            )
        )
    status, words = snapshot_commands.status_of(found.get("status")), found["proof"].text.split()
    if status is None:
        complaint = found["status"].complaint() if "status" in found else "snapshot status did not run"
        cause = f"the tool does not accept the snapshot that it has just written: {complaint}"
        raise HypershiftError(
            Failure("snapshot_failed", cause, shell.where, next_step="Take it from another member (option member).")
        )
    if not found["proof"].ok or len(words) < 2 or not words[0].isdigit():
        cause = f"the snapshot cannot be read there: {found['proof'].complaint()}"
        raise HypershiftError(Failure("unreadable", cause, shell.where, next_step="Look at the container's volume."))
    return status, Proof(int(words[0]), words[1])


def _living_keys(shell: Shell, revision: int) -> int | None:
    """Keys alive at the snapshot's revision; None when that revision is compacted already."""
    result = shell.run(commands.script({"count": commands.count_keys(revision)}), silence=120.0)
    answer = commands.answers(result.text).get("count")
    count = snapshot_commands.count_of(answer)
    if count is None and answer and "compacted" not in answer.text:
        cause = f"the keys of the snapshot cannot be counted: {answer.complaint()}"
        raise HypershiftError(
            Failure(
                "snapshot_failed", cause, shell.where, next_step="Look at the member with etcd_info, then run again."
            )
        )
    return count


def _clean(shell: Shell, id: str, directory: str, patience: Patience, warn: Callable[[str], None]) -> None:
    """Removing may need several attempts; what cannot be removed now is said, and goes by itself later."""
    reason = ""
    for attempt in range(ATTEMPTS):
        try:
            result = shell.run(snapshot_commands.remove(directory, id), silence=30.0)
        except ApiError as error:
            reason = error.failure.cause
        else:
            if result.code == 0:
                return
            reason = result.complaint()
        patience.sleep(2.0**attempt)
    warn(
        f"{shell.where}: temporary files {directory}/{snapshot_commands.PREFIX}{id}* are still there ({reason});"
        " they go by themselves within some hours."
    )
