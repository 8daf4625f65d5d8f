# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module etcd_snapshot_info: the catalogue of a store, and the age of what is in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from .._kernel.errors import Failure, OptionError
from .._kernel.operation import Plan
from .._kernel.quantities import parse_duration
from . import catalog
from .manifest_fields import is_label
from .store import CatalogEntry, SnapshotStore


class SnapshotInformation:
    """Reads a store and nothing else; no management cluster is asked. now: wall clock with zone."""

    def __init__(self, store: SnapshotStore, options: dict[str, Any], now: Callable[[], datetime]) -> None:
        self._store = store
        self._options = options
        self._now = now

    def plan(self) -> Plan:
        namespace, name = self._filter("namespace"), self._filter("name")
        max_age = self._max_age()
        if name and not namespace:
            raise OptionError(
                Failure(
                    "invalid_option", "name needs namespace", object="Option name", next_step="Set namespace as well."
                )
            )
        self._store.check()
        entries = self._store.sets(namespace, name)
        if self._options.get("prove"):
            entries = [self._proved(entry) for entry in entries]
        now = self._now()
        expected = [(namespace, name)] if name else []
        clusters = catalog.clusters(entries, now, max_age, expected)
        extra = {
            "store": self._store.where,
            "snapshots": catalog.rows(entries, now),
            "clusters": clusters,
            "rpo_met": None if max_age is None else bool(clusters) and all(c["rpo_met"] for c in clusters),
            "leftovers": self._store.leftovers(namespace, name),
        }
        return Plan(unchanged=True, extra=extra)

    def _filter(self, option: str) -> str:
        value = self._options.get(option) or ""
        if value and not is_label(value):
            raise OptionError(
                Failure(
                    "invalid_option",
                    f"{value!r} is no valid name",
                    object=f"Option {option}",
                    next_step="Use the name as Kubernetes has it.",
                )
            )
        return value

    def _max_age(self) -> float | None:
        text = self._options.get("max_age")
        if text is None:
            return None
        seconds = parse_duration(text)
        if seconds is None or seconds <= 0:
            raise OptionError(
                Failure(
                    "invalid_option",
                    f"{text!r} is no duration above zero",
                    object="Option max_age",
                    next_step="Use for example 24h or 90m.",
                )
            )
        return seconds

    def _proved(self, entry: CatalogEntry) -> CatalogEntry:
        """With the problem that reading all its bytes has shown."""
        if entry.manifest is None or entry.problem:
            return entry
        return replace(entry, problem=self._store.prove(entry.manifest))
