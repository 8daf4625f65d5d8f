# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gathers one archive, the most important first, until it is done or a limit is reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

from .._clusters.guest_api import open_hosted
from .._kernel.errors import ApiError, Failure, HypershiftError
from .._kernel.kinds import HOSTED_CLUSTER, NODE_POOL, POD, POD_LOG, SECRET, Kind, checked_namespace
from .._kernel.objects import Object
from .._kernel.ports.hub import Hub, OpenHub
from . import sources
from .index import Index, IndexEntry
from .objects import MAX_LINE, Dumped, bounded_lines, dumped, logs_of
from .reading import TOO_SLOW, Log, Read, Reader, listed, unusable
from .redaction import MAX_WORDS, Redactor
from .sources import GUEST_SOURCES, IMPORTANCE, ObjectSource
from .target import ArchiveLimits, ArchiveTarget, Draft

Unit = TypeVar("Unit")
Got = TypeVar("Got")
INDEX, SUMMARY = "index.json", "summary.txt"
_TOO_LARGE, _TOO_LONG = "the archive would be larger than max_size", "max_time was over"


class Gathering:
    """One archive."""

    def __init__(
        self, reader: Reader, draft: Draft, target: ArchiveTarget, limits: ArchiveLimits, open_hub: OpenHub
    ) -> None:
        self._draft, self._target, self._limits, self._open_hub = draft, target, limits, open_hub
        self._places = sources.places_of(target.cluster)
        self._deadline = reader.hub.monotonic() + limits.max_time
        self._reader = reader.until(self._deadline)
        self._redactor = Redactor(frozenset(_public(target, self._places)))
        self._pods: list[tuple[str, Object]] = []
        self._names: list[tuple[ObjectSource, Read]] = []
        self._sizes: dict[str, int] = {}
        self.index = Index(server=reader.hub.server, started=reader.hub.now().strftime("%Y-%m-%dT%H:%M:%SZ"))

    def run(self) -> int:
        """Bytes of the archive. Raises HypershiftError only for what concerns the archive itself."""
        with ThreadPoolExecutor(max_workers=max(2, self._limits.workers), thread_name_prefix="gather") as pool:
            self._pool = pool
            asked = self._limits.hosted and self._target.cluster is not None
            guest = pool.submit(self._guest) if asked else None
            self._learn_secrets()
            self._add_target()
            wanted = sources.sources_for(self._target.cluster)
            early = [s for s in wanted if s.importance < IMPORTANCE["rest"]]
            late = [s for s in wanted if s.importance >= IMPORTANCE["rest"]]
            self._lists(early)
            self._guest_lists(guest, IMPORTANCE["surroundings"])
            self._logs()
            for source, read in self._names:
                self._take_list(source, read)
            self._lists(late)
            self._guest_lists(guest, IMPORTANCE["rest"])
        return self._finish()

    def _each(
        self,
        units: Iterable[Unit],
        name: Callable[[Unit], str],
        fetch: Callable[[Unit], Got],
        take: Callable[[Unit, Got], None],
    ) -> None:
        """Fetch some at the same time, take them in their order, and stop at the limits."""
        for batch in _batches(list(units), 2 * self._limits.workers):
            why = self._reached()
            if why:
                for unit in batch:
                    self.index.leave_out(name(unit), why)
                continue
            for unit, (got, error) in zip(
                batch, self._pool.map(lambda unit: _kept_apart(fetch, unit), batch), strict=True
            ):
                try:
                    if error:
                        raise error
                    take(unit, got)
                except HypershiftError:  # of the archive itself: what cannot be read is no exception here
                    raise
                except Exception as problem:  # a defect of what one source holds belongs there
                    self.index.fail(name(unit), unusable(problem))

    def _reached(self) -> str:
        if self._draft.size > self._limits.max_size:
            return _TOO_LARGE
        return _TOO_LONG if self._reader.hub.monotonic() >= self._deadline else ""

    def _learn_secrets(self) -> None:
        """Before anything is written; names and types of Secrets follow at the end."""
        self.index.secrets = {"secrets_read": self._limits.secrets, "secret_values": 0}
        if not self._limits.secrets:
            return
        rows = [
            ObjectSource(place, SECRET, IMPORTANCE["rest"]) for place in sources.SECRETS_OF if place in self._places
        ]
        for source in rows:
            read = self._reader.read(source, self._places[source.place])
            self._redactor.learn(read.objects)
            self._names.append((source, read))
            if read.error:
                self.index.secrets["secrets_read"] = False
        self.index.secrets["secret_values"] = self._redactor.values
        for name in self._redactor.surplus:
            cause = (
                f"it holds a value of more than {MAX_WORDS} words that could be secret; only so many of them are masked"
            )
            self.index.fail(
                f"secrets {name}",
                Failure("too_many_words", cause, next_step="Look at who wrote it, and do not give the archive away."),
            )

    def _add_target(self) -> None:
        cluster, summary = self._target.cluster, self._target.summary or {}
        if cluster is None:
            return
        known = (
            "namespace",
            "name",
            "control_plane_namespace",
            "platform",
            "version",
            "desired_version",
            "infra_id",
            "cluster_id",
        )
        self.index.cluster = {key: summary.get(key, "") for key in known}
        self.index.health = dict(summary.get("health") or {})
        for kind, objects in ((HOSTED_CLUSTER, [cluster]), (NODE_POOL, list(self._target.pools))):
            source = ObjectSource(sources.HOSTED, kind, IMPORTANCE["objects"])
            self._take_list(source, Read(dumped(kind, objects)))

    def _lists(self, wanted: Sequence[ObjectSource]) -> None:
        self._each(wanted, self._name, lambda s: self._reader.read(s, self._places.get(s.place, "")), self._take_list)

    def _take_list(self, source: ObjectSource, read: Read) -> None:
        path = sources.path_of(source, self._places.get(source.place, ""))
        if source.kind == POD and source.place in sources.LOGS_OF:
            self._pods += [(source.place, pod) for pod in read.objects]
        if read.error:
            self.index.fail(self._name(source), read.error.failure, read.error.status)
        elif read.dumped is None or not read.dumped.objects:
            self.index.empty.append(path)
        else:
            self._keep(path, read.dumped.content, source.importance, read.dumped)

    def _name(self, source: ObjectSource) -> str:
        place = self._places.get(source.place) or ("hosted cluster" if source.place == sources.GUEST else "cluster")
        return f"{source.kind.resource} ({place})"

    def _logs(self) -> None:
        found = []
        for place, pod in self._pods:
            try:
                namespace, name = (
                    checked_namespace(str(pod["metadata"]["namespace"])),
                    POD.checked(str(pod["metadata"]["name"])),
                )
                if name.startswith(sources.LOGS_OF[place]):
                    logs = [(POD.checked(container), previous) for container, previous in logs_of(pod)]
                    found += [
                        Log(namespace, name, container, previous, sources.is_shared(place))
                        for container, previous in logs
                    ]
            except ApiError as error:  # names lead to files
                self.index.fail(f"{POD_LOG.resource} ({self._places[place]})", error.failure, error.status)
            except Exception as error:
                self.index.fail(f"{POD_LOG.resource} ({self._places[place]})", unusable(error))
        found.sort(key=lambda log: (not log.previous, log.shared, log.namespace, log.pod, log.container))
        self._each(found, _log_name, self._reader.log, self._take_log)

    def _take_log(self, _asked: Log, log: Log) -> None:
        path = sources.log_path(log.namespace, log.pod, log.container, log.previous)
        if log.error:
            self.index.fail(_log_name(log), log.error.failure, log.error.status)
        elif log.content:
            self._keep(path, log.content, IMPORTANCE["previous_logs" if log.previous else "logs"])
        else:
            self.index.empty.append(path)

    def _guest(self) -> tuple[Hub, Read] | None:
        """The hosted cluster's API with the answer to the first question; None when it cannot be asked."""
        self.index.hosted = {"asked": True, "reached": False, "reason": ""}
        try:
            hub = open_hosted(self._reader.hub, self._target.cluster or {}, self._open_hub).until(self._deadline)
            read = listed(hub, GUEST_SOURCES[0], "")
            if read.error and (read.error.status in (0, 401) or read.error.failure.code == TOO_SLOW):
                raise read.error
        except HypershiftError as error:
            self.index.hosted["reason"] = error.failure.cause
            return None
        except Exception as error:
            self.index.hosted["reason"] = unusable(error).cause
            return None
        self.index.hosted["reached"] = True
        return hub, read

    def _guest_lists(self, guest: Future[tuple[Hub, Read] | None] | None, importance: int) -> None:
        opened = guest.result() if guest else None
        if opened is None:
            return
        hub, first = opened
        wanted = [
            s for s in GUEST_SOURCES if (s.importance >= IMPORTANCE["rest"]) == (importance >= IMPORTANCE["rest"])
        ]
        one_by_one = Lock()  # somebody else's answers: their memory does not add up

        def fetch(source: ObjectSource) -> Read:
            with one_by_one:
                return first if source is GUEST_SOURCES[0] else listed(hub, source, "")

        self._each(wanted, self._name, fetch, self._take_list)

    def _keep(self, path: str, content: bytes, importance: int, made: Dumped | None = None) -> None:
        masked = self._redactor.mask(content, lambda: self._reader.hub.monotonic() >= self._deadline)
        if masked is None:
            self.index.leave_out(path, _TOO_LONG)
            return
        content, counts = masked
        self.index.count_masked(counts)
        if made is None:
            content, cut = bounded_lines(content)
            if cut:
                self.index.leave_out(path, f"the ends of lines of more than {MAX_LINE} bytes")
        self._sizes[path] = self._draft.add(path, content)
        objects, trimmed = (made.objects, made.trimmed) if made else (None, 0)
        self.index.entries.append(IndexEntry(path, len(content), importance, objects, trimmed, sum(counts.values())))

    def _finish(self) -> int:
        """Leave out the least important files until the archive is small enough, then put index and summary in front of
        the others."""
        index = self.index
        index.entries.sort(key=lambda e: (e.importance, e.path))
        while index.entries:
            size = sum(self._draft.size_of(path, content) for path, content in self._front())
            over = size + sum(self._sizes[e.path] for e in index.entries) + _END - self._limits.max_size
            if over <= 0:
                break
            while over > 0 and index.entries:
                entry = index.entries.pop()
                over -= self._sizes[entry.path]
                index.leave_out(entry.path, _TOO_LARGE)
        for path, content in self._front():
            self._draft.add(path, content)
        return self._draft.finish([INDEX, SUMMARY, *(e.path for e in index.entries)])

    def _front(self) -> list[tuple[str, bytes]]:
        """Index and summary repeat what conditions and refusals say: they go through the same door as the files."""
        return [
            (path, self._redactor.shown(content))
            for path, content in ((INDEX, self.index.as_json()), (SUMMARY, self.index.summary()))
        ]

    def shown(self, row: Object) -> Object:
        """What the task's result says about the archive, through the same door."""
        result: Object = self._redactor.masked(row)
        return result


_END = 64  # bytes of the end mark, compressed


def _kept_apart(fetch: Callable[[Unit], Got], unit: Unit) -> tuple[Any, Exception | None]:
    """What was fetched, or what went wrong."""
    try:
        return fetch(unit), None
    except Exception as error:
        return None, error


def _batches(units: Sequence[Unit], size: int) -> Iterator[Sequence[Unit]]:
    for start in range(0, len(units), size):
        yield units[start : start + size]


def _log_name(log: Log) -> str:
    kind: Kind = POD_LOG
    return (
        f"{kind.resource} {log.namespace}/{log.pod} (container {log.container}{', previous' if log.previous else ''})"
    )


def _public(target: ArchiveTarget, places: dict[str, str]) -> Iterator[str]:
    """Words that may stand in a Secret too, and are needed to understand a dump."""
    yield from places.values()
    summary = target.summary or {}
    yield from (
        str(summary.get(key) or "")
        for key in ("name", "namespace", "infra_id", "cluster_id", "desired_image", "api_endpoint")
    )
    yield str(((target.cluster or {}).get("spec") or {}).get("dns", {}).get("baseDomain") or "")
