# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must hold before the release of a hosted cluster is changed: one rule and one code for the plan of a campaign
and for a single hop. Each rule gives a Failure, or None; what may be done about it differs, so callers give that.
Source: platform_facts#0.3, #6.3, #6.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from .._health.findings import Finding, Severity
from .._health.goal_states import ClusterView, GoalParams, Outcome
from .._health.goals import evaluate
from .._health.rules.version import has_workers, wants_workers
from .._kernel.conditions import get
from .._kernel.errors import Failure
from .._kernel.kinds import HOSTED_CLUSTER, NODE_POOL
from .._kernel.objects import Object, lookup
from .._kernel.text import message_line
from .._kernel.versions import MAX_POOL_SKEW, Version, skew_code, skew_problem
from .hop import FORCE, annotation, held_back

UPGRADEABLE = "ClusterVersionUpgradeable"
# Open predicates of the goal healthy that have a rule of their own here.
OWN_RULES = ("EtcdAvailable", "ValidReleaseImage")
# Findings whose words change as time goes by; with them the digest of a plan would too.
_TIMED = ("update_slow", "pool_update_slow")


def _failure(cluster: Object, code: str, cause: str, step: str, condition: str = "") -> Failure:
    meta = cluster["metadata"]
    return Failure(code, cause, HOSTED_CLUSTER.ref(meta.get("namespace"), meta["name"]), condition, step)


def deleting(cluster: Object, step: str) -> Failure | None:
    if not cluster["metadata"].get("deletionTimestamp"):
        return None
    return _failure(cluster, "deleting", "it is being deleted", step)


def etcd_unavailable(cluster: Object, step: str) -> Failure | None:
    found = get(cluster, "EtcdAvailable")
    if found is not None and found.status == "True":
        return None
    told = message_line(found.message) or found.reason or found.status if found else "no condition says so"
    return _failure(cluster, "etcd_unhealthy", f"etcd is not available ({told})", step, "EtcdAvailable")


def release_refused(cluster: Object, step: str) -> Failure | None:
    found = get(cluster, "ValidReleaseImage")
    if found is not None and found.status == "True":
        return None
    told = message_line(found.message) or found.reason if found else "no condition says so"
    cause = f"the operator does not accept its release image ({told})"
    return _failure(cluster, "release_image_invalid", cause, step, "ValidReleaseImage")


def unhealthy(
    view: ClusterView, now: datetime, excused: Sequence[str], step: str, otherwise: str = "", under_way: bool = False
) -> Failure | None:
    """excused: beginnings of open predicates that are others' business. under_way: an update runs, so a fault that can
    never heal counts although all that is open is excused. otherwise: ends the finding's own step, where there is one;
    step stands where there is none."""
    cluster = view.hosted_cluster
    state = evaluate("healthy", view, GoalParams(), now=now)
    if cluster is None or state.outcome is Outcome.DONE:
        return None
    missing = [text for text in state.missing if not text.startswith((*OWN_RULES, *excused))]
    stuck = under_way and _never_heals(state.finding)
    if not missing and not stuck:
        return None
    found = state.finding if state.finding and _tells(state.finding) else None
    cause = f"it is not healthy; missing: {', '.join(missing or state.missing)}"
    cause += f"; likely cause: {found.cause}" if found else ""
    told = f"{found.next_step} {otherwise}".strip() if found and found.next_step else f"{step} {otherwise}".strip()
    return _failure(cluster, "unhealthy", cause, told, found.condition if found else "")


def _never_heals(found: Finding | None) -> bool:
    return found is not None and found.severity is Severity.FATAL and bool(found.condition)


def _tells(found: Finding) -> bool:
    return found.severity is not Severity.INFO and found.code not in _TIMED


def stale_force(cluster: Object, image: str, step: str) -> Failure | None:
    """While Upgradeable is not True, an annotation that names another image blocks every update, a z-stream too."""
    left = annotation(cluster)
    if not left or left == image or not held_back(cluster):
        return None
    cause = (
        f"annotation {FORCE} is left from another update ({left}) and would block this one while the cluster is not"
        " upgradeable"
    )
    return _failure(cluster, "force_upgrade_mismatch", cause, step, UPGRADEABLE)


def overridden(cluster: Object, images: Iterable[str]) -> Failure | None:
    """spec.controlPlaneRelease keeps the pods on the management cluster at another release than images."""
    kept = lookup(cluster, ("spec", "controlPlaneRelease", "image"))
    if not kept or set(images) <= {kept}:
        return None
    cause = (
        f"spec.controlPlaneRelease keeps the pods on the management cluster at {kept}, so only the hosted side would be"
        " updated"
    )
    return _failure(cluster, "control_plane_release_set", cause, "Remove spec.controlPlaneRelease first.")


def without_workers(cluster: Object, pools: Sequence[Object], step: str) -> Failure | None:
    if any(wants_workers(p) or has_workers(p) for p in pools):
        return None
    what = "all its node pools have 0 replicas" if pools else "it has no node pool"
    return _failure(cluster, "no_workers", f"{what}, so an update can never complete: it needs a worker", step)


def left_behind(pool: Object, have: Version | None, target: Version, step: str) -> Failure | None:
    """A node pool that stays at its version while the control plane goes to target."""
    if have is None or target.line - have.line <= MAX_POOL_SKEW:
        return None
    meta = pool["metadata"]
    ref = NODE_POOL.ref(meta.get("namespace"), meta["name"])
    return Failure(skew_code(target, have), skew_problem(target, have), ref, next_step=step)
