# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ask an API server for its verdict."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from embedded_hub import EmbeddedHub, crds
from embedded_hub.rest import Rest

from .cases import Case, Obj

_DRY = "dryRun=All&fieldValidation=Strict"
_THREADS = 6


def sets() -> list[str]:
    """The sets of definitions that are at hand."""
    return ["own", *(["real"] if crds.real_crds_dir().is_dir() else [])]


@dataclass(frozen=True)
class Cause:
    field: str
    message: str


@dataclass(frozen=True)
class Verdict:
    """The answer: the object as it would be stored, or why it is not."""

    accepted: bool
    object: Obj = field(default_factory=dict)
    message: str = ""
    causes: tuple[Cause, ...] = ()

    def at(self, path: str) -> list[str]:
        """The messages for a field; an unknown field has no cause, only a message that names it."""
        found = [cause.message for cause in self.causes if cause.field == path]
        return found or ([self.message] if f'unknown field "{path}"' in self.message else [])


class Server:
    """As the hub's own user."""

    def __init__(self, hub: EmbeddedHub, namespace: str) -> None:
        pki = hub.paths.pki
        self._rest = Rest(hub.server, pki / "ca.crt", pki / "hub.crt", pki / "hub.key", timeout=60)
        self.namespace = namespace
        self._plurals: dict[tuple[str, str], tuple[str, bool]] = {}

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Obj]:
        status, _kind, content = self._rest.exchange(method, path, body)
        answer: Obj = json.loads(content)
        return status, answer

    def collection(self, obj: Obj) -> str:
        plural, namespaced = self._resource(obj["apiVersion"], obj["kind"])
        scope = f"/namespaces/{self.namespace}" if namespaced else ""
        return f"/apis/{obj['apiVersion']}{scope}/{plural}"

    def _resource(self, version: str, kind: str) -> tuple[str, bool]:
        if (version, kind) not in self._plurals:
            for found in self.send("GET", f"/apis/{version}")[1]["resources"]:
                if "/" not in found["name"]:
                    self._plurals[version, found["kind"]] = (found["name"], found["namespaced"])
        return self._plurals[version, kind]

    def create(self, obj: Obj) -> Verdict:
        return _verdict(*self.send("POST", f"{self.collection(obj)}?{_DRY}", obj))

    def judge(self, case: Case) -> Verdict:
        if case.before is None:
            return self.create(case.object)
        path = self.collection(case.before)
        name = case.name.replace("/", "-").replace("_", "-")
        stored = self._store(case, path, name)
        changed = _named(case.object, name, stored["metadata"]["resourceVersion"])
        subresource = f"/{case.subresource}" if case.subresource else ""
        try:
            return _verdict(*self.send("PUT", f"{path}/{name}{subresource}?{_DRY}", changed))
        finally:
            self.send("DELETE", f"{path}/{name}")

    def _store(self, case: Case, path: str, name: str) -> Obj:
        """The object before the change, with its status, which takes a second request."""
        before = case.before or {}
        status, stored = self.send("POST", f"{path}?fieldValidation=Strict", _named(before, name))
        if status == 201 and "status" in before:
            changed = {**stored, "status": before["status"]}
            status, stored = self.send("PUT", f"{path}/{name}/status?fieldValidation=Strict", changed)
        if status not in (200, 201):
            raise ValueError(f"{case.name}: the object before the change is refused: {stored['message']}")
        return stored

    def judge_all(self, cases: Iterable[Case]) -> dict[str, Verdict]:
        wanted = list(cases)
        with ThreadPoolExecutor(max_workers=_THREADS) as pool:
            return dict(zip((case.name for case in wanted), pool.map(self.judge, wanted), strict=True))

    def create_all(self, objects: list[Obj]) -> list[Verdict]:
        with ThreadPoolExecutor(max_workers=_THREADS) as pool:
            return list(pool.map(self.create, objects))

    def update_status_all(self, obj: Obj, statuses: list[Obj]) -> list[Verdict]:
        """The verdicts on each status for one object, which is made for that and removed again."""
        path = f"{self.collection(obj)}/{obj['metadata']['name']}"
        _status, stored = self.send("POST", self.collection(obj), obj)
        try:
            with ThreadPoolExecutor(max_workers=_THREADS) as pool:
                return list(pool.map(lambda status: _verdict(*self.send("PUT", f"{path}/status?{_DRY}", {**stored, **status})), statuses))
        finally:
            self.send("DELETE", path)


def _named(obj: Obj, name: str, version: str = "") -> Obj:
    metadata = {**obj["metadata"], "name": name}
    return {**obj, "metadata": metadata | ({"resourceVersion": version} if version else {})}


def _verdict(status: int, answer: Obj) -> Verdict:
    if status < 300:
        return Verdict(True, answer)
    if status not in (400, 422):
        raise ValueError(f"Not a verdict on the object but {status}: {answer.get('message')}")
    causes = (answer.get("details") or {}).get("causes") or []
    found = tuple(Cause(cause.get("field", ""), cause.get("message", "")) for cause in causes)
    return Verdict(False, message=answer["message"], causes=found)
