# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plain HTTP server on loopback that answers as it is told: for faults that a healthy API server does not give."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


class FaultyServer:
    """answers: played one after another, the last one for ever. seen and bodies: (method, path) and content of each request.

    closed: set when a connection has been closed after an answer, see close_when_idle.
    """

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.seen: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []
        self.closed = threading.Event()
        self._lock = threading.Lock()

    def next_answer(self, method: str, path: str) -> Answer:
        with self._lock:
            self.seen.append((method, path))
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(*answers: Answer) -> Iterator[tuple[FaultyServer, str]]:
    """The server and its URL."""
    state = FaultyServer()
    state.answers = list(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            state.bodies.append(self.rfile.read(length))
            state.next_answer(self.command, self.path)(self)

        def finish(self) -> None:
            super().finish()
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            state.closed.set()

        do_GET = do_POST = do_PATCH = do_DELETE = answer

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield state, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def reply(status: int, body: Any = None, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
        handler.send_response(status)
        for key, value in headers.items():
            handler.send_header(key.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def status_of(code: int, reason: str, message: str = "no", **headers: str) -> Answer:
    return reply(code, {"kind": "Status", "code": code, "reason": reason, "message": message}, **headers)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close without an answer, as a server that is killed does."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def close_when_idle(first: Answer) -> Answer:
    """Answer, as if the connection stayed, and close it then, as a server does with one that is idle for long."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        first(handler)
        handler.close_connection = True

    return answer


def stream(*events: dict[str, Any], torn: bool = False) -> Answer:
    """A watch that delivers events and ends; torn in the middle of a line when asked."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for event in events:
            data = json.dumps(event).encode() + b"\n"
            handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        if torn:
            handler.wfile.write(b'a\r\n{"type":"M\r\n')
            hang_up(handler)
            return
        handler.wfile.write(b"0\r\n\r\n")

    return answer
