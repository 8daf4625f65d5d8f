# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Graph of updates: which release leads to which, under which risks, and the shortest way.

Sources: a Cincinnati graph document, or what a hosted cluster's own status offers (one hop only). The operator enforces
neither (platform_facts#6.2), so the rules are ours: no minor skipped, no way back (platform_facts#6.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._kernel.errors import Failure, OptionError
from .._kernel.objects import lookup
from .._kernel.versions import Version, upgrade_problem

CHANNELS = "io.openshift.upgrades.graph.release.channels"


@dataclass(frozen=True)
class Release:
    """name: the version as its source spells it. image: empty when the source tells none. channels: empty when it does
    not say."""

    version: Version
    name: str
    image: str = ""
    channels: tuple[str, ...] = ()

    def in_channel(self, wanted: str) -> bool:
        """wanted: a whole channel (stable-4.21) or its first word (stable); what does not say belongs to all."""
        return not wanted or not self.channels or any(wanted in (c, c.partition("-")[0]) for c in self.channels)


@dataclass(frozen=True)
class Edge:
    """risks: names that must be accepted; empty for an update that is recommended."""

    source: Version
    target: Version
    risks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rules:
    """What a way may use. accepted: names of risks; blocked: versions never to install; channel: see
    Release.in_channel."""

    accepted: frozenset[str] = frozenset()
    blocked: frozenset[Version] = frozenset()
    channel: str = ""
    minors: frozenset[int] | None = None  # lines that may be installed; None for all


@dataclass(frozen=True)
class Graph:
    """complete: holds ways of several hops. edges: by source and target; an edge that is in neither list does not
    exist."""

    releases: Mapping[Version, Release] = field(default_factory=dict)
    edges: Mapping[Version, Mapping[Version, Edge]] = field(default_factory=dict)
    complete: bool = True

    def targets(self, source: Version, rules: Rules) -> list[Edge]:
        """Edges that may be used, newest target first."""
        usable = [
            e
            for e in self.edges.get(source, {}).values()
            if e.risks <= rules.accepted and _legal(e) and self.allows(e.target, rules)
        ]
        return sorted(usable, key=lambda e: e.target, reverse=True)

    def allows(self, version: Version, rules: Rules) -> bool:
        release = self.releases.get(version)
        if version in rules.blocked or (release and not release.in_channel(rules.channel)):
            return False
        return rules.minors is None or version.line in rules.minors

    def path(self, source: Version, target: Version, rules: Rules) -> list[Edge] | None:
        """Fewest hops; of those the one whose first stop is newest, then the second and so on. None when no way is
        allowed.

        A prerelease is a stop only on the way to a prerelease.
        """
        distance = self._distances(
            source, rules, stops=lambda v: not v.prerelease or bool(target.prerelease) or v == target
        )
        if target not in distance:
            return None
        return self._newest(source, target, distance, rules)

    def reachable(self, source: Version, rules: Rules) -> list[Version]:
        """Every release that is no prerelease and has a way, newest first."""
        found = self._distances(source, rules, stops=lambda v: not v.prerelease)
        return sorted((v for v in found if v != source), reverse=True)

    def _distances(self, source: Version, rules: Rules, stops: Callable[[Version], bool]) -> dict[Version, int]:
        distance, ring = {source: 0}, [source]
        while ring:
            ahead: list[Version] = []
            for at in ring:
                for edge in self.targets(at, rules):
                    if edge.target not in distance and stops(edge.target):
                        distance[edge.target] = distance[at] + 1
                        ahead.append(edge.target)
            ring = ahead
        return distance

    def _newest(self, source: Version, target: Version, distance: Mapping[Version, int], rules: Rules) -> list[Edge]:
        """Of the shortest ways the one with the newest stops, seen from the start: only stops from which the target is
        still near enough."""
        onward = {target}
        layers = [onward]
        for far in range(distance[target] - 1, -1, -1):
            onward = {
                v for v, d in distance.items() if d == far and any(e.target in onward for e in self.targets(v, rules))
            }
            layers.append(onward)
        layers.reverse()
        way: list[Edge] = []
        at = source
        for layer in layers[1:]:
            edge = next(e for e in self.targets(at, rules) if e.target in layer)
            way.append(edge)
            at = edge.target
        return way


def _legal(edge: Edge) -> bool:
    return edge.target > edge.source and not upgrade_problem(edge.source, edge.target)


def from_document(document: Any) -> Graph:
    """A Cincinnati graph. Raises OptionError for anything that is none: what the user gives must be right."""
    if (
        not isinstance(document, dict)
        or not isinstance(document.get("nodes"), list)
        or not isinstance(document.get("edges"), list)
    ):
        raise _refused(
            "it has no lists nodes and edges", "Save the answer of an update service: JSON with nodes and edges."
        )
    nodes = [_node(n, place) for place, n in enumerate(document["nodes"])]
    releases: dict[Version, Release] = {}
    for release in nodes:
        twin = releases.setdefault(release.version, release)
        if twin.image != release.image:
            raise _refused(
                f"version {release.name} has two payloads", "Ask the update service for one architecture (arch=multi)."
            )
    edges: dict[Version, dict[Version, Edge]] = {}
    for pair in document["edges"]:
        source, target = _ends(pair, nodes)
        edges.setdefault(source, {})[target] = Edge(source, target)
    for group in document.get("conditionalEdges") or []:
        _add_conditional(group, edges, {r.name: r.version for r in nodes})
    return Graph(releases, edges)


def _node(node: Any, place: int) -> Release:
    version = Version.parse(str(node.get("version"))) if isinstance(node, dict) else None
    if version is None:
        raise _refused(f"node {place} has no version", "Save the whole answer of the update service.")
    metadata = node.get("metadata")
    listed = str(metadata.get(CHANNELS) or "") if isinstance(metadata, dict) else ""
    return Release(
        version,
        str(node["version"]),
        str(node.get("payload") or ""),
        tuple(c.strip() for c in listed.split(",") if c.strip()),
    )


def _ends(pair: Any, nodes: list[Release]) -> tuple[Version, Version]:
    ok = (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(i, int) and not isinstance(i, bool) and 0 <= i < len(nodes) for i in pair)
    )
    if not ok:
        raise _refused(f"edge {pair!r} names no two nodes", "Save the whole answer of the update service.")
    return nodes[pair[0]].version, nodes[pair[1]].version


def _add_conditional(group: Any, edges: dict[Version, dict[Version, Edge]], known: Mapping[str, Version]) -> None:
    """An edge that is conditional somewhere is conditional, as the cluster version operator has it; several groups add
    up.

    One whose ends are not among the nodes is left out, as there.
    """
    if not isinstance(group, dict) or not isinstance(group.get("edges"), list):
        raise _refused("conditionalEdges holds an entry without edges", "Save the whole answer of the update service.")
    risks = frozenset(_risk_names(group.get("risks")))
    for item in group["edges"]:
        ends = [known.get(str(item.get(k))) if isinstance(item, dict) else None for k in ("from", "to")]
        if ends[0] is None or ends[1] is None:
            continue
        before = edges.setdefault(ends[0], {}).get(ends[1])
        edges[ends[0]][ends[1]] = Edge(ends[0], ends[1], risks | (before.risks if before else frozenset()))


def _risk_names(risks: Any) -> list[str]:
    """Never empty: a conditional update that does not name its risk cannot be accepted by mistake."""
    names = [str(r.get("name") or "") for r in risks if isinstance(r, dict)] if isinstance(risks, list) else []
    return [n or "UnnamedRisk" for n in names] or ["UnnamedRisk"]


def from_status(cluster: Mapping[str, Any], source: Version) -> Graph:
    """The updates that a hosted cluster offers; whatever is missing, null or malformed there is simply not offered."""
    status = lookup(cluster, ("status", "version")) or {}
    releases: dict[Version, Release] = {}
    edges: dict[Version, Edge] = {}
    for update in _dicts(status.get("availableUpdates")):
        if release := _offered(update):
            releases[release.version] = release
            edges[release.version] = Edge(source, release.version)
    for update in _dicts(status.get("conditionalUpdates")):
        release = _offered(update.get("release"))
        if release is None:
            continue
        releases.setdefault(release.version, release)
        risks = frozenset() if _recommended(update) else frozenset(_risk_names(update.get("risks")))
        edges[release.version] = Edge(source, release.version, risks)
    return Graph(releases, {source: edges}, complete=False)


def _dicts(value: Any) -> Iterable[dict[str, Any]]:
    return [i for i in value if isinstance(i, dict)] if isinstance(value, list) else []


def _offered(release: Any) -> Release | None:
    version = Version.parse(str(release.get("version"))) if isinstance(release, dict) else None
    if version is None:
        return None
    channels = release.get("channels")
    named = tuple(str(c) for c in channels) if isinstance(channels, list) else ()
    return Release(version, str(release["version"]), str(release.get("image") or ""), named)


def _recommended(update: Mapping[str, Any]) -> bool:
    return [c.get("status") for c in _dicts(update.get("conditions")) if c.get("type") == "Recommended"] == ["True"]


def with_verdicts(graph: Graph, offered: Graph, source: Version) -> Graph:
    """The graph, with what the cluster itself has found out about the risks of its next hop: it alone can evaluate
    their rules."""
    own = offered.edges.get(source, {})
    merged = {
        t: replace(e, risks=own[t].risks) if e.risks and t in own else e for t, e in graph.edges.get(source, {}).items()
    }
    return replace(graph, edges={**graph.edges, source: merged})


def _refused(cause: str, next_step: str) -> OptionError:
    return OptionError(
        Failure("invalid_option", f"the update graph cannot be used: {cause}", "Option graph", next_step=next_step)
    )
