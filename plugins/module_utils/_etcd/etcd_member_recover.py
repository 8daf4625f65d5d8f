# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module etcd_member_recover: one failed member of a quorate etcd starts anew.

Source: platform_facts#8.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._kernel.changes import ChangeSet
from .._kernel.errors import Failure, WaitError
from .._kernel.facts import Fact, Observed, wait_for
from .._kernel.kinds import PERSISTENT_VOLUME_CLAIM, POD, STATEFUL_SET
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub, WatchSpec
from .._kernel.times import seconds_since
from .discovery import Etcd, ask, find_etcd
from .etcd_info import etcd_row
from .evidence import assumption_problems, code_of, not_asked, told, way_out
from .state import Member, Shard
from .verdict import DIVERGED, UNKNOWN, failed_members, proved_equal, verdict_of

ASK_PAUSE = 2.0
SAME_AGE_SECONDS = 10.0  # claims of one StatefulSet are made within moments


class RecoverMember:
    """Delete claim and pod of the failed member; its StatefulSet makes both again, and reset-member joins it to the
    others."""

    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub, self._options = hub, options

    def plan(self) -> Plan:
        etcd = self._etcd()
        shard, changes = etcd.shards[0], ChangeSet()
        plan = Plan(changes, extra={"etcd": etcd_row(etcd, shard)})
        self._refuse_unseen(shard, changes)
        if changes.refusals:
            return plan
        member = self._patient(shard)
        if member is None and not self._failed(shard):
            self._refuse_sick(shard, changes)
            return plan
        self._refuse(etcd, shard, member, changes)
        if member and not changes.refusals:
            if self._under_way(shard, member):
                plan.foreseen = [_entry("wait", shard, member, "its claim is new: a recovery is under way")]
            else:
                self._delete(shard, member, changes)
            plan.act = lambda done, progress: self._prove(plan, shard.name, member.name, progress)
        return plan

    def _etcd(self) -> Etcd:
        options = self._options
        etcd = find_etcd(self._hub, options["namespace"], options["name"], [options["shard"]])
        return ask(self._hub, etcd)

    def _failed(self, shard: Shard) -> list[Member]:
        """Members seen to have failed, and those that the person calls lost."""
        assumed = self._options.get("assume_lost") or []
        return [*failed_members(shard), *(m for m in not_asked(shard) if m.name in assumed)]

    def _refuse_unseen(self, shard: Shard, changes: ChangeSet) -> None:
        """A member that could not be asked may hold the only good copy of the data."""
        assumed, ref = self._options.get("assume_lost") or [], STATEFUL_SET.ref(shard.namespace, shard.name)
        for problem in assumption_problems([shard], assumed):
            changes.refuse(
                "not_lost", problem, way_out(shard) if not_asked(shard) else "Leave it out of assume_lost.", ref
            )
        unseen = [m for m in not_asked(shard) if m.name not in assumed]
        if unseen:
            cause = f"{len(unseen)} of {shard.size} members could not be asked ({told(unseen)})"
            changes.refuse(code_of(unseen), cause, way_out(shard), ref)

    def _patient(self, shard: Shard) -> Member | None:
        """The failed member: named, or the only one."""
        failed = self._failed(shard)
        named = [m for m in failed if not self._options.get("member") or m.name == self._options["member"]]
        return named[0] if len(failed) == 1 and named else None

    def _refuse_sick(self, shard: Shard, changes: ChangeSet) -> None:
        """Nobody failed; still there may be something that this module must not call well."""
        verdict = verdict_of(shard)
        if verdict.name in (DIVERGED, UNKNOWN, "corrupt", "scaled_down"):
            changes.refuse(
                verdict.name, verdict.cause, verdict.next_step, STATEFUL_SET.ref(shard.namespace, shard.name)
            )

    def _refuse(self, etcd: Etcd, shard: Shard, member: Member | None, changes: ChangeSet) -> None:
        ref, failed, verdict = STATEFUL_SET.ref(shard.namespace, shard.name), self._failed(shard), verdict_of(shard)
        if shard.size < 3:
            changes.refuse(
                "not_redundant",
                f"it has {shard.size} member: nobody could give its data back",
                "Use etcd_restore.",
                ref,
            )
        elif len(failed) > 1:
            names = ", ".join(f"{m.name} ({m.error or m.state})" for m in failed)
            changes.refuse("not_quorate", f"{len(failed)} members have failed: {names}", verdict.next_step, ref)
        elif verdict.name in (DIVERGED, "corrupt") or not verdict.quorate:
            changes.refuse(verdict.name, verdict.cause, verdict.next_step, ref)
        elif member is None:
            cause = f"{self._options.get('member')} is healthy, {failed[0].name} has failed"
            changes.refuse("wrong_member", cause, f"Name {failed[0].name}, or leave member out.", ref)
        if shard.rolling:
            changes.refuse(
                "rolling",
                "its StatefulSet is rolling: a member that restarts is not a failed one",
                "Wait until it is done.",
                ref,
            )
        if etcd.recovery:
            changes.refuse(
                "etcd_recovery_active", f"the operator is recovering it: {etcd.recovery}", "Wait for its end.", etcd.ref
            )

    def _under_way(self, shard: Shard, member: Member) -> bool:
        """A claim that is new, and newer than the others', belongs to a recovery that was begun: deleting it again
        would start over."""
        ages = {m.name: self._age(shard, m) for m in shard.members}
        own, others = ages[member.name], [a for name, a in ages.items() if name != member.name and a is not None]
        return (
            own is not None
            and own < float(self._options["settle_seconds"])
            and min(others, default=own) - own > SAME_AGE_SECONDS
        )

    def _age(self, shard: Shard, member: Member) -> float | None:
        claim = self._hub.get(PERSISTENT_VOLUME_CLAIM, shard.namespace, member.claim) if member.claim else None
        if claim is None or claim["metadata"].get("deletionTimestamp"):
            return None
        return seconds_since(claim["metadata"].get("creationTimestamp"), self._hub.now())

    def _delete(self, shard: Shard, member: Member, changes: ChangeSet) -> None:
        why = f"{member.name} has failed: {member.error or member.state}; it joins anew with empty data"
        for kind, name in ((PERSISTENT_VOLUME_CLAIM, member.claim), (POD, member.name)):
            live = self._hub.get(kind, shard.namespace, name) if name else None
            if live and not live["metadata"].get("deletionTimestamp"):
                changes.delete(kind, live, why, disruptive=kind is PERSISTENT_VOLUME_CLAIM)

    def _prove(self, plan: Plan, name: str, member: str, progress: Callable[[str], None]) -> None:
        """Done when every member is healthy and holds the same data; a ready pod alone proves nothing."""
        namespace = plan.extra["etcd"]["namespace"]
        started, limit = self._hub.monotonic(), float(self._options["wait_timeout"])
        wait_for(self._hub, ready(namespace, name), limit, progress)
        while True:
            etcd = self._etcd()
            shard = etcd.shards[0]
            plan.extra["etcd"] = etcd_row(etcd, shard)
            verdict = verdict_of(shard)
            if verdict.name == DIVERGED or (verdict.name == "healthy" and proved_equal(shard)):
                break
            if self._hub.monotonic() - started > limit:
                break
            progress(f"[{self._options['name']}] {member}: {verdict.cause}")
            self._hub.sleep(ASK_PAUSE)
        if verdict.name != "healthy" or not proved_equal(shard):
            ref = STATEFUL_SET.ref(namespace, name)
            raise WaitError(
                Failure("not_recovered", f"{member} did not recover: {verdict.cause}", ref, next_step=verdict.next_step)
            )


def ready(namespace: str, name: str) -> Fact:
    """Every pod of the StatefulSet is ready, as its status of the current generation says."""

    def missing(seen: Observed) -> str:
        live = seen.get(STATEFUL_SET, namespace, name)
        if live is None:
            return "it does not exist"
        status, wanted = live.get("status") or {}, int(live["spec"].get("replicas", 1))
        have = int(status.get("readyReplicas") or 0)
        current = int(status.get("observedGeneration") or 0) >= int(live["metadata"].get("generation") or 0)
        return "" if current and have == wanted else f"{have} of {wanted} pods are ready"

    ref = STATEFUL_SET.ref(namespace, name)
    step = "Look at its pods and claims (etcd_info), then run again."
    return Fact("all pods ready", (WatchSpec(STATEFUL_SET, namespace, name),), missing, ref, step)


def _entry(verb: str, shard: Shard, member: Member, why: str) -> dict[str, Any]:
    return {"verb": verb, "object": POD.ref(shard.namespace, member.name), "why": why, "disruptive": False}
