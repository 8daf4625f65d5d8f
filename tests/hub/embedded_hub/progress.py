# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Progress lines with the seconds since the start."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

Say = Callable[[str], None]


class Progress:
    """Call it with a line of text; it prints the elapsed time before it."""

    def __init__(self, write: Callable[[str], object] | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write or (lambda line: print(line, file=sys.stderr, flush=True))
        self._clock = clock
        self._start = clock()

    def __call__(self, text: str) -> None:
        self._write(f"[{self._clock() - self._start:6.1f} s] {text}")


def silent(_text: str) -> None:
    """For callers that want no progress lines."""
