# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What one archive is about, its limits, and where it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .._kernel.kinds import HOSTED_CLUSTER
from .._kernel.objects import Object


class Draft(Protocol):
    """An archive that is being made."""

    path: str
    size: int

    def add(self, path: str, content: bytes) -> int:
        """Compressed size."""

    def size_of(self, path: str, content: bytes) -> int:
        """What adding it would take."""

    def finish(self, paths: Sequence[str]) -> int:
        """Put it there, with these files in this order; its size."""

    def close(self) -> None:
        """Let go of it, finished or not."""


@dataclass(frozen=True)
class ArchiveTarget:
    """What an archive is about; no hosted cluster: the management cluster alone. health: as hosted_cluster_info says
    it."""

    cluster: Object | None = None
    pools: tuple[Object, ...] = ()
    summary: Object | None = None

    @property
    def identity(self) -> tuple[str, str]:
        meta = (self.cluster or {"metadata": {"namespace": "", "name": ""}})["metadata"]
        return str(meta["namespace"]), str(meta["name"])

    @property
    def ref(self) -> str:
        return HOSTED_CLUSTER.ref(*self.identity) if self.cluster else "management cluster"


@dataclass(frozen=True)
class ArchiveLimits:
    """max_size: bytes of the archive; max_time: seconds; workers: requests at the same time, two at least."""

    max_size: int
    max_time: float
    workers: int
    hosted: bool
    secrets: bool
