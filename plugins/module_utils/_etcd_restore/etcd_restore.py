# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module etcd_restore: plan, apply with the plan's digest, roll back. Source: platform_facts#8.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._etcd import restore_mark as marks
from .._etcd.asking import short
from .._etcd.restore_mark import Mark, mark_of
from .._etcd_snapshots.tools import SnapshotTools
from .._health.pauses import owner_of
from .._kernel.changes import ChangeSet
from .._kernel.errors import Failure, HypershiftError
from .._kernel.hub_identity import identify
from .._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, LEASE, control_plane_namespace
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._kernel.ports.processes import Processes
from .._kernel.run_lease import RunLease
from . import journal as journals
from .approval import elsewhere, unidentified
from .journal import Journal, journal_name, read_journal
from .plan import entry, first_journal, foreseen, outlook
from .refusals import accepted, refusals
from .rehearsal import exec_refusal
from .session import Session
from .situation import OWNER_NAME, Situation, differences, digest_of, made_elsewhere
from .steps import Restorer
from .survey import read_situation


class EtcdRestore:
    """state planned reads only; applied and rolled_back need the digest of the plan."""

    def __init__(self, hub: Hub, options: dict[str, Any], tools: SnapshotTools, processes: Processes) -> None:
        self._hub, self._options, self._tools = hub, options, tools
        self._namespace, self._name = str(options["namespace"]), str(options["name"])
        self._lease = RunLease(hub, self._namespace, journal_name(self._name), int(options["lease_seconds"]), processes)
        self._ref = HOSTED_CLUSTER.ref(self._namespace, self._name)

    def plan(self) -> Plan:
        state, digest = self._options["state"], str(self._options.get("digest") or "")
        if state == "planned":
            return self._planned()
        if not digest:
            step = "Run with state: planned, look at what would be lost, and give the digest that it returns."
            return self._refused("plan_not_approved", f"state {state} needs the digest of a plan", step)
        if not marks.is_digest(digest):
            step = "Give the whole digest that state: planned returns."
            return self._refused("plan_not_approved", "option digest is no digest of a plan", step)
        here = identify(self._hub)
        if made_elsewhere(digest, here):
            return Plan(ChangeSet(refusals=[elsewhere(digest, here, self._ref)]))
        mark = self._mark()
        if state == "rolled_back":
            return self._roll_back(digest, mark)
        if mark is None or mark.digest != digest or mark.state in (marks.UNDONE, marks.ROLLED_BACK):
            return self._begin(digest)
        if mark.state in (marks.DONE, marks.KEPT):
            return self._ended(mark, "this restore was done")
        journal = self._own_journal(mark)
        return self._settled(journal) if self._is_settled(journal) else self._go_on(journal)

    def _planned(self) -> Plan:
        situation = self._situation()
        plan = Plan(unchanged=True)
        plan.changes.refusals += self._refusals(situation)
        if situation.manifest:
            plan.extra = {"plan": foreseen(situation), "digest": digest_of(situation), "restore": outlook(situation)}
            plan.extra |= {
                "notes": [*accepted(situation), *unidentified(situation)],
                "management_cluster": situation.management.as_result(),
            }
        return plan

    def _begin(self, digest: str) -> Plan:
        situation = self._situation()
        plan = Plan()
        plan.changes.refusals += self._refusals(situation)
        plan.changes.notes += [*accepted(situation), *unidentified(situation)]
        if plan.changes.refusals:
            return plan
        if digest_of(situation) != digest:
            changed = differences(digest, situation)
            told = f": {', '.join(changed)} changed since" if changed else ""
            step = "Plan again (state: planned), look at it, and give the new digest."
            plan.changes.refuse(
                "plan_outdated", f"the plan of digest {digest[:12]} is not the plan of now{told}", step, self._ref
            )
            return plan
        plan.foreseen = foreseen(situation)
        plan.extra = {
            "digest": digest,
            "restore": outlook(situation),
            "management_cluster": situation.management.as_result(),
        }
        plan.act = lambda acts, progress: self._work(plan, first_journal(situation, digest), acts, progress)
        return plan

    def _go_on(self, journal: Journal) -> Plan:
        plan = self._unless_locked()
        if plan.changes.refusals:
            return plan
        if journal.rolling_back:
            plan.changes.refuse(
                "rolling_back",
                f"the restore of digest {journal.digest} is being rolled back",
                "Go on with state: rolled_back.",
                self._ref,
            )
            return plan
        left = [s.name for s in journal.steps if s.state != journals.DONE]
        plan.foreseen = [
            entry("go on", self._ref, f"with the restore that began at {journal.started}: {', '.join(left)}", True)
        ]
        plan.extra = {"digest": journal.digest, "restore": journal.summary()}
        plan.act = lambda acts, progress: self._work(plan, journal, acts, progress)
        return plan

    def _refusals(self, situation: Situation) -> list[Failure]:
        """All reasons against; when there is none, whether its tools would be let in."""
        found = refusals(situation)
        if found:
            return found
        refused = exec_refusal(self._hub, situation.namespace, [m.name for s in situation.shards for m in s.members])
        return [refused] if refused else []

    def _roll_back(self, digest: str, mark: Mark | None) -> Plan:
        if mark is None or mark.digest != digest:
            cause = (
                f"no restore of digest {digest[:12]} has changed anything here, as the HostedCluster does not carry its"
                " mark"
            )
            return self._refused(
                "no_such_restore", cause, "Check the digest. What a ConfigMap alone tells of a restore is not believed."
            )
        if mark.state in (marks.UNDONE, marks.ROLLED_BACK):
            return self._ended(mark, "the previous data is in use")
        if mark.state == marks.DONE:
            return self._refused(
                "nothing_kept", "the restore is done and the data of before is removed", "Restore another snapshot."
            )
        journal = self._own_journal(mark)
        if self._is_settled(journal):
            return self._settled(journal)
        plan = self._unless_locked()
        plan.foreseen = [
            entry(
                "roll back", self._ref, "the data of before takes its place again; what was written since is lost", True
            )
        ]
        plan.extra = {"digest": digest, "restore": journal.summary()}
        plan.act = lambda acts, progress: self._work(plan, journal, acts, progress, back=True)
        return plan

    def _is_settled(self, journal: Journal) -> bool:
        """Whether it was put back as found and its run killed before it could mark that: the pause, the last that is
        put back, is gone."""
        cluster = self._hub.get(HOSTED_CLUSTER, self._namespace, self._name) or {}
        return (
            journal.state in (journals.UNDONE, journals.ROLLED_BACK)
            and bool(cluster)
            and owner_of(cluster) != OWNER_NAME
        )

    def _settled(self, journal: Journal) -> Plan:
        plan = self._unless_locked()
        plan.foreseen = [
            entry("patch", self._ref, f"marked: the restore that began at {journal.started} is {journal.state}")
        ]
        plan.extra = {"digest": journal.digest, "restore": journal.summary()}

        def act(acts: list[dict[str, Any]], progress: Callable[[str], None]) -> None:
            with self._lease:
                self._session(journal, acts, progress).mark(journal.state)

        plan.act = act
        return plan

    def _session(self, journal: Journal, acts: list[dict[str, Any]], progress: Callable[[str], None]) -> Session:
        mark = self._mark()
        return Session(
            self._hub,
            self._namespace,
            self._name,
            control_plane_namespace(self._namespace, self._name),
            journal,
            self._lease,
            float(self._options["timeout"]),
            progress,
            acts,
            str(self._options.get("helper_image") or ""),
            marked=mark is not None and mark.digest == journal.digest and mark.state == marks.RUNNING,
        )

    def _work(
        self,
        plan: Plan,
        journal: Journal,
        acts: list[dict[str, Any]],
        progress: Callable[[str], None],
        back: bool = False,
    ) -> None:
        """Under the Lease, with the journal read again: another run may have ended between plan and now."""
        with self._lease:
            current, ended = self._under_lease(journal, back)
            if ended:
                plan.extra["restore"] = current.summary()
                return
            session = self._session(current, acts, progress)
            restorer = Restorer(session, self._options, self._tools)
            try:
                restorer.back() if back else restorer.forward()
            except HypershiftError as error:
                error.extra |= {"digest": session.journal.digest, "restore": session.journal.summary()}
                raise
            plan.extra["restore"] = session.journal.summary()

    def _situation(self) -> Situation:
        return read_situation(self._hub, self._options, self._tools.store, self._lease.holder())

    def _under_lease(self, planned: Journal, back: bool) -> tuple[Journal, bool]:
        """The journal as it is now, and whether there is nothing left to do. Raises HypershiftError when another
        restore was begun meanwhile."""
        mark = self._mark()
        if mark is None or mark.digest != planned.digest:
            if mark is not None and mark.state == marks.RUNNING:
                cause = f"a restore with digest {mark.digest} was begun meanwhile"
                raise HypershiftError(
                    Failure("restore_under_way", cause, self._ref, next_step="See who works on the cluster.")
                )
            return planned, False
        if mark.state == marks.RUNNING or (back and mark.state == marks.KEPT):
            current = self._own_journal(mark)
            if not back and current.state in (journals.UNDONE, journals.ROLLED_BACK):
                current.state = journals.RUNNING  # by the mark it has not ended
            return current, False
        if mark.state in (marks.UNDONE, marks.ROLLED_BACK) and not back and not planned.begun:
            return planned, False
        return self._own_journal(mark), True

    def _mark(self) -> Mark | None:
        cluster = self._hub.get(HOSTED_CLUSTER, self._namespace, self._name)
        return mark_of(cluster) if cluster else None

    def _own_journal(self, mark: Mark) -> Journal:
        """The journal that the mark stands for. Raises HypershiftError for any other."""
        journal = read_journal(self._hub, self._namespace, self._name)
        if journal is not None and journal.digest == mark.digest and journal.content == mark.content:
            return journal
        ref = CONFIG_MAP.ref(self._namespace, journal_name(self._name))
        cause = (
            "it is gone"
            if journal is None
            else "somebody has changed or replaced it: it is not what the mark on the HostedCluster stands for"
        )
        step = (
            f"See in the audit log who wrote it, and put the journal of digest {mark.digest} back from a copy; until"
            " then nothing is done."
        )
        raise HypershiftError(
            Failure("bad_journal", f"the journal of the restore is not believed: {cause}", ref, next_step=step)
        )

    def _unless_locked(self) -> Plan:
        plan, holder = Plan(), self._lease.holder()
        if holder:
            plan.changes.refuse(
                "locked", f"another run works on it now ({holder})", "Wait until it has ended.", self._ref
            )
        return plan

    def _ended(self, mark: Mark, note: str) -> Plan:
        """Nothing is left to do, except to remove the Lease of a run that was killed after its last step."""
        journal = self._own_journal(mark)
        plan = Plan(extra={"digest": mark.digest, "restore": journal.summary()})
        plan.changes.notes.append(f"{self._ref}: {note}; it ended at {short(journal.finished, 40)}")
        lease = self._lease.abandoned()
        if lease:
            plan.changes.delete(LEASE, lease, "a run that was killed has left it")
        return plan

    def _refused(self, code: str, cause: str, next_step: str) -> Plan:
        return Plan(ChangeSet(refusals=[Failure(code, cause, self._ref, next_step=next_step)]))
