# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A proxy between a module and the real API server that does to chosen requests what a server under stress does.

It speaks TLS with a certificate of the hub's own CA, so that a module notices nothing. Upstream it has the client certificate of the
kubeconfig it stands for, or else passes the bearer token on.
"""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from embedded_hub import EmbeddedHub
from embedded_hub.pki import Authority

_DROPPED = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "accept-encoding"}
_WRITES = {"POST": "create", "PATCH": "patch", "DELETE": "delete"}


@dataclass
class Exchange:
    """One request as it arrived; status: of the answer that went out, 0 for none."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]
    status: int = 0

    @property
    def resource(self) -> str:
        """Plural name of what it is about."""
        parts = self.path.partition("?")[0].strip("/").split("/")
        rest = parts[2:] if parts[0] == "api" else parts[3:]
        return rest[2] if len(rest) > 2 and rest[0] == "namespaces" else rest[0]

    @property
    def verb(self) -> str:
        if "dryRun=All" in self.path:
            return "rehearse"
        if self.method != "GET":
            return _WRITES[self.method]
        return "watch" if "watch=1" in self.path else "read"

    @property
    def writes(self) -> bool:
        return self.method != "GET" and "dryRun=All" not in self.path


@dataclass
class Rule:
    """What happens to the requests that ``on`` picks: ``times`` of them, after letting ``skip`` pass."""

    on: Callable[[Exchange], bool]
    do: Callable[[Handler, Exchange], None]
    times: int = 1
    skip: int = 0

    def takes(self, exchange: Exchange) -> bool:
        if not self.on(exchange) or self.times == 0:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass
class Proxy:
    upstream: tuple[str, int]
    tls: ssl.SSLContext
    rules: list[Rule] = field(default_factory=list)
    seen: list[Exchange] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    clients: list[socket.socket] = field(default_factory=list)
    url: str = ""
    source: Path = Path()

    def rule_for(self, exchange: Exchange) -> Rule | None:
        with self.lock:
            self.seen.append(exchange)
            return next((r for r in self.rules if r.takes(exchange)), None)

    def kubeconfig(self) -> Path:
        """The account's kubeconfig with the proxy's address."""
        config = json.loads(self.source.read_text())
        config["clusters"][0]["cluster"]["server"] = self.url
        target = self.source.with_name(f"{self.source.stem}-{urlsplit(self.url).port}.kubeconfig")
        target.touch(mode=0o600)
        target.write_text(json.dumps(config))
        return target

    def cut_all(self) -> None:
        """Reset every connection, as a failing load balancer does."""
        with self.lock:
            clients, self.clients = self.clients, []
        for client in clients:
            reset(client)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: Proxy

    def setup(self) -> None:
        super().setup()
        with self.proxy.lock:
            self.proxy.clients.append(self.connection)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # the client, or a rule, has cut the connection
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Not on the tests' screen."""

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _DROPPED}
        exchange = Exchange(self.command, self.path, body, headers)
        rule = self.proxy.rule_for(exchange)
        (rule.do if rule else forward)(self, exchange)

    do_GET = do_POST = do_PATCH = do_DELETE = _any

    def answer(self, exchange: Exchange, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        exchange.status = status
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin_stream(self, exchange: Exchange) -> None:
        exchange.status = 200
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()

    def chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


def upstream(handler: Handler, exchange: Exchange) -> http.client.HTTPResponse:
    proxy = handler.proxy
    connection = http.client.HTTPSConnection(*proxy.upstream, context=proxy.tls, timeout=400)
    connection.request(exchange.method, exchange.path, exchange.body or None, exchange.headers)
    return connection.getresponse()


def forward(handler: Handler, exchange: Exchange) -> None:
    try:
        response = upstream(handler, exchange)
    except OSError:
        reset(handler.connection)
        return
    if exchange.verb != "watch" or response.status != 200:
        kept = {k: v for k, v in response.getheaders() if k.lower() in ("content-type", "retry-after")}
        handler.answer(exchange, response.status, response.read(), kept)
        return
    handler.begin_stream(exchange)
    for line in iter(response.readline, b""):
        handler.chunk(line)
    handler.chunk(b"")
    handler.close_connection = True


def reset(client: socket.socket) -> None:
    """RST instead of a goodbye."""
    try:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
    finally:
        socket.socket.close(client)


def _client(hub: EmbeddedHub, source: Path) -> ssl.SSLContext:
    """Trusts the hub; has the client certificate of the kubeconfig, if it has one."""
    context = ssl.create_default_context(cafile=str(hub.paths.pki / "ca.crt"))
    user = json.loads(source.read_text())["users"][0]["user"]
    if "client-certificate-data" in user:
        _load(context, *(base64.b64decode(user[f"client-{part}-data"]) for part in ("key", "certificate")))
    return context


def _server(hub: EmbeddedHub) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pair = Authority.load(hub.paths.pki).serving("proxy", ("127.0.0.1", "localhost"))
    _load(context, pair.key, pair.cert)
    return context


def _load(context: ssl.SSLContext, *pems: bytes) -> None:
    """ssl takes keys from files only."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(pems))
        file.flush()
        context.load_cert_chain(file.name)


@contextmanager
def proxying(hub: EmbeddedHub, source: Path, *rules: Rule) -> Iterator[Proxy]:
    """A running proxy before the hub's API server for the account of a kubeconfig."""
    address = urlsplit(hub.server)
    proxy = Proxy((address.hostname or "127.0.0.1", address.port or 443), _client(hub, source), list(rules), source=source)
    handler = type("Bound", (Handler,), {"proxy": proxy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler, bind_and_activate=True)
    server.daemon_threads = True
    server.socket = _server(hub).wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    proxy.url = f"https://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.cut_all()
        server.shutdown()
        server.server_close()
