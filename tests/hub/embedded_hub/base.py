# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a management cluster holds before the first hosted cluster: the files of config/base and some nodes."""

from __future__ import annotations

from typing import Any

import yaml

from .paths import CONFIG_DIR
from .rest import Rest

ZONES = ("zone-a", "zone-b", "zone-c")
NODES_PER_ZONE = 2
NODE_CAPACITY = {"cpu": "512", "memory": "4Ti", "ephemeral-storage": "16Ti", "pods": "1000"}


def node_names() -> list[str]:
    return [f"hub-worker-{number}" for number in range(len(ZONES) * NODES_PER_ZONE)]


def node(number: int, zone: str) -> dict[str, Any]:
    name = f"hub-worker-{number}"
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node-role.kubernetes.io/worker": "",
        "topology.kubernetes.io/region": "region-1",
        "topology.kubernetes.io/zone": zone,
        "embedded-hub.hypershift.core/simulated": "true",
    }
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}


def load(rest: Rest) -> int:
    """Apply everything; safe to repeat."""
    manifests: list[dict[str, Any]] = []
    for path in sorted((CONFIG_DIR / "base").glob("*.yaml")):
        manifests.extend(document for document in yaml.safe_load_all(path.read_text()) if document)
    # Namespaces first, the rest may live in them.
    manifests.sort(key=lambda manifest: manifest["kind"] != "Namespace")
    for manifest in manifests:
        rest.apply(manifest)
    for number in range(len(ZONES) * NODES_PER_ZONE):
        rest.apply(node(number, ZONES[number % len(ZONES)]))
        # Sizes are ours; kwok only says that the node is ready.
        status = {"status": {"capacity": NODE_CAPACITY, "allocatable": NODE_CAPACITY}}
        rest.request("PATCH", f"/api/v1/nodes/hub-worker-{number}/status", status, "application/merge-patch+json")
    return len(manifests)


def ready_nodes(rest: Rest) -> int:
    items = rest.get("/api/v1/nodes")["items"]
    return sum(
        any(condition["type"] == "Ready" and condition["status"] == "True" for condition in item["status"].get("conditions", []))
        for item in items
    )
