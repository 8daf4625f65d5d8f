# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files between a container and this machine, trusted only when proved.

A stream may end in good order half-way, break, or go silent: what came is kept, the rest is asked for from there, and
nothing counts before size and SHA-256 are equal at both ends.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .errors import ApiError, Failure, HypershiftError
from .ports.files import LocalFiles
from .ports.hub import Hub
from .ports.shell import ExecResult, Shell
from .transfer_meter import Meter, Progress

PIECE = 1 << 20
HASH_SILENCE = 900.0  # sha256sum says nothing until it is done; 1 GiB takes seconds, a slow disk longer
_HOPELESS = (401, 403)
_FULL = "No space left on device"


@dataclass(frozen=True)
class Patience:
    """silence: seconds without a byte. idle_attempts: attempts in a row that brought nothing. attempts: in all."""

    sleep: Callable[[float], None]
    monotonic: Callable[[], float]
    silence: float = 30.0
    idle_attempts: int = 6
    attempts: int = 200

    @staticmethod
    def of(hub: Hub, silence: float = 30.0) -> Patience:
        return Patience(hub.sleep, hub.monotonic, silence)


@dataclass(frozen=True)
class Proof:
    size: int
    sha256: str


def proof_of(files: LocalFiles, path: Path) -> Proof:
    """Size and SHA-256 of a local file; constant memory."""
    digest, size = hashlib.sha256(), 0
    with files.reading(path) as file:
        while block := file.read(PIECE):
            digest.update(block)
            size += len(block)
    return Proof(size, digest.hexdigest())


@dataclass(frozen=True)
class PodFiles:
    """Files of one container. files: of this machine. progress: gets a line now and then while a transfer goes on."""

    shell: Shell
    files: LocalFiles
    patience: Patience
    progress: Progress

    def proof(self, path: str) -> Proof:
        """Size and SHA-256 of a file there. Raises HypershiftError when it cannot be read."""
        name = shlex.quote(path)
        command = ["sh", "-c", f"stat -c %s {name} && sha256sum < {name}"]
        result = _repeated(self.shell, command, HASH_SILENCE, self.patience)
        words = result.text.split()
        if result.code or len(words) < 2 or not words[0].isdigit() or len(words[1]) != 64:
            cause = f"{path} cannot be read there: {result.complaint()}"
            raise _failed("unreadable", cause, self.shell, "Look at the container, then run again.")
        return Proof(int(words[0]), words[1])

    def download(self, source: str, target: Path, wanted: Proof) -> None:
        """The container's file ``source`` in ``target`` (0600; must not exist yet), proved to be ``wanted`` and on
        disk; else ``target`` is gone.

        wanted: from ``proof``. Raises HypershiftError: ``transfer_failed``, ``transfer_corrupt``, ``no_space``,
        ``unwritable``.
        """
        for _attempt in range(2):
            if self._arrived(source, target, wanted.size) == wanted:
                return
            self.files.remove(target)
            if self.proof(source) != wanted:
                cause = f"{source} changed there while it was read"
                raise _failed("transfer_corrupt", cause, self.shell, "Run again.")
        cause = f"{source} arrived twice with another SHA-256 than it has there"
        raise _failed("transfer_corrupt", cause, self.shell, "Look at memory and disks.")

    def _arrived(self, source: str, target: Path, wanted: int) -> Proof:
        """What came: the whole size, or HypershiftError."""
        digest, size = hashlib.sha256(), 0
        meter = self._meter(source, wanted)
        with self.files.new(target) as write:

            def keep(block: bytes) -> None:
                nonlocal size
                if size + len(block) > wanted:
                    cause = f"more came of {source} than the {wanted} bytes that it has there, which was not kept"
                    step = "Look at what runs in the container, then run again."
                    raise _failed("transfer_corrupt", cause, self.shell, step)
                write(block)
                digest.update(block)
                size += len(block)
                meter.tell(size)

            def attempt() -> ExecResult:
                dd = f"exec dd if={shlex.quote(source)} bs=1M skip={size} iflag=skip_bytes status=none"
                return self.shell.run(["sh", "-c", dd], sink=keep, silence=self.patience.silence)

            _until_whole(attempt, lambda: size, wanted, self.shell, self.patience)
        return Proof(size, digest.hexdigest())

    def upload(self, source: Path, target: str) -> Proof:
        """The local file ``source`` as ``target`` in the container (0600), proved; it has its name only when it is
        whole.

        Written at explicit offsets: a command of a broken stream that still writes, writes the same bytes to the same
        place.
        """
        shell, wanted, part = self.shell, proof_of(self.files, source), f"{target}.part"
        name = shlex.quote(part)
        for _attempt in range(2):
            self._checked(f"umask 077; rm -f {name} {shlex.quote(target)}; : > {name}")
            self._send(source, name, wanted.size, self._meter(target, wanted.size))
            if self.proof(part) == wanted:
                # Repeated when its stream breaks: then the name may be there already, and it was not before the
                # transfer.
                self._checked(f"sync; mv -f {name} {shlex.quote(target)} || test -e {shlex.quote(target)}")
                return wanted
        cause = f"{target} arrived twice with another SHA-256 than {source}"
        raise _failed("transfer_corrupt", cause, shell, "Look at memory and disks.")

    def _send(self, source: Path, name: str, wanted: int, meter: Meter) -> None:
        size = 0

        def attempt() -> ExecResult:
            nonlocal size
            dd = (
                f"exec dd of={name} bs=1M seek={size} count={wanted - size} iflag=fullblock,count_bytes"
                " oflag=seek_bytes conv=notrunc status=none"
            )
            blocks, silence = _blocks(self.files, source, size, meter), self.patience.silence
            try:
                return self.shell.run(["sh", "-c", dd], source=blocks, silence=silence)
            finally:
                size = min(self._size_there(name), wanted)

        _until_whole(attempt, lambda: size, wanted, self.shell, self.patience)

    def _size_there(self, name: str) -> int:
        command = ["sh", "-c", f"stat -c %s {name} 2>/dev/null || echo 0"]
        text = _repeated(self.shell, command, self.patience.silence, self.patience).text.strip()
        return int(text) if text.isdigit() else 0

    def _checked(self, text: str) -> None:
        result = _repeated(self.shell, ["sh", "-c", text], 60.0, self.patience)
        if result.code:
            code = "no_space" if _FULL in result.stderr + result.text else "unwritable"
            cause = f"it cannot be written there: {result.complaint()}"
            raise _failed(code, cause, self.shell, "Free space there, then run again.")

    def _meter(self, path: str, size: int) -> Meter:
        label = f"{self.shell.where}: {PurePosixPath(path).name}"
        return Meter(label, size, self.progress, self.patience.monotonic)


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


def _blocks(files: LocalFiles, source: Path, offset: int, meter: Meter) -> Iterator[bytes]:
    with files.reading(source) as file:
        file.seek(offset)
        while block := file.read(PIECE):
            yield block
            offset += len(block)
            meter.tell(offset)


def _repeated(shell: Shell, command: list[str], silence: float, patience: Patience) -> ExecResult:
    """A harmless command, asked again when its stream broke."""
    pauses = [0.2, 0.5, 1.0, 2.0, 4.0]
    while True:
        try:
            return shell.run(command, silence=silence)
        except ApiError as error:
            if error.status in _HOPELESS or not pauses:
                raise
        patience.sleep(pauses.pop(0))


def _failed(code: str, cause: str, shell: Shell, next_step: str) -> HypershiftError:
    return HypershiftError(Failure(code, cause, shell.where, next_step=next_step))
