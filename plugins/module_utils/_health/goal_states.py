# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How far a goal is, and what it is evaluated on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .findings import Finding
from .pool_machines import MachineOwners


class Outcome(str, Enum):
    DONE = "done"
    WAITING = "waiting"
    HOPELESS = "hopeless"


@dataclass(frozen=True)
class GoalState:
    """Where one goal stands for one cluster at one moment.

    summary: one line, stable while nothing changes, e.g. ``etcd 2/3 ready; waiting for quorum``.
    missing: the predicates that do not hold yet, in reading order.
    finding: what makes it hopeless, or the most likely cause while waiting.
    """

    outcome: Outcome
    summary: str
    missing: tuple[str, ...] = ()
    finding: Finding | None = None


@dataclass(frozen=True)
class ClusterView:
    """What a watch knows of one hosted cluster.

    hosted_cluster, control_plane: raw API objects, None when absent. node_pools: raw NodePools of the cluster.
    ``control_plane_known`` tells "no HostedControlPlane" from "not looked at". machines: what the pools' machines come
    from, None when not looked at.
    """

    namespace: str
    name: str
    hosted_cluster: dict[str, Any] | None = None
    node_pools: tuple[dict[str, Any], ...] = ()
    control_plane: dict[str, Any] | None = None
    control_plane_known: bool = False
    machines: MachineOwners | None = None


@dataclass(frozen=True)
class GoalParams:
    """Parameters of a goal.

    version: target version such as ``4.21.3``; image: requested release image; pools: only these NodePools (empty =
    all);
    generation: metadata.generation the conditions must have observed (0 = the object's own).
    """

    version: str = ""
    image: str = ""
    pools: tuple[str, ...] = field(default_factory=tuple)
    generation: int = 0
