# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where a hosted cluster is to go, and by which releases. Source: platform_facts#6.2, #6.3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ..._kernel.conditions import get
from ..._kernel.errors import Failure
from ..._kernel.kinds import HOSTED_CLUSTER
from ..._kernel.objects import Object, lookup
from ..._kernel.versions import Version, completed_version, upgrade_code, upgrade_problem
from ..._upgrades.graph import Edge, Graph, Rules, from_status, with_verdicts
from .candidate import Hop, Way, under_way
from .policy import CURRENT, Policy

_MINORS_ONE_BY_ONE = "Give a graph document (option graph), which knows the whole way, or run one campaign per minor."


class Ways:
    """Finds ways for a fleet; what the same graph says of the same start is worked out once."""

    def __init__(self, policy: Policy, document: Graph | None) -> None:
        self._policy, self._document = policy, document
        self._known: dict[Any, Any] = {}

    def way(self, cluster: Object, minors: tuple[str, ...]) -> Way:
        """minors: what the hub's operator supports, empty when it does not tell."""
        meta = cluster["metadata"]
        ref, current = HOSTED_CLUSTER.ref(meta.get("namespace"), meta["name"]), completed_version(cluster)
        if current is None:
            cause = "no version has been completely installed yet, so nothing can be updated"
            return Way(
                refusals=(
                    Failure(
                        "version_unavailable",
                        cause,
                        ref,
                        next_step="Wait for the goal version_completed, then plan again.",
                    ),
                )
            )
        begun = under_way(cluster)
        if begun is not None:
            return self._running(begun, current, ref)
        offered = from_status(cluster, current)
        graph = with_verdicts(self._document, offered, current) if self._document else offered
        rules = self._rules(minors, current)
        blank = "" if self._document or offered.releases else _untold(cluster)
        return _Search(self._policy, graph, rules, current, ref, blank, self._remembered(graph)).way()

    def _rules(self, minors: tuple[str, ...], current: Version) -> Rules:
        policy = self._policy
        known = [v.line for v in map(Version.parse, minors) if v]
        lines = frozenset([*known, current.line]) if policy.target.latest and known else None
        return Rules(policy.accepted_risks, policy.blocked_versions, policy.channel, lines)

    def _running(self, begun: tuple[Version | None, str], current: Version, ref: str) -> Way:
        named = {image: version for version, image in self._policy.release_images.items()}
        version, image = begun[0] or named.get(begun[1]), begun[1]
        if version is None or not self._meets(version, current):
            cause = f"an update to {version or 'an unknown version'} is under way already"
            step = "Let it end, then plan again; a hosted cluster cannot be taken back."
            return Way(
                self._policy.target.version,
                refusals=(Failure("update_in_progress", cause, ref, "ClusterVersionProgressing", step),),
            )
        hop = Hop(version, str(version), self._policy.release_images.get(version) or image)
        return Way(version, (hop,), running=True, warnings=(f"the update to {version} is under way already",))

    def _meets(self, version: Version, current: Version) -> bool:
        target = self._policy.target
        if target.version is not None:
            return version == target.version
        return target.latest or version.line == (current.line if target.minor == CURRENT else target.line)

    def _remembered(self, graph: Graph) -> Callable[[Any, Callable[[], Any]], Any]:
        """Only the shared document is worth remembering; the edges of one start may carry that cluster's own
        verdicts."""
        if not self._document:
            return lambda key, work: work()

        def look(key: Any, work: Callable[[], Any]) -> Any:
            start = key[1]
            full = (*key, frozenset(graph.edges.get(start, {}).values()))
            if full not in self._known:
                self._known[full] = work()
            return self._known[full]

        return look


class _Search:
    """One cluster that no update runs on. blank: code of why nobody has told this cluster about updates,
    empty when somebody has."""

    def __init__(
        self,
        policy: Policy,
        graph: Graph,
        rules: Rules,
        current: Version,
        ref: str,
        blank: str,
        look: Callable[[Any, Callable[[], Any]], Any],
    ) -> None:
        self.policy, self.graph, self.rules, self.current, self.ref, self.blank, self._look = (
            policy,
            graph,
            rules,
            current,
            ref,
            blank,
            look,
        )

    def way(self) -> Way:
        target = self.policy.target
        if target.version is not None:
            return self._to_version(target.version)
        line = self.current.line if target.minor == CURRENT else target.line
        if line is None:
            return self._to_newest(lambda v: True, "a newer release", None)
        if line < self.current.line:
            return Way(self.current, warnings=(f"it runs {self.current} already, a newer minor than {target.minor}",))
        if line > self.current.line + 1 and not self.graph.complete:
            return self._too_far(target.minor)
        return self._to_newest(lambda v: v.line == line, f"minor {target.minor}", line)

    def _to_version(self, target: Version) -> Way:
        if target == self.current:
            return Way(target)
        if target < self.current:
            return self._refused(
                upgrade_code(self.current, target),
                target,
                upgrade_problem(self.current, target),
                "Leave this cluster out, or choose a newer target.",
            )
        if target.line > self.current.line + 1 and not self.graph.complete:
            return self._too_far(str(target))
        if self.blank and target in self.policy.release_images and target not in self.rules.blocked:
            return self._on_their_word(target)
        path = self._path(self.rules, target)
        return self._along(target, path) if path else self._unreachable(lambda v: v == target, str(target), target)

    def _on_their_word(self, target: Version) -> Way:
        """Disconnected clusters have no update service; then the image that the user names is all there is to know."""
        note = f"no update service confirms the update from {self.current} to {target}; it is taken from release_images"
        return Way(target, (Hop(target, str(target), self.policy.release_images[target]),), warnings=(note,))

    def _to_newest(self, fits: Callable[[Version], bool], what: str, line: int | None) -> Way:
        found = next((v for v in self._reachable(self.rules) if fits(v)), None)
        if found is not None:
            return self._along(found, self._path(self.rules, found) or [])
        if not self.blank and (line is None or line == self.current.line):
            return Way(self.current)
        return self._unreachable(fits, what, None)

    def _along(self, target: Version, path: list[Edge]) -> Way:
        return Way(target, tuple(self._hop(edge) for edge in path))

    def _hop(self, edge: Edge) -> Hop:
        release = self.graph.releases.get(edge.target)
        image = self.policy.release_images.get(edge.target) or (release.image if release else "")
        return Hop(edge.target, release.name if release else str(edge.target), image, tuple(sorted(edge.risks)))

    def _path(self, rules: Rules, target: Version) -> list[Edge] | None:
        found: list[Edge] | None = self._look(
            ("path", self.current, rules, target), lambda: self.graph.path(self.current, target, rules)
        )
        return found

    def _reachable(self, rules: Rules) -> list[Version]:
        found: list[Version] = self._look(
            ("all", self.current, rules), lambda: self.graph.reachable(self.current, rules)
        )
        return found

    def _too_far(self, what: str) -> Way:
        cause = f"{what} skips a minor after {self.current}, and from its own status only the next hop is known"
        return self._refused("skips_minor", self.policy.target.version, cause, _MINORS_ONE_BY_ONE)

    def _unreachable(self, fits: Callable[[Version], bool], what: str, target: Version | None) -> Way:
        """Names the first thing that stands in the way; asks the same question with that thing left out."""
        if self.blank:
            cause = (
                f"no update is known, so there is no way to {what}: its channel is unset or its update service is out"
                " of reach"
            )
            return self._refused(
                self.blank,
                target,
                cause,
                "Set spec.channel (or updateService), or give option graph.",
                "ClusterVersionRetrievedUpdates",
            )
        for code, rules, word in self._relaxed():
            wide = self._reachable(rules) if target is None else [target]
            goal = next((v for v in wide if fits(v)), None)
            path = self._path(rules, goal) if goal else None
            if goal and path:
                return self._refused(code, goal, *_explained(code, goal, path, self.rules, word))
        newest = ", ".join(str(v) for v in self._reachable(self.rules)[:3]) or "none"
        cause = f"no update leads from {self.current} to {what}; newest within reach: {newest}"
        step = (
            "Choose another target, or a channel that holds it."
            if self.graph.complete
            else "Choose another target or channel, or give option graph."
        )
        return self._refused("no_path", target, cause, step)

    def _relaxed(self) -> Iterator[tuple[str, Rules, str]]:
        yield "not_in_channel", replace(self.rules, channel=""), self.rules.channel
        every = frozenset(name for edges in self.graph.edges.values() for edge in edges.values() for name in edge.risks)
        yield "risk_not_accepted", replace(self.rules, accepted=every), ""
        yield "version_blocked", replace(self.rules, blocked=frozenset()), ""
        yield "risk_not_accepted", replace(self.rules, accepted=every, blocked=frozenset(), channel=""), ""

    def _refused(self, code: str, target: Version | None, cause: str, next_step: str, condition: str = "") -> Way:
        return Way(target, refusals=(Failure(code, cause, self.ref, condition, next_step),))


def _explained(code: str, goal: Version, path: list[Edge], rules: Rules, word: str) -> tuple[str, str]:
    if code == "not_in_channel":
        return f"{goal} is reached only by releases outside channel {word}", "Choose another target or channel."
    if code == "version_blocked":
        stops = [str(e.target) for e in path if e.target in rules.blocked]
        return (
            f"every way to {goal} leads by blocked versions ({', '.join(stops)})",
            "Choose another target, or take it off blocked_versions.",
        )
    names = sorted({name for edge in path for name in edge.risks} - rules.accepted)
    return (
        f"the way to {goal} has risks that nobody has accepted: {', '.join(names)}",
        "Read what they say, then name them in accepted_risks.",
    )


def _untold(cluster: Object) -> str:
    """Why the cluster knows no updates, as a diagnosis of it says; empty when its update service told it."""
    found = get(cluster, "ClusterVersionRetrievedUpdates")
    if found is not None and found.status == "True":
        return ""
    without = found.reason == "NoChannel" if found is not None else not lookup(cluster, ("spec", "channel"))
    return "no_update_channel" if without else "updates_not_retrieved"
