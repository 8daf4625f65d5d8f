# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The port to a management cluster: what operations need, and no more.

``_kube`` implements it against a real API server, ``tests/unit/builders`` in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Protocol

from ..kinds import Kind
from ..objects import Object
from .shell import Shell

SYNCED, ADDED, MODIFIED, DELETED, TROUBLE = "SYNCED", "ADDED", "MODIFIED", "DELETED", "TROUBLE"


@dataclass(frozen=True)
class WatchSpec:
    """One list-and-watch. namespace None means all; name narrows to one object."""

    kind: Kind
    namespace: str | None = None
    name: str = ""
    label_selector: str = ""


@dataclass(frozen=True)
class WatchEvent:
    """type SYNCED carries the whole list in ``objects`` (at start and after each loss of the watch); TROUBLE a sentence
    in ``text``."""

    type: str
    spec: WatchSpec
    object: Object = field(default_factory=dict)
    objects: tuple[Object, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class LogWindow:
    """Which part of a log: of the container's previous run, at most so many last lines, seconds back and last bytes. 0:
    no such bound."""

    previous: bool = False
    tail_lines: int = 0
    since_seconds: int = 0
    limit_bytes: int = 0


class Watch(Protocol):
    def __enter__(self) -> Watch:
        """Start watching."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching, whatever is still open."""

    def next(self, timeout: float) -> WatchEvent | None:
        """Next event, None after ``timeout`` seconds without one. Raises ApiError when watching on is pointless (401,
        403)."""


class Hub(Protocol):
    """A management cluster. Every method raises ApiError; writes raise ConflictError when planning again is the
    answer."""

    @property
    def server(self) -> str:
        """URL of the API server, for messages."""

    def until(self, moment: float) -> Hub:
        """The same cluster; whatever is read through this one ends at ``moment`` (monotonic), with an ApiError when it
        is not done."""

    def rehearsal(self) -> Hub:
        """The same cluster; what is created or patched through this one is judged by the server and not stored."""

    def get(self, kind: Kind, namespace: str | None, name: str) -> Object | None:
        """The object, None when it does not exist."""

    def list(
        self, kind: Kind, namespace: str | None = None, label_selector: str = "", field_selector: str = ""
    ) -> list[Object]:
        """All objects, paged; empty when the kind is not served, but for an essential one: that raises ApiError
        (not_installed)."""

    def create(self, kind: Kind, body: Object) -> Object:
        """The object as the server stored it."""

    def patch(self, kind: Kind, namespace: str | None, name: str, patch: Object, resource_version: str = "") -> Object:
        """JSON merge patch; with resource_version it fails with ConflictError when the object has changed since."""

    def delete(self, kind: Kind, namespace: str | None, name: str, uid: str = "") -> bool:
        """Ask for deletion; False when the object is gone already. uid guards against deleting a namesake."""

    def watch(self, specs: Sequence[WatchSpec]) -> Watch:
        """One list-and-watch per spec, for use as a context manager."""

    def shell(self, namespace: str, pod: str, container: str) -> Shell:
        """Where commands run in that container; nothing is sent until one does."""

    def logs(self, namespace: str, pod: str, container: str, want: LogWindow) -> bytes:
        """The newest part of a container's log, as it was written."""

    def now(self) -> datetime:
        """Wall clock with zone."""

    def monotonic(self) -> float:
        """Seconds that only grow."""

    def sleep(self, seconds: float) -> None:
        """Return when so much time has passed."""

    def random_name(self, length: int) -> str:
        """Lower-case letters and digits for names."""

    def random_bytes(self, length: int) -> bytes:
        """Fit for keys."""


OpenHub = Callable[[bytes], Hub]  # the cluster that a kubeconfig leads to: KubeHub.from_kubeconfig
