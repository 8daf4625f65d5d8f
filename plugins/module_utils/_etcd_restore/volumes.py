# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Work on the members' volumes while etcd is down, by one pod for each. Source: platform_facts#8.3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .._etcd.commands import Answer, answers, free_bytes, script
from .._etcd_snapshots.snapshot_commands import status_of
from .._kernel.parallel import each
from .._kernel.pod_files import Patience, PodFiles, Proof
from .._kernel.ports.files import LocalFiles
from .._kernel.ports.shell import ExecResult
from . import volume_commands
from .journal import PENDING
from .refusals import ROOM, room_on_volume
from .session import Session
from .volume_access import Volume, close_pods, open_pods


def prepare(session: Session, files: dict[str, Path], machine: LocalFiles) -> str:
    """A proved restored copy beside the data in use on every volume. Nothing in use is touched; all volumes are looked
    at before any is written."""
    every = open_pods(session)
    todo = [v for v, ready in zip(every, each(_look, every), strict=True) if not ready]
    session.lease.check()
    each(lambda volume: _restore(volume, files[volume.record.name], machine), todo)
    return f"{len(every)} volumes"


def swap(session: Session) -> str:
    """Exchange on every volume; only after all are prepared."""
    every = open_pods(session)
    states = each(_state, every)
    missing = [v.member for v, state in zip(every, states, strict=True) if state == volume_commands.UNTOUCHED]
    if missing:
        for name in ("fetch", "prepare"):
            session.journal.step(name).state = PENDING
        raise every[0].failed(
            "not_prepared",
            f"the restored copy is missing on the volumes of {', '.join(missing)}",
            "Run the same task again.",
        )
    session.lease.check()
    each(lambda v: v.must(volume_commands.swap(session.journal.run), "the exchange of the data"), every)
    for volume in every:
        session.did(
            "exchange",
            f"Member {session.home}/{volume.member}",
            "the restored data is in use; the data of before is kept aside",
            True,
        )
    close_pods(session)
    return f"{len(every)} volumes"


def _look(volume: Volume) -> bool:
    """Whether a volume needs no more preparation. Raises HypershiftError when the snapshot has no room on it."""
    found = _seen(volume)
    state = found["state"].text.strip()
    volume.record.bumped = volume.session.journal.bump if found["bump"].text.strip() == "yes" else 0
    if state in (volume_commands.PREPARED, volume_commands.SWAPPED, volume_commands.HALF):
        return True
    size = volume.record.size
    for key, place, need in (
        ("space", "its volume", room_on_volume(size)),
        ("room", "the node, where the snapshot lies meanwhile,", int(size * ROOM)),
    ):
        free = free_bytes(found[key])
        if free is None:
            raise volume.failed(
                "volume_failed",
                f"the free space of {place} cannot be read: {found[key].complaint()}",
                "Look at the volume.",
            )
        if free < need:
            cause = (
                f"{place} has {free >> 20} MiB free, {need >> 20} MiB are needed beside the data in use, which is kept"
                " until the end"
            )
            raise volume.failed("no_space", cause, "Make room or enlarge the volume, then plan again.")
    return False


def _restore(volume: Volume, file: Path, machine: LocalFiles) -> None:
    session, record = volume.session, volume.record
    wanted = Proof(record.size, record.sha256)
    files = _pod_files(volume, machine)
    if not _is_there(volume, files, wanted):
        files.upload(file, volume_commands.SNAPSHOT)
    told = volume.must(volume_commands.status(), "the status of the snapshot")
    _compare(volume, told)
    volume.must(volume_commands.restore(session.journal.run, record, volume.member), "restoring the snapshot")
    session.say(f"{volume.member}: restored, {record.live_keys} keys")
    session.did(
        "restore",
        f"Member {session.home}/{volume.member}",
        f"snapshot {session.journal.snapshot} restored beside the data in use",
    )


def _pod_files(volume: Volume, machine: LocalFiles) -> PodFiles:
    def tell(line: str) -> None:
        volume.session.say(f"{volume.member}: {line.partition('] ')[2]}")

    return PodFiles(volume.shell, machine, Patience.of(volume.session.hub), tell)


def _is_there(volume: Volume, files: PodFiles, wanted: Proof) -> bool:
    """Whether an earlier run has brought the snapshot already."""
    if volume.run(["sh", "-c", f"test -f {volume_commands.SNAPSHOT}"]).code:
        return False
    return files.proof(volume_commands.SNAPSHOT) == wanted


def _compare(volume: Volume, told: ExecResult) -> None:
    """The tool's own reading of the file against the manifest's. The number of entries is left out: each minor version
    counts in its own way."""
    status = status_of(Answer(told.code, told.text))
    have = (status.hash, status.revision) if status else None
    want = (volume.record.hash, volume.record.revision)
    if have != want:
        cause = f"the snapshot reads as (hash, revision) {have} there, its manifest says {want}"
        raise volume.failed("snapshot_damaged", cause, "Use another snapshot.")


def _seen(volume: Volume) -> dict[str, Any]:
    found = answers(volume.run(script(dict(volume_commands.look(volume.session.journal.run)))).text)
    if not {"state", "space", "room", "bump"} <= set(found) or not found["state"].ok:
        raise volume.failed(
            "volume_failed", "the state of its volume cannot be read", "Look at the pod, then run again."
        )
    return found


def _state(volume: Volume) -> str:
    state: str = _seen(volume)["state"].text.strip()
    return state
