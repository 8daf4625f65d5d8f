# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The ordered steps of a restore as people read them, and the journal it begins with. Source: platform_facts#8.3."""

from __future__ import annotations

from typing import Any

from .._etcd.discovery import claim_of
from .._etcd.state import Shard
from .._health import pauses
from .._kernel.kinds import DEPLOYMENT, PERSISTENT_VOLUME_CLAIM, POD, STATEFUL_SET
from .journal import Journal, ShardRecord, stamp
from .situation import Situation, earlier, lost, pause_as_found
from .volume_pod import TRIAL, pod_name

Entry = dict[str, Any]


def entry(verb: str, ref: str, why: str, disruptive: bool = False) -> Entry:
    return {"verb": verb, "object": ref, "why": why, "disruptive": disruptive}


def foreseen(situation: Situation) -> list[Entry]:
    """What applying will do, in order."""
    place, paused = situation.namespace, pauses.is_paused(situation.cluster, situation.now)
    steps = _before_any_change(situation)
    steps += [] if paused else [entry("pause", situation.ref, "the operators must not start what is stopped here")]
    steps += [
        entry(
            "scale",
            DEPLOYMENT.ref(place, w.name),
            f"0 of {w.replicas}: nothing may write; the hosted API is down from here on",
            True,
        )
        for w in situation.writers
    ]
    for shard in situation.shards:
        ref = STATEFUL_SET.ref(place, shard.name)
        if shard.when_scaled != "Retain":
            steps.append(
                entry("patch", ref, "whenScaled is set to Retain for the restore: else scaling deletes the data")
            )
        steps.append(entry("scale", ref, f"0 of {shard.size}: no member may run while its data is exchanged", True))
    return steps + _on_volumes(situation) + _back_in_use(situation, paused)


def _on_volumes(situation: Situation) -> list[Entry]:
    """One pod for each member, and the exchange once all are prepared."""
    place, steps = situation.namespace, []
    mark = f"snapshot {situation.manifest.id}" if situation.manifest else "the snapshot"
    for shard in situation.shards:
        for member in shard.members:
            if not member.claim:
                steps.append(
                    entry(
                        "create",
                        PERSISTENT_VOLUME_CLAIM.ref(place, claim_of(situation.sets[shard.name], member.name)),
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
        for s in situation.shards
        for m in s.members
    ]
    return steps


def _back_in_use(situation: Situation, paused: bool) -> list[Entry]:
    place, steps = situation.namespace, []
    for shard in situation.shards:
        steps += [entry("delete", POD.ref(place, pod_name(m.name)), "its work is done") for m in shard.members]
        steps.append(
            entry(
                "scale",
                STATEFUL_SET.ref(place, shard.name),
                f"back to {shard.size}; equal hashes on all members are the proof",
            )
        )
    steps += [entry("scale", DEPLOYMENT.ref(place, w.name), f"back to {w.replicas}") for w in situation.writers]
    steps += [] if paused else [entry("resume", situation.ref, "as found")]
    if not situation.options.get("keep_old_data"):
        steps += [
            entry("remove", f"Member {place}/{m.name}", "the data of before is no longer needed")
            for s in situation.shards
            for m in s.members
        ]
    return steps


def _before_any_change(situation: Situation) -> list[Entry]:
    why = "proves image, place, commands and room, and is deleted, before anything is changed"
    trials = [pod_name(m.name, TRIAL) for s in situation.shards for m in s.members]
    mark = entry("patch", situation.ref, "marked with the restore that is under way, and at the end with how it ended")
    return [*(entry("create", POD.ref(situation.namespace, name), why) for name in trials), mark]


def first_journal(situation: Situation, digest: str) -> Journal:
    """Everything as found, before anything is changed."""
    if situation.manifest is None:
        raise ValueError("a journal needs a snapshot")
    return Journal(
        digest=digest,
        snapshot=situation.manifest.id,
        taken_at=stamp(situation.manifest.taken_at),
        writers={w.name: w.replicas for w in situation.writers},
        shards=[_record(situation, shard) for shard in situation.shards],
        pauses={f"{u['kind']}/{u['metadata']['name']}": pause_as_found(u) for u in situation.units},
        lost=lost(situation),
        bump=situation.bump,
        started=stamp(situation.now),
        kept=bool(situation.options.get("keep_old_data")),
        after=earlier(situation.mark),
    )


def _record(situation: Situation, shard: Shard) -> ShardRecord:
    if situation.manifest is None:
        raise ValueError("a journal needs a snapshot")
    file = situation.manifest.file_of(shard.name)
    return ShardRecord(
        name=shard.name,
        replicas=shard.size,
        when_scaled=shard.when_scaled,
        # a member is Ready only with quorum (platform_facts#O.6)
        quorate=bool(shard.replicas) and shard.ready_replicas >= shard.quorum,
        peers=dict(shard.peers),
        size=file.size,
        sha256=file.sha256,
        hash=file.hash,
        revision=file.revision,
        live_keys=file.live_keys,
    )


def outlook(situation: Situation) -> dict[str, Any]:
    """What the plan says of the restore: most of all what would be lost."""
    if situation.manifest is None:
        return {}
    return {
        "snapshot": situation.manifest.id,
        "state": "planned",
        "lost": lost(situation),
        "steps": [],
        "api_downtime_seconds": None,
        "members": [m.name for s in situation.shards for m in s.members],
        "started": "",
        "finished": "",
        "kept": [],
    }
