# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module upgrade_gate: may this batch of a campaign begin, and has it ended well?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .._kernel.changes import ChangeSet
from .._kernel.errors import Failure, OptionError, RefusedError
from .._kernel.objects import Object
from .._kernel.operation import Plan, Progress
from .._kernel.ports.calendar import Calendar, Window
from .._kernel.ports.hub import Hub
from . import claims
from .hubs import CampaignHubs
from .journal import DONE
from .progress import ClusterProgress, before, over_budget, planned, wave_state
from .verification import verified, worse
from .waiting import CampaignWait


class UpgradeGate:
    """phase ``start``: what is left of the plan; ``before``: the batch may begin, and is claimed; ``after``: it is
    verified."""

    def __init__(
        self,
        clock: Hub,
        hubs: CampaignHubs,
        plan: Object,
        options: Object,
        calendar: Calendar,
        sleep: Callable[[float], None],
        check_mode: bool,
    ) -> None:
        self._clock, self._hubs, self._plan, self._options = clock, hubs, plan, options
        self._calendar, self._sleep, self._check_mode = calendar, sleep, check_mode
        self._wait = CampaignWait(clock, hubs, float(options["wait_timeout"]))
        self._extra: Object = {}

    def plan(self) -> Plan:
        entries = planned(self._plan, self._options.get("clusters") or ())
        unknown = sorted(set(self._options.get("clusters") or ()) - {entry["id"] for entry in entries})
        if unknown:
            cause = f"option clusters names {', '.join(unknown)}, which the plan does not upgrade"
            raise OptionError(Failure("not_in_plan", cause, next_step="Use the ids of the plan."))
        if self._options["phase"] == "start":
            self._report(self._hubs.progress_by_id(entries, self._clock, True).values())
            return Plan(unchanged=True, extra=self._extra)
        if self._options["phase"] == "after":
            return Plan(unchanged=True, extra=self._extra, act=lambda _acts, progress: self._after(entries, progress))
        foreseen = self._foreseen(entries) if self._check_mode else []
        return Plan(
            foreseen=foreseen, extra=self._extra, act=lambda acts, progress: self._before(entries, acts, progress)
        )

    def _foreseen(self, entries: list[Object]) -> list[Object]:
        """What claiming the batch as it stands would write; the waves before it are not waited for."""
        clusters = self._batch(entries)
        self._report(clusters.values())
        return [
            e for s in clusters.values() if not s.finished and s.problem is None for e in claims.foreseen(self._plan, s)
        ]

    def _batch(self, entries: list[Object]) -> dict[str, ClusterProgress]:
        clusters = self._hubs.progress_by_id(entries, self._clock, True)
        for found in clusters.values():
            if not found.finished and found.problem is None:
                found.problem = self._closed(found)
        return clusters

    def _before(self, entries: list[Object], acts: list[Object], progress: Progress) -> None:
        self._earlier(entries, progress)
        clusters = self._batch(entries)
        go = [s for s in clusters.values() if not s.finished and s.problem is None]
        over = [
            s
            for s in clusters.values()
            if s.finished and s.problem is None and s.record.get("state") not in (None, "", DONE)
        ]

        seconds = int(self._options["lease_seconds"])

        def plan(name: str, hub: Hub) -> ChangeSet:
            return claims.changes(
                hub, self._plan, [s for s in go if s.hub == name], seconds, [s for s in over if s.hub == name]
            )

        failures = self._hubs.write([s.hub for s in (*go, *over)], plan, acts)
        for found in go:
            found.problem = found.problem or failures.get(found.hub)
        self._report(clusters.values())

    def _earlier(self, entries: list[Object], progress: Progress) -> None:
        """The waves before these are over and have soaked, and what failed so far is within the budget. Raises
        RefusedError or WaitError."""
        first = min(entry["batch"] for entry in entries)
        done_before = [entry for entry in planned(self._plan) if entry["batch"] < first]
        if not done_before:
            return
        waves = {name for entry in entries for name in before(self._plan, entry["wave"])}
        clusters = self._hubs.progress_by_id(done_before, self._clock)
        earlier = [found for found in clusters.values() if found.entry["wave"] in waves]
        self._wait.until_over(earlier, clusters, self._budget, progress)
        states = [wave_state(self._plan, name, clusters) for name in sorted(waves)]
        left = max(((s.soaked_at - self._clock.now()).total_seconds() for s in states if s.soaked_at), default=0.0)
        if left > 0 and self._budget(clusters) is None:
            progress(
                f"[{self._plan['campaign']}] the next wave begins in {left:.0f} s: {', '.join(sorted(waves))} soaking"
            )
            self._sleep(left)
            clusters = self._hubs.progress_by_id(done_before, self._clock)
        failure = self._budget(clusters)
        if failure:
            raise RefusedError([failure])

    def _budget(self, clusters: dict[str, ClusterProgress]) -> Failure | None:
        for found in clusters.values():
            found.regressed = found.finished and worse(found, self._clock.now()) is not None
        names = dict.fromkeys(found.entry["wave"] for found in clusters.values())
        waves = [wave_state(self._plan, name, clusters) for name in names]
        return over_budget(waves, [s.id for s in clusters.values() if s.failed], self._options.get("max_failed"))

    def _after(self, entries: list[Object], progress: Progress) -> None:
        clusters = self._hubs.progress_by_id(entries, self._clock)
        open_ones = [s for s in clusters.values() if verified(s, self._clock.now()) is not None]
        if open_ones:
            self._wait.until_verified(open_ones, float(self._options["settle_timeout"]), progress)
            clusters = self._hubs.progress_by_id(entries, self._clock)
        for found in clusters.values():
            found.problem = verified(found, self._clock.now())
        self._report(clusters.values())

    def _closed(self, found: ClusterProgress) -> Failure | None:
        """A cluster that has maintenance windows begins in one; what runs already goes on."""
        windows = [Window.of(window) for window in found.entry.get("windows") or []]
        now = self._clock.now()
        if not windows or found.position > 0 or any(self._calendar.is_open(window, now) for window in windows):
            return None
        opens = sorted(next_one[0] for window in windows if (next_one := self._calendar.next_open(window, now)))
        when = f"the next one opens at {opens[0].isoformat()}" if opens else "none opens in sight"
        return Failure(
            "window_closed",
            f"no maintenance window is open; {when}",
            found.ref,
            next_step="Run the campaign again then.",
        )

    def _report(self, clusters: Iterable[ClusterProgress]) -> None:
        rows = [found.row() for found in clusters]
        left = {row["id"] for row in rows if not row["finished"]}
        batches = [{**b, "clusters": [i for i in b["clusters"] if i in left]} for b in self._plan["batches"]]
        batches = [batch for batch in batches if batch["clusters"]]
        self._extra["gate"] = {
            "campaign": self._plan["campaign"],
            "digest": self._plan["digest"],
            "hubs": [{"name": name, **self._hubs.identities[name].as_dict()} for name in sorted(self._hubs.identities)],
            "clusters": rows,
            "finished": len(rows) - len(left),
            "batches": batches,
            "policy": self._plan.get("policy") or {},
            "supported_versions": dict(self._hubs.minors),
            "serial": [len(batch["clusters"]) for batch in batches],
        }
