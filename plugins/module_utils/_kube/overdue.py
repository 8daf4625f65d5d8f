# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An exchange ends when its time is over, whatever the server is doing.

A timeout of a socket counts from byte to byte: one byte a second, also of headers, goes on for ever. So a timer shuts
the socket down.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any

try:
    import urllib3
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
except ImportError:  # reported in connect()
    urllib3 = None  # type: ignore[assignment]

_running = threading.local()


class Overdue:
    """Context of one exchange, in one thread. over: whether its time was over."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._connection: Any = None
        self._socket: Any = None
        self._timer = threading.Timer(max(seconds, 0.0), self._end)
        self._timer.daemon = True

    def __enter__(self) -> Overdue:
        self._before = getattr(_running, "exchange", None)
        _running.exchange = self
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        _running.exchange = self._before

    def watch(self, connection: Any) -> None:
        """This is the connection that the exchange goes through."""
        self._connection = connection
        self._socket = getattr(connection, "sock", None) or self._socket
        if self.over:
            self._end()

    def _end(self) -> None:
        self.over = True
        for found in (getattr(self._connection, "sock", None), self._socket):
            shut_down(found)


def shut_down(sock: Any) -> None:
    """End a blocking read in another thread: closing alone would leave it blocked."""
    if sock is not None:
        with contextlib.suppress(OSError, ValueError):
            # Not the method of a TLS socket, which takes its state away from under the reader.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _seen(connection: Any) -> None:
    exchange = getattr(_running, "exchange", None)
    if exchange is not None:
        exchange.watch(connection)


def pools() -> dict[str, Any]:
    """Classes of connection pools by scheme, whose connections tell the exchange that goes through them."""
    return _POOLS


def _telling(pool: Any) -> Any:
    """The pool's class, with connections that tell when they are made and when an answer is awaited."""

    class Telling(pool.ConnectionCls):  # type: ignore[misc]
        def connect(self) -> Any:
            _seen(self)
            return super().connect()

        def getresponse(self, *arguments: Any, **named: Any) -> Any:
            _seen(self)
            return super().getresponse(*arguments, **named)

    return type(pool.__name__, (pool,), {"ConnectionCls": Telling})


_POOLS: dict[str, Any] = (
    {} if urllib3 is None else {"http": _telling(HTTPConnectionPool), "https": _telling(HTTPSConnectionPool)}
)
