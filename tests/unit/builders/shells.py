# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shells for tests: one that answers from a table, one that lets real commands run and spoils their streams."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.shell import SILENCE, ExecResult, Shell, Sink

_PART = re.compile(r"^part (\S+) ", re.MULTILINE)
_MARK = "@@hypershift.core"
Answers = dict[str, Any]


@dataclass
class ScriptedShell:
    """Answers the parts of a script from a table: part -> text, (code, text), or data that is printed as JSON.

    A part that is not in the table fails with status 127. What is no script is answered by ``single(command text)``.
    """

    table: Answers
    where: str = "Pod ns/pod (container etcd)"
    single: Callable[[str], ExecResult] = lambda text: ExecResult(127, b"", f"not in the table: {text[-80:]}")
    commands: list[str] = field(default_factory=list)

    def run(
        self, command: Sequence[str], sink: Sink | None = None, source: Iterable[bytes] | None = None, silence: float = SILENCE
    ) -> ExecResult:
        text = command[-1]
        self.commands.append(text)
        parts = _PART.findall(text)
        if not parts:
            return self.single(text)
        return ExecResult(0, "".join(self._part(name) for name in parts).encode())

    def _part(self, name: str) -> str:
        answer = self.table.get(name, (127, "not found"))
        if isinstance(answer, Exception):
            raise answer
        code, body = answer if isinstance(answer, tuple) else (0, answer)
        return f"\n{_MARK} {name}\n{body if isinstance(body, str) else json.dumps(body)}\n{_MARK}-end {code}\n"


def member_answers(
    name: str, members: dict[str, str], *, leader: str = "", healthy: bool = True, revision: int = 10, applied: int = 20, hash: int = 7
) -> Answers:
    """What a member prints; members: name -> hexadecimal id."""
    ids = {n: int(i, 16) for n, i in members.items()}
    header = {"cluster_id": 0xC1, "member_id": ids[name], "revision": revision, "raft_term": 2}
    status = {
        "header": header, "version": "3.6.16", "dbSize": 1 << 20, "dbSizeInUse": 1 << 19, "leader": ids.get(leader, 0),
        "raftIndex": applied, "raftTerm": 2, "raftAppliedIndex": applied,
    }  # fmt: skip
    listed = [{"ID": i, "name": n, "peerURLs": [f"https://{n}:2380"]} for n, i in ids.items()]
    health = [{"endpoint": "https://localhost:2379", "health": healthy, **({} if healthy else {"error": "context deadline exceeded"})}]
    return {
        "status": [{"Endpoint": "https://localhost:2379", "Status": status}],
        "health": health if healthy else (1, health),
        "members": {"header": header, "members": listed} if healthy else (1, "Error: etcdserver: no leader"),
        "alarms": {"header": header},
        "tool": "etcdutl",
        "space": "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 8388608 1024 8387584 1% /var/lib",
        "hash": [{"Endpoint": "https://localhost:2379", "HashKV": {"header": header, "hash": hash, "compact_revision": -1}}],
    }


@dataclass
class Fault:
    """kind: early_end, exit_7, reset, stall, refused, or no_space; at: bytes that pass before it."""

    kind: str
    at: int


@dataclass
class SpoiltShell:
    """Lets commands run for real and spoils the streams of those that carry data, one fault after the other."""

    shell: Shell
    faults: list[Fault]
    where: str = "Pod ns/etcd-0 (container etcd)"
    runs: int = 0

    def run(
        self, command: Sequence[str], sink: Sink | None = None, source: Iterable[bytes] | None = None, silence: float = SILENCE
    ) -> ExecResult:
        self.runs += 1
        fault = self.faults.pop(0) if self.faults and (sink or source is not None) else None
        if fault is None:
            return self.shell.run(command, sink, source, silence)
        if fault.kind == "refused":
            raise ApiError(Failure("unreachable", "connection refused", self.where))
        if sink:
            self.shell.run(command, _Cut(sink, fault.at), source, silence)
        else:
            self.shell.run(command, None, _first(source or (), fault.at), silence)
        return _end(fault, self.where)


class _Cut:
    """Passes on the first bytes; the rest is lost, as in a stream that was closed."""

    def __init__(self, sink: Sink, left: int) -> None:
        self._sink, self._left = sink, left

    def __call__(self, block: bytes) -> None:
        passed, self._left = block[: self._left], max(0, self._left - len(block))
        if passed:
            self._sink(passed)


def _first(source: Iterable[bytes], count: int) -> Iterator[bytes]:
    for block in source:
        if block[:count]:
            yield block[:count]
        count -= len(block)
        if count <= 0:
            return


def _end(fault: Fault, where: str) -> ExecResult:
    if fault.kind in ("reset", "stall"):
        code = "stream_broken" if fault.kind == "reset" else "stream_stalled"
        raise ApiError(Failure(code, "the stream ended without an exit status", where))
    if fault.kind == "no_space":
        return ExecResult(1, b"", "dd: error writing: No space left on device")
    return ExecResult(7 if fault.kind == "exit_7" else 0)
