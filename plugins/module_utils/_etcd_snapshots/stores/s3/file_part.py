# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Parts of files on their way into a bucket, and the sums that prove them."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any, BinaryIO

from ...._machine.files import CHUNK, Digest


class FilePart(io.RawIOBase):
    """A part of an open file as a body of its own: read as it is sent, so that memory does not depend on its size."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        super().__init__()
        self._file, self._start, self._length, self._at = file, start, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._length - self._at)
        self._file.seek(self._start + self._at)
        block = self._file.read(wanted)
        buffer[: len(block)] = block
        self._at += len(block)
        return len(block)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = min(max(base + offset, 0), self._length)
        return self._at

    def tell(self) -> int:
        return self._at


def hash_part(file: BinaryIO, start: int, length: int, *digests: Digest) -> int:
    """Read a part into all digests; the number of bytes that were there."""
    file.seek(start)
    left = length
    while left and (block := file.read(min(CHUNK, left))):
        for digest in digests:
            digest.update(block)
        left -= len(block)
    return length - left


def md5_of(body: Any) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    if isinstance(body, bytes):
        digest.update(body)
    else:
        body.seek(0)
        while block := body.read(CHUNK):
            digest.update(block)
        body.seek(0)
    return text_of(digest.digest())


def text_of(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
