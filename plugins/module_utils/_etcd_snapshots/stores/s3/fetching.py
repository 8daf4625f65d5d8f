# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading an object through broken connections: each new request goes on where the last one broke."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from ...._kernel.errors import HypershiftError
from ...._machine.file_failures import damaged, told
from ...._machine.files import CHUNK, PRIVATE, settle, settle_path
from ...manifest import SnapshotFile
from .bucket import Bucket
from .failures import BEYOND_END, TRANSIENT

_TRIES = 5  # in a row without a single byte
_PAUSE_SECONDS = 1.0


def reading(bucket: Bucket, key: str, start: int, size: int, sleep: Callable[[float], None]) -> Iterator[bytes]:
    """The bytes from start to size, whatever breaks in between; ends early only with an error."""
    at, tries = start, 0
    while at < size:
        try:
            with closing(bucket.stream(key, at)) as blocks:
                for block in blocks:
                    at, tries = at + len(block), 0 if block else tries
                    yield block
        except HypershiftError as error:
            if error.failure.code == BEYOND_END:
                return
            tries += 1
            if error.failure.code not in TRANSIENT or tries >= _TRIES:
                raise
            sleep(_PAUSE_SECONDS * 2 ** (tries - 1))
        else:
            if at < size:  # an orderly end too early
                tries += 1
                if tries >= _TRIES:
                    return
                sleep(_PAUSE_SECONDS * 2 ** (tries - 1))


def proved_sum(bucket: Bucket, key: str, sleep: Callable[[float], None]) -> tuple[int, str]:
    """Size and SHA-256 of an object, read to its last byte."""
    headers, digest, size = bucket.head(key) or {}, hashlib.sha256(), 0
    for block in reading(bucket, key, 0, int(headers.get("ContentLength", 0)), sleep):
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()


class Fetching:
    """One object into one local file. What has arrived stays beside the target when the connection is gone, and the
    next run goes on from there."""

    def __init__(self, bucket: Bucket, key: str, file: SnapshotFile, sleep: Callable[[float], None]) -> None:
        self._bucket, self._key, self._file, self._sleep = bucket, key, file, sleep

    def to(self, goal: Path, set_id: str) -> None:
        part = goal.with_name(f".{goal.name}.{self._file.stored_sha256[:12]}.part")
        with told(f"File {goal}"):
            if part.exists() and not part.is_file():
                part.unlink()
            resumed = part.exists()
            good = self._complete(part)
            if not good and resumed:  # the first part was not ours, or another one's
                part.unlink(missing_ok=True)
                good = self._complete(part)
            if not good:
                part.unlink(missing_ok=True)
                raise damaged(set_id, self._file.file, "is not what the manifest says: size or SHA-256 differs")
            os.replace(part, goal)
            settle_path(goal.parent)

    def _complete(self, part: Path) -> bool:
        """Bring what is missing; True when the whole file is proved."""
        digest, size = hashlib.sha256(), 0
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE)
        with os.fdopen(handle, "r+b", buffering=CHUNK) as file:
            os.fchmod(handle, PRIVATE)
            while block := file.read(CHUNK):
                digest.update(block)
                size += len(block)
            try:
                for block in reading(self._bucket, self._key, size, self._file.stored_size, self._sleep):
                    file.write(block)
                    digest.update(block)
                    size += len(block)
            except OSError:  # a full disk is not helped by the part
                part.unlink(missing_ok=True)
                raise
            settle(file)
        return (size, digest.hexdigest()) == (self._file.stored_size, self._file.stored_sha256)
