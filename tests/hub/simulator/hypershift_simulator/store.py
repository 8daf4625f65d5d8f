# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the simulator knows of the management cluster: the last seen form of each object."""

from __future__ import annotations

from collections.abc import Iterator

from .kinds import KINDS, key
from .names import Obj

_REMEMBERED = 20_000


class Store:
    def __init__(self, served: frozenset[str] | None = None) -> None:
        self._objects: dict[str, dict[str, dict[str, Obj]]] = {kind: {} for kind in KINDS}
        self.served = frozenset(KINDS) if served is None else served
        # The watch tells of an object's last changes after our own answer told of its end.
        self._ended: dict[str, None] = {}

    def get(self, kind: str, namespace: str, name: str) -> Obj | None:
        return self._objects[kind].get(namespace, {}).get(name)

    def list(self, kind: str, namespace: str | None = None) -> list[Obj]:
        if namespace is not None:
            return list(self._objects[kind].get(namespace, {}).values())
        return [obj for objects in self._objects[kind].values() for obj in objects.values()]

    def put(self, obj: Obj) -> bool:
        """Keep the newer form of an object; False where nothing new was learnt."""
        kind, namespace, name = key(obj)
        if obj["metadata"].get("uid") in self._ended:
            return False
        objects = self._objects[kind].setdefault(namespace, {})
        known = objects.get(name)
        if known is not None and same_uid(known, obj) and _version(obj) <= _version(known):
            return False
        objects[name] = obj
        return True

    def remove(self, kind: str, namespace: str, name: str, uid: str | None = None) -> bool:
        objects = self._objects[kind].get(namespace, {})
        known = objects.get(name)
        if known is None or (uid is not None and known["metadata"].get("uid") != uid):
            return False
        del objects[name]
        if known["metadata"].get("uid"):
            self._ended[known["metadata"]["uid"]] = None
            if len(self._ended) > _REMEMBERED:
                del self._ended[next(iter(self._ended))]
        if not objects:
            del self._objects[kind][namespace]
        return True

    def keys(self, kind: str) -> Iterator[tuple[str, str]]:
        for namespace, objects in list(self._objects[kind].items()):
            for name in list(objects):
                yield namespace, name


def same_uid(first: Obj, second: Obj) -> bool:
    return bool(first["metadata"].get("uid") == second["metadata"].get("uid"))


def _version(obj: Obj) -> int:
    # Comparing versions as numbers is what lets our own answers and the watch agree on which one is newer.
    return int(obj["metadata"].get("resourceVersion", "0") or 0)
