# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The handle of one hosted cluster's etcd, or of one shard of it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from embedded_hub import ApiError, EmbeddedHub, HubError, binaries
from embedded_hub.files import write_private
from embedded_hub.lifecycle import client
from embedded_hub.progress import silent

from . import manifests, members
from .faults import Fault, Kind, Rule, arm
from .gateway import Gateway
from .load import Load

Obj = dict[str, Any]

_TLS = "/etc/etcd/tls"
CERTIFICATES = (
    *("--cacert", f"{_TLS}/etcd-ca/ca.crt"),
    *("--cert", f"{_TLS}/client/etcd-client.crt"),
    *("--key", f"{_TLS}/client/etcd-client.key"),
)
_BATCH_KEYS, _BATCH_BYTES = 100, 700_000


class Hash(NamedTuple):
    hash: int
    revision: int


class HostedEtcd:
    def __init__(self, hub: EmbeddedHub, namespace: str, name: str, shard: str = "etcd") -> None:
        self.hub = hub
        self.cluster_namespace = namespace
        self.name = name
        self.shard = shard
        self.namespace = f"{namespace}-{name}"
        self._rest = client(hub.paths, hub.state)

    @classmethod
    def create(
        cls,
        hub: EmbeddedHub,
        name: str,
        replicas: int = 3,
        version: str = "3.6",
        shards: Sequence[str] = ("etcd",),
        api_server: bool = False,
        when_scaled: str = "Retain",
        volume_bytes: int | None = None,
        namespace: str = "clusters",
        speed: int = 2000,
        seconds: float = 120,
    ) -> HostedEtcd:
        """A hosted cluster without nodes; back when all its members are ready and it is Available."""
        if version == "3.5":
            binaries.family("etcd-3.5", silent)  # a build takes longer than the wait below
        one = cls(hub, namespace, name, shards[0])
        marks = manifests.annotations(version, shards, api_server, when_scaled, volume_bytes, speed)
        for secret in manifests.secrets(namespace, name):
            one._rest.request("POST", f"/api/v1/namespaces/{namespace}/secrets", secret)
        one._rest.request("POST", one._path("hostedclusters"), manifests.hosted_cluster(namespace, name, replicas, version, marks))
        for shard in shards:
            cls(hub, namespace, name, shard).wait_ready(replicas, seconds)
        one.wait("HostedCluster is Available", lambda: one.condition("Available") == "True", seconds)
        if api_server:
            one.wait("the hosted API answers", one.api_answers, seconds)
        return one

    def _path(self, plural: str, name: str = "") -> str:
        root = f"/apis/hypershift.openshift.io/v1beta1/namespaces/{self.cluster_namespace}/{plural}"
        return f"{root}/{name}" if name else root

    @property
    def hosted_cluster(self) -> Obj:
        found: Obj = self._rest.get(self._path("hostedclusters", self.name))
        return found

    @property
    def stateful_set(self) -> Obj:
        found: Obj = self._rest.get(f"/apis/apps/v1/namespaces/{self.namespace}/statefulsets/{self.shard}")
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

    def scale(self, replicas: int, kind: str = "statefulsets", name: str = "") -> None:
        """Without waiting for what comes of it; see wait_ready."""
        path = f"/apis/apps/v1/namespaces/{self.namespace}/{kind}/{name or self.shard}/scale"
        self.patch(path, {"spec": {"replicas": replicas}})

    def patch(self, path: str, body: Obj) -> Obj:
        answer: Obj = self._rest.request("PATCH", path, body, "application/merge-patch+json")
        return answer

    def pods(self, selector: str = "") -> list[Obj]:
        """Of this etcd, or by a selector of labels."""
        items: list[Obj] = self._rest.get(f"/api/v1/namespaces/{self.namespace}/pods?labelSelector={selector or 'app=etcd'}")["items"]
        if selector:
            return items
        return [pod for pod in items if pod["metadata"]["name"].rpartition("-")[0] == self.shard]

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

    def wait_ready(self, replicas: int | None = None, seconds: float = 60) -> float:
        """All members ready, as many as asked for or as the StatefulSet wants; with 0: all pods gone."""

        def ready() -> bool:
            live = self.stateful_set
            wanted = live["spec"]["replicas"]
            status = live.get("status") or {}
            settled = status.get("observedGeneration", 0) >= live["metadata"]["generation"] and replicas in (None, wanted)
            return settled and status.get("readyReplicas", 0) == wanted == status.get("replicas", 0)

        return self.wait(f"{self.shard} is ready", ready, seconds)

    def member(self, number: int) -> str:
        return f"{self.shard}-{number}"

    def endpoint(self, number: int) -> str:
        return f"https://{self.member(number)}.{self.shard}-discovery.{self.namespace}.svc:2379"

    def _record(self, number: int) -> Obj:
        return members.require(members.record(self.hub, self.namespace, self.member(number)), f"Member {self.member(number)}")

    def run(self, *command: str, member: int = 0, seconds: float = 60) -> str:
        """A command in the view of a member's container, without any API server; its standard output."""
        done = members.run(self._record(member), list(command), seconds)
        if done.returncode:
            raise HubError(f"{' '.join(command)[:200]} ended with {done.returncode} in {self.member(member)}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def ctl(self, *arguments: str, member: int = 0, seconds: float = 60) -> str:
        """etcdctl with the client certificate, against that one member unless the arguments say otherwise."""
        chosen = any(argument.startswith("--endpoints") for argument in arguments)
        endpoints = () if chosen else ("--endpoints", self.endpoint(member))
        return self.run("etcdctl", *CERTIFICATES, *endpoints, *arguments, member=member, seconds=seconds)

    def hashkv(self, revision: int = 0) -> dict[str, Hash]:
        """Of every member that answers: equal hashes at one revision are what tells that they hold the same."""
        found = {}
        for number in range(self.stateful_set["spec"]["replicas"]):
            try:
                answer = json.loads(self.ctl("endpoint", "hashkv", "--rev", str(revision), "-w", "json", member=number))[0]["HashKV"]
            except HubError:
                continue
            found[self.member(number)] = Hash(answer["hash"], answer.get("hash_revision") or answer["header"]["revision"])
        return found

    def certificates(self) -> Path:
        folder = self.hub.paths.data / "kubeconfigs" / f"etcd-{self.namespace}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        pair = self._rest.get(f"/api/v1/namespaces/{self.namespace}/secrets/etcd-client-tls")["data"]
        write_private(folder / "client.crt", base64.b64decode(pair["etcd-client.crt"]))
        write_private(folder / "client.key", base64.b64decode(pair["etcd-client.key"]))
        write_private(folder / "ca.crt", self._rest.get(f"/api/v1/namespaces/{self.namespace}/configmaps/etcd-ca")["data"]["ca.crt"])
        return folder

    def gateway(self, member: int = 0, timeout: float = 10.0) -> Gateway:
        return Gateway(self._record(member)["address"], self.certificates(), timeout)

    def put_many(self, prefix: str, count: int, size: int = 100, member: int = 0) -> int:
        """Keys `<prefix>000000` and on with values of `size` characters that do not compress; the last revision."""
        revision = 0
        step = max(1, min(_BATCH_KEYS, _BATCH_BYTES // max(1, size)))
        with self.gateway(member, timeout=60) as gateway:
            for first in range(0, count, step):
                names = [f"{prefix}{number:06d}" for number in range(first, min(first + step, count))]
                revision = gateway.put({name: base64.b64encode(os.urandom(size)).decode()[:size] for name in names})
        return revision

    def keys(self, prefix: str = "", member: int = 0, serializable: bool = False) -> dict[str, str]:
        """serializable: as that member alone has them, without asking the others."""
        with self.gateway(member, timeout=60) as gateway:
            return dict(gateway.pairs(prefix, serializable))

    def load(self, rate: float = 50, prefix: str = "load/") -> Load:
        """`with etcd.load(50) as load:`; afterwards `load.acknowledged` holds what must be there."""
        certificates = self.certificates()

        def connect(number: int) -> Gateway | None:
            found = members.record(self.hub, self.namespace, self.member(number))
            return Gateway(found["address"], certificates, 3.0) if found else None

        return Load(connect, self.stateful_set["spec"]["replicas"], rate, prefix)

    def volume(self, number: int) -> Path:
        return self.hub.volume(self.namespace, f"data-{self.member(number)}")

    def kill(self, number: int) -> None:
        """SIGKILL to the member; its container is started again."""
        members.kill(self._record(number)["address"])

    def destroy_data(self, number: int) -> None:
        """As a lost disk: the member stops and its volume is empty. What comes then is etcd's and the pod's own."""
        members.destroy(self._record(number)["address"], self.volume(number))

    def fault(
        self, match: str, kind: Kind, after: int = 0, code: int = 7, times: int = 1, member: int = 0, pod: str = "", container: str = "etcd"
    ) -> Fault:
        """The next `times` execs whose command matches misbehave after `after` bytes of output (enospc: of input).

        close: end of output and exit code 0; exit: that code; kill: SIGKILL; stall: silence; enospc: a full disk's error.
        """
        return arm(self.hub, self.namespace, pod or self.member(member), container, Rule(match, kind, after, code, times))

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
