# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A snapshot store in memory: entries as they are put there, deletions as they were asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.manifest import Manifest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.store import LEFTOVER_AGE, CatalogEntry, LocalPath
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import Failure, HypershiftError


@dataclass
class MemoryStore:
    """refusals: id of a set -> what deleting it raises. checked: whether it was asked for writing, each time."""

    entries: list[CatalogEntry] = field(default_factory=list)
    refusals: dict[str, HypershiftError] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    updated: list[Manifest] = field(default_factory=list)
    checked: list[bool] = field(default_factory=list)
    where: str = "/backup"

    def check(self, for_writing: bool = False) -> None:
        self.checked.append(for_writing)

    def sets(self, namespace: str = "", name: str = "") -> list[CatalogEntry]:
        return [e for e in self.entries if namespace in ("", e.namespace) and name in ("", e.name)]

    def put(self, manifest: Manifest, files: Mapping[str, LocalPath]) -> None:
        self.contents |= {shard: Path(path).read_bytes() for shard, path in files.items()}
        self.entries.append(CatalogEntry(manifest.id, manifest.namespace, manifest.name, manifest, size=manifest.size))

    def fetch(self, manifest: Manifest, shard: str, target: LocalPath) -> None:
        Path(target).write_bytes(self.contents[shard])

    def prove(self, manifest: Manifest) -> str:
        return ""

    def update_manifest(self, manifest: Manifest) -> None:
        self.updated.append(manifest)

    def delete(self, entry: CatalogEntry) -> None:
        if entry.id in self.refusals:
            raise self.refusals[entry.id]
        self.deleted.append(entry.id)
        self.entries = [e for e in self.entries if e.id != entry.id]

    def leftovers(self, namespace: str = "", name: str = "") -> list[str]:
        return []

    def remove_leftovers(self, namespace: str = "", name: str = "", min_age: float = LEFTOVER_AGE) -> list[str]:
        return []

    def free_bytes(self) -> int | None:
        return None


def locked(id: str) -> HypershiftError:
    return HypershiftError(Failure("locked_by_retention", "it is locked until tomorrow", f"Snapshot {id}"))
