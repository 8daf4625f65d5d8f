# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is known about one etcd snapshot set, and its text form.

The manifest lies beside the files and is written last: a set without one does not exist.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from .._kernel.errors import Failure, HypershiftError
from .manifest_fields import Fields, Problem

FORMAT = 1
AGE = "age"
MANIFEST = "manifest.json"
_ID_TIME = "%Y%m%dT%H%M%SZ"
MAX_TEXT = 4 * 1024 * 1024  # a manifest is a few kilobytes; nothing larger is read into memory


@dataclass(frozen=True)
class SnapshotFile:
    """One shard of a set.

    size and sha256 are of the plain snapshot, stored_size and stored_sha256 of what lies in the store: they differ when
    it is sealed.
    hash: as etcd's snapshot status prints it. live_keys: keys alive at revision; total_keys: as snapshot status prints.
    version: of the member.
    """

    shard: str
    file: str
    size: int
    sha256: str
    revision: int
    total_keys: int
    live_keys: int
    hash: int
    stored_size: int
    stored_sha256: str
    version: str

    @property
    def blob(self) -> tuple[str, int, str]:
        """What the store has to prove."""
        return self.file, self.stored_size, self.stored_sha256


@dataclass(frozen=True)
class Manifest:
    """cluster_id: spec.clusterID of the HostedCluster; etcd_cluster_ids and member: by shard; taken_at and verified_at:
    aware, UTC.

    encryption_key_fingerprint: SHA-256 of the hosted cluster's own aescbc key, empty when it has none. sealed: "" or
    "age".
    verification: report of the last restore drill.
    """

    id: str
    namespace: str
    name: str
    cluster_id: str
    infra_id: str
    etcd_cluster_ids: dict[str, str]
    release: str
    taken_at: datetime
    files: tuple[SnapshotFile, ...]
    encryption_key_fingerprint: str
    member: dict[str, str]
    tool: str
    sealed: str
    collection_version: str
    verified_at: datetime | None = None
    verification: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def size(self) -> int:
        """Bytes in the store, the manifest itself left out."""
        return sum(f.stored_size for f in self.files)

    @property
    def revision(self) -> int:
        return max((f.revision for f in self.files), default=0)

    def file_of(self, shard: str) -> SnapshotFile:
        for found in self.files:
            if found.shard == shard:
                return found
        raise HypershiftError(
            Failure(
                "shards_differ",
                f"it has no shard {shard}",
                object=f"Snapshot {self.id}",
                next_step=f"Use one of: {', '.join(f.shard for f in self.files)}.",
            )
        )

    def same_content(self, other: Manifest) -> bool:
        """True when both describe the same bytes of the same cluster; what was verified since does not matter."""
        neutral: dict[str, Any] = {"verified_at": None, "verification": {}}
        return replace(self, **neutral) == replace(other, **neutral)

    def to_json(self) -> str:
        """Stable text: equal manifests give equal bytes."""
        data = asdict(self) | {
            "taken_at": _stamp(self.taken_at),
            "verified_at": _stamp(self.verified_at) if self.verified_at else None,
        }
        return json.dumps(data, sort_keys=True, indent=2, allow_nan=False) + "\n"

    @staticmethod
    def from_json(text: str, where: str = "") -> Manifest:
        """The manifest in a text. Raises HypershiftError of code bad_manifest that names the field, whatever the text
        is."""
        try:
            return _manifest(text)
        except Problem as problem:
            raise HypershiftError(
                Failure(
                    "bad_manifest",
                    str(problem),
                    object=f"Manifest {where}".strip(),
                    next_step=(
                        "Do not restore from this set; take a new snapshot, or put back the manifest from a copy."
                    ),
                )
            ) from None


def new_id(taken_at: datetime, random: Callable[[int], str]) -> str:
    """20261124T164512Z-ab12. random: gives that many lower-case letters and digits."""
    return f"{taken_at.astimezone(UTC).strftime(_ID_TIME)}-{random(4)}"


def stored_name(shard: str, sealed: str) -> str:
    """Name of a shard's file in the store."""
    return f"{shard}.db" + (f".{AGE}" if sealed else "")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _manifest(text: str) -> Manifest:
    root = Fields(_parsed(text), "")
    version = root.whole("format")
    if version != FORMAT:
        raise Problem(f"format is {version}, and this version of the collection reads {FORMAT} only")
    sealed = root.choice("sealed", ("", AGE))
    files = tuple(_file(item, sealed) for item in root.items("files"))
    shards = [f.shard for f in files]
    if len(set(shards)) != len(shards):
        raise Problem("files names a shard twice")
    return Manifest(
        id=root.identifier("id"),
        namespace=root.label("namespace"),
        name=root.label("name"),
        cluster_id=root.text("cluster_id"),
        infra_id=root.text("infra_id"),
        etcd_cluster_ids=root.texts("etcd_cluster_ids"),
        release=root.text("release"),
        taken_at=root.moment("taken_at"),
        files=files,
        encryption_key_fingerprint=root.text("encryption_key_fingerprint"),
        member=root.texts("member"),
        tool=root.text("tool"),
        sealed=sealed,
        collection_version=root.text("collection_version"),
        verified_at=root.optional_moment("verified_at"),
        verification=root.mapping("verification"),
        format=version,
    )


def _file(item: Fields, sealed: str) -> SnapshotFile:
    shard, file = item.label("shard"), item.text("file")
    if file != stored_name(shard, sealed):
        raise Problem(f"{item.path('file')} is not {stored_name(shard, sealed)}")
    found = SnapshotFile(
        shard=shard,
        file=file,
        size=item.whole("size"),
        sha256=item.digest("sha256"),
        revision=item.whole("revision"),
        total_keys=item.whole("total_keys"),
        live_keys=item.whole("live_keys"),
        hash=item.whole("hash"),
        stored_size=item.whole("stored_size"),
        stored_sha256=item.digest("stored_sha256"),
        version=item.text("version"),
    )
    if not sealed and (found.size, found.sha256) != (found.stored_size, found.stored_sha256):
        raise Problem(f"{item.path('stored_sha256')} differs from the snapshot's although the set is not sealed")
    return found


def _parsed(text: str) -> Any:
    if len(text) > MAX_TEXT:
        raise Problem(f"it is larger than {MAX_TEXT} characters")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # also a number with more digits than Python reads
        raise Problem("it is no JSON") from None
