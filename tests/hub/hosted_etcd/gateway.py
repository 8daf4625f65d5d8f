# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""etcd's JSON interface: quick writes and reads without a process for each."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_PAGE = 500


class GatewayError(Exception):
    """The member did not take the request."""


class _Connection(http.client.HTTPSConnection):
    """To a loopback address, under a name that the member's certificate has."""

    def __init__(self, address: str, context: ssl.SSLContext, timeout: float) -> None:
        super().__init__("localhost", 2379, timeout=timeout, context=context)
        self._address = address
        self._tls = context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, 2379), self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self._tls.wrap_socket(plain, server_hostname="localhost")


def text(data: bytes) -> str:
    """Also for what is no text: the values of an API server are encrypted or in a binary form."""
    return data.decode("utf-8", "surrogateescape")


def raw(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


class Gateway:
    def __init__(self, address: str, certificates: Path, timeout: float = 10.0) -> None:
        context = ssl.create_default_context(cafile=str(certificates / "ca.crt"))
        context.load_cert_chain(certificates / "client.crt", certificates / "client.key")
        self._connection = _Connection(address, context, timeout)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Gateway:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            self._connection.request("POST", f"/v3/{path}", json.dumps(body), {"Content-Type": "application/json"})
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise GatewayError(repr(error)) from error
        if answer.status != 200:
            raise GatewayError(content.decode(errors="replace")[:300])
        result: dict[str, Any] = json.loads(content)
        return result

    def put(self, pairs: Mapping[str, str]) -> int:
        """Up to 128 keys in one transaction; its revision."""
        writes = [{"requestPut": {"key": _b64(raw(key)), "value": _b64(raw(value))}} for key, value in pairs.items()]
        return int(self.call("kv/txn", {"success": writes})["header"]["revision"])

    def delete(self, key: str) -> int:
        return int(self.call("kv/deleterange", {"key": _b64(raw(key))})["header"]["revision"])

    def pairs(self, prefix: str = "", serializable: bool = False) -> Iterator[tuple[str, str]]:
        """All keys at one revision; serializable: as this member alone has them."""
        start, end, revision = raw(prefix) or b"\0", _after(raw(prefix)), 0
        while True:
            body = {"key": _b64(start), "range_end": _b64(end), "limit": _PAGE, "revision": revision, "serializable": serializable}
            answer = self.call("kv/range", body)
            revision = revision or int(answer["header"]["revision"])
            found = answer.get("kvs", [])
            for entry in found:
                yield text(base64.b64decode(entry["key"])), text(base64.b64decode(entry.get("value", "")))
            if not answer.get("more"):
                return
            start = base64.b64decode(found[-1]["key"]) + b"\0"


def _after(prefix: bytes) -> bytes:
    """The first key that does not begin with the prefix."""
    for index in range(len(prefix) - 1, -1, -1):
        if prefix[index] < 0xFF:
            return prefix[:index] + bytes([prefix[index] + 1])
    return b"\0"
