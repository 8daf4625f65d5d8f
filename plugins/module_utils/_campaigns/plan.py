# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The plan of an upgrade campaign as data: its digest, and how far a hosted cluster has come.

Live state is the truth: what is done is read from versions, never from a note. Shape of a plan: docs/upgrades.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from .._kernel.errors import Failure, OptionError
from .._kernel.objects import Object

FORMAT = 1
UPGRADE_CONTROL_PLANE, NODE_POOLS = "control_plane", "node_pools"
READY, REFUSED, UP_TO_DATE = "ready", "refused", "up_to_date"
_APART = ("digest", "created")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def digest_of(plan: Object) -> str:
    """``sha256:...`` over everything but the digest itself and the time it was made: the same world and policy give the
    same digest."""
    text = json.dumps(
        {k: v for k, v in plan.items() if k not in _APART}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def checked_plan(plan: Any, approved: str | None = None) -> Object:
    """The plan, if it is one, is whole, and is the approved one. None: it is only looked at. Raises OptionError."""
    if approved is not None and not _DIGEST.fullmatch(approved):
        shown = f"{approved[:80]!r} is no digest" if approved else "the digest is empty"
        raise _refused(
            "plan_not_approved",
            f"nothing is approved: {shown}",
            "Give the whole digest that upgrade_plan printed: sha256:...",
        )
    if not isinstance(plan, dict) or plan.get("format") != FORMAT or not isinstance(plan.get("clusters"), list):
        raise _refused("invalid_plan", "this is no upgrade plan of this collection", "Make one with upgrade_plan.")
    digest = digest_of(plan)
    if digest != plan.get("digest"):
        raise _refused(
            "plan_changed",
            "the plan was changed after it was made: its digest does not fit",
            "Make a new plan with upgrade_plan.",
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
