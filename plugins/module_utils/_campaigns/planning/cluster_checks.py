# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of a campaign about one hosted cluster. Source: facts 6.1-6.6, O.14.

Each rule says nothing, or a refusal, or a warning (a sentence).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ..._health.findings import Severity
from ..._health.goal_states import ClusterView, GoalParams, Outcome
from ..._health.goals import evaluate
from ..._health.pauses import is_paused, owner_of
from ..._health.rules.version import has_workers, wants_workers
from ..._kernel.conditions import get
from ..._kernel.errors import Failure
from ..._kernel.objects import lookup
from ..._kernel.text import one_line
from ..._upgrades.hop import FORCE, annotation
from .candidate import Case, Hop, Said
from .management_cluster_checks import HUB_RULES
from .node_pool_checks import POOL_RULES, POOLS_RULES

# Open predicates of the goal healthy that other rules speak of, by what excuses them.
_OWN_RULES = ("EtcdAvailable", "ValidReleaseImage")
_BY_PAUSE = ("Progressing=",)
_BY_UPDATE = ("Progressing=", "ClusterVersionProgressing", "version.history", "Degraded", "ClusterVersionSucceeding")

# Findings whose words change as time goes by; with them the digest would too.
_TIMED = ("update_slow", "pool_update_slow")


def judged(case: Case) -> tuple[list[Failure], list[str]]:
    """All refusals and all warnings about a cluster, in the order of the tables."""
    said: list[Said] = [*case.way.refusals, *case.way.warnings]
    if case.current is not None:
        said += [rule(case) for rule in (*CLUSTER_RULES, *HUB_RULES, *POOLS_RULES)]
        said += [rule(case, pool) for pool in case.pools for rule in POOL_RULES]
    else:
        said += [_deleting(case)]
    return [s for s in said if isinstance(s, Failure)], _once(s for s in said if isinstance(s, str))


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _deleting(case: Case) -> Said:
    if not case.cluster["metadata"].get("deletionTimestamp"):
        return None
    return case.refuse("deleting", "it is being deleted", "Leave it out.")


def _paused(case: Case) -> Said:
    if not is_paused(case.cluster, case.now):
        return None
    by = f" by {owner_of(case.cluster)}" if owner_of(case.cluster) else ""
    return case.refuse(
        "paused", f"reconciliation is paused{by}, so no update would begin", "Resume it first.", "ReconciliationActive"
    )


def _healthy(case: Case) -> Said:
    view = ClusterView(case.namespace, case.name, case.cluster, tuple(p.raw for p in case.pools))
    state = evaluate("healthy", view, GoalParams(), now=case.now)
    if state.outcome is Outcome.DONE:
        return None
    excused = [*_OWN_RULES]
    excused += _BY_PAUSE if is_paused(case.cluster, case.now) else ()
    excused += _BY_UPDATE if case.way.running or any(r.code == "update_running" for r in case.way.refusals) else ()
    stuck = (
        case.way.running
        and state.finding is not None
        and state.finding.severity is Severity.FATAL
        and state.finding.condition
    )
    missing = [m for m in state.missing if not m.startswith(tuple(excused))]
    if not missing and not stuck:
        return None
    found = (
        state.finding
        if state.finding and state.finding.severity is not Severity.INFO and state.finding.code not in _TIMED
        else None
    )
    told = f": {found.cause}" if found else ""
    step = found.next_step if found else "Look at it with hosted_cluster_info, then plan again."
    return case.refuse(
        "not_healthy",
        f"it is not fit for a change ({', '.join(missing or state.missing)}){told}",
        step,
        found.condition if found else "",
    )


def _etcd(case: Case) -> Said:
    found = get(case.cluster, "EtcdAvailable")
    if found is not None and found.status == "True":
        return None
    cause = (
        "etcd is not available"
        f" ({one_line(found.message) or found.reason or found.status if found else 'no condition says so'})"
    )
    return case.refuse("etcd_unhealthy", cause, "Look at it with etcd_info and repair it first.", "EtcdAvailable")


def _release(case: Case) -> Said:
    found = get(case.cluster, "ValidReleaseImage")
    if found is not None and found.status == "True":
        return None
    cause = (
        "the operator does not accept its release image"
        f" ({one_line(found.message) or found.reason if found else 'no condition says so'})"
    )
    return case.refuse(
        "invalid_release", cause, "Correct spec.release.image or the pull secret first.", "ValidReleaseImage"
    )


def _images(case: Case) -> Said:
    unknown = sorted({move.hop.name for move in case.route.moves if not move.hop.image})
    if not unknown:
        return None
    cause = f"no source tells the release image of {', '.join(unknown)}, and none is made up"
    return case.refuse("image_unknown", cause, "Name it in release_images, or give a graph with payloads.")


def _upgradeable(case: Case) -> Said:
    """Only a change of minor is held back (facts 6.3); what the condition will say at a later hop nobody knows now."""
    found, hop = get(case.cluster, "ClusterVersionUpgradeable"), minor_hop(case)
    if hop is None or found is None or found.status == "True":
        return None
    text = one_line(found.message)
    if case.way.hops and hop is not case.way.hops[0]:
        return (
            f"it is not upgradeable at present ({found.reason}), which will hold back the hop to {hop.name} unless that"
            " is resolved on the way"
        )
    if accepted_acks(case):
        return (
            f"the hop to {hop.name} was accepted although the cluster says that it is not upgradeable ({found.reason}:"
            f" {text})"
        )
    if "AdminAck" in found.reason:
        step = (
            "Check the removed APIs and acknowledge in ConfigMap admin-acks of the hosted cluster, or name the reason"
            " in accepted_acks."
        )
        return case.refuse(
            "admin_ack_required",
            f"the hop to {hop.name} needs an acknowledgement: {text or found.reason}",
            step,
            found.type,
        )
    cause = (
        f"the hop to {hop.name} is held back, the cluster is not upgradeable ({found.reason or found.status}:"
        f" {text or 'no message'})"
    )
    return case.refuse("not_upgradeable", cause, "Resolve the reason, or name it in accepted_acks.", found.type)


def minor_hop(case: Case) -> Hop | None:
    """First hop into another minor."""
    return next((h for h in case.way.hops if case.current and h.version.line != case.current.line), None)


def accepted_acks(case: Case) -> list[str]:
    """Accepted names that meet the present condition: its reason, or a word of its message."""
    found = get(case.cluster, "ClusterVersionUpgradeable")
    if found is None or found.status == "True" or minor_hop(case) is None:
        return []
    words = set(re.findall(r"[\w./-]+", found.message)) | {
        w.rstrip(".") for w in re.findall(r"[\w./-]+", found.message)
    }
    return sorted(a for a in case.policy.accepted_acks if a == found.reason or a in words)


def _force_annotation(case: Case) -> Said:
    """While Upgradeable is not True, an annotation that names another image blocks every update, a z-stream too (facts
    6.3, case 2)."""
    image = annotation(case.cluster)
    if not image or not case.way.hops or case.way.hops[0].image == image:
        return None
    found = get(case.cluster, "ClusterVersionUpgradeable")
    if found is None or found.status == "True":
        return (
            f"annotation {FORCE} is left over and names another image; it blocks as soon as the cluster is not"
            " upgradeable, so remove it"
        )
    cause = (
        f"annotation {FORCE} names another image than the next release, which blocks every update while it is not"
        " upgradeable"
    )
    return case.refuse("force_annotation_stale", cause, "Remove the annotation.", found.type)


def _override(case: Case) -> Said:
    """spec.controlPlaneRelease keeps the pods on the management cluster at another release (facts 0.3)."""
    image = lookup(case.cluster, ("spec", "controlPlaneRelease", "image"))
    if not image or all(hop.image == image for hop in case.way.hops):
        return None
    cause = (
        f"spec.controlPlaneRelease keeps the pods on the management cluster at {image}, so only the hosted side would"
        " be updated"
    )
    return case.refuse("control_plane_release_set", cause, "Remove spec.controlPlaneRelease first.")


def _workers(case: Case) -> Said:
    if not case.way.hops or any(wants_workers(p.raw) or has_workers(p.raw) for p in case.pools):
        return None
    what = "all its node pools have 0 replicas" if case.pools else "it has no node pool"
    return case.refuse(
        "no_workers", f"{what}, and an update completes on workers only", "Scale a node pool to at least 1."
    )


def _channel(case: Case) -> Said:
    return (
        None
        if lookup(case.cluster, ("spec", "channel"))
        else "it has no channel, so it hears nothing of updates and their risks"
    )


def _snapshot(case: Case) -> Said:
    limit = case.policy.max_snapshot_age_minutes
    if not limit or not case.way.hops:
        return None
    step = "Take one with etcd_snapshot, then plan again."
    seen: Any = case.snapshot or {}
    if seen.get("ambiguous"):
        cause = "its snapshots cannot be told from those of its namesake on another hub"
        return case.refuse("snapshot_missing", cause, "Give each entry of snapshots a key hub.")
    age = seen.get("age")
    if not isinstance(age, (int, float)) or isinstance(age, bool):
        return case.refuse("snapshot_missing", "it has no good etcd snapshot", step)
    if age > limit * 60:
        return case.refuse("snapshot_too_old", f"its newest good etcd snapshot is older than {limit} minutes", step)
    return None


def _exclusive(case: Case) -> Said:
    label = case.policy.exclusive_label
    if not label or not case.route.moves or case.labels.get(label):
        return None
    cause = f"it lacks the label {label}, so nobody can tell with which clusters it must not be updated together"
    return case.refuse("exclusive_label_missing", cause, "Label it, or drop exclusive_label.")


def _window(case: Case) -> Said:
    if not case.policy.windows or not case.route.moves:
        return None
    if not case.windows:
        return case.refuse("no_window", "none of the windows is for it", "Add a window that matches its labels.")
    if case.opens:
        return None
    cause = f"none of its windows opens within {case.policy.window_horizon_days} days"
    return case.refuse("no_window", cause, "Correct the rule, or raise window_horizon_days.")


CLUSTER_RULES: tuple[Callable[[Case], Said], ...] = (
    _deleting,
    _paused,
    _release,
    _etcd,
    _healthy,
    _images,
    _upgradeable,
    _force_annotation,
    _override,
    _workers,
    _snapshot,
    _exclusive,
    _window,
    _channel,
)
