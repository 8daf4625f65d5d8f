# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Run tasks through ansible-playbook as a user does, and read what came of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import operating
from embedded_hub import EmbeddedHub
from embedded_hub.audit import stores

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "integration"
USER = "tester"  # audit events of the code under test are told from the tests' own by this name
Task = dict[str, Any]


@dataclass
class Played:
    """code: exit code; tasks: recorded results in order; output: everything printed."""

    code: int
    output: str
    tasks: list[dict[str, Any]]
    started: float
    seconds: float

    @property
    def last(self) -> dict[str, Any]:
        """Result of the last task."""
        result: dict[str, Any] = self.tasks[-1]["result"]
        return result

    def ok(self) -> Played:
        if self.code != 0:
            raise AssertionError(f"the playbook failed with {self.code}:\n{self.output[-4000:]}")
        return self

    def failed(self) -> dict[str, Any]:
        """Result of the failed task; the message must be one plain sentence."""
        if self.code == 0:
            raise AssertionError(f"the playbook should have failed:\n{self.output[-2000:]}")
        result: dict[str, Any] = next(t["result"] for t in reversed(self.tasks) if t["state"] == "failed")
        return result


@dataclass
class Step:
    """Result of one task, and the writes that it sent."""

    result: dict[str, Any]
    writes: list[str]


@dataclass
class Player:
    """Plays tasks on one hub as one account, through one execution path and one ansible-core.

    directly: tasks that need nothing of Ansible run in this process (operating.py).
    """

    hub: EmbeddedHub
    kubeconfig: Path
    in_process: bool = True
    environment: dict[str, str] = field(default_factory=dict)
    bin: Path = field(default_factory=lambda: Path(os.environ.get("HYPERSHIFT_TEST_BIN") or Path(sys.executable).parent))
    limit: float = 300  # seconds that a play may take
    directly: bool = False
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def files(self, tasks: Sequence[Task], variables: dict[str, Any] | None) -> tuple[Path, Path]:
        number = next(self._numbers)  # plays may be started from several threads
        folder = FOLDER / f"{self.hub.name}-{os.getpid()}-{id(self):x}"
        folder.mkdir(parents=True, exist_ok=True)
        playbook, record = folder / f"{number}.yml", folder / f"{number}.jsonl"
        variables = {"hypershift_in_process": self.in_process, **(variables or {})}
        playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": list(tasks)}]))
        record.unlink(missing_ok=True)
        return playbook, record

    def command(self, playbook: Path | str, arguments: Sequence[str]) -> list[str]:
        return [str(self.bin / "ansible-playbook"), str(playbook), *arguments]

    def variables(self, record: Path) -> dict[str, str]:
        return {
            **os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"), "K8S_AUTH_KUBECONFIG": str(self.kubeconfig),
            "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests" / "integration" / "plugins" / "callback"), "ANSIBLE_CALLBACKS_ENABLED": "record",
            "RECORD_FILE": str(record), "ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
            "ANSIBLE_NOCOLOR": "1", "ANSIBLE_HOME": str(FOLDER / "home"), **self.environment,
        }  # fmt: skip

    def play(self, *tasks: Task, check: bool = False, arguments: Sequence[str] = (), variables: dict[str, Any] | None = None) -> Played:
        if self.directly and not (arguments or variables or self.environment) and operating.can_run(tasks):
            started = time.time()
            code, output, records = operating.run_all(tasks, check, str(self.kubeconfig), self.limit)
            return Played(code, output, records, started, time.time() - started)
        playbook, record = self.files(tasks, variables)
        return self.run(playbook, record, [*arguments, *(["--check", "--diff"] if check else [])])

    def four_steps(self, task: Task) -> list[Step]:
        """check, do, check, do in one play; what each sent is told apart by the times of its task."""
        played = self.play(*({**task, "check_mode": check} for check in (True, False, True, False))).ok()
        return [Step(t["result"], self.writes(t["started"], t["ended"])) for t in played.tasks]

    def playbook(self, name: str, *arguments: str, **variables: Any) -> Played:
        """A shipped playbook by its FQCN, with extra variables."""
        _unused, record = self.files([], None)
        extra = ["-e", json.dumps({"hypershift_in_process": self.in_process, **variables})]
        return self.run(f"hypershift.core.{name}", record, [*extra, *arguments])

    def run(self, playbook: Path | str, record: Path, arguments: Sequence[str]) -> Played:
        started = time.time()
        process = self._popen(playbook, record, arguments)
        try:
            output, _nothing = process.communicate(timeout=self.limit)
        except subprocess.TimeoutExpired as error:
            kill(process)
            raise AssertionError(f"the playbook did not end in {self.limit:.0f} s:\n{(error.output or b'')[-4000:]!r}") from None
        return Played(process.returncode, output, read(record), started, time.time() - started)

    def start(self, *tasks: Task) -> tuple[subprocess.Popen[str], Path]:
        """Start and return at once, in a process group of its own; end it with kill()"""
        playbook, record = self.files(tasks, None)
        return self._popen(playbook, record, []), record

    def _popen(self, playbook: Path | str, record: Path, arguments: Sequence[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(playbook, arguments), env=self.variables(record), cwd=FOLDER, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def writes(self, since: float, until: float | None = None) -> list[str]:
        """verb kind namespace/name of every write this account sent in that time, refused ones included."""
        events = self.hub.audit(user=USER, since=since, until=until)
        return [describe(e) for e in events if stores(e)]


def kill(process: subprocess.Popen[str]) -> None:
    """SIGKILL to it and to all it has started, workers too, which have sessions of their own since core 2.19: no cleanup of any kind.

    They are stopped first, since one that is being born meanwhile would outlive the others.
    """
    found: list[int] = []
    while (now := [process.pid, *descendants(process.pid)]) != found:
        found = now
        _send(signal.SIGSTOP, found)
    _send(signal.SIGKILL, found)
    process.wait()


def _send(number: signal.Signals, pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def descendants(pid: int) -> list[int]:
    """Processes started by a process, and by those."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            number, rest = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
            children.setdefault(int(rest[1]), []).append(number)
    found, at = [pid], 0
    while at < len(found):
        found += children.get(found[at], [])
        at += 1
    return found[1:]


def read(record: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []


def tells_identity(event: dict[str, Any]) -> bool:
    """Whether it only asks which management cluster it is, which no task depends on."""
    ref = event.get("objectRef") or {}
    return event["verb"] == "get" and (ref.get("resource"), ref.get("name")) == ("namespaces", "kube-system")


def describe(event: dict[str, Any]) -> str:
    ref = event.get("objectRef") or {}
    return f"{event['verb']} {ref.get('resource')} {ref.get('namespace', '')}/{ref.get('name', '')}"


class Admin:
    """kubectl for the tests' own hands; not the account under test."""

    def __init__(self, hub: EmbeddedHub) -> None:
        self._hub = hub

    def kubectl(self, *arguments: str, content: str | None = None, check: bool = True) -> str:
        done = subprocess.run(
            ["kubectl", "--kubeconfig", str(self._hub.kubeconfig), *arguments],
            input=content,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"kubectl {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def get(self, *arguments: str) -> Any:
        text = self.kubectl("get", *arguments, "-o", "json", "--ignore-not-found")
        return json.loads(text) if text else None

    def apply(self, *objects: dict[str, Any]) -> None:
        self.kubectl("apply", "--server-side", "-f", "-", content=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))
