# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which requests a rule picks, and what it does to them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

from faults.proxy import Exchange, Handler, forward, reset, upstream

On = Callable[[Exchange], bool]
Do = Callable[[Handler, Exchange], None]


def on(verb: str = "", resource: str = "") -> On:
    """verb: read, watch, create, patch, delete, or write for the last three."""
    return lambda e: verb in ("", e.verb, "write" if e.writes else "") and resource in ("", e.resource)


def status(code: int, reason: str, message: str = "", **headers: str) -> Do:
    """An error as the API server words it."""
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message or reason, "code": code}
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return lambda handler, exchange: handler.answer(exchange, code, json.dumps(body).encode(), named)


BUSY = status(429, "TooManyRequests", "too many requests, please try again later", Retry_After="1")
BROKEN = status(500, "InternalError", "etcdserver: leader changed")


def raw(body: bytes, code: int = 200, **headers: str) -> Do:
    """Anything at all, for example a login page."""
    named = {"Content-Type": "text/html", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return lambda handler, exchange: handler.answer(exchange, code, body, named)


def cut(handler: Handler, exchange: Exchange) -> None:
    """The request is lost: the API server never sees it."""
    reset(handler.connection)


def cut_after(handler: Handler, exchange: Exchange) -> None:
    """The answer is lost: the API server did what was asked."""
    upstream(handler, exchange).read()
    reset(handler.connection)


def broken_after(handler: Handler, exchange: Exchange) -> None:
    """Done, and reported as an error nevertheless."""
    upstream(handler, exchange).read()
    BROKEN(handler, exchange)


def gone_in_stream(handler: Handler, exchange: Exchange) -> None:
    """A watch that is told that its version is too old."""
    handler.begin_stream(exchange)
    event = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}}
    handler.chunk(json.dumps(event).encode() + b"\n")
    handler.chunk(b"")
    handler.close_connection = True


def torn(handler: Handler, exchange: Exchange) -> None:
    """A watch that breaks in the middle of an event."""
    handler.begin_stream(exchange)
    handler.chunk(b'{"type": "MODIFIED", "object": {"metadata"')
    reset(handler.connection)


def garbled(handler: Handler, exchange: Exchange) -> None:
    """A watch that delivers something that is no event."""
    handler.begin_stream(exchange)
    handler.chunk(b"<html>bad gateway</html>\n")
    handler.chunk(b"")
    handler.close_connection = True


def then(first: Do, more: Callable[[], None]) -> Do:
    """Do it, and let the test do something right after."""

    def both(handler: Handler, exchange: Exchange) -> None:
        first(handler, exchange)
        more()

    return both


def before(more: Callable[[], None]) -> Do:
    """Let the test do something, then pass the request on."""

    def both(handler: Handler, exchange: Exchange) -> None:
        more()
        forward(handler, exchange)

    return both


class Hold:
    """A request that gets no answer: lost before it reached the API server, or done and the answer lost. ``held`` tells that it is there."""

    def __init__(self, reached: bool = False, stream: bool = False) -> None:
        self.held = threading.Event()
        self.let_go = threading.Event()
        self._reached, self._stream = reached, stream

    def __call__(self, handler: Handler, exchange: Exchange) -> None:
        if self._reached:
            upstream(handler, exchange).read()
        if self._stream:
            handler.begin_stream(exchange)
        self.held.set()
        self.let_go.wait(300)
        reset(handler.connection)
