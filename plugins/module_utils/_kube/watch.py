# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""List-and-watch of several resources into one queue: no polling. Private to hypershift.core.

One daemon thread per resource blocks in a read. Lost connections, 410 Gone, 429 and 5xx are answered by listing and watching again with
backoff; 401 and 403 end the watch, since waiting cannot mend them.
"""

from __future__ import annotations

import json
import queue
import random
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import ApiError, Failure
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import SYNCED, TROUBLE, WatchEvent, WatchSpec
from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import Kind
from ansible_collections.hypershift.core.plugins.module_utils._kube.connection import urllib3
from ansible_collections.hypershift.core.plugins.module_utils._kube.failures import (
    Request,
    http_error,
    parse_object,
    transport_error,
    unexpected_answer,
)
from ansible_collections.hypershift.core.plugins.module_utils._kube.transport import Transport

WATCH_SECONDS = 300
SILENCE_SECONDS = 330.0  # the server ends a watch after WATCH_SECONDS: longer silence means a dead connection
_BACKOFF = (0.2, 0.4, 0.8, 1.6, 3.0, 5.0)
_HOPELESS = (401, 403)


class _Gone(Exception):
    """The resource version is too old: list again."""


class KubeWatch:
    """See _domain.hub.Watch for the contract."""

    def __init__(self, transport: Transport, specs: Sequence[WatchSpec], version_of: Callable[[Kind], str]) -> None:
        self._transport = transport
        self._version_of = version_of
        self._events: queue.Queue[WatchEvent | ApiError] = queue.Queue()
        self._stop = threading.Event()
        self._open: list[Any] = []
        self._threads = [threading.Thread(target=self._run, args=(s,), daemon=True) for s in specs]

    def __enter__(self) -> KubeWatch:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        for response in self._open:
            _abort(response)

    def next(self, timeout: float) -> WatchEvent | None:
        try:
            event = self._events.get(timeout=max(timeout, 0.0))
        except queue.Empty:
            return None
        if isinstance(event, ApiError):
            raise event
        return event

    def _run(self, spec: WatchSpec) -> None:
        attempt, version = 0, ""
        while not self._stop.is_set():
            try:
                if not version:
                    version = self._list(spec)
                    attempt = 0
                version = self._stream(spec, version)
                attempt = 0
            except _Gone:
                version = ""
            except ApiError as error:
                if error.status in _HOPELESS:
                    self._events.put(error)
                    return
                version = "" if error.status in (400, 410) else version
                self._trouble(spec, error, attempt)
                attempt += 1
            except Exception as error:  # a defect of ours must end the wait, not leave it without events
                failure = Failure("internal", f"watching {spec.kind.resource} failed in a way it should not ({type(error).__name__})")
                self._events.put(ApiError(failure))
                return

    def _trouble(self, spec: WatchSpec, error: ApiError, attempt: int) -> None:
        if attempt:
            self._events.put(WatchEvent(TROUBLE, spec, text=error.failure.cause))
        pause = _BACKOFF[min(attempt, len(_BACKOFF) - 1)]
        self._stop.wait(max(pause * random.uniform(0.8, 1.2), min(error.retry_after, 30.0)))

    def _request(self, verb: str, spec: WatchSpec) -> Request:
        return Request(verb, spec.kind, self._transport.server, spec.namespace)

    def _query(self, spec: WatchSpec) -> dict[str, Any]:
        query: dict[str, Any] = {}
        if spec.name:
            query["fieldSelector"] = f"metadata.name={spec.name}"
        if spec.label_selector:
            query["labelSelector"] = spec.label_selector
        return query

    def _open_response(self, spec: WatchSpec, query: dict[str, Any], watch: bool) -> Any:
        path = spec.kind.path(spec.namespace, None, self._version_of(spec.kind))
        verb = "watch" if watch else "list"
        try:
            response = self._transport.send("GET", path, query, stream=watch, read_timeout=SILENCE_SECONDS if watch else 60.0)
        except urllib3.exceptions.HTTPError as problem:
            raise transport_error(problem, verb, spec.kind, self._transport.server) from None
        if response.status >= 400:
            body = response.data
            wait = str(response.headers.get("Retry-After", ""))
            raise http_error(response.status, body, self._request(verb, spec), float(wait) if wait.isdigit() else 0.0)
        return response

    def _list(self, spec: WatchSpec) -> str:
        response = self._open_response(spec, self._query(spec), watch=False)
        answer = parse_object(response.data) or {}
        version = (answer.get("metadata") or {}).get("resourceVersion")
        if not version:
            raise unexpected_answer(response.status, self._request("list", spec))
        for item in answer.get("items") or []:
            item.setdefault("kind", spec.kind.kind)
        self._events.put(WatchEvent(SYNCED, spec, objects=tuple(answer.get("items") or [])))
        return str(version)

    def _stream(self, spec: WatchSpec, version: str) -> str:
        """Deliver events until the server ends the watch; the last seen resourceVersion."""
        query = self._query(spec) | {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": WATCH_SECONDS,
        }
        response = self._open_response(spec, query, watch=True)
        self._open.append(response)
        try:
            rest = b""
            for chunk in response.stream(65536, decode_content=True):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    version = self._deliver(spec, json.loads(line)) or version
                if self._stop.is_set():
                    break
        except (urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError) as problem:
            # A connection that dies in mid-stream loses nothing: the next watch starts at the last version seen.
            raise transport_error(problem, "watch", spec.kind, self._transport.server) from None
        finally:
            self._open.remove(response)
            response.close()
        return version

    def _deliver(self, spec: WatchSpec, event: dict[str, Any]) -> str:
        obj = event.get("object") or {}
        if event.get("type") == "ERROR":
            if obj.get("code") == 410:
                raise _Gone
            raise http_error(int(obj.get("code") or 500), json.dumps(obj).encode(), self._request("watch", spec))
        if event.get("type") != "BOOKMARK":
            self._events.put(WatchEvent(event["type"], spec, object=obj))
        return str((obj.get("metadata") or {}).get("resourceVersion", ""))


def _abort(response: Any) -> None:
    """End a blocking read from another thread: closing alone would leave it blocked."""
    import socket

    try:
        connection = getattr(response, "connection", None) or getattr(response, "_connection", None)
        if connection is not None and connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
    except (OSError, ValueError):
        return
