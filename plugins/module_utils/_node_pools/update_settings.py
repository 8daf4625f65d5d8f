# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which settings of spec.management let nodes be replaced at all: one rule for options, updates and plans."""

from __future__ import annotations

from typing import Any

from .._kernel.objects import lookup
from .._manifests.selection import node_count

INVALID = "pool_management_invalid"
DEFAULT_SURGE, DEFAULT_UNAVAILABLE = 1, 0  # what the API fills in


def rolling_limits(rolling: dict[str, Any] | None) -> tuple[Any, Any]:
    """maxSurge and maxUnavailable of spec.management.replace.rollingUpdate, with the API's defaults."""
    given = rolling or {}
    surge, unavailable = given.get("maxSurge"), given.get("maxUnavailable")
    return (
        DEFAULT_SURGE if surge is None else surge,
        DEFAULT_UNAVAILABLE if unavailable is None else unavailable,
    )


def completed_replace(asked: dict[str, Any] | None, live: dict[str, Any] | None) -> dict[str, Any]:
    """spec.management.replace as it must be sent so that strategy and numbers fit each other.

    The API fills its defaults in only where all of it is left out, the operator passes over a pool whose numbers are
    missing, and numbers that stand there must go when the strategy becomes OnDelete. live: what stands there.
    """
    given, before = dict(asked or {}), live or {}
    if not given:
        return {}
    numbers = given.get("rollingUpdate")
    if numbers and not (given.get("strategy") or before.get("strategy")):
        given["strategy"] = "RollingUpdate"
    strategy = given.get("strategy") or before.get("strategy")
    if strategy == "OnDelete" and not numbers:
        given["rollingUpdate"] = None
    elif strategy == "RollingUpdate":
        defaults = {"maxSurge": DEFAULT_SURGE, "maxUnavailable": DEFAULT_UNAVAILABLE}
        standing = {k: v for k, v in (before.get("rollingUpdate") or {}).items() if v is not None}
        named = {k: v for k, v in (numbers or {}).items() if v is not None}
        given["rollingUpdate"] = {**{k: v for k, v in defaults.items() if k not in standing}, **named}
    return given


def none_may_go(rolling: dict[str, Any] | None) -> bool:
    """Neither may a node be added nor one be missing, so none is ever replaced."""
    return all(str(value).strip().rstrip("%") == "0" for value in rolling_limits(rolling))


def share(value: Any, total: int, default: int, up: bool = False) -> int:
    """Int-or-percent; a share rounds down and is 1 at least, for a surge up. What is neither counts as the default."""
    text = str(value if value is not None else default).strip()
    if text.endswith("%") and text[:-1].isdigit():
        part = total * int(text[:-1])
        return -(-part // 100) if up else max(1, part // 100)
    return int(text) if text.isdigit() else default


def stuck(pool: dict[str, Any]) -> tuple[str, str]:
    """Cause and next step when no update of the pool can go on with its settings; empty texts when one can."""
    management = lookup(pool, ("spec", "management")) or {}
    if management.get("upgradeType") == "InPlace":
        limit, nodes = lookup(management, ("inPlace", "maxUnavailable")), node_count(pool)
        if nodes and share(limit, nodes, 1) > nodes:
            # The operator's node picker does not clamp it (platform_facts#6.5).
            cause = f"management.inPlace.maxUnavailable is {limit}, but the pool has {nodes} node(s)"
            return cause, f"Set it to {nodes} or less (module nodepool: in_place.max_unavailable)."
        return "", ""
    if lookup(management, ("replace", "strategy")) == "OnDelete":
        return "", ""
    if none_may_go(lookup(management, ("replace", "rollingUpdate"))):
        cause = "maxSurge and maxUnavailable are both 0, so no node can be replaced"
        return cause, "Set one of them to 1 or more (module nodepool: replace)."
    return "", ""
