# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Shell port on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress

from .._kernel.errors import ApiError, Failure
from .._kernel.ports.shell import SILENCE, ExecResult, Sink

_BLOCK = 64 * 1024


class LocalShell:
    """Runs commands with ``programs`` first on PATH. A command that outlives its silence is ended with all its
    children."""

    def __init__(self, programs: str = "") -> None:
        self.where = "this machine"
        self._environment = {
            **os.environ,
            "PATH": os.pathsep.join(p for p in (programs, os.environ.get("PATH", "")) if p),
        }

    def run(
        self,
        command: Sequence[str],
        sink: Sink | None = None,
        source: Iterable[bytes] | None = None,
        silence: float = SILENCE,
    ) -> ExecResult:
        # run_command gives output at the end, and belongs to a module; this is a stream, also in the controller's own
        # process.
        with subprocess.Popen(  # pylint: disable=ansible-bad-function
            list(command),
            stdin=subprocess.PIPE if source is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
            start_new_session=True,
        ) as process:
            watchdog = _Watchdog(process, silence)
            try:
                return _talk(process, sink, source, watchdog)
            finally:
                watchdog.stop()
                _end(process)


class _Watchdog:
    """Ends a command that says nothing for too long."""

    def __init__(self, process: subprocess.Popen[bytes], silence: float) -> None:
        self._process, self._silence, self.fired = process, silence, False
        self._timer = self._started()

    def _started(self) -> threading.Timer:
        timer = threading.Timer(self._silence, self._fire)
        timer.daemon = True
        timer.start()
        return timer

    def heard(self) -> None:
        self._timer.cancel()
        self._timer = self._started()

    def stop(self) -> None:
        self._timer.cancel()

    def _fire(self) -> None:
        self.fired = True
        _end(self._process)


def _talk(
    process: subprocess.Popen[bytes], sink: Sink | None, source: Iterable[bytes] | None, watchdog: _Watchdog
) -> ExecResult:
    errors, out = bytearray(), bytearray()
    reader = threading.Thread(
        target=lambda: errors.extend(process.stderr.read() if process.stderr else b""), daemon=True
    )
    feeder = threading.Thread(target=_feed, args=(process, source or ()), daemon=True)
    reader.start()
    feeder.start()
    while process.stdout and (block := process.stdout.read1(_BLOCK)):  # type: ignore[attr-defined]
        watchdog.heard()
        if sink:
            sink(block)
        else:
            out += block
    code = process.wait()
    reader.join(timeout=5)
    if watchdog.fired:
        cause = "a command sent nothing for too long and was ended"
        raise ApiError(
            Failure(
                "stream_stalled", cause, "this machine", next_step="Look at the load of this machine, then run again."
            )
        )
    return ExecResult(code if code >= 0 else 128 - code, bytes(out), errors.decode("utf-8", "replace"))


def _feed(process: subprocess.Popen[bytes], source: Iterable[bytes]) -> None:
    if process.stdin is None:
        return
    with suppress(OSError):  # the command has stopped reading: its exit status tells
        for block in source:
            process.stdin.write(block)
    with suppress(OSError):
        process.stdin.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """The whole session: a scratch etcd in the background must not outlive its drill."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
