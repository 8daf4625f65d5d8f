# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an installed HyperShift operator leaves on its management cluster."""

from __future__ import annotations

import json

from .actions import Action, Create, marked
from .kinds import new
from .names import CATALOG, OLM_NAMESPACE, OPERATOR_NAMESPACE, Obj
from .releases import SERVER_VERSION, SUPPORTED

_PRIORITIES = ["hypershift-operator", "hypershift-etcd", "hypershift-api-critical", "hypershift-control-plane"]


def objects() -> list[Action]:
    classes = [
        new("PriorityClass", name, value=100_003_000 - 1000 * rank, description="Workloads of HyperShift.")
        for rank, name in enumerate(_PRIORITIES)
    ]
    everything = [new("Namespace", OPERATOR_NAMESPACE), *classes, supported_versions(), operator()]
    return [Create(marked(obj)) for obj in everything]


def bare() -> list[Action]:
    """An OpenShift on which nothing is installed: its catalog of operators."""
    source = new("CatalogSource", CATALOG, OLM_NAMESPACE, spec={"sourceType": "grpc", "displayName": "Red Hat Operators"})
    return [Create(marked(obj)) for obj in (new("Namespace", OLM_NAMESPACE), source)]


def supported_versions() -> Obj:
    data = {"supported-versions": json.dumps({"versions": SUPPORTED}), "server-version": SERVER_VERSION}
    obj = new("ConfigMap", "supported-versions", OPERATOR_NAMESPACE, data=data)
    obj["metadata"]["labels"] = {"hypershift.openshift.io/supported-versions": "true"}
    return obj


def operator() -> Obj:
    labels = {"name": "operator", "app": "operator"}
    container = {"name": "operator", "image": "registry.example.com/hypershift/operator:simulated", "args": ["run"]}
    pod = {"priorityClassName": "hypershift-operator", "containers": [container], "terminationGracePeriodSeconds": 0}
    spec = {
        "replicas": 1,
        "selector": {"matchLabels": {"name": "operator"}},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    obj = new("Deployment", "operator", OPERATOR_NAMESPACE, spec=spec)
    obj["metadata"]["labels"] = labels
    return obj
