# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The steps of a restore in order, onwards, undone or back; from wherever an earlier run stopped.

Until data is exchanged a failure undoes everything. Afterwards nothing is undone by itself: the failure says where it
stands and how to go on.
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from .._etcd import restore_mark as marks
from .._etcd_snapshots.fetching import planned_files
from .._etcd_snapshots.store import CatalogEntry
from .._etcd_snapshots.tools import SnapshotTools
from .._kernel.errors import Failure, HypershiftError
from .._kernel.held_lease import LeaseLost
from .._kernel.pod_files import Proof
from . import journal as journals
from . import pausing, proof, rehearsal, undoing, volumes, workloads
from .journal import stamp
from .session import Session


class Restorer:
    def __init__(self, session: Session, options: dict[str, Any], tools: SnapshotTools) -> None:
        self._session, self._options, self._tools = session, options, tools
        self._files: dict[str, Path] = {}

    def forward(self) -> None:
        """All steps that are not done, in order. Raises HypershiftError; what it says is where the cluster stands."""
        session, journal = self._session, self._session.journal
        session.save()
        try:
            with self._workspace() as folder:
                if not journal.is_done("swap"):
                    self._exchange(folder)
            session.step("start_etcd", lambda: workloads.start_etcd(session))
            session.step("prove", lambda: proof.prove(session))
            session.step("start_writers", lambda: workloads.start_writers(session))
            session.step("resume", lambda: pausing.resume(session))
            session.step("clean_up", self._clean_up)
        except LeaseLost:
            raise
        except HypershiftError as error:
            raise self._after(error) from None
        if journal.state != journals.DONE:
            journal.end(journals.DONE, session.hub.now())
            journal.failure = ""
            session.save()
        session.mark(marks.KEPT if journal.kept else marks.DONE)
        down = journal.downtime()
        session.say(f"done; the hosted API was down for {down:.0f} s" if down is not None else "done")

    def _workspace(self) -> AbstractContextManager[Path]:
        """Entered by every run: leaving it removes also what a killed run has left there."""
        return self._tools.workspace(
            self._session.namespace, self._session.name, f"restore-{self._session.journal.run}"
        )

    def _exchange(self, folder: Path) -> None:
        """Up to the exchange of data. Each step's effect is made sure of again: the world may have moved since a killed
        run."""
        session = self._session
        unprepared = not session.journal.is_done("prepare")
        session.step("fetch", lambda: self._fetch(folder), again=unprepared)
        session.step("rehearse", lambda: rehearsal.rehearse(session), again=unprepared and not session.marked)
        session.mark(marks.RUNNING)
        session.step("pause", lambda: pausing.pause(session), again=True)
        session.step("stop_writers", lambda: workloads.stop_writers(session), again=True)
        session.step("stop_etcd", lambda: workloads.stop_etcd(session), again=True)
        session.step("prepare", lambda: volumes.prepare(session, self._files, self._tools.files))
        session.step("swap", lambda: volumes.swap(session))

    def _fetch(self, folder: Path) -> str:
        session, identity = self._session, str(self._options.get("identity_file") or "")
        at = CatalogEntry(session.journal.snapshot, session.namespace, session.name)
        wanted = {r.name: Proof(r.size, r.sha256) for r in session.journal.shards}
        self._files = planned_files(self._tools, at, wanted, folder, identity)
        return f"{sum(r.size for r in session.journal.shards) >> 20} MiB from {self._tools.store.where}"

    def _clean_up(self) -> str:
        workloads.retention_as_found(self._session)
        if self._session.journal.kept:
            return "the data of before is kept"
        return proof.forget_old(self._session)

    def _after(self, error: HypershiftError) -> HypershiftError:
        """The failure that the user sees, after undoing what can be undone."""
        session, journal = self._session, self._session.journal
        if not journal.touched:
            return self._undone(error)
        with contextlib.suppress(HypershiftError):
            session.save()
        done = [s.name for s in journal.steps if s.state == journals.DONE]
        failed = next((s.name for s in journal.steps if s.state != journals.DONE), "")
        where = f"the restore stands at step {failed} (done: {', '.join(done)})"
        step = (
            f"Run the same task again with digest {journal.digest} to go on, or with state: rolled_back to put back the"
            f" previous data, which lies in /var/lib/data.before-{journal.run} of each member."
        )
        cause = error.failure.message().rstrip(". ")
        return _failure(error, f"{cause}; {where}", step, session.ref)

    def _undone(self, error: HypershiftError) -> HypershiftError:
        session, cause = self._session, error.failure.message().rstrip(". ")
        session.say(f"undoing: {error.failure.cause}")
        try:
            left = self._undo()
        except LeaseLost as lost:
            return lost
        except HypershiftError as second:
            step = (
                f"Run the same task again with digest {session.journal.digest} to go on, or with state: rolled_back to"
                " end it."
            )
            return _failure(
                error, f"{cause}; undoing it did not come to an end either: {second.failure.cause}", step, session.ref
            )
        return _failure(
            error,
            f"{cause}; no data was exchanged, and everything is as it was{left and f'; {left}'}",
            "Plan again once the cause is mended.",
            session.ref,
        )

    def _undo(self) -> str:
        """As found: nothing of ours on the volumes, etcd and writers back, pauses as found. Returns what is left all
        the same."""
        session, journal = self._session, self._session.journal
        left = undoing.discard(session)
        if session.marked:
            self._back_up(quorum=all(r.quorate for r in journal.shards))
        journal.end(journals.UNDONE, session.hub.now())
        session.save()
        if session.marked:
            session.mark(marks.UNDONE)
        return left

    def back(self) -> None:
        """The previous data in use again, with everything around it as found."""
        session, journal = self._session, self._session.journal
        journal.rolling_back, journal.state = True, journals.RUNNING
        session.save()
        session.mark(marks.RUNNING)
        try:
            with self._workspace():
                pausing.pause(session)
            workloads.stop_writers(session)
            workloads.stop_etcd(session)
            undoing.swap_back(session)
            self._back_up(quorum=all(r.quorate for r in journal.shards))
        except LeaseLost:
            raise
        except HypershiftError as error:
            step = f"Run the same task again with digest {journal.digest} to go on rolling back."
            raise _failure(
                error, f"{error.failure.message().rstrip('. ')}; rolling back has not ended", step, session.ref
            ) from None
        journal.end(journals.ROLLED_BACK, session.hub.now())
        session.save()
        session.mark(marks.ROLLED_BACK)
        session.say("rolled back: the data of before is in use")

    def _back_up(self, quorum: bool) -> None:
        """etcd, writers and pauses as found; what had no quorum as found is not waited for."""
        session, journal = self._session, self._session.journal
        workloads.start_etcd(session, demand=False)
        workloads.retention_as_found(session)
        if quorum:
            workloads.start_writers(session)
        else:
            workloads.scale_writers(session)
        pausing.resume(session, available=False)
        journal.up_at = journal.up_at or (stamp(session.hub.now()) if quorum else "")


def _failure(error: HypershiftError, cause: str, next_step: str, ref: str) -> HypershiftError:
    cause = cause.removeprefix(f"{ref}: ")
    failure = Failure(error.failure.code, cause, ref, error.failure.condition, next_step)
    return HypershiftError(failure, **error.extra)
