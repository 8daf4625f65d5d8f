# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Snapshot sets in a bucket.

The manifest goes up last and leaves first: without it the objects are leftovers, so that no half set is ever visible.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ...._kernel.errors import Failure, HypershiftError, OptionError
from ...._kernel.redaction import without_userinfo
from ...._machine.file_failures import damaged, different, no_such_set, told
from ...manifest import MANIFEST, MAX_TEXT, Manifest, SnapshotFile
from ...manifest_fields import is_identifier, is_label
from ...store import FOREVER, LEFTOVER_AGE, CatalogEntry, LocalPath
from ..entries import entry_of, problem_of, shards_differ
from .bucket import Bucket, Found, Lock, SourceChanged, lock_of
from .client import make_client
from .failures import locked
from .fetching import Fetching, proved_sum

MIB = 1024 * 1024
_READERS = 8
_Identity = tuple[str, str, str]


class S3Store:
    """See _etcd_snapshots.store.SnapshotStore for the contract. options: the option s3; clock: wall clock with zone."""

    def __init__(
        self, bucket: Bucket, options: dict[str, Any], clock: Callable[[], datetime], sleep: Callable[[float], None]
    ) -> None:
        self._bucket = bucket
        self._prefix = str(options.get("prefix") or "").strip("/")
        self._lock: dict[str, Any] = options.get("object_lock") or {}
        self._read_back = options.get("prove") == "full"
        self._bypass = bool(options.get("allow_governance_bypass"))
        self._clock = clock
        self._sleep = sleep
        self.where = f"s3://{bucket.name}/{self._prefix}".rstrip("/")

    def check(self, for_writing: bool = False) -> None:
        next(self._bucket.listing(self._root() + "-"), None)
        if for_writing and self._lock:
            self._bucket.must_lock()

    def sets(self, namespace: str = "", name: str = "") -> list[CatalogEntry]:
        groups = {k: v for k, v in self._groups(namespace, name).items() if MANIFEST in v}
        with ThreadPoolExecutor(_READERS) as pool:
            entries = list(pool.map(lambda pair: self._entry(*pair), sorted(groups.items())))
        return [e for e in entries if e]

    def put(self, manifest: Manifest, files: Mapping[str, LocalPath]) -> None:
        shards_differ(manifest, files)
        if self._is_there(manifest):
            return
        if self._lock:
            self._bucket.must_lock()
        place = self._place(manifest)
        for key, upload, _since in self._bucket.uploads(place):  # of an interrupted run
            self._bucket.abort(key, upload)
        lock = self._new_lock()
        for file in manifest.files:
            self._bring(manifest, file, Path(files[file.shard]), lock)
        self._write_manifest(manifest, lock)

    def fetch(self, manifest: Manifest, shard: str, target: LocalPath) -> None:
        file = manifest.file_of(shard)
        Fetching(self._bucket, self._place(manifest) + file.file, file, self._sleep).to(Path(target), manifest.id)

    def prove(self, manifest: Manifest) -> str:
        for file in manifest.files:
            problem = self._sum_problem(self._place(manifest) + file.file, file)
            if problem:
                return problem
        return ""

    def update_manifest(self, manifest: Manifest) -> None:
        found = self._bucket.read(self._place(manifest) + MANIFEST, MAX_TEXT + 1)
        if found is None:
            raise no_such_set(manifest.id, self.where)
        if not Manifest.from_json(found[0].decode(errors="replace"), manifest.id).same_content(manifest):
            raise different(manifest.id, self.where)
        until, mode = found[1].get("ObjectLockRetainUntilDate"), found[1].get("ObjectLockMode")
        self._write_manifest(manifest, Lock(mode, until) if mode and until and until > self._clock() else None)

    def delete(self, entry: CatalogEntry) -> None:
        place = self._root() + "/".join((entry.namespace, entry.name, entry.id)) + "/"
        found = self._bucket.versions(place)
        for one in found:
            self._refuse_locked(entry.id, one)
        for one in sorted(found, key=lambda f: (not f.key.endswith("/" + MANIFEST), f.key, f.size < 0)):
            self._remove(entry.id, one)

    def leftovers(self, namespace: str = "", name: str = "") -> list[str]:
        sets = ["/".join(k) for k, v in sorted(self._groups(namespace, name).items()) if MANIFEST not in v]
        uploads = self._bucket.uploads(self._scope(namespace, name))
        return sets + sorted(
            f"{key.removeprefix(self._root())} (unfinished upload)"
            for key, _upload, _since in uploads
            if self._identity(key)
        )

    def remove_leftovers(self, namespace: str = "", name: str = "", min_age: float = LEFTOVER_AGE) -> list[str]:
        before, removed = self._clock() - timedelta(seconds=min_age), []
        for key, upload, since in self._bucket.uploads(self._scope(namespace, name)):
            if self._identity(key) and since <= before:
                self._bucket.abort(key, upload)
                removed.append(f"{key.removeprefix(self._root())} (unfinished upload)")
        for identity, objects in sorted(self._groups(namespace, name).items()):
            if (
                MANIFEST not in objects
                and max(o.changed for o in objects.values()) <= before
                and self._remove_group(identity)
            ):
                removed.append("/".join(identity))
        return removed

    def free_bytes(self) -> int | None:
        return None

    def _root(self) -> str:
        return f"{self._prefix}/" if self._prefix else ""

    def _scope(self, namespace: str, name: str) -> str:
        scope = self._root() + (f"{namespace}/" if namespace else "")
        return scope + (f"{name}/" if namespace and name else "")

    def _place(self, manifest: Manifest) -> str:
        return f"{self._root()}{manifest.namespace}/{manifest.name}/{manifest.id}/"

    def _identity(self, key: str) -> _Identity | None:
        """Namespace, name and id of the set that a key belongs to; None when it is none of ours."""
        parts = key.removeprefix(self._root()).split("/")
        ours = len(parts) == 4 and is_label(parts[0]) and is_label(parts[1]) and is_identifier(parts[2])
        return (parts[0], parts[1], parts[2]) if ours else None

    def _groups(self, namespace: str, name: str) -> dict[_Identity, dict[str, Found]]:
        """File name -> object, by set."""
        groups: dict[_Identity, dict[str, Found]] = {}
        for found in self._bucket.listing(self._scope(namespace, name)):
            identity = self._identity(found.key)
            if identity and (not name or identity[1] == name):
                groups.setdefault(identity, {})[found.key.rpartition("/")[2]] = found
        return groups

    def _entry(self, identity: _Identity, objects: dict[str, Found]) -> CatalogEntry | None:
        found = self._bucket.read(objects[MANIFEST].key, MAX_TEXT + 1)
        if found is None:  # deleted since it was listed
            return None
        return entry_of(
            identity, found[0].decode(errors="replace"), {k: o.size for k, o in objects.items()}, lock_of(found[1])
        )

    def _is_there(self, manifest: Manifest) -> bool:
        found = self._bucket.read(self._place(manifest) + MANIFEST, MAX_TEXT + 1)
        if found is None:
            return False
        present = Manifest.from_json(found[0].decode(errors="replace"), manifest.id)
        identity = (manifest.namespace, manifest.name, manifest.id)
        objects = self._groups(manifest.namespace, manifest.name).get(identity, {})
        if not present.same_content(manifest) or problem_of(present, {k: o.size for k, o in objects.items()}):
            raise different(manifest.id, self.where)
        return True

    def _new_lock(self) -> Lock | None:
        if not self._lock:
            return None
        until = self._clock() + timedelta(days=int(self._lock["retain_days"]))
        return Lock(str(self._lock["mode"]), until.astimezone(UTC).replace(microsecond=0))

    def _bring(self, manifest: Manifest, file: SnapshotFile, source: Path, lock: Lock | None) -> None:
        """One file up, proved and locked; an object that an interrupted run has brought whole is kept."""
        key = self._place(manifest) + file.file
        headers, summed = self._bucket.head(key), False
        if not _is_whole(headers, file) or not _is_locked(headers, lock):
            try:
                with told(f"Snapshot file {source}"):
                    summed = self._bucket.upload(source, key, file.stored_size, file.stored_sha256, lock)
            except SourceChanged:
                raise damaged(
                    manifest.id, str(source), "is not what the manifest says: size or SHA-256 differs"
                ) from None
            headers = self._bucket.head(key)
        if headers is None or headers["ContentLength"] != file.stored_size:
            raise damaged(manifest.id, file.file, f"did not arrive whole in {self.where}")
        if self._read_back or not summed:  # a server that proves no sums is read back
            problem = self._sum_problem(key, file)
            if problem:
                raise damaged(manifest.id, file.file, f"did not arrive whole in {self.where}: {problem}")
        self._prove_lock(manifest.id, headers, lock)

    def _write_manifest(self, manifest: Manifest, lock: Lock | None) -> None:
        key, content = self._place(manifest) + MANIFEST, manifest.to_json().encode()
        self._bucket.write(key, content, lock)
        found = self._bucket.read(key, MAX_TEXT + 1)
        if found is None or found[0] != content:
            raise damaged(manifest.id, MANIFEST, f"did not arrive whole in {self.where}")
        self._prove_lock(manifest.id, found[1], lock)

    def _prove_lock(self, set_id: str, headers: dict[str, Any], lock: Lock | None) -> None:
        if not _is_locked(headers, lock):
            raise HypershiftError(
                Failure(
                    "lock_missing",
                    f"it is in {self.where}, but the server does not show the object lock that was asked for",
                    object=f"Snapshot {set_id}",
                    next_step="Give the account s3:PutObjectRetention and s3:GetObjectRetention, then run again.",
                )
            )

    def _sum_problem(self, key: str, file: SnapshotFile) -> str:
        if self._bucket.head(key) is None:
            return f"file {file.file} is missing"
        whole = proved_sum(self._bucket, key, self._sleep)
        return (
            ""
            if whole == (file.stored_size, file.stored_sha256)
            else f"file {file.file} is not what the manifest says: size or SHA-256 differs"
        )

    def _refuse_locked(self, set_id: str, found: Found) -> None:
        if found.size < 0:  # a delete marker has no lock
            return
        headers = self._bucket.head(found.key, found.version) or {}
        until = lock_of(headers)
        lifted = self._bypass and headers.get("ObjectLockMode") == "GOVERNANCE" and until != FOREVER
        if until is not None and until > self._clock() and not lifted:
            raise locked(
                set_id,
                "legal hold"
                if until >= FOREVER
                else f"{headers.get('ObjectLockMode')} until {until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            )

    def _remove(self, set_id: str, found: Found) -> None:
        try:
            self._bucket.delete(found, self._bypass)
        except HypershiftError as error:
            if error.failure.code == "missing_permission":  # also what servers say of a lock that was set in between
                self._refuse_locked(set_id, found)
            raise

    def _remove_group(self, identity: _Identity) -> bool:
        """False when it is locked: it stays a leftover until then."""
        try:
            self.delete(CatalogEntry(identity[2], identity[0], identity[1]))
        except HypershiftError as error:
            if error.failure.code != "locked_by_retention":
                raise
            return False
        return True


def open_bucket(options: dict[str, Any], sleep: Callable[[float], None] = time.sleep) -> S3Store:
    _at_least(options, "part_size_mib", 5)  # S3's own limit
    _at_least(options.get("object_lock") or {}, "retain_days", 1)
    name = str(options["bucket"])
    endpoint = without_userinfo(str(options.get("endpoint_url") or ""))
    thing = f"Bucket s3://{name}" + (f" at {endpoint}" if endpoint else "")
    encryption = {"ServerSideEncryption": options["sse"]} if options.get("sse") else {}
    if encryption and options.get("kms_key_id"):
        encryption["SSEKMSKeyId"] = options["kms_key_id"]
    bucket = Bucket(make_client(options, thing), name, thing, encryption, int(options.get("part_size_mib") or 8) * MIB)
    return S3Store(bucket, options, lambda: datetime.now(UTC), sleep)


def _at_least(options: dict[str, Any], name: str, least: int) -> None:
    value = options.get(name)
    if value is not None and int(value) < least:
        raise OptionError(
            Failure(
                "invalid_option",
                f"{value} is less than {least}",
                object=f"Option s3.{name}",
                next_step="Use a larger number.",
            )
        )


def _is_whole(headers: dict[str, Any] | None, file: SnapshotFile) -> bool:
    said = (headers or {}).get("Metadata", {}).get("sha256")
    return headers is not None and headers["ContentLength"] == file.stored_size and said == file.stored_sha256


def _is_locked(headers: dict[str, Any] | None, lock: Lock | None) -> bool:
    """At least as long as asked; a second of rounding does not matter."""
    until = lock_of(headers or {})
    return lock is None or (until is not None and until >= lock.until - timedelta(seconds=1))
