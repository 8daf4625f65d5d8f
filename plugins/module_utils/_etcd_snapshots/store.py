# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The port to a place where snapshot sets lie: a directory or a bucket.

Both have the same layout: <namespace>/<name>/<id>/<shard>.db[.age] and <id>/manifest.json, which is written last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from .manifest import Manifest

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)  # retain_until of a set under legal hold
LEFTOVER_AGE = 3600.0  # seconds; what is younger may belong to a run that is still at work


class LocalPath(Protocol):
    """A path on this machine; pathlib.Path is one. The domain itself opens no files."""

    def __fspath__(self) -> str:
        """The path as text."""


@dataclass(frozen=True)
class CatalogEntry:
    """One set as it lies in a store.

    manifest: None when it cannot be read. problem: empty for a good set, else a sentence (bad manifest, missing file,
    size differs).
    retain_until: object lock; FOREVER under legal hold. size: bytes in the store.
    """

    id: str
    namespace: str
    name: str
    manifest: Manifest | None = None
    problem: str = ""
    retain_until: datetime | None = None
    size: int = 0

    @property
    def good(self) -> bool:
        return self.manifest is not None and not self.problem


class SnapshotStore(Protocol):
    """Every method raises HypershiftError with one plain sentence; no message holds a secret. Memory does not grow with
    file sizes."""

    @property
    def where(self) -> str:
        """Directory or s3://bucket/prefix, for messages."""

    def check(self, for_writing: bool = False) -> None:
        """Raise when the store is not there or cannot be used."""

    def sets(self, namespace: str = "", name: str = "") -> list[CatalogEntry]:
        """Sets of a cluster, of a namespace, or all; oldest first. Presence and size of each file are compared with the
        manifest."""

    def put(self, manifest: Manifest, files: Mapping[str, LocalPath]) -> None:
        """Add a set: shard -> local file, sealed already when the manifest says so. All or nothing.

        A directory takes files of its own file system by renaming: they are gone from where they were. A second put of
        the same set is fine.
        """

    def fetch(self, manifest: Manifest, shard: str, target: LocalPath) -> None:
        """Copy a stored file to target, mode 0600, atomically, after its size and SHA-256 were proved."""

    def prove(self, manifest: Manifest) -> str:
        """Read every stored byte of a set: empty when all is as the manifest says, else a sentence."""

    def update_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest of a set that is there; only what was verified may differ."""

    def delete(self, entry: CatalogEntry) -> None:
        """Remove a set; it is no set from the first step on. Refused with code locked_by_retention while any of it is
        locked."""

    def leftovers(self, namespace: str = "", name: str = "") -> list[str]:
        """What interrupted runs left: sets in preparation, sets without manifest, unfinished uploads."""

    def remove_leftovers(self, namespace: str = "", name: str = "", min_age: float = LEFTOVER_AGE) -> list[str]:
        """Remove leftovers that are older than min_age seconds; returns those that were removed."""

    def free_bytes(self) -> int | None:
        """Space for new sets, None when it is not known."""
