# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which snapshot sets to keep.

Pure and cautious: only good sets fill a place, the newest good and the newest verified set of a cluster always stay,
and so does whatever is locked or cannot be judged. Keeping more never means deleting another set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .manifest import Manifest
from .store import FOREVER, CatalogEntry


@dataclass(frozen=True)
class Retention:
    """keep_last: newest sets; hourly to monthly: newest set of each of so many periods that have one, in UTC;
    keep_within: hours.

    With nothing set, nothing is deleted.
    """

    keep_last: int = 0
    hourly: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0
    keep_within: float = 0.0

    @property
    def empty(self) -> bool:
        return not any((self.keep_last, self.hourly, self.daily, self.weekly, self.monthly, self.keep_within))


@dataclass(frozen=True)
class Decision:
    """reasons: why it is kept, or why it is not."""

    entry: CatalogEntry
    keep: bool
    reasons: tuple[str, ...]


_PERIODS: tuple[tuple[str, Callable[[datetime], tuple[int, ...]]], ...] = (
    ("hourly", lambda t: (t.year, t.month, t.day, t.hour)),
    ("daily", lambda t: (t.year, t.month, t.day)),
    ("weekly", lambda t: tuple(t.isocalendar())[:2]),
    ("monthly", lambda t: (t.year, t.month)),
)
_Group = list[tuple[CatalogEntry, Manifest]]


def decide(entries: Iterable[CatalogEntry], policy: Retention, now: datetime) -> list[Decision]:
    """One decision per set, in the order given. A cluster is told by namespace, name and its own id: a new one of the
    same name is another."""
    every = list(entries)
    reasons: dict[int, list[str]] = {i: [] for i in range(len(every))}
    place = {id(e): i for i, e in enumerate(every)}
    for group in _groups(every):
        for entry, why in _kept(group, policy, now):
            reasons[place[id(entry)]].append(why)
    return [_decision(entry, reasons[i], policy, now) for i, entry in enumerate(every)]


def to_delete(entries: Iterable[CatalogEntry], policy: Retention, now: datetime) -> list[CatalogEntry]:
    """Oldest first."""
    gone = [d.entry for d in decide(entries, policy, now) if not d.keep]
    return sorted(gone, key=lambda e: (e.namespace, e.name, e.id))


def _decision(entry: CatalogEntry, reasons: list[str], policy: Retention, now: datetime) -> Decision:
    found = list(reasons)
    if not entry.good:
        found.append("it has a problem and is not deleted unseen")
    if entry.retain_until is not None and entry.retain_until > now:
        until = (
            "under legal hold"
            if entry.retain_until >= FOREVER
            else f"locked until {entry.retain_until.astimezone(UTC).isoformat()}"
        )
        found.append(until)
    if policy.empty:
        found.append("no retention is set")
    return Decision(entry, True, tuple(found)) if found else Decision(entry, False, ("no rule keeps it",))


def _groups(entries: list[CatalogEntry]) -> list[_Group]:
    """Good sets by cluster, newest first."""
    groups: dict[tuple[str, str, str], _Group] = {}
    for entry in entries:
        if entry.manifest is not None and entry.good:
            groups.setdefault((entry.namespace, entry.name, entry.manifest.cluster_id), []).append(
                (entry, entry.manifest)
            )
    return [sorted(g, key=lambda pair: (pair[1].taken_at, pair[1].id), reverse=True) for g in groups.values()]


def _kept(group: _Group, policy: Retention, now: datetime) -> list[tuple[CatalogEntry, str]]:
    kept = [(group[0][0], "newest good set of its cluster")]
    verified = next((entry for entry, manifest in group if manifest.verified_at is not None), None)
    if verified is not None:
        kept.append((verified, "newest verified set of its cluster"))
    kept += [(entry, f"one of the last {policy.keep_last}") for entry, _manifest in group[: policy.keep_last]]
    for label, period in _PERIODS:
        kept += [(entry, label) for entry in _newest_of_each(group, period, getattr(policy, label))]
    if policy.keep_within > 0:
        since = now - timedelta(hours=policy.keep_within)
        kept += [
            (entry, f"younger than {policy.keep_within:g} hours")
            for entry, manifest in group
            if manifest.taken_at >= since
        ]
    return kept


def _newest_of_each(group: _Group, period: Callable[[datetime], tuple[int, ...]], count: int) -> list[CatalogEntry]:
    """Newest set of each of the newest periods that have one."""
    newest: dict[tuple[int, ...], CatalogEntry] = {}
    for entry, manifest in group:
        newest.setdefault(period(manifest.taken_at.astimezone(UTC)), entry)
    return list(newest.values())[: max(count, 0)]
