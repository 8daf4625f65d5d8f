# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manifests and entries for the tests of snapshots."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.manifest import Manifest, SnapshotFile, new_id, stored_name
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.store import CatalogEntry

NOW = datetime(2026, 11, 24, 16, 45, 12, tzinfo=UTC)


def file_of(shard: str = "etcd", content: bytes = b"data", sealed: str = "") -> SnapshotFile:
    digest = hashlib.sha256(content).hexdigest()
    plain = hashlib.sha256(b"plain" + content).hexdigest() if sealed else digest
    return SnapshotFile(
        shard=shard,
        file=stored_name(shard, sealed),
        size=len(content) + (5 if sealed else 0),
        sha256=plain,
        revision=4711,
        total_keys=320,
        live_keys=302,
        hash=3735928559,
        stored_size=len(content),
        stored_sha256=digest,
        version="3.6.16",
    )


def manifest_of(contents: Mapping[str, bytes] | None = None, taken_at: datetime = NOW, tail: str = "ab12", **over: Any) -> Manifest:
    sealed = over.get("sealed", "")
    files = tuple(file_of(shard, content, sealed) for shard, content in (contents or {"etcd": b"data"}).items())
    made = Manifest(
        id=new_id(taken_at, lambda length: tail[:length]),
        namespace="clusters",
        name="demo",
        cluster_id="2f9b7a52-0c3f-4b8e-9e5b-0d1c5a8a7f11",
        infra_id="demo-x7k2p",
        etcd_cluster_ids={f.shard: "cdf818194e3a8c32" for f in files},
        release="quay.io/openshift-release-dev/ocp-release:4.20.4-multi",
        taken_at=taken_at,
        files=files,
        encryption_key_fingerprint="",
        member={f.shard: "etcd-1" for f in files},
        tool="etcdutl 3.6.16",
        sealed=sealed,
        collection_version="0.2.0",
    )
    return replace(made, **over)


def entry_of(manifest: Manifest, problem: str = "", retain_until: datetime | None = None) -> CatalogEntry:
    return CatalogEntry(manifest.id, manifest.namespace, manifest.name, manifest, problem, retain_until, manifest.size)


def entry_at(hours_ago: float, tail: str = "ab12", problem: str = "", retain_until: datetime | None = None, **over: Any) -> CatalogEntry:
    return entry_of(manifest_of(taken_at=NOW - timedelta(hours=hours_ago), tail=tail, **over), problem, retain_until)


def written(folder: Path, contents: Mapping[str, bytes]) -> dict[str, Path]:
    """Local files of a set, as a snapshot run leaves them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {shard: folder / f"{shard}.working" for shard in contents}
    for shard, content in contents.items():
        paths[shard].write_bytes(content)
    return paths
