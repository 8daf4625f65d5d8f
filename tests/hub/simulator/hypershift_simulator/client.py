# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A thin REST client: the few requests that the simulator sends, all under its own field manager."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from .actions import Action, Create, Delete, Patch
from .kinds import KINDS, Kind
from .names import FIELD_MANAGER, Obj, unb64

_RETRIED = {429, 500, 502, 503, 504}
_PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
_SILENCE = 180.0  # the API server sends a bookmark about every minute: a watch without any has lost its other end


class ApiError(Exception):
    def __init__(self, status: int, method: str, path: str, message: str) -> None:
        super().__init__(f"{method} {path} was answered {status}: {message}")
        self.status = status


@dataclass(frozen=True)
class Access:
    """The one cluster and user of a kubeconfig's current context."""

    server: str
    ca: bytes | None
    certificate: bytes | None
    key: bytes | None
    token: str | None

    @classmethod
    def read(cls, path: Path) -> Access:
        document = yaml.safe_load(path.read_text())
        context = _named(document["contexts"], document["current-context"])["context"]
        cluster = _named(document["clusters"], context["cluster"])["cluster"]
        user = _named(document["users"], context["user"])["user"]
        folder = path.parent
        return cls(
            cluster["server"],
            _bytes(cluster, "certificate-authority", folder),
            _bytes(user, "client-certificate", folder),
            _bytes(user, "client-key", folder),
            user.get("token"),
        )

    def ssl_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cadata=self.ca.decode() if self.ca else None)
        if self.certificate and self.key:
            # The standard library reads a client certificate from a file only.
            with tempfile.NamedTemporaryFile() as file:
                file.write(self.certificate + b"\n" + self.key)
                file.flush()
                context.load_cert_chain(file.name)
        return context


def _named(entries: list[Obj], name: str) -> Obj:
    return next(entry for entry in entries if entry["name"] == name)


def _bytes(section: Obj, field: str, folder: Path) -> bytes | None:
    if section.get(f"{field}-data"):
        return unb64(section[f"{field}-data"])
    return (folder / section[field]).read_bytes() if section.get(field) else None


class Client:
    def __init__(self, access: Access, connections: int = 32) -> None:
        headers = {"User-Agent": FIELD_MANAGER, "Accept": "application/json"}
        if access.token:
            headers["Authorization"] = f"Bearer {access.token}"
        tls = access.ssl_context()
        self._session = aiohttp.ClientSession(access.server, connector=aiohttp.TCPConnector(ssl=tls, limit=connections), headers=headers)
        # Watches stay open: they would take the places of the requests.
        self._watching = aiohttp.ClientSession(access.server, connector=aiohttp.TCPConnector(ssl=tls, limit=0), headers=headers)

    async def close(self) -> None:
        await self._watching.close()
        await self._session.close()

    async def get(self, path: str, **query: str) -> Any:
        return await self._request("GET", path, query=query)

    async def list(self, kind: Kind) -> tuple[list[Obj], str]:
        """All objects of a kind, and the version from which a watch goes on."""
        answer = await self.get(kind.path())
        items = [{"apiVersion": kind.api_version, "kind": kind.kind, **item} for item in answer["items"]]
        return items, answer["metadata"]["resourceVersion"]

    @contextlib.asynccontextmanager
    async def watch(self, kind: Kind, version: str) -> AsyncIterator[AsyncIterator[Obj]]:
        """The events after a version, once the API server has agreed to tell them. Raises ApiError when it has not."""
        query = {"watch": "true", "allowWatchBookmarks": "true", "resourceVersion": version}
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5.0, sock_read=_SILENCE)
        async with self._watching.get(kind.path(), params=query, timeout=timeout) as response:
            if response.status != 200:
                raise ApiError(response.status, "WATCH", kind.path(), (await response.text())[:500])
            yield _events(response.content)

    async def apply(self, action: Action) -> Any:
        """Send one write; what comes back is the object, or for a deletion what is left of it."""
        if isinstance(action, Create):
            kind = KINDS[action.obj["kind"]]
            path = kind.path(action.obj["metadata"].get("namespace", ""))
            return await self._request("POST", path, action.obj)
        kind = KINDS[action.kind]
        if isinstance(action, Delete):
            path = kind.path(action.namespace, action.name)
            return await self._request("DELETE", path, {"propagationPolicy": "Background"})
        if isinstance(action, Patch):
            path = kind.path(action.namespace, action.name)
            return await self._request("PATCH", path, action.body, "application/merge-patch+json")
        path = kind.path(action.namespace, action.name, "status")
        # A merge patch would lose the nulls that the ClusterVersion's status has to keep.
        operations = [{"op": "add", "path": "/status", "value": action.status}]
        return await self._request("PATCH", path, operations, "application/json-patch+json")

    async def _request(
        self, method: str, path: str, body: Any = None, content: str = "application/json", query: dict[str, str] | None = None
    ) -> Any:
        if method in ("POST", "PATCH"):
            query = {"fieldManager": FIELD_MANAGER}
        for pause in (*_PAUSES, None):
            try:
                return await self._once(method, path, body, content, query or {})
            except (aiohttp.ClientError, TimeoutError, ApiError) as error:
                final = isinstance(error, ApiError) and error.status not in _RETRIED
                if final or pause is None:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _once(self, method: str, path: str, body: Any, content: str, query: dict[str, str]) -> Any:
        headers = {"Content-Type": content} if body is not None else {}
        timeout = aiohttp.ClientTimeout(total=30)
        async with self._session.request(method, path, json=body, headers=headers, params=query, timeout=timeout) as response:
            if response.status < 300:
                return await response.json()
            text = await response.text()
            raise ApiError(response.status, method, path, text[:500])


async def _events(content: aiohttp.StreamReader) -> AsyncIterator[Obj]:
    """An object can be longer than what a reader takes as a line."""
    rest = bytearray()
    async for chunk in content.iter_any():
        rest += chunk
        *whole, last = rest.split(b"\n")
        rest = bytearray(last)
        for line in whole:
            yield json.loads(line)
