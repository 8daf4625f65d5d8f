# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of a campaign about one hosted cluster. Source: facts 6.1-6.6, O.14.

Each rule says nothing, or a refusal, or a warning (a sentence).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ..._health.goal_states import ClusterView
from ..._health.pauses import is_paused, owner_of
from ..._kernel.conditions import get
from ..._kernel.errors import Failure
from ..._kernel.objects import lookup
from ..._kernel.text import one_line
from ..._upgrades import readiness as ready
from ..._upgrades.hop import FORCE, annotation
from .candidate import Candidate, Hop, Said
from .management_cluster_checks import HUB_RULES
from .node_pool_checks import POOL_RULES, POOLS_RULES

# Open predicates of the goal healthy that other rules speak of, by what excuses them.
_BY_PAUSE = ("Progressing=",)
_BY_UPDATE = ("Progressing=", "ClusterVersionProgressing", "version.history", "Degraded", "ClusterVersionSucceeding")


def judged(case: Candidate) -> tuple[list[Failure], list[str]]:
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


def _deleting(case: Candidate) -> Said:
    return ready.deleting(case.cluster, "Leave it out.")


def _paused(case: Candidate) -> Said:
    if not is_paused(case.cluster, case.now):
        return None
    by = f" by {owner_of(case.cluster)}" if owner_of(case.cluster) else ""
    return case.refuse(
        "paused", f"reconciliation is paused{by}, so no update would begin", "Resume it first.", "ReconciliationActive"
    )


def _healthy(case: Candidate) -> Said:
    view = ClusterView(case.namespace, case.name, case.cluster, tuple(p.raw for p in case.pools))
    excused: list[str] = [*_BY_PAUSE] if is_paused(case.cluster, case.now) else []
    if case.way.running or any(r.code == "update_in_progress" for r in case.way.refusals):
        excused += _BY_UPDATE
    step = "Look at it with hosted_cluster_info, then plan again."
    return ready.unhealthy(view, case.now, excused, step, under_way=case.way.running)


def _etcd(case: Candidate) -> Said:
    return ready.etcd_unavailable(case.cluster, "Look at it with etcd_info and repair it first.")


def _release(case: Candidate) -> Said:
    return ready.release_refused(case.cluster, "Correct spec.release.image or the pull secret first.")


def _images(case: Candidate) -> Said:
    unknown = sorted({move.hop.name for move in case.route.moves if not move.hop.image})
    if not unknown:
        return None
    cause = f"no source tells the release image of {', '.join(unknown)}, and none is made up"
    return case.refuse("unknown_image", cause, "Name it in release_images, or give a graph with payloads.")


def _upgradeable(case: Candidate) -> Said:
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
            "not_upgradeable",
            f"the hop to {hop.name} needs an acknowledgement: {text or found.reason}",
            step,
            found.type,
        )
    cause = (
        f"the hop to {hop.name} is held back, the cluster is not upgradeable ({found.reason or found.status}:"
        f" {text or 'no message'})"
    )
    return case.refuse("not_upgradeable", cause, "Resolve the reason, or name it in accepted_acks.", found.type)


def minor_hop(case: Candidate) -> Hop | None:
    """First hop into another minor."""
    return next((h for h in case.way.hops if case.current and h.version.line != case.current.line), None)


def accepted_acks(case: Candidate) -> list[str]:
    """Accepted names that meet the present condition: its reason, or a word of its message."""
    found = get(case.cluster, "ClusterVersionUpgradeable")
    if found is None or found.status == "True" or minor_hop(case) is None:
        return []
    words = set(re.findall(r"[\w./-]+", found.message)) | {
        w.rstrip(".") for w in re.findall(r"[\w./-]+", found.message)
    }
    return sorted(a for a in case.policy.accepted_acks if a == found.reason or a in words)


def _force_annotation(case: Candidate) -> Said:
    """An annotation of another update blocks this one while the cluster is not upgradeable; else it will, one day."""
    image = annotation(case.cluster)
    if not image or not case.way.hops or case.way.hops[0].image == image:
        return None
    return ready.stale_force(case.cluster, case.way.hops[0].image, "Remove the annotation.") or (
        f"annotation {FORCE} is left over and names another image; it blocks as soon as the cluster is not"
        " upgradeable, so remove it"
    )


def _override(case: Candidate) -> Said:
    return ready.overridden(case.cluster, [hop.image for hop in case.way.hops])


def _workers(case: Candidate) -> Said:
    if not case.way.hops:
        return None
    return ready.without_workers(case.cluster, [p.raw for p in case.pools], "Scale a node pool to at least 1.")


def _channel(case: Candidate) -> Said:
    return (
        None
        if lookup(case.cluster, ("spec", "channel"))
        else "it has no channel, so it hears nothing of updates and their risks"
    )


def _snapshot(case: Candidate) -> Said:
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


def _exclusive(case: Candidate) -> Said:
    label = case.policy.exclusive_label
    if not label or not case.route.moves or case.labels.get(label):
        return None
    cause = f"it lacks the label {label}, so nobody can tell with which clusters it must not be updated together"
    return case.refuse("exclusive_label_missing", cause, "Label it, or drop exclusive_label.")


def _window(case: Candidate) -> Said:
    if not case.policy.windows or not case.route.moves:
        return None
    if not case.windows:
        return case.refuse("no_window", "none of the windows is for it", "Add a window that matches its labels.")
    if case.opens:
        return None
    cause = f"none of its windows opens within {case.policy.window_horizon_days} days"
    return case.refuse("no_window", cause, "Correct the rule, or raise window_horizon_days.")


CLUSTER_RULES: tuple[Callable[[Candidate], Said], ...] = (
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
