# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A snapshot on its way into a restore: the one that was planned, whole, or none."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore.fetching import fetch
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError

from etcd_snapshots.memory_store import MemoryStore
from etcd_snapshots.samples import entry_of, file_of, manifest_of

DATA = b"snapshot" * 100


def journal(size: int = len(DATA), content: bytes = DATA, id: str = "") -> Any:
    record = SimpleNamespace(name="etcd", size=size, sha256=hashlib.sha256(content).hexdigest())
    return SimpleNamespace(snapshot=id or manifest_of().id, shards=[record])


def store(sealed: bool = False, problem: str = "") -> MemoryStore:
    stored = b"sealed " + DATA if sealed else DATA
    file = replace(file_of("etcd", stored, "age" if sealed else ""), size=len(DATA), sha256=hashlib.sha256(DATA).hexdigest())
    return MemoryStore([entry_of(manifest_of(files=(file,), sealed="age" if sealed else ""), problem)], contents={"etcd": stored})


def unseal(source: Path, target: Path, identity: Path) -> None:
    assert "~" not in str(identity)
    target.write_bytes(source.read_bytes().removeprefix(b"sealed "))


@pytest.mark.parametrize("sealed", [False, True])
def test_plain_and_proved(tmp_path: Path, sealed: bool) -> None:
    files = fetch(store(sealed), journal(), "clusters", "demo", tmp_path, "~/key.txt", unseal)
    assert {k: p.read_bytes() for k, p in files.items()} == {"etcd": DATA}
    assert [p.name for p in tmp_path.iterdir()] == ["etcd.db"]


@pytest.mark.parametrize(
    ("world", "planned", "says"),
    [
        (store(problem="file etcd.db is missing"), journal(), "no longer what was planned: file etcd.db is missing"),
        (store(), journal(id="20200101T000000Z-zzzz"), "no longer what was planned"),
        (MemoryStore(), journal(), "no longer what was planned"),
        (store(), journal(size=len(DATA) + 1), "another size or SHA-256"),
        (store(), journal(content=b"other"), "another size or SHA-256"),
    ],
)
def test_another_one_is_not_restored(tmp_path: Path, world: MemoryStore, planned: Any, says: str) -> None:
    with pytest.raises(HypershiftError, match=says) as caught:
        fetch(world, planned, "clusters", "demo", tmp_path, "", unseal)
    assert caught.value.failure.code == "snapshot_damaged"
