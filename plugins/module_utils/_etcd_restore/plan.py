# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The ordered steps of a restore as people read them, and the journal it begins with. Source: facts 8.3."""

from __future__ import annotations

from typing import Any

from .._etcd.state import Shard
from .._health import pauses
from .._kernel.kinds import DEPLOYMENT, PERSISTENT_VOLUME_CLAIM, POD, STATEFUL_SET
from .journal import Journal, ShardRecord, stamp
from .situation import Situation, earlier, lost, pause_as_found
from .volume_pod import TRIAL, pod_name

Entry = dict[str, Any]


def entry(verb: str, ref: str, why: str, disruptive: bool = False) -> Entry:
    return {"verb": verb, "object": ref, "why": why, "disruptive": disruptive}


def foreseen(world: Situation) -> list[Entry]:
    """What applying will do, in order."""
    place, paused = world.namespace, pauses.is_paused(world.cluster, world.now)
    steps = _before_any_change(world)
    steps += [] if paused else [entry("pause", world.ref, "the operators must not start what is stopped here")]
    steps += [
        entry(
            "scale",
            DEPLOYMENT.ref(place, w.name),
            f"0 of {w.replicas}: nothing may write; the hosted API is down from here on",
            True,
        )
        for w in world.writers
    ]
    for shard in world.shards:
        ref = STATEFUL_SET.ref(place, shard.name)
        if shard.when_scaled != "Retain":
            steps.append(
                entry("patch", ref, "whenScaled is set to Retain for the restore: else scaling deletes the data")
            )
        steps.append(entry("scale", ref, f"0 of {shard.size}: no member may run while its data is exchanged", True))
    return steps + _on_volumes(world) + _back_in_use(world, paused)


def _on_volumes(world: Situation) -> list[Entry]:
    """One pod for each member, and the exchange once all are prepared."""
    place, steps = world.namespace, []
    mark = f"snapshot {world.manifest.id}" if world.manifest else "the snapshot"
    for shard in world.shards:
        for member in shard.members:
            if not member.claim:
                steps.append(
                    entry(
                        "create",
                        PERSISTENT_VOLUME_CLAIM.ref(place, claim_name(world, shard, member.name)),
                        "it has none",
                    )
                )
            steps.append(
                entry(
                    "create",
                    POD.ref(place, pod_name(member.name)),
                    f"{mark} is restored and proved beside the data in use",
                )
            )
    steps += [
        entry(
            "exchange",
            f"Member {place}/{m.name}",
            "the restored data takes the place of the data in use, which is kept aside",
            True,
        )
        for s in world.shards
        for m in s.members
    ]
    return steps


def _back_in_use(world: Situation, paused: bool) -> list[Entry]:
    place, steps = world.namespace, []
    for shard in world.shards:
        steps += [entry("delete", POD.ref(place, pod_name(m.name)), "its work is done") for m in shard.members]
        steps.append(
            entry(
                "scale",
                STATEFUL_SET.ref(place, shard.name),
                f"back to {shard.size}; equal hashes on all members are the proof",
            )
        )
    steps += [entry("scale", DEPLOYMENT.ref(place, w.name), f"back to {w.replicas}") for w in world.writers]
    steps += [] if paused else [entry("resume", world.ref, "as found")]
    if not world.options.get("keep_old_data"):
        steps += [
            entry("remove", f"Member {place}/{m.name}", "the data of before is no longer needed")
            for s in world.shards
            for m in s.members
        ]
    return steps


def _before_any_change(world: Situation) -> list[Entry]:
    why = "proves image, place, commands and room, and is deleted, before anything is changed"
    trials = [pod_name(m.name, TRIAL) for s in world.shards for m in s.members]
    mark = entry("patch", world.ref, "marked with the restore that is under way, and at the end with how it ended")
    return [*(entry("create", POD.ref(world.namespace, name), why) for name in trials), mark]


def claim_name(world: Situation, shard: Shard, member: str) -> str:
    templates = world.sets[shard.name]["spec"].get("volumeClaimTemplates") or []
    return f"{templates[0]['metadata']['name'] if templates else 'data'}-{member}"


def first_journal(world: Situation, digest: str) -> Journal:
    """Everything as found, before anything is changed."""
    if world.manifest is None:
        raise ValueError("a journal needs a snapshot")
    return Journal(
        digest=digest,
        snapshot=world.manifest.id,
        taken_at=stamp(world.manifest.taken_at),
        writers={w.name: w.replicas for w in world.writers},
        shards=[_record(world, shard) for shard in world.shards],
        pauses={f"{u['kind']}/{u['metadata']['name']}": pause_as_found(u) for u in world.units},
        lost=lost(world),
        bump=world.bump,
        started=stamp(world.now),
        kept=bool(world.options.get("keep_old_data")),
        after=earlier(world.mark),
    )


def _record(world: Situation, shard: Shard) -> ShardRecord:
    if world.manifest is None:
        raise ValueError("a journal needs a snapshot")
    file = world.manifest.file_of(shard.name)
    return ShardRecord(
        name=shard.name,
        replicas=shard.size,
        when_scaled=shard.when_scaled,
        # a member is Ready only with quorum (facts O.6)
        quorate=bool(shard.replicas) and shard.ready_replicas >= shard.quorum,
        peers=dict(shard.peers),
        size=file.size,
        sha256=file.sha256,
        hash=file.hash,
        revision=file.revision,
        live_keys=file.live_keys,
    )


def outlook(world: Situation) -> dict[str, Any]:
    """What the plan says of the restore: most of all what would be lost."""
    if world.manifest is None:
        return {}
    return {
        "snapshot": world.manifest.id,
        "state": "planned",
        "lost": lost(world),
        "steps": [],
        "api_downtime_seconds": None,
        "members": [m.name for s in world.shards for m in s.members],
        "started": "",
        "finished": "",
        "kept": [],
    }
