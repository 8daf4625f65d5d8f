# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files between a container and this machine, trusted only when proved.

A stream may end in good order half-way, break, or go silent: what came is kept, the rest is asked for from there, and
nothing counts before size and SHA-256 are equal at both ends.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import ApiError, Failure, HypershiftError
from .ports.shell import ExecResult, Shell
from .transfer_meter import Meter, Progress

PIECE = 1 << 20
HASH_SILENCE = 900.0  # sha256sum says nothing until it is done; 1 GiB takes seconds, a slow disk longer
_HOPELESS = (401, 403)
_FULL = "No space left on device"


@dataclass(frozen=True)
class Patience:
    """silence: seconds without a byte. idle_attempts: attempts in a row that brought nothing. attempts: in all."""

    silence: float = 30.0
    idle_attempts: int = 6
    attempts: int = 200
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Proof:
    size: int
    sha256: str


def proof_in(shell: Shell, path: str) -> Proof:
    """Size and SHA-256 of a file in the container. Raises HypershiftError when it cannot be read."""
    name = shlex.quote(path)
    result = _repeated(shell, ["sh", "-c", f"stat -c %s {name} && sha256sum < {name}"], HASH_SILENCE)
    words = result.text.split()
    if result.code or len(words) < 2 or not words[0].isdigit() or len(words[1]) != 64:
        raise _failed(
            "unreadable",
            f"{path} cannot be read there: {result.complaint()}",
            shell,
            "Look at the container, then run again.",
        )
    return Proof(int(words[0]), words[1])


def proof_of(path: Path) -> Proof:
    """Size and SHA-256 of a local file; constant memory."""
    digest, size = hashlib.sha256(), 0
    with _local(path, "read"), open(path, "rb", buffering=0) as file:
        while block := file.read(PIECE):
            digest.update(block)
            size += len(block)
    return Proof(size, digest.hexdigest())


def download(
    shell: Shell, source: str, target: Path, wanted: Proof, progress: Progress, patience: Patience | None = None
) -> None:
    """The container's file ``source`` in ``target`` (0600; must not exist yet), proved to be ``wanted`` and on disk;
    else ``target`` is gone.

    wanted: from ``proof_in``. Raises HypershiftError: ``transfer_failed``, ``transfer_corrupt``, ``no_space``,
    ``unwritable``.
    """
    for _attempt in range(2):
        with _kept_when_good(target):
            if _Download(shell, source, target, wanted.size, progress, patience or Patience()).run() == wanted:
                return
            os.unlink(target)
        if proof_in(shell, source) != wanted:
            raise _failed("transfer_corrupt", f"{source} changed there while it was read", shell, "Run again.")
    raise _failed(
        "transfer_corrupt",
        f"{source} arrived twice with another SHA-256 than it has there",
        shell,
        "Look at memory and disks.",
    )


class _Download:
    def __init__(
        self, shell: Shell, source: str, target: Path, wanted: int, progress: Progress, patience: Patience
    ) -> None:
        self._shell, self._source, self._target, self._wanted = shell, source, target, wanted
        self._meter = Meter(f"{shell.where}: {os.path.basename(source)}", wanted, progress, patience.monotonic)
        self._patience = patience

    def run(self) -> Proof:
        """What arrived: the whole size, or HypershiftError."""
        digest, size = hashlib.sha256(), 0
        with _local(self._target, "written"), open(_new(self._target), "wb", buffering=0) as file:

            def keep(block: bytes) -> None:
                nonlocal size
                if size + len(block) > self._wanted:
                    cause = (
                        f"more came of {self._source} than the {self._wanted} bytes that it has there, which was not"
                        " kept"
                    )
                    raise _failed(
                        "transfer_corrupt", cause, self._shell, "Look at what runs in the container, then run again."
                    )
                with _local(self._target, "written"):
                    _write_all(file.write, block)
                digest.update(block)
                size += len(block)
                self._meter.tell(size)

            def attempt() -> ExecResult:
                command = [
                    "sh",
                    "-c",
                    f"exec dd if={shlex.quote(self._source)} bs=1M skip={size} iflag=skip_bytes status=none",
                ]
                return self._shell.run(command, sink=keep, silence=self._patience.silence)

            _until_whole(attempt, lambda: size, self._wanted, self._shell, self._patience)
            os.fsync(file.fileno())
        return Proof(size, digest.hexdigest())


def upload(shell: Shell, source: Path, target: str, progress: Progress, patience: Patience | None = None) -> Proof:
    """The local file ``source`` as ``target`` in the container (0600), proved; it has its name only when it is whole.

    Written at explicit offsets: a command of a broken stream that still writes, writes the same bytes to the same
    place.
    """
    patience, wanted, part = patience or Patience(), proof_of(source), f"{target}.part"
    name = shlex.quote(part)
    meter = Meter(f"{shell.where}: {os.path.basename(target)}", wanted.size, progress, patience.monotonic)

    for _attempt in range(2):
        size = 0
        _checked(shell, f"umask 077; rm -f {name} {shlex.quote(target)}; : > {name}")

        def attempt() -> ExecResult:
            nonlocal size
            dd = (
                f"exec dd of={name} bs=1M seek={size} count={wanted.size - size} iflag=fullblock,count_bytes"
                " oflag=seek_bytes conv=notrunc"
            )
            try:
                return shell.run(
                    ["sh", "-c", dd + " status=none"], source=_blocks(source, size, meter), silence=patience.silence
                )
            finally:
                size = min(_size_there(shell, name, patience.silence), wanted.size)

        _until_whole(attempt, lambda: size, wanted.size, shell, patience)  # noqa: B023
        if proof_in(shell, part) == wanted:
            # Repeated when its stream breaks: then the name may be there already, and it was not before the transfer.
            _checked(shell, f"sync; mv -f {name} {shlex.quote(target)} || test -e {shlex.quote(target)}")
            return wanted
    raise _failed(
        "transfer_corrupt",
        f"{target} arrived twice with another SHA-256 than {source}",
        shell,
        "Look at memory and disks.",
    )


def _size_there(shell: Shell, name: str, silence: float) -> int:
    text = _repeated(shell, ["sh", "-c", f"stat -c %s {name} 2>/dev/null || echo 0"], silence).text.strip()
    return int(text) if text.isdigit() else 0


def _until_whole(
    attempt: Callable[[], ExecResult], size: Callable[[], int], wanted: int, shell: Shell, patience: Patience
) -> None:
    """Attempts until everything has come. An end in good order before that is a broken stream like any other."""
    idle, reason = 0, ""
    for number in range(patience.attempts):
        before = size()
        if before >= wanted and number:
            return
        try:
            result = attempt()
            reason = result.complaint() if result.code else "the stream ended early, in good order"
            if result.code and _FULL in result.stderr + result.text:
                raise _failed("no_space", f"its disk is full: {reason}", shell, "Free space there, then run again.")
        except ApiError as error:
            if error.status in _HOPELESS:
                raise
            reason = error.failure.cause
        idle = 0 if size() > before else idle + 1
        if size() >= wanted:
            return
        if idle >= patience.idle_attempts:
            break
        patience.sleep(min(0.2 * 2**idle, 5.0))
    cause = (
        f"{size()} of {wanted} bytes were transferred, and {idle or patience.attempts} more attempts brought nothing:"
        f" {reason}"
    )
    raise _failed(
        "transfer_failed", cause, shell, "Mend what is named, then run again; nothing half is left under a final name."
    )


def _blocks(source: Path, offset: int, meter: Meter) -> Iterator[bytes]:
    with _local(source, "read"), open(source, "rb", buffering=0) as file:
        file.seek(offset)
        while block := file.read(PIECE):
            yield block
            offset += len(block)
            meter.tell(offset)


def _new(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _write_all(write: Callable[[memoryview], int | None], block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[write(view) or 0 :]


@contextlib.contextmanager
def _kept_when_good(target: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(target)
        raise


@contextlib.contextmanager
def _local(path: Path, verb: str) -> Iterator[None]:
    """Trouble with the local file as a failure; the stream's own OSErrors never come through here."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        cause = (
            f"the disk is full: {path} cannot be {verb}"
            if full
            else f"{path} cannot be {verb}: {error.strerror or error}"
        )
        step = (
            "Free space there or choose another directory, then run again."
            if full
            else "Check path and rights, then run again."
        )
        raise HypershiftError(Failure("no_space" if full else "unwritable", cause, next_step=step)) from None


def _repeated(shell: Shell, command: list[str], silence: float) -> ExecResult:
    """A harmless command, asked again when its stream broke."""
    pauses = [0.2, 0.5, 1.0, 2.0, 4.0]
    while True:
        try:
            return shell.run(command, silence=silence)
        except ApiError as error:
            if error.status in _HOPELESS or not pauses:
                raise
        time.sleep(pauses.pop(0))


def _checked(shell: Shell, text: str) -> None:
    result = _repeated(shell, ["sh", "-c", text], 60.0)
    if result.code:
        full = _FULL in result.stderr + result.text
        raise _failed(
            "no_space" if full else "unwritable",
            f"it cannot be written there: {result.complaint()}",
            shell,
            "Free space there, then run again.",
        )


def _failed(code: str, cause: str, shell: Shell, next_step: str) -> HypershiftError:
    return HypershiftError(Failure(code, cause, shell.where, next_step=next_step))
