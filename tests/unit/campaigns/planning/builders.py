# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Fleets for tests of the campaign planner: small builders over the objects of tests/unit/builders."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._campaigns.planning.planner import Planner
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.planning.policy import policy_of
from ansible_collections.hypershift.core.plugins.module_utils._fleet.views import HubView
from ansible_collections.hypershift.core.plugins.module_utils._kernel.compare import apply_merge_patch
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (
    CLUSTER_VERSION,
    HOSTED_CLUSTER,
    MULTICLUSTER_ENGINE,
    NODE_POOL,
)
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.calendar import Window
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.graph import Graph, from_document

from builders.objects import conditions, live_cluster, live_pool

NOW = datetime(2026, 11, 25, 22, 0, tzinfo=UTC)
HOST = "quay.io/openshift-release-dev/ocp-release"
MINORS = ("5.1", "5.0", "4.22", "4.21", "4.20", "4.19", "4.18", "4.17")
Object = dict[str, Any]


def image(version: str) -> str:
    return f"{HOST}:{version}-multi"


def cluster(version: str = "4.20.4", patch: Object | None = None, offers: Any = (), name: str = "demo", **condition: str) -> Object:
    """Healthy at that version; offers: versions in availableUpdates, or the raw value. patch: a merge patch over the whole object."""
    body = _healthy(version)
    body["metadata"] |= {"name": name, "uid": f"uid-{name}"}
    body["spec"]["channel"] = "stable-4.20"
    body["status"]["version"]["availableUpdates"] = [_release(v) for v in offers] if isinstance(offers, (list, tuple)) else offers
    body["status"]["conditions"] = conditions(ClusterVersionRetrievedUpdates="True", Progressing="False/AsExpected", **condition)
    return apply_merge_patch(body, deepcopy(patch or {}))


_MADE: dict[str, Object] = {}


def _healthy(version: str) -> Object:
    if version not in _MADE:
        _MADE[version] = live_cluster(version, release_image=image(version))
    return deepcopy(_MADE[version])


def _release(version: str) -> Object:
    return {"version": version, "image": image(version), "channels": ["stable-4.20", "stable-4.21"]}


def conditional(version: str, *risks: str, recommended: str = "False") -> Object:
    verdict = [{"type": "Recommended", "status": recommended, "reason": "Exposed"}]
    return {"release": _release(version), "risks": [{"name": r, "message": f"{r} may happen."} for r in risks], "conditions": verdict}


def pool(version: str = "4.20.4", name: str = "demo", nodes: int = 2, owner: str = "demo", patch: Object | None = None) -> Object:
    """A settled Replace pool that drains for at most 15 minutes."""
    body = live_pool(nodes=nodes, name=name, release_image=image(version), node_drain_timeout="15m")
    body["spec"]["clusterName"] = owner
    body["status"]["version"] = version
    return apply_merge_patch(body, patch or {})


def condition(type: str, status: str, reason: str = "AsExpected", message: str = "") -> Object:
    return {"type": type, "status": status, "reason": reason, "message": message, "observedGeneration": 1,
            "lastTransitionTime": "2026-11-24T02:00:00Z"}  # fmt: skip


def with_conditions(obj: Object, *changed: Object) -> Object:
    rows = {c["type"]: c for c in obj["status"]["conditions"]} | {c["type"]: c for c in changed}
    return {**obj, "status": {**obj["status"], "conditions": list(rows.values())}}


def engine(version: str = "5.1.0", desired: str = "", phase: str = "Available") -> Object:
    status = {"phase": phase, "currentVersion": version, "desiredVersion": desired or version}
    return {"kind": "MultiClusterEngine", "metadata": {"name": "multiclusterengine"}, "status": status}


def openshift(version: str = "5.0.1", newest: str = "") -> Object:
    history = [{"state": "Completed", "version": version}]
    if newest:
        history.insert(0, {"state": "Partial", "version": newest})
    return {"kind": "ClusterVersion", "metadata": {"name": "version"}, "status": {"history": history}}


def view(
    clusters: Any, pools: Any = (), name: str = "hub", minors: tuple[str, ...] = MINORS, engines: Any = None, versions: Any = None
) -> HubView:
    """engines and versions: None for a hub in order, an empty list for one that has none. Namesakes on other hubs are other clusters."""
    clusters = [apply_merge_patch(c, {"metadata": {"uid": f"{c['metadata']['uid']}-{name}"}}) if name != "hub" else c for c in clusters]
    objects = {
        HOSTED_CLUSTER: tuple(clusters),
        NODE_POOL: tuple(pools),
        MULTICLUSTER_ENGINE: tuple([engine()] if engines is None else engines),
        CLUSTER_VERSION: tuple([openshift()] if versions is None else versions),
    }
    return HubView(name, f"https://{name}.test:6443", objects, minors)


def graph(*edges: tuple[str, str], conditional: Any = (), payloads: bool = True, channels: dict[str, str] | None = None) -> Graph:
    """From pairs of versions; conditional: (from, to, risk names)."""
    return from_document(document(*edges, conditional=conditional, payloads=payloads, channels=channels))


def document(*edges: tuple[str, str], conditional: Any = (), payloads: bool = True, channels: dict[str, str] | None = None) -> Object:
    names = sorted({v for e in edges for v in e} | {v for e in conditional for v in e[:2]})
    key = "io.openshift.upgrades.graph.release.channels"
    nodes = [
        {"version": v, "payload": image(v) if payloads else "", "metadata": {key: channels[v]} if channels and v in channels else {}}
        for v in names
    ]
    groups = [{"edges": [{"from": a, "to": b}], "risks": [{"name": r, "message": r, "url": "https://example.test", "matchingRules": []} for r in risks]}
              for a, b, risks in conditional]  # fmt: skip
    return {"nodes": nodes, "edges": [[names.index(a), names.index(b)] for a, b in edges], "conditionalEdges": groups}


class Clock:
    """A calendar in which every window opens ``hours`` from any moment, or never."""

    def __init__(self, hours: float | None = 1.0) -> None:
        self.hours = hours

    def next_open(self, window: Window, after: datetime) -> tuple[datetime, datetime] | None:
        if self.hours is None:
            return None
        opens = after + timedelta(hours=self.hours)
        return opens, opens + timedelta(minutes=window.duration_minutes)

    def is_open(self, window: Window, at: datetime) -> bool:
        return self.hours == 0


def planned(
    views: Any, graph: Graph | None = None, snapshots: Any = (), calendar: Any = None, now: datetime = NOW, **options: Any
) -> Object:
    """The plan of a campaign; target 4.21.5 unless said otherwise."""
    given = {"campaign": "autumn", "target": {"version": "4.21.5"}, **options}
    views = views if isinstance(views, list) else [views]
    return Planner(policy_of(given), calendar or Clock(), graph, snapshots).plan(views, now)


def one(found: Object) -> Object:
    """The only cluster of a plan."""
    [row] = found["clusters"]
    return row


def codes(row: Object) -> list[str]:
    return [r["code"] for r in row["refusals"]]


def steps(row: Object) -> list[str]:
    """``4.21.5`` for the control plane, ``4.21.5[a,b]`` for pools."""
    return [s["version"] + (f"[{','.join(s['pools'])}]" if s["kind"] == "node_pools" else "") for s in row["steps"]]
