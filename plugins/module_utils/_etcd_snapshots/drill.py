# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A restore drill: the commands that restore a snapshot into a scratch etcd, and the verdict on it.

Source: platform_facts#8.3.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Any

from .._etcd.commands import Answer, script
from .manifest import SnapshotFile
from .snapshot_commands import SnapshotStatus, count_of, status_of

START_SECONDS = 300
# sockets in the current folder; etcd wants something like a port in each address
CLIENT, PEER = "unix://client:1", "unix://peer:1"
NAME = "drill"


@dataclass(frozen=True)
class Comparison:
    """One comparison of a drill."""

    name: str
    expected: Any
    found: Any

    @property
    def ok(self) -> bool:
        return bool(self.expected == self.found)

    def as_dict(self) -> dict[str, Any]:
        return {"check": self.name, "expected": self.expected, "found": self.found, "ok": self.ok}


def rehearse(path: str, folder: str) -> list[str]:
    """Status of the file, restore into an empty folder, start, ask, end. The scratch etcd has no users and no TLS.

    So it listens on no port, where every user of the machine could ask it: its sockets lie in a folder that is private
    to its own user.
    """
    own, log = shlex.quote(f"{folder}/{NAME}"), shlex.quote(f"{folder}/etcd.log")
    name, inside = shlex.quote(path), f"cd {own} &&"
    restore = (
        f"utl snapshot restore {name} --data-dir=data --name={NAME} --initial-cluster={NAME}={PEER}"
        f" --initial-cluster-token=etcd-cluster --initial-advertise-peer-urls={PEER}"
    )
    start = (
        f"etcd --name={NAME} --data-dir=data --listen-client-urls={CLIENT} --advertise-client-urls={CLIENT}"
        f" --listen-peer-urls={PEER} --initial-advertise-peer-urls={PEER} --quota-backend-bytes=17179869184"
        f" --logger=zap > {log} 2>&1 </dev/null & echo $! > pid"
    )
    plain = f"{inside} etcdctl --endpoints={CLIENT} --command-timeout=120s"
    wait = (
        f"{inside} n=0; until etcdctl --endpoints={CLIENT} --command-timeout=120s endpoint health >/dev/null 2>&1; do"
        f" n=$((n+1)); kill -0 $(cat pid) 2>/dev/null || {{ tail -n 1 {log}; exit 1; }}; test $n -lt"
        f" {START_SECONDS * 5} || exit 2; sleep 0.2; done"
    )
    return script(
        {
            "status": f"utl snapshot status {name} -w json",
            "begun": "date +%s.%N",
            "restore": f"umask 077; rm -rf {own}; mkdir -m 700 {own} && {inside} {restore}",
            "restored": "date +%s.%N",
            "start": f"umask 077; {inside} {{ {start}; }}",
            "wait": wait,
            "serving": "date +%s.%N",
            "state": f"{plain} endpoint status -w json",
            "count": f"{plain} get '' --prefix --count-only -w fields",
            "version": "etcd --version",
            "stop": f"kill $(cat {own}/pid); rm -rf {own} {log}",
        }
    )


def checks(file: SnapshotFile, found: dict[str, Answer]) -> list[Comparison]:
    """What the file and the restored etcd say beside what the manifest says."""
    status, state = status_of(found.get("status")), found.get("state")
    document = state.json() if state and state.ok else None
    header = (document[0].get("Status") or {}).get("header") or {} if isinstance(document, list) and document else {}
    said: SnapshotStatus | None = status
    return [
        Comparison("hash of the snapshot", file.hash, said.hash if said else None),
        Comparison("revision of the snapshot", file.revision, said.revision if said else None),
        Comparison("entries of the snapshot", file.total_keys, said.total_keys if said else None),
        Comparison("revision after the restore", max(1, file.revision), header.get("revision")),
        Comparison("keys after the restore", file.live_keys, count_of(found.get("count"))),
    ]


def tool_version(found: dict[str, Answer]) -> str:
    """Of the scratch etcd, like 3.6.16; empty when it did not say."""
    match = re.search(r"etcd Version: (\S+)", found["version"].text) if "version" in found else None
    return match[1] if match else ""


def same_minor(one: str, other: str) -> bool:
    return one.split(".")[:2] == other.split(".")[:2]


def times(found: dict[str, Answer]) -> dict[str, float | None]:
    """Seconds: restore (unpack the snapshot), start (until it serves)."""
    moments = [_number(found.get(name)) for name in ("begun", "restored", "serving")]
    pairs = zip(("restore_seconds", "start_seconds"), moments, moments[1:], strict=False)
    return {name: round(b - a, 3) if a is not None and b is not None else None for name, a, b in pairs}


def trouble(found: dict[str, Answer]) -> str:
    """The first step that failed, with its complaint; empty when all went well."""
    for name in ("status", "restore", "start", "wait", "state", "count"):
        answer = found.get(name)
        if answer is None or answer.code is None:
            return f"step {name} did not end"
        if not answer.ok:
            return f"step {name} failed: {answer.complaint()}"
    return ""


def _number(answer: Answer | None) -> float | None:
    try:
        return float(answer.text.strip()) if answer and answer.ok else None
    except ValueError:
        return None
