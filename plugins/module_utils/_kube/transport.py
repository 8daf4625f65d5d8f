# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Requests with bounded retries.

Reads are repeated on refused or broken connections, 429 and 5xx. A write is repeated only when it surely did not happen
(429, connection refused); when that is unknown it becomes a ConflictError, and planning again finds out.
"""

from __future__ import annotations

import copy
import gc
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .._kernel.errors import ApiError, ConflictError, Failure
from .._kernel.kinds import Kind
from .answers import MANAGEMENT, Limits, Unusable, blocks_of, decoded, tail_of, too_slow, whole_of
from .connection import Connection, urllib3
from .failures import HttpRequest, http_error, transport_error, unexpected_answer, verb_of
from .overdue import Overdue

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
RETRY_BUDGET_SECONDS = 45.0
UNREACHABLE_BUDGET_SECONDS = 12.0
LONGEST_PAUSE_SECONDS = 30.0  # whatever a server asks for
_PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
MERGE_PATCH = "application/merge-patch+json"


@dataclass(frozen=True)
class HttpAnswer:
    """What came of one exchange, within the limits."""

    status: int
    data: bytes | bytearray
    retry_after: float


class Transport:
    """One API server. sleep and monotonic are injected by tests; limits: of what its answers may be."""

    def __init__(
        self,
        connection: Connection,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        limits: Limits = MANAGEMENT,
    ) -> None:
        self.connection, self.limits = connection, limits
        self._sleep = sleep
        self.monotonic = monotonic
        self._deadline: float | None = None
        self._sent = [0]
        self._unsure = 0

    @property
    def server(self) -> str:
        return self.connection.server

    @property
    def requests(self) -> int:
        """HTTP requests sent so far, by all that share the connection."""
        return self._sent[0]

    def until(self, moment: float) -> Transport:
        """The same server; nothing that is asked through this one goes on after ``moment`` (monotonic)."""
        bounded = copy.copy(self)
        bounded._deadline = moment if self._deadline is None else min(moment, self._deadline)
        return bounded

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
        return self.sized(method, kind, path, namespace, name, query, body)[0]

    def sized(
        self,
        method: str,
        kind: Kind,
        path: str,
        namespace: str | None,
        name: str = "",
        query: Any = None,
        body: Any = None,
    ) -> tuple[dict[str, Any], int]:
        """As call(), with the bytes of the answer."""
        request = HttpRequest(verb_of(method, name), kind, self.server, namespace, name)
        answer: tuple[dict[str, Any], int] = self._repeated(lambda: self.attempt(method, request, path, query, body))
        return answer

    def text(self, kind: Kind, path: str, namespace: str, name: str, query: dict[str, Any], newest: int = 0) -> bytes:
        """Answer of a read that is no JSON, for example a log; of a long one only the last ``newest`` bytes, 0 for all.
        Raises ApiError."""
        request = HttpRequest("get", kind, self.server, namespace, name)
        found: bytes = self._repeated(lambda: self._attempt_text(request, path, query, newest))
        return found

    def _repeated(self, once: Callable[[], tuple[Any, bool]]) -> Any:
        """once: (answer, True), or (error, whether repeating is safe)."""
        started, attempt = self.monotonic(), 0
        while True:
            error, safe = once()
            if not isinstance(error, ApiError):
                return error
            pause = max(_PAUSES[min(attempt, len(_PAUSES) - 1)], min(error.retry_after, LONGEST_PAUSE_SECONDS))
            budget = UNREACHABLE_BUDGET_SECONDS if error.status == 0 else RETRY_BUDGET_SECONDS
            moment = self.monotonic() + pause
            if not safe or moment - started > budget or (self._deadline is not None and moment >= self._deadline):
                raise error
            self._sleep(pause)
            attempt += 1

    def _attempt_text(self, request: HttpRequest, path: str, query: dict[str, Any], newest: int) -> tuple[Any, bool]:
        try:
            answer = self._exchange(request, "GET", path, query, newest=newest)
        except Unusable as error:
            return error, False
        except urllib3.exceptions.HTTPError as problem:
            return transport_error(problem, request.verb, request.kind, self.server), True
        if answer.status < 300:
            return answer.data, True
        if answer.status < 400:
            return unexpected_answer(answer.status, request), False
        # 500, 502 and 504 come of a node that does not answer: asking it again and again would hold up everything else.
        return http_error(answer.status, answer.data, request, answer.retry_after), answer.status in (429, 503)

    def attempt(
        self, method: str, request: HttpRequest, path: str, query: Any = None, body: Any = None
    ) -> tuple[Any, bool]:
        """((answer, its bytes), True), or (error, whether repeating is safe)."""
        reading = method == "GET"
        try:
            answer = self._exchange(request, method, path, query, body)
            if answer.status < 300:
                return (decoded(answer.data, request, self.limits, _loads), len(answer.data)), True
        except ApiError as unusable:
            return (unusable if reading or unusable.status == 0 else self._unknown_outcome(unusable, request)), False
        except urllib3.exceptions.HTTPError as problem:
            error = transport_error(problem, request.verb, request.kind, self.server)
            if error.failure.code == "untrusted_certificate":
                return error, False
            never_sent = isinstance(
                problem, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
            )
            if reading or never_sent:
                return error, True
            return self._unknown_outcome(error, request), False
        if answer.status < 400:
            error = unexpected_answer(answer.status, request)
            return (error if reading else self._unknown_outcome(error, request)), False
        error = http_error(answer.status, answer.data, request, answer.retry_after, body)
        if answer.status == 429 or (answer.status >= 500 and reading):
            return error, True
        if answer.status >= 500:
            return self._unknown_outcome(error, request), False
        return error, False

    def _exchange(
        self,
        request: HttpRequest,
        method: str,
        path: str,
        query: Any = None,
        body: Any = None,
        newest: int | None = None,
    ) -> HttpAnswer:
        """One exchange within the limits, read to its end. newest: see text(). Raises Unusable and urllib3's errors."""
        seconds = self.limits.seconds
        if self._deadline is not None:
            seconds = min(seconds, self._deadline - self.monotonic())
        if seconds <= 0:
            raise too_slow(request, 0.0, asked=False)
        with Overdue(seconds) as exchange:
            response: Any = None
            try:
                response = self.send(method, path, query, body, min(READ_SECONDS, seconds))
                if response.status >= 400:
                    data: bytes | bytearray = whole_of(response, request, self.limits.error, cut=True)
                elif newest is None:
                    data = whole_of(response, request, self.limits.answer)
                else:
                    data = tail_of(blocks_of(response, request), newest, request, self.limits.answer)
            except urllib3.exceptions.HTTPError:
                if exchange.over or self._is_over():
                    raise too_slow(request, seconds) from None
                raise
            finally:
                if response is not None:
                    # of a connection whose answer was read to its end, this leaves the connection alone
                    response.close()
            if exchange.over:
                raise too_slow(request, seconds)
        return HttpAnswer(response.status, data, retry_after(response))

    def _is_over(self) -> bool:
        return self._deadline is not None and self.monotonic() >= self._deadline

    def send(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        body: Any = None,
        read_timeout: float = READ_SECONDS,
    ) -> Any:
        """One HTTP exchange without retries and limits, its body unread; raises urllib3's errors."""
        url = f"{self.server}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = urllib3.HTTPHeaderDict(self.connection.headers)
        payload = None
        if body is not None:
            payload = json.dumps(body).encode()
            headers["Content-Type"] = MERGE_PATCH if method == "PATCH" else "application/json"
        self._sent[0] += 1
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=read_timeout)
        return self.connection.pool.request(
            method,
            url,
            body=payload,
            headers=headers,
            timeout=timeout,
            preload_content=False,
            retries=False,
            redirect=False,
        )

    def _unknown_outcome(self, error: ApiError, request: HttpRequest) -> ConflictError:
        """Planning again follows at once: the pause gives a server in trouble time to recover."""
        self._sleep(_PAUSES[min(self._unsure, len(_PAUSES) - 1)])
        self._unsure += 1
        failure = Failure(
            "unknown_outcome",
            f"{error.failure.cause}; whether the write happened is unknown",
            request.kind.ref(request.namespace, request.name),
            next_step="Run again: what is done already is left alone.",
        )
        return ConflictError(failure, error.status, error.reason, error.retry_after)


def retry_after(response: Any) -> float:
    """Seconds that the server asks to wait, 0 when it does not say."""
    value = str(response.headers.get("Retry-After") or "")
    return float(value) if re.fullmatch(r"[0-9]{1,12}", value) else 0.0


def _loads(data: bytes | bytearray) -> Any:
    """JSON. Looking for garbage while a fleet is decoded costs a third of the time and finds none."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return json.loads(data)
    finally:
        if collecting:
            gc.enable()
