# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A member that takes snapshots: its tools answer from a table, its files are real ones in a folder."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.shell import SILENCE, ExecResult, Sink
from ansible_collections.hypershift.core.plugins.module_utils._machine.shell import LocalShell

from builders.memory_hub import MemoryHub
from builders.shells import Answers, ScriptedShell, member_answers
from etcd.builders import etcd_hub

CONTENT = b"bolt" * 5000
STATUS = {"hash": 77, "revision": 10, "totalKey": 12, "totalSize": len(CONTENT)}
ROOM = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 8388608 1024 8387584 1% /var/lib"
IDS = {f"etcd-{n}": f"a{n}" for n in range(3)}
_SAVED = re.compile(r"snapshot save (\S+?)'")
_TIDIED = re.compile(r"part tidy '?(rm -f [^'\n]*)")


@dataclass
class SnapshotMember(ScriptedShell):
    """later: part -> answers that come one by one before those of the table; an exception is raised instead of an answer.

    single_faults: the same for what is no script. Commands on files run for real, also when the tool failed half-way.
    """

    content: bytes = CONTENT
    later: dict[str, list[Any]] = field(default_factory=dict)
    single_faults: list[Any] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    saved: list[Path] = field(default_factory=list)

    def run(
        self, command: Sequence[str], sink: Sink | None = None, source: Iterable[bytes] | None = None, silence: float = SILENCE
    ) -> ExecResult:
        text = command[-1]
        if "part " not in text:
            self.files.append(text)
            fault = self.single_faults.pop(0) if self.single_faults else None
            if isinstance(fault, Exception):
                raise fault
            return fault if fault is not None else LocalShell().run(command, sink, source, silence)
        if tidied := _TIDIED.search(text):
            LocalShell().run(["sh", "-c", tidied[1]])
        if saved := _SAVED.search(text):
            self._save(Path(saved[1]))
        return ScriptedShell.run(self, command, sink, source, silence)

    def _save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.content)
        self.saved.append(path)
        self.table["proof"] = f"{len(self.content)}\n{hashlib.sha256(self.content).hexdigest()}  -"

    def _part(self, name: str) -> str:
        queued = self.later.get(name)
        if not queued:
            return ScriptedShell._part(self, name)
        before = self.table.get(name)
        self.table[name] = queued.pop(0)
        try:
            return ScriptedShell._part(self, name)
        finally:
            self.table[name] = before


def member(name: str, **table: Any) -> SnapshotMember:
    answers: Answers = member_answers(name, IDS, leader="etcd-0")
    told = {"room": ROOM, "left": "", "tidy": "", "save": "", "status": answers["status"], "count": '"Count" : 12'}
    return SnapshotMember({**answers, **told, **table}, where=f"Pod clusters-demo/{name} (container etcd)")


class StatusOfBoth(SnapshotMember):
    """``status`` is a part of two scripts: of the endpoint when members are asked, of the file when a snapshot is taken."""

    file_status: Any = json.dumps(STATUS)

    def run(
        self, command: Sequence[str], sink: Sink | None = None, source: Iterable[bytes] | None = None, silence: float = SILENCE
    ) -> ExecResult:
        if "snapshot save" not in command[-1]:
            return SnapshotMember.run(self, command, sink, source, silence)
        endpoint = self.table["status"]
        self.table["status"] = self.file_status
        try:
            return SnapshotMember.run(self, command, sink, source, silence)
        finally:
            self.table["status"] = endpoint


def snapshot_hub() -> MemoryHub:
    """A healthy etcd whose members take snapshots."""
    hub = etcd_hub()
    for name in IDS:
        known = member(name)
        hub.shells[name] = StatusOfBoth(known.table, where=known.where)
    return hub
