# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The catalogue as users see it: one row per set, one per cluster, and whether the recovery point objective is met."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from .manifest import Manifest
from .store import FOREVER, CatalogEntry

CLOCK_TOLERANCE = timedelta(minutes=5)


def rows(entries: Iterable[CatalogEntry], now: datetime) -> list[dict[str, Any]]:
    """One row per set, in the order given."""
    return [_row(entry, now) for entry in entries]


def newest_good(entries: Iterable[CatalogEntry], namespace: str, name: str) -> CatalogEntry | None:
    """The set to restore a cluster from, None when it has no good one."""
    good = [
        (e.manifest.taken_at, e.id, e)
        for e in entries
        if e.manifest and e.good and (e.namespace, e.name) == (namespace, name)
    ]
    return max(good, key=lambda item: item[:2])[2] if good else None


def clusters(
    entries: Iterable[CatalogEntry],
    now: datetime,
    max_age: float | None = None,
    expected: Iterable[tuple[str, str]] = (),
) -> list[dict[str, Any]]:
    """One row per cluster, those of expected (namespace, name) without any set included. max_age in seconds; None
    judges nothing."""
    every = list(entries)
    known = sorted({(e.namespace, e.name) for e in every} | set(expected))
    return [_cluster([e for e in every if (e.namespace, e.name) == one], one, now, max_age) for one in known]


def _cluster(
    own: list[CatalogEntry], identity: tuple[str, str], now: datetime, max_age: float | None
) -> dict[str, Any]:
    namespace, name = identity
    newest = newest_good(own, namespace, name)
    manifest = newest.manifest if newest else None
    age = _age(manifest, now)
    verified = [e.manifest for e in own if e.manifest and e.good and e.manifest.verified_at]
    last_verified = max(verified, key=lambda m: (m.taken_at, m.id)) if verified else None
    met, reason = _verdict(age, max_age, len(own))
    if manifest and manifest.taken_at > now + CLOCK_TOLERANCE:  # it would meet any objective until then
        met, reason = False, "the newest good snapshot says that it was taken in the future: check the clocks"
    return {
        "namespace": namespace,
        "name": name,
        "newest": newest.id if newest else "",
        "age": age,
        "newest_verified": last_verified.id if last_verified else "",
        "snapshots": len(own),
        "good": sum(e.good for e in own),
        "size": sum(e.size for e in own),
        "rpo_met": met,
        "reason": reason,
    }


def _verdict(age: int | None, max_age: float | None, count: int) -> tuple[bool | None, str]:
    if age is None:
        return False, "no snapshot" if count == 0 else "no snapshot without a problem"
    if max_age is None:
        return None, "no max_age was given"
    if age > max_age:
        return False, f"the newest good snapshot is {age} seconds old, more than {max_age:g}"
    return True, ""


def _row(entry: CatalogEntry, now: datetime) -> dict[str, Any]:
    manifest = entry.manifest
    row: dict[str, Any] = {
        "id": entry.id,
        "namespace": entry.namespace,
        "name": entry.name,
        "size": entry.size,
        "problem": entry.problem,
        "good": entry.good,
        "locked_until": _locked(entry, now),
        "age": _age(manifest, now),
        "taken_at": "",
        "cluster_id": "",
        "release": "",
        "revision": None,
        "sealed": None,
        "verified": False,
        "verified_at": "",
        "encryption_key_fingerprint": "",
        "shards": [],
    }
    if manifest is not None:
        row |= _known(manifest)
    return row


def _known(manifest: Manifest) -> dict[str, Any]:
    return {
        "taken_at": stamp(manifest.taken_at),
        "cluster_id": manifest.cluster_id,
        "release": manifest.release,
        "revision": manifest.revision,
        "sealed": bool(manifest.sealed),
        "verified": manifest.verified_at is not None,
        "verified_at": stamp(manifest.verified_at) if manifest.verified_at else "",
        "encryption_key_fingerprint": manifest.encryption_key_fingerprint,
        "shards": [
            {
                "shard": f.shard,
                "file": f.file,
                "size": f.size,
                "sha256": f.sha256,
                "revision": f.revision,
                "live_keys": f.live_keys,
                "total_keys": f.total_keys,
                "hash": f.hash,
                "version": f.version,
            }
            for f in manifest.files
        ],
    }


def stamp(moment: datetime) -> str:
    """2026-11-24T16:45:12Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _age(manifest: Manifest | None, now: datetime) -> int | None:
    """Seconds; 0 for one that a clock ahead of ours has stamped."""
    return max(0, int((now - manifest.taken_at).total_seconds())) if manifest else None


def _locked(entry: CatalogEntry, now: datetime) -> str:
    """Empty when it may be deleted."""
    if entry.retain_until is None or entry.retain_until <= now:
        return ""
    return "legal hold" if entry.retain_until >= FOREVER else stamp(entry.retain_until)
