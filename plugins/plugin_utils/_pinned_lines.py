# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lines that stay at the bottom of a terminal while other output scrolls above them.

By the terminal's scrolling region (DECSTBM), as apt does: whoever else prints need not know of it.
"""

from __future__ import annotations

import atexit
import shutil
import time
from collections.abc import Callable
from typing import Any

PAUSE = 0.2  # seconds between two drawings, unless one is urgent
_LEAST = 3  # a title, a header and one row


class PinnedLines:
    """stream: a terminal. most: lines to take, never more than half of the screen."""

    def __init__(
        self,
        stream: Any,
        most: int,
        clock: Callable[[], float] = time.monotonic,
        size: Callable[[], Any] = shutil.get_terminal_size,
    ) -> None:
        self._stream, self._most, self._clock, self._size = stream, most, clock, size
        self._taken: tuple[int, int] | None = None  # lines of ours, height of the screen
        self._drawn = -PAUSE

    def show(self, lines: Callable[[int], list[str]], urgent: bool = False) -> None:
        """Draw. lines: makes at most so many of them, called only when something is drawn."""
        if not urgent and self._clock() - self._drawn < PAUSE:
            return
        width, height = self._size()
        limit = min(self._most, height // 2)
        if limit < _LEAST:
            self.leave()
            return
        shown = [line[: max(1, width - 1)] for line in lines(limit)][:limit]
        taken, of_height = self._taken or (0, height)
        # growing is enough: shrinking would make the output jump
        room = max(len(shown), taken) if of_height == height else len(shown)
        if self._taken != (room, height):
            self.leave()
            self._enter(room, height)
        shown += [""] * (room - len(shown))
        drawn = "".join(f"\x1b[{height - room + 1 + at};1H\x1b[2K{_plain(line)}" for at, line in enumerate(shown))
        self._write(f"\x1b7{drawn}\x1b8")
        self._drawn = self._clock()

    def leave(self) -> None:
        """Give the lines back."""
        if self._taken is None:
            return
        room, height = self._taken
        self._taken = None
        cleared = "".join(f"\x1b[{height - room + 1 + at};1H\x1b[2K" for at in range(room))
        self._write(f"\x1b7\x1b[r{cleared}\x1b8")
        atexit.unregister(self.leave)

    def _enter(self, room: int, height: int) -> None:
        """Scroll what is there out of the way, then keep scrolling above our lines."""
        self._taken = (room, height)
        atexit.register(self.leave)
        blank = "\n" * room
        self._write(f"{blank}\x1b[{room}A\x1b7\x1b[1;{height - room}r\x1b8")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _plain(line: str) -> str:
    """Without anything that a terminal would obey: texts come from clusters."""
    return "".join(letter if letter.isprintable() else " " for letter in line)
