# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a pure function may know beside the objects: the time, the clock of its object and a source of chance."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .clock import Timers
from .conditions import timestamp
from .pause import Pause, parse

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_PASSWORD = "ABCDEFGHIJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


@dataclass
class Context:
    now: datetime
    timers: Timers
    chance: random.Random = field(default_factory=random.SystemRandom)
    full: bool = True
    wake_at: datetime | None = None

    @property
    def stamp(self) -> str:
        return timestamp(self.now)

    def passed(self, step: str, seconds: float) -> bool:
        return self.timers.passed(step, seconds)

    def pause(self, value: str | None) -> Pause:
        """Read a pause, and come back when it ends: an expiry needs no event."""
        pause = parse(value, self.now)
        if pause.paused and pause.until is not None:
            moment = pause.until + timedelta(milliseconds=50)
            self.wake_at = moment if self.wake_at is None else min(self.wake_at, moment)
        return pause

    def letters(self, length: int = 5) -> str:
        return "".join(self.chance.choice(_LETTERS) for _ in range(length))

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def password(self) -> str:
        return "-".join("".join(self.chance.choice(_PASSWORD) for _ in range(5)) for _ in range(4))

    def token(self, length: int) -> bytes:
        return bytes(self.chance.getrandbits(8) for _ in range(length))
