# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The proof that all members hold the snapshot, before anything writes again. Source: platform_facts#8.3, the trap.

Members of a wrong restore report healthy. What counts: one cluster id, the right names, equal hashes at one revision,
and as many living keys at the restored revision as the snapshot had.
"""

from __future__ import annotations

from functools import partial

from .._etcd import commands as etcd
from .._etcd.asking import DENIED, FORBIDDEN
from .._etcd.discovery import HASH_SILENCE, ask, find_etcd
from .._etcd.evidence import code_of, not_asked, told
from .._etcd.state import Member, Shard
from .._etcd.verdict import divergence, healthy_members, proved_equal
from .._etcd_snapshots.snapshot_commands import count_of
from .._kernel.errors import ApiError, Failure, HypershiftError
from .._kernel.parallel import each
from .journal import ShardRecord
from .session import Session
from .volume_commands import forget

PAUSE_SECONDS = 2.0
_STEP = (
    "Run the same task again to prove it again, or with state: rolled_back to put the previous data back, which lies in"
    " /var/lib/data.before-{run} of each member."
)


def prove(session: Session) -> str:
    """Raises HypershiftError when the members differ, or when they are not all there within the timeout."""
    started, last = session.hub.monotonic(), ""
    while True:
        found = ask(
            session.hub,
            find_etcd(session.hub, session.namespace, session.name, [r.name for r in session.journal.shards]),
        )
        missing = [m for record in session.journal.shards if (m := _missing(session, found.shard(record.name), record))]
        if not missing:
            return _counted(session, found.shards)
        if missing[0] != last:
            last = missing[0]
            session.say(f"proof: {last}")
        if session.hub.monotonic() - started >= session.timeout:
            raise _failed(
                session, "not_proved", f"the restored etcd was not proved within {session.timeout:.0f} s: {last}"
            )
        session.hub.sleep(PAUSE_SECONDS)


def _missing(session: Session, shard: Shard, record: ShardRecord) -> str:
    """What is still to come, in a few words. Raises HypershiftError for what will not mend itself."""
    apart = divergence(shard)
    if apart:
        raise _failed(session, "diverged", f"the members of {record.name} hold different data: {apart}")
    refused = [m for m in shard.members if m.not_asked in (FORBIDDEN, DENIED)]
    if refused:
        raise _failed(
            session,
            code_of(refused),
            f"the restored members could not be asked ({told(refused)}), so that nothing is proved",
        )
    if not_asked(shard):
        return f"{record.name}: {told(not_asked(shard))}"
    if len(healthy_members(shard)) < record.replicas or len(shard.members) != record.replicas:
        return f"{record.name} {len(healthy_members(shard))} of {record.replicas} members healthy"
    for member in shard.members:
        names = {entry.name for entry in member.listed}
        if names != set(record.peers):
            return f"{member.name} lists members {', '.join(sorted(names)) or 'none'}"
    if record.replicas > 1 and not proved_equal(shard):
        return f"{record.name}: hashes not known of all members"
    return ""


def _counted(session: Session, shards: tuple[Shard, ...]) -> str:
    """Living keys on each member, counted at the restored revision: later ones may have lost keys whose lease ran
    out."""
    notes = []
    for record in session.journal.shards:
        shard = next(s for s in shards if s.name == record.name)
        counts = each(partial(_count, session, shard, record.revision + record.bumped), shard.members)
        wrong = [f"{m.name} {c}" for m, c in zip(shard.members, counts, strict=True) if c != record.live_keys]
        if wrong:
            cause = (
                f"{record.name} does not hold the {record.live_keys} living keys of the snapshot: {', '.join(wrong)}"
            )
            raise _failed(session, "keys_differ", cause)
        one = next((m for m in shard.members if m.hash is not None), None)
        same = f", hash {one.hash:08x} at revision {one.hash_revision} on all" if one and one.hash is not None else ""
        notes.append(f"{record.name}: {record.live_keys} keys on {len(shard.members)} member(s){same}")
        session.say(f"proved {notes[-1]}")
    return "; ".join(notes)


def _count(session: Session, shard: Shard, revision: int, member: Member) -> int | None:
    shell = session.hub.shell(shard.namespace, member.name, etcd.CONTAINER)
    for text in (etcd.count_keys(revision), etcd.count_keys()):
        try:
            found = etcd.answers(shell.run(etcd.script({"count": text}), silence=HASH_SILENCE).text).get("count")
        except ApiError as error:
            if error.status in (401, 403):
                raise
            return None
        count = count_of(found)
        if count is not None:
            return count
    return None


def forget_old(session: Session) -> str:
    """The data of before, removed by the members themselves."""

    def one(member: str) -> str:
        result = session.hub.shell(session.home, member, etcd.CONTAINER).run(forget(session.journal.run))
        return "" if result.code == 0 else f"{member}: {result.complaint()}"

    session.lease.check()
    members = [m for r in session.journal.shards for m in r.peers]
    wrong = [w for w in each(one, members) if w]
    if wrong:
        step = "The cluster runs on the restored data. Run the same task again to remove what is left."
        raise HypershiftError(
            Failure("not_cleaned", f"old data could not be removed: {'; '.join(wrong)}", session.ref, next_step=step)
        )
    for member in members:
        session.did("remove", f"Member {session.home}/{member}", "the data of before")
    return f"{len(members)} volumes"


def _failed(session: Session, code: str, cause: str) -> HypershiftError:
    return HypershiftError(Failure(code, cause, session.ref, next_step=_STEP.format(run=session.journal.run)))
