# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A set brought to this machine: chosen, fetched, opened and proved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .._kernel.errors import Failure, HypershiftError
from .._kernel.pod_files import Proof, proof_of
from . import catalog
from .manifest import Manifest
from .store import CatalogEntry, SnapshotStore
from .tools import SnapshotTools

LATEST = "latest"


def entry_of(store: SnapshotStore, namespace: str, name: str, id: str) -> CatalogEntry | None:
    """The set of that id, or the newest good one for ``latest``; None when there is none."""
    entries = store.sets(namespace, name)
    if id == LATEST:
        return catalog.newest_good(entries, namespace, name)
    return next((e for e in entries if e.id == id), None)


def proved(store: SnapshotStore, namespace: str, name: str, id: str) -> tuple[Manifest | None, str]:
    """The manifest of a set whose every stored byte was proved, or what is wrong with it."""
    store.check()
    entry = entry_of(store, namespace, name, id)
    if entry is None or entry.manifest is None:
        return None, entry.problem if entry else ""
    return entry.manifest, entry.problem or store.prove(entry.manifest)


def chosen(store: SnapshotStore, namespace: str, name: str, id: str) -> CatalogEntry:
    """As entry_of(). Raises HypershiftError when there is none."""
    entry = entry_of(store, namespace, name, id)
    if entry is not None:
        return entry
    if id == LATEST:
        cause = f"{store.where} has no good snapshot of {namespace}/{name}"
        raise refused("snapshot_not_found", cause, "Take one with etcd_snapshot.", id)
    known = ", ".join(e.id for e in store.sets(namespace, name)[-5:]) or "none"
    cause = f"{store.where} has no such snapshot of {namespace}/{name}; it has: {known}"
    raise refused("snapshot_not_found", cause, "Correct snapshot.", id)


def planned_files(
    tools: SnapshotTools, at: CatalogEntry, wanted: Mapping[str, Proof], folder: Path, identity: str
) -> dict[str, Path]:
    """Shard -> plain snapshot of the proved size and SHA-256. at: the set that was planned with.

    Raises HypershiftError when it is no longer what was planned.
    """
    manifest, damage = proved(tools.store, at.namespace, at.name, at.id)
    if manifest is None or damage:
        cause = f"it is no longer what was planned: {damage or 'it is not there'}"
        raise refused("snapshot_damaged", cause, "Use another snapshot.", at.id)
    files = {}
    for shard, proof in wanted.items():
        cause = f"the snapshot of shard {shard} has another size or SHA-256 than its manifest says"
        files[shard] = opened(tools, manifest, shard, folder, identity)
        must_be(tools, files[shard], proof, cause, at.id)
    return files


def opened(tools: SnapshotTools, manifest: Manifest, shard: str, folder: Path, identity: str) -> Path:
    """The shard's plain snapshot in the folder. Raises HypershiftError."""
    stored, plain = folder / f"{shard}.stored", folder / f"{shard}.db"
    tools.store.fetch(manifest, shard, stored)
    if manifest.sealed:
        tools.unseal(stored, plain, Path(identity))
        tools.files.remove(stored)
    else:
        tools.files.move(stored, plain)
    return plain


def must_be(tools: SnapshotTools, path: Path, wanted: Proof, cause: str, id: str) -> None:
    """Raise HypershiftError with this cause unless the file is what is wanted."""
    if proof_of(tools.files, path) != wanted:
        raise refused("snapshot_damaged", cause, "Use another snapshot.", id)


def refused(code: str, cause: str, next_step: str, id: str) -> HypershiftError:
    return HypershiftError(Failure(code, cause, f"Snapshot {id}", next_step=next_step))
