# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Why a restore must not be begun: every reason is a row. Source: platform_facts#8.2, #8.3, #8.6."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .._etcd.evidence import assumption_problems, code_of, not_asked, seen, signs_of_life, told, way_out
from .._etcd.restore_mark import RUNNING
from .._health import pauses
from .._kernel import versions
from .._kernel.errors import Failure
from .._kernel.objects import lookup
from .._kernel.quantities import parse_quantity
from .situation import OWNER_NAME, Situation
from .snapshot_fit import (
    damaged,
    key_in_kms,
    no_snapshot,
    other_release,
    other_shards,
    sealed,
    wrong_cluster,
    wrong_key,
)

ROOM = 1.1  # a new database may be a little larger than the snapshot
LOGS = 128 * 1024 * 1024  # etcd allots two segments of its log ahead


def room_on_volume(size: int) -> int:
    """Bytes that a restored copy takes on a member's volume."""
    return int(size * ROOM) + LOGS


@dataclass(frozen=True)
class Refusal:
    """code: stable. test: the cause, empty when there is none. risk: name by which the user may accept it."""

    code: str
    test: Callable[[Situation], str]
    next_step: str | Callable[[Situation], str]
    risk: str = ""

    def failure(self, situation: Situation, cause: str) -> Failure:
        step = self.next_step if isinstance(self.next_step, str) else self.next_step(situation)
        return Failure(self.code, cause, situation.ref, next_step=step)


def _deleting(situation: Situation) -> str:
    return "it is being deleted" if lookup(situation.cluster, ("metadata", "deletionTimestamp")) else ""


def _upgrading(situation: Situation) -> str:
    """A first installation that has not ended is no update: it has no version to go back to."""
    newest = versions.newest(situation.cluster)
    under_way = newest.get("state") == "Partial" and versions.newest_completed(situation.cluster)
    return f"it is being updated to {newest.get('version') or 'another release'}" if under_way else ""


def _rolling(situation: Situation) -> str:
    names = [s.name for s in situation.shards if s.rolling and s.replicas]
    return f"StatefulSet {', '.join(names)} is rolling" if names else ""


def _recovery(situation: Situation) -> str:
    return f"the operator's own recovery of etcd is active: {situation.recovery}" if situation.recovery else ""


def _retention(situation: Situation) -> str:
    names = [s.name for s in situation.shards if s.when_scaled != "Retain"]
    if not names or situation.options.get("allow_retention_patch"):
        return ""
    return (
        f"StatefulSet {', '.join(names)} deletes its claims, and so all data, when it is scaled down (whenScaled:"
        " Delete)"
    )


def _paused(situation: Situation) -> str:
    owner = pauses.owner_of(situation.cluster)
    if not pauses.is_paused(situation.cluster, situation.now) or owner in ("", OWNER_NAME):
        return ""
    reason = (lookup(situation.cluster, ("metadata", "annotations")) or {}).get(pauses.REASON) or "no reason given"
    return f"it is paused by {owner} ({reason})"


def _under_way(situation: Situation) -> str:
    mark = situation.mark
    if mark is None or mark.state != RUNNING:
        return ""
    return (
        f"a restore from snapshot {mark.snapshot} with digest {mark.digest} began at {mark.started} and has not ended"
    )


def _locked(situation: Situation) -> str:
    return f"another run works on it now ({situation.holder})" if situation.holder else ""


def _claims(situation: Situation) -> str:
    lost = [n for n, c in situation.claims.items() if lookup(c, ("status", "phase")) == "Lost"]
    return f"claim {', '.join(sorted(lost))} has lost its volume" if lost else ""


def _small(situation: Situation) -> str:
    if situation.manifest is None:
        return ""
    sizes = {f.shard: f.size for f in situation.manifest.files}
    found = []
    for shard in situation.shards:
        need = room_on_volume(sizes.get(shard.name, 0))
        for member in shard.members:
            claim = situation.claims.get(member.claim)
            told = lookup(claim or {}, ("status", "capacity", "storage"))
            have = parse_quantity(told) if told else None
            if have is not None and have < need:
                found.append(f"{member.claim} has {told}")
    return (
        f"the snapshot needs {room_on_volume(max(sizes.values())) >> 20} MiB of each volume: {', '.join(found)}"
        if found
        else ""
    )


def _unsized(situation: Situation) -> str:
    names = [s.name for s in situation.shards if not s.peers]
    return f"StatefulSet {', '.join(names)} is scaled to 0 and does not say how many members it has" if names else ""


def _strays(situation: Situation) -> str:
    found = [f"{pod} (app {w.name})" for w in situation.writers for pod in w.strays]
    return (
        f"pods that write to etcd belong to no Deployment and would go on writing: {', '.join(found)}" if found else ""
    )


def _unseen(situation: Situation, right: bool) -> str:
    """Members that run and could not be asked, for want of a right alone or for another reason; those called lost are
    another row's."""
    assumed = set(situation.options.get("assume_lost") or [])
    missing = [m for s in situation.shards for m in not_asked(s) if m.name not in assumed]
    if not missing or (code_of(missing) == "missing_permission") is not right:
        return ""
    every = sum(s.size for s in situation.shards)
    failed = ", ".join(m.name for s in situation.shards for m in s.members if not m.not_asked and not m.running)
    lost = f"; {failed} {'does' if ',' not in failed else 'do'} not run" if failed else ""
    return (
        f"{len(missing)} of {every} members could not be asked and may hold newer data ({told(missing)}){lost};"
        f" {_seen(situation)}"
    )


def _seen(situation: Situation) -> str:
    return "; ".join(seen(s) for s in situation.shards)


def _no_right(situation: Situation) -> str:
    return _unseen(situation, True)


def _not_asked(situation: Situation) -> str:
    return _unseen(situation, False)


def _way_out(situation: Situation) -> str:
    """How to be able to ask, and where that is hopeless, when a member may be called lost."""
    shard = next((s for s in situation.shards if not_asked(s)), None)
    if shard is None:
        return "Leave it out of assume_lost."
    assumed = [m.name for m in not_asked(shard)]
    lost = [m.name for m in not_asked(shard) if not signs_of_life(shard, m, assumed)]
    return way_out(shard) + (f" If it is lost for good name it: assume_lost: [{', '.join(lost)}]." if lost else "")


def _not_lost(situation: Situation) -> str:
    return "; ".join(assumption_problems(situation.shards, situation.options.get("assume_lost") or []))


REFUSALS: tuple[Refusal, ...] = (
    Refusal("deleting", _deleting, "Restore into a new hosted cluster instead."),
    Refusal("snapshot_not_found", no_snapshot, "Look at the catalogue (etcd_snapshot_info)."),
    Refusal("snapshot_damaged", damaged, "Use another snapshot (etcd_snapshot_info)."),
    Refusal("snapshot_sealed", sealed, "Give identity_file."),
    Refusal("wrong_cluster", wrong_cluster, "Use a snapshot of this cluster."),
    Refusal("wrong_key", wrong_key, "Use a snapshot of this key, or put the key back into the hosted cluster first."),
    Refusal(
        "kms_not_compared",
        key_in_kms,
        "Make sure that the key is the same, then accept kms_not_compared.",
        "kms_not_compared",
    ),
    Refusal("release_differs", other_release, "Use a newer snapshot, or accept no_release_match.", "no_release_match"),
    Refusal("shards_differ", other_shards, "Use a snapshot of all shards, or name those to restore in shards."),
    Refusal(
        "update_in_progress",
        _upgrading,
        "Wait until the update has ended, or accept upgrading if etcd is what holds it up.",
        "upgrading",
    ),
    Refusal("rolling", _rolling, "Wait until it is done, or accept rolling if it cannot end without etcd.", "rolling"),
    Refusal("etcd_recovery_active", _recovery, "Wait until it has ended."),
    Refusal(
        "retention_delete",
        _retention,
        "Set allow_retention_patch: true; it is set to Retain for the restore and back afterwards.",
    ),
    Refusal("paused_by_other", _paused, "Ask them, and resume it with pause_reconcile."),
    Refusal(
        "restore_under_way",
        _under_way,
        "Go on with state: applied and that digest, or end it with state: rolled_back and that digest.",
    ),
    Refusal("missing_permission", _no_right, _way_out),
    Refusal("not_asked", _not_asked, _way_out),
    Refusal("not_lost", _not_lost, _way_out),
    Refusal("locked", _locked, "Wait until it has ended."),
    Refusal("claim_lost", _claims, "Delete the claim: the restore makes a new one."),
    Refusal("no_space", _small, "Enlarge the volumes first."),
    Refusal("size_unknown", _unsized, "Scale it back to its size first."),
    Refusal("stray_writer", _strays, "Delete these pods."),
)


def refusals(situation: Situation) -> list[Failure]:
    """All reasons against, in order of weight; accepted risks left out."""
    found = []
    for row in REFUSALS:
        cause = "" if row.risk and situation.accepts(row.risk) else row.test(situation)
        if cause:
            found.append(row.failure(situation, cause))
    return found


def accepted(situation: Situation) -> list[str]:
    """Risks that are there and that the user has accepted: said as warnings."""
    return [
        f"{situation.ref}: {cause} (accepted: {row.risk})"
        for row in REFUSALS
        if row.risk and situation.accepts(row.risk) and (cause := row.test(situation))
    ]


RISKS = tuple(row.risk for row in REFUSALS if row.risk)
