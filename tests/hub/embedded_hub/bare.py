# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A management cluster on which nothing is installed yet: definitions that come with the multicluster engine are set aside."""

from __future__ import annotations

import json
import time
from pathlib import Path

from .crds import CrdSet
from .errors import ApiError, HubError
from .paths import HubPaths
from .rest import Rest

GROUPS = frozenset(
    {"multicluster.openshift.io", "cluster.open-cluster-management.io", "addon.open-cluster-management.io", "hypershift.openshift.io"}
)
NAMESPACES = ("multicluster-engine", "hypershift", "local-cluster")
_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def set_aside(rest: Rest, crd_set: CrdSet, paths: HubPaths, seconds: float = 60) -> Path:
    """Take them out of the API, and leave them in a file for the simulator, which installs them when their time comes."""
    definitions = [d for d in crd_set.manifests() if d["spec"]["group"] in GROUPS]
    paths_of = [f"{_CRDS}/{d['metadata']['name']}" for d in definitions] + [f"/api/v1/namespaces/{name}" for name in NAMESPACES]
    for path in paths_of:
        try:
            rest.request("DELETE", path)
        except ApiError as error:
            if error.status != 404:
                raise
    deadline, names = time.monotonic() + seconds, {d["metadata"]["name"] for d in definitions}
    while left := names & {item["metadata"]["name"] for item in rest.get(_CRDS)["items"]}:
        if time.monotonic() > deadline:
            raise HubError(f"{sorted(left)[0]} and {len(left) - 1} more definitions do not go away: see the API server's log.")
        time.sleep(0.2)
    file = paths.config / "definitions.json"
    file.write_text(json.dumps(definitions))
    return file
