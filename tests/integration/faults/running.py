# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A play that is under way: look at its lines, wait for its end, or end it."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from typing import Any

from embedded_hub.testing import until
from playing import Played, Player, kill, read


class Running:
    """Starts at once, in a process group of its own."""

    def __init__(self, player: Player, *tasks: dict[str, Any]) -> None:
        self.started = time.time()
        self._process, self._record = player.start(*tasks)
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        return "".join(self._lines)

    def see(self, pattern: str, seconds: float = 90) -> None:
        """Wait until a line like this is printed."""
        until(f"{pattern} in\n{self.output}", lambda: bool(re.search(pattern, self.output)) or not self.running, seconds)
        assert re.search(pattern, self.output), f"{pattern} never came:\n{self.output}"

    def end(self, seconds: float = 150) -> Played:
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill(self._process)
            raise AssertionError(f"still running after {seconds} s:\n{self.output}") from None
        self._reader.join(10)
        return Played(code, self.output, read(self._record), self.started, time.time() - self.started)

    def kill(self) -> None:
        kill(self._process)
        self._reader.join(10)

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def _collect(self) -> None:
        for line in self._process.stdout or ():
            self._lines.append(line)
