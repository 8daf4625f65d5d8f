# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Snapshot sets in a directory: whole or not there, private, and proved byte by byte."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.manifest import Manifest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores import directory
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.directory import DirectoryStore
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._machine import files

from builders.effort import growth
from etcd_snapshots.samples import NOW, manifest_of, written

CONTENTS = {"etcd": b"a" * 3_000_001, "etcd-events": b"events"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def store(root: Path) -> DirectoryStore:
    return DirectoryStore(root)


def place(root: Path, manifest: Manifest) -> Path:
    return root / manifest.namespace / manifest.name / manifest.id


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(HypershiftError) as caught:
        call()
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")
    return caught.value.failure.code


def failing(error: OSError, after: int = 0) -> Callable[..., Any]:
    """A stand-in that raises from the call after so many good ones on."""
    calls = []

    def call(*_arguments: Any, **_named: Any) -> None:
        calls.append(1)
        if len(calls) > after:
            raise error

    return call


def test_a_set_goes_in_and_comes_out(store: DirectoryStore, root: Path, tmp_path: Path) -> None:
    manifest = manifest_of(CONTENTS)
    sources = written(tmp_path / "work", CONTENTS)
    store.put(manifest, sources)
    (entry,) = store.sets()
    assert entry.manifest == manifest and entry.good and entry.size == 3_000_007
    assert not any(p.exists() for p in sources.values())  # the same file system: moved, not copied
    for path in [place(root, manifest), *place(root, manifest).parents][:3]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert {p.name: stat.S_IMODE(p.stat().st_mode) for p in place(root, manifest).iterdir()} == dict.fromkeys(
        ["etcd.db", "etcd-events.db", "manifest.json"], 0o600
    )
    target = tmp_path / "out" / "x.db"
    target.parent.mkdir()
    store.fetch(manifest, "etcd", target)
    assert target.read_bytes() == CONTENTS["etcd"] and stat.S_IMODE(target.stat().st_mode) == 0o600
    assert store.prove(manifest) == "" and store.leftovers() == []
    assert (store.free_bytes() or 0) > 0


def test_another_file_system_is_copied_to(store: DirectoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.replace

    def across(source: Any, target: Any) -> None:
        if str(source).endswith(".working"):
            raise OSError(18, "Invalid cross-device link")
        real(source, target)

    monkeypatch.setattr(directory.os, "replace", across)
    sources = written(tmp_path / "work", CONTENTS)
    store.put(manifest_of(CONTENTS), sources)
    assert store.sets()[0].good and all(p.exists() for p in sources.values())


def test_a_link_is_copied_and_stays(store: DirectoryStore, tmp_path: Path) -> None:
    (source,) = written(tmp_path / "work", {"etcd": b"data"}).values()
    link = tmp_path / "link"
    link.symlink_to(source)
    store.put(manifest_of(), {"etcd": link})
    assert store.prove(manifest_of()) == "" and link.is_symlink() and source.read_bytes() == b"data"


def test_a_second_put_is_fine_and_another_content_is_not(store: DirectoryStore, tmp_path: Path) -> None:
    store.put(manifest_of(), written(tmp_path / "work", {"etcd": b"data"}))
    store.put(manifest_of(), {"etcd": tmp_path / "gone"})
    other = written(tmp_path / "work", {"etcd": b"other"})
    assert code_of(lambda: store.put(manifest_of({"etcd": b"other"}), other)) == "snapshot_exists"
    assert store.prove(manifest_of()) == ""


@pytest.mark.parametrize("given", [["etcd"], ["etcd", "etcd-events", "more"], []])
def test_all_shards_or_none(store: DirectoryStore, root: Path, tmp_path: Path, given: list[str]) -> None:
    sources = written(tmp_path / "work", dict.fromkeys(given, b"x"))
    assert code_of(lambda: store.put(manifest_of(CONTENTS), sources)) == "incomplete_set"
    assert not root.exists()


def test_wrong_bytes_are_refused_before_anything_is_moved(store: DirectoryStore, tmp_path: Path) -> None:
    sources = written(tmp_path / "work", {**CONTENTS, "etcd-events": b"wrong!"})
    assert code_of(lambda: store.put(manifest_of(CONTENTS), sources)) == "snapshot_damaged"
    assert all(p.exists() for p in sources.values()) and store.sets() == [] and store.leftovers() == []


@pytest.mark.parametrize(
    ("number", "code"), [(28, "no_space"), (122, "no_space"), (13, "missing_permission"), (30, "read_only"), (5, "disk_error")]
)
def test_a_failing_disk_leaves_the_sources_and_no_trace(
    store: DirectoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    sources = written(tmp_path / "work", CONTENTS)
    with monkeypatch.context() as patch:
        patch.setattr(directory, "write_whole", failing(OSError(number, "x")))
        assert code_of(lambda: store.put(manifest_of(CONTENTS), sources)) == code
    assert {k: p.read_bytes() for k, p in sources.items()} == CONTENTS and store.sets() == [] and store.leftovers() == []
    store.put(manifest_of(CONTENTS), sources)
    assert store.sets()[0].good


def test_a_copy_that_breaks_in_the_middle_leaves_no_trace(store: DirectoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system itself refuses to write on, after a million bytes."""
    sources, target = written(tmp_path / "work", CONTENTS), tmp_path / "x.db"
    with monkeypatch.context() as patch, limited(1_000_000):
        patch.setattr(directory.os, "replace", failing(OSError(18, "Invalid cross-device link")))
        assert code_of(lambda: store.put(manifest_of(CONTENTS), sources)) == "no_space"
    assert all(p.exists() for p in sources.values()) and store.sets() == [] and store.leftovers() == []
    store.put(manifest_of(CONTENTS), sources)
    with limited(1_000_000):
        assert code_of(lambda: store.fetch(manifest_of(CONTENTS), "etcd", target)) == "no_space"
    assert not target.exists() and not list(tmp_path.glob(".*"))


@contextmanager
def limited(size: int) -> Iterator[None]:
    """No file of this process may grow beyond size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Killed(BaseException):
    """What no cleanup sees: as if the process had ended here."""


def test_killed_at_any_step_and_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call that changes the disk is the last one in turn; nothing that looks like a set is ever half."""
    step = 0
    while killed_at(step, tmp_path / str(step), monkeypatch):
        step += 1
    assert step >= 12  # two files, manifest, directories: each with its fsync and rename


def killed_at(step: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """False when the put has fewer steps than that and has ended well."""
    store, manifest, sources, left = DirectoryStore(folder / "backup"), manifest_of(CONTENTS), written(folder / "work", CONTENTS), [step]

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if not left[0]:
                raise Killed
            left[0] -= 1
            return real(*arguments, **named)

        return call

    died = False
    with monkeypatch.context() as patch:
        patch.setattr(directory, "_put_back_on_failure", NoCleanup)
        for name in ("replace", "rename", "chmod"):
            patch.setattr(directory.os, name, dying(getattr(os, name)))
        for name in ("private_folders", "settle_path", "write_whole", "remove_tree"):
            patch.setattr(directory, name, dying(getattr(directory, name)))
        try:
            store.put(manifest, sources)
        except Killed:
            died = True
    assert all(store.prove(e.manifest) == "" for e in store.sets() if e.manifest)
    store.put(manifest, sources)
    assert store.sets()[0].good and store.prove(manifest) == "" and store.leftovers() == []
    return died


class NoCleanup:
    def __init__(self, _partial: Path) -> None:
        self.moved: list[tuple[Path, Path]] = []

    def __enter__(self) -> list[tuple[Path, Path]]:
        return self.moved

    def __exit__(self, *_error: object) -> None:
        return None


def test_a_failure_after_an_interrupted_run_does_not_lose_the_moved_file(
    store: DirectoryStore, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest, sources = manifest_of(CONTENTS), written(tmp_path / "work", CONTENTS)
    partial = place(root, manifest).with_name(f".partial-{manifest.id}")
    partial.mkdir(parents=True)
    sources["etcd"].rename(partial / "etcd.db")
    with monkeypatch.context() as patch:
        patch.setattr(directory, "write_whole", failing(OSError(28, "x")))
        assert code_of(lambda: store.put(manifest, sources)) == "no_space"
    assert sources["etcd"].read_bytes() == CONTENTS["etcd"]
    store.put(manifest, sources)
    assert store.prove(manifest) == ""


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        (lambda folder: (folder / "etcd.db").unlink(), "file etcd.db is missing"),
        (lambda folder: os.truncate(folder / "etcd.db", 17), "file etcd.db has 17 bytes instead of 3000001"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "the manifest is bad: it is no JSON"),
        (lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe"), "the manifest is bad: it is no JSON"),
        (lambda folder: (folder / "manifest.json").write_text(manifest_of(CONTENTS, name="else").to_json()), "lies in the wrong place"),
    ],
)
def test_a_harmed_set_is_listed_with_its_problem(
    store: DirectoryStore, root: Path, tmp_path: Path, harm: Callable[[Path], Any], problem: str
) -> None:
    store.put(manifest_of(CONTENTS), written(tmp_path / "work", CONTENTS))
    harm(place(root, manifest_of(CONTENTS)))
    (entry,) = store.sets()
    assert problem in entry.problem and not entry.good


def test_a_flipped_bit_is_found_by_reading_and_never_handed_out(store: DirectoryStore, root: Path, tmp_path: Path) -> None:
    manifest = manifest_of(CONTENTS)
    store.put(manifest, written(tmp_path / "work", CONTENTS))
    path = place(root, manifest) / "etcd.db"
    path.write_bytes(b"b" + path.read_bytes()[1:])
    assert store.sets()[0].good and "SHA-256 differs" in store.prove(manifest)
    target = tmp_path / "x.db"
    target.write_bytes(b"before")
    assert code_of(lambda: store.fetch(manifest, "etcd", target)) == "snapshot_damaged"
    assert target.read_bytes() == b"before" and [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_fetching_what_is_not_there(store: DirectoryStore, tmp_path: Path) -> None:
    assert code_of(lambda: store.fetch(manifest_of(), "etcd", tmp_path / "x")) == "not_found"
    assert code_of(lambda: store.fetch(manifest_of(), "other", tmp_path / "x")) == "shards_differ"


def test_only_what_was_verified_may_change(store: DirectoryStore, root: Path, tmp_path: Path) -> None:
    manifest = manifest_of()
    assert code_of(lambda: store.update_manifest(manifest)) == "snapshot_not_found"
    store.put(manifest, written(tmp_path / "work", {"etcd": b"data"}))
    verified = replace(manifest, verified_at=NOW, verification={"rto": 12.5})
    store.update_manifest(verified)
    assert store.sets()[0].manifest == verified
    store.put(manifest, {"etcd": tmp_path / "gone"})  # the same set still
    assert store.sets()[0].manifest == verified
    assert code_of(lambda: store.update_manifest(replace(verified, release="other"))) == "snapshot_exists"
    assert stat.S_IMODE((place(root, manifest) / "manifest.json").stat().st_mode) == 0o600


def test_deleting_hides_the_set_at_once(store: DirectoryStore, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(manifest_of(), written(tmp_path / "work", {"etcd": b"data"}))
    (entry,) = store.sets()
    with monkeypatch.context() as patch:
        patch.setattr(directory, "remove_tree", failing(OSError(5, "x"), after=1))
        assert code_of(lambda: store.delete(entry)) == "disk_error"
    assert store.sets() == [] and store.leftovers() == [f"clusters/demo/.deleting-{entry.id}"]
    assert store.remove_leftovers() == [f"clusters/demo/.deleting-{entry.id}"]
    store.delete(entry)  # gone already
    assert store.leftovers() == []


def test_leftovers_that_may_be_at_work_stay(root: Path, tmp_path: Path) -> None:
    started = 1_000_000.0
    clock = [started]
    store, partial = DirectoryStore(root, lambda: clock[0]), root / "clusters" / "demo" / f".partial-{manifest_of().id}"
    without = partial.with_name("20261101T000000Z-cd34")
    for folder in (partial, without):
        folder.mkdir(parents=True)
        (folder / "etcd.db").write_bytes(b"x")
        for path in (folder / "etcd.db", folder):
            os.utime(path, (started, started))
    stranger = root / "clusters" / "demo" / "notes"
    stranger.mkdir()
    assert len(store.leftovers("clusters", "demo")) == 2 and store.sets() == []
    assert store.leftovers("other") == [] and store.leftovers("..", "..") == []
    clock[0] += 3599
    assert store.remove_leftovers() == []
    clock[0] += 1
    assert len(store.remove_leftovers()) == 2 and stranger.exists() and store.leftovers() == []


def test_sets_of_one_cluster_or_namespace(store: DirectoryStore, tmp_path: Path) -> None:
    for namespace, name in (("clusters", "demo"), ("clusters", "blue"), ("prod", "demo")):
        store.put(manifest_of(namespace=namespace, name=name), written(tmp_path / "work", {"etcd": b"data"}))
    assert [(e.namespace, e.name) for e in store.sets()] == [("clusters", "blue"), ("clusters", "demo"), ("prod", "demo")]
    assert len(store.sets("clusters")) == 2 and len(store.sets("clusters", "demo")) == 1 and store.sets("none") == []


def test_a_missing_directory_is_told_apart_from_an_empty_one(store: DirectoryStore, root: Path) -> None:
    assert store.sets() == [] and store.leftovers() == []
    assert code_of(store.check) == "not_found"
    store.check(for_writing=True)  # it can be made
    root.mkdir()
    store.check()


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = DirectoryStore(tmp_path / "file" / "backup")
    work = written(tmp_path / "work", {"etcd": b"data"})
    assert code_of(lambda: store.put(manifest_of(), work)) == "no_directory"
    assert work["etcd"].exists() and code_of(lambda: store.check(True)) == "no_directory"


def test_memory_does_not_grow_with_the_file(store: DirectoryStore, tmp_path: Path) -> None:
    big = tmp_path / "big.working"
    with big.open("wb") as file:
        file.truncate(256 * 1024 * 1024)
    size, digest = files.sha256_of(big)
    plain = manifest_of()
    manifest = replace(plain, files=(replace(plain.files[0], size=size, sha256=digest, stored_size=size, stored_sha256=digest),))

    def there_and_back() -> None:
        store.put(manifest, {"etcd": big})
        store.fetch(manifest, "etcd", tmp_path / "x.db")

    assert growth(there_and_back) < 20 * 1024
