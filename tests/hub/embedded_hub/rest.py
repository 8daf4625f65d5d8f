# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A small JSON client for the hub's own set-up calls; the collection under test brings its own."""

from __future__ import annotations

import http.client
import json
import select
import ssl
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .errors import ApiError

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
FIELD_MANAGER = "embedded-hub"
# How a connection that the server has closed shows itself: an end without an answer, a reset, a pipe without a reader.
_CLOSED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, ConnectionAbortedError, ssl.SSLEOFError)

# Fixed paths, no discovery: the set-up knows its kinds.
_PLURALS = {
    "Namespace": "namespaces",
    "Node": "nodes",
    "ConfigMap": "configmaps",
    "Endpoints": "endpoints",
    "Service": "services",
    "ServiceAccount": "serviceaccounts",
    "PriorityClass": "priorityclasses",
    "StorageClass": "storageclasses",
    "CustomResourceDefinition": "customresourcedefinitions",
    "ClusterRole": "clusterroles",
    "ClusterRoleBinding": "clusterrolebindings",
}


def object_path(manifest: dict[str, Any]) -> str:
    """The REST path of an object of a known kind."""
    version, metadata = manifest["apiVersion"], manifest["metadata"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    scope = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    return f"{root}{scope}/{_PLURALS[manifest['kind']]}/{metadata['name']}"


class Rest:
    """One connection per thread, kept open.

    A server may close a connection that is kept open, at any time. Where that is seen before a request, it goes over a new one; where it is
    seen by the request alone, what is safe to send twice is sent once more, and what is not fails: nobody knows whether it was carried out.
    """

    def __init__(self, server: str, ca: Path, cert: Path, key: Path, timeout: float = 30.0) -> None:
        parts = urlsplit(server)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 443)
        self._timeout = timeout
        self._tls = ssl.create_default_context(cafile=str(ca))
        self._tls.load_cert_chain(cert, key)
        self._local = threading.local()

    def request(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json", accept: str = "application/json"
    ) -> Any:
        """The parsed answer; ApiError for an error status, OSError when the server cannot be reached."""
        status, kind, raw = self.exchange(method, path, body, content_type, accept)
        if status >= 400:
            raise _api_error(method, path, status, raw)
        if "json" in kind:
            return json.loads(raw)
        return raw.decode()

    def exchange(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json", accept: str = "application/json"
    ) -> tuple[int, str, bytes]:
        """Status, content type and body of the answer, whatever the status; ConnectionError when there is none."""
        payload = None if body is None else json.dumps(body).encode()
        headers = {"Accept": accept, "User-Agent": FIELD_MANAGER}
        if payload is not None:
            headers["Content-Type"] = content_type
        return self._sent(method, path, payload, headers)

    def get(self, path: str, accept: str = "application/json") -> Any:
        return self.request("GET", path, accept=accept)

    def apply(self, manifest: dict[str, Any]) -> Any:
        """Server-side apply: the only way for objects too large for the last-applied annotation."""
        path = f"{object_path(manifest)}?fieldManager={FIELD_MANAGER}&force=true"
        return self.request("PATCH", path, manifest, APPLY)

    def ready(self) -> bool:
        try:
            return bool(self.get("/readyz") == "ok")
        except (OSError, ApiError):
            return False

    def _sent(self, method: str, path: str, payload: bytes | None, headers: dict[str, str]) -> tuple[int, str, bytes]:
        connection, used = self._connection()
        try:
            return _exchange(connection, method, path, payload, headers)
        except _CLOSED as error:
            self._drop()
            if used and (method == "GET" or headers.get("Content-Type") == APPLY):
                return self._sent(method, path, payload, headers)  # over a new connection, so not a third time
            raise ConnectionError(f"{method} {path} failed: {error!r}") from error
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            raise ConnectionError(f"{method} {path} failed: {error!r}") from error

    def _connection(self) -> tuple[http.client.HTTPConnection, bool]:
        """This thread's connection, and whether it has carried a request before."""
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is not None and _is_over(connection):
            self._drop()
            connection = None
        if connection is not None:
            return connection, True
        self._local.connection = self._connect()
        return self._local.connection, False

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPSConnection(*self._address, timeout=self._timeout, context=self._tls)

    def _drop(self) -> None:
        self._local.connection.close()
        self._local.connection = None


def _exchange(
    connection: http.client.HTTPConnection, method: str, path: str, payload: bytes | None, headers: dict[str, str]
) -> tuple[int, str, bytes]:
    connection.request(method, path, payload, headers)
    response = connection.getresponse()
    return response.status, response.getheader("Content-Type") or "", response.read()


def _is_over(connection: http.client.HTTPConnection) -> bool:
    """An idle connection has nothing to say but its end; without a socket the server has asked for the end with its last answer."""
    return connection.sock is None or bool(select.select([connection.sock], [], [], 0)[0])


def _api_error(method: str, path: str, status: int, raw: bytes) -> ApiError:
    try:
        answer = json.loads(raw)
        return ApiError(method, path, status, answer.get("reason", ""), answer.get("message", ""))
    except ValueError:
        return ApiError(method, path, status, "", raw.decode(errors="replace")[:300])
