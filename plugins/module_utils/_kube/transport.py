# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Requests with bounded retries. Private to hypershift.core.

Reads are repeated on refused or broken connections, 429 and 5xx. A write is repeated only when it surely did not happen (429, connection
refused); when that is unknown it becomes a ConflictError, and planning again finds out.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import ApiError, ConflictError, Failure
from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import Kind
from ansible_collections.hypershift.core.plugins.module_utils._kube.connection import Connection, urllib3
from ansible_collections.hypershift.core.plugins.module_utils._kube.failures import (
    Request,
    http_error,
    parse_object,
    transport_error,
    unexpected_answer,
    verb_of,
)

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
RETRY_BUDGET_SECONDS = 45.0
UNREACHABLE_BUDGET_SECONDS = 12.0
_PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
MERGE_PATCH = "application/merge-patch+json"
CHUNK = 64 * 1024


class Transport:
    """One API server. sleep and monotonic are injected by tests."""

    def __init__(
        self, connection: Connection, sleep: Callable[[float], None] = time.sleep, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.connection = connection
        self._sleep = sleep
        self._monotonic = monotonic
        self.requests = 0
        self._unsure = 0

    @property
    def server(self) -> str:
        return self.connection.server

    def call(
        self,
        method: str,
        kind: Kind,
        path: str,
        namespace: str | None = None,
        name: str = "",
        query: dict[str, Any] | None = None,
        body: Any = None,
    ) -> dict[str, Any]:
        """JSON answer of a request. Raises ApiError."""
        verb = verb_of(method, name)
        answer: dict[str, Any] = self._repeated(lambda: self._attempt(method, kind, path, namespace, name, query, body, verb))
        return answer

    def text(self, kind: Kind, path: str, namespace: str, name: str, query: dict[str, Any], newest: int = 0) -> bytes:
        """Answer of a read that is no JSON, for example a log; of a long one only the last ``newest`` bytes, 0 for all. Raises ApiError."""
        found: bytes = self._repeated(lambda: self._attempt_text(Request("get", kind, self.server, namespace, name), path, query, newest))
        return found

    def _repeated(self, once: Callable[[], tuple[Any, bool]]) -> Any:
        """once: (answer, True), or (error, whether repeating is safe)."""
        started, attempt = self._monotonic(), 0
        while True:
            error, safe = once()
            if not isinstance(error, ApiError):
                return error
            pause = max(_PAUSES[min(attempt, len(_PAUSES) - 1)], min(error.retry_after, 30.0))
            budget = UNREACHABLE_BUDGET_SECONDS if error.status == 0 else RETRY_BUDGET_SECONDS
            if not safe or self._monotonic() - started + pause > budget:
                raise error
            self._sleep(pause)
            attempt += 1

    def _attempt_text(self, request: Request, path: str, query: dict[str, Any], newest: int) -> tuple[Any, bool]:
        try:
            response = self.send("GET", path, query, stream=True)
            try:
                data = tail_of(response.stream(CHUNK), newest)
            finally:
                response.release_conn()
        except urllib3.exceptions.HTTPError as problem:
            return transport_error(problem, request.verb, request.kind, self.server), True
        if response.status < 300:
            return data, True
        if response.status < 400:
            return unexpected_answer(response.status, request), False
        # 500, 502 and 504 come of a node that does not answer: asking it again and again would hold up everything else.
        return http_error(response.status, data, request, retry_after(response)), response.status in (429, 503)

    def _attempt(
        self, method: str, kind: Kind, path: str, namespace: str | None, name: str, query: Any, body: Any, verb: str
    ) -> tuple[Any, bool]:
        """(answer, True), or (error, whether repeating is safe)."""
        try:
            response = self.send(method, path, query, body)
        except urllib3.exceptions.HTTPError as problem:
            error = transport_error(problem, verb, kind, self.server)
            if error.failure.code == "untrusted_certificate":
                return error, False
            never_sent = isinstance(problem, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError))
            if method == "GET" or never_sent:
                return error, True
            return self._unknown_outcome(error, kind, namespace, name), False
        request = Request(verb, kind, self.server, namespace, name)
        if response.status < 400:
            answer = parse_object(response.data) if response.status < 300 else None
            if answer is not None:
                return answer, True
            error = unexpected_answer(response.status, request)
            return (error if method == "GET" else self._unknown_outcome(error, kind, namespace, name)), False
        error = http_error(response.status, response.data, request, retry_after(response), body)
        if response.status == 429 or (response.status >= 500 and method == "GET"):
            return error, True
        if response.status >= 500:
            return self._unknown_outcome(error, kind, namespace, name), False
        return error, False

    def send(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        body: Any = None,
        stream: bool = False,
        read_timeout: float = READ_SECONDS,
    ) -> Any:
        """One HTTP exchange without retries; raises urllib3's errors."""
        url = f"{self.server}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = urllib3.HTTPHeaderDict(self.connection.headers)
        payload = None
        if body is not None:
            payload = json.dumps(body).encode()
            headers["Content-Type"] = MERGE_PATCH if method == "PATCH" else "application/json"
        self.requests += 1
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=read_timeout)
        return self.connection.pool.request(
            method, url, body=payload, headers=headers, timeout=timeout, preload_content=not stream, retries=False, redirect=False
        )

    def _unknown_outcome(self, error: ApiError, kind: Kind, namespace: str | None, name: str) -> ConflictError:
        """Planning again follows at once: the pause gives a server in trouble time to recover."""
        self._sleep(_PAUSES[min(self._unsure, len(_PAUSES) - 1)])
        self._unsure += 1
        failure = Failure(
            "unknown_outcome",
            f"{error.failure.cause}; whether the write happened is unknown",
            kind.ref(namespace, name),
            next_step="Run again: what is done already is left alone.",
        )
        return ConflictError(failure, error.status, error.reason, error.retry_after)


def retry_after(response: Any) -> float:
    """Seconds that the server asks to wait, 0 when it does not say."""
    value = str(response.headers.get("Retry-After") or "")
    return float(value) if value.isdigit() else 0.0


def tail_of(blocks: Iterable[bytes], newest: int) -> bytes:
    """The last ``newest`` bytes of a stream (0: all of it), without keeping much more than those in memory."""
    kept = bytearray()
    for block in blocks:
        kept += block
        if newest and len(kept) > 2 * newest + CHUNK:
            del kept[:-newest]
    return bytes(kept[-newest:] if newest else kept)


def decoded(data: bytes) -> dict[str, Any]:
    """JSON answer. Looking for garbage while a fleet is decoded costs a third of the time and finds none."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        answer: dict[str, Any] = json.loads(data)
    finally:
        if collecting:
            gc.enable()
    return answer
