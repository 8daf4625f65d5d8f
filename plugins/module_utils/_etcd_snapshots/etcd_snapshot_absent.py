# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which sets of a cluster go, and removing them. Operation of module etcd_snapshot, state absent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from .._kernel.changes import ChangeSet
from .._kernel.errors import Failure, HypershiftError, OptionError
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._kernel.quantities import parse_duration
from . import catalog
from .retention import Retention, to_delete
from .store import CatalogEntry, SnapshotStore


def fresh_enough(entries: Iterable[CatalogEntry], max_age: str | None, now: datetime) -> CatalogEntry | None:
    """The newest good set, when it is not older than ``max_age``; None: take one."""
    if not max_age:
        return None
    limit = parse_duration(max_age)
    if limit is None:
        raise OptionError(
            Failure("invalid_option", f"max_age {max_age} is no duration", next_step="Write it like 24h, 90m or 1h30m.")
        )
    good = [e for e in entries if e.good and e.manifest]
    newest = max(good, key=lambda e: e.manifest.taken_at, default=None)  # type: ignore[union-attr]
    if newest is None or newest.manifest is None or (now - newest.manifest.taken_at).total_seconds() > limit:
        return None
    return newest


def announced(entries: Iterable[CatalogEntry], options: dict[str, Any] | None, now: datetime) -> list[dict[str, Any]]:
    """Plan entries of what retention removes as things stand; a set that is still to be taken may push out one more."""
    return [_entry(e, "retention") for e in to_delete(entries, _policy(options), now)]


def prune(
    store: SnapshotStore,
    cluster: tuple[str, str],
    options: dict[str, Any] | None,
    now: datetime,
    done: list[dict[str, Any]],
) -> None:
    """Remove what retention does not keep; each removal is appended to ``done``. A locked set stays until its lock
    ends."""
    policy = _policy(options)
    for entry in to_delete(store.sets(*cluster), policy, now) if not policy.empty else []:
        try:
            store.delete(entry)
        except HypershiftError as error:
            if error.failure.code != "locked_by_retention":
                raise
            continue
        done.append(_entry(entry, "retention"))


class RemoveSnapshot:
    """One set by its id."""

    def __init__(self, hub: Hub, options: dict[str, Any], store: SnapshotStore) -> None:
        self._hub, self._options, self._store = hub, options, store

    def plan(self) -> Plan:
        self._store.check(for_writing=True)
        options, now = self._options, self._hub.now()
        found = [e for e in self._store.sets(options["namespace"], options["name"]) if e.id == options["snapshot"]]
        plan = Plan(ChangeSet(), extra={"store": self._store.where})
        for entry in found:
            row = catalog.rows([entry], now)[0]
            if row["locked_until"]:
                step = "Wait until then, or have the lock lifted by whoever may."
                plan.changes.refuse(
                    "locked_by_retention", f"it is locked until {row['locked_until']}", step, f"Snapshot {entry.id}"
                )
            plan.extra["snapshot"] = row
            plan.foreseen.append(_entry(entry, "it was asked for"))
        if found:
            plan.act = lambda done, _progress: self._act(found, done)
        return plan

    def _act(self, found: list[CatalogEntry], done: list[dict[str, Any]]) -> None:
        for entry in found:
            self._store.delete(entry)
            done.append(_entry(entry, "it was asked for"))


def _policy(options: dict[str, Any] | None) -> Retention:
    return Retention(**{k: v for k, v in (options or {}).items() if v is not None})


def _entry(entry: CatalogEntry, why: str) -> dict[str, Any]:
    return {
        "verb": "delete",
        "object": f"Snapshot {entry.namespace}/{entry.name}/{entry.id}",
        "why": why,
        "disruptive": False,
    }
