# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files of this machine: read and written in blocks, trouble told in a sentence."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from .._kernel.errors import Failure, HypershiftError
from .files import PRIVATE


class Disk:
    """See _kernel.ports.files.LocalFiles for the contract."""

    @contextlib.contextmanager
    def reading(self, path: Path) -> Iterator[BinaryIO]:
        with _told(path, "read"), open(path, "rb", buffering=0) as file:
            yield file

    @contextlib.contextmanager
    def new(self, path: Path) -> Iterator[Callable[[bytes], None]]:
        with _told(path, "written"):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        try:
            with open(handle, "wb", buffering=0) as file:

                def write(block: bytes) -> None:
                    with _told(path, "written"):
                        _write_all(file.write, block)

                yield write
                with _told(path, "written"):
                    os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            raise

    def move(self, path: Path, target: Path) -> None:
        with _told(target, "written"):
            path.rename(target)

    def remove(self, path: Path) -> None:
        with _told(path, "removed"):
            path.unlink(missing_ok=True)


def _write_all(write: Callable[[memoryview], int | None], block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[write(view) or 0 :]


@contextlib.contextmanager
def _told(path: Path, verb: str) -> Iterator[None]:
    """Trouble with the local file as a failure; the stream's own OSErrors never come through here."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        cause = (
            f"the disk is full: {path} cannot be {verb}"
            if full
            else f"{path} cannot be {verb}: {error.strerror or error}"
        )
        step = (
            "Free space there or choose another directory, then run again."
            if full
            else "Check path and rights, then run again."
        )
        raise HypershiftError(Failure("no_space" if full else "unwritable", cause, next_step=step)) from None
