# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The plan of an upgrade campaign as data: its digest, and how far a hosted cluster has come. Private to hypershift.core.

Live state is the truth: what is done is read from versions, never from a note. Shape of a plan: docs/upgrades.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain import version_history
from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import Failure, OptionError
from ansible_collections.hypershift.core.plugins.module_utils._domain.goal_predicates import HOLDS, World, updated
from ansible_collections.hypershift.core.plugins.module_utils._domain.goals import evaluate
from ansible_collections.hypershift.core.plugins.module_utils._domain.guards import completed_version
from ansible_collections.hypershift.core.plugins.module_utils._domain.verdict import ClusterView, GoalParams, Outcome
from ansible_collections.hypershift.core.plugins.module_utils._domain.versions import Version

FORMAT = 1
CONTROL_PLANE, NODE_POOLS = "control_plane", "node_pools"
READY, REFUSED, UP_TO_DATE = "ready", "refused", "up_to_date"
_APART = ("digest", "created")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
Object = dict[str, Any]


def digest_of(plan: Object) -> str:
    """``sha256:...`` over everything but the digest itself and the time it was made: the same world and policy give the same digest."""
    text = json.dumps({k: v for k, v in plan.items() if k not in _APART}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def checked_plan(plan: Any, approved: str | None = None) -> Object:
    """The plan, if it is one, is whole, and is the approved one. None: it is only looked at. Raises OptionError."""
    if approved is not None and not _DIGEST.fullmatch(approved):
        shown = f"{approved[:80]!r} is no digest" if approved else "the digest is empty"
        raise _refused("plan_not_approved", f"nothing is approved: {shown}", "Give the whole digest that upgrade_plan printed: sha256:...")
    if not isinstance(plan, dict) or plan.get("format") != FORMAT or not isinstance(plan.get("clusters"), list):
        raise _refused("invalid_plan", "this is no upgrade plan of this collection", "Make one with upgrade_plan.")
    digest = digest_of(plan)
    if digest != plan.get("digest"):
        raise _refused(
            "plan_changed", "the plan was changed after it was made: its digest does not fit", "Make a new plan with upgrade_plan."
        )
    if approved is not None and approved != digest:
        cause = f"approved was {approved}, but this plan has the digest {digest}"
        raise _refused("plan_not_approved", cause, "Read this plan, and approve its digest if it is right.")
    return plan


def read_plan(text: str, approved: str | None = None) -> Object:
    """``checked_plan`` of the text of a plan file."""
    try:
        return checked_plan(json.loads(text), approved)
    except ValueError:
        raise _refused("invalid_plan", "the plan file holds no JSON", "Make one with upgrade_plan.") from None


def _refused(code: str, cause: str, next_step: str) -> OptionError:
    return OptionError(Failure(code, cause, next_step=next_step))


def position(steps: Sequence[Object], view: ClusterView, now: datetime) -> int:
    """Number of leading steps that are done, from the live objects alone."""
    for number, step in enumerate(steps):
        if not step_done(step, view, now):
            return number
    return len(steps)


def step_done(step: Object, view: ClusterView, now: datetime) -> bool:
    """What the step asks for is complete, or the cluster has moved on from there."""
    target = Version.parse(step["version"])
    if target is None or view.hosted_cluster is None:
        return False
    if step["kind"] == CONTROL_PLANE:
        return _control_plane_done(step, target, view, view.hosted_cluster, now)
    return all(_pool_done(name, target, step, view, now) for name in step["pools"])


def _control_plane_done(step: Object, target: Version, view: ClusterView, cluster: Object, now: datetime) -> bool:
    have = completed_version(cluster)
    if have is None or have < target:
        return False
    if have > target or version_history.newest(cluster).get("version") != step["version"]:
        return True
    return evaluate("version_completed", view, GoalParams(version=step["version"], image=step["image"]), now=now).outcome is Outcome.DONE


def _pool_done(name: str, target: Version, step: Object, view: ClusterView, now: datetime) -> bool:
    """A pool that was removed since needs no upgrade."""
    world = World(view, GoalParams(version=step["version"], pools=(name,)), now)
    if world.absent_pools:
        return True
    pool = world.pools[0]
    have = Version.parse(str(pool.status.get("version") or ""))
    if have is None or have < target:
        return False
    return have > target or (pool.spec.get("release") or {}).get("image") != step["image"] or updated(pool, world) == HOLDS
