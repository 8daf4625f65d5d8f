# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Errors of the file system in one plain sentence."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from .._kernel.errors import Failure, HypershiftError

_ROOM = "Make room there, or delete old snapshots."
_KNOWN: dict[int, tuple[str, str, str]] = {
    errno.ENOSPC: ("no_space", "the file system is full", _ROOM),
    errno.EDQUOT: ("no_space", "the disk quota is used up", _ROOM),
    errno.EFBIG: ("no_space", "a file of this size is not allowed", "Use a file system without that limit."),
    errno.EACCES: ("missing_permission", "this account may not use it", "Check owner and mode of the directory."),
    errno.EPERM: (
        "missing_permission",
        "this account may not change it",
        "Check owner, mode and attributes of the directory.",
    ),
    errno.EROFS: ("read_only", "the file system is read-only", "Mount it for writing, or use another directory."),
    errno.ENOTDIR: ("no_directory", "a part of the path is no directory", "Correct the path."),
    errno.ENOENT: ("not_found", "it does not exist", "Check the path."),
    errno.ENOTSUP: (
        "no_regular_file",
        "it is a device or a pipe, no regular file",
        "Look at who put it there, and remove it.",
    ),
    errno.EIO: ("disk_error", "the disk reports an input/output error", "Check the disk."),
    errno.ENAMETOOLONG: ("no_directory", "the path is too long", "Use a shorter path."),
}


def file_error(error: OSError, thing: str) -> HypershiftError:
    """One sentence about thing, for example "Snapshot directory /backup"."""
    code, cause, step = _KNOWN.get(
        error.errno or 0,
        ("file_error", f"the system reports: {error.strerror or type(error).__name__}", "Check the file system."),
    )
    return HypershiftError(Failure(code, cause, object=thing, next_step=step))


@contextmanager
def told(thing: str) -> Iterator[None]:
    """Errors of the file system inside become one sentence about thing."""
    try:
        yield
    except OSError as error:
        raise file_error(error, thing) from None


def damaged(set_id: str, file: str, cause: str) -> HypershiftError:
    return HypershiftError(
        Failure(
            "snapshot_damaged",
            f"file {file} {cause}",
            object=f"Snapshot {set_id}",
            next_step="Do not restore from it; use another snapshot and look for what changed the file.",
        )
    )


def different(set_id: str, where: str) -> HypershiftError:
    return HypershiftError(
        Failure(
            "snapshot_exists",
            f"{where} holds another set of this id with different content",
            object=f"Snapshot {set_id}",
            next_step="Nothing was changed; take a new snapshot, which gets an id of its own.",
        )
    )


def no_such_set(set_id: str, where: str) -> HypershiftError:
    return HypershiftError(
        Failure(
            "snapshot_not_found",
            f"{where} does not hold it",
            object=f"Snapshot {set_id}",
            next_step="Look at the catalogue.",
        )
    )
