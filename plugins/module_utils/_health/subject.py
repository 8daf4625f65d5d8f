# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a rule looks at: an object with its conditions at one time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .._kernel import versions
from .._kernel.conditions import index
from .._kernel.kinds import control_plane_namespace
from .._kernel.times import seconds_since
from .pauses import pause_state
from .pool_machines import Rollout

OF_CLUSTER = "HostedCluster"
OF_POOL = "NodePool"
OF_CONTROL_PLANE = "HostedControlPlane"

# A hosted cluster usually comes up in 10 to 15 minutes; what is normal on the way there is not an error before this
# age.
STARTUP_SECONDS = 30 * 60

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
        owner = self.spec.get("clusterName") if self.kind == OF_POOL else self.name
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
        if self.kind == OF_POOL:
            return bool(self.status.get("version"))
        if (self.meta.get("annotations") or {}).get(_HAS_BEEN_AVAILABLE) == "true" or self.status_of(
            "Available"
        ) == "True":
            return True
        return bool(versions.newest_completed({"status": self.status}))

    def seasoned(self) -> bool:
        """Arrived, or old enough to have arrived: what is missing now is missing for a reason."""
        if self._seasoned is None:
            self._seasoned = self.arrived() or self.age() > STARTUP_SECONDS
        return self._seasoned


Raw = Mapping[str, Any]
