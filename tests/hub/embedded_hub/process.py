# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Start and end the processes of a hub; a process is ours only while pid and start time agree with our record."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .errors import HubError, PartExited
from .files import write_private

_POLL_SECONDS = 0.05
_ADDRESS_TAKEN = "address already in use"
_ALL = 1_000_000


@dataclass(frozen=True)
class Identity:
    """A process, told from a later one of the same number by its start time (and by the boot it ran in)."""

    pid: int
    start_ticks: int
    boot: str


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _stat(pid: int) -> tuple[str, int] | None:
    """State letter and start time of a process, None when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text[text.rindex(")") + 2 :].split()  # the command name before it may hold spaces and brackets
    return fields[0], int(fields[19])


def identify(pid: int) -> Identity:
    found = _stat(pid)
    if found is None:
        raise HubError(f"Process {pid} ended at once: see its log.")
    return Identity(pid, found[1], _boot_id())


def is_alive(identity: Identity) -> bool:
    found = _stat(identity.pid)
    if found is None or found[1] != identity.start_ticks or _boot_id() != identity.boot:
        return False
    if found[0] not in "ZX":
        return True
    if _threads(identity.pid) > 1:
        return True  # the first thread has ended, others still hold ports and files
    with contextlib.suppress(ChildProcessError):
        os.waitpid(identity.pid, os.WNOHANG)  # a child of our own stays a zombie until it is asked for
    return False


def _threads(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def pid_file(run: Path, name: str) -> Path:
    return run / f"{name}.pid"


def recorded(run: Path, name: str) -> Identity | None:
    try:
        return Identity(**json.loads(pid_file(run, name).read_text()))
    except FileNotFoundError:
        return None


def running(run: Path, name: str) -> bool:
    identity = recorded(run, name)
    return identity is not None and is_alive(identity)


def spawn(run: Path, name: str, argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Identity:
    """Start `argv` in a session of its own, output to `log`, and record who it is."""
    with open(log, "ab") as output:
        child = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=dict(env) if env is not None else None,
            cwd=cwd,
        )
    identity = identify(child.pid)
    child.returncode = 0  # it outlives this object on purpose: keep Popen from warning about it
    write_private(pid_file(run, name), json.dumps(asdict(identity)) + "\n")
    return identity


def wait_gone(identity: Identity, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(identity):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def signal_process(identity: Identity, number: int) -> None:
    if is_alive(identity):
        with contextlib.suppress(ProcessLookupError):
            os.kill(identity.pid, number)


def terminate(identity: Identity) -> None:
    signal_process(identity, signal.SIGTERM)


def stop(run: Path, name: str, seconds: float) -> str:
    """End one recorded process and wait until it is gone; say how it went."""
    identity = recorded(run, name)
    if identity is None:
        return "not started"
    outcome = "stopped"
    if is_alive(identity):
        terminate(identity)
        if not wait_gone(identity, seconds):
            outcome = f"killed, for it did not stop within {seconds:.0f} s"
            signal_process(identity, signal.SIGKILL)
            wait_gone(identity, 10)
    pid_file(run, name).unlink(missing_ok=True)
    return outcome


def tail(log: Path, lines: int = 15) -> str:
    try:
        content = log.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return "(no log)"
    return "\n".join(content[-lines:])


def wait_until(ready: Callable[[], bool], what: str, seconds: float, identity: Identity, log: Path) -> None:
    """Poll `ready`; end at once when the process is gone, for then it can never come true."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not is_alive(identity):
            message = f"{what} ended before it was ready; its log {log} ends with:\n{tail(log)}"
            # Far above the end, where a program prints all its threads after it.
            raise PartExited(message, lost_port=_ADDRESS_TAKEN in tail(log, _ALL))
        if time.monotonic() > deadline:
            raise HubError(f"{what} was not ready within {seconds:.0f} s; its log {log} ends with:\n{tail(log)}")
        time.sleep(_POLL_SECONDS)
