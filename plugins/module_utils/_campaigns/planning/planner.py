# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From what was read of a fleet and a policy to the plan of a campaign. Shape of a plan: docs/upgrades.md.

Nothing in a plan depends on the moment it was made, but for ``created`` and for what has happened since: the same world
gives the same digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ..._fleet.views import HubView, host_name
from ..._kernel.errors import Failure
from ..._kernel.hub_identity import RIGHT
from ..._kernel.label_selectors import matcher
from ..._kernel.objects import Object
from ..._kernel.ports.calendar import Calendar, Window
from ..._multicluster_engine.compatibility import engine_version, openshift_version
from ..._upgrades.graph import Graph
from ..plan import FORMAT, READY, REFUSED, UP_TO_DATE, digest_of
from .candidate import Candidate, Pool, Route
from .cluster_checks import accepted_acks, judged, minor_hop
from .management_cluster_checks import hub_warnings
from .policy import Policy, refused
from .steps import rolls_of, route_of, steps_of
from .waves import WaveAssignment, WaveMember, batches, ordered, planned_waves
from .ways import Ways

Snapshots = Sequence[Mapping[str, Any]]


@dataclass
class Planner:
    """Plans for one fleet. graph: a document, None for what each cluster offers. snapshots: ``clusters`` of
    etcd_snapshot_info; an entry may name its hub."""

    policy: Policy
    calendar: Calendar
    graph: Graph | None = None
    snapshots: Snapshots = ()
    _opens: dict[Window, bool] = field(default_factory=dict)

    def plan(self, views: Sequence[HubView], now: datetime) -> Object:
        """Raises OptionError for waves or windows that cannot be."""
        ordered(self.policy.waves)
        _apart(views)
        windows = [(rule.window, matcher(rule.label_selectors, "windows")) for rule in self.policy.windows]
        for window, _test in windows:
            self._soon(window, now)
        ways = Ways(self.policy, self.graph)
        snapshots = _by_cluster(self.snapshots, views)
        assignment = WaveAssignment(self.policy)
        rows: list[Object] = []
        members: list[WaveMember] = []
        for view in views:
            for cluster in view.clusters:
                candidate = self._candidate(view, cluster, ways, windows, snapshots, now)
                row = _row(candidate)
                member = WaveMember(
                    candidate.id, view.name, candidate.namespace, candidate.name, candidate.labels, row["nodes"]
                )
                if row["verdict"] == READY and not assignment.wave_of(member):
                    cause = "it belongs to no wave, and unmatched is refuse"
                    row |= _refused(
                        [candidate.refuse("no_wave", cause, "Label it for a wave, or set unmatched: rest.")]
                    )
                rows.append(row)
                if row["verdict"] == READY:
                    members.append(member)
        return self._whole(views, sorted(rows, key=lambda r: str(r["id"])), members, now)

    def _candidate(
        self,
        view: HubView,
        cluster: Object,
        ways: Ways,
        windows: Sequence[tuple[Window, Any]],
        snapshots: Mapping[str, Any],
        now: datetime,
    ) -> Candidate:
        meta = cluster["metadata"]
        living = [
            Pool(p)
            for p in view.pools_of(meta["namespace"], meta["name"])
            if not p["metadata"].get("deletionTimestamp")
        ]
        pools = tuple(sorted(living, key=lambda p: p.name))
        own = tuple(window for window, test in windows if test(meta.get("labels") or {}))
        way = ways.way(cluster, view.minors)
        blank = Candidate(view, cluster, pools, self.policy, now, way)
        route = (
            Route()
            if blank.current is None or way.refusals
            else route_of(cluster, blank.current, way, pools, self.policy)
        )
        opens = any(self._soon(window, now) for window in own)
        return Candidate(view, cluster, pools, self.policy, now, way, route, own, opens, snapshots.get(blank.id))

    def _soon(self, window: Window, now: datetime) -> bool:
        if window not in self._opens:
            found = self.calendar.next_open(window, now)
            self._opens[window] = found is not None and found[0] <= now + timedelta(
                days=self.policy.window_horizon_days
            )
        return self._opens[window]

    def _whole(self, views: Sequence[HubView], rows: list[Object], members: list[WaveMember], now: datetime) -> Object:
        waves = planned_waves(members, self.policy)
        groups = [(planned.wave.name, batch) for planned in waves for batch in batches(planned, self.policy)]
        place = {m.id: (wave, number) for number, (wave, batch) in enumerate(groups) for m in batch}
        for row in rows:
            row["wave"], row["batch"] = place.get(row["id"], (None, None))
        plan: Object = {
            "format": FORMAT,
            "campaign": self.policy.campaign,
            "policy": self.policy.as_dict(),
            "hubs": [_hub(view) for view in views],
            "clusters": rows,
            "waves": [planned.as_dict() for planned in waves],
            "batches": [{"wave": wave, "clusters": [m.id for m in batch]} for wave, batch in groups],
            "summary": _summary(rows),
            "warnings": _strangers(self.policy, rows),
        }
        return {**plan, "digest": digest_of(plan), "created": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def _apart(views: Sequence[HubView]) -> None:
    """One hosted cluster must not be planned twice, as two entries of ``hubs`` that lead to the same place would have
    it."""
    seen: dict[str, str] = {}
    for view in views:
        for cluster in view.clusters:
            meta = cluster["metadata"]
            id, uid = host_name(view.name, meta["namespace"], meta["name"]), str(meta.get("uid") or "")
            if uid and seen.setdefault(uid, id) != id:
                raise refused(
                    "hubs", f"{seen[uid]} and {id} are the same hosted cluster", "Name each management cluster once."
                )


def _strangers(policy: Policy, rows: Sequence[Object]) -> list[str]:
    """A name in a wave that fits no cluster is a slip of the pen more often than not."""
    known = {text for r in rows for text in (r["id"], f"{r['namespace']}/{r['name']}", r["name"])}
    return [
        f"wave {w.name} names {name}, and no hosted cluster of the plan is called so"
        for w in policy.waves
        for name in w.clusters
        if name not in known
    ]


def _row(candidate: Candidate) -> Object:
    refusals, warnings = judged(candidate)
    steps, rolls = steps_of(candidate.route), rolls_of(candidate.route)
    _mark_acks(candidate, steps)
    verdict = REFUSED if refusals and (steps or candidate.way.refusals) else (READY if steps else UP_TO_DATE)
    row: Object = {
        "id": candidate.id,
        "hub": candidate.hub.name,
        "namespace": candidate.namespace,
        "name": candidate.name,
        "uid": str(candidate.cluster["metadata"].get("uid") or ""),
        "from": str(candidate.current or ""),
        "to": candidate.way.hops[-1].name if candidate.way.hops else str(candidate.way.target or ""),
        "verdict": verdict,
        "steps": steps,
        "nodes": sum(r["nodes"] for r in rolls),
        "rolls": rolls,
        "refusals": [],
        "warnings": warnings if verdict != UP_TO_DATE else list(candidate.way.warnings),
        "windows": [w.as_dict() for w in candidate.windows],
        "max_snapshot_age_minutes": candidate.policy.max_snapshot_age_minutes,
    }
    return row | _refused(refusals) if verdict == REFUSED else row


def _refused(refusals: Sequence[Failure]) -> Object:
    """A refused cluster has no steps: nobody can run by mistake what must not run."""
    return {"verdict": REFUSED, "refusals": [f.as_dict() for f in refusals], "steps": [], "nodes": 0, "rolls": []}


def _mark_acks(candidate: Candidate, steps: list[Object]) -> None:
    """The step that the operator takes only by force carries what was accepted for it."""
    acks, hop = accepted_acks(candidate), minor_hop(candidate)
    if acks and hop is not None and candidate.way.hops[0] is hop:
        next(s for s in steps if s["kind"] == "control_plane")["acks"] = acks


def _hub(view: HubView) -> Object:
    return {
        "name": view.name,
        "server": view.server,
        "uid": view.identity.uid if view.identity else "",
        "versions": list(view.minors),
        "mce_version": engine_version(view),
        "openshift_version": openshift_version(view),
        "problem": view.problem.message() if view.problem else "",
        "warnings": [] if view.problem else [*_nameless(view), *hub_warnings(view)],
    }


def _nameless(view: HubView) -> list[str]:
    """A plan is an approval for one cluster: without its identity nobody can carry it out."""
    if view.identity is None or view.identity.uid:
        return []
    return [
        f"{view.name}: which cluster it is cannot be asked ({view.identity.unknown}); to carry the plan out, the"
        f" account needs {RIGHT}"
    ]


def _summary(rows: Sequence[Object]) -> Object:
    ready = [r for r in rows if r["verdict"] == READY]
    return {
        "clusters": len(rows),
        "ready": len(ready),
        "refused": sum(r["verdict"] == REFUSED for r in rows),
        "up_to_date": sum(r["verdict"] == UP_TO_DATE for r in rows),
        "nodes": sum(r["nodes"] for r in ready),
        "control_plane_hops": sum(s["kind"] == "control_plane" for r in ready for s in r["steps"]),
    }


def _by_cluster(snapshots: Snapshots, views: Sequence[HubView]) -> dict[str, Mapping[str, Any]]:
    """Entries by cluster id. One without a hub fits its cluster when only one hub has a cluster of that name."""
    ids: dict[tuple[str, str], list[str]] = {}
    for view in views:
        for namespace, name in view.by_key:
            ids.setdefault((namespace, name), []).append(host_name(view.name, namespace, name))
    found: dict[str, Mapping[str, Any]] = {}
    for entry in snapshots:
        key = (str(entry.get("namespace") or ""), str(entry.get("name") or ""))
        if entry.get("hub"):
            found[host_name(str(entry["hub"]), *key)] = entry
        else:
            several = len(ids.get(key, ())) > 1
            for id in ids.get(key, ()):
                found.setdefault(id, {"ambiguous": True} if several else entry)
    return found
