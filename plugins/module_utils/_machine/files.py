# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Private files: hashing, copying and writing with bounded memory and with fsync."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO, Protocol

from .._kernel.errors import Failure, HypershiftError

CHUNK = 1024 * 1024
PRIVATE = 0o600
PRIVATE_FOLDER = 0o700


class Digest(Protocol):
    """What hashlib makes."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take in more bytes."""

    def hexdigest(self) -> str:
        """Digest in hexadecimal."""


def open_regular(path: str | Path, buffering: int = 0) -> BinaryIO:
    """A file for reading. Raises OSError (ENOTSUP) for a device or a pipe, which might be waited for without end."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.ENOTSUP, "it is no regular file")
    return os.fdopen(handle, "rb", buffering=buffering)


def sha256_of(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    buffer = memoryview(bytearray(CHUNK))
    with open_regular(path) as file:
        while count := file.readinto(buffer):  # type: ignore[attr-defined]
            digest.update(buffer[:count])
            size += count
    return size, digest.hexdigest()


def copy_into(source: BinaryIO, target: BinaryIO, digest: Digest, most: int | None = None) -> int:
    """Copy to the end, or until there is more than ``most``; returns the number of bytes."""
    size = 0
    while (most is None or size <= most) and (block := source.read(CHUNK)):
        digest.update(block)
        target.write(block)
        size += len(block)
    return size


def private_file(path: Path) -> BinaryIO:
    """A new empty file that was never readable by others; what was there under this name is gone."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    os.fchmod(handle, PRIVATE)
    return os.fdopen(handle, "wb", buffering=CHUNK)


def settle(file: BinaryIO) -> None:
    """On the disk, not only in a cache."""
    file.flush()
    os.fsync(file.fileno())


def settle_path(path: Path) -> None:
    """As settle(), for a file or directory that is not open."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file atomically; it survives a power cut as the old or the new one."""
    handle, temporary = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), PRIVATE)
            file.write(content)
            settle(file)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    settle_path(path.parent)


def private_folders(path: Path) -> None:
    """Make a directory and its missing parents, each 0700."""
    missing = [path]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for folder in reversed(missing):
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def remove_tree(path: Path) -> None:
    """A directory with all in it; links are removed, not followed. Fine when it is gone already."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    shutil.rmtree(path)


def write_private_file(path: str, content: bytes, check_mode: bool) -> bool:
    """Put content at path with mode 0600, atomically; True when the file differed. The content never appears under
    another mode."""
    path = os.path.expanduser(path)
    _refuse_special(path)
    if _is_same(path, content):
        return False
    if check_mode:
        return True
    folder = os.path.dirname(path) or "."
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".hypershift-", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, PRIVATE)
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise HypershiftError(
            Failure(
                "unwritable",
                f"file {path} cannot be written: {error.strerror}",
                next_step="Check that the folder exists and is writable.",
            )
        ) from None
    return True


def _refuse_special(path: str) -> None:
    """A pipe would be waited for, and a device be replaced by a file."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        step = "Give the path of a file; nothing was written."
        raise HypershiftError(
            Failure("no_regular_file", f"{path} is a device or a pipe, no regular file", next_step=step)
        )


def _is_same(path: str, content: bytes) -> bool:
    try:
        with open_regular(path) as file:
            return stat.S_IMODE(os.fstat(file.fileno()).st_mode) == PRIVATE and file.read() == content
    except OSError:
        return False


class WholeFiles:
    """Files of the machine where the task runs, read and written as a whole.

    check_mode: writes say what they would do, and do nothing.
    """

    def __init__(self, check_mode: bool) -> None:
        self._check_mode = check_mode

    def read(self, path: str) -> bytes | None:
        """The content, None when there is no such file. Raises HypershiftError (unreadable)."""
        try:
            with open_regular(os.path.expanduser(path)) as file:
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            cause = f"file {path} cannot be read: {error.strerror}"
            raise HypershiftError(Failure("unreadable", cause, next_step="Correct its path or its mode.")) from None

    def write(self, path: str, content: bytes) -> bool:
        """Whether the file differed; only its owner may read it then."""
        return write_private_file(path, content, self._check_mode)
