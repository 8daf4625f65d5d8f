# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Transfers under faults: real commands, real files, spoilt streams. Either the proved whole is there, or nothing and a reason."""

from __future__ import annotations

import errno
import hashlib
import random
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure, HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.pod_files import Patience, proof_of
from ansible_collections.hypershift.core.plugins.module_utils._machine import local_files
from ansible_collections.hypershift.core.plugins.module_utils._machine.local_files import Disk
from ansible_collections.hypershift.core.plugins.module_utils._machine.shell import LocalShell

from builders.shells import Fault, SpoiltShell
from builders.transfers import pod_files

SIZE = 300_000
KINDS = ("early_end", "exit_7", "reset", "stall", "refused", "no_space")


@pytest.fixture(scope="module")
def content() -> bytes:
    return random.Random(6).randbytes(SIZE)


@pytest.fixture
def remote(tmp_path: Path, content: bytes) -> Path:
    (tmp_path / "pod").mkdir()
    (tmp_path / "here").mkdir()
    file = tmp_path / "pod" / "snapshot with a space.db"
    file.write_bytes(content)
    return file


def fetched(shell: Any, remote: Path, target: Path) -> None:
    files = pod_files(shell)
    files.download(str(remote), target, files.proof(str(remote)))


@pytest.mark.parametrize("seed", range(60))
def test_a_download_is_whole_or_absent(seed: int, remote: Path, content: bytes, tmp_path: Path) -> None:
    chance = random.Random(seed)
    faults = [Fault(chance.choice(KINDS), chance.randrange(SIZE)) for _number in range(chance.randrange(1, 12))]
    target = tmp_path / "here" / "etcd.db"
    shell = SpoiltShell(LocalShell(), faults)
    try:
        fetched(shell, remote, target)
    except HypershiftError as error:
        assert error.failure.code in ("transfer_failed", "no_space")
        assert error.failure.next_step
        assert not target.exists()
    else:
        assert target.read_bytes() == content
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.mark.parametrize("seed", range(40))
def test_an_upload_is_whole_or_has_no_name(seed: int, content: bytes, tmp_path: Path) -> None:
    chance = random.Random(1000 + seed)
    faults = [Fault(chance.choice(KINDS), chance.randrange(SIZE)) for _number in range(chance.randrange(1, 12))]
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(content)
    try:
        pod_files(SpoiltShell(LocalShell(), faults)).upload(source, str(target))
    except HypershiftError as error:
        assert error.failure.code in ("transfer_failed", "no_space")
        assert not target.exists()
    else:
        assert target.read_bytes() == content
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_broken_stream_goes_on_where_it_was(remote: Path, content: bytes, tmp_path: Path) -> None:
    asked: list[str] = []

    class Recording(LocalShell):
        def run(self, command: Any, sink: Any = None, source: Any = None, silence: float = 1) -> Any:
            asked.append(command[-1])
            return super().run(command, sink, source, silence)

    target = tmp_path / "here" / "etcd.db"
    fetched(SpoiltShell(Recording(), [Fault("reset", 100_000), Fault("early_end", 50_000)]), remote, target)
    assert target.read_bytes() == content
    assert [int(text.split("skip=")[1].split()[0]) for text in asked if "skip=" in text] == [0, 100_000, 150_000]


def test_attempts_that_bring_nothing_end(remote: Path, tmp_path: Path) -> None:
    shell = SpoiltShell(LocalShell(), [Fault("reset", 1000), *[Fault("stall", 0)] * 50])
    with pytest.raises(HypershiftError, match="1000 of 300000 bytes were transferred, and 6 more attempts brought nothing") as caught:
        fetched(shell, remote, tmp_path / "here" / "etcd.db")
    assert caught.value.failure.object == "Pod ns/etcd-0 (container etcd)"
    assert not list((tmp_path / "here").iterdir())


def test_other_bytes_are_noticed_and_fetched_again(remote: Path, content: bytes, tmp_path: Path) -> None:
    class Lying(LocalShell):
        lies = 1

        def run(self, command: Any, sink: Any = None, source: Any = None, silence: float = 1) -> Any:
            if sink and self.lies:
                self.lies -= 1
                return super().run(command, lambda block: sink(block[:-1] + bytes([block[-1] ^ 1])), source, silence)
            return super().run(command, sink, source, silence)

    target = tmp_path / "here" / "etcd.db"
    fetched(Lying(), remote, target)
    assert target.read_bytes() == content
    target.unlink()
    Lying.lies = 99
    with pytest.raises(HypershiftError, match="another SHA-256") as caught:
        fetched(Lying(), remote, target)
    assert caught.value.failure.code == "transfer_corrupt"
    assert not target.exists()


def test_a_file_that_changes_meanwhile_is_refused(remote: Path, tmp_path: Path) -> None:
    before = pod_files(LocalShell()).proof(str(remote))
    remote.write_bytes(b"x" * SIZE)
    with pytest.raises(HypershiftError, match="changed there while it was read"):
        pod_files(LocalShell()).download(str(remote), tmp_path / "here" / "etcd.db", before)


def test_a_full_disk_here_leaves_nothing(remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = 0

    def limited(write: Any, block: bytes) -> None:
        nonlocal written
        written += len(block)
        if written > 70_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(block)

    monkeypatch.setattr(local_files, "_write_all", limited)
    with pytest.raises(HypershiftError, match="the disk is full") as caught:
        fetched(LocalShell(), remote, tmp_path / "here" / "etcd.db")
    assert caught.value.failure.code == "no_space"
    assert not list((tmp_path / "here").iterdir())


def test_a_missing_right_is_not_tried_again(remote: Path, tmp_path: Path) -> None:
    class Forbidden(LocalShell):
        runs = 0

        def run(self, command: Any, sink: Any = None, source: Any = None, silence: float = 1) -> Any:
            if sink:
                self.runs += 1
                raise ApiError(Failure("missing_permission", "the account may not create pods/exec"), 403)
            return super().run(command, sink, source, silence)

    shell = Forbidden()
    with pytest.raises(ApiError, match="may not create pods/exec"):
        fetched(shell, remote, tmp_path / "here" / "etcd.db")
    assert shell.runs == 1


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(HypershiftError, match=r"nothing\.db cannot be read there: .*No such file") as caught:
        pod_files(LocalShell()).proof(str(tmp_path / "nothing.db"))
    assert caught.value.failure.code == "unreadable"


def test_progress_is_told_now_and_then(remote: Path, tmp_path: Path) -> None:
    clock = iter(range(0, 100_000, 6))
    lines: list[str] = []
    patience = Patience(sleep=lambda _seconds: None, monotonic=lambda: float(next(clock)))
    files = pod_files(LocalShell(), lines.append, patience)
    files.download(str(remote), tmp_path / "here" / "etcd.db", files.proof(str(remote)))
    assert lines
    assert all("snapshot with a space.db" in line and "MB/s" in line for line in lines)


def test_proofs_agree(remote: Path, content: bytes) -> None:
    found = pod_files(LocalShell()).proof(str(remote))
    assert (found.size, found.sha256) == (SIZE, hashlib.sha256(content).hexdigest())
    assert proof_of(Disk(), remote) == found


def test_a_lost_answer_to_the_last_command_of_an_upload_is_no_failure(remote: Path, content: bytes, tmp_path: Path) -> None:
    class Forgetful(LocalShell):
        lost = 0

        def run(self, command: Any, sink: Any = None, source: Any = None, silence: float = 1) -> Any:
            result = super().run(command, sink, source, silence)
            if "mv -f" in command[-1] and not self.lost:
                self.lost = 1
                raise ApiError(Failure("stream_broken", "the stream ended without an exit status"))
            return result

    shell = Forgetful()
    pod_files(shell).upload(remote, str(tmp_path / "target"))
    assert shell.lost == 1
    assert (tmp_path / "target").read_bytes() == content


class Garbling(LocalShell):
    """A disk over there that keeps other bytes than it was sent."""

    def run(self, command: Any, sink: Any = None, source: Any = None, silence: float = 1) -> Any:
        return super().run(command, sink, [b"\x00" * len(b) for b in source] if source is not None else None, silence)


def test_what_arrives_otherwise_never_has_its_name(tmp_path: Path, content: bytes) -> None:
    source, target = tmp_path / "etcd.db", tmp_path / "pod.db"
    source.write_bytes(content)
    with pytest.raises(HypershiftError, match="arrived twice with another SHA-256") as caught:
        pod_files(Garbling()).upload(source, str(target))
    assert caught.value.failure.code == "transfer_corrupt" and not target.exists()


@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_right_is_not_asked_for_again(tmp_path: Path, status: int) -> None:
    calls: list[str] = []

    class Refusing(LocalShell):
        def run(self, command: Any, sink: Any = None, source: Any = None, silence: float = 1) -> Any:
            calls.append(command[-1])
            raise ApiError(Failure("missing_permission", "the account may not create pods/exec"), status)

    (tmp_path / "etcd.db").write_bytes(b"x")
    for call in (
        lambda: pod_files(Refusing()).upload(tmp_path / "etcd.db", "/nowhere/x"),
        lambda: pod_files(Refusing()).proof("/nowhere/x"),
    ):
        calls.clear()
        with pytest.raises(ApiError, match="may not create"):
            call()
        assert len(calls) == 1


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "etcd.db").write_bytes(b"x")
    with pytest.raises(HypershiftError, match="cannot be written there") as caught:
        pod_files(LocalShell()).upload(tmp_path / "etcd.db", str(tmp_path / "nowhere" / "x.db"))
    assert caught.value.failure.code == "unwritable" and caught.value.failure.object == "this machine"


def test_a_file_that_is_there_already_is_neither_written_nor_removed(remote: Path, tmp_path: Path) -> None:
    target = tmp_path / "here" / "etcd.db"
    target.write_bytes(b"somebody's")
    with pytest.raises(HypershiftError, match="cannot be written") as caught:
        fetched(LocalShell(), remote, target)
    assert caught.value.failure.code == "unwritable" and target.read_bytes() == b"somebody's"
