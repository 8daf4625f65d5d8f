# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of a campaign about one hosted cluster. Source: platform_facts#6.1 to #6.6, #O.14.

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
from ..._kernel.text import message_line
from ..._upgrades import readiness as ready
from ..._upgrades.hop import FORCE, annotation
from .candidate import Candidate, Hop, Said
from .management_cluster_checks import HUB_RULES
from .node_pool_checks import POOL_RULES, POOLS_RULES

# Open predicates of the goal healthy that other rules speak of, by what excuses them.
_BY_PAUSE = ("Progressing=",)
_BY_UPDATE = ("Progressing=", "ClusterVersionProgressing", "version.history", "Degraded", "ClusterVersionSucceeding")


def judged(candidate: Candidate) -> tuple[list[Failure], list[str]]:
    """All refusals and all warnings about a cluster, in the order of the tables."""
    said: list[Said] = [*candidate.way.refusals, *candidate.way.warnings]
    if candidate.current is not None:
        said += [rule(candidate) for rule in (*CLUSTER_RULES, *HUB_RULES, *POOLS_RULES)]
        said += [rule(candidate, pool) for pool in candidate.pools for rule in POOL_RULES]
    else:
        said += [_deleting(candidate)]
    return [s for s in said if isinstance(s, Failure)], _once(s for s in said if isinstance(s, str))


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _deleting(candidate: Candidate) -> Said:
    return ready.deleting(candidate.cluster, "Leave it out.")


def _paused(candidate: Candidate) -> Said:
    if not is_paused(candidate.cluster, candidate.now):
        return None
    by = f" by {owner_of(candidate.cluster)}" if owner_of(candidate.cluster) else ""
    return candidate.refuse(
        "paused", f"reconciliation is paused{by}, so no update would begin", "Resume it first.", "ReconciliationActive"
    )


def _healthy(candidate: Candidate) -> Said:
    view = ClusterView(candidate.namespace, candidate.name, candidate.cluster, tuple(p.raw for p in candidate.pools))
    excused: list[str] = [*_BY_PAUSE] if is_paused(candidate.cluster, candidate.now) else []
    if candidate.way.running or any(r.code == "update_in_progress" for r in candidate.way.refusals):
        excused += _BY_UPDATE
    step = "Look at it with hosted_cluster_info, then plan again."
    return ready.unhealthy(view, candidate.now, excused, step, under_way=candidate.way.running)


def _etcd(candidate: Candidate) -> Said:
    return ready.etcd_unavailable(candidate.cluster, "Look at it with etcd_info and repair it first.")


def _release(candidate: Candidate) -> Said:
    return ready.release_refused(candidate.cluster, "Correct spec.release.image or the pull secret first.")


def _images(candidate: Candidate) -> Said:
    unknown = sorted({move.hop.name for move in candidate.route.moves if not move.hop.image})
    if not unknown:
        return None
    cause = f"no source tells the release image of {', '.join(unknown)}, and none is made up"
    return candidate.refuse("unknown_image", cause, "Name it in release_images, or give a graph with payloads.")


def _upgradeable(candidate: Candidate) -> Said:
    """Only a change of minor is held back (platform_facts#6.3); what the condition will say at a later hop nobody knows
    now."""
    found, hop = get(candidate.cluster, "ClusterVersionUpgradeable"), minor_hop(candidate)
    if hop is None or found is None or found.status == "True":
        return None
    text = message_line(found.message)
    if candidate.way.hops and hop is not candidate.way.hops[0]:
        return (
            f"it is not upgradeable at present ({found.reason}), which will hold back the hop to {hop.name} unless that"
            " is resolved on the way"
        )
    if accepted_acks(candidate):
        return (
            f"the hop to {hop.name} was accepted although the cluster says that it is not upgradeable ({found.reason}:"
            f" {text})"
        )
    if "AdminAck" in found.reason:
        step = (
            "Check the removed APIs and acknowledge in ConfigMap admin-acks of the hosted cluster, or name the reason"
            " in accepted_acks."
        )
        return candidate.refuse(
            "not_upgradeable",
            f"the hop to {hop.name} needs an acknowledgement: {text or found.reason}",
            step,
            found.type,
        )
    cause = (
        f"the hop to {hop.name} is held back, the cluster is not upgradeable ({found.reason or found.status}:"
        f" {text or 'no message'})"
    )
    return candidate.refuse("not_upgradeable", cause, "Resolve the reason, or name it in accepted_acks.", found.type)


def minor_hop(candidate: Candidate) -> Hop | None:
    """First hop into another minor."""
    return next((h for h in candidate.way.hops if candidate.current and h.version.line != candidate.current.line), None)


def accepted_acks(candidate: Candidate) -> list[str]:
    """Accepted names that meet the present condition: its reason, or a word of its message."""
    found = get(candidate.cluster, "ClusterVersionUpgradeable")
    if found is None or found.status == "True" or minor_hop(candidate) is None:
        return []
    words = set(re.findall(r"[\w./-]+", found.message)) | {
        w.rstrip(".") for w in re.findall(r"[\w./-]+", found.message)
    }
    return sorted(a for a in candidate.policy.accepted_acks if a == found.reason or a in words)


def _force_annotation(candidate: Candidate) -> Said:
    """An annotation of another update blocks this one while the cluster is not upgradeable; else it will, one day."""
    image = annotation(candidate.cluster)
    if not image or not candidate.way.hops or candidate.way.hops[0].image == image:
        return None
    return ready.stale_force(candidate.cluster, candidate.way.hops[0].image, "Remove the annotation.") or (
        f"annotation {FORCE} is left over and names another image; it blocks as soon as the cluster is not"
        " upgradeable, so remove it"
    )


def _override(candidate: Candidate) -> Said:
    return ready.overridden(candidate.cluster, [hop.image for hop in candidate.way.hops])


def _workers(candidate: Candidate) -> Said:
    if not candidate.way.hops:
        return None
    return ready.without_workers(
        candidate.cluster, [p.raw for p in candidate.pools], "Scale a node pool to at least 1."
    )


def _channel(candidate: Candidate) -> Said:
    return (
        None
        if lookup(candidate.cluster, ("spec", "channel"))
        else "it has no channel, so it hears nothing of updates and their risks"
    )


def _snapshot(candidate: Candidate) -> Said:
    limit = candidate.policy.max_snapshot_age_minutes
    if not limit or not candidate.way.hops:
        return None
    step = "Take one with etcd_snapshot, then plan again."
    seen: Any = candidate.snapshot or {}
    if seen.get("ambiguous"):
        cause = "its snapshots cannot be told from those of its namesake on another hub"
        return candidate.refuse("snapshot_missing", cause, "Give each entry of snapshots a key hub.")
    age = seen.get("age")
    if not isinstance(age, (int, float)) or isinstance(age, bool):
        return candidate.refuse("snapshot_missing", "it has no good etcd snapshot", step)
    if age > limit * 60:
        return candidate.refuse(
            "snapshot_too_old", f"its newest good etcd snapshot is older than {limit} minutes", step
        )
    return None


def _exclusive(candidate: Candidate) -> Said:
    label = candidate.policy.exclusive_label
    if not label or not candidate.route.moves or candidate.labels.get(label):
        return None
    cause = f"it lacks the label {label}, so nobody can tell with which clusters it must not be updated together"
    return candidate.refuse("exclusive_label_missing", cause, "Label it, or drop exclusive_label.")


def _window(candidate: Candidate) -> Said:
    if not candidate.policy.windows or not candidate.route.moves:
        return None
    if not candidate.windows:
        return candidate.refuse("no_window", "none of the windows is for it", "Add a window that matches its labels.")
    if candidate.opens:
        return None
    cause = f"none of its windows opens within {candidate.policy.window_horizon_days} days"
    return candidate.refuse("no_window", cause, "Correct the rule, or raise window_horizon_days.")


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
