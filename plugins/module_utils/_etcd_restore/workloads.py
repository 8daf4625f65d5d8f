# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stops and starts what writes to etcd, and etcd itself. Source: facts 8.3 steps 2, 4, 10, 11."""

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


def stop_writers(site: Session) -> str:
    """Writers at zero and their pods gone."""
    live = _deployments(site)
    if not site.journal.down_at:
        site.journal.down_at = stamp(site.hub.now())
        site.save()
    for deployment in live:
        site.scale(DEPLOYMENT, deployment, 0, "nothing may write to etcd", disruptive=True)

    def missing(seen: Observed) -> str:
        left = sorted(
            p["metadata"]["name"] for p in seen.all(POD) if not is_over(p) and any(selects(d, p) for d in live)
        )
        return f"{', '.join(left)} still there" if left else ""

    site.wait(Fact("pods of all writers gone", (WatchSpec(POD, site.home),), missing, site.ref, _STUCK))
    return f"{len(live)} Deployments at 0"


def start_writers(site: Session) -> str:
    """Writers at their recorded counts; the hosted API answers again."""
    live = scale_writers(site)
    counts = site.journal.writers

    def missing(seen: Observed) -> str:
        short = []
        for deployment in live:
            name = deployment["metadata"]["name"]
            now = seen.get(DEPLOYMENT, site.home, name)
            have = int(lookup(now or {}, ("status", "availableReplicas")) or 0)
            if have < min(counts[name], max(1, counts[name] - 1)) or not _observed(now):
                short.append(f"{name} {have}/{counts[name]}")
            elif name == API_SERVER and not site.journal.up_at:
                site.journal.up_at = stamp(site.hub.now())
        return f"{', '.join(short)} available" if short else ""

    step = "See why its pods are not available; the data is restored and proved. Run the same task again to go on."
    site.wait(Fact("writers available", (WatchSpec(DEPLOYMENT, site.home),), missing, site.ref, step))
    return f"{len(live)} Deployments back"


def scale_writers(site: Session) -> list[Object]:
    live = _deployments(site)
    for deployment in live:
        site.scale(DEPLOYMENT, deployment, site.journal.writers[deployment["metadata"]["name"]], "as found")
    return live


def stop_etcd(site: Session) -> str:
    """StatefulSets at zero, with their claims kept, and the members' pods gone."""
    live = [_stateful_set(site, record) for record in site.journal.shards]
    kept = []
    for found in live:
        if lookup(found, ("spec", "persistentVolumeClaimRetentionPolicy", "whenScaled")) == "Delete":
            why = "whenScaled: else scaling down deletes the data"
            patch = {"spec": {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Retain"}}}
            kept.append(site.patch(STATEFUL_SET, site.home, found, patch, why))
    if kept:
        _await_taken_up(site, kept)
    for found in live:
        site.scale(STATEFUL_SET, found, 0, "no member may run while its data is exchanged", disruptive=True)
    pattern = re.compile("|".join(rf"{re.escape(r.name)}-\d+" for r in site.journal.shards))

    def missing(seen: Observed) -> str:
        left = sorted(p["metadata"]["name"] for p in seen.all(POD) if pattern.fullmatch(p["metadata"]["name"]))
        return f"{', '.join(left)} still there" if left else ""

    site.wait(Fact("members of etcd gone", (WatchSpec(POD, site.home),), missing, site.ref, _STUCK))
    return f"{', '.join(r.name for r in site.journal.shards)} at 0"


def start_etcd(site: Session, demand: bool = True) -> str:
    """StatefulSets at their size and all members Ready. demand: wait for members also of a shard that had no quorum as
    found."""
    for record in site.journal.shards:
        site.scale(STATEFUL_SET, _stateful_set(site, record), record.replicas, "as found")
    awaited = [r for r in site.journal.shards if demand or r.quorate]

    def missing(seen: Observed) -> str:
        short = []
        for record in awaited:
            now = seen.get(STATEFUL_SET, site.home, record.name)
            have = int(lookup(now or {}, ("status", "readyReplicas")) or 0)
            if have < record.replicas or not _observed(now):
                why = {
                    m: trouble(seen.get(POD, site.home, m))
                    for m in record.peers
                    if not _ready(seen.get(POD, site.home, m))
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
        specs = (WatchSpec(STATEFUL_SET, site.home), WatchSpec(POD, site.home))
        site.wait(Fact("all members of etcd ready", specs, missing, site.ref, step))
    return f"{', '.join(f'{r.name} at {r.replicas}' for r in site.journal.shards)}"


def retention_as_found(site: Session) -> None:
    for record in site.journal.shards:
        if record.when_scaled == "Delete":
            patch = {"spec": {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}}}
            site.patch(STATEFUL_SET, site.home, _stateful_set(site, record), patch, "whenScaled: as found")


def _await_taken_up(site: Session, sets: list[Object]) -> None:
    """Until the controller has seen the new policy: it marks claims for deletion by the one it knows."""
    wanted = {s["metadata"]["name"]: int(s["metadata"].get("generation") or 0) for s in sets}

    def missing(seen: Observed) -> str:
        late = [n for n, g in wanted.items() if _seen_generation(seen.get(STATEFUL_SET, site.home, n)) < g]
        return f"{', '.join(late)} not taken up" if late else ""

    step = "See whether the controllers of the management cluster run."
    site.wait(Fact("retention policy taken up", (WatchSpec(STATEFUL_SET, site.home),), missing, site.ref, step))


def _seen_generation(obj: Object | None) -> int:
    return int(lookup(obj or {}, ("status", "observedGeneration")) or 0)


def _observed(obj: Object | None) -> bool:
    return obj is not None and _seen_generation(obj) >= int(obj["metadata"].get("generation") or 0)


def _ready(pod: Object | None) -> bool:
    return any(
        c.get("type") == "Ready" and c.get("status") == "True"
        for c in lookup(pod or {}, ("status", "conditions")) or []
    )


def _deployments(site: Session) -> list[Object]:
    """The recorded writers that are there."""
    found = [site.hub.get(DEPLOYMENT, site.home, name) for name in WRITERS if name in site.journal.writers]
    return [d for d in found if d is not None]


def _stateful_set(site: Session, record: ShardRecord) -> Object:
    return require(site, STATEFUL_SET, record.name)


def require(site: Session, kind: Kind, name: str) -> Object:
    """An object of the control plane that must be there. Raises HypershiftError when it is not."""
    found = site.hub.get(kind, site.home, name)
    if found is None:
        step = "See who removed it; resume the hosted cluster so that the operator makes it again."
        raise HypershiftError(
            Failure(
                "object_vanished",
                "it has vanished while a restore was under way",
                kind.ref(site.home, name),
                next_step=step,
            )
        )
    return found
