# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads for a must-gather: what cannot be read is data, what many archives share is read once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from .._kernel.errors import ApiError, Failure
from .._kernel.kinds import POD, SECRET, checked_namespace
from .._kernel.objects import Object
from .._kernel.ports.hub import Hub, LogWindow
from .objects import Dumped, dumped
from .sources import CLUSTER, GUEST, HOSTED, ObjectSource, is_shared

TOO_SLOW = "answer_too_slow"  # code of a failure whose time was over


@dataclass(frozen=True)
class Read:
    """Either an error, or what was found. objects: only of kinds that something follows from (pods, Secrets)."""

    dumped: Dumped | None = None
    objects: tuple[Object, ...] = ()
    error: ApiError | None = None


@dataclass(frozen=True)
class Log:
    """One log: which, and how it came."""

    namespace: str
    pod: str
    container: str
    previous: bool
    shared: bool = False
    content: bytes = b""
    error: ApiError | None = None


@dataclass
class Once:
    """Makes each thing once, whoever asks first; the others wait for it."""

    _lock: Lock = field(default_factory=Lock)
    _made: dict[Any, Future[Any]] = field(default_factory=dict)

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        with self._lock:
            future = self._made.get(key)
            mine = future is None
            if future is None:
                future = self._made[key] = Future()
        if mine:
            try:
                future.set_result(make())
            except BaseException as error:
                future.set_exception(error)
        return future.result()

    def forget(self, key: Any) -> None:
        """The next one makes it anew."""
        with self._lock:
            self._made.pop(key, None)


class Reader:
    """One management cluster, read for any number of archives at the same time."""

    def __init__(self, hub: Hub, window: LogWindow) -> None:
        self.hub = hub
        self._window = window
        self._once = Once()

    def until(self, moment: float) -> Reader:
        """For one archive, whose time is over then; what all share is shared still."""
        bounded = copy.copy(self)
        bounded.hub = self.hub.until(moment)
        return bounded

    def read(self, source: ObjectSource, namespace: str) -> Read:
        """A list; of the hosted clusters' namespace and of what all share only once."""
        if source.place == HOSTED or is_shared(source.place):
            found: Read = self._shared((source.kind, namespace), lambda: listed(self.hub, source, namespace))
            return found
        return listed(self.hub, source, namespace)

    def log(self, log: Log) -> Log:
        if log.shared:
            found: Log = self._shared((log.namespace, log.pod, log.container, log.previous), lambda: self._log(log))
            return found
        return self._log(log)

    def _shared(self, key: Any, make: Callable[[], Any]) -> Any:
        """That one archive's time was over says nothing to the others."""
        found = self._once.get(key, make)
        if found.error and found.error.failure.code == TOO_SLOW:
            self._once.forget(key)
        return found

    def _log(self, log: Log) -> Log:
        window = LogWindow(log.previous, self._window.tail_lines, self._window.since_seconds, self._window.limit_bytes)
        try:
            content = self.hub.logs(log.namespace, log.pod, log.container, window)
        except ApiError as error:
            return Log(log.namespace, log.pod, log.container, log.previous, log.shared, error=error)
        return Log(log.namespace, log.pod, log.container, log.previous, log.shared, content)


def listed(hub: Hub, source: ObjectSource, namespace: str) -> Read:
    """One LIST. Also asked of a hosted cluster's API."""
    try:
        if source.place not in (CLUSTER, GUEST):
            checked_namespace(namespace)
        found = hub.list(source.kind, namespace or None)
        return Read(dumped(source.kind, found), tuple(found) if source.kind in (POD, SECRET) else ())
    except ApiError as error:
        return Read(error=error)
    except Exception as error:  # the objects are of another shape than anybody would write by accident
        return Read(error=ApiError(unusable(error)))


def unusable(error: Exception) -> Failure:
    """What somebody else wrote and nothing can be made of, in one place of one archive."""
    cause = f"what came is not of the shape that such objects have ({type(error).__name__})"
    return Failure("unusable_content", cause, next_step="Look at the objects there, and at who wrote them.")
