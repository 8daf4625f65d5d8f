# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads many management clusters at the same time: one paged LIST per kind and hub."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .._health.machine_owners import permitted_machine_owners
from .._kernel.errors import ApiError, Failure, HypershiftError
from .._kernel.hub_identity import identify
from .._kernel.kinds import HOSTED_CLUSTER, NODE_POOL, Kind
from .._kernel.parallel import each
from .._kernel.ports.hub import Hub
from .._manifests.supported_versions import supported_minors
from .views import HubView

HUBS_AT_ONCE = 16
CLUSTERS_AND_POOLS = (HOSTED_CLUSTER, NODE_POOL)


@dataclass(frozen=True)
class HubSource:
    """How to reach one hub: ``connect`` is called in the thread that reads it. namespace: only this one;
    label_selector: of hosted clusters."""

    name: str
    connect: Callable[[], Hub]
    namespace: str | None = None
    label_selector: str = ""


def read_fleet(
    sources: Sequence[HubSource],
    kinds: Sequence[Kind] = CLUSTERS_AND_POOLS,
    with_minors: bool = True,
    selectors: Mapping[Kind, str] | None = None,
    optional: Sequence[Kind] = (),
    with_identity: bool = False,
    with_machines: bool = False,
) -> list[HubView]:
    """A view per source, in their order. A hub that fails has its ``problem``; nothing is raised. selectors: labels
    asked for, by kind.

    optional: kinds to read too; one that the account may not list is simply not among the view's objects.
    with_identity: ask which cluster it is. with_machines: ask what the machines of the pools come from, as far as the
    account may.
    """

    def read(source: HubSource) -> HubView:
        return _read(source, kinds, with_minors, selectors or {}, optional, with_identity, with_machines)

    return each(read, sources, HUBS_AT_ONCE)


def _read(
    source: HubSource,
    kinds: Sequence[Kind],
    with_minors: bool,
    selectors: Mapping[Kind, str],
    optional: Sequence[Kind],
    with_identity: bool,
    with_machines: bool,
) -> HubView:
    try:
        hub = source.connect()
        objects = {kind: tuple(_list(hub, kind, source, selectors)) for kind in kinds}
        for kind in optional:
            found = _permitted(hub, kind, source, selectors)
            if found is not None:
                objects[kind] = found
        minors = _minors(hub) if with_minors else ()
        identity = identify(hub) if with_identity else None
        machines = permitted_machine_owners(hub, objects.get(NODE_POOL, ())) if with_machines else None
        return HubView(source.name, hub.server, objects, minors, identity=identity, machines=machines)
    except HypershiftError as error:
        return HubView(source.name, problem=error.failure)
    except Exception as error:  # of one hub: the others are read all the same
        cause = f"what it sent could not be read, for a reason that should not be ({type(error).__name__})"
        return HubView(
            source.name,
            problem=Failure("internal", cause, next_step="Look at that hub's API server, and report this line."),
        )


def _list(hub: Hub, kind: Kind, source: HubSource, selectors: Mapping[Kind, str]) -> list[dict[str, object]]:
    namespace = source.namespace if kind.namespaced else None
    return hub.list(kind, namespace, source.label_selector if kind == HOSTED_CLUSTER else selectors.get(kind, ""))


def _minors(hub: Hub) -> tuple[str, ...]:
    """Empty as well for an account with rights in its own namespaces alone."""
    try:
        return tuple(supported_minors(hub))
    except ApiError as error:
        if error.status == 403:
            return ()
        raise


def _permitted(
    hub: Hub, kind: Kind, source: HubSource, selectors: Mapping[Kind, str]
) -> tuple[dict[str, object], ...] | None:
    """None when the account may not list the kind."""
    try:
        return tuple(_list(hub, kind, source, selectors))
    except ApiError as error:
        if error.status == 403:
            return None
        raise
