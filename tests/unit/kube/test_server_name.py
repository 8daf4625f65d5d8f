# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Credentials go to the server whose name was given, whatever was asked before and however: by requests and by commands in pods."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import SECRET
from ansible_collections.hypershift.core.plugins.module_utils._kube.exec import ExecStream
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub

from embedded_hub.pki import Authority

TOKEN = "token-of-a-test"
EMPTY = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"items":[]}'


class Server:
    """Says it is ``name``; keeps what it was sent."""

    def __init__(self, authority: Authority, folder: Path) -> None:
        self._authority, self._folder, self.name, self.heard = authority, folder, "", list[bytes]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                plain, _address = self._listener.accept()
                with suppress(OSError), plain, self._context().wrap_socket(plain, server_side=True) as peer:
                    self.heard.append(peer.recv(65536))
                    peer.sendall(EMPTY)

    def _context(self) -> ssl.SSLContext:
        pair = self._authority.serving(self.name, [self.name])
        pair.write(self._folder, "server")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / "server.crt", self._folder / "server.key")
        return context

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def authority() -> Authority:
    return Authority.create("ours")


@pytest.fixture
def server(authority: Authority, tmp_path: Path) -> Iterator[Server]:
    server = Server(authority, tmp_path)
    yield server
    server.close()


def hub_of(server: Server, authority: Authority, **more: Any) -> KubeHub:
    cluster = {"server": server.url, "certificate-authority-data": base64.b64encode(authority.cert_pem).decode(), **more}
    return KubeHub.from_options({"kubeconfig": {
        "apiVersion": "v1", "kind": "Config", "current-context": "x", "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": {"token": TOKEN}}], "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}]}})  # fmt: skip


def listed(hub: KubeHub) -> None:
    hub.list(SECRET, "clusters")


def commanded(hub: KubeHub) -> None:
    hub.shell("clusters-demo", "etcd-0", "etcd").run(["true"])


@pytest.mark.parametrize("given", ["api.example.com", ""])
@pytest.mark.parametrize("call", [listed, commanded])
@pytest.mark.parametrize("before", [True, False])
def test_another_server_of_the_same_authority_gets_no_token(
    given: str, call: Callable[[KubeHub], None], before: bool, server: Server, authority: Authority
) -> None:
    hub = hub_of(server, authority, **({"tls-server-name": given} if given else {}))
    if before:
        server.name = given or "127.0.0.1"
        listed(hub)
        assert TOKEN.encode() in server.heard.pop()
    server.name = "other.example.com"
    with pytest.raises(ApiError) as caught:
        call(hub)
    assert caught.value.failure.code == "untrusted_certificate" and not any(server.heard)


def test_the_server_of_that_name_gets_it(server: Server, authority: Authority) -> None:
    hub, server.name = hub_of(server, authority, **{"tls-server-name": "api.example.com"}), "api.example.com"
    listed(hub)
    with pytest.raises(ApiError):  # it speaks no WebSocket
        ExecStream(hub._transport.connection, "clusters-demo", "etcd-0", "etcd", ["true"], False)
    assert [TOKEN.encode() in heard for heard in server.heard] == [True, True]
