# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A bounded writer beside a test, which remembers what was acknowledged."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable

from .gateway import Gateway, GatewayError

_MOST = 20_000


class Load(threading.Thread):
    """Writes up to `rate` keys a second, to the next member when one does not answer.

    `acknowledged` holds what a member has confirmed; a key whose write failed is in `failed`: it may be there or not.
    """

    def __init__(self, connect: Callable[[int], Gateway | None], members: int, rate: float, prefix: str) -> None:
        super().__init__(daemon=True)
        self.acknowledged: dict[str, str] = {}
        self.failed: dict[str, str] = {}
        self.revision = 0
        self._connect = connect
        self._members = itertools.cycle(range(members))
        self._rate = rate
        self._prefix = prefix
        self._done = threading.Event()
        self._gateway: Gateway | None = None

    def run(self) -> None:
        started = time.monotonic()
        for number in range(_MOST):
            if self._done.wait(max(0.0, started + number / self._rate - time.monotonic())):
                break
            self._write(f"{self._prefix}{number:06d}", f"value-{number}")
        if self._gateway is not None:
            self._gateway.close()

    def _write(self, key: str, value: str) -> None:
        try:
            if self._gateway is None:
                self._gateway = self._connect(next(self._members))
            if self._gateway is None:
                raise GatewayError("no such member")
            self.revision = self._gateway.put({key: value})
            self.acknowledged[key] = value
        except GatewayError:
            self.failed[key] = value
            if self._gateway is not None:
                self._gateway.close()
            self._gateway = None
            self._done.wait(0.1)

    def stop(self) -> None:
        self._done.set()
        self.join()

    def __enter__(self) -> Load:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
