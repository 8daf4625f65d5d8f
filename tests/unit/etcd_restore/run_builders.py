# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hosted cluster in memory whose etcd can be restored: controllers that do at once what they are asked, volumes that are real directories.

Commands on a volume run in a real shell; etcd's tool is a function that writes what it was told. Members answer from a table.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore.etcd_restore import EtcdRestore
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.manifest import Manifest, SnapshotFile
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.directory import DirectoryStore
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import DEPLOYMENT, HOSTED_CLUSTER, HOSTED_CONTROL_PLANE, Kind
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._kernel.pod_files import proof_of
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.shell import SILENCE, ExecResult, Sink
from ansible_collections.hypershift.core.plugins.module_utils._machine.local_files import Disk
from ansible_collections.hypershift.core.plugins.module_utils._machine.processes import LocalProcesses

from builders.memory_hub import START, MemoryHub
from builders.objects import conditions, live_cluster, options
from builders.shells import ScriptedShell, member_answers
from builders.transfers import tools_of
from etcd.builders import NAMESPACE, claim, pod, stateful_set

WRITERS = ("kube-apiserver", "openshift-apiserver", "openshift-oauth-apiserver")
REVISION, KEYS, TOTAL, HASH = 100, 300, 330, 77
_TOOL = """utl() { if test "$2" = status; then echo '%s'; return 0; fi
for w in "$@"; do test "$w" = --help && { echo --bump-revision; return 0; }; done
test "$2" = restore || return 9; mkdir -p $5/member/snap && cp $3 $5/member/snap/db; }
"""


class VolumeShell:
    """A pod on a volume. status: what the tool says of the snapshot."""

    def __init__(self, volume: Path, room: Path, where: str, status: dict[str, Any]) -> None:
        self.where, self._volume, self._room, self._status = where, volume, room, status
        self.commands: list[str] = []

    def run(
        self, command: Sequence[str], sink: Sink | None = None, source: Iterable[bytes] | None = None, silence: float = SILENCE
    ) -> ExecResult:
        text = command[-1].replace("/var/lib", str(self._volume)).replace("/restore", str(self._room))
        head, mark, tail = text.partition("part() {")
        if mark:  # after the functions of the collection, in the place of its own
            line, _end, rest = tail.partition("\n")
            text = head + mark + line + "\n" + _TOOL % json.dumps(self._status) + rest
        self.commands.append(text)
        done = subprocess.run(["bash", "-c", text], input=b"".join(source or ()), capture_output=True, check=False)
        return ExecResult(done.returncode, done.stdout, done.stderr.decode())


class RestoreHub(MemoryHub):
    """Scaling, pods and pauses take effect with the write. stuck: pods that do not end; dead: StatefulSets whose members never get ready.

    no_exec: what answers in the place of the shells of new pods.
    """

    def __init__(self, folder: Path, replicas: int, *objects: dict[str, Any]) -> None:
        super().__init__(*objects)
        self.folder, self.replicas = folder, replicas
        self.stuck: set[str] = set()
        self.dead = False
        self.no_exec: Any = None
        self.status = {"hash": HASH, "revision": REVISION, "totalKey": TOTAL, "totalSize": 4096}
        for deployment in [o for k, o in self.objects.items() if k[0] == "Deployment"]:
            self._writers(deployment)
        self._members(self.objects[("StatefulSet", NAMESPACE, "etcd")])

    def volume(self, member: str) -> Path:
        return self.folder / f"data-{member}"

    def patch(self, kind: Kind, namespace: str | None, name: str, patch: dict[str, Any], resource_version: str = "") -> dict[str, Any]:
        answer = super().patch(kind, namespace, name, patch, resource_version)
        if kind.kind == "Deployment":
            self._writers(answer)
        elif kind.kind == "StatefulSet":
            self._members(answer)
        elif kind is HOSTED_CLUSTER and "spec" in patch:
            self._pause(answer)
        return self.get(kind, namespace, name) or answer

    def create(self, kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
        answer = super().create(kind, body)
        if kind.kind == "Pod" and not self.stuck & {body["metadata"]["name"]}:
            name, spec = body["metadata"]["name"], body["spec"]
            member, room = name.partition("-restore")[0], self.folder / f"room-{name}"
            room.mkdir(exist_ok=True)
            own = any("persistentVolumeClaim" in v for v in spec["volumes"])
            volume = self.volume(member) if own else self.folder / f"empty-{name}"
            volume.mkdir(exist_ok=True)
            shell = VolumeShell(volume, room, f"Pod {NAMESPACE}/{name}", self.status)
            if spec["restartPolicy"] == "Never":
                self.put({**answer, "status": _ended(shell.run(spec["containers"][0]["command"]))})
                return answer
            self.shells[name] = self.no_exec or shell
            self.put({**answer, "status": {"phase": "Running", "containerStatuses": [{"name": "restore", "state": {"running": {}}}]}})
        return answer

    def _writers(self, deployment: dict[str, Any]) -> None:
        name, count = deployment["metadata"]["name"], deployment["spec"]["replicas"]
        for key in [k for k, o in self.objects.items() if k[0] == "Pod" and o["metadata"].get("labels", {}).get("app") == name]:
            if key[2] not in self.stuck:
                self.objects.pop(key)
        owner = [{"kind": "ReplicaSet", "uid": f"rs-{name}", "controller": True}]
        for number in range(count):
            meta = {"name": f"{name}-{number}", "namespace": NAMESPACE, "labels": {"app": name}, "ownerReferences": owner}
            self.put({"kind": "Pod", "metadata": meta, "status": {"phase": "Running"}})
        generation = self.objects[("Deployment", NAMESPACE, name)]["metadata"]["generation"]
        self.put(
            {**self.objects[("Deployment", NAMESPACE, name)], "status": {"availableReplicas": count, "observedGeneration": generation}}
        )

    def _members(self, live: dict[str, Any]) -> None:
        count, generation = live["spec"]["replicas"], live["metadata"]["generation"]
        for number in range(self.replicas):
            name = f"etcd-{number}"
            self.objects.pop(("Pod", NAMESPACE, name), None)
            if count:
                self.put(pod(name, ready=not self.dead))
        ready = 0 if self.dead else count
        status = {"readyReplicas": ready, "replicas": count, "observedGeneration": generation}
        self.put({**live, "status": status})

    def _pause(self, cluster: dict[str, Any]) -> None:
        until, generation = cluster["spec"].get("pausedUntil"), cluster["metadata"]["generation"]
        told = {"ReconciliationActive": "False/ReconciliationPaused"} if until else {}
        self.put({**cluster, "status": {**cluster["status"], "conditions": conditions(generation, **told)}})
        self.put(twin(until))


def _ended(result: ExecResult) -> dict[str, Any]:
    ended = {"exitCode": result.code, "message": result.stderr}
    phase = "Failed" if result.code else "Succeeded"
    return {"phase": phase, "containerStatuses": [{"name": "restore", "state": {"terminated": ended}}]}


def twin(until: str | None) -> dict[str, Any]:
    return HOSTED_CONTROL_PLANE.manifest("demo", NAMESPACE, spec={"pausedUntil": until} if until else {})


@dataclass
class Stage:
    """lines: what was told to people."""

    hub: RestoreHub
    store: DirectoryStore
    folder: Path
    lines: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)

    def go(self, state: str = "planned", digest: str = "", check: bool = False, **more: Any) -> dict[str, Any]:
        """Raises what the operation raises."""

        @contextmanager
        def workspace(_namespace: str, _name: str, mark: str) -> Iterator[Path]:
            place = self.folder / mark
            place.mkdir(exist_ok=True)
            try:
                yield place
            finally:
                shutil.rmtree(place)

        known = {
            "name": "demo",
            "directory": "/s",
            "state": state,
            "timeout": 60,
            **({"digest": digest} if digest else {}),
            **self.given,
            **more,
        }
        tools = tools_of(self.store, workspace=workspace, unseal=lambda source, target, _identity: target.write_bytes(source.read_bytes()))
        return run(EtcdRestore(self.hub, options("etcd_restore", **known), tools, LocalProcesses()), self.hub, check, self.lines.append)

    def data(self) -> list[str]:
        """What each member's data directory holds."""
        files = [self.hub.volume(f"etcd-{n}") / "data" / "member" / "snap" / "db" for n in range(self.hub.replicas)]
        return [f.read_text() if f.exists() else "" for f in files]

    def left(self) -> list[str]:
        """Everything of a restore that is still there, the journal excepted."""
        objects = [f"{k[0]} {k[2]}" for k in self.hub.objects if k[0] in ("Lease",) or (k[2].endswith("-restore") and k[0] == "Pod")]
        folders = [p.name for n in range(self.hub.replicas) for p in self.hub.volume(f"etcd-{n}").iterdir() if p.name != "data"]
        return objects + folders + [p.name for p in self.folder.glob("restore-*")]

    def journal(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.hub.objects[("ConfigMap", "clusters", "demo-etcd-restore")]["data"]["journal"])
        return found


def stage(folder: Path, replicas: int = 3, cluster: dict[str, Any] | None = None, *more: dict[str, Any]) -> Stage:
    """All members ready with data "live"; one snapshot, "snap", in the store."""
    live = cluster or live_cluster()
    live["spec"] |= {"clusterID": "id-1", "infraID": "demo-x", "controllerAvailabilityPolicy": "HighlyAvailable"}
    objects = [live, twin(None), stateful_set(replicas), *more]
    for name in WRITERS:
        meta = {"name": name, "namespace": NAMESPACE, "uid": f"uid-{name}"}
        objects.append(
            DEPLOYMENT.manifest(name, NAMESPACE, spec={"replicas": 3, "selector": {"matchLabels": {"app": name}}}) | {"metadata": meta}
        )
        owner = [{"kind": "Deployment", "uid": f"uid-{name}", "controller": True}]
        objects.append(
            {"kind": "ReplicaSet", "metadata": {"name": f"{name}-1", "namespace": NAMESPACE, "uid": f"rs-{name}", "ownerReferences": owner}}
        )
    members = {f"etcd-{n}": f"a{n}" for n in range(replicas)}
    objects += [claim(m) for m in members]
    hub = RestoreHub(folder / "volumes", replicas, *objects)
    for name in members:
        data = hub.volume(name) / "data" / "member" / "snap"
        data.mkdir(parents=True)
        (data / "db").write_text("live")
        hub.shells[name] = member(hub, name, members)
    return Stage(hub, _store(folder, live), folder)


def member(hub: RestoreHub, name: str, members: dict[str, str], **told: Any) -> ScriptedShell:
    """A member that holds the restored data."""
    table = member_answers(name, members, leader="etcd-0", **{"revision": REVISION + 1_000_000_000, **told})
    volume = VolumeShell(hub.volume(name), hub.folder, name, {})
    return ScriptedShell({**table, "count": f'"Count" : {KEYS}'}, single=lambda text: volume.run(["sh", "-c", text]))


def _store(folder: Path, cluster: dict[str, Any]) -> DirectoryStore:
    content = folder / "snap.db"
    content.write_text("snap")
    proof = proof_of(Disk(), content)
    file = SnapshotFile("etcd", "etcd.db", proof.size, proof.sha256, REVISION, TOTAL, KEYS, HASH, proof.size, proof.sha256, "3.6.16")
    made = Manifest(
        id="20261124T020000Z-ab12", namespace="clusters", name="demo", cluster_id="id-1", infra_id="demo-x", etcd_cluster_ids={"etcd": "c1"},
        release="4.20.4", taken_at=START, files=(file,), encryption_key_fingerprint="", member={"etcd": "etcd-1"}, tool="etcdutl", sealed="",
        collection_version="0.2.0",
    )  # fmt: skip
    store = DirectoryStore(folder / "store")
    store.put(replace(made), {"etcd": content})
    return store
