# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How far a transfer is, for people who wait for it."""

from __future__ import annotations

from collections.abc import Callable

REPORT_SECONDS = 5.0
Progress = Callable[[str], None]


class Meter:
    """Says now and then how far a transfer is: a person waits, a log must not fill."""

    def __init__(self, label: str, total: int, progress: Progress, clock: Callable[[], float]) -> None:
        self._label, self._total, self._progress, self._clock = label, total, progress, clock
        self._started = self._told = self._clock()

    def tell(self, size: int) -> None:
        moment = self._clock()
        if moment - self._told >= REPORT_SECONDS:
            self._told = moment
            rate = size / max(moment - self._started, 0.001) / 1e6
            self._progress(f"[{self._label}] {size >> 20} of {self._total >> 20} MiB, {rate:.0f} MB/s")
