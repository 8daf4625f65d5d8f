# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans of campaigns over clusters in memory, and the clusters at any point of their way."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._campaigns.plan import digest_of
from ansible_collections.hypershift.core.plugins.module_utils._fleet.views import host_name

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster, live_pool

REPOSITORY = "quay.io/openshift-release-dev/ocp-release"
FROM, TO = "4.20.4", "4.20.9"
CLUSTER_UID = "0a1b2c3d-0000-4000-8000-000000000001"
Object = dict[str, Any]


def image(version: str) -> str:
    return f"{REPOSITORY}:{version}-multi"


def step(kind: str, version: str, *pools: str) -> Object:
    return {"kind": kind, "version": version, "image": image(version), "risks": [], "pools": list(pools)}


def entry(name: str, wave: str, batch: int, hub: str = "one", **given: Any) -> Object:
    steps = [step("control_plane", TO), step("node_pools", TO, name)]
    return {
        "id": host_name(hub, "clusters", name), "hub": hub, "namespace": "clusters", "name": name, "uid": f"uid-{name}", "from": FROM, "to": TO,
        "verdict": "ready", "wave": wave, "batch": batch, "steps": steps, "nodes": 2, "rolls": [], "refusals": [], "warnings": [], "windows": [],
        "max_snapshot_age_minutes": 0, **given,
    }  # fmt: skip


def hub_row(name: str, uid: str = CLUSTER_UID) -> Object:
    return {"name": name, "server": MemoryHub.server, "uid": uid}


def identify_as(hub: MemoryHub, uid: str = CLUSTER_UID) -> MemoryHub:
    """The hub with the namespace that tells which cluster it is."""
    hub.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": uid}})
    return hub


def plan(entries: list[Object], waves: list[Object], **given: Any) -> Object:
    """A plan with its digest; clusters of waves and batches are taken from the entries."""
    ready = [e for e in entries if e["verdict"] == "ready"]
    hubs = [hub_row(name) for name in dict.fromkeys(e["hub"] for e in entries)]
    numbers = sorted({e["batch"] for e in ready})
    body = {
        "format": 1, "campaign": "autumn", "created": "2026-11-24T03:00:00Z", "policy": {}, "hubs": hubs, "clusters": entries,
        "waves": [{"after": [], "soak_minutes": 0, "max_failed": 0, **w, "clusters": [e["id"] for e in ready if e["wave"] == w["name"]]} for w in waves],
        "batches": [
            {"wave": next(e["wave"] for e in ready if e["batch"] == n), "clusters": [e["id"] for e in ready if e["batch"] == n]} for n in numbers
        ],
        "summary": {}, **given,
    }  # fmt: skip
    return {**body, "digest": digest_of(body)}


def put(hub: MemoryHub, name: str, version: str = FROM, pool: str = FROM, **conditions: str) -> None:
    """A cluster with one pool of its name, at rest at these versions."""
    cluster = live_cluster(version, name=name, release_image=image(version))
    cluster["metadata"]["uid"] = f"uid-{name}"
    cluster["status"]["version"]["history"][0]["image"] = image(version)
    for row in cluster["status"]["conditions"]:
        if row["type"] in conditions:
            row["status"], _slash, row["reason"] = conditions[row["type"]].partition("/")
    hub.put(cluster)
    nodes = live_pool(cluster, name=name, cluster_name=name, release_image=image(pool))
    nodes["status"]["version"] = pool
    hub.put(nodes)
