# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hosted cluster with real etcd and a store of snapshots; restores of it in this process or in one that is killed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded_hub import EmbeddedHub
from hosted_etcd import HostedEtcd
from operating import run

DRIVER = Path(__file__).with_name("driver.py")
KILLED = -9
Result = dict[str, Any]


@dataclass
class Scene:
    """folder: of the store. taken: keys as they were when the snapshot was taken."""

    hub: EmbeddedHub
    name: str
    kubeconfig: Path
    folder: Path
    timeout: int = 90
    taken: dict[str, dict[str, str]] = field(default_factory=dict)
    snapshot: str = ""

    @property
    def etcd(self) -> HostedEtcd:
        """A fresh handle: the server closes connections that are idle while a restore is under way."""
        return HostedEtcd(self.hub, "clusters", self.name)

    @property
    def shards(self) -> list[HostedEtcd]:
        """One handle per shard."""
        marks = self.etcd.hosted_cluster["metadata"]["annotations"]
        names = marks.get("simulator.hypershift.core/etcd-shards", "etcd").split(",")
        return [HostedEtcd(self.hub, self.etcd.cluster_namespace, self.etcd.name, shard) for shard in names]

    def options(self, **given: Any) -> dict[str, Any]:
        base = {"kubeconfig": str(self.kubeconfig), "name": self.etcd.name, "directory": str(self.folder)}
        return {**base, **given}

    def take(self, **given: Any) -> str:
        """A snapshot; the keys of that moment are remembered. Nothing may write meanwhile."""
        result = run("etcd_snapshot", self.options(**given))
        if result.get("failed"):
            raise AssertionError(result["msg"])
        self.snapshot = result["snapshot"]["id"]
        self.taken = {shard.shard: shard.keys() for shard in self.shards}
        return self.snapshot

    def plan(self, **given: Any) -> Result:
        return run("etcd_restore", self.options(**given))

    def apply(self, digest: str, **given: Any) -> Result:
        return run("etcd_restore", self.options(**{"state": "applied", "digest": digest, "timeout": self.timeout, **given}))

    def roll_back(self, digest: str, **given: Any) -> Result:
        return self.apply(digest, **{"state": "rolled_back", **given})

    def killed(self, digest: str, seen: Path, point: str = "", **given: Any) -> subprocess.CompletedProcess[str]:
        """Apply in a process that kills itself: at ``point``, or at the first thing it does that is not in the file ``seen``."""
        options = self.options(**{"state": "applied", "digest": digest, "timeout": self.timeout, **given})
        command = [sys.executable, str(DRIVER), json.dumps({"options": options, "seen": str(seen), "point": point})]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    def lose_quorum(self) -> None:
        for number in (1, 2):
            self.etcd.destroy_data(number)
        self.etcd.wait("quorum is lost", lambda: self.etcd.condition("EtcdAvailable") == "False")

    def journal(self) -> Result:
        path = f"/api/v1/namespaces/{self.etcd.cluster_namespace}/configmaps/{self.etcd.name}-etcd-restore"
        found: Result = json.loads(self.etcd._rest.get(path)["data"]["journal"])
        return found

    def writers(self) -> dict[str, int]:
        items = self.etcd._rest.get(f"/apis/apps/v1/namespaces/{self.etcd.namespace}/deployments")["items"]
        names = ("kube-apiserver", "openshift-apiserver", "openshift-oauth-apiserver")
        return {d["metadata"]["name"]: d["spec"]["replicas"] for d in items if d["metadata"]["name"] in names}

    def assert_restored(self) -> None:
        """Data, members and everything around them are as they have to be; nothing of the restore is left."""
        for shard in self.shards:
            if shard.keys() != self.taken[shard.shard]:
                raise AssertionError(f"{shard.shard} does not hold the snapshot's keys")
            hashes = set(shard.hashkv(shard_revision(shard)).values())
            if len(hashes) != 1:
                raise AssertionError(f"members differ: {hashes}")
        self.assert_running()

    def assert_running(self) -> None:
        self.etcd.wait("Available", lambda: self.etcd.condition("Available") == "True")
        replicas = self.etcd.stateful_set["spec"]["replicas"]
        if set(self.writers().values()) != {3 if replicas > 1 else 1}:
            raise AssertionError(f"writers are at {self.writers()}")
        self.assert_nothing_left()

    def assert_nothing_left(self) -> None:
        """No pause, no Lease, no pod and no directory of ours."""
        cluster = self.etcd.hosted_cluster
        if "pausedUntil" in cluster["spec"] or any(a.startswith("hypershift.core/") for a in cluster["metadata"]["annotations"]):
            raise AssertionError("it is still paused")
        leases = self.etcd._rest.get(f"/apis/coordination.k8s.io/v1/namespaces/{self.etcd.cluster_namespace}/leases")["items"]
        pods = self.etcd.pods("app=etcd-restore")
        left = [l["metadata"]["name"] for l in leases if l["metadata"]["name"].startswith(f"{self.etcd.name}-")]  # noqa: E741
        left += [p["metadata"]["name"] for p in pods]
        for shard in self.shards:
            for number in range(shard.stateful_set["spec"]["replicas"]):
                left += [str(p) for p in shard.volume(number).iterdir() if p.name.startswith("data.")]
        left += [str(p) for p in self.folder.rglob(".partial-*")]
        if left:
            raise AssertionError(f"left over: {left}")

    def remove(self) -> None:
        """Without waiting for the end: no other scene has its name."""
        self.etcd.delete(wait=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def shard_revision(shard: HostedEtcd) -> int:
    status = json.loads(shard.ctl("endpoint", "status", "-w", "json"))
    revision: int = status[0]["Status"]["header"]["revision"]
    return revision
