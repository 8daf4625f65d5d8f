# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shape of a diagnosis rule and of the object it looks at."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..findings import Health, Severity
from ..subject import OF_CLUSTER, OF_POOL, Raw, Subject

BOTH = (OF_CLUSTER, OF_POOL)

LIVE = "live"
DELETION = "deletion"
ALWAYS = "always"

# Goals that wait for the operator to act on a spec.
CHANGE_GOALS = frozenset(
    {"available", "version_completed", "nodes_ready", "healthy", "reconciled", "node_pools_settled"}
)

FIX_AND_RETRY = "The operator checks again by itself once the object exists; run the task again then."
# What a wrong input stops: any change of a running cluster, and with a new one everything.
INPUT_STOPS = frozenset({"version_completed", "reconciled", "healthy"})
INPUT_STOPS_NEW = frozenset({"available", "nodes_ready", "node_pools_settled"})

# One sample proves nothing: Degraded flips for moments during every rollout.
SETTLE_SECONDS = 120
# Time a machine may take from order to Ready node before its absence is a problem (nodeStartupTimeout of the health
# check).
MACHINE_SECONDS = 20 * 60

# Severity and verdict of what is normal for a while.
COMING = (Severity.INFO, Health.PROGRESSING)
SLOW = (Severity.WARNING, Health.PROGRESSING)
NOISE = (Severity.WARNING, Health.HEALTHY)

# Returns the values for the texts when the row holds, else None.
Check = Callable[[Subject, Raw], "dict[str, str] | None"]


@dataclass(frozen=True)
class Rule:
    """One row of knowledge: how a state shows, what it means, what to do.

    A row speaks of a condition (``conditions`` with ``status``, narrowed by ``reasons``, ``message``, ``check``) or,
    without conditions, of fields alone (``check``). Of the rows of one condition the first that holds is taken; the
    order of the tables is the order of causes, so an earlier row explains a later one.

    starting, young: severity and verdict instead of the usual ones while the object has never worked, or while the
    condition is younger than ``young_seconds``.
    stops: goals that can never be reached in this state; stops_new: the same for a cluster that has never been
    available.
    cause, next_step: texts with ``{message}``, ``{reason}``, ``{name}``, ``{namespace}``, ``{cpns}`` and what ``check``
    gives;
    groups named in ``message`` are values too. reason: why we believe it, with the section of the platform facts.
    shows: how a state without a condition of its own is recognised, for the documentation.
    """

    code: str
    title: str
    cause: str
    next_step: str
    reason: str
    severity: Severity
    verdict: Health
    kinds: tuple[str, ...] = (OF_CLUSTER,)
    conditions: tuple[str, ...] = ()
    status: str = "False"
    reasons: frozenset[str] = frozenset()
    message: re.Pattern[str] | None = None
    check: Check | None = None
    phase: str = LIVE
    starting: tuple[Severity, Health] | None = None
    young: tuple[Severity, Health] | None = None
    young_seconds: int = SETTLE_SECONDS
    stops: frozenset[str] = frozenset()
    stops_new: frozenset[str] = frozenset()
    shows: str = ""

    def values(self, subject: Subject, raw: Raw) -> dict[str, str] | None:
        """Values for the texts when this row holds for the condition, else None."""
        if self.reasons and raw.get("reason") not in self.reasons:
            return None
        found: dict[str, str] = {}
        if self.message is not None:
            match = self.message.search(raw.get("message") or "")
            if match is None:
                return None
            found = {key: value or "" for key, value in match.groupdict().items()}
        if self.check is not None:
            more = self.check(subject, raw)
            if more is None:
                return None
            found.update(more)
        return found


def worded(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def goals(*names: str) -> frozenset[str]:
    return frozenset(names)
