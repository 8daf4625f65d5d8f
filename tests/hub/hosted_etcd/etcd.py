# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The handle of one hosted cluster's etcd, or of one shard of it."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from embedded_hub import EmbeddedHub, HubError, binaries
from embedded_hub.files import write_private
from embedded_hub.progress import silent

from . import manifests, members
from .cluster import HostedCluster, Obj
from .faults import Fault, Kind, Rule, arm
from .gateway import Gateway
from .load import Load

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


class HostedEtcd(HostedCluster):
    """`create` makes the cluster as well; the constructor takes one that is there."""

    def __init__(self, hub: EmbeddedHub, namespace: str, name: str, shard: str = "etcd") -> None:
        super().__init__(hub, namespace, name)
        self.shard = shard

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
        marks = manifests.requests(version, shards, api_server, when_scaled, volume_bytes, speed)
        for secret in manifests.secrets(namespace, name):
            one._rest.request("POST", f"/api/v1/namespaces/{namespace}/secrets", secret)
        one._rest.request("POST", one._path("hostedclusters"), manifests.hosted_cluster(namespace, name, replicas, version, marks))
        for shard in shards:
            cls(hub, namespace, name, shard).wait_ready(replicas, seconds)
        one.wait("HostedCluster is Available", lambda: one.condition("Available") == "True", seconds)
        if api_server:
            one.wait("the hosted API answers", one.api_answers, seconds)
        return one

    @property
    def stateful_set(self) -> Obj:
        found: Obj = self._rest.get(f"/apis/apps/v1/namespaces/{self.namespace}/statefulsets/{self.shard}")
        return found

    def pods(self, selector: str = "") -> list[Obj]:
        """Of this etcd, or by a selector of labels."""
        items = super().pods(selector or "app=etcd")
        return items if selector else [pod for pod in items if pod["metadata"]["name"].rpartition("-")[0] == self.shard]

    def scale(self, replicas: int, kind: str = "statefulsets", name: str = "") -> None:
        """Without waiting for what comes of it; see wait_ready."""
        super().scale(replicas, kind, name or self.shard)

    def wait_ready(self, replicas: int | None = None, seconds: float = 60) -> float:
        """All members ready, as many as asked for or as the StatefulSet wants; with 0: all pods gone."""

        def ready() -> bool:
            live = self.stateful_set
            wanted = live["spec"]["replicas"]
            status = live.get("status") or {}
            settled = status.get("observedGeneration", 0) >= live["metadata"]["generation"] and replicas in (None, wanted)
            # The pods themselves too: right after a deletion the StatefulSet's status still tells of the old one.
            pods = self.pods()
            return settled and status.get("readyReplicas", 0) == wanted == len(pods) and all(_is_ready(pod) for pod in pods)

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


def _is_ready(pod: Obj) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    ready = any(entry["type"] == "Ready" and entry["status"] == "True" for entry in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]
