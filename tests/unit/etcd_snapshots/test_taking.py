# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Taking a snapshot inside a member: proved before it counts, and nothing is left there however it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.taking import Taken, taken_snapshot
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure, HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.pod_files import Patience
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.shell import ExecResult

from etcd_snapshots.builders import CONTENT, STATUS, StatusOfBoth

ID = "20261124T030000Z-abcd"
BROKEN = ApiError(Failure("stream_broken", "the stream ended without an exit status", "Pod x"))
FORBIDDEN = ApiError(Failure("missing_permission", "the account may not create pods/exec"), 403)
COMPACTED = (1, "Error: etcdserver: mvcc: required revision has been compacted")


def shell_of(**table: Any) -> StatusOfBoth:
    return StatusOfBoth({"tidy": "", "save": "", "status": "", "count": '"Count" : 12', **table}, where="Pod ns/etcd-0 (container etcd)")


class Run:
    """One snapshot taken into a folder, with what was said and how long was waited."""

    def __init__(self, shell: StatusOfBoth, folder: Path, stale: list[str] | None = None) -> None:
        self.warnings: list[str] = []
        self.slept: list[float] = []
        self.shell, self.folder, self.stale = shell, folder, stale or []

    def take(self, during: Any = lambda _taken: None) -> Taken:
        patience = Patience(sleep=self.slept.append, monotonic=lambda: 0.0)
        with taken_snapshot(self.shell, ID, str(self.folder), self.stale, patience, self.warnings.append) as taken:
            during(taken)
        return taken

    def left(self) -> list[str]:
        return sorted(p.name for p in self.folder.iterdir())


def test_it_is_there_for_as_long_as_it_is_used_and_gone_afterwards(tmp_path: Path) -> None:
    run = Run(shell_of(), tmp_path)
    seen: list[bytes] = []
    taken = run.take(lambda t: seen.append(Path(t.path).read_bytes()))
    assert seen == [CONTENT]
    assert (taken.proof.size, taken.live_keys, taken.status.revision, taken.status.total_keys) == (len(CONTENT), 12, 10, 12)
    assert run.left() == [] and run.warnings == [] and run.slept == []


def test_gone_also_when_what_it_is_used_for_fails(tmp_path: Path) -> None:
    run = Run(shell_of(), tmp_path)

    def fail(_taken: Taken) -> None:
        raise HypershiftError(Failure("no_space", "the disk is full"))

    with pytest.raises(HypershiftError, match="the disk is full"):
        run.take(fail)
    assert run.left() == []


def test_what_killed_runs_left_is_removed_and_what_belongs_to_others_stays(tmp_path: Path) -> None:
    old, other = tmp_path / ".hypershift-core-snapshot-20260101T000000Z-dead-0", tmp_path / "member"
    old.write_bytes(b"old")
    other.write_bytes(b"etcd's own")
    run = Run(shell_of(), tmp_path, [str(old)])
    run.take()
    assert run.left() == ["member"]


@pytest.mark.parametrize(
    "table",
    [
        {"save": (1, "Error: rpc error: no leader")},
        {"proof": (1, "stat: No such file or directory")},
        {"count": (1, "Error: context deadline exceeded")},
    ],
)
def test_gone_also_when_taking_fails(tmp_path: Path, table: dict[str, Any]) -> None:
    run = Run(shell_of(), tmp_path)
    run.shell.later = {part: [answer] for part, answer in table.items()}
    with pytest.raises(HypershiftError) as caught:
        run.take()
    assert caught.value.failure.code in ("snapshot_failed", "unreadable")
    assert table.popitem()[1][1].rsplit(": ", 1)[-1] in caught.value.failure.cause
    assert caught.value.failure.object == "Pod ns/etcd-0 (container etcd)"
    assert len(run.shell.saved) == 1, "the answer is certain: nothing to try again"
    assert run.left() == []


@pytest.mark.parametrize(
    ("text", "code", "step"),
    [("write: No Space Left on device", "no_space", "Free space"), ("Error: permission denied", "snapshot_failed", "etcd_info")],
)
def test_a_full_volume_is_told_from_other_trouble(tmp_path: Path, text: str, code: str, step: str) -> None:
    run = Run(shell_of(save=(1, text)), tmp_path)
    with pytest.raises(HypershiftError) as caught:
        run.take()
    assert caught.value.failure.code == code
    assert step in caught.value.failure.next_step


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"file": (1, "snapshot file integrity check failed")}, "integrity check failed"),
        ({"file": json.dumps({**STATUS, "hash": "seven"})}, "does not accept"),
        ({"file": "no json"}, "does not accept"),
    ],
)
def test_a_snapshot_that_the_tool_does_not_accept_does_not_count(tmp_path: Path, table: dict[str, Any], words: str) -> None:
    run = Run(shell_of(), tmp_path)
    run.shell.file_status = table["file"]
    with pytest.raises(HypershiftError, match=words) as caught:
        run.take()
    assert "option member" in caught.value.failure.next_step
    assert run.left() == []


@pytest.mark.parametrize("proof", ["", "12", "many bytes", (1, "cat: short"), "x y"])
def test_without_size_and_sum_it_does_not_count(tmp_path: Path, proof: Any) -> None:
    run = Run(shell_of(), tmp_path)
    run.shell.later = {"proof": [proof]}
    with pytest.raises(HypershiftError, match="cannot be read there"):
        run.take()


@pytest.mark.parametrize("fault", [BROKEN, "cut"])
def test_a_broken_stream_takes_it_again_under_another_name(tmp_path: Path, fault: Any) -> None:
    run = Run(shell_of(), tmp_path)
    if fault == "cut":  # in good order, but without the last answer
        run.shell.later = {"proof": [(None, "")]}
    else:
        run.shell.later = {"save": [fault, fault]}
    taken = run.take()
    tried = 2 if fault == "cut" else 3
    assert len({str(p) for p in run.shell.saved}) == len(run.shell.saved) == tried
    assert taken.path == str(run.shell.saved[-1])
    assert run.slept == [1.0, 2.0][: tried - 1]
    assert run.left() == []


def test_streams_that_break_each_time_end_with_the_cause(tmp_path: Path) -> None:
    run = Run(shell_of(save=BROKEN), tmp_path)
    with pytest.raises(ApiError, match="without an exit status"):
        run.take()
    assert len(run.shell.saved) == 4
    assert run.left() == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_right_is_not_tried_again(tmp_path: Path, status: int) -> None:
    run = Run(shell_of(save=ApiError(FORBIDDEN.failure, status)), tmp_path)
    with pytest.raises(ApiError):
        run.take()
    assert run.slept == [] and len(run.shell.saved) == 1


def test_a_compaction_in_between_takes_a_newer_one(tmp_path: Path) -> None:
    run = Run(shell_of(), tmp_path)
    run.shell.later = {"count": [COMPACTED]}
    assert run.take().live_keys == 12
    assert len(run.shell.saved) == 2


def test_compactions_each_time_are_said(tmp_path: Path) -> None:
    run = Run(shell_of(count=COMPACTED), tmp_path)
    with pytest.raises(HypershiftError) as caught:
        run.take()
    assert caught.value.failure.code == "snapshot_not_counted"
    assert run.left() == []


def test_removing_is_repeated(tmp_path: Path) -> None:
    run = Run(shell_of(), tmp_path)
    run.shell.single_faults = [BROKEN, ExecResult(1, b"", "rm: busy")]
    run.take()
    assert run.left() == [] and run.warnings == []
    assert run.slept == [1.0, 2.0]


@pytest.mark.parametrize(
    ("fault", "said"), [(BROKEN, "without an exit status"), (ExecResult(1, b"", "rm: Read-only file system"), "Read-only")]
)
def test_what_cannot_be_removed_is_said_and_is_no_failure(tmp_path: Path, fault: Any, said: str) -> None:
    run = Run(shell_of(), tmp_path)
    run.shell.single_faults = [fault] * 4
    assert run.take().live_keys == 12
    assert len(run.warnings) == 1
    assert ID in run.warnings[0] and said in run.warnings[0] and "Pod ns/etcd-0" in run.warnings[0]
