# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""List-and-watch of several resources into one queue: no polling.

One daemon thread per resource blocks in a read. Lost connections, 410 Gone, 429 and 5xx are answered by listing and
watching again with backoff, and so are watches that end at once and events that are none; 401 and 403 end the watch,
since waiting cannot mend them.
"""

from __future__ import annotations

import contextlib
import json
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any

from .._kernel.errors import ApiError, Failure
from .._kernel.kinds import Kind
from .._kernel.ports.hub import ADDED, DELETED, MODIFIED, SYNCED, TROUBLE, WatchEvent, WatchSpec
from .answers import Unusable, decoded, lines_of, malformed, misshapen, whole_of
from .connection import urllib3
from .failures import HttpRequest, http_error, transport_error
from .listing import whole_list
from .overdue import Overdue, shut_down
from .transport import LONGEST_PAUSE_SECONDS, Transport, retry_after

WATCH_SECONDS = 300
SILENCE_SECONDS = 330.0  # the server ends a watch after WATCH_SECONDS: longer silence means a dead connection
_BACKOFF = (0.2, 0.4, 0.8, 1.6, 3.0, 5.0)
_HOPELESS = (401, 403)
LASTING_SECONDS = 1.0  # a watch that ended sooner is tried again after a pause
_OFTEN = 3
_WAITING_EVENTS = 100


class KubeWatch:
    """See _kernel.ports.hub.Watch for the contract."""

    def __init__(self, transport: Transport, specs: Sequence[WatchSpec], version_of: Callable[[Kind], str]) -> None:
        self._transport = transport
        self._version_of = version_of
        self._now = time.monotonic  # of threads that really run, also where a test has a clock of its own
        self._events: queue.Queue[WatchEvent | ApiError] = queue.Queue(_WAITING_EVENTS)
        self._stop = threading.Event()
        self._open: list[Any] = []
        self._threads = [threading.Thread(target=self._run, args=(s,), daemon=True) for s in specs]

    def __enter__(self) -> KubeWatch:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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
            opened = self._now()
            try:
                if not version:
                    version = self._list(spec)
                opened = self._now()
                version = self._stream(spec, version)
                error = None
            except ApiError as problem:
                if problem.status in _HOPELESS:
                    self._put(problem)
                    return
                error = problem
                version = "" if problem.status in (400, 410) or isinstance(problem, Unusable) else version
            except Exception as problem:  # a defect of ours must end the wait, not leave it without events
                failure = Failure(
                    "internal",
                    f"watching {spec.kind.resource} failed in a way it should not ({type(problem).__name__})",
                )
                self._put(ApiError(failure))
                return
            if self._now() - opened >= LASTING_SECONDS:
                attempt = 0
                if error is None:
                    continue
            self._pause(spec, error, attempt)
            attempt += 1

    def _pause(self, spec: WatchSpec, error: ApiError | None, attempt: int) -> None:
        """Before another try: of what ended in trouble, and of a watch that ended at once, since that could go on for
        ever."""
        if attempt and error:
            self._put(WatchEvent(TROUBLE, spec, text=error.failure.cause))
        elif attempt >= _OFTEN:
            self._put(
                WatchEvent(
                    TROUBLE, spec, text=f"{self._transport.server} ends each watch of {spec.kind.resource} at once"
                )
            )
        pause = _BACKOFF[min(attempt, len(_BACKOFF) - 1)]
        asked = error.retry_after if error else 0.0
        self._stop.wait(max(pause * random.uniform(0.8, 1.2), min(asked, LONGEST_PAUSE_SECONDS)))

    def _put(self, event: WatchEvent | ApiError) -> None:
        """Waits for the reader rather than piling up what a server sends."""
        while not self._stop.is_set():
            try:
                self._events.put(event, timeout=1.0)
                return
            except queue.Full:
                continue

    def _request(self, verb: str, spec: WatchSpec) -> HttpRequest:
        return HttpRequest(verb, spec.kind, self._transport.server, spec.namespace)

    def _query(self, spec: WatchSpec) -> dict[str, Any]:
        query: dict[str, Any] = {}
        if spec.name:
            query["fieldSelector"] = f"metadata.name={spec.name}"
        if spec.label_selector:
            query["labelSelector"] = spec.label_selector
        return query

    def _path(self, spec: WatchSpec) -> str:
        return spec.kind.path(spec.namespace, None, self._version_of(spec.kind))

    def _list(self, spec: WatchSpec) -> str:
        request, limits = self._request("list", spec), self._transport.limits
        bounded = self._transport.until(self._transport.monotonic() + limits.whole)

        def fetch(query: dict[str, Any]) -> tuple[dict[str, Any], int]:
            answer, _safe = bounded.attempt("GET", request, self._path(spec), query)
            if isinstance(answer, ApiError):
                raise answer
            found: tuple[dict[str, Any], int] = answer
            return found

        items, meta = whole_list(fetch, self._query(spec), request, limits)
        if not meta.get("resourceVersion"):
            raise malformed(request, "a list without a resourceVersion")
        for item in items:
            item.setdefault("kind", spec.kind.kind)
        self._put(WatchEvent(SYNCED, spec, objects=tuple(items)))
        return str(meta["resourceVersion"])

    def _stream(self, spec: WatchSpec, version: str) -> str:
        """Deliver events until the server ends the watch; the last seen resourceVersion."""
        request = self._request("watch", spec)
        query = self._query(spec) | {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": WATCH_SECONDS,
        }
        with Overdue(SILENCE_SECONDS), self._opened(request, self._path(spec), query) as response:
            try:
                for line in lines_of(response, request, self._transport.limits.event):
                    version = self._deliver(spec, decoded(line, request, self._transport.limits)) or version
                    if self._stop.is_set():
                        break
            except (urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError) as problem:
                # A connection that dies in mid-stream loses nothing: the next watch starts at the last version seen.
                raise transport_error(problem, "watch", spec.kind, self._transport.server) from None
        return version

    @contextlib.contextmanager
    def _opened(self, request: HttpRequest, path: str, query: dict[str, Any]) -> Iterator[Any]:
        """A good answer whose body has not been read. Raises ApiError."""
        try:
            response = self._transport.send("GET", path, query, read_timeout=SILENCE_SECONDS)
            if response.status >= 400:
                body = whole_of(response, request, self._transport.limits.error, cut=True)
                raise http_error(response.status, body, request, retry_after(response))
        except urllib3.exceptions.HTTPError as problem:
            raise transport_error(problem, "watch", request.kind, self._transport.server) from None
        self._open.append(response)
        try:
            yield response
        finally:
            self._open.remove(response)
            response.close()

    def _deliver(self, spec: WatchSpec, event: dict[str, Any]) -> str:
        """The event's resourceVersion. What is no event is a reason to list again."""
        obj, kind = event.get("object"), event.get("type")
        if not isinstance(obj, dict) or kind not in (ADDED, MODIFIED, DELETED, "BOOKMARK", "ERROR"):
            raise malformed(self._request("watch", spec), "an event without an object or a known type")
        if kind == "ERROR":
            code = obj.get("code")
            raise http_error(
                code if isinstance(code, int) else 500, json.dumps(obj).encode(), self._request("watch", spec)
            )
        why = misshapen(obj)
        if why:
            raise malformed(self._request("watch", spec), f"the object of an event {why}")
        if kind != "BOOKMARK":
            self._put(WatchEvent(str(kind), spec, object=obj))
        return str(obj["metadata"].get("resourceVersion") or "")


def _abort(response: Any) -> None:
    """End a blocking read from another thread: closing alone would leave it blocked."""
    connection = getattr(response, "connection", None) or getattr(response, "_connection", None)
    shut_down(getattr(connection, "sock", None))
