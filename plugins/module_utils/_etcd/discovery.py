# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Finds the etcd of a hosted cluster and asks its members. Source: platform_facts#8.0 to #8.2."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import Any

from .._kernel import versions
from .._kernel.conditions import get as condition
from .._kernel.errors import ApiError, Failure, HypershiftError, RefusedError
from .._kernel.kinds import (
    HOSTED_CLUSTER,
    JOB,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    SECRET,
    STATEFUL_SET,
    control_plane_namespace,
)
from .._kernel.objects import Object, lookup
from .._kernel.parallel import each
from .._kernel.ports.hub import Hub
from . import commands
from .asking import kind_of, short
from .member_answers import with_answers, with_hash
from .state import Member, Shard, is_etcd, member_of, shard_of
from .verdict import common_revision

PROBE_SILENCE = 25.0  # each part of the question ends by itself within COMMAND_SECONDS
PROBE_SECONDS = 120.0
PROBE_BYTES = 4 << 20
HASH_SILENCE = 600.0  # hashing a large database reads all of it
RECOVERY_JOB = "etcd-recovery"


@dataclass(frozen=True)
class Etcd:
    """The etcd of one hosted cluster. recovery: what the operator's own recovery does, empty when nothing."""

    cluster: Object
    namespace: str
    shards: tuple[Shard, ...] = ()
    recovery: str = ""
    stateful_sets: dict[str, Object] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        meta = self.cluster["metadata"]
        return HOSTED_CLUSTER.ref(meta["namespace"], meta["name"])

    def shard(self, name: str) -> Shard:
        return next(s for s in self.shards if s.name == name)


def find_etcd(hub: Hub, namespace: str, name: str, only: list[str] | None = None) -> Etcd:
    """What the management cluster knows; no member is asked. Raises RefusedError when there is no etcd of ours to look
    at."""
    cluster = hub.get(HOSTED_CLUSTER, namespace, name)
    ref = HOSTED_CLUSTER.ref(namespace, name)
    if cluster is None:
        raise _refused("not_found", "it does not exist", "Check name, namespace and the management cluster.", ref)
    if lookup(cluster, ("spec", "etcd", "managementType")) == "Unmanaged":
        endpoint = lookup(cluster, ("spec", "etcd", "unmanaged", "endpoint")) or "its own endpoint"
        cause = (
            f"its etcd is unmanaged ({endpoint}): HyperShift runs no member that this collection could reach or replace"
        )
        raise _refused("etcd_unmanaged", cause, "Use the tools of whoever runs that etcd.", ref)
    place = control_plane_namespace(namespace, name)
    sets = {s["metadata"]["name"]: s for s in hub.list(STATEFUL_SET, place) if is_etcd(s)}
    if not sets:
        cause = f"namespace {place} has no StatefulSet of etcd"
        raise _refused(
            "etcd_missing",
            cause,
            "Wait until the control plane is created, or look at the HostedCluster's conditions.",
            ref,
        )
    unknown = sorted(set(only or []) - set(sets))
    if unknown:
        raise _refused(
            "unknown_shard", f"its etcd has no shard {', '.join(unknown)}; it has {', '.join(sorted(sets))}", "", ref
        )
    chosen = {n: s for n, s in sorted(sets.items()) if not only or n in only}
    pods = {p["metadata"]["name"]: p for p in hub.list(POD, place)}
    claims = {c["metadata"]["name"]: c for c in hub.list(PERSISTENT_VOLUME_CLAIM, place)}
    told = condition(cluster, "EtcdAvailable")
    shards = tuple(
        replace(_shard(s, pods, claims), available=short(told.status, 20) if told else "") for s in chosen.values()
    )
    return Etcd(cluster, place, shards, _own_recovery(hub, cluster, place), chosen)


def claim_of(stateful_set: Object, member: str) -> str:
    """``<template>-<pod>``, for the template that etcd's container mounts at /var/lib."""
    templates = [t["metadata"]["name"] for t in lookup(stateful_set, ("spec", "volumeClaimTemplates")) or []]
    return f"{templates[0] if templates else 'data'}-{member}"


def ask(hub: Hub, etcd: Etcd, hashes: bool = True) -> Etcd:
    """The same with what each running member says; with hashes their data is compared at one revision."""
    shards = tuple(_asked(hub, shard) for shard in etcd.shards)
    return replace(etcd, shards=tuple(hashed(hub, shard) for shard in shards) if hashes else shards)


def hashed(hub: Hub, shard: Shard) -> Shard:
    """The shard with the hash of every answering member at the newest revision that all of them have."""
    revision = common_revision(shard)
    if revision is None:
        return shard

    def one(member: Member) -> Member:
        if not member.revision:
            return member
        found = answers_of(hub, shard, member, {"hash": commands.hashkv(revision)}, HASH_SILENCE)
        return member if isinstance(found, ApiError) else with_hash(member, found.get("hash"))

    return replace(shard, members=tuple(each(one, shard.members)))


def _asked(hub: Hub, shard: Shard) -> Shard:
    return replace(shard, members=tuple(each(lambda m: asked(hub, shard, m, commands.STATUS), shard.members)))


def asked(hub: Hub, shard: Shard, member: Member, parts: dict[str, str]) -> Member:
    """The member with its answers to these parts of STATUS; one that could not be asked says why."""
    if not member.running:
        return member
    found = answers_of(hub, shard, member, parts, PROBE_SILENCE)
    if isinstance(found, ApiError):
        return replace(member, error=short(found.failure.cause), not_asked=kind_of(found.status, found.failure.cause))
    return with_answers(member, found, health_asked="health" in parts)


class _Hearing:
    """Keeps what a command prints, up to a limit of bytes and of time: a container may answer without end."""

    def __init__(self, hub: Hub, where: str, seconds: float) -> None:
        self.text = bytearray()
        self._hub, self._where, self._ends = hub, where, hub.monotonic() + seconds

    def __call__(self, block: bytes) -> None:
        self.text += block
        late = self._hub.monotonic() > self._ends
        if late or len(self.text) > PROBE_BYTES:
            cause = (
                "its answer did not come to an end" if late else f"its answer is longer than {PROBE_BYTES >> 20} MiB"
            )
            raise ApiError(Failure("exec_failed", cause, self._where, next_step="Look at what runs in its container."))


def answers_of(
    hub: Hub, shard: Shard, member: Member, parts: dict[str, str], silence: float
) -> dict[str, commands.Answer] | ApiError:
    """What a member answered, or why it could not be asked."""
    shell = hub.shell(shard.namespace, member.name, commands.CONTAINER)
    heard = _Hearing(hub, shell.where, silence + PROBE_SECONDS)
    try:
        result = shell.run(commands.script(parts), heard, silence=silence)
    except ApiError as error:
        if error.failure.code == "missing_library":
            raise  # of this machine, no state of etcd
        return error
    return commands.answers(bytes(heard.text).decode("utf-8", "replace") + result.text)


def _shard(stateful_set: Object, pods: dict[str, Object], claims: dict[str, Object]) -> Shard:
    shard = shard_of(stateful_set)
    pattern = re.compile(rf"{re.escape(shard.name)}-\d+")
    names = set(shard.peers) | {n for n in pods if pattern.fullmatch(n)}
    ordered = sorted(names, key=lambda n: (len(n), n))
    return replace(
        shard, members=tuple(member_of(n, pods.get(n), claims.get(claim_of(stateful_set, n))) for n in ordered)
    )


def _own_recovery(hub: Hub, cluster: Object, namespace: str) -> str:
    """The operator's recovery: its condition, or its Job, which goes on while the cluster is paused."""
    found = condition(cluster, "EtcdRecoveryActive")
    if found and found.status == "True":
        return found.message or "condition EtcdRecoveryActive is True"
    for job in hub.list(JOB, namespace, label_selector=f"app={RECOVERY_JOB}"):
        ended = {c.get("type") for c in lookup(job, ("status", "conditions")) or [] if c.get("status") == "True"}
        if not ended & {"Complete", "Failed"}:
            return f"Job {job['metadata']['name']} is running"
    return ""


def _refused(code: str, cause: str, next_step: str, ref: str) -> HypershiftError:
    return RefusedError([Failure(code, cause, ref, next_step=next_step)])


def key_fingerprint(hub: Hub, cluster: dict[str, Any]) -> str:
    """SHA-256 of the active aescbc key; empty without one (no encryption, or KMS). With another key the API server
    reads no Secret.

    Raises ApiError when the Secret may not be read.
    """
    name = lookup(cluster, ("spec", "secretEncryption", "aescbc", "activeKey", "name"))
    if not name:
        return ""
    secret = hub.get(SECRET, cluster["metadata"]["namespace"], str(name))
    encoded = ((secret or {}).get("data") or {}).get("key") or ""
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    return hashlib.sha256(key).hexdigest() if key else ""


def release_of(cluster: dict[str, Any]) -> str:
    """Version that the control plane runs: the newest completed one, else what is desired."""
    return str(versions.completed(cluster) or lookup(cluster, ("spec", "release", "image")) or "")
