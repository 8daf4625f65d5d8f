# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options that every waiting module shares. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain.verdict import GoalParams
from ansible_collections.hypershift.core.plugins.module_utils._operations.waiting import Target, WaitRequest


def wait_request(options: dict[str, Any], goal: str, target: Target, params: GoalParams | None = None, **more: Any) -> WaitRequest | None:
    """Request for one cluster from the options wait, wait_timeout and progress_timeout; None when wait is false."""
    if not options.get("wait"):
        return None
    return WaitRequest(
        goal=goal,
        targets=(target,),
        timeout=float(options["wait_timeout"]),
        progress_timeout=float(options["progress_timeout"]),
        params=params or GoalParams(),
        **more,
    )
