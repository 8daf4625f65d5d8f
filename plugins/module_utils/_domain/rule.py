# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shape of a diagnosis rule and of the object it looks at. Private to hypershift.core."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain import version_history
from ansible_collections.hypershift.core.plugins.module_utils._domain.conditions import index, seconds_since
from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import control_plane_namespace
from ansible_collections.hypershift.core.plugins.module_utils._domain.pausing import pause_state
from ansible_collections.hypershift.core.plugins.module_utils._domain.pool_machines import Rollout
from ansible_collections.hypershift.core.plugins.module_utils._domain.verdict import Health, Severity

HOSTED_CLUSTER = "HostedCluster"
NODE_POOL = "NodePool"
CONTROL_PLANE = "HostedControlPlane"
BOTH = (HOSTED_CLUSTER, NODE_POOL)

LIVE = "live"
DELETION = "deletion"
ALWAYS = "always"

# Goals that wait for the operator to act on a spec.
CHANGE_GOALS = frozenset({"available", "version_completed", "nodes_ready", "healthy", "reconciled", "node_pools_settled"})

# What a wrong input stops: any change of a running cluster, and with a new one everything.
INPUT_STOPS = frozenset({"version_completed", "reconciled", "healthy"})
INPUT_STOPS_NEW = frozenset({"available", "nodes_ready", "node_pools_settled"})

# A hosted cluster usually comes up in 10 to 15 minutes; what is normal on the way there is not an error before this age.
STARTUP_SECONDS = 30 * 60
# One sample proves nothing: Degraded flips for moments during every rollout.
SETTLE_SECONDS = 120
# Time a machine may take from order to Ready node before its absence is a problem (nodeStartupTimeout of the health check).
MACHINE_SECONDS = 20 * 60

# Severity and verdict of what is normal for a while.
COMING = (Severity.INFO, Health.PROGRESSING)
SLOW = (Severity.WARNING, Health.PROGRESSING)
NOISE = (Severity.WARNING, Health.HEALTHY)

_HAS_BEEN_AVAILABLE = "hypershift.openshift.io/HasBeenAvailable"


class Subject:
    """One object under diagnosis, read once. Plain attributes: this is made for every object of a fleet."""

    __slots__ = (
        "_seasoned",
        "conditions",
        "control_plane",
        "deleting",
        "generation",
        "kind",
        "meta",
        "name",
        "namespace",
        "node_pools",
        "now",
        "pause",
        "rollout",
        "spec",
        "status",
    )

    def __init__(
        self,
        kind: str,
        obj: Mapping[str, Any],
        now: datetime,
        *,
        node_pools: Sequence[Mapping[str, Any]] = (),
        control_plane: Mapping[str, Any] | None = None,
        rollout: Rollout | None = None,
    ) -> None:
        self.kind = kind
        self.meta: Mapping[str, Any] = obj.get("metadata") or {}
        self.spec: Mapping[str, Any] = obj.get("spec") or {}
        self.status: Mapping[str, Any] = obj.get("status") or {}
        self.name: str = self.meta.get("name") or ""
        self.namespace: str = self.meta.get("namespace") or ""
        self.generation: int = self.meta.get("generation") or 0
        self.deleting = bool(self.meta.get("deletionTimestamp"))
        self.conditions = index(obj)
        self.now = now
        self.pause = pause_state(self.spec.get("pausedUntil"), now)
        self.node_pools = node_pools
        self.control_plane = control_plane
        self.rollout = rollout  # of a node pool's machines; None when nobody looked
        self._seasoned: bool | None = None

    @property
    def ref(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"

    @property
    def control_plane_namespace(self) -> str:
        owner = self.spec.get("clusterName") if self.kind == NODE_POOL else self.name
        return control_plane_namespace(self.namespace, owner or "")

    def status_of(self, type: str) -> str:
        raw = self.conditions.get(type)
        return (raw.get("status") or "") if raw else ""

    def reason_of(self, type: str) -> str:
        raw = self.conditions.get(type)
        return (raw.get("reason") or "") if raw else ""

    def age(self) -> float:
        return seconds_since(self.meta.get("creationTimestamp"), self.now) or 0.0

    def arrived(self) -> bool:
        """Whether the object ever reached its working state; before that, absence of things is normal."""
        if self.kind == NODE_POOL:
            return bool(self.status.get("version"))
        if (self.meta.get("annotations") or {}).get(_HAS_BEEN_AVAILABLE) == "true" or self.status_of("Available") == "True":
            return True
        return bool(version_history.newest_completed({"status": self.status}))

    def seasoned(self) -> bool:
        """Arrived, or old enough to have arrived: what is missing now is missing for a reason."""
        if self._seasoned is None:
            self._seasoned = self.arrived() or self.age() > STARTUP_SECONDS
        return self._seasoned


Raw = Mapping[str, Any]
# Returns the values for the texts when the row holds, else None.
Check = Callable[[Subject, Raw], "dict[str, str] | None"]


@dataclass(frozen=True)
class Rule:
    """One row of knowledge: how a state shows, what it means, what to do.

    A row speaks of a condition (``conditions`` with ``status``, narrowed by ``reasons``, ``message``, ``check``) or, without
    conditions, of fields alone (``check``). Of the rows of one condition the first that holds is taken; the order of the
    tables is the order of causes, so an earlier row explains a later one.

    starting, young: severity and verdict instead of the usual ones while the object has never worked, or while the
    condition is younger than ``young_seconds``.
    stops: goals that can never be reached in this state; stops_new: the same for a cluster that has never been available.
    cause, next_step: texts with ``{message}``, ``{reason}``, ``{name}``, ``{namespace}``, ``{cpns}`` and what ``check`` gives;
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
    kinds: tuple[str, ...] = (HOSTED_CLUSTER,)
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
