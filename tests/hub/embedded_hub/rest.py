# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A small JSON client for the hub's own set-up calls; the collection under test brings its own."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .errors import ApiError

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
FIELD_MANAGER = "embedded-hub"

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
    """One connection per thread, kept open."""

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
        payload = None if body is None else json.dumps(body).encode()
        headers = {"Accept": accept, "User-Agent": FIELD_MANAGER}
        if payload is not None:
            headers["Content-Type"] = content_type
        connection = self._connection()
        try:
            connection.request(method, path, payload, headers)
            response = connection.getresponse()
            status, raw = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            raise ConnectionError(f"{method} {path} failed: {error!r}") from error
        if status >= 400:
            raise _api_error(method, path, status, raw)
        if "json" in (response.getheader("Content-Type") or ""):
            return json.loads(raw)
        return raw.decode()

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

    def _connection(self) -> http.client.HTTPSConnection:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPSConnection(*self._address, timeout=self._timeout, context=self._tls)
            self._local.connection = connection
        return connection

    def _drop(self) -> None:
        self._local.connection.close()
        self._local.connection = None


def _api_error(method: str, path: str, status: int, raw: bytes) -> ApiError:
    try:
        answer = json.loads(raw)
        return ApiError(method, path, status, answer.get("reason", ""), answer.get("message", ""))
    except ValueError:
        return ApiError(method, path, status, "", raw.decode(errors="replace")[:300])
