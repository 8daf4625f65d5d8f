# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a restore of etcd has done so far, as it lies in the management cluster.

It holds all that going on needs and that cannot be seen any more once the cluster is down: replica counts, peers, the
pause as found. No secret.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from .._etcd.asking import short
from .._etcd.restore_mark import Mark, is_digest
from .._kernel.errors import Failure, HypershiftError
from .._kernel.kinds import CONFIG_MAP
from .._kernel.ports.hub import Hub
from .._kernel.times import parse_time

FORMAT = 2  # 1 had image and claims of its own, and no mark on the HostedCluster to be believed by
KEY = "journal"
STEPS = (
    "fetch",
    "rehearse",
    "pause",
    "stop_writers",
    "stop_etcd",
    "prepare",
    "swap",
    "start_etcd",
    "prove",
    "start_writers",
    "resume",
    "clean_up",
)
RUNNING, DONE, UNDONE, ROLLED_BACK = "running", "done", "undone", "rolled_back"
PENDING, STARTED, FAILED = "pending", "started", "failed"


@dataclass
class StepRecord:
    name: str
    state: str = PENDING
    started: str = ""
    finished: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        begun, ended = parse_time(self.started), parse_time(self.finished)
        seconds = round((ended - begun).total_seconds(), 1) if begun and ended else None
        return {"name": self.name, "state": self.state, "started": self.started, "seconds": seconds, "note": self.note}


@dataclass
class ShardRecord:
    """A StatefulSet as found, and what it is restored to. replicas: to scale back to; when_scaled: retention as found;
    quorate: as found."""

    name: str
    replicas: int
    when_scaled: str
    quorate: bool
    peers: dict[str, str]
    size: int
    sha256: str
    hash: int
    revision: int
    live_keys: int
    bumped: int = 0


@dataclass
class Journal:
    """state: running until it is done, undone (failed before any data was exchanged, all put back) or rolled_back
    (previous data put back).

    pauses: object reference -> pausedUntil and our annotations as found. down_at, up_at: the hosted API. writers:
    Deployment -> replicas.
    after: digest of the restore before this one.
    """

    digest: str
    snapshot: str
    taken_at: str
    writers: dict[str, int]
    shards: list[ShardRecord]
    pauses: dict[str, dict[str, Any]]
    lost: dict[str, Any]
    bump: int
    started: str
    state: str = RUNNING
    finished: str = ""
    rolling_back: bool = False
    down_at: str = ""
    up_at: str = ""
    failure: str = ""
    kept: bool = False
    after: str = ""
    steps: list[StepRecord] = field(default_factory=lambda: [StepRecord(name) for name in STEPS])
    format: int = FORMAT

    @property
    def run(self) -> str:
        """Short mark of this restore in names of directories and labels."""
        return self.digest[:12]

    @property
    def ended(self) -> bool:
        return self.state != RUNNING

    @property
    def content(self) -> str:
        """SHA-256 of what the restore is about: all that was known when it began, and that only a forger changes."""
        moving = ("state", "finished", "rolling_back", "down_at", "up_at", "failure", "steps", "format")
        fixed = {key: value for key, value in asdict(self).items() if key not in moving}
        fixed["shards"] = [{key: value for key, value in shard.items() if key != "bumped"} for shard in fixed["shards"]]
        return hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest()

    def mark(self, state: str) -> Mark:
        return Mark(self.digest, self.snapshot, self.started, self.content, state, self.after)

    @property
    def begun(self) -> bool:
        return any(s.state != PENDING for s in self.steps)

    def step(self, name: str) -> StepRecord:
        return next(s for s in self.steps if s.name == name)

    def is_done(self, name: str) -> bool:
        return self.step(name).state == DONE

    @property
    def touched(self) -> bool:
        """Whether data may have been exchanged already: from here on there is no plain undoing."""
        return self.step("swap").state != PENDING

    def begin(self, name: str, now: datetime) -> None:
        step = self.step(name)
        step.state, step.started, step.finished = STARTED, step.started or stamp(now), ""

    def finish(self, name: str, now: datetime, note: str = "") -> None:
        step = self.step(name)
        step.state, step.finished, step.note = DONE, stamp(now), note

    def fail(self, name: str, cause: str) -> None:
        self.step(name).state, self.failure = FAILED, cause

    def end(self, state: str, now: datetime) -> None:
        self.state, self.finished = state, stamp(now)

    def downtime(self) -> float | None:
        """Seconds for which the restore kept the hosted API down."""
        down, up = parse_time(self.down_at), parse_time(self.up_at)
        return round((up - down).total_seconds(), 1) if down and up else None

    def summary(self) -> dict[str, Any]:
        """Return value ``restore``."""
        return {
            "snapshot": self.snapshot,
            "state": self.state,
            "lost": self.lost,
            "steps": [s.as_dict() for s in self.steps],
            "api_downtime_seconds": self.downtime(),
            "members": [member for shard in self.shards for member in shard.peers],
            "started": self.started,
            "finished": self.finished,
            "kept": [f"{m}: /var/lib/data.before-{self.run}" for s in self.shards for m in s.peers]
            if self.kept
            else [],
        }

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, indent=1)


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_json(text: str, ref: str) -> Journal:
    """Raises HypershiftError when somebody has changed it so that it cannot be trusted."""
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ValueError(f"its format is {data['format']}, this version reads {FORMAT}")
        shards = [ShardRecord(**s) for s in data.pop("shards")]
        steps = [StepRecord(**s) for s in data.pop("steps")]
        if [s.name for s in steps] != list(STEPS):
            raise ValueError("its steps are not those of this version")
        if not is_digest(data["digest"]):
            raise ValueError("its digest is none")
        return Journal(**data, shards=shards, steps=steps)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        cause = f"the journal of a restore cannot be read ({type(error).__name__}: {short(error, 120)})"
        step = "Go on with the version of the collection that began the restore, or put back the ConfigMap from a copy."
        raise HypershiftError(Failure("bad_journal", cause, ref, next_step=step)) from None


def journal_name(cluster: str) -> str:
    return f"{cluster}-etcd-restore"


def read_journal(hub: Hub, namespace: str, cluster: str) -> Journal | None:
    """The journal of the last restore, None when there was none."""
    found = hub.get(CONFIG_MAP, namespace, journal_name(cluster))
    text = ((found or {}).get("data") or {}).get(KEY)
    return from_json(text, CONFIG_MAP.ref(namespace, journal_name(cluster))) if text else None
