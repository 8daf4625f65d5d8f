# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hosted cluster on a running hub, as a test creates, watches and changes it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from embedded_hub import EmbeddedHub
from embedded_hub.errors import ApiError
from embedded_hub.lifecycle import client

NAMESPACE = "clusters"
IMAGE = "registry.example.com/ocp/release:4.21.3-multi"
NEXT_IMAGE = "registry.example.com/ocp/release:4.22.1-multi"
FAULT = "simulator.hypershift.core/fault"
SPEED = "simulator.hypershift.core/speed"

Obj = dict[str, Any]

_ROOTS = {
    "hostedclusters": "/apis/hypershift.openshift.io/v1beta1",
    "nodepools": "/apis/hypershift.openshift.io/v1beta1",
    "hostedcontrolplanes": "/apis/hypershift.openshift.io/v1beta1",
    "clusters": "/apis/cluster.x-k8s.io/v1beta1",
    "machines": "/apis/cluster.x-k8s.io/v1beta1",
    "deployments": "/apis/apps/v1",
    "statefulsets": "/apis/apps/v1",
}


class Played:
    """Speed is set on the object, so that a test takes as long on any hub."""

    def __init__(self, hub: EmbeddedHub, name: str, speed: int = 120) -> None:
        self._rest = client(hub.paths, hub.state)
        self.hub = hub
        self.name = name
        self.speed = speed
        self.cpns = f"{NAMESPACE}-{name}"

    def path(self, plural: str, name: str = "", namespace: str = NAMESPACE) -> str:
        root = _ROOTS.get(plural, "/api/v1")
        scope = "" if plural == "namespaces" else f"/namespaces/{namespace}"
        return f"{root}{scope}/{plural}" + (f"/{name}" if name else "")

    def find(self, plural: str, name: str = "", namespace: str = NAMESPACE) -> Obj | None:
        try:
            found: Obj = self._rest.get(self.path(plural, name or self.name, namespace))
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        return found

    def get(self, plural: str, name: str = "", namespace: str = NAMESPACE) -> Obj:
        found = self.find(plural, name, namespace)
        assert found is not None, f"{plural} {namespace}/{name or self.name} is not there"
        return found

    def items(self, plural: str, namespace: str) -> list[Obj]:
        found: list[Obj] = self._rest.get(self.path(plural, namespace=namespace))["items"]
        return found

    def secrets(self) -> list[str]:
        """The cluster's secrets beside the user's objects."""
        names = [item["metadata"]["name"] for item in self.items("secrets", NAMESPACE)]
        return sorted(name for name in names if name.startswith(f"{self.name}-"))

    def drains(self) -> list[str]:
        """What the machines say of their drains."""
        conditions = [entry for machine in self.items("machines", self.cpns) for entry in machine["status"].get("conditions", [])]
        return [entry.get("message", "") for entry in conditions if entry["type"] == "DrainingSucceeded"]

    def patch(self, plural: str, body: Obj, name: str = "", namespace: str = NAMESPACE) -> None:
        self._rest.request("PATCH", self.path(plural, name or self.name, namespace), body, "application/merge-patch+json")

    def fault(self, value: str | None, plural: str = "hostedclusters") -> None:
        self.patch(plural, {"metadata": {"annotations": {FAULT: value}}})

    def delete(self, plural: str = "hostedclusters") -> None:
        try:
            self._rest.request("DELETE", self.path(plural, self.name))
        except ApiError as error:
            if error.status != 404:
                raise

    def create(self, fault: str = "", replicas: int = 2, **pool: Any) -> None:
        secret = {"metadata": {"name": f"{self.name}-pull-secret"}, "stringData": {".dockerconfigjson": '{"auths":{}}'}}
        self._rest.request("POST", self.path("secrets"), {"apiVersion": "v1", "kind": "Secret", **secret})
        self._rest.request("POST", self.path("hostedclusters"), self._hosted_cluster(fault))
        if replicas >= 0:
            self._rest.request("POST", self.path("nodepools"), self._node_pool(replicas, pool))

    def _metadata(self, fault: str = "") -> Obj:
        annotations = {SPEED: str(self.speed), **({FAULT: fault} if fault else {})}
        return {"name": self.name, "namespace": NAMESPACE, "annotations": annotations}

    def _hosted_cluster(self, fault: str) -> Obj:
        """What `hcp create cluster kubevirt` writes."""
        services = {"APIServer": "LoadBalancer", "OAuthServer": "Route", "Konnectivity": "Route", "Ignition": "Route"}
        spec = {
            "autoscaling": {},
            "controllerAvailabilityPolicy": "SingleReplica",
            "infrastructureAvailabilityPolicy": "SingleReplica",
            "etcd": {
                "managementType": "Managed",
                "managed": {"storage": {"type": "PersistentVolume", "persistentVolume": {"size": "8Gi"}}},
            },
            "networking": {
                "clusterNetwork": [{"cidr": "10.132.0.0/14"}],
                "serviceNetwork": [{"cidr": "172.31.0.0/16"}],
                "networkType": "OVNKubernetes",
            },
            "olmCatalogPlacement": "management",
            "platform": {"type": "KubeVirt", "kubevirt": {"baseDomainPassthrough": True}},
            "pullSecret": {"name": f"{self.name}-pull-secret"},
            "release": {"image": IMAGE},
            "services": [{"service": name, "servicePublishingStrategy": {"type": kind}} for name, kind in services.items()],
        }
        return {"apiVersion": "hypershift.openshift.io/v1beta1", "kind": "HostedCluster", "metadata": self._metadata(fault), "spec": spec}

    def _node_pool(self, replicas: int, changes: Obj) -> Obj:
        kubevirt = {
            "attachDefaultNetwork": True,
            "compute": {"cores": 2, "memory": "4Gi"},
            "rootVolume": {"type": "Persistent", "persistent": {"size": "32Gi"}},
        }
        spec = {
            "arch": "amd64",
            "clusterName": self.name,
            "management": {"autoRepair": False, "upgradeType": "Replace"},
            "nodeDrainTimeout": "0s",
            "platform": {"type": "KubeVirt", "kubevirt": kubevirt},
            "release": {"image": IMAGE},
            "replicas": replicas,
            **changes,
        }
        return {"apiVersion": "hypershift.openshift.io/v1beta1", "kind": "NodePool", "metadata": self._metadata(), "spec": spec}

    def condition(self, type_: str, plural: str = "hostedclusters") -> Obj:
        found = self.find(plural)
        conditions = ((found or {}).get("status") or {}).get("conditions") or []
        return next((entry for entry in conditions if entry["type"] == type_), {})

    def history(self) -> list[tuple[str, str]]:
        status = (self.find("hostedclusters") or {}).get("status") or {}
        return [(entry["version"], entry["state"]) for entry in (status.get("version") or {}).get("history", [])]

    def until(self, what: str, holds: Callable[[], bool], seconds: float = 120) -> float:
        started = time.monotonic()
        while not self._holds(holds):
            assert time.monotonic() < started + seconds, f"{self.name}: never true: {what}\n{self.summary()}"
            time.sleep(0.1)
        return time.monotonic() - started

    @staticmethod
    def _holds(holds: Callable[[], bool]) -> bool:
        try:
            return holds()
        except (OSError, ApiError):  # an API server that is just coming back
            return False

    def until_condition(self, type_: str, status: str, plural: str = "hostedclusters", reason: str = "") -> float:
        def holds() -> bool:
            found = self.condition(type_, plural)
            return found.get("status") == status and (not reason or found.get("reason") == reason)

        return self.until(f"{type_} {status} {reason} of {plural}", holds)

    def until_gone(self) -> float:
        return self.until("gone", lambda: self.find("hostedclusters") is None and self.find("namespaces", self.cpns) is None)

    def remove(self) -> None:
        """Whatever is left of it, also after a failure half-way."""
        for plural in ("hostedclusters", "nodepools"):
            if self.find(plural):
                self.fault(None, plural)
        self.delete()
        self.until_gone()
        if self.find("secrets", f"{self.name}-pull-secret"):
            self._rest.request("DELETE", self.path("secrets", f"{self.name}-pull-secret"))

    def summary(self) -> str:
        lines = []
        for plural in ("hostedclusters", "nodepools"):
            for entry in ((self.find(plural) or {}).get("status") or {}).get("conditions", []):
                lines.append(f"{plural} {entry['type']} {entry['status']} {entry.get('reason')} {entry.get('message', '')[:100]}")
        return "\n".join(lines)


class Recorder(threading.Thread):
    """Notes each state in which a hosted cluster is seen, some twenty times a second."""

    def __init__(self, played: Played) -> None:
        super().__init__(daemon=True)
        self._played = Played(played.hub, played.name)
        self._done = threading.Event()
        self.seen: list[Obj] = []

    def run(self) -> None:
        while not self._done.wait(0.05):
            self._look()

    def _look(self) -> None:
        found = self._played.find("hostedclusters")
        version = None if found is None else found["metadata"]["resourceVersion"]
        if found is not None and (not self.seen or self.seen[-1]["metadata"]["resourceVersion"] != version):
            self.seen.append(found)

    def __enter__(self) -> Recorder:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()
        self._look()  # what ended the recording belongs to it

    def states(self, *types: str) -> list[tuple[str, ...]]:
        """How the named conditions went together, without repetitions."""
        result: list[tuple[str, ...]] = []
        for obj in self.seen:
            found = {entry["type"]: entry["status"] for entry in (obj.get("status") or {}).get("conditions", [])}
            state = tuple(found.get(type_, "-") for type_ in types)
            if result[-1:] != [state]:
                result.append(state)
        return result
