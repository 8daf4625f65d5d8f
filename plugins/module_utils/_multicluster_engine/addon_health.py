# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Health of the hypershift add-on and its operator, in words. Source: platform_facts#1.5, #1.7, #O.14."""

from __future__ import annotations

from .._kernel.conditions import get, index
from .._kernel.objects import Object, lookup
from .._kernel.text import message_line
from .._manifests.supported_versions import minors

NAME, LOCAL_CLUSTER, MANAGER = "hypershift-addon", "local-cluster", "hypershift-addon-manager"

_REMEDY = {
    "OperatorNotFound": "its Deployment hypershift/operator does not exist",
    "OperatorDeleted": "its Deployment hypershift/operator is being deleted",
    "OperatorNotAllAvailableReplicas": "not all replicas of Deployment hypershift/operator are available",
    "ExternalDNSNotFound": "Deployment hypershift/external-dns does not exist",
    "ExternalDNSDeleted": "Deployment hypershift/external-dns is being deleted",
    "ExternalDNSNotAllAvailableReplicas": "not all replicas of Deployment hypershift/external-dns are available",
}
_JOINED = ("HubAcceptedManagedCluster", "ManagedClusterJoined", "ManagedClusterConditionAvailable")


def local_cluster_of(engine: Object | None) -> str:
    """Newer engines may name it otherwise."""
    return str(lookup(engine or {}, ("spec", "localClusterName")) or LOCAL_CLUSTER)


def home_of(engine: Object | None) -> str:
    """The namespace where the engine keeps its components and their configuration."""
    return str(lookup(engine or {}, ("spec", "targetNamespace")) or "multicluster-engine")


def not_joined(managed: Object | None, name: str) -> str:
    """What keeps a managed cluster from being accepted, joined and available, empty when nothing does."""
    if managed is None:
        return f"ManagedCluster {name} does not exist yet"
    for type_ in _JOINED:
        found = get(managed, type_)
        if found is None or found.status != "True":
            return (
                f"ManagedCluster {name}: {type_} is"
                f" {found.status if found else 'not reported'}{_because(managed, type_)}"
            )
    return ""


def _because(managed: Object, type_: str) -> str:
    raw = index(managed)
    said = message_line((raw.get(type_) or {}).get("message"))
    failed = raw.get("ManagedClusterImportSucceeded") or {}
    if failed.get("status") == "False":
        said = message_line(failed.get("message")) or said
    return f" ({said})" if said else ""


def rolled_out(deployment: Object | None, what: str) -> str:
    """What is missing until a Deployment has all replicas of its present generation; empty when it has."""
    if deployment is None:
        return f"{what} does not exist yet"
    status, wanted = deployment.get("status") or {}, int(lookup(deployment, ("spec", "replicas"), 1) or 0)
    seen = int(status.get("observedGeneration") or 0) >= int(lookup(deployment, ("metadata", "generation")) or 0)
    updated, ready = (int(status.get(k) or 0) for k in ("updatedReplicas", "availableReplicas"))
    if seen and updated >= wanted and ready >= wanted and int(status.get("replicas") or 0) <= wanted:
        return ""
    return f"{what} has {ready} of {wanted} replicas available, {updated} of them new"


def degraded(add_on: Object | None) -> str:
    """Why the add-on says that it is degraded; empty when it does not."""
    found = get(add_on, "Degraded")
    if found is None or found.status != "True":
        return ""
    return f"the add-on is degraded: {_REMEDY.get(found.reason) or message_line(found.message) or found.reason}"


def not_ready(add_on: Object | None, operator: Object | None, versions: Object | None, served: bool) -> str:
    """What is missing until hosted clusters can be created, empty when nothing is."""
    if add_on is None:
        return f"ManagedClusterAddOn {NAME} does not exist yet"
    for type_, wanted in (("Available", "True"), ("Progressing", "False")):
        found = get(add_on, type_)
        if found is not None and found.status != wanted and not (type_ == "Progressing" and operator is not None):
            return (
                degraded(add_on)
                or f"add-on {NAME}: {type_} is {found.status} ({message_line(found.message) or found.reason})"
            )
        if found is None and type_ == "Available":
            return f"add-on {NAME} does not report {type_} yet"
    if operator is None or degraded(add_on):
        return degraded(add_on) or "Deployment hypershift/operator does not exist yet"
    missing = rolled_out(operator, "Deployment hypershift/operator")
    if missing:
        return missing
    if not minors(versions):
        return "the operator has not published ConfigMap hypershift/supported-versions yet"
    return "" if served else "kind hostedclusters.hypershift.openshift.io is not served yet"


def status_of(add_on: Object | None, operator: Object | None, versions: Object | None) -> Object:
    """For the user: conditions, the operator's image and arguments, what it supports."""
    container: Object = next(iter(lookup(operator or {}, ("spec", "template", "spec", "containers")) or []), {})
    return {
        "installed": operator is not None,
        "conditions": {t: str(c.get("status") or "Unknown") for t, c in index(add_on).items()},
        "image": str(container.get("image") or ""),
        "arguments": [str(a) for a in container.get("args") or []],
        "supported_versions": minors(versions),
        "server_version": str(lookup(versions or {}, ("data", "server-version")) or ""),
    }
