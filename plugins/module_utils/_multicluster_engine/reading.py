# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading what installing or removing the multicluster engine depends on."""

from __future__ import annotations

from .._kernel.kinds import (
    CATALOG_SOURCE,
    CLUSTER_SERVICE_VERSION,
    CLUSTER_VERSION,
    INSTALL_PLAN,
    MANAGED_CLUSTER,
    MULTICLUSTER_ENGINE,
    MULTICLUSTER_HUB,
    OPERATOR_GROUP,
    SUBSCRIPTION,
)
from .._kernel.objects import Object, lookup
from .._kernel.ports.hub import Hub
from .._manifests.selection import installed_ones
from .addon_health import local_cluster_of
from .installation import PACKAGE, EngineSurroundings


def read_for_install(hub: Hub, options: Object) -> EngineSurroundings:
    namespace = options["namespace"]
    surroundings = EngineSurroundings(
        openshift=hub.get(CLUSTER_VERSION, None, "version"),
        engines=hub.list(MULTICLUSTER_ENGINE),
        hubs=hub.list(MULTICLUSTER_HUB),
    )
    surroundings.catalog = hub.get(CATALOG_SOURCE, options["source_namespace"], options["source"])
    return read_olm(hub, namespace, surroundings)


def read_olm(hub: Hub, namespace: str, surroundings: EngineSurroundings) -> EngineSurroundings:
    """What OLM has, of this package and in this namespace."""
    surroundings.groups = hub.list(OPERATOR_GROUP, namespace)
    surroundings.subscriptions = [s for s in hub.list(SUBSCRIPTION) if lookup(s, ("spec", "name")) == PACKAGE]
    surroundings.csvs, surroundings.plans = (
        hub.list(CLUSTER_SERVICE_VERSION, namespace),
        hub.list(INSTALL_PLAN, namespace),
    )
    return surroundings


def hosted_names(hub: Hub) -> list[str]:
    return [f"{c['metadata']['namespace']}/{c['metadata']['name']}" for c in installed_ones(hub)]


def read_for_removal(hub: Hub, options: Object) -> EngineSurroundings:
    surroundings = EngineSurroundings(engines=hub.list(MULTICLUSTER_ENGINE))
    surroundings.hosted = hosted_names(hub)
    local = local_cluster_of(next(iter(surroundings.engines), None))
    surroundings.managed = [c["metadata"]["name"] for c in hub.list(MANAGED_CLUSTER) if c["metadata"]["name"] != local]
    return read_olm(hub, options["namespace"], surroundings)
