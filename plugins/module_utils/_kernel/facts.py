# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What watches have told so far, and waiting for a simple fact of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .errors import Failure, WaitError
from .kinds import Kind
from .objects import Object
from .ports import hub as port
from .ports.hub import Hub, WatchEvent, WatchSpec

NOT_READ = "the management cluster could not be read"


class Observed:
    """Objects by kind, namespace and name, kept up to date by the events of one watch."""

    def __init__(self, specs: Sequence[WatchSpec]) -> None:
        self._specs = len(specs)
        self._synced: set[WatchSpec] = set()
        self.objects: dict[tuple[str, str, str], Object] = {}

    @property
    def complete(self) -> bool:
        """Every list has come once."""
        return len(self._synced) == self._specs

    def take(self, event: WatchEvent) -> None:
        kind = event.spec.kind.kind
        if event.type == port.SYNCED:
            self._synced.add(event.spec)
            self.objects = {k: v for k, v in self.objects.items() if k[0] != kind}
        for obj in event.objects or (event.object,):
            meta = obj.get("metadata") or {}
            key = (kind, meta.get("namespace", ""), meta.get("name", ""))
            if event.type == port.DELETED:
                self.objects.pop(key, None)
            elif meta:
                self.objects[key] = obj

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        return self.objects.get((kind.kind, namespace, name))

    def all(self, kind: Kind) -> list[Object]:
        return [obj for key, obj in self.objects.items() if key[0] == kind.kind]

    def within(self, kind: Kind, namespace: str) -> list[Object]:
        return [obj for key, obj in self.objects.items() if key[0] == kind.kind and key[1] == namespace]


@dataclass(frozen=True)
class Fact:
    """missing: what is still not so, in a few words, empty when it is so; called with each change. ref, what,
    next_step: for messages.

    hopeless: why it can never become so, if that shows. doubtful: why it looks so; when it has said anything at all for
    ``patience`` seconds on end, that is believed.
    """

    what: str
    specs: tuple[WatchSpec, ...]
    missing: Callable[[Observed], str]
    ref: str
    next_step: str
    hopeless: Callable[[Observed], str] = lambda _seen: ""
    doubtful: Callable[[Observed], str] = lambda _seen: ""
    patience: float = 180.0


class _Doubt:
    """Since when something has looked hopeless without a break."""

    def __init__(self, fact: Fact) -> None:
        self._fact = fact
        self._since: float | None = None

    def left(self, now: float) -> float:
        """Seconds until it is believed; endless while there is no doubt."""
        return float("inf") if self._since is None else self._since + self._fact.patience - now

    def judge(self, observed: Observed, now: float) -> str:
        said = self._fact.doubtful(observed) if observed.complete else ""
        self._since = None if not said else now if self._since is None else self._since
        return said if self.left(now) <= 0 else ""


class ProgressLines:
    """The lines of a wait; after QUIET seconds without one it says that it is still there, and for what."""

    QUIET = 300.0

    def __init__(self, hub: Hub, progress: Callable[[str], None]) -> None:
        self._hub, self._progress, self._said_at = hub, progress, hub.monotonic()

    def say(self, line: str) -> None:
        self._progress(line)
        self._said_at = self._hub.monotonic()

    def left(self) -> float:
        """Seconds until the next sign of life."""
        return max(0.0, self._said_at + self.QUIET - self._hub.monotonic())

    def still(self, line: str) -> None:
        if self.left() <= 0:
            self.say(line)


def wait_for(hub: Hub, fact: Fact, timeout: float, progress: Callable[[str], None]) -> None:
    """Return when the fact is so. Raises WaitError when it cannot become so, or after ``timeout`` seconds, with what is
    missing."""
    observed, told, doubt, lines = Observed(fact.specs), "", _Doubt(fact), ProgressLines(hub, progress)
    end = hub.monotonic() + timeout
    with hub.watch(fact.specs) as watch:
        while True:
            event = watch.next(max(0.0, min(end - hub.monotonic(), doubt.left(hub.monotonic()), lines.left())))
            if event is None and hub.monotonic() >= end:
                break
            if event is None:
                _give_up(fact, doubt.judge(observed, hub.monotonic()))
                lines.still(f"[{fact.ref}] still waiting for {fact.what}: {told or NOT_READ}")
                continue
            if event.type == port.TROUBLE:
                lines.say(f"[{fact.ref}] watch interrupted, trying again: {event.text}")
                continue
            observed.take(event)
            missing = fact.missing(observed) if observed.complete else told
            if observed.complete and not missing:
                return
            if observed.complete:
                _give_up(fact, fact.hopeless(observed) or doubt.judge(observed, hub.monotonic()))
            if missing != told:
                told = missing
                lines.say(f"[{fact.ref}] waiting for {fact.what}: {told}")
    cause = f"waiting for {fact.what} has not ended within {timeout:.0f} s; missing: {told or NOT_READ}"
    raise WaitError(Failure("timeout", cause, fact.ref, next_step=fact.next_step))


def _give_up(fact: Fact, why: str) -> None:
    if why:
        raise WaitError(
            Failure("hopeless", f"waiting for {fact.what} cannot succeed: {why}", fact.ref, next_step=fact.next_step)
        )


@dataclass(frozen=True)
class FactGoal:
    """A fact as the goal of a plan: see operation.Waiting."""

    goal: str
    fact: Fact
    timeout: float

    def wait(self, hub: Hub, progress: Callable[[str], None]) -> list[Object]:
        """One row: {object, outcome}. Raises WaitError."""
        wait_for(hub, self.fact, self.timeout, progress)
        return [{"object": self.fact.ref, "outcome": "done"}]
