# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The writes that a pure function asks for, and the comparison that keeps them few."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from .kinds import key
from .names import SIMULATED, Obj
from .store import Store


@dataclass(frozen=True)
class Create:
    obj: Obj


@dataclass(frozen=True)
class Patch:
    """A JSON merge patch; with a resourceVersion in it, the API server refuses it after any other change."""

    kind: str
    namespace: str
    name: str
    body: Obj


@dataclass(frozen=True)
class Status:
    kind: str
    namespace: str
    name: str
    status: Obj


@dataclass(frozen=True)
class Delete:
    kind: str
    namespace: str
    name: str


Action = Create | Patch | Status | Delete


def marked(obj: Obj) -> Obj:
    obj["metadata"].setdefault("annotations", {})[SIMULATED] = "true"
    return obj


def patch_for(live: Any, desired: Any) -> Any:
    """What a merge patch must say so that `live` has all of `desired`; an empty dict when it has. None removes a key."""
    result: Obj = {}
    for name, wanted in desired.items():
        present = live.get(name) if isinstance(live, dict) else None
        if isinstance(wanted, dict):
            nested = patch_for(present if isinstance(present, dict) else {}, wanted)
            # The API server drops an empty map, so that a missing one is as good.
            if nested:
                result[name] = nested
        elif wanted is None:
            if isinstance(live, dict) and name in live:
                result[name] = None
        elif not contains(present, wanted):
            result[name] = wanted
    return result


def contains(live: Any, wanted: Any) -> bool:
    """True when the API server's form, with its defaults, says what was wanted."""
    if isinstance(wanted, dict):
        return isinstance(live, dict) and not patch_for(live, wanted)
    if isinstance(wanted, list):
        return isinstance(live, list) and len(live) == len(wanted) and all(map(contains, live, wanted))
    return bool(live == wanted)


def ensure(store: Store, desired: Obj) -> list[Action]:
    """Create an object or bring it to what is desired of it; nothing where its kind is not served."""
    kind, namespace, name = key(desired)
    if kind not in store.served:
        return []
    marked(desired)
    live = store.get(kind, namespace, name)
    if live is None:
        return [Create(without_none(desired))]
    if live["metadata"].get("deletionTimestamp"):
        return []
    body = patch_for(live, {name: value for name, value in desired.items() if name not in ("apiVersion", "kind", "status")})
    return [Patch(kind, namespace, name, body)] if body else []


def ensure_once(store: Store, desired: Obj) -> list[Action]:
    """Create what is generated once, for example a key, and leave it alone from then on."""
    return [] if store.get(*key(desired)) else ensure(store, desired)


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_none(nested) for name, nested in value.items() if nested is not None}
    if isinstance(value, list):
        return [without_none(nested) for nested in value]
    return value


def update_status(live: Obj, status: Obj) -> list[Action]:
    """Write a status when it differs from the live one, and mark its object as simulated."""
    actions: list[Action] = []
    if live.get("status") != status:
        actions.append(Status(*key(live), copy.deepcopy(status)))
    if live["metadata"].get("annotations", {}).get(SIMULATED) != "true":
        actions.append(Patch(*key(live), {"metadata": {"annotations": {SIMULATED: "true"}}}))
    return actions


def delete(store: Store, kind: str, namespace: str, name: str) -> list[Action]:
    live = store.get(kind, namespace, name)
    if live is None or live["metadata"].get("deletionTimestamp"):
        return []
    return [Delete(kind, namespace, name)]


def set_finalizers(live: Obj, add: str = "", remove: str = "") -> list[Action]:
    """Add or remove one finalizer, guarded: the list may be changed by others at the same time."""
    present = live["metadata"].get("finalizers", [])
    wanted = [name for name in present if name != remove]
    if add and add not in wanted:
        wanted.append(add)
    if wanted == present:
        return []
    metadata = {"finalizers": wanted, "resourceVersion": live["metadata"]["resourceVersion"]}
    return [Patch(*key(live), {"metadata": metadata})]
