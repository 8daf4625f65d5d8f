# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clock and random source of this machine: that part of the Hub port which needs no cluster."""

from __future__ import annotations

import secrets
import string
import time
from datetime import UTC, datetime


class Surroundings:
    """See _kernel.ports.hub.Hub for the contract."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def random_name(self, length: int) -> str:
        return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _position in range(length))

    def random_bytes(self, length: int) -> bytes:
        return secrets.token_bytes(length)
