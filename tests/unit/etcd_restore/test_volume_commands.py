# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Commands on a volume, run by a real shell on a real directory: cut off anywhere and given again, the end is the same."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd.commands import answers, script
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore import volume_commands as commands
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore.journal import ShardRecord

RUN = "0123456789ab"
RECORD = ShardRecord("etcd", 1, "Retain", True, {"etcd-0": "https://etcd-0:2380"}, 1, "s", 1, 1, 1)
Command = Callable[[str], list[str]]


def shell(volume: Path, command: list[str], cut: int = -1, tool: str = "") -> subprocess.CompletedProcess[str]:
    """cut: the mv or rm, counted from 0, before which the shell dies."""
    text = command[2].replace("/var/lib", str(volume)).replace("/restore/", f"{volume}/restore/")
    dying = 'n=0; due() { test $n = %d && kill -9 $$; n=$((n+1)); }; mv() { due; command mv "$@"; }; rm() { due; command rm "$@"; }\n'
    prelude = (dying % cut if cut >= 0 else "") + tool
    return subprocess.run(["bash", "-c", _after_functions(text, prelude)], capture_output=True, text=True, check=False)


def _after_functions(text: str, prelude: str) -> str:
    """Functions of the test take the place of those of the prelude."""
    head, mark, tail = text.partition("part() {")
    line, end, rest = tail.partition("\n")
    return head + mark + line + end + prelude + rest


def volume(tmp_path: Path, **content: str) -> Path:
    """Directories by short name, each with one file."""
    root = tmp_path / "lib"
    names = {"data": "data", "new": f"data.restored-{RUN}", "old": f"data.before-{RUN}"}
    root.mkdir()
    for name, text in content.items():
        (root / names[name]).mkdir()
        (root / names[name] / "db").write_text(text)
    return root


def standing(root: Path) -> dict[str, str]:
    short = {"data": "data", f"data.restored-{RUN}": "new", f"data.before-{RUN}": "old"}
    return {short.get(p.name, p.name): (p / "db").read_text() if (p / "db").exists() else "" for p in root.iterdir() if p.is_dir()}


@pytest.mark.parametrize(
    ("content", "end"),
    [
        ({"data": "live", "new": "snap"}, {"data": "snap", "old": "live"}),
        ({"new": "snap"}, {"data": "snap", "old": ""}),
        ({"new": "snap", "old": "live"}, {"data": "snap", "old": "live"}),
        ({"data": "snap", "old": "live"}, {"data": "snap", "old": "live"}),
    ],
)
@pytest.mark.parametrize("cut", [-1, 0, 1, 2])
def test_exchange_ends_the_same_wherever_it_was_cut(tmp_path: Path, content: dict[str, str], end: dict[str, str], cut: int) -> None:
    root = volume(tmp_path, **content)
    shell(root, commands.swap(RUN), cut)
    done = shell(root, commands.swap(RUN))
    assert (done.returncode, {k: v for k, v in standing(root).items() if k in ("data", "old", "new")}) == (0, end), done.stderr


@pytest.mark.parametrize("content", [{"data": "live"}, {"data": "other", "new": "snap", "old": "live"}, {}])
def test_exchange_refuses_what_it_does_not_know(tmp_path: Path, content: dict[str, str]) -> None:
    root = volume(tmp_path, **content)
    assert shell(root, commands.swap(RUN)).returncode != 0
    assert standing(root) == content


@pytest.mark.parametrize("content", [{"data": "live", "new": "snap"}, {"new": "snap"}])
@pytest.mark.parametrize("forward", [-1, 0, 1, 2])
@pytest.mark.parametrize("cut", [-1, 0, 1, 2, 3])
def test_back_from_everywhere_gives_the_data_of_before(tmp_path: Path, content: dict[str, str], forward: int, cut: int) -> None:
    root = volume(tmp_path, **content)
    shell(root, commands.swap(RUN), forward)
    shell(root, commands.swap_back(RUN), cut)
    done = shell(root, commands.swap_back(RUN))
    left = {k: v for k, v in content.items() if k == "data"}
    assert (done.returncode, {k: v for k, v in standing(root).items() if k in ("data", "old", "new")}) == (0, left), done.stderr


def test_back_leaves_a_volume_alone_that_was_never_exchanged(tmp_path: Path) -> None:
    root = volume(tmp_path, data="live")
    assert shell(root, commands.swap_back(RUN)).returncode == 0 and standing(root) == {"data": "live"}


def test_discard_never_touches_exchanged_data(tmp_path: Path) -> None:
    root = volume(tmp_path, data="snap", old="live")
    assert shell(root, commands.discard(RUN)).returncode == 3 and standing(root) == {"data": "snap", "old": "live"}
    (tmp_path / "second").mkdir()
    fresh = volume(tmp_path / "second", data="live", new="snap")
    assert shell(fresh, commands.discard(RUN)).returncode == 0 and standing(fresh) == {"data": "live"}


@pytest.mark.parametrize(
    ("content", "state"),
    [
        ({"data": "x"}, commands.UNTOUCHED),
        ({}, commands.UNTOUCHED),
        ({"data": "x", "new": "y"}, commands.PREPARED),
        ({"new": "y", "old": "x"}, commands.HALF),
        ({"data": "y", "old": "x"}, commands.SWAPPED),
    ],
)
def test_look_tells_the_state(tmp_path: Path, content: dict[str, str], state: str) -> None:
    found = answers(shell(volume(tmp_path, **content), script({"state": commands.look(RUN)["state"]})).stdout)
    assert found["state"].text == state


_TOOL = (
    'utl() { echo "$@" >> $(dirname $4)/called; for w in "$@"; do case $w in */lib/data.restored-*) d=$w;; esac; done; '
    "mkdir -p $d/member/snap && echo snap > $d/member/snap/db; }\n"
)


def test_restore_leaves_a_whole_copy_or_none(tmp_path: Path) -> None:
    root = volume(tmp_path, data="live")
    failing = shell(root, commands.restore(RUN, RECORD, "etcd-0"), tool="utl() { mkdir -p $5; return 4; }\n")
    assert failing.returncode == 4 and standing(root) == {"data": "live"}
    done = shell(root, commands.restore(RUN, RECORD, "etcd-0"), tool=_TOOL)
    assert done.returncode == 0, done.stderr
    assert (root / f"data.restored-{RUN}" / "member" / "snap" / "db").read_text() == "snap\n"
    assert [p.name for p in root.iterdir() if ".part-" in p.name] == []


def test_restore_names_all_members_and_raises_the_revision() -> None:
    peers = {f"etcd-{n}": f"https://etcd-{n}:2380" for n in range(3)}
    record = ShardRecord("etcd", 3, "Retain", True, peers, 1, "s", 1, 1, 1, bumped=1000)
    text = commands.restore(RUN, record, "etcd-1")[2]
    for words in (
        "--name etcd-1", "--initial-cluster etcd-0=https://etcd-0:2380,etcd-1=https://etcd-1:2380,etcd-2=https://etcd-2:2380",
        "--initial-cluster-token etcd-cluster", "--initial-advertise-peer-urls https://etcd-1:2380", "--bump-revision 1000 --mark-compacted",
    ):  # fmt: skip
        assert words in text
    assert "--skip-hash-check" not in text
    record.bumped = 0
    assert "--bump-revision" not in commands.restore(RUN, record, "etcd-1")[2]
