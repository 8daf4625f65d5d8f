# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a campaign's task does under the campaign's Leases: no write without them, and they are renewed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from .._kernel.held_lease import HeldLease, Keeper
from .._kernel.kinds import Kind
from .._kernel.objects import Object
from .._kernel.ports.hub import Hub
from .journal import lease_name


class _LeasedHub:
    """The hub, with each write refused once a Lease is not surely held any more."""

    def __init__(self, hub: Hub, leases: Sequence[HeldLease]) -> None:
        self._hub, self._leases = hub, leases

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hub, name)

    def _check(self) -> None:
        for lease in self._leases:
            lease.check()

    def create(self, kind: Kind, body: Object) -> Object:
        self._check()
        return self._hub.create(kind, body)

    def patch(self, kind: Kind, namespace: str | None, name: str, patch: Object, resource_version: str = "") -> Object:
        self._check()
        return self._hub.patch(kind, namespace, name, patch, resource_version)

    def delete(self, kind: Kind, namespace: str | None, name: str, uid: str = "") -> bool:
        self._check()
        return self._hub.delete(kind, namespace, name, uid)


@contextmanager
def held(hub: Hub, campaign: str, seconds: int, clusters: Sequence[tuple[str, str]], waits: bool) -> Iterator[Hub]:
    """The hub to work with, while the campaign's Leases on these clusters (namespace, name) are kept. No campaign: the
    hub as it is.

    waits: the task mainly waits, so that the Leases are renewed at once; else they are looked at before the first
    write.
    """
    if not campaign:
        yield hub
        return
    leases = [HeldLease(hub, namespace, lease_name(name), seconds, campaign) for namespace, name in clusters]
    if waits:
        for lease in leases:
            lease.renew()
    with Keeper(leases):
        yield cast(Hub, _LeasedHub(hub, leases))
