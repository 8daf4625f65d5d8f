# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Hub port in memory: an API server without validation, with resourceVersions, a write log and a clock that tests move."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._kernel.compare import apply_merge_patch
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, ConflictError, Failure
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import POD_LOG, Kind
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.hub import (
    ADDED,
    DELETED,
    MODIFIED,
    SYNCED,
    LogWindow,
    WatchEvent,
    WatchSpec,
)

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
Key = tuple[str, str, str]


class MemoryHub:
    """script: list of (seconds from start, callable(hub)); a watch plays it as its clock moves."""

    server = "https://hub.example.test:6443"

    def __init__(self, *objects: dict[str, Any]) -> None:
        self.objects: dict[Key, dict[str, Any]] = {}
        self.writes: list[tuple[str, str]] = []
        self.reads: list[tuple[str, str]] = []
        self.rehearsed: list[tuple[str, str]] = []
        self.refuses: dict[str, Exception] = {}  # kind -> what the server says of any object of it
        self.watches = 0
        self.seconds = 0.0
        self.script: list[tuple[float, Callable[[MemoryHub], None]]] = []
        self.fail_next: dict[tuple[str, str], list[Exception]] = {}
        self.forbidden: set[tuple[str, str]] = set()
        self.shells: dict[str, Any] = {}  # pod -> Shell, or what raises when it is asked for
        self.logs_of: dict[tuple[str, str, str, bool], bytes | Exception] = {}  # namespace, pod, container, previous
        self._version = 100
        self._events: list[tuple[str, Key, dict[str, Any]]] = []
        for obj in objects:
            self.put(obj)

    def key(self, kind: str, namespace: str | None, name: str) -> Key:
        return (kind, namespace or "", name)

    def put(self, obj: dict[str, Any]) -> dict[str, Any]:
        """Set an object as another party would; not counted as a write of ours."""
        meta = obj["metadata"]
        key = self.key(obj["kind"], meta.get("namespace"), meta["name"])
        stored = deepcopy(obj)
        self._version += 1
        before = self.objects.get(key)
        changed_spec = before is None or before.get("spec") != stored.get("spec")
        generation = (before or {}).get("metadata", {}).get("generation", 0) + (1 if changed_spec else 0)
        stored["metadata"] |= {"resourceVersion": str(self._version), "generation": meta.get("generation") or generation}
        stored["metadata"].setdefault("uid", f"uid-{self._version}")
        self.objects[key] = stored
        self._events.append((MODIFIED if before else ADDED, key, deepcopy(stored)))
        return deepcopy(stored)

    def edit(self, kind: Kind, namespace: str | None, name: str, patch: dict[str, Any]) -> None:
        self.put(apply_merge_patch(self.objects[self.key(kind.kind, namespace, name)], patch))

    def drop(self, kind: Kind, namespace: str | None, name: str) -> None:
        key = self.key(kind.kind, namespace, name)
        self._events.append((DELETED, key, self.objects.pop(key)))

    def rehearsal(self) -> Rehearsal:
        return Rehearsal(self)

    def until(self, moment: float) -> MemoryHub:
        return self

    def get(self, kind: Kind, namespace: str | None, name: str) -> dict[str, Any] | None:
        self._allow("get", kind, namespace)
        self.reads.append(("get", kind.ref(namespace, name)))
        return deepcopy(self.objects.get(self.key(kind.kind, namespace, name)))

    def list(self, kind: Kind, namespace: str | None = None, label_selector: str = "", field_selector: str = "") -> list[dict[str, Any]]:
        self._allow("list", kind, namespace)
        self.reads.append(("list", kind.kind))
        return [deepcopy(o) for k, o in self.objects.items() if self._matches(k, o, kind, namespace, label_selector, field_selector)]

    def create(self, kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
        meta = body["metadata"]
        self._write("create", kind, meta.get("namespace"), meta["name"])
        if self.key(kind.kind, meta.get("namespace"), meta["name"]) in self.objects:
            raise ConflictError(Failure("conflict", "it exists already"), 409, "AlreadyExists")
        return self.put(body)

    def patch(self, kind: Kind, namespace: str | None, name: str, patch: dict[str, Any], resource_version: str = "") -> dict[str, Any]:
        self._write("patch", kind, namespace, name)
        live = self.objects.get(self.key(kind.kind, namespace, name))
        if live is None:
            raise ApiError(Failure("not_found", "it was not found"), 404)
        if resource_version and resource_version != live["metadata"]["resourceVersion"]:
            raise ConflictError(Failure("conflict", "it was changed by somebody else"), 409, "Conflict")
        changed = apply_merge_patch(live, patch)
        # The server counts generations itself: one more for each change of the spec.
        return self.put({**changed, "metadata": {k: v for k, v in changed["metadata"].items() if k != "generation"}})

    def delete(self, kind: Kind, namespace: str | None, name: str, uid: str = "") -> bool:
        self._write("delete", kind, namespace, name)
        live = self.objects.get(self.key(kind.kind, namespace, name))
        if live is None:
            return False
        if live["metadata"].get("finalizers"):
            live["metadata"]["deletionTimestamp"] = self.now().strftime("%Y-%m-%dT%H:%M:%SZ")
            self.put(live)
        else:
            self.drop(kind, namespace, name)
        return True

    def watch(self, specs: Any) -> MemoryWatch:
        self.watches += len(specs)
        return MemoryWatch(self, list(specs))

    def shell(self, namespace: str, pod: str, container: str) -> Any:
        return self.shells.get(pod) or NoShell(f"Pod {namespace}/{pod} (container {container})")

    def logs(self, namespace: str, pod: str, container: str, want: LogWindow) -> bytes:
        self._allow("get", POD_LOG, namespace)
        self.reads.append(("logs", f"{namespace}/{pod}/{container}{' previous' if want.previous else ''}"))
        found = self.logs_of.get((namespace, pod, container, want.previous), b"")
        if isinstance(found, Exception):
            raise found
        lines = found.splitlines(keepends=True)
        text = b"".join(lines[-want.tail_lines :] if want.tail_lines else lines)
        return text[-want.limit_bytes :] if want.limit_bytes else text

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def random_name(self, length: int) -> str:
        return "abcde"[:length]

    def random_bytes(self, length: int) -> bytes:
        return b"\x07" * length

    def _matches(self, key: Key, obj: dict[str, Any], kind: Kind, namespace: str | None, labels: str = "", fields: str = "") -> bool:
        if key[0] != kind.kind or (namespace and key[1] != namespace):
            return False
        if fields and key[2] != fields.removeprefix("metadata.name="):
            return False
        have = obj["metadata"].get("labels") or {}
        return all(have.get(p.partition("=")[0]) == p.partition("=")[2] for p in labels.split(",") if p)

    def _allow(self, verb: str, kind: Kind, namespace: str | None) -> None:
        if (verb, kind.kind) in self.forbidden:
            raise ApiError(Failure("missing_permission", f"the account may not {verb} {kind.resource}"), 403, "Forbidden")

    def _write(self, verb: str, kind: Kind, namespace: str | None, name: str) -> None:
        self._allow(verb, kind, namespace)
        ref = kind.ref(namespace, name)
        self.writes.append((verb, ref))
        pending = self.fail_next.get((verb, ref))
        if pending:
            raise pending.pop(0)


class Rehearsal:
    """Judges what would be written: rights, and what ``refuses`` of the hub says of an object of that kind and name."""

    def __init__(self, hub: MemoryHub) -> None:
        self._hub = hub

    def create(self, kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
        return self._judge("create", kind, body["metadata"].get("namespace"), body["metadata"]["name"], body)

    def patch(self, kind: Kind, namespace: str | None, name: str, patch: dict[str, Any], _version: str = "") -> dict[str, Any]:
        return self._judge("patch", kind, namespace, name, patch)

    def _judge(self, verb: str, kind: Kind, namespace: str | None, name: str, body: dict[str, Any]) -> dict[str, Any]:
        self._hub._allow(verb, kind, namespace)
        self._hub.rehearsed.append((verb, kind.ref(namespace, name)))
        error = self._hub.refuses.get(kind.kind)
        if error:
            raise error
        return body


class NoShell:
    """Of a pod that is not there."""

    def __init__(self, where: str) -> None:
        self.where = where

    def run(self, command: Any, *_rest: Any, **_named: Any) -> Any:
        raise ApiError(Failure("not_found", "it was not found: pods not found", self.where), 404, "NotFound")


class MemoryWatch:
    """Delivers the lists, then the events that the script causes; time moves only here."""

    def __init__(self, hub: MemoryHub, specs: list[WatchSpec]) -> None:
        self._hub = hub
        self._pending = [WatchEvent(SYNCED, s, objects=tuple(self._listed(s))) for s in specs]
        self._specs = specs
        hub._events.clear()

    def __enter__(self) -> MemoryWatch:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def next(self, timeout: float) -> WatchEvent | None:
        if self._pending:
            return self._pending.pop(0)
        deadline = self._hub.seconds + timeout
        while self._hub.script and self._hub.script[0][0] <= deadline:
            at, action = self._hub.script.pop(0)
            self._hub.seconds = max(self._hub.seconds, at)
            action(self._hub)
            self._collect()
            if self._pending:
                return self._pending.pop(0)
        self._hub.seconds = deadline
        return None

    def _listed(self, spec: WatchSpec) -> list[dict[str, Any]]:
        fields = f"metadata.name={spec.name}" if spec.name else ""
        return [
            deepcopy(o)
            for k, o in self._hub.objects.items()
            if self._hub._matches(k, o, spec.kind, spec.namespace, spec.label_selector, fields)
        ]

    def _collect(self) -> None:
        for change, key, obj in self._hub._events:
            for spec in self._specs:
                fields = f"metadata.name={spec.name}" if spec.name else ""
                if self._hub._matches(key, obj, spec.kind, spec.namespace, spec.label_selector, fields):
                    self._pending.append(WatchEvent(change, spec, object=obj))
        self._hub._events.clear()
