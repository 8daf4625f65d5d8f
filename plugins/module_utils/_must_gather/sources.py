# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a must-gather of a hosted cluster reads, and where it puts it.

Source: platform_facts#10.1 (the object list of the dump), #0.1, #1.4 to #1.6. The most important comes first: what a
limit leaves out is the least important.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._kernel import kinds as k
from .._kernel.kinds import Kind, control_plane_namespace
from .._kernel.objects import lookup

# Places: a namespace each, but for the whole management cluster and the whole hosted cluster.
HOSTED, CONTROL_PLANE, AGENTS = "hosted", "control_plane", "agents"  # of one hosted cluster
# of the management cluster
OPERATOR, ENGINE, ADD_ON, LOCAL, CLUSTER = "operator", "engine", "add_on", "local_cluster", "cluster"
GUEST = "guest"  # the hosted cluster's own API
NAMESPACES = {
    OPERATOR: "hypershift",
    ENGINE: "multicluster-engine",
    ADD_ON: "open-cluster-management-agent-addon",
    LOCAL: "local-cluster",
}
# Whose logs are read: places, and beginnings of the pods' names there.
LOGS_OF = {CONTROL_PLANE: "", OPERATOR: "", ADD_ON: "", ENGINE: "hypershift-addon"}
SECRETS_OF = (HOSTED, CONTROL_PLANE, OPERATOR)
IMPORTANCE = {"objects": 1, "surroundings": 2, "previous_logs": 3, "logs": 4, "rest": 5}


@dataclass(frozen=True)
class ObjectSource:
    """One list. importance: 1 is what nobody can do without."""

    place: str
    kind: Kind
    importance: int


def _rows(place: str, importance: int, *kinds: Kind) -> tuple[ObjectSource, ...]:
    return tuple(ObjectSource(place, kind, importance) for kind in kinds)


_CAPI = (k.CAPI_CLUSTER, k.MACHINE_DEPLOYMENT, k.MACHINE_SET, k.MACHINE, k.MACHINE_HEALTH_CHECK)
_PROVIDERS: dict[str, tuple[Kind, ...]] = {
    "AWS": (k.AWS_CLUSTER, k.AWS_MACHINE, k.AWS_MACHINE_TEMPLATE, k.AWS_ENDPOINT_SERVICE),
    "KubeVirt": (k.KUBEVIRT_CLUSTER, k.KUBEVIRT_MACHINE, k.KUBEVIRT_MACHINE_TEMPLATE, k.VIRTUAL_MACHINE_INSTANCE),
    "Agent": (k.AGENT_CLUSTER, k.AGENT_MACHINE, k.AGENT_MACHINE_TEMPLATE),
}
_SHARED = (
    *_rows(CLUSTER, 1, k.CLUSTER_VERSION, k.MULTICLUSTER_ENGINE, k.NODE, k.CLUSTER_OPERATOR),
    *_rows(OPERATOR, 1, k.DEPLOYMENT, k.POD, k.EVENT, k.CONFIG_MAP),
    *_rows(
        CLUSTER, 2, k.STORAGE_CLASS, k.INFRASTRUCTURE, k.NETWORK, k.API_SERVICE, k.MANAGED_CLUSTER, k.NODE_HEALTH_CHECK
    ),
    *_rows(LOCAL, 2, k.MANAGED_CLUSTER_ADD_ON, k.CONFIG_MAP),
    *_rows(
        ENGINE,
        2,
        k.ADD_ON_CONFIG,
        k.DEPLOYMENT,
        k.POD,
        k.EVENT,
        k.SUBSCRIPTION,
        k.CLUSTER_SERVICE_VERSION,
        k.INSTALL_PLAN,
    ),
    *_rows(ADD_ON, 2, k.DEPLOYMENT, k.POD, k.EVENT),
    *_rows(OPERATOR, 5, k.REPLICA_SET, k.SERVICE, k.SERVICE_MONITOR),
    *_rows(CLUSTER, 5, k.CUSTOM_RESOURCE_DEFINITION),
)
_OWN = (
    *_rows(CONTROL_PLANE, 1, k.HOSTED_CONTROL_PLANE, k.CONTROL_PLANE_COMPONENT, *_CAPI),
    *_rows(CONTROL_PLANE, 1, k.POD, k.DEPLOYMENT, k.STATEFUL_SET, k.EVENT),
    *_rows(HOSTED, 1, k.EVENT),
    *_rows(CONTROL_PLANE, 2, k.PERSISTENT_VOLUME_CLAIM, k.SERVICE, k.ROUTE, k.JOB, k.CRON_JOB, k.CONFIG_MAP),
    *_rows(HOSTED, 2, k.CONFIG_MAP),
    *_rows(
        CONTROL_PLANE, 5, k.REPLICA_SET, k.POD_DISRUPTION_BUDGET, k.NETWORK_POLICY, k.SERVICE_MONITOR, k.POD_MONITOR
    ),
)
GUEST_SOURCES = (
    *_rows(GUEST, 1, k.CLUSTER_VERSION, k.CLUSTER_OPERATOR, k.NODE),
    *_rows(GUEST, 5, k.EVENT, k.MACHINE_CONFIG),
)


def platform_of(cluster: Mapping[str, Any]) -> str:
    return str(lookup(cluster, ("spec", "platform", "type")) or "")


def sources_for(cluster: Mapping[str, Any] | None) -> list[ObjectSource]:
    """Lists to read on the management cluster, the most important first; without a hosted cluster only what all of them
    share."""
    own: tuple[ObjectSource, ...] = ()
    if cluster is not None:
        platform = platform_of(cluster)
        own = (*_OWN, *_rows(CONTROL_PLANE, 2, *_PROVIDERS.get(platform, ())))
        if AGENTS in places_of(cluster):
            own = (*own, *_rows(AGENTS, 2, k.AGENT, k.INFRA_ENV, k.BARE_METAL_HOST))
    return sorted((*own, *_SHARED), key=lambda source: source.importance)


def places_of(cluster: Mapping[str, Any] | None) -> dict[str, str]:
    """Namespace of each place that there is for this hosted cluster."""
    places = dict(NAMESPACES)
    if cluster is not None:
        meta = cluster["metadata"]
        places |= {HOSTED: meta["namespace"], CONTROL_PLANE: control_plane_namespace(meta["namespace"], meta["name"])}
        agents = lookup(cluster, ("spec", "platform", "agent", "agentNamespace"))
        if agents and platform_of(cluster) == "Agent":
            places[AGENTS] = str(agents)
    return places


def is_shared(place: str) -> bool:
    """Whether it is the same for every hosted cluster of the management cluster."""
    return place in NAMESPACES or place == CLUSTER


def path_of(source: ObjectSource, namespace: str) -> str:
    """Path in the archive, in the manner of ``oc adm inspect``."""
    return file_path("hosted" if source.place == GUEST else "management", source.kind, namespace)


def file_path(side: str, kind: Kind, namespace: str) -> str:
    where = f"namespaces/{namespace}" if namespace else "cluster"
    return f"{side}/{where}/{kind.group or 'core'}/{kind.plural}.json"


def log_path(namespace: str, pod: str, container: str, previous: bool) -> str:
    return f"management/namespaces/{namespace}/pods/{pod}/{container}{'.previous' if previous else ''}.log"
