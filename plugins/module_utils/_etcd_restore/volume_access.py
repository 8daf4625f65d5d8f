# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One pod on each member's volume while etcd is down: opened with its claim, and closed. Source: platform_facts#8.3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .._etcd.asking import DENIED, FORBIDDEN, kind_of
from .._etcd.discovery import claim_of
from .._etcd.state import shard_of
from .._kernel.errors import ApiError, Failure, HypershiftError
from .._kernel.facts import Fact, Observed
from .._kernel.kinds import PERSISTENT_VOLUME_CLAIM, POD, STATEFUL_SET
from .._kernel.objects import Object, lookup
from .._kernel.ports.hub import WatchSpec
from .._kernel.ports.shell import ExecResult, Shell
from . import volume_pod
from .journal import ShardRecord
from .session import Session
from .workloads import require

SILENCE = 900.0  # a restore of a large database prints nothing while it copies


REPEATS = 5


@dataclass(frozen=True)
class Volume:
    """One member's volume and the pod that works on it."""

    session: Session
    record: ShardRecord
    member: str

    @property
    def shell(self) -> Shell:
        return self.session.hub.shell(self.session.home, volume_pod.pod_name(self.member), volume_pod.CONTAINER_NAME)

    def run(self, command: Sequence[str]) -> ExecResult:
        """A command that may be given again when its stream broke."""
        return self.repeated(self.shell, command)

    def repeated(self, shell: Shell, command: Sequence[str]) -> ExecResult:
        for attempt in range(REPEATS):
            try:
                return shell.run(command, silence=SILENCE)
            except ApiError as error:
                if kind_of(error.status, error.failure.cause) in (FORBIDDEN, DENIED) or attempt == REPEATS - 1:
                    raise
            self.session.hub.sleep(0.2 * 2**attempt)
        raise self.failed("internal", "a command did not come to an end", "")

    def must(self, command: Sequence[str], what: str) -> ExecResult:
        result = self.run(command)
        if result.code:
            full = "no space left" in (result.stderr + result.text).lower()
            raise self.failed(
                "no_space" if full else "volume_failed",
                f"{what} failed: {result.complaint()}",
                "Mend what is named.",
            )
        return result

    def failed(self, code: str, cause: str, next_step: str) -> HypershiftError:
        return HypershiftError(Failure(code, cause, f"Member {self.session.home}/{self.member}", next_step=next_step))


def volumes(session: Session) -> list[Volume]:
    return [Volume(session, record, member) for record in session.journal.shards for member in record.peers]


def open_pods(session: Session) -> list[Volume]:
    """A running pod on every member's volume, with claims for those that have none."""
    every = volumes(session)
    clear_old(session)
    existing = {
        p["metadata"]["name"]
        for p in session.hub.list(POD, session.home, label_selector=f"{volume_pod.LABEL}={session.journal.run}")
    }
    for volume, (stateful_set, claim) in zip(every, claims_of(session, every), strict=True):
        if volume_pod.pod_name(volume.member) not in existing:
            body = volume_pod.pod(stateful_set, volume.member, claim, session.journal.run, session.helper_image)
            session.create(POD, body, f"works on the volume of {volume.member} while etcd is down")
    names = [volume_pod.pod_name(v.member) for v in every]

    def missing(seen: Observed) -> str:
        late = {n: volume_pod.trouble(p) for n in names if not volume_pod.is_ready(p := seen.get(POD, session.home, n))}
        return ", ".join(f"{n}: {why}" for n, why in late.items())

    step = "See the pod's events: its node, its volume or its image is what is missing."
    session.wait(Fact("pods on the volumes running", (WatchSpec(POD, session.home),), missing, session.ref, step))
    return every


def claims_of(session: Session, every: Sequence[Volume]) -> list[tuple[Object, str]]:
    """Each volume's StatefulSet and claim as they are now; a claim that is missing is made. Raises HypershiftError."""
    sets = {r.name: _unchanged(session, r) for r in session.journal.shards}
    found = [(sets[v.record.name], claim_of(sets[v.record.name], v.member)) for v in every]
    claims = {c["metadata"]["name"]: c for c in session.hub.list(PERSISTENT_VOLUME_CLAIM, session.home)}
    leaving = [name for _set, name in found if lookup(claims.get(name, {}), ("metadata", "deletionTimestamp"))]
    if leaving:
        _await_gone(session, leaving)
    for volume, (stateful_set, name) in zip(every, found, strict=True):
        if name not in claims or name in leaving:
            session.create(
                PERSISTENT_VOLUME_CLAIM, volume_pod.claim(stateful_set, name), f"member {volume.member} has no volume"
            )
    return found


def _unchanged(session: Session, record: ShardRecord) -> Object:
    """The StatefulSet, with the members that the plan was made for."""
    live = require(session, STATEFUL_SET, record.name)
    peers = shard_of(live).peers
    if peers and peers != record.peers:
        cause = f"its members are {', '.join(sorted(peers))} with other addresses than the plan was made for"
        ref = STATEFUL_SET.ref(session.home, record.name)
        raise HypershiftError(
            Failure("members_differ", cause, ref, next_step="See who has changed it, and put it back as it was.")
        )
    return live


def close_pods(session: Session) -> None:
    """Our pods gone, so that the volumes are free."""
    for pod in session.hub.list(POD, session.home, label_selector=volume_pod.SELECTOR):
        if not lookup(pod, ("metadata", "deletionTimestamp")):
            session.delete(POD, pod, "its work is done")

    def missing(seen: Observed) -> str:
        return ", ".join(sorted(p["metadata"]["name"] for p in seen.all(POD)))

    spec = WatchSpec(POD, session.home, label_selector=volume_pod.SELECTOR)
    session.wait(
        Fact(
            "pods on the volumes gone",
            (spec,),
            missing,
            session.ref,
            "See why they do not end, then run the same task again.",
        )
    )


def clear_old(session: Session) -> None:
    """Pods that can do no more work, or that belong to another run, make way."""
    stale = [
        p
        for p in session.hub.list(POD, session.home, label_selector=volume_pod.SELECTOR)
        if volume_pod.is_over(p)
        or lookup(p, ("metadata", "deletionTimestamp"))
        or p["metadata"]["labels"].get(volume_pod.LABEL) != session.journal.run
    ]
    for pod in stale:
        if not lookup(pod, ("metadata", "deletionTimestamp")):
            session.delete(POD, pod, "left over from an earlier attempt")
    names = {p["metadata"]["uid"] for p in stale}

    def missing(seen: Observed) -> str:
        return ", ".join(sorted(p["metadata"]["name"] for p in seen.all(POD) if p["metadata"].get("uid") in names))

    if stale:
        spec = WatchSpec(POD, session.home, label_selector=volume_pod.SELECTOR)
        session.wait(
            Fact(
                "pods of an earlier attempt gone",
                (spec,),
                missing,
                session.ref,
                "See why they do not end, then run again.",
            )
        )


def _await_gone(session: Session, claims: list[str]) -> None:
    def missing(seen: Observed) -> str:
        return ", ".join(
            n
            for n in claims
            if lookup(seen.get(PERSISTENT_VOLUME_CLAIM, session.home, n) or {}, ("metadata", "deletionTimestamp"))
        )

    spec = WatchSpec(PERSISTENT_VOLUME_CLAIM, session.home)
    session.wait(
        Fact(
            "claims on their way out gone",
            (spec,),
            missing,
            session.ref,
            "See what holds the claim (finalizers, pods).",
        )
    )
