# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module hosted_cluster_upgrade: one hop of one control plane. Source: platform_facts#6.3, #O.10."""

from __future__ import annotations

from typing import Any

from .._health.goal_states import GoalParams
from .._health.goal_waiter import wait_request
from .._health.pauses import is_paused, owner_of
from .._kernel.changes import ChangeSet
from .._kernel.compare import apply_merge_patch
from .._kernel.kinds import HOSTED_CLUSTER
from .._kernel.objects import Object, lookup
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._manifests.guards import refuse_paused
from .._manifests.selection import pools_of
from .._manifests.supported_versions import supported_minors
from .hop import (
    FORCE,
    HopRequest,
    ResolvedHop,
    annotation,
    held_back,
    hop_of,
    management_side,
    running_update,
    taken_up,
)
from .hop_checks import HopSituation, hop_failures, hop_notes, release_failures
from .readiness import deleting


class HostedClusterUpgrade:
    """Bring one HostedCluster to one release, its node pools untouched."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options
        self._namespace: str = options["namespace"]
        self._name: str = options["name"]
        self._ref = HOSTED_CLUSTER.ref(self._namespace, self._name)
        self._request = _request(options)
        self._image = ""

    def plan(self) -> Plan:
        changes = ChangeSet()
        live = self._hub.get(HOSTED_CLUSTER, self._namespace, self._name)
        if live is None:
            changes.refuse(
                "not_found", "it does not exist", "Check name, namespace and the management cluster.", self._ref
            )
            return Plan(changes)
        gone = deleting(live, "Choose another hosted cluster.")
        if gone:
            changes.refusals.append(gone)
            return Plan(changes)
        hop = hop_of(live, self._request)
        self._image = hop.image
        plan = Plan(
            changes, (HOSTED_CLUSTER, self._namespace, self._name), live, goal=lambda answer: self._goal(hop, answer)
        )
        plan.outcome = lambda final: {"management_side": management_side(final)}
        plan.extra |= {
            "from_version": str(hop.current or ""),
            "to_version": _text(hop),
            "image": hop.image,
            "risks": list(hop.edge.risks) if hop.edge and hop.moves else [],
        }
        if hop.changes:
            self._plan_change(plan, live, hop)
        else:
            changes.refusals += release_failures(HopSituation(live, (), self._request, hop, (), self._hub.now()))
            self._plan_leftover(changes, live, hop)
        if self._request.force and self._options.get("wait"):
            plan.finish = self._without_annotation
        return plan

    def _plan_change(self, plan: Plan, live: Object, hop: ResolvedHop) -> None:
        pools = pools_of(self._hub, self._namespace, self._name)
        situation = HopSituation(live, pools, self._request, hop, self._minors(hop), self._hub.now())
        changes = plan.changes
        changes.refusals += hop_failures(situation)
        changes.notes += hop_notes(situation)
        base, body = live, _release(hop.image)
        left = annotation(live)
        if self._request.force and hop.moves and hop.minor and held_back(live) and left != hop.image:
            # First the annotation, alone: the operator must never see the image without it (platform_facts#6.3).
            forced = {"metadata": {"annotations": {FORCE: hop.image}}}
            changes.patch(HOSTED_CLUSTER, live, forced, f"the update is forced past {held_back(live)}")
            base = apply_merge_patch(live, forced)
            self._foresee_removal(plan, base)
        elif self._request.force and left and left != hop.image:
            body = {"metadata": {"annotations": {FORCE: None}}, **body}
        changes.patch(HOSTED_CLUSTER, base, body, f"upgrade from {hop.current} to {hop.target}", disruptive=True)
        refuse_paused(
            changes,
            is_paused(live, self._hub.now()),
            bool(self._options.get("allow_paused")),
            self._ref,
            owner_of(live),
        )

    def _foresee_removal(self, plan: Plan, forced: Object) -> None:
        if self._options.get("wait"):
            plan.foreseen += _removal(forced).plan()
        else:
            plan.changes.notes.append(
                f"{self._ref}: annotation {FORCE} stays until a run with force: true finds the update completed"
            )

    def _plan_leftover(self, changes: ChangeSet, live: Object, hop: ResolvedHop) -> None:
        """A killed run may have left its annotation behind; it would block the next update."""
        completed = hop.current == hop.target and taken_up(live) and not running_update(live)
        if not hop.image or annotation(live) != hop.image or not completed:
            return
        if self._request.force:
            changes.steps += _removal(live).steps
        else:
            changes.notes.append(
                f"{self._ref}: annotation {FORCE} is left from the update that has completed; remove it"
            )

    def _without_annotation(self) -> ChangeSet:
        live = self._hub.get(HOSTED_CLUSTER, self._namespace, self._name)
        return _removal(live) if live and annotation(live) == self._image else ChangeSet()

    def _minors(self, hop: ResolvedHop) -> tuple[str, ...]:
        """Asked of the hub for a change of minor alone, and only when the user did not tell."""
        if self._request.supported is not None:
            return self._request.supported
        return tuple(supported_minors(self._hub)) if hop.image and hop.minor else ()

    def _goal(self, hop: ResolvedHop, answer: Object | None) -> Any:
        params = GoalParams(
            version=_text(hop), image=hop.image, generation=int(lookup(answer, ("metadata", "generation"), 0) or 0)
        )
        return wait_request(self._options, "version_completed", (self._namespace, self._name), params)


def _release(image: str) -> Object:
    return {"spec": {"release": {"image": image}}}


def _removal(live: Object) -> ChangeSet:
    changes = ChangeSet()
    changes.patch(
        HOSTED_CLUSTER,
        live,
        {"metadata": {"annotations": {FORCE: None}}},
        "the forced update has completed; left behind it blocks the next",
    )
    return changes


def _text(hop: ResolvedHop) -> str:
    """The version as the cluster's history will spell it."""
    if hop.edge and hop.edge.version:
        return hop.edge.version
    return str(hop.target or "")


def _request(options: Object) -> HopRequest:
    supported = options.get("supported_versions")
    return HopRequest(
        version=options.get("version") or "",
        image=options.get("image") or "",
        accepted_risks=frozenset(options.get("accepted_risks") or ()),
        accepted_acks=frozenset(options.get("accepted_acks") or ()),
        supported=None if supported is None else tuple(str(v) for v in supported),
        force=bool(options.get("force")),
        allow_unlisted=bool(options.get("allow_unlisted")),
        allow_unhealthy=bool(options.get("allow_unhealthy")),
    )
