# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Archives (tar.gz) in a folder, visible when they are whole.

Each file is compressed by itself, as one member of the gzip stream: the size is known as the archive grows, and what
comes first is decided at the end. tar and gzip read such a stream like any other.
"""

from __future__ import annotations

import gzip
import os
import tarfile
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from .file_failures import told
from .files import PRIVATE, private_file, private_folders, settle, settle_path

_BLOCK = 512
_LEVEL = 6


class ArchiveFolder:
    """See _must_gather.must_gather.Archives. The folder is made, with mode 0700, when the first archive begins."""

    def __init__(self, path: str) -> None:
        self._path = Path(os.path.abspath(os.path.expanduser(path)))
        self.where = str(self._path)

    def names(self) -> list[str]:
        """What lies there."""
        with told(f"Folder {self.where}"):
            return sorted(p.name for p in self._path.iterdir()) if self._path.exists() else []

    def begin(self, name: str, moment: datetime) -> DraftArchive:
        with told(f"Folder {self.where}"):
            private_folders(self._path)
            return DraftArchive(self._path / name, moment)

    def remove(self, name: str) -> None:
        with told(f"Archive {self.where}/{name}"):
            (self._path / name).unlink(missing_ok=True)


class DraftArchive:
    """An archive that is being made. It lies in a file without a name, which the system takes away when the process
    ends."""

    def __init__(self, path: Path, moment: datetime) -> None:
        self.path = str(path)
        self._top = path.name.removesuffix(".tar.gz")
        self._moment = moment
        self._spool: BinaryIO = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115
        self._places: dict[str, tuple[int, int]] = {}
        self.size = 0

    def add(self, path: str, content: bytes) -> int:
        """Compressed size."""
        with told(f"Archive {self.path}"):
            data = self._compressed(path, content)
            self._spool.seek(0, os.SEEK_END)
            self._places[path] = (self._spool.tell(), len(data))
            self._spool.write(data)
        self.size += len(data)
        return len(data)

    def size_of(self, path: str, content: bytes) -> int:
        """What adding it would take."""
        return len(self._compressed(path, content))

    def finish(self, paths: Sequence[str]) -> int:
        """Put the archive there with these files in this order, mode 0600; bytes."""
        target = Path(self.path)
        partial = target.with_name(f".{target.name}.partial")
        with told(f"Archive {self.path}"):
            try:
                with private_file(partial) as file:
                    for path in paths:
                        start, length = self._places[path]
                        self._spool.seek(start)
                        file.write(self._spool.read(length))
                    file.write(gzip.compress(bytes(2 * _BLOCK), _LEVEL, mtime=0))
                    settle(file)
                    size = file.tell()
                os.replace(partial, target)
            finally:
                partial.unlink(missing_ok=True)
            settle_path(target.parent)
        return size

    def close(self) -> None:
        self._spool.close()

    def _compressed(self, path: str, content: bytes) -> bytes:
        info = tarfile.TarInfo(f"{self._top}/{path}")
        info.size, info.mode, info.mtime = len(content), PRIVATE, int(self._moment.timestamp())
        padding = bytes(-len(content) % _BLOCK)
        return gzip.compress(info.tobuf(tarfile.PAX_FORMAT) + content + padding, _LEVEL, mtime=0)
