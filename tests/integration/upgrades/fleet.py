# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fleet that the simulator installs and upgrades: real API objects, made straight over REST, since creating them is not under test."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._clusters import manifest
from ansible_collections.hypershift.core.plugins.module_utils._node_pools import manifest as node_pools_manifest

from direct import Direct, Obj, new
from embedded_hub import EmbeddedHub
from embedded_hub.testing import until

REPOSITORY = "quay.io/openshift-release-dev/ocp-release"
CHANNEL = "stable-4.21"


def image(version: str) -> str:
    return f"{REPOSITORY}:{version}-multi"


class Fleet:
    """Hosted clusters by (namespace, name), each with one node pool of its name."""

    def __init__(self, hub: EmbeddedHub) -> None:
        self.hub, self._direct = hub, Direct(hub)

    def release(self, version: str, *risks: Obj) -> None:
        """Offer a release on the channel of the fleet."""
        key = f"v{version}"
        body = {"image": image(version), "version": version, "arch": "multi", "channels": [CHANNEL], "risks": list(risks)}
        data = {key: json.dumps(body)}
        self._direct.create(new("Namespace", "hypershift"), new("ConfigMap", "simulator-releases", "hypershift", data={}))
        self._direct.merge("ConfigMap", "hypershift", "simulator-releases", {"data": data})

    def create(self, *keys: tuple[str, str], version: str = "4.20.4", replicas: int = 2, labels: dict[str, Obj] | None = None) -> None:
        for namespace in dict.fromkeys(key[0] for key in keys):
            self._direct.create(new("Namespace", namespace), new("Secret", "pull", namespace, data={".dockerconfigjson": "{}"}))
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: self._create(key, version, replicas, (labels or {}).get(key[1], {})), keys))

    def _create(self, key: tuple[str, str], version: str, replicas: int, labels: Obj) -> None:
        namespace, name = key
        options: Obj = {"name": name, "namespace": namespace, "platform": "kubevirt", "release_image": image(version), "pull_secret": {"name": "pull"},
                        "channel": CHANNEL, "labels": labels}  # fmt: skip
        body = manifest.creation_manifest(options, f"{name}-abcde")
        nodes = node_pools_manifest.creation_manifest(
            {"name": name, "namespace": namespace, "cluster_name": name, "replicas": replicas}, body
        )
        self._direct.create(body, nodes)

    def until_at(self, version: str, *keys: tuple[str, str], seconds: float = 600) -> None:
        """All of them run this version, pools too."""
        deadline = time.monotonic() + seconds
        while True:
            seen = self.versions()
            left = [key for key in keys if seen.get(key) != (version, version)]
            if not left:
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(left)} clusters are not at {version} after {seconds} s: {left[:3]}")
            time.sleep(1)

    def until_offered(self, version: str, *keys: tuple[str, str], seconds: float = 120) -> None:
        """Their channel offers the release to all of them."""

        def offers(cluster: Obj) -> bool:
            known = cluster["status"]["version"]
            updates = [*(known.get("availableUpdates") or []), *(u["release"] for u in known.get("conditionalUpdates") or [])]
            return any(update["version"] == version for update in updates)

        until(f"{version} is offered", lambda: all(offers(c) for c in self._direct.list("HostedCluster") if key_of(c) in keys), seconds)

    def versions(self) -> dict[tuple[str, str], tuple[str, str]]:
        """(version of the control plane with a note when it is under way, version of the pool)."""
        pools = {key_of(p): (p.get("status") or {}).get("version", "") for p in self._direct.list("NodePool")}
        return {key_of(c): (completed(c), pools.get(key_of(c), "")) for c in self._direct.list("HostedCluster")}


def key_of(obj: Obj) -> tuple[str, str]:
    return obj["metadata"]["namespace"], obj["metadata"]["name"]


def completed(cluster: Obj) -> str:
    history: list[dict[str, Any]] = ((cluster.get("status") or {}).get("version") or {}).get("history") or [{}]
    return history[0].get("version", "") if history[0].get("state") == "Completed" else f"not {history[0].get('version', '')}"
