# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Real-looking API objects for operation tests."""

from __future__ import annotations

import importlib
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.hypershift.core.plugins.module_utils._clusters import manifest
from ansible_collections.hypershift.core.plugins.module_utils._node_pools import manifest as node_pools_manifest

IMAGE = "quay.io/openshift-release-dev/ocp-release:4.20.4-multi"
NEWER = "quay.io/openshift-release-dev/ocp-release:4.20.9-multi"


def options(module: str, **given: Any) -> dict[str, Any]:
    """Options as the argument spec hands them over."""
    entry = importlib.import_module(f"ansible_collections.hypershift.core.plugins.modules.{module}").ENTRY
    result = ArgumentSpecValidator(entry.spec, **entry.constraints).validate(given)
    if result.error_messages:
        raise ValueError("; ".join(result.error_messages))
    return result.validated_parameters


def cluster_options(**given: Any) -> dict[str, Any]:
    base = {"name": "demo", "platform": "kubevirt", "release_image": IMAGE, "pull_secret": {"content": "{}"}, "wait": False}
    return options("hosted_cluster", **{**base, **given})


def pool_options(**given: Any) -> dict[str, Any]:
    return options("nodepool", **{"name": "demo", "cluster_name": "demo", "wait": False, **given})


def conditions(generation: int = 1, **status: str) -> list[dict[str, Any]]:
    """Conditions of a healthy hosted cluster; keyword arguments change or add some: Type=Status or Type=Status/Reason."""
    good = {
        "Available": "True", "Progressing": "False", "Degraded": "False", "EtcdAvailable": "True", "KubeAPIServerAvailable": "True",
        "InfrastructureReady": "True", "ValidConfiguration": "True", "ValidReleaseImage": "True", "SupportedHostedCluster": "True",
        "ReconciliationActive": "True", "ReconciliationSucceeded": "True", "ClusterVersionSucceeding": "True",
        "ClusterVersionProgressing": "False", "ClusterVersionAvailable": "True", "ClusterVersionUpgradeable": "True",
    }  # fmt: skip
    rows = []
    for kind, text in {**good, **status}.items():
        value, _sep, reason = text.partition("/")
        rows.append(
            {
                "type": kind, "status": value, "reason": reason or "AsExpected", "message": "",
                "lastTransitionTime": "2026-11-24T02:00:00Z", "observedGeneration": generation,
            }
        )  # fmt: skip
    return rows


def live_cluster(version: str = "4.20.4", **given: Any) -> dict[str, Any]:
    """An installed, healthy HostedCluster made by this collection."""
    body = manifest.creation_manifest(cluster_options(**given), "demo-abcde")
    body["metadata"] |= {"uid": "uid-hc", "finalizers": ["hypershift.openshift.io/finalizer"], "generation": 1}
    body["status"] = {
        "conditions": conditions(),
        "kubeconfig": {"name": "demo-admin-kubeconfig"},
        "kubeadminPassword": {"name": "demo-kubeadmin-password"},
        "payloadArch": "Multi",
        "controlPlaneEndpoint": {"host": "api.demo.example.test", "port": 6443},
        "version": {
            "desired": {"image": body["spec"]["release"]["image"], "version": version},
            "history": [{"state": "Completed", "version": version, "image": body["spec"]["release"]["image"], "verified": False,
                         "startedTime": "2026-11-24T01:00:00Z", "completionTime": "2026-11-24T02:00:00Z"}],
            "observedGeneration": 1, "availableUpdates": None,
        },
    }  # fmt: skip
    return body


def live_pool(cluster: dict[str, Any] | None = None, nodes: int = 2, **given: Any) -> dict[str, Any]:
    """A settled NodePool of the cluster."""
    owner = cluster or live_cluster()
    given.setdefault("replicas", nodes) if "auto_scaling" not in given else None
    body = node_pools_manifest.creation_manifest(pool_options(**given), owner)
    body["spec"]["management"].setdefault("replace", {"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}})
    good = ["ReconciliationActive", "ValidReleaseImage", "ValidMachineConfig", "Ready", "AllMachinesReady", "AllNodesHealthy"]
    rows = [(k, "True") for k in good] + [("UpdatingVersion", "False"), ("UpdatingConfig", "False")]
    body["metadata"] |= {"uid": f"uid-{body['metadata']['name']}", "generation": 1}
    body["status"] = {
        "replicas": nodes,
        "version": "4.20.4",
        "conditions": [
            {
                "type": k,
                "status": s,
                "reason": "AsExpected",
                "message": "",
                "observedGeneration": 1,
                "lastTransitionTime": "2026-11-24T02:00:00Z",
            }
            for k, s in rows
        ],
    }
    return body
