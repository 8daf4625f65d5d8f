# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The steps of a restore in order, onwards, undone or back; from wherever an earlier run stopped.

Until data is exchanged a failure undoes everything. Afterwards nothing is undone by itself: the failure says where it
stands and how to go on.
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._etcd import restore_mark as marks
from .._etcd_snapshots.store import SnapshotStore
from .._kernel.errors import Failure, HypershiftError
from .._kernel.held_lease import LeaseLost
from . import journal as journals
from . import pausing, proof, rehearsal, undoing, volumes
from . import workloads as scaling
from .fetching import Unseal, Workspace, fetch
from .journal import stamp
from .session import Session


@dataclass(frozen=True)
class Means:
    """Where snapshots lie, how a sealed one is opened, and a private folder of this machine."""

    store: SnapshotStore
    unseal: Unseal
    workspace: Workspace


class Restorer:
    def __init__(self, site: Session, options: dict[str, Any], means: Means) -> None:
        self._site, self._options, self._means = site, options, means
        self._files: dict[str, Path] = {}

    def forward(self) -> None:
        """All steps that are not done, in order. Raises HypershiftError; what it says is where the cluster stands."""
        site, journal = self._site, self._site.journal
        site.save()
        try:
            with self._workspace() as folder:
                if not journal.is_done("swap"):
                    self._exchange(folder)
            site.step("start_etcd", lambda: scaling.start_etcd(site))
            site.step("prove", lambda: proof.prove(site))
            site.step("start_writers", lambda: scaling.start_writers(site))
            site.step("resume", lambda: pausing.resume(site))
            site.step("clean_up", self._clean_up)
        except LeaseLost:
            raise
        except HypershiftError as error:
            raise self._after(error) from None
        if journal.state != journals.DONE:
            journal.end(journals.DONE, site.hub.now())
            journal.failure = ""
            site.save()
        site.mark(marks.KEPT if journal.kept else marks.DONE)
        down = journal.downtime()
        site.say(f"done; the hosted API was down for {down:.0f} s" if down is not None else "done")

    def _workspace(self) -> AbstractContextManager[Path]:
        """Entered by every run: leaving it removes also what a killed run has left there."""
        return self._means.workspace(self._site.namespace, self._site.name, f"restore-{self._site.journal.run}")

    def _exchange(self, folder: Path) -> None:
        """Up to the exchange of data. Each step's effect is made sure of again: the world may have moved since a killed
        run."""
        site = self._site
        unprepared = not site.journal.is_done("prepare")
        site.step("fetch", lambda: self._fetch(folder), again=unprepared)
        site.step("rehearse", lambda: rehearsal.rehearse(site), again=unprepared and not site.marked)
        site.mark(marks.RUNNING)
        site.step("pause", lambda: pausing.pause(site), again=True)
        site.step("stop_writers", lambda: scaling.stop_writers(site), again=True)
        site.step("stop_etcd", lambda: scaling.stop_etcd(site), again=True)
        site.step("prepare", lambda: volumes.prepare(site, self._files))
        site.step("swap", lambda: volumes.swap(site))

    def _fetch(self, folder: Path) -> str:
        site, identity = self._site, str(self._options.get("identity_file") or "")
        self._files = fetch(
            self._means.store, site.journal, site.namespace, site.name, folder, identity, self._means.unseal
        )
        return f"{sum(r.size for r in site.journal.shards) >> 20} MiB from {self._means.store.where}"

    def _clean_up(self) -> str:
        scaling.retention_as_found(self._site)
        if self._site.journal.kept:
            return "the data of before is kept"
        return proof.forget_old(self._site)

    def _after(self, error: HypershiftError) -> HypershiftError:
        """The failure that the user sees, after undoing what can be undone."""
        site, journal = self._site, self._site.journal
        if not journal.touched:
            return self._undone(error)
        with contextlib.suppress(HypershiftError):
            site.save()
        done = [s.name for s in journal.steps if s.state == journals.DONE]
        failed = next((s.name for s in journal.steps if s.state != journals.DONE), "")
        where = f"the restore stands at step {failed} (done: {', '.join(done)})"
        step = (
            f"Run the same task again with digest {journal.digest} to go on, or with state: rolled_back to put back the"
            f" previous data, which lies in /var/lib/data.before-{journal.run} of each member."
        )
        cause = error.failure.message().rstrip(". ")
        return _failure(error, f"{cause}; {where}", step, site.ref)

    def _undone(self, error: HypershiftError) -> HypershiftError:
        site, cause = self._site, error.failure.message().rstrip(". ")
        site.say(f"undoing: {error.failure.cause}")
        try:
            left = self._undo()
        except LeaseLost as lost:
            return lost
        except HypershiftError as second:
            step = (
                f"Run the same task again with digest {site.journal.digest} to go on, or with state: rolled_back to"
                " end it."
            )
            return _failure(
                error, f"{cause}; undoing it did not come to an end either: {second.failure.cause}", step, site.ref
            )
        return _failure(
            error,
            f"{cause}; no data was exchanged, and everything is as it was{left and f'; {left}'}",
            "Plan again once the cause is mended.",
            site.ref,
        )

    def _undo(self) -> str:
        """As found: nothing of ours on the volumes, etcd and writers back, pauses as found. Returns what is left all
        the same."""
        site, journal = self._site, self._site.journal
        left = undoing.discard(site)
        if site.marked:
            self._back_up(quorum=all(r.quorate for r in journal.shards))
        journal.end(journals.UNDONE, site.hub.now())
        site.save()
        if site.marked:
            site.mark(marks.UNDONE)
        return left

    def back(self) -> None:
        """The previous data in use again, with everything around it as found."""
        site, journal = self._site, self._site.journal
        journal.rolling_back, journal.state = True, journals.RUNNING
        site.save()
        site.mark(marks.RUNNING)
        try:
            with self._workspace():
                pausing.pause(site)
            scaling.stop_writers(site)
            scaling.stop_etcd(site)
            undoing.swap_back(site)
            self._back_up(quorum=all(r.quorate for r in journal.shards))
        except LeaseLost:
            raise
        except HypershiftError as error:
            step = f"Run the same task again with digest {journal.digest} to go on rolling back."
            raise _failure(
                error, f"{error.failure.message().rstrip('. ')}; rolling back has not ended", step, site.ref
            ) from None
        journal.end(journals.ROLLED_BACK, site.hub.now())
        site.save()
        site.mark(marks.ROLLED_BACK)
        site.say("rolled back: the data of before is in use")

    def _back_up(self, quorum: bool) -> None:
        """etcd, writers and pauses as found; what had no quorum as found is not waited for."""
        site, journal = self._site, self._site.journal
        scaling.start_etcd(site, demand=False)
        scaling.retention_as_found(site)
        if quorum:
            scaling.start_writers(site)
        else:
            scaling.scale_writers(site)
        pausing.resume(site, available=False)
        journal.up_at = journal.up_at or (stamp(site.hub.now()) if quorum else "")


def _failure(error: HypershiftError, cause: str, next_step: str, ref: str) -> HypershiftError:
    cause = cause.removeprefix(f"{ref}: ")
    failure = Failure(error.failure.code, cause, ref, error.failure.condition, next_step)
    return HypershiftError(failure, **error.extra)
