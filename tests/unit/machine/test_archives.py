# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Archives in a folder: readable by tar, private, whole or not there."""

from __future__ import annotations

import os
import stat
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._machine.archives import ArchiveFolder

MOMENT = datetime(2026, 11, 26, 3, 15, tzinfo=UTC)
LONG = "management/namespaces/" + "n" * 63 + "/pods/" + "p" * 63 + "/container.previous.log"
FILES = {"b.log": os.urandom(700), "a.json": b"{}", LONG: b"x" * 100_000, "empty": b""}
NAME = "must-gather_clusters_demo_20261126T031500Z.tar.gz"


def made(folder: Path, order: list[str]) -> tuple[Path, int]:
    draft = ArchiveFolder(str(folder)).begin(NAME, MOMENT)
    sizes = {path: draft.add(path, content) for path, content in FILES.items()}
    assert draft.size == sum(sizes.values()) and sizes["b.log"] == draft.size_of("b.log", FILES["b.log"])
    assert list(folder.iterdir()) == []  # nothing is to be seen of it, and nothing left when the process is killed
    size = draft.finish(order)
    draft.close()
    return folder / NAME, size


def test_tar_reads_it_in_the_given_order(tmp_path: Path) -> None:
    order = ["a.json", LONG, "empty", "b.log"]
    path, size = made(tmp_path / "new" / "folder", order)
    top = NAME.removesuffix(".tar.gz")
    with tarfile.open(path) as archive:
        assert [m.name for m in archive] == [f"{top}/{name}" for name in order]
        assert {m.mtime for m in archive} == {int(MOMENT.timestamp())} and {(m.mode, m.uid) for m in archive} == {(0o600, 0)}
        assert [archive.extractfile(m).read() for m in archive] == [FILES[name] for name in order]  # type: ignore[union-attr]
    listed = subprocess.run(["tar", "-tzf", str(path)], capture_output=True, text=True, check=True)
    assert listed.stdout.splitlines() == [f"{top}/{name}" for name in order] and listed.stderr == ""
    subprocess.run(["gzip", "-t", str(path)], check=True)
    assert path.stat().st_size == size < 10_000 and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700 and [p.name for p in path.parent.iterdir()] == [NAME]


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    first, _size = made(tmp_path / "one", ["a.json", "b.log"])
    second, _size = made(tmp_path / "two", ["a.json", "b.log"])
    assert first.read_bytes() == second.read_bytes()


def test_a_folder_lists_and_removes(tmp_path: Path) -> None:
    folder = ArchiveFolder(str(tmp_path / "later"))
    assert folder.names() == [] and not (tmp_path / "later").exists()
    made(tmp_path / "later", ["a.json"])
    assert folder.names() == [NAME]
    for _twice in range(2):
        folder.remove(NAME)
    assert folder.names() == []


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HypershiftError, match="a part of the path is no directory") as caught:
        ArchiveFolder(str(tmp_path / "file" / "below")).begin(NAME, MOMENT)
    assert caught.value.failure.code == "no_directory"


def test_an_archive_that_cannot_be_put_there_leaves_nothing(tmp_path: Path) -> None:
    draft = ArchiveFolder(str(tmp_path)).begin(NAME, MOMENT)
    draft.add("a.json", b"{}")
    (tmp_path / NAME).mkdir()
    with pytest.raises(HypershiftError, match=NAME):
        draft.finish(["a.json"])
    assert [p.name for p in tmp_path.iterdir()] == [NAME]
