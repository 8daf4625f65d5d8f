# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The snapshot on this machine, opened and proved, before anything is stopped."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from .._etcd_snapshots.store import SnapshotStore
from .._kernel.errors import Failure, HypershiftError
from .._kernel.pod_files import Proof, proof_of
from .journal import Journal
from .survey import find_snapshot

Unseal = Callable[[Path, Path, Path], None]  # source, target, identity file
# namespace, name, mark: the same mark gives the same folder again
Workspace = Callable[[str, str, str], AbstractContextManager[Path]]


def fetch(
    store: SnapshotStore, journal: Journal, namespace: str, name: str, folder: Path, identity: str, unseal: Unseal
) -> dict[str, Path]:
    """Shard -> plain snapshot of proved size and SHA-256. Raises HypershiftError."""
    manifest, damage = find_snapshot(store, namespace, name, journal.snapshot)
    ref = f"Snapshot {journal.snapshot}"
    if manifest is None or damage:
        cause = f"it is no longer what was planned: {damage or 'it is not there'}"
        raise HypershiftError(Failure("snapshot_damaged", cause, ref, next_step="Use another snapshot."))
    files = {}
    for record in journal.shards:
        stored, plain = folder / f"{record.name}.stored", folder / f"{record.name}.db"
        store.fetch(manifest, record.name, stored)
        if manifest.sealed:
            unseal(stored, plain, Path(os.path.expanduser(identity)))
            stored.unlink()
        else:
            stored.rename(plain)
        if proof_of(plain) != Proof(record.size, record.sha256):
            cause = f"the snapshot of shard {record.name} has another size or SHA-256 than its manifest says"
            raise HypershiftError(Failure("snapshot_damaged", cause, ref, next_step="Use another snapshot."))
        files[record.name] = plain
    return files
