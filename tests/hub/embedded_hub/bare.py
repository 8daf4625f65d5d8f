# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A management cluster on which nothing is installed yet: an OpenShift, without the definitions that come with the multicluster engine."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from .crds import CrdSet, wait_served
from .errors import ApiError, HubError
from .paths import HubPaths
from .rest import MERGE, Rest

GROUPS = frozenset(
    {"multicluster.openshift.io", "cluster.open-cluster-management.io", "addon.open-cluster-management.io", "hypershift.openshift.io"}
)
OPENSHIFT = "4.20.6"
NAMESPACES = ("multicluster-engine", "hypershift", "local-cluster")
_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


_CONFIG = "/apis/config.openshift.io/v1"
_OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def open_definition(group: str, version: str, kind: str, plural: str, namespaced: bool) -> dict[str, Any]:
    """A definition that takes anything, for kinds of which nothing but a few fields matters."""
    schema = {"type": "object", "properties": {"spec": _OPEN, "status": _OPEN}}
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, "subresources": {"status": {}}}
    names = {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()}
    spec = {"group": group, "scope": "Namespaced" if namespaced else "Cluster", "names": names, "versions": [served]}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": spec,
    }


def make_openshift(rest: Rest, version: str, seconds: float = 30) -> None:
    """It tells its version."""
    definition = open_definition("config.openshift.io", "v1", "ClusterVersion", "clusterversions", False)
    rest.apply(definition)
    wait_served(rest, [definition], seconds)
    where = f"{_CONFIG}/clusterversions"
    rest.request(
        "POST", where, {"apiVersion": "config.openshift.io/v1", "kind": "ClusterVersion", "metadata": {"name": "version"}, "spec": {}}
    )
    status = {"status": {"history": [{"state": "Completed", "version": version}]}}
    rest.request("PATCH", f"{where}/version/status", status, MERGE)


def set_aside(rest: Rest, crd_set: CrdSet, paths: HubPaths) -> Path:
    """Take them out of the API, and leave them in a file for the simulator, which installs them when their time comes.

    Namespaces go first: their controller stumbles when kinds vanish under it.
    """
    definitions = [d for d in crd_set.manifests() if d["spec"]["group"] in GROUPS]
    _remove(rest, "/api/v1/namespaces", set(NAMESPACES))
    _remove(rest, _CRDS, {d["metadata"]["name"] for d in definitions})
    file = paths.config / "definitions.json"
    file.write_text(json.dumps(definitions))
    return file


def _remove(rest: Rest, where: str, names: set[str], seconds: float = 60) -> None:
    for name in sorted(names):
        try:
            rest.request("DELETE", f"{where}/{name}")
        except ApiError as error:
            if error.status != 404:
                raise
    deadline = time.monotonic() + seconds
    while left := names & _names(rest, where):
        if time.monotonic() > deadline:
            raise HubError(f"{sorted(left)[0]} and {len(left) - 1} more do not go away: see the API server's log.")
        time.sleep(0.2)


def _names(rest: Rest, where: str) -> set[str]:
    """Names alone: whole definitions are megabytes."""
    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    return {item["metadata"]["name"] for item in rest.request("GET", where, accept=accept)["items"]}
