# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Simulated time: each object has its own clock, which may run faster, and steps that take a while on it."""

from __future__ import annotations

from collections.abc import Iterable


class Timers:
    """Answers whether a step has lasted long enough, and remembers when the next one is due.

    All times are simulated seconds. A step starts when it is first asked for, so a function that asks only while its
    precondition holds needs no other memory. What a step leads to must be readable from the objects: after a restart
    of the simulator every step starts anew.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._real: float | None = None
        self._started: dict[str, float] = {}
        self._stalled: frozenset[str] = frozenset()
        self.due: float | None = None

    def begin(self, real: float, speed: float, stalled: Iterable[str] = ()) -> None:
        """Bring the clock to a moment of real time and start a round of questions."""
        if self._real is not None:
            self._now += max(0.0, real - self._real) * speed
        self._real = real
        self._stalled = frozenset(stalled)
        self.due = None

    def passed(self, step: str, seconds: float) -> bool:
        """True once `seconds` have gone by since the step began; never while one of its parts is stalled."""
        started = self._started.setdefault(step, self._now)
        if not self._stalled.isdisjoint(step.split("/")):
            return False
        left = started + seconds - self._now
        if left <= 1e-9:
            return True
        self.wake_in(left)
        return False

    def elapsed(self, step: str) -> float:
        return self._now - self._started.setdefault(step, self._now)

    def wake_in(self, seconds: float) -> None:
        self.due = seconds if self.due is None else min(self.due, seconds)

    def forget(self, prefix: str) -> None:
        for step in [step for step in self._started if step == prefix or step.startswith(prefix + "/")]:
            del self._started[step]

    @property
    def now(self) -> float:
        return self._now
