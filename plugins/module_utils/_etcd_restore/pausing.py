# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pauses the hosted cluster for a restore, and puts every pause back as found. Source: platform_facts#10.2."""

from __future__ import annotations

from typing import Any

from .._clusters.pause_reconcile import PauseReconcile
from .._health import pauses
from .._health.goal_states import GoalParams
from .._health.goal_waiter import WaitRequest
from .._kernel.kinds import HOSTED_CLUSTER, MACHINE_HEALTH_CHECK, NODE_POOL
from .._kernel.objects import Object, lookup
from .._kernel.operation import run
from .._manifests import pausing
from .._manifests.selection import pools_of
from .session import Session
from .situation import OWNER_NAME


def pause(session: Session) -> str:
    """Paused without end, and the operators say so. A pause as found is replaced for the time: it might end under
    way."""
    session.lease.check()
    options = {
        "namespace": session.namespace,
        "name": session.name,
        "state": "paused",
        "owner": OWNER_NAME,
        "reason": f"restore of etcd from snapshot {session.journal.snapshot}, digest {session.journal.run}",
        "unlimited": True,
        "take_over": True,
        "wait": True,
        "wait_timeout": session.timeout,
        "progress_timeout": session.timeout,
    }
    result = run(PauseReconcile(session.hub, options), session.hub, False, _told(session))
    for step in result["plan"]:
        session.did("pause", step["object"], "the operators must not start what is stopped here")
    return "paused"


def resume(session: Session, available: bool = True) -> str:
    """Every pause as it was found; waits until the operators work again, and until the hosted cluster is available when
    it ought to be."""
    for check in session.hub.list(MACHINE_HEALTH_CHECK, session.home):
        patch = pausing.capi_pause_patch(check, False, "any")
        if patch:
            session.patch(MACHINE_HEALTH_CHECK, session.home, check, patch, "machines are remediated again")
    cluster = session.hub.get(HOSTED_CLUSTER, session.namespace, session.name)
    for pool in pools_of(session.hub, session.namespace, session.name):
        _as_found(session, NODE_POOL, pool)
    if cluster is None:
        return "the hosted cluster is gone"
    answer = _as_found(session, HOSTED_CLUSTER, cluster)
    if pauses.is_paused(answer, session.hub.now()):
        return "paused as found"
    generation = int(lookup(answer, ("metadata", "generation"), 0) or 0)
    _wait(session, "resumed", generation)
    if available:
        _wait(session, "available", generation)
    return "resumed"


def _as_found(session: Session, kind: Any, unit: Object) -> Object:
    """Undo our pause; one that somebody has changed since is left alone."""
    if pauses.owner_of(unit) != OWNER_NAME:
        return unit
    found = session.journal.pauses.get(f"{kind.kind}/{unit['metadata']['name']}") or {}
    notes = {key: found.get(key) for key in (pauses.OWNER, pauses.REASON, pauses.SINCE)}
    own = notes[pauses.OWNER] == OWNER_NAME  # left by a restore before this one: nobody else would end it
    patch = {
        "spec": {"pausedUntil": None if own else found.get("pausedUntil")},
        "metadata": {"annotations": dict.fromkeys(notes) if own else notes},
    }
    return session.patch(kind, session.namespace, unit, patch, "paused or not, as found")


def _wait(session: Session, goal: str, generation: int) -> None:
    request = WaitRequest(
        goal, ((session.namespace, session.name),), session.timeout, session.timeout, GoalParams(generation=generation)
    )
    request.wait(session.hub, _told(session))


def _told(session: Session) -> Any:
    """Lines of the waiter, with the clock of the restore."""
    return lambda line: session.say(line.partition("] ")[2].partition(" ")[2])
