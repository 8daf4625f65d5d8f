# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stops and starts what writes to etcd, and etcd itself. Source: platform_facts#8.3 steps 2, 4, 10, 11."""

from __future__ import annotations

import re

from .._kernel.errors import Failure, HypershiftError
from .._kernel.facts import Fact, Observed
from .._kernel.kinds import DEPLOYMENT, POD, STATEFUL_SET, Kind
from .._kernel.objects import Object, lookup
from .._kernel.ports.hub import WatchSpec
from .journal import ShardRecord, stamp
from .session import Session
from .situation import WRITERS
from .volume_pod import is_over, trouble

API_SERVER = "kube-apiserver"
_STUCK = "See why the pods do not end (node not ready, finalizer), then run the same task again."


def selects(deployment: Object, pod: Object) -> bool:
    """Whether a pod is one of those that the Deployment counts as its own."""
    labels = pod["metadata"].get("labels") or {}
    wanted = lookup(deployment, ("spec", "selector", "matchLabels")) or {}
    return bool(wanted) and all(labels.get(k) == v for k, v in wanted.items())


def stop_writers(session: Session) -> str:
    """Writers at zero and their pods gone."""
    live = _deployments(session)
    if not session.journal.down_at:
        session.journal.down_at = stamp(session.hub.now())
        session.save()
    for deployment in live:
        session.scale(DEPLOYMENT, deployment, 0, "nothing may write to etcd", disruptive=True)

    def missing(seen: Observed) -> str:
        left = sorted(
            p["metadata"]["name"] for p in seen.all(POD) if not is_over(p) and any(selects(d, p) for d in live)
        )
        return f"{', '.join(left)} still there" if left else ""

    session.wait(Fact("pods of all writers gone", (WatchSpec(POD, session.home),), missing, session.ref, _STUCK))
    return f"{len(live)} Deployments at 0"


def start_writers(session: Session) -> str:
    """Writers at their recorded counts; the hosted API answers again."""
    live = scale_writers(session)
    counts = session.journal.writers

    def missing(seen: Observed) -> str:
        short = []
        for deployment in live:
            name = deployment["metadata"]["name"]
            now = seen.get(DEPLOYMENT, session.home, name)
            have = int(lookup(now or {}, ("status", "availableReplicas")) or 0)
            if have < min(counts[name], max(1, counts[name] - 1)) or not _observed(now):
                short.append(f"{name} {have}/{counts[name]}")
            elif name == API_SERVER and not session.journal.up_at:
                session.journal.up_at = stamp(session.hub.now())
        return f"{', '.join(short)} available" if short else ""

    step = "See why its pods are not available; the data is restored and proved. Run the same task again to go on."
    session.wait(Fact("writers available", (WatchSpec(DEPLOYMENT, session.home),), missing, session.ref, step))
    return f"{len(live)} Deployments back"


def scale_writers(session: Session) -> list[Object]:
    live = _deployments(session)
    for deployment in live:
        session.scale(DEPLOYMENT, deployment, session.journal.writers[deployment["metadata"]["name"]], "as found")
    return live


def stop_etcd(session: Session) -> str:
    """StatefulSets at zero, with their claims kept, and the members' pods gone."""
    live = [_stateful_set(session, record) for record in session.journal.shards]
    kept = []
    for found in live:
        if lookup(found, ("spec", "persistentVolumeClaimRetentionPolicy", "whenScaled")) == "Delete":
            why = "whenScaled: else scaling down deletes the data"
            patch = {"spec": {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Retain"}}}
            kept.append(session.patch(STATEFUL_SET, session.home, found, patch, why))
    if kept:
        _await_taken_up(session, kept)
    for found in live:
        session.scale(STATEFUL_SET, found, 0, "no member may run while its data is exchanged", disruptive=True)
    pattern = re.compile("|".join(rf"{re.escape(r.name)}-\d+" for r in session.journal.shards))

    def missing(seen: Observed) -> str:
        left = sorted(p["metadata"]["name"] for p in seen.all(POD) if pattern.fullmatch(p["metadata"]["name"]))
        return f"{', '.join(left)} still there" if left else ""

    session.wait(Fact("members of etcd gone", (WatchSpec(POD, session.home),), missing, session.ref, _STUCK))
    return f"{', '.join(r.name for r in session.journal.shards)} at 0"


def start_etcd(session: Session, demand: bool = True) -> str:
    """StatefulSets at their size and all members Ready. demand: wait for members also of a shard that had no quorum as
    found."""
    for record in session.journal.shards:
        session.scale(STATEFUL_SET, _stateful_set(session, record), record.replicas, "as found")
    awaited = [r for r in session.journal.shards if demand or r.quorate]

    def missing(seen: Observed) -> str:
        short = []
        for record in awaited:
            now = seen.get(STATEFUL_SET, session.home, record.name)
            have = int(lookup(now or {}, ("status", "readyReplicas")) or 0)
            if have < record.replicas or not _observed(now):
                why = {
                    m: trouble(seen.get(POD, session.home, m))
                    for m in record.peers
                    if not _ready(seen.get(POD, session.home, m))
                }
                short.append(
                    f"{record.name} {have}/{record.replicas} ({', '.join(f'{m}: {t}' for m, t in why.items())})"
                )
        return "; ".join(short) + " ready" if short else ""

    step = (
        "See the members' logs. Run the same task again to go on, or with state: rolled_back to put the previous data"
        " back."
    )
    if awaited:
        specs = (WatchSpec(STATEFUL_SET, session.home), WatchSpec(POD, session.home))
        session.wait(Fact("all members of etcd ready", specs, missing, session.ref, step))
    return f"{', '.join(f'{r.name} at {r.replicas}' for r in session.journal.shards)}"


def retention_as_found(session: Session) -> None:
    for record in session.journal.shards:
        if record.when_scaled == "Delete":
            patch = {"spec": {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}}}
            session.patch(STATEFUL_SET, session.home, _stateful_set(session, record), patch, "whenScaled: as found")


def _await_taken_up(session: Session, sets: list[Object]) -> None:
    """Until the controller has seen the new policy: it marks claims for deletion by the one it knows."""
    wanted = {s["metadata"]["name"]: int(s["metadata"].get("generation") or 0) for s in sets}

    def missing(seen: Observed) -> str:
        late = [n for n, g in wanted.items() if _seen_generation(seen.get(STATEFUL_SET, session.home, n)) < g]
        return f"{', '.join(late)} not taken up" if late else ""

    step = "See whether the controllers of the management cluster run."
    session.wait(
        Fact("retention policy taken up", (WatchSpec(STATEFUL_SET, session.home),), missing, session.ref, step)
    )


def _seen_generation(obj: Object | None) -> int:
    return int(lookup(obj or {}, ("status", "observedGeneration")) or 0)


def _observed(obj: Object | None) -> bool:
    return obj is not None and _seen_generation(obj) >= int(obj["metadata"].get("generation") or 0)


def _ready(pod: Object | None) -> bool:
    return any(
        c.get("type") == "Ready" and c.get("status") == "True"
        for c in lookup(pod or {}, ("status", "conditions")) or []
    )


def _deployments(session: Session) -> list[Object]:
    """The recorded writers that are there."""
    found = [session.hub.get(DEPLOYMENT, session.home, name) for name in WRITERS if name in session.journal.writers]
    return [d for d in found if d is not None]


def _stateful_set(session: Session, record: ShardRecord) -> Object:
    return require(session, STATEFUL_SET, record.name)


def require(session: Session, kind: Kind, name: str) -> Object:
    """An object of the control plane that must be there. Raises HypershiftError when it is not."""
    found = session.hub.get(kind, session.home, name)
    if found is None:
        step = "See who removed it; resume the hosted cluster so that the operator makes it again."
        raise HypershiftError(
            Failure(
                "object_vanished",
                "it has vanished while a restore was under way",
                kind.ref(session.home, name),
                next_step=step,
            )
        )
    return found
