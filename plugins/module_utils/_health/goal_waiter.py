# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one waiter: goals over watched objects, for any number of hosted clusters.

No request is sent while nothing happens. A goal ends done, hopeless (with its cause), at the timeout, or when nothing
has moved for progress_timeout; each end carries the last summary, what is missing and since when.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._kernel.errors import Failure, WaitError
from .._kernel.facts import NOT_READ, Observed, ProgressLines
from .._kernel.kinds import (
    HOSTED_CLUSTER,
    HOSTED_CONTROL_PLANE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
    NODE_POOL,
    control_plane_namespace,
)
from .._kernel.operation import Progress
from .._kernel.ports import hub as port
from .._kernel.ports.hub import Hub, WatchEvent
from .goal_states import ClusterView, GoalParams, GoalState, Outcome
from .goal_watches import WITH_CONTROL_PLANE, WITH_MACHINES, Target, concerns, watched_for
from .goals import evaluate
from .pool_machines import MachineOwners

MANY = 10  # above this many clusters one counting line replaces a line per cluster


@dataclass(frozen=True)
class WaitRequest:
    """What to wait for. targets: hosted clusters; params may differ by target. Times are seconds."""

    goal: str
    targets: tuple[Target, ...]
    timeout: float
    progress_timeout: float
    params: GoalParams = field(default_factory=GoalParams)
    params_by_target: dict[Target, GoalParams] = field(default_factory=dict)
    on_stall: Callable[[], bool] | None = None
    explain: Callable[[Target], str] | None = None

    def wait(self, hub: Hub, progress: Progress) -> list[dict[str, Any]]:
        """One row per target: {namespace, name, outcome, summary, missing, seconds, unchanged_seconds, finding}. Raises
        WaitError."""
        return Waiter(hub, self, progress).run() if self.targets else []


@dataclass
class _Track:
    state: GoalState
    changed_at: float
    ended_at: float | None = None


class Waiter:
    """Runs one WaitRequest. progress receives a line when a summary changes, and now and then when none does."""

    def __init__(self, hub: Hub, request: WaitRequest, progress: Progress) -> None:
        self._hub = hub
        self._request = request
        self._lines = ProgressLines(hub, progress)
        self._seen = Observed(watched_for(request.goal, request.targets))
        self._tracks: dict[Target, _Track] = {}
        self._started = hub.monotonic()
        self._moved_at = self._started
        self._interruption = ""
        self._trouble = ""

    def run(self) -> list[dict[str, Any]]:
        """Wait to the end; one row per target. Raises WaitError unless every target is done."""
        with self._hub.watch(watched_for(self._request.goal, self._request.targets)) as watch:
            while not self._over():
                event = watch.next(min(self._patience(), self._lines.left()))
                if event is not None:
                    self._take(event)
                elif self._patience() > 0:
                    self._lines.still(self._still())
                elif self._out_of_time():
                    break
        return self._finish()

    def _take(self, event: WatchEvent) -> None:
        if event.type == port.TROUBLE:
            self._interruption = f"last interruption of the watch at {self._clock()}: {event.text}"
            if event.text != self._trouble:  # said once, however often it is tried again
                self._lines.say(f"[{self._label()}] {self._clock()} watch interrupted, trying again: {event.text}")
            self._trouble = event.text
            return
        if self._trouble:
            self._lines.say(f"[{self._label()}] {self._clock()} watch goes on")
            self._trouble = ""
        self._seen.take(event)
        if self._seen.complete:
            self._judge(event.spec.kind.kind, event)

    def _judge(self, kind: str, event: WatchEvent) -> None:
        affected = (
            self._request.targets
            if event.type == port.SYNCED
            else [t for t in self._request.targets if concerns(t, kind, event.object)]
        )
        now, moment = self._hub.now(), self._hub.monotonic()
        for target in affected:
            track = self._tracks.get(target)
            if track and track.ended_at is not None:
                continue
            params = self._request.params_by_target.get(target, self._request.params)
            state = evaluate(self._request.goal, self._view(target), params, now=now)
            if track is None or track.state.summary != state.summary:
                track = self._tracks[target] = _Track(state, moment)
                self._moved_at = moment
                self._report(target, state)
            track.state = state
            if state.outcome is not Outcome.WAITING:
                track.ended_at = moment
                self._count()

    def _view(self, target: Target) -> ClusterView:
        namespace, name = target
        pools = tuple(o for o in self._seen.all(NODE_POOL) if concerns(target, NODE_POOL.kind, o))
        home = control_plane_namespace(namespace, name)
        return ClusterView(
            namespace,
            name,
            self._seen.get(HOSTED_CLUSTER, namespace, name),
            pools,
            self._seen.get(HOSTED_CONTROL_PLANE, home, name),
            control_plane_known=self._request.goal in WITH_CONTROL_PLANE,
            machines=self._machines(home),
        )

    def _machines(self, home: str) -> MachineOwners | None:
        if self._request.goal not in WITH_MACHINES:
            return None
        return MachineOwners(self._seen.within(MACHINE_DEPLOYMENT, home), self._seen.within(MACHINE_SET, home))

    def _over(self) -> bool:
        ended = [t for t in self._tracks.values() if t.ended_at is not None]
        return len(ended) == len(self._request.targets)

    def _patience(self) -> float:
        moment = self._hub.monotonic()
        return max(
            0.0, min(self._started + self._request.timeout, self._moved_at + self._request.progress_timeout) - moment
        )

    def _out_of_time(self) -> bool:
        """True when waiting ends; a stalled wait may get help from on_stall once and go on."""
        if self._hub.monotonic() - self._started >= self._request.timeout:
            return True
        if self._request.on_stall and self._request.on_stall():
            self._moved_at = self._hub.monotonic()
            return False
        return True

    def _finish(self) -> list[dict[str, Any]]:
        rows = [self._row(t) for t in self._request.targets]
        failed = [(t, r) for t, r in zip(self._request.targets, rows, strict=True) if r["outcome"] != "done"]
        if failed:
            raise WaitError(
                self._failure(*failed[0], count=len(failed)), wait={"goal": self._request.goal, "clusters": rows}
            )
        return rows

    def _row(self, target: Target) -> dict[str, Any]:
        track = self._tracks.get(target)
        if track is None:
            return {
                "namespace": target[0],
                "name": target[1],
                "outcome": "waiting",
                "summary": NOT_READ,
                "missing": [],
                "seconds": self._age(),
                "finding": {},
            }
        state = track.state
        return {
            "namespace": target[0],
            "name": target[1],
            "outcome": state.outcome.value,
            "summary": state.summary,
            "missing": list(state.missing),
            "seconds": round(
                (track.ended_at if track.ended_at is not None else self._hub.monotonic()) - self._started, 1
            ),
            "unchanged_seconds": round(self._hub.monotonic() - track.changed_at, 1),
            "finding": state.finding.as_dict() if state.finding else {},
        }

    def _failure(self, target: Target, row: dict[str, Any], count: int) -> Failure:
        ref = HOSTED_CLUSTER.ref(*target)
        finding = row["finding"]
        others = (
            f" ({count} of {len(self._request.targets)} clusters did not get there)"
            if len(self._request.targets) > 1
            else ""
        )
        goal = self._request.goal
        if row["outcome"] == "hopeless":
            cause, code = (
                f"waiting for {goal} cannot succeed: {finding.get('cause') or row['summary']}",
                finding.get("code") or "hopeless",
            )
        else:
            stalled = self._hub.monotonic() - self._started < self._request.timeout
            code = "no_progress" if stalled else "timeout"
            limit = (
                f"nothing has changed for {self._request.progress_timeout:.0f} s"
                if stalled
                else f"not reached within {self._request.timeout:.0f} s"
            )
            missing = f"; missing: {', '.join(row['missing'])}" if row["missing"] else ""
            since = f", unchanged for {row.get('unchanged_seconds', 0):.0f} s"
            cause = f"goal {goal} {limit}; last seen: {row['summary']}{since}{missing}"
            if finding.get("cause"):
                cause += f"; likely cause: {finding['cause']}"
            if self._interruption:
                cause += f"; {self._interruption}"
        if self._request.explain:
            detail = self._request.explain(target)
            cause += f"; {detail}" if detail else ""
        return Failure(
            code,
            cause.rstrip(". ") + others,
            ref,
            finding.get("condition", ""),
            finding.get("next_step") or _DEFAULT_NEXT_STEP,
            finding.get("docs", ""),
        )

    def _report(self, target: Target, state: GoalState) -> None:
        if len(self._request.targets) <= MANY:
            self._lines.say(f"[{target[1]}] {self._clock()} {state.summary}")

    def _count(self) -> None:
        """The line for many clusters, when one of them has ended."""
        if len(self._request.targets) <= MANY:
            return
        counts = [t.state.outcome for t in self._tracks.values()]
        done, lost = counts.count(Outcome.DONE), counts.count(Outcome.HOPELESS)
        text = f"{done}/{len(self._request.targets)} {self._request.goal}" + (f", {lost} hopeless" if lost else "")
        self._lines.say(f"[{self._label()}] {self._clock()} {text}")

    def _still(self) -> str:
        waiting = [row for row in map(self._row, self._request.targets) if row["outcome"] == "waiting"]
        first = waiting[0]
        who = "" if len(self._request.targets) == 1 else f"{first['namespace']}/{first['name']} "
        more = f", and {len(waiting) - 1} more" if len(waiting) > 1 else ""
        return (
            f"[{self._label()}] {self._clock()} still waiting for {self._request.goal}: {who}{first['summary']}{more}"
        )

    def _label(self) -> str:
        targets = self._request.targets
        return targets[0][1] if len(targets) == 1 else f"{len(targets)} clusters"

    def _age(self) -> float:
        return self._hub.monotonic() - self._started

    def _clock(self) -> str:
        minutes, seconds = divmod(int(self._age()), 60)
        return f"{minutes:02d}:{seconds:02d}"


_DEFAULT_NEXT_STEP = (
    "Look at the conditions of the HostedCluster and its NodePools (hosted_cluster_info), then run again."
)


def targets_of(clusters: Sequence[dict[str, Any]]) -> tuple[Target, ...]:
    return tuple((c["metadata"]["namespace"], c["metadata"]["name"]) for c in clusters)


def wait_request(
    options: dict[str, Any], goal: str, target: Target, params: GoalParams | None = None, **more: Any
) -> WaitRequest | None:
    """Request for one cluster from the options wait, wait_timeout and progress_timeout; None when wait is false."""
    if not options.get("wait"):
        return None
    return WaitRequest(
        goal=goal,
        targets=(target,),
        timeout=float(options["wait_timeout"]),
        progress_timeout=float(options["progress_timeout"]),
        params=params or GoalParams(),
        **more,
    )
