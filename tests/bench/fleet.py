# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fleet of HostedClusters with realistic statuses, written straight to the API server: no operator plays here."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._clusters import manifest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER, NODE_POOL
from ansible_collections.hypershift.core.plugins.module_utils._kube.connection import connect
from ansible_collections.hypershift.core.plugins.module_utils._kube.transport import Transport
from ansible_collections.hypershift.core.plugins.module_utils._node_pools import manifest as node_pools_manifest

NAMESPACE = "fleet"
IMAGE = "quay.io/openshift-release-dev/ocp-release:4.20.4-multi"
CONDITIONS = (
    "Available", "Progressing", "Degraded", "ReconciliationActive", "ReconciliationSucceeded", "ValidConfiguration", "SupportedHostedCluster",
    "ValidReleaseImage", "ValidReleaseInfo", "ValidHostedControlPlaneConfiguration", "InfrastructureReady", "KubeAPIServerAvailable",
    "EtcdAvailable", "IgnitionEndpointAvailable", "IgnitionServerValidReleaseInfo", "ExternalDNSReachable", "ValidProxyConfiguration",
    "ValidIDPConfiguration", "PlatformCredentialsFound", "ClusterVersionSucceeding", "ClusterVersionProgressing", "ClusterVersionAvailable",
    "ClusterVersionUpgradeable", "ClusterVersionReleaseAccepted", "ClusterVersionRetrievedUpdates", "ValidKubeVirtInfraNetworkMTU",
    "KubeVirtNodesLiveMigratable", "DataPlaneConnectionAvailable", "ControlPlaneConnectionAvailable", "EtcdRecoveryActive",
)  # fmt: skip
FALSE = {"Progressing", "Degraded", "ClusterVersionProgressing", "EtcdRecoveryActive"}


class Fleet:
    """Writes clusters to one API server. Nothing here is the code under test but its transport."""

    def __init__(self, kubeconfig: str) -> None:
        self.transport = Transport(connect({"kubeconfig": kubeconfig}))

    def create(self, count: int) -> None:
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        self._send("POST", "/api/v1/namespaces", namespace)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self._create_one, range(count)))

    def _create_one(self, number: int) -> None:
        name = cluster_name(number)
        options = {"name": name, "namespace": NAMESPACE, "platform": "kubevirt", "release_image": IMAGE, "pull_secret": {"name": "pull"}}
        body = manifest.creation_manifest(options, f"{name}-abcde")
        self._send("POST", HOSTED_CLUSTER.path(NAMESPACE), body)
        self.set_status(number, available=True)
        pool = node_pools_manifest.creation_manifest({"name": name, "namespace": NAMESPACE, "cluster_name": name, "replicas": 3}, body)
        self._send("POST", NODE_POOL.path(NAMESPACE), pool)

    def set_status(self, number: int, available: bool) -> None:
        path = HOSTED_CLUSTER.path(NAMESPACE, cluster_name(number)) + "/status"
        self._send("PATCH", path, {"status": cluster_status(cluster_name(number), available)})

    def _send(self, method: str, path: str, body: dict[str, Any]) -> None:
        answer = self.transport.send(method, path, None, body)
        if answer.status >= 400 and answer.status != 409:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.data[:300]!r}")


def cluster_name(number: int) -> str:
    return f"hc-{number:04d}"


def cluster_status(name: str, available: bool) -> dict[str, Any]:
    rows = []
    for kind in CONDITIONS:
        status = "False" if kind in FALSE or (kind == "Available" and not available) else "True"
        reason = "AsExpected" if available or kind != "Available" else "WaitingForAvailable"
        rows.append(
            {
                "type": kind, "status": status, "reason": reason, "observedGeneration": 1, "lastTransitionTime": "2026-11-24T02:00:00Z",
                "message": f"{kind} of {name}: everything that this condition speaks about is as the operator expects it to be at present",
            }
        )  # fmt: skip
    updates = [
        {"version": f"4.20.{z}", "image": f"quay.io/openshift-release-dev/ocp-release@sha256:{z:064d}", "url": f"https://access.example.test/errata/{z}",
         "channels": ["candidate-4.20", "candidate-4.21", "eus-4.20", "fast-4.20", "fast-4.21", "stable-4.20", "stable-4.21"]}
        for z in range(5, 30)
    ]  # fmt: skip
    return {
        "conditions": rows,
        "kubeconfig": {"name": f"{name}-admin-kubeconfig"},
        "controlPlaneEndpoint": {"host": f"api.{name}.example.test", "port": 6443},
        "version": {
            "desired": {"image": IMAGE, "version": "4.20.4"},
            "history": [
                {"state": "Completed", "version": f"4.20.{z}", "image": IMAGE, "verified": False, "startedTime": "2026-11-24T01:00:00Z",
                 "completionTime": "2026-11-24T02:00:00Z"}
                for z in range(4, 0, -1)
            ],
            "observedGeneration": 1,
            "availableUpdates": updates,
        },
    }  # fmt: skip


def size_of_one() -> int:
    return len(json.dumps(cluster_status(cluster_name(0), True)))
