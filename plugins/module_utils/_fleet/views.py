# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What was read of many management clusters at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .._health.pool_machines import MachineOwners
from .._kernel.errors import Failure
from .._kernel.hub_identity import Identity
from .._kernel.kinds import HOSTED_CLUSTER, NODE_POOL, Kind
from .._kernel.objects import Object, lookup

Key = tuple[str, str]  # namespace, name


def host_name(hub: str, namespace: str, name: str) -> str:
    """Name of a hosted cluster within the fleet, and of its host in the inventory: most specific part first."""
    return f"{name}.{namespace}.{hub}"


@dataclass(frozen=True)
class HubView:
    """One management cluster, or the namespace of one that was asked for.

    objects: what was listed, by kind; minors: what its operator supports, newest first, empty when it does not tell.
    problem: why it could not be read; then everything else is empty. identity: which cluster it is, when that was
    asked;
    machines: what those of the pools come from, when that was asked.
    """

    name: str
    server: str = ""
    objects: Mapping[Kind, tuple[Object, ...]] = field(default_factory=dict)
    minors: tuple[str, ...] = ()
    problem: Failure | None = None
    identity: Identity | None = None
    machines: MachineOwners | None = None

    def all(self, kind: Kind) -> tuple[Object, ...]:
        return self.objects.get(kind, ())

    @property
    def clusters(self) -> tuple[Object, ...]:
        return self.all(HOSTED_CLUSTER)

    @cached_property
    def by_key(self) -> dict[Key, Object]:
        return {(c["metadata"]["namespace"], c["metadata"]["name"]): c for c in self.clusters}

    @cached_property
    def _pools(self) -> dict[Key, list[Object]]:
        pools: dict[Key, list[Object]] = {}
        for pool in self.all(NODE_POOL):
            pools.setdefault((pool["metadata"]["namespace"], str(lookup(pool, ("spec", "clusterName")))), []).append(
                pool
            )
        return pools

    def pools_of(self, namespace: str, name: str) -> list[Object]:
        """Node pools of a hosted cluster, those being deleted included."""
        return self._pools.get((namespace, name), [])
