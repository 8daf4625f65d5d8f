# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hosted cluster as a managed cluster: its objects, and what keeps the import from succeeding.

Source: platform_facts#1.8.
"""

from __future__ import annotations

from .._kernel.conditions import is_true
from .._kernel.errors import Failure
from .._kernel.kinds import HOSTED_CLUSTER, KLUSTERLET_ADD_ON_CONFIG, MANAGED_CLUSTER
from .._kernel.objects import Object, deep_merge, lookup
from .addon_settings import variables_of

HOSTING = "import.open-cluster-management.io/hosting-cluster-name"
MODE = "import.open-cluster-management.io/klusterlet-deploy-mode"
VIA = "open-cluster-management/created-via"
SET = "cluster.open-cluster-management.io/clusterset"


def managed_cluster(name: str, local: str, cluster_set: str | None, labels: Object) -> Object:
    made = MANAGED_CLUSTER.manifest(name, spec={"hubAcceptsClient": True, "leaseDurationSeconds": 60})
    return deep_merge(
        made,
        {
            "metadata": {
                "annotations": {HOSTING: local, MODE: "Hosted", VIA: "hypershift"},
                "labels": {
                    "cloud": "auto-detect",
                    "vendor": "OpenShift",
                    "name": name,
                    SET: cluster_set or "default",
                    **labels,
                },
            }
        },
    )


def wanted_changes(cluster_set: str | None, labels: Object) -> Object:
    """What is brought in line on one that is imported already: cloud and vendor are detected, so they are left, and so
    is a set nobody asked for."""
    return {
        "metadata": {"labels": {**({SET: cluster_set} if cluster_set else {}), **labels}},
        "spec": {"hubAcceptsClient": True},
    }


def add_on_config(name: str) -> Object:
    """Known where ACM is installed."""
    enabled: Object = {"enabled": True}
    parts = ("applicationManager", "certPolicyController", "iamPolicyController", "policyController")
    spec = {
        "clusterName": name,
        "clusterNamespace": name,
        "clusterLabels": {"cloud": "auto-detect", "vendor": "OpenShift"},
        **dict.fromkeys(parts, enabled),
        "searchCollector": {"enabled": False},
    }
    return KLUSTERLET_ADD_ON_CONFIG.manifest(name, name, spec=spec)


def is_import(managed: Object) -> bool:
    """Of a hosted cluster, by hand or by the add-on."""
    notes = lookup(managed, ("metadata", "annotations")) or {}
    return HOSTING in notes or notes.get(VIA) == "hypershift"


def comes_back(name: str, config: Object | None, hosted: list[Object]) -> bool:
    """Whether the add-on imports it again once it has left: automatic import is on unless the add-on's configuration
    turns it off."""
    stays = any(c["metadata"]["name"] == name and not lookup(c, ("metadata", "deletionTimestamp")) for c in hosted)
    return stays and variables_of(config).get("autoImportDisabled") != "true"


def refusals(
    name: str, namespace: str, hosted: Object | None, namesakes: list[str], managed: Object | None
) -> list[Failure]:
    """hosted: the hosted cluster; namesakes: namespaces of other hosted clusters of that name; managed: a
    ManagedCluster of that name."""
    ref = HOSTED_CLUSTER.ref(namespace, name)
    if hosted is None:
        return [
            Failure(
                "not_found", "it does not exist", ref, next_step="Check name, namespace and the management cluster."
            )
        ]
    found = []
    if lookup(hosted, ("metadata", "deletionTimestamp")):
        found.append(Failure("deleting", "it is being deleted", ref, next_step="Leave its import alone."))
    found += _name_taken(ref, name, namesakes, managed)
    if not is_true(hosted, "Available"):
        found.append(
            Failure(
                "not_available",
                "it is not available, so nobody can join it",
                ref,
                next_step="Wait until it is (module hosted_cluster_wait).",
            )
        )
    return found


def _name_taken(ref: str, name: str, namesakes: list[str], managed: Object | None) -> list[Failure]:
    found = []
    if namesakes:
        cause = (
            f"a hosted cluster of the same name is in {', '.join(namesakes)}, and names of managed clusters are unique"
        )
        found.append(
            Failure(
                "name_taken",
                cause,
                ref,
                next_step="Import only one of them; names should be unique on a management cluster.",
            )
        )
    if managed is not None and not is_import(managed):
        cause = "a managed cluster of that name exists, and it is no import of a hosted cluster"
        found.append(
            Failure(
                "name_taken",
                cause,
                MANAGED_CLUSTER.ref(None, name),
                next_step="Detach it, or give the hosted cluster another name.",
            )
        )
    return found
