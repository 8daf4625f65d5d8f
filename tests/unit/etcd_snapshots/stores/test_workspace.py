# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The folder in which a set lies until it is whole: private, on the store's own file system, and gone afterwards."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.directory import DirectoryStore
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.workspace import free_for_work, work_root, workspace


def test_private_and_gone_however_it_ends(tmp_path: Path) -> None:
    options = {"directory": str(tmp_path / "backup")}
    with pytest.raises(ValueError), workspace(options, "clusters", "demo", "20261124T164512Z-ab12") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700 and tmp_path / "backup" in folder.parents
        (folder / "etcd.db").write_bytes(b"x")
        assert DirectoryStore(tmp_path / "backup").sets() == [], "no set before it is whole"
        raise ValueError
    assert not folder.exists()


def test_another_place_may_be_chosen(tmp_path: Path) -> None:
    options = {"directory": str(tmp_path / "backup"), "work_directory": str(tmp_path / "work")}
    with workspace(options, "clusters", "demo", "x") as folder:
        assert folder.parent == tmp_path / "work"
    assert work_root({"work_directory": "~/x"}) == Path.home() / "x" and work_root({}).is_absolute()


def test_room_is_that_of_the_nearest_folder_that_is_there(tmp_path: Path) -> None:
    here = os.statvfs(tmp_path)
    free = free_for_work({"directory": str(tmp_path / "not" / "yet" / "there")})
    assert 0 < free <= here.f_blocks * here.f_frsize
