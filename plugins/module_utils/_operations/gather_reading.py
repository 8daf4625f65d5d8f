# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads for a must-gather: what cannot be read is data, what many archives share is read once. Private to hypershift.core."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import ApiError
from ansible_collections.hypershift.core.plugins.module_utils._domain.gather_objects import Dumped, dumped
from ansible_collections.hypershift.core.plugins.module_utils._domain.gather_sources import HOSTED, Source, is_shared
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub, LogWindow
from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import POD, SECRET

Object = dict[str, Any]


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


class Reader:
    """One management cluster, read for any number of archives at the same time."""

    def __init__(self, hub: Hub, window: LogWindow) -> None:
        self.hub = hub
        self._window = window
        self._once = Once()

    def read(self, source: Source, namespace: str) -> Read:
        """A list; of the hosted clusters' namespace and of what all share only once."""
        if source.place == HOSTED or is_shared(source.place):
            found: Read = self._once.get((source.kind, namespace), lambda: listed(self.hub, source, namespace))
            return found
        return listed(self.hub, source, namespace)

    def log(self, log: Log) -> Log:
        if log.shared:
            found: Log = self._once.get((log.namespace, log.pod, log.container, log.previous), lambda: self._log(log))
            return found
        return self._log(log)

    def _log(self, log: Log) -> Log:
        window = LogWindow(log.previous, self._window.tail_lines, self._window.since_seconds, self._window.limit_bytes)
        try:
            content = self.hub.logs(log.namespace, log.pod, log.container, window)
        except ApiError as error:
            return Log(log.namespace, log.pod, log.container, log.previous, log.shared, error=error)
        return Log(log.namespace, log.pod, log.container, log.previous, log.shared, content)


def listed(hub: Hub, source: Source, namespace: str) -> Read:
    """One LIST. Also asked of a hosted cluster's API."""
    try:
        found = hub.list(source.kind, namespace or None)
    except ApiError as error:
        return Read(error=error)
    return Read(dumped(source.kind, found), tuple(found) if source.kind in (POD, SECRET) else ())
