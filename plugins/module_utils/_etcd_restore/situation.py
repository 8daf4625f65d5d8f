# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a restore is planned from, and the digest that ties the plan to it. Source: platform_facts#8.0, #8.3, #8.6."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .._etcd.restore_mark import Mark
from .._etcd.state import Shard
from .._etcd_snapshots.manifest import Manifest
from .._health.pauses import OWNER, REASON, SINCE
from .._kernel.hub_identity import Identity
from .._kernel.kinds import HOSTED_CLUSTER
from .._kernel.objects import Object, lookup

WRITERS = ("kube-apiserver", "openshift-apiserver", "openshift-oauth-apiserver")
BUMP = 1_000_000_000  # far above what is written in years, far below the end of the numbers
OWNER_NAME = "etcd_restore"
MANAGEMENT = "management cluster"  # the part that says where the plan was made
PARTS = 8  # of a digest


@dataclass(frozen=True)
class Writer:
    """A Deployment that writes to etcd. replicas: to come back with; found: as they stand; strays: pods that scaling it
    will not stop."""

    name: str
    replicas: int
    found: int
    uid: str = ""
    strays: tuple[str, ...] = ()


@dataclass(frozen=True)
class Situation:
    """damage: what is wrong with the snapshot. key_fingerprint: SHA-256 of the cluster's own key. units: HostedCluster
    and its NodePools.

    holder: a living run that holds the Lease. manifest: None when there is no such
    snapshot.
    management: the management cluster that was read.
    """

    cluster: Object
    namespace: str
    shards: tuple[Shard, ...]
    sets: dict[str, Object]
    claims: dict[str, Object]
    writers: tuple[Writer, ...]
    units: tuple[Object, ...]
    manifest: Manifest | None
    now: datetime
    damage: str = ""
    where: str = ""
    recovery: str = ""
    release: str = ""
    key_fingerprint: str = ""
    mark: Mark | None = None
    holder: str = ""
    every_shard: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    management: Identity = field(default_factory=lambda: Identity(""))

    @property
    def ref(self) -> str:
        meta = self.cluster["metadata"]
        return HOSTED_CLUSTER.ref(meta["namespace"], meta["name"])

    def accepts(self, risk: str) -> bool:
        return risk in (self.options.get("accept") or [])

    @property
    def encryption(self) -> str:
        """Empty, aescbc or kms."""
        return str(lookup(self.cluster, ("spec", "secretEncryption", "type")) or "")

    @property
    def bump(self) -> int:
        return BUMP if self.options.get("bump_revision", True) else 0


def replicas_by_policy(cluster: Object) -> int:
    """Replicas of a writer when nobody can say what they were (platform_facts#O.5)."""
    return 1 if lookup(cluster, ("spec", "controllerAvailabilityPolicy")) == "SingleReplica" else 3


def pause_as_found(unit: Object) -> dict[str, Any]:
    """What pausing will overwrite: the field and our annotations, None where there is none."""
    annotations = lookup(unit, ("metadata", "annotations")) or {}
    return {
        "pausedUntil": lookup(unit, ("spec", "pausedUntil")),
        **{key: annotations.get(key) for key in (OWNER, REASON, SINCE)},
    }


def lost(situation: Situation) -> dict[str, Any]:
    """What comes after the snapshot and will be gone. revisions: None when no member says how far it is."""
    manifest = situation.manifest
    if manifest is None:
        return {}
    known = {}
    for shard in situation.shards:
        revisions = [m.revision for m in shard.members if m.revision]
        file = next((f for f in manifest.files if f.shard == shard.name), None)
        known[shard.name] = max(0, max(revisions) - file.revision) if revisions and file else None
    total = None if None in known.values() else sum(v for v in known.values() if v is not None)
    return {
        "revisions": total,
        "by_shard": known,
        "seconds": max(0, int((situation.now - manifest.taken_at).total_seconds())),
        "since": manifest.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def parts(situation: Situation) -> dict[str, Any]:
    """Everything that must be the same when the plan is carried out. Nothing of it changes while the world stands
    still."""
    cluster = situation.cluster
    files = situation.manifest.files if situation.manifest else ()
    unit = next((u for u in situation.units if u.get("kind") == HOSTED_CLUSTER.kind), {})
    return {
        "hosted cluster": [
            lookup(cluster, ("metadata", "uid")),
            lookup(cluster, ("spec", "clusterID")),
            lookup(cluster, ("spec", "infraID")),
            lookup(cluster, ("spec", "release", "image")),
            situation.key_fingerprint,
            situation.namespace,
        ],
        "snapshot": [
            situation.manifest.id if situation.manifest else "",
            *([f.shard, f.sha256, f.size] for f in files),
        ],
        "etcd": [
            [
                s.name,
                lookup(situation.sets.get(s.name, {}), ("metadata", "uid")),
                s.size,
                s.image,
                s.when_scaled,
                sorted(s.peers.items()),
            ]
            for s in situation.shards
        ],
        "writers": [[w.name, w.uid, w.replicas] for w in situation.writers],
        "pause": pause_as_found(unit),
        "options": _asked_for(situation),
        "earlier restores": earlier(situation.mark),
        MANAGEMENT: _bound_to(situation.management),  # the last: made_elsewhere() goes by it
    }


def _asked_for(situation: Situation) -> list[Any]:
    options = situation.options
    return [
        sorted(s.name for s in situation.shards),
        situation.bump,
        bool(options.get("allow_retention_patch")),
        sorted(options.get("accept") or []),
        options.get("helper_image") or "",
        sorted(options.get("assume_lost") or []),
    ]


def earlier(mark: Mark | None) -> str:
    """Digest of the last restore that changed anything: so the same restore can be planned and done once more, and
    never by accident."""
    return mark.changed if mark else ""


def digest_of(situation: Situation) -> str:
    """SHA-256 over all parts, followed by four digits of each part: so a later run can name what changed without having
    seen the plan."""
    known = parts(situation)
    return _sha256(known) + "-" + "".join(_sha256(part)[:4] for part in known.values())


def _bound_to(management: Identity) -> str:
    """Where it cannot be asked which cluster it is, its address is what is left to compare."""
    return management.uid or management.server


def made_elsewhere(given: str, management: Identity) -> bool:
    """Whether a digest says that its plan was made on another management cluster. It can be told before anything is
    read there."""
    tail = given.partition("-")[2]
    return len(tail) == 4 * PARTS and tail[-4:] != _sha256(_bound_to(management))[:4]


def differences(given: str, situation: Situation) -> list[str]:
    """Names of the parts that are no longer as planned; empty when the text is no digest of ours."""
    whole, _dash, tail = given.partition("-")
    names = list(parts(situation))
    if len(whole) != 64 or len(tail) != 4 * PARTS:
        return []
    fresh = digest_of(situation).partition("-")[2]
    return [name for i, name in enumerate(names) if tail[4 * i : 4 * i + 4] != fresh[4 * i : 4 * i + 4]]


def _sha256(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
