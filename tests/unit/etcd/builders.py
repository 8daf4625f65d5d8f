# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hosted cluster's etcd in memory: objects of the management cluster, and members that answer from a table."""

from __future__ import annotations

from typing import Any

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster
from builders.shells import ScriptedShell, member_answers

NAMESPACE = "clusters-demo"
OLD = "2026-11-01T00:00:00Z"


def stateful_set(replicas: int = 3, name: str = "etcd", **status: Any) -> dict[str, Any]:
    peers = ",".join(f"{name}-{n}=https://{name}-{n}.{name}-discovery.{NAMESPACE}.svc:2380" for n in range(replicas))
    container = {"name": "etcd", "image": "registry.example.com/etcd:3.6", "env": [{"name": "ETCD_INITIAL_CLUSTER", "value": peers}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"app": "etcd"}},
        "spec": {
            "replicas": replicas,
            "serviceName": f"{name}-discovery",
            "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Retain"},
            "template": {"metadata": {"labels": {"app": "etcd"}}, "spec": {"containers": [container, {"name": "healthz"}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
        },
        "status": {"readyReplicas": replicas, "replicas": replicas, "observedGeneration": 1, **status},
    }


def pod(name: str, state: dict[str, Any] | None = None, ready: bool = True) -> dict[str, Any]:
    status = {"name": "etcd", "state": state or {"running": {}}, "restartCount": 0 if ready else 4}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"nodeName": "node-a"},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            "containerStatuses": [{"name": "healthz", "state": {"running": {}}}, status],
        },
    }


def claim(name: str, created: str = OLD) -> dict[str, Any]:
    meta = {"name": f"data-{name}", "namespace": NAMESPACE, "creationTimestamp": created}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "status": {"phase": "Bound"}}


def etcd_hub(replicas: int = 3, leader: str = "etcd-0", cluster: dict[str, Any] | None = None) -> MemoryHub:
    """A healthy etcd; tests then break it."""
    hub = MemoryHub(cluster or live_cluster(), stateful_set(replicas))
    ids = {f"etcd-{n}": f"a{n}" for n in range(replicas)}
    for name in ids:
        hub.put(pod(name))
        hub.put(claim(name))
        hub.shells[name] = ScriptedShell(member_answers(name, ids, leader=leader), where=f"Pod {NAMESPACE}/{name} (container etcd)")
    return hub


def crash(hub: MemoryHub, name: str) -> None:
    """Its container does not start any more."""
    hub.put(pod(name, {"waiting": {"reason": "CrashLoopBackOff"}}, ready=False))
    sets = stateful_set(len([k for k in hub.objects if k[0] == "Pod"]))
    sets["status"]["readyReplicas"] = sum(1 for k, o in hub.objects.items() if k[0] == "Pod" and "running" in _etcd_state(o))
    hub.put(sets)


def _etcd_state(obj: dict[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = next(s["state"] for s in obj["status"]["containerStatuses"] if s["name"] == "etcd")
    return state
