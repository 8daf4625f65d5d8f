# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What management_cluster_info asks for: a part of docs/rbac.md. Its tests compare it with the audit log, in both directions.

Rows: (verb, resource, scope, checks that are unknown without it). An empty last column: the report is made without.
"""

from __future__ import annotations

from typing import Any

# Scope -> what the table says, and the namespace that a Role is for.
SCOPES = {
    "all": "cluster-wide",
    "operator": "namespace `hypershift`",
    "engine": "namespace `multicluster-engine`",
    "ingress": "namespace `openshift-ingress-operator`",
}
NAMESPACES = {"operator": "hypershift", "engine": "multicluster-engine", "ingress": "openshift-ingress-operator"}
ONLY = {"configmaps": "supported-versions"}
Rows = tuple[tuple[str, str, str, tuple[str, ...]], ...]

RIGHTS: Rows = (
    ("list", "apiservices.apiregistration.k8s.io", "all", ()),
    ("list", "clusterversions.config.openshift.io", "all", ("openshift_version", "engine_matches_openshift")),
    (
        "list",
        "multiclusterengines.multicluster.openshift.io",
        "all",
        ("engine_available", "engine_matches_openshift", "hypershift_enabled"),
    ),
    ("list", "addondeploymentconfigs.addon.open-cluster-management.io", "engine", ()),
    ("list", "deployments.apps", "operator", ("operator_available",)),
    ("get", "configmaps", "operator", ("supported_versions",)),
    ("list", "hostedclusters.hypershift.openshift.io", "all", ("hosted_cluster_count",)),
    ("list", "storageclasses.storage.k8s.io", "all", ("default_storage_class",)),
    ("list", "nodes", "all", ("worker_nodes", "zones", "capacity")),
    ("list", "pods", "all", ("capacity",)),
    ("list", "infrastructures.config.openshift.io", "all", ("load_balancer", "bare_metal")),
    ("list", "networks.config.openshift.io", "all", ("network_type", "network_mtu")),
    ("list", "ipaddresspools.metallb.io", "all", ("load_balancer",)),
    ("list", "ingresscontrollers.operator.openshift.io", "ingress", ("wildcard_routes",)),
    ("list", "hyperconvergeds.hco.kubevirt.io", "all", ("virtualization",)),
    ("list", "agentserviceconfigs.agent-install.openshift.io", "all", ("assisted_service",)),
    ("list", "provisionings.metal3.io", "all", ("bare_metal_hosts",)),
)


def rules(scope: str, rows: Rows = RIGHTS) -> list[dict[str, Any]]:
    """RBAC rules of one scope, a rule per resource."""
    found = []
    for verb, resource, where, _checks in sorted(rows, key=lambda row: row[1]):
        plural, _dot, group = resource.partition(".")
        names = {"resourceNames": [ONLY[resource]]} if resource in ONLY else {}
        if where == scope:
            found.append({"apiGroups": [group], "resources": [plural], **names, "verbs": [verb]})
    return found
