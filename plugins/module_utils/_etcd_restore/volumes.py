# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Work on the members' volumes while etcd is down, by one pod for each. Source: facts 8.3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._etcd.asking import DENIED, FORBIDDEN, kind_of
from .._etcd.commands import Answer, answers, free_bytes, script
from .._etcd.discovery import claim_of
from .._etcd.state import shard_of
from .._etcd_snapshots.commands import status_of
from .._kernel.errors import ApiError, Failure, HypershiftError
from .._kernel.facts import Fact, Observed
from .._kernel.kinds import PERSISTENT_VOLUME_CLAIM, POD, STATEFUL_SET
from .._kernel.objects import lookup
from .._kernel.parallel import each
from .._kernel.pod_files import Patience, Proof, proof_in, upload
from .._kernel.ports.hub import WatchSpec
from .._kernel.ports.shell import ExecResult, Shell
from . import volume_commands as commands
from . import volume_pod as pods
from .journal import PENDING, ShardRecord
from .refusals import ROOM, room_on_volume
from .session import Site
from .workloads import require

SILENCE = 900.0  # a restore of a large database prints nothing while it copies
REPEATS = 5
Object = dict[str, Any]


@dataclass(frozen=True)
class Volume:
    """One member's volume and the pod that works on it."""

    site: Site
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
                "too_little_space" if full else "volume_failed",
                f"{what} failed: {result.complaint()}",
                "Mend what is named.",
            )
        return result

    def failed(self, code: str, cause: str, next_step: str) -> HypershiftError:
        return HypershiftError(Failure(code, cause, f"Member {self.site.home}/{self.member}", next_step=next_step))


def volumes(site: Site) -> list[Volume]:
    return [Volume(site, record, member) for record in site.journal.shards for member in record.peers]


def open_pods(site: Site) -> list[Volume]:
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


def claims_of(site: Site, every: Sequence[Volume]) -> list[tuple[Object, str]]:
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


def _unchanged(site: Site, record: ShardRecord) -> Object:
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


def close_pods(site: Site) -> None:
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


def prepare(site: Site, files: dict[str, Path]) -> str:
    """A proved restored copy beside the data in use on every volume. Nothing in use is touched; all volumes are looked
    at before any is written."""
    every = open_pods(site)
    todo = [v for v, ready in zip(every, each(_look, every), strict=True) if not ready]
    site.lease.check()
    each(lambda volume: _restore(volume, files[volume.record.name]), todo)
    return f"{len(every)} volumes"


def swap(site: Site) -> str:
    """Exchange on every volume; only after all are prepared."""
    every = open_pods(site)
    states = each(_state, every)
    missing = [v.member for v, state in zip(every, states, strict=True) if state == commands.UNTOUCHED]
    if missing:
        for name in ("fetch", "prepare"):
            site.journal.step(name).state = PENDING
        raise every[0].failed(
            "not_prepared",
            f"the restored copy is missing on the volumes of {', '.join(missing)}",
            "Run the same task again.",
        )
    site.lease.check()
    each(lambda v: v.must(commands.swap(site.journal.run), "the exchange of the data"), every)
    for volume in every:
        site.did(
            "exchange",
            f"Member {site.home}/{volume.member}",
            "the restored data is in use; the data of before is kept aside",
            True,
        )
    close_pods(site)
    return f"{len(every)} volumes"


def _look(volume: Volume) -> bool:
    """Whether a volume needs no more preparation. Raises HypershiftError when the snapshot has no room on it."""
    found = _seen(volume)
    state = found["state"].text.strip()
    volume.record.bumped = volume.site.journal.bump if found["bump"].text.strip() == "yes" else 0
    if state in (commands.PREPARED, commands.SWAPPED, commands.HALF):
        return True
    size = volume.record.size
    for key, place, need in (
        ("space", "its volume", room_on_volume(size)),
        ("room", "the node, where the snapshot lies meanwhile,", int(size * ROOM)),
    ):
        free = free_bytes(found[key])
        if free is None:
            raise volume.failed(
                "volume_failed",
                f"the free space of {place} cannot be read: {found[key].complaint()}",
                "Look at the volume.",
            )
        if free < need:
            cause = (
                f"{place} has {free >> 20} MiB free, {need >> 20} MiB are needed beside the data in use, which is kept"
                " until the end"
            )
            raise volume.failed("too_little_space", cause, "Make room or enlarge the volume, then plan again.")
    return False


def _restore(volume: Volume, file: Path) -> None:
    site, record = volume.site, volume.record
    wanted = Proof(record.size, record.sha256)
    if not _is_there(volume, wanted):
        _bring(volume, file)
    told = volume.must(commands.status(), "the status of the snapshot")
    _compare(volume, told)
    volume.must(commands.restore(site.journal.run, record, volume.member), "restoring the snapshot")
    site.say(f"{volume.member}: restored, {record.live_keys} keys")
    site.did(
        "restore",
        f"Member {site.home}/{volume.member}",
        f"snapshot {site.journal.snapshot} restored beside the data in use",
    )


def _bring(volume: Volume, file: Path) -> None:
    def tell(line: str) -> None:
        volume.site.say(f"{volume.member}: {line.partition('] ')[2]}")

    upload(volume.shell, file, commands.SNAPSHOT, tell, Patience(sleep=volume.site.sleep))


def _is_there(volume: Volume, wanted: Proof) -> bool:
    """Whether an earlier run has brought the snapshot already."""
    if volume.run(["sh", "-c", f"test -f {commands.SNAPSHOT}"]).code:
        return False
    return proof_in(volume.shell, commands.SNAPSHOT) == wanted


def _compare(volume: Volume, told: ExecResult) -> None:
    """The tool's own reading of the file against the manifest's. The number of entries is left out: each minor version
    counts in its own way."""
    status = status_of(Answer(told.code, told.text))
    have = (status.hash, status.revision) if status else None
    want = (volume.record.hash, volume.record.revision)
    if have != want:
        cause = f"the snapshot reads as (hash, revision) {have} there, its manifest says {want}"
        raise volume.failed("snapshot_damaged", cause, "Use another snapshot.")


def _seen(volume: Volume) -> dict[str, Any]:
    found = answers(volume.run(script(dict(commands.look(volume.site.journal.run)))).text)
    if not {"state", "space", "room", "bump"} <= set(found) or not found["state"].ok:
        raise volume.failed(
            "volume_failed", "the state of its volume cannot be read", "Look at the pod, then run again."
        )
    return found


def _state(volume: Volume) -> str:
    state: str = _seen(volume)["state"].text.strip()
    return state


def clear_old(site: Site) -> None:
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


def _await_gone(site: Site, claims: list[str]) -> None:
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
