# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The port to a place where commands run: a container of a pod, or this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..printable import shortened

SILENCE = 60.0  # seconds without a byte after which a stream counts as dead
Sink = Callable[[bytes], object]


@dataclass(frozen=True)
class ExecResult:
    """code: exit status. stdout is empty when it went to a sink."""

    code: int
    stdout: bytes = b""
    stderr: str = ""

    @property
    def text(self) -> str:
        return self.stdout.decode("utf-8", "replace")

    def complaint(self) -> str:
        """The last line that says what went wrong, for a message."""
        lines = [line.strip() for line in (self.stderr or self.text).splitlines() if line.strip()]
        return shortened(lines[-1], 300) if lines else f"exit status {self.code}"


class Shell(Protocol):
    """Runs commands. ``run`` returns for any exit status and raises ApiError when the status is not known.

    codes: ``stream_broken`` (the stream ended without an exit status), ``stream_stalled`` (nothing came for ``silence``
    seconds). What a sink was given until then was sent by the command, in order and without gaps.
    """

    where: str

    def run(
        self,
        command: Sequence[str],
        sink: Sink | None = None,
        source: Iterable[bytes] | None = None,
        silence: float = SILENCE,
    ) -> ExecResult:
        """source: what the command reads from its standard input; closed at its end where the protocol can."""
