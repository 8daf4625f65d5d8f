# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads everything that a restore is planned from; writes nothing. Source: platform_facts#8.0, #8.3, #8.6."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._etcd import commands
from .._etcd.discovery import asked, find_etcd, key_fingerprint, release_of
from .._etcd.restore_mark import mark_of
from .._etcd.state import Shard
from .._etcd_snapshots.fetching import proved
from .._etcd_snapshots.store import SnapshotStore
from .._kernel.hub_identity import identify
from .._kernel.kinds import DEPLOYMENT, HOSTED_CLUSTER, NODE_POOL, PERSISTENT_VOLUME_CLAIM, POD, REPLICA_SET
from .._kernel.objects import Object, lookup
from .._kernel.parallel import each
from .._kernel.ports.hub import Hub
from .._manifests.selection import pools_of
from .situation import WRITERS, Situation, Writer, replicas_by_policy
from .volume_pod import is_over
from .workloads import selects


def read_situation(hub: Hub, options: dict[str, Any], store: SnapshotStore, holder: str) -> Situation:
    """holder: a living other run. Raises HypershiftError when there is no such cluster or etcd."""
    namespace, name = options["namespace"], options["name"]
    etcd = find_etcd(hub, namespace, name)
    manifest, damage = proved(store, namespace, name, options["snapshot"])
    wanted = options.get("shards") or [s.name for s in etcd.shards]
    shards = tuple(_how_far(hub, s) for s in etcd.shards if s.name in wanted)
    cluster = {**etcd.cluster, "kind": HOSTED_CLUSTER.kind}
    return Situation(
        cluster=cluster,
        namespace=etcd.namespace,
        shards=shards,
        sets=etcd.stateful_sets,
        claims={c["metadata"]["name"]: c for c in hub.list(PERSISTENT_VOLUME_CLAIM, etcd.namespace)},
        writers=_writers(hub, etcd.namespace, cluster),
        units=(cluster, *({**p, "kind": NODE_POOL.kind} for p in pools_of(hub, namespace, name))),
        manifest=manifest,
        now=hub.now(),
        damage=damage,
        where=store.where,
        recovery=etcd.recovery,
        release=release_of(cluster),
        key_fingerprint=key_fingerprint(hub, cluster),
        mark=mark_of(cluster),
        holder=holder,
        every_shard=tuple(s.name for s in etcd.shards),
        options=options,
        management=identify(hub),
    )


def _how_far(hub: Hub, shard: Shard) -> Shard:
    """The shard with each running member's revision. Health is not asked: without quorum the question alone takes half
    a minute."""
    parts = {"status": commands.STATUS["status"]}
    members = [m for m in shard.members if m.name in shard.peers]
    return replace(shard, members=tuple(each(lambda m: asked(hub, shard, m, parts), members)))


def _writers(hub: Hub, namespace: str, cluster: Object) -> tuple[Writer, ...]:
    """The writers that are there, and pods of theirs that no Deployment owns."""
    live = {d["metadata"]["name"]: d for d in hub.list(DEPLOYMENT, namespace) if d["metadata"]["name"] in WRITERS}
    owners = {r["metadata"]["uid"]: _owner(r) for r in hub.list(REPLICA_SET, namespace)}
    pods = [p for p in hub.list(POD, namespace) if not is_over(p)]
    found = []
    for name in WRITERS:
        deployment = live.get(name)
        label = {"app": name}
        strays = [
            p["metadata"]["name"]
            for p in pods
            if ((p["metadata"].get("labels") or {}).items() >= label.items() or (deployment and selects(deployment, p)))
            and owners.get(_owner(p)) != lookup(deployment or {}, ("metadata", "uid"), "none")
        ]
        if deployment or strays:
            replicas = int(lookup(deployment or {}, ("spec", "replicas"), 1) if deployment else 0)
            uid = str(lookup(deployment or {}, ("metadata", "uid")) or "")
            back = replicas or replicas_by_policy(cluster) if deployment else 0
            found.append(Writer(name, back, replicas, uid, tuple(sorted(strays))))
    return tuple(found)


def _owner(obj: Object) -> str:
    """uid of the controller."""
    refs = obj["metadata"].get("ownerReferences") or []
    return str(next((r["uid"] for r in refs if r.get("controller")), ""))
