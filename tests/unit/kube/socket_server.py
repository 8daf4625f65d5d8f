# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A WebSocket server on loopback that plays an exec endpoint as it is told: frames, breaks, silence."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from websocket import ABNF

Play = Callable[["Peer"], None]
STDOUT, STDERR, STATUS = 1, 2, 3
DONE = {"status": "Success"}


@dataclass
class Seen:
    """What clients sent: request lines, headers, and frames as (opcode, content)."""

    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    frames: list[tuple[int, bytes]] = field(default_factory=list)


class Peer:
    """One connection, upgraded or not yet."""

    def __init__(self, connection: socket.socket, seen: Seen) -> None:
        self._connection, self._seen = connection, seen
        self._file = connection.makefile("rb")

    def handshake(self, protocol: str) -> None:
        key = self._seen.headers[-1]["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest()).decode()
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {accept}"]
        self._connection.sendall("\r\n".join([*lines, f"Sec-WebSocket-Protocol: {protocol}", "", ""]).encode())

    def read_request(self) -> None:
        self._seen.requests.append(self._file.readline().decode().strip())
        lines = iter(lambda: self._file.readline().decode().strip(), "")
        self._seen.headers.append({name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)})

    def answer(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self._connection.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)

    def send(self, channel: int, content: bytes) -> None:
        self.raw(bytes([channel]) + content, ABNF.OPCODE_BINARY)

    def raw(self, content: bytes, opcode: int) -> None:
        frame = ABNF.create_frame(content, opcode)
        frame.mask_value = 0
        self._connection.sendall(frame.format())

    def end(self, status: dict[str, object] | bytes = b"") -> None:
        self.send(STATUS, status if isinstance(status, bytes) else json.dumps(status).encode())

    def receive(self) -> tuple[int, bytes]:
        """The next frame of the client, unmasked."""
        first, second = self._file.read(2)
        size = second & 0x7F
        if size > 125:
            size = int.from_bytes(self._file.read(2 if size == 126 else 8))
        mask = self._file.read(4)
        content = bytes(b ^ mask[i % 4] for i, b in enumerate(self._file.read(size)))
        self._seen.frames.append((first & 0x0F, content))
        return self._seen.frames[-1]


@contextmanager
def executing(*plays: Play, protocol: str = "v5.channel.k8s.io") -> Iterator[tuple[Seen, str]]:
    """plays: one per connection, the last one for all further. A play is called after the handshake, or before it when it is ``refusing``."""
    seen, left = Seen(), list(plays)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                connection, _address = listener.accept()
                with connection, suppress(OSError, ValueError):
                    peer, play = Peer(connection, seen), left.pop(0) if len(left) > 1 else left[0]
                    peer.read_request()
                    if not getattr(play, "refuses", False):
                        peer.handshake(protocol)
                    play(peer)
                    connection.shutdown(socket.SHUT_RDWR)  # the peer's own file would keep it open

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield seen, f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def refusing(status: int, body: object) -> Play:
    def play(peer: Peer) -> None:
        peer.answer(status, body)

    play.refuses = True  # type: ignore[attr-defined]
    return play
