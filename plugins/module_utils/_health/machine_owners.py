# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads what the machines of node pools come from: one LIST per kind that they need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._kernel.errors import ApiError
from .._kernel.kinds import MACHINE_DEPLOYMENT, MACHINE_SET, Kind, control_plane_namespace
from .._kernel.objects import Object, lookup
from .._kernel.ports.hub import Hub
from .pool_machines import MachineOwners, keeps_account, updates_in_place


def machine_owners(hub: Hub, pools: Iterable[Object]) -> MachineOwners:
    """Of these node pools; nothing is asked where none of them has finished a configuration. Raises ApiError."""
    asked = [pool for pool in pools if keeps_account(pool)]
    in_place = [pool for pool in asked if updates_in_place(pool)]
    replaced = [pool for pool in asked if not updates_in_place(pool)]
    return MachineOwners(_listed(hub, MACHINE_DEPLOYMENT, replaced), _listed(hub, MACHINE_SET, in_place))


def permitted_machine_owners(hub: Hub, pools: Iterable[Object]) -> MachineOwners:
    """The same for an account that may lack the right: then they are unseen, with the cause."""
    try:
        return machine_owners(hub, pools)
    except ApiError as error:
        if error.status != 403:
            raise
        return MachineOwners(unseen=error.failure.cause)


def _listed(hub: Hub, kind: Kind, pools: Sequence[Object]) -> list[Object]:
    homes = sorted(
        {
            control_plane_namespace(str(p["metadata"]["namespace"]), str(lookup(p, ("spec", "clusterName"))))
            for p in pools
        }
    )
    if len(homes) > 1:
        try:
            return hub.list(kind)
        except ApiError as error:
            if error.status != 403:
                raise
    # Of one control plane, or for an account with rights in namespaces of its own.
    return [found for home in homes for found in hub.list(kind, home)]
