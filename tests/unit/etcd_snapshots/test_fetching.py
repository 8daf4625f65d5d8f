# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A snapshot on its way into a restore: the one that was planned, whole, or none."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.fetching import planned_files
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.store import CatalogEntry
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.pod_files import Proof

from builders.transfers import tools_of
from etcd_snapshots.memory_store import MemoryStore
from etcd_snapshots.samples import entry_of, file_of, manifest_of

DATA = b"snapshot" * 100


def planned(size: int = len(DATA), content: bytes = DATA) -> dict[str, Proof]:
    return {"etcd": Proof(size, hashlib.sha256(content).hexdigest())}


def store(sealed: bool = False, problem: str = "") -> MemoryStore:
    stored = b"sealed " + DATA if sealed else DATA
    file = replace(file_of("etcd", stored, "age" if sealed else ""), size=len(DATA), sha256=hashlib.sha256(DATA).hexdigest())
    return MemoryStore([entry_of(manifest_of(files=(file,), sealed="age" if sealed else ""), problem)], contents={"etcd": stored})


def unseal(source: Path, target: Path, identity: Path) -> None:
    assert identity == Path("/k/key.txt")
    target.write_bytes(source.read_bytes().removeprefix(b"sealed "))


def fetch(store: MemoryStore, wanted: dict[str, Proof], folder: Path, id: str = "") -> dict[str, Path]:
    at = CatalogEntry(id or manifest_of().id, "clusters", "demo")
    return planned_files(tools_of(store, unseal=unseal), at, wanted, folder, "/k/key.txt")


@pytest.mark.parametrize("sealed", [False, True])
def test_plain_and_proved(tmp_path: Path, sealed: bool) -> None:
    files = fetch(store(sealed), planned(), tmp_path)
    assert {k: p.read_bytes() for k, p in files.items()} == {"etcd": DATA}
    assert [p.name for p in tmp_path.iterdir()] == ["etcd.db"]


@pytest.mark.parametrize(
    ("place", "wanted", "id", "says"),
    [
        (store(problem="file etcd.db is missing"), planned(), "", "no longer what was planned: file etcd.db is missing"),
        (store(), planned(), "20200101T000000Z-zzzz", "no longer what was planned"),
        (MemoryStore(), planned(), "", "no longer what was planned"),
        (store(), planned(size=len(DATA) + 1), "", "another size or SHA-256"),
        (store(), planned(content=b"other"), "", "another size or SHA-256"),
    ],
)
def test_another_one_is_not_restored(tmp_path: Path, place: MemoryStore, wanted: dict[str, Proof], id: str, says: str) -> None:
    with pytest.raises(HypershiftError, match=says) as caught:
        fetch(place, wanted, tmp_path, id)
    assert caught.value.failure.code == "snapshot_damaged"
