# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hosted cluster as a test handles it: conditions, pause, replicas, its API, its end."""

from __future__ import annotations

import base64
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from embedded_hub import ApiError, EmbeddedHub, HubError
from embedded_hub.files import write_private
from embedded_hub.lifecycle import client

Obj = dict[str, Any]


class HostedCluster:
    def __init__(self, hub: EmbeddedHub, namespace: str, name: str) -> None:
        self.hub = hub
        self.cluster_namespace = namespace
        self.name = name
        self.namespace = f"{namespace}-{name}"
        self._rest = client(hub.paths, hub.state)

    def _path(self, plural: str, name: str = "") -> str:
        root = f"/apis/hypershift.openshift.io/v1beta1/namespaces/{self.cluster_namespace}/{plural}"
        return f"{root}/{name}" if name else root

    @property
    def hosted_cluster(self) -> Obj:
        found: Obj = self._rest.get(self._path("hostedclusters", self.name))
        return found

    def condition(self, type_: str) -> str:
        """Status of a condition of the HostedCluster, empty while it has none."""
        found = (self.hosted_cluster.get("status") or {}).get("conditions") or []
        return next((str(entry["status"]) for entry in found if entry["type"] == type_), "")

    def pause(self, paused: bool = True) -> None:
        """Back when the control plane's operator has seen it."""
        self.patch(self._path("hostedclusters", self.name), {"spec": {"pausedUntil": "true" if paused else None}})
        wanted = "False" if paused else "True"
        path = f"/apis/hypershift.openshift.io/v1beta1/namespaces/{self.namespace}/hostedcontrolplanes/{self.name}"

        def seen() -> bool:
            found = (self._rest.get(path).get("status") or {}).get("conditions") or []
            return any(entry["type"] == "ReconciliationActive" and entry["status"] == wanted for entry in found)

        self.wait("pause is seen", seen)

    def scale(self, replicas: int, kind: str = "statefulsets", name: str = "etcd") -> None:
        """Without waiting for what comes of it."""
        path = f"/apis/apps/v1/namespaces/{self.namespace}/{kind}/{name}/scale"
        self.patch(path, {"spec": {"replicas": replicas}})

    def patch(self, path: str, body: Obj) -> Obj:
        answer: Obj = self._rest.request("PATCH", path, body, "application/merge-patch+json")
        return answer

    def pods(self, selector: str = "") -> list[Obj]:
        items: list[Obj] = self._rest.get(f"/api/v1/namespaces/{self.namespace}/pods?labelSelector={selector}")["items"]
        return items

    def wait(self, what: str, holds: Callable[[], bool], seconds: float = 60) -> float:
        started = time.monotonic()
        while not self._holds(holds):
            if time.monotonic() > started + seconds:
                raise HubError(f"{self.name}: it never came true that {what}, within {seconds:.0f} s: see the logs of the hub.")
            time.sleep(0.1)
        return time.monotonic() - started

    @staticmethod
    def _holds(holds: Callable[[], bool]) -> bool:
        try:
            return holds()
        except (OSError, ApiError, KeyError):  # not there yet, or an API server that is just coming back
            return False

    @property
    def kubeconfig(self) -> Path:
        """Of the hosted cluster, as it is published."""
        found = self._rest.get(f"/api/v1/namespaces/{self.cluster_namespace}/secrets/{self.name}-admin-kubeconfig")
        target = self.hub.paths.data / "kubeconfigs" / f"{self.namespace}.kubeconfig"
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(target, base64.b64decode(found["data"]["kubeconfig"]))
        return target

    @property
    def api_server(self) -> str:
        """URL of the hosted API server."""
        endpoint = self.hosted_cluster["status"]["controlPlaneEndpoint"]
        return f"https://{endpoint['host']}:{endpoint['port']}"

    def api_answers(self) -> bool:
        """It lists namespaces, which it has to read from etcd, to the published administrator."""
        kubectl = [self.hub.state.binaries["kubectl"], "--kubeconfig", str(self.kubeconfig), "--request-timeout=3s"]
        done = subprocess.run([*kubectl, "get", "namespaces"], capture_output=True, check=False, timeout=30)
        return done.returncode == 0

    def delete(self, seconds: float = 120, wait: bool = True) -> None:
        """With all its objects; fine when it is gone already."""
        for path in (
            self._path("hostedclusters", self.name),
            *(f"/api/v1/namespaces/{self.cluster_namespace}/secrets/{self.name}-{what}" for what in ("pull-secret", "etcd-encryption-key")),
        ):
            try:
                self._rest.request("DELETE", path)
            except ApiError as error:
                if error.status != 404:
                    raise
        if wait:
            self.wait("the control plane namespace is going", self._going, seconds)
            self.wait("the control plane namespace is gone", self._gone, seconds)

    def _going(self) -> bool:
        """What ends slowly goes at once: the controller of namespaces looks again only after many seconds."""
        path = f"/api/v1/namespaces/{self.namespace}"
        if self._gone():
            return True
        if "deletionTimestamp" not in self._rest.get(path)["metadata"]:
            return False
        for plural in ("pods", "persistentvolumeclaims"):
            self._rest.request("DELETE", f"{path}/{plural}?labelSelector=app=etcd", {"gracePeriodSeconds": 0})
        return True

    def _gone(self) -> bool:
        for path in (self._path("hostedclusters", self.name), f"/api/v1/namespaces/{self.namespace}"):
            try:
                self._rest.get(path)
                return False
            except ApiError as error:
                if error.status != 404:
                    raise
        return True
