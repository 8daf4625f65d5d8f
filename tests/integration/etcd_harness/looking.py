# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the tests of the harness read from pods."""

from __future__ import annotations

import json
from typing import Any

from embedded_hub.testing import Kubectl
from hosted_etcd import HostedEtcd
from hosted_etcd.etcd import CERTIFICATES

CLIENT = "https://etcd-client:2379"


def pod(etcd: HostedEtcd, number: int) -> dict[str, Any]:
    return next(one for one in etcd.pods() if one["metadata"]["name"] == etcd.member(number))


def container(etcd: HostedEtcd, number: int, name: str = "etcd") -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in pod(etcd, number)["status"]["containerStatuses"] if one["name"] == name)
    return found


def failing(etcd: HostedEtcd, number: int) -> bool:
    """As the operator sees a member that does not come up."""
    status = container(etcd, number)
    return "waiting" in status["state"] and status["restartCount"] > 0 and not status["ready"]


def ids(etcd: HostedEtcd, member: int = 0) -> dict[str, int]:
    answer = json.loads(etcd.ctl("member", "list", "-w", "json", member=member))
    return {entry["name"]: entry["ID"] for entry in answer["members"]}


def published(kubectl: Kubectl, etcd: HostedEtcd, *arguments: str) -> str:
    """etcdctl as the procedures call it: through the API server, in the pod."""
    words = ["env", "ETCDCTL_API=3", "/usr/bin/etcdctl", *CERTIFICATES, f"--endpoints={CLIENT}", *arguments]
    return kubectl("-n", etcd.namespace, "exec", "-c", "etcd", "etcd-0", "--", *words)


def restore_helper(namespace: str, image: str) -> dict[str, Any]:
    """The Deployment of the published restore procedure."""
    access = {
        "name": "access",
        "image": image,
        "command": ["/usr/bin/bash", "-c", "while true; do sleep 1000; done"],
        "volumeMounts": [{"mountPath": "/var/lib", "name": "data"}],
    }
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data-etcd-0"}}]
    labels = {"app": "etcd-data"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [access], "volumes": volumes, "terminationGracePeriodSeconds": 0}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "etcd-data", "namespace": namespace},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template},
    }
