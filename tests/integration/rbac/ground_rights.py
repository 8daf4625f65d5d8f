# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What installing and configuring a management cluster asks for: a part of docs/rbac.md. tests/integration/ground compares it with the audit log.

Rows: (verbs, resource, scope, when).
"""

from __future__ import annotations

Rows = tuple[tuple[str, str, str, str], ...]
NAMESPACES = {
    "engine": "multicluster-engine",
    "operator": "hypershift",
    "local": "local-cluster",
    "catalog": "openshift-marketplace",
    "telemetry": "openshift-monitoring",
}
SCOPES = {
    "all": "cluster-wide",
    "cluster": "the managed cluster's namespace",
    **{scope: f"namespace `{namespace}`" for scope, namespace in NAMESPACES.items()},
}
_MCE, _CLUSTERS = "multiclusterengines.multicluster.openshift.io", "hostedclusters.hypershift.openshift.io"
_MANAGED, _ADD_ON = "managedclusters.cluster.open-cluster-management.io", "managedclusteraddons.addon.open-cluster-management.io"
_CRDS = "customresourcedefinitions.apiextensions.k8s.io"
_OLM, _VARIABLES = "operators.coreos.com", "addondeploymentconfigs.addon.open-cluster-management.io"
_PRESENT, _ABSENT, _WAITING = "with `state: present`", "with `state: absent`", "while it waits"
_AGAIN = "with `state: absent`, optional: without it no note says that automatic import brings it back"
_CREDENTIALS = "with credentials, and with `state: absent`"
GROUND_MODULES: dict[str, Rows] = {
    "multicluster_engine": (
        ("list", _MCE, "all", "always"),
        ("watch", _MCE, "all", _WAITING),
        ("get create patch", _MCE, "all", _PRESENT),
        ("delete", _MCE, "all", _ABSENT),
        ("get create", "namespaces", "all", "always; `create` when it is missing"),
        ("list watch delete", "namespaces", "all", "with `state: absent`, when this collection has made it"),
        ("list", f"subscriptions.{_OLM}", "all", "always"),
        ("list", f"operatorgroups.{_OLM}", "engine", "always"),
        ("create", f"operatorgroups.{_OLM}", "engine", _PRESENT),
        ("delete", f"operatorgroups.{_OLM}", "engine", _ABSENT),
        ("list create patch watch delete", f"subscriptions.{_OLM}", "engine", "always; `delete` with `state: absent`"),
        ("list watch delete", f"clusterserviceversions.{_OLM}", "engine", "always; `delete` with `state: absent`"),
        ("list watch patch", f"installplans.{_OLM}", "engine", "always; `patch` with `install_plan_approval: Manual`"),
        ("get", f"catalogsources.{_OLM}", "catalog", _PRESENT),
        ("get", "clusterversions.config.openshift.io", "all", _PRESENT),
        ("list", "multiclusterhubs.operator.open-cluster-management.io", "all", _PRESENT),
        ("list watch", _CRDS, "all", "with `state: present`, while it waits"),
        ("list", _CLUSTERS, "all", _ABSENT),
        ("list", _MANAGED, "all", _ABSENT),
    ),
    "multicluster_engine_components": (
        ("get list watch patch", _MCE, "all", "always"),
        ("list", _CLUSTERS, "all", "with `disabled` components that carry hosted clusters"),
    ),
    "hypershift_addon": (
        ("list watch patch", _MCE, "all", "always"),
        ("list watch", _MANAGED, "all", _PRESENT),
        ("list watch", _CRDS, "all", _PRESENT),
        ("get list watch", _ADD_ON, "local", "always"),
        ("list watch", "deployments.apps", "engine", _PRESENT),
        ("get list watch", "deployments.apps", "operator", "always"),
        ("get list watch", "configmaps", "operator", "always"),
        ("list", _CLUSTERS, "all", _ABSENT),
        ("list watch", "pods", "operator", _ABSENT),
        ("list watch", "pods", "engine", _ABSENT),
    ),
    "hypershift_addon_config": (
        ("list", _MCE, "all", "always"),
        ("get", "namespaces", "all", "always"),
        ("get patch", _VARIABLES, "engine", "always; `patch` with `variables`"),
        ("get create patch delete", "configmaps", "local", "with `install_flags`, `override_images` and `state: absent`"),
        ("get create patch delete", "secrets", "local", _CREDENTIALS),
        ("get list watch", "deployments.apps", "operator", "always"),
        ("get", "secrets", "telemetry", "unless `telemeter_secret` is empty; only whether it exists"),
    ),
    "hosted_cluster_import": (
        ("list", _MCE, "all", f"{_PRESENT}; {_AGAIN}"),
        ("list", _CLUSTERS, "all", f"{_PRESENT}; {_AGAIN}"),
        ("get", _VARIABLES, "engine", _AGAIN),
        ("get create patch delete", _MANAGED, "all", "always"),
        ("list watch", _MANAGED, "all", _WAITING),
        (
            "get create delete",
            "klusterletaddonconfigs.agent.open-cluster-management.io",
            "cluster",
            "with `klusterlet_addons`, and with `state: absent`",
        ),
        ("list watch", "namespaces", "all", "with `klusterlet_addons`"),
        ("get", _CRDS, "all", "with `klusterlet_addons`"),
    ),
}


def expanded(rows: Rows) -> set[tuple[str, str, str]]:
    """(verb, resource, scope)"""
    return {(verb, resource, scope) for verbs, resource, scope, _when in rows for verb in verbs.split()}
