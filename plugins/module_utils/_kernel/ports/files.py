# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The port to files of this machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol


class LocalFiles(Protocol):
    """Private files. Every method raises HypershiftError: ``no_space``, ``unwritable``."""

    def reading(self, path: Path) -> AbstractContextManager[BinaryIO]:
        """Its bytes, without a buffer; also trouble while they are read is told."""

    def new(self, path: Path) -> AbstractContextManager[Callable[[bytes], None]]:
        """A file (0600) that must not exist yet, as what takes its next block; on disk at the end, gone after any
        exception."""

    def move(self, path: Path, target: Path) -> None:
        """Both in one file system."""

    def remove(self, path: Path) -> None:
        """Fine when it is gone already."""
