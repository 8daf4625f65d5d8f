# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One pod on each member's volume while etcd is down: opened with its claim, and closed. Source: facts 8.3."""

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
from . import volume_pod as pods
from .journal import ShardRecord
from .session import Session
from .workloads import require

SILENCE = 900.0  # a restore of a large database prints nothing while it copies


REPEATS = 5


@dataclass(frozen=True)
class Volume:
    """One member's volume and the pod that works on it."""

    site: Session
    record: ShardRecord
    member: str

    @property
    def shell(self) -> Shell:
        return self.site.hub.shell(self.site.home, pods.pod_name(self.member), pods.CONTAINER_NAME)

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
            self.site.sleep(0.2 * 2**attempt)
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
        return HypershiftError(Failure(code, cause, f"Member {self.site.home}/{self.member}", next_step=next_step))


def volumes(site: Session) -> list[Volume]:
    return [Volume(site, record, member) for record in site.journal.shards for member in record.peers]


def open_pods(site: Session) -> list[Volume]:
    """A running pod on every member's volume, with claims for those that have none."""
    every = volumes(site)
    clear_old(site)
    existing = {
        p["metadata"]["name"] for p in site.hub.list(POD, site.home, label_selector=f"{pods.LABEL}={site.journal.run}")
    }
    for volume, (stateful_set, claim) in zip(every, claims_of(site, every), strict=True):
        if pods.pod_name(volume.member) not in existing:
            body = pods.pod(stateful_set, volume.member, claim, site.journal.run, site.helper_image)
            site.create(POD, body, f"works on the volume of {volume.member} while etcd is down")
    names = [pods.pod_name(v.member) for v in every]

    def missing(seen: Observed) -> str:
        late = {n: pods.trouble(p) for n in names if not pods.is_ready(p := seen.get(POD, site.home, n))}
        return ", ".join(f"{n}: {why}" for n, why in late.items())

    step = "See the pod's events: its node, its volume or its image is what is missing."
    site.wait(Fact("pods on the volumes running", (WatchSpec(POD, site.home),), missing, site.ref, step))
    return every


def claims_of(site: Session, every: Sequence[Volume]) -> list[tuple[Object, str]]:
    """Each volume's StatefulSet and claim as they are now; a claim that is missing is made. Raises HypershiftError."""
    sets = {r.name: _unchanged(site, r) for r in site.journal.shards}
    found = [(sets[v.record.name], claim_of(sets[v.record.name], v.member)) for v in every]
    claims = {c["metadata"]["name"]: c for c in site.hub.list(PERSISTENT_VOLUME_CLAIM, site.home)}
    leaving = [name for _set, name in found if lookup(claims.get(name, {}), ("metadata", "deletionTimestamp"))]
    if leaving:
        _await_gone(site, leaving)
    for volume, (stateful_set, name) in zip(every, found, strict=True):
        if name not in claims or name in leaving:
            site.create(
                PERSISTENT_VOLUME_CLAIM, pods.claim(stateful_set, name), f"member {volume.member} has no volume"
            )
    return found


def _unchanged(site: Session, record: ShardRecord) -> Object:
    """The StatefulSet, with the members that the plan was made for."""
    live = require(site, STATEFUL_SET, record.name)
    peers = shard_of(live).peers
    if peers and peers != record.peers:
        cause = f"its members are {', '.join(sorted(peers))} with other addresses than the plan was made for"
        ref = STATEFUL_SET.ref(site.home, record.name)
        raise HypershiftError(
            Failure("members_differ", cause, ref, next_step="See who has changed it, and put it back as it was.")
        )
    return live


def close_pods(site: Session) -> None:
    """Our pods gone, so that the volumes are free."""
    for pod in site.hub.list(POD, site.home, label_selector=pods.SELECTOR):
        if not lookup(pod, ("metadata", "deletionTimestamp")):
            site.delete(POD, pod, "its work is done")

    def missing(seen: Observed) -> str:
        return ", ".join(sorted(p["metadata"]["name"] for p in seen.all(POD)))

    spec = WatchSpec(POD, site.home, label_selector=pods.SELECTOR)
    site.wait(
        Fact(
            "pods on the volumes gone",
            (spec,),
            missing,
            site.ref,
            "See why they do not end, then run the same task again.",
        )
    )


def clear_old(site: Session) -> None:
    """Pods that can do no more work, or that belong to another run, make way."""
    stale = [
        p
        for p in site.hub.list(POD, site.home, label_selector=pods.SELECTOR)
        if pods.is_over(p)
        or lookup(p, ("metadata", "deletionTimestamp"))
        or p["metadata"]["labels"].get(pods.LABEL) != site.journal.run
    ]
    for pod in stale:
        if not lookup(pod, ("metadata", "deletionTimestamp")):
            site.delete(POD, pod, "left over from an earlier attempt")
    names = {p["metadata"]["uid"] for p in stale}

    def missing(seen: Observed) -> str:
        return ", ".join(sorted(p["metadata"]["name"] for p in seen.all(POD) if p["metadata"].get("uid") in names))

    if stale:
        spec = WatchSpec(POD, site.home, label_selector=pods.SELECTOR)
        site.wait(
            Fact(
                "pods of an earlier attempt gone",
                (spec,),
                missing,
                site.ref,
                "See why they do not end, then run again.",
            )
        )


def _await_gone(site: Session, claims: list[str]) -> None:
    def missing(seen: Observed) -> str:
        return ", ".join(
            n
            for n in claims
            if lookup(seen.get(PERSISTENT_VOLUME_CLAIM, site.home, n) or {}, ("metadata", "deletionTimestamp"))
        )

    spec = WatchSpec(PERSISTENT_VOLUME_CLAIM, site.home)
    site.wait(
        Fact("claims on their way out gone", (spec,), missing, site.ref, "See what holds the claim (finalizers, pods).")
    )
