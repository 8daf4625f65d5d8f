# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A restore drill: passed means compared and equal, and only then is a set called verified."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.etcd_snapshot_verify import VerifySnapshot
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.store import CatalogEntry
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import POD
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.shell import SILENCE, ExecResult, Sink
from ansible_collections.hypershift.core.plugins.module_utils._machine.shell import LocalShell

from builders.memory_hub import START, MemoryHub
from builders.shells import ScriptedShell
from builders.transfers import tools_of
from etcd.builders import etcd_hub
from etcd_snapshots.memory_store import MemoryStore
from etcd_snapshots.samples import entry_at, entry_of, file_of, manifest_of

DATA = b"snapshot" * 1000


def scratch_answers(**over: Any) -> dict[str, Any]:
    """Of a scratch etcd that restored samples.file_of."""
    state = [{"Status": {"header": {"revision": 4711}}}]
    told = {"status": {"hash": 3735928559, "revision": 4711, "totalKey": 320, "totalSize": 8000}, "begun": "100.5", "restored": "102.0"}
    more = {"restore": "", "start": "", "wait": "", "serving": "105.25", "state": state, "count": '"Count" : 302', "stop": ""}
    return {**told, **more, "version": "etcd Version: 3.6.16\nGit SHA: x", **over}


class Scratch(ScriptedShell):
    """A pod whose folder is a folder here: files go in for real."""

    def run(
        self, command: Sequence[str], sink: Sink | None = None, source: Iterable[bytes] | None = None, silence: float = SILENCE
    ) -> ExecResult:
        if "part status" in command[-1]:
            return ScriptedShell.run(self, command, sink, source, silence)
        self.commands.append(command[-1])
        return LocalShell().run([*command[:-1], command[-1].replace("/scratch/", f"{self.folder}/")], sink, source, silence)

    folder: Path


@dataclass
class World:
    folder: Path
    store: MemoryStore
    hub: MemoryHub
    scratch: Scratch
    reports: dict[str, str] = field(default_factory=dict)
    programs: list[str] = field(default_factory=list)

    @contextmanager
    def workspace(self, _namespace: str, _name: str, id: str) -> Iterator[Path]:
        place = self.folder / f".{id}.work"
        place.mkdir()
        try:
            yield place
        finally:
            self.left = sorted(p.name for p in place.iterdir())
            for path in place.iterdir():
                path.unlink()
            place.rmdir()

    def unseal(self, source: Path, target: Path, identity: Path) -> None:
        target.write_bytes(source.read_bytes().removeprefix(b"sealed ") + (b"" if identity.name == "key.txt" else b"garbage"))

    def write_report(self, path: str, content: bytes, _again: bool) -> bool:
        self.reports[path] = content.decode()
        return True

    def local(self, programs: str) -> ScriptedShell:
        self.programs.append(programs)
        return self.scratch

    def run(self, check: bool = False, **options: Any) -> dict[str, Any]:
        given = {"namespace": "clusters", "name": "demo", "snapshot": "latest", "record": True, "wait_timeout": 60, **options}
        tools = tools_of(self.store, unseal=self.unseal, workspace=self.workspace, shell=self.local, write_private=self.write_report)
        return run(VerifySnapshot(self.hub, given, tools), self.hub, check, lambda _line: None)

    def pods(self) -> list[str]:
        return [key[2] for key in self.hub.objects if key[0] == "Pod" and key[2].startswith("etcd-drill")]


def set_of(*shards: str) -> tuple[CatalogEntry, dict[str, bytes]]:
    contents = dict.fromkeys(shards, DATA)
    return entry_of(manifest_of(contents)), contents


@pytest.fixture
def world(tmp_path: Path) -> World:
    entry, contents = set_of("etcd")
    hub, scratch = etcd_hub(), Scratch(scratch_answers(), where="Pod clusters/etcd-drill-abcde (container scratch)")
    scratch.folder = tmp_path / "pod"
    scratch.folder.mkdir()
    hub.shells["etcd-drill-abcde"] = scratch
    hub.script = [(3, lambda h: h.edit(POD, "clusters", "etcd-drill-abcde", {"status": {"phase": "Running"}}))]
    return World(tmp_path, MemoryStore([entry], contents=contents), hub, scratch)


def test_a_good_set_is_verified(world: World) -> None:
    result = world.run()
    report = result["report"]
    assert report["passed"] and all(c["ok"] for c in report["shards"][0]["checks"]) and len(report["shards"][0]["checks"]) == 5
    assert (report["shards"][0]["restore_seconds"], report["shards"][0]["start_seconds"]) == (1.5, 3.25)
    assert report["verified_at"] == "2026-11-24T03:00:03Z" and report["rto_seconds"] == 3
    [manifest] = world.store.updated
    assert manifest.verified_at == START.replace(second=3) and manifest.verification == report
    assert (world.scratch.folder / "etcd.db").read_bytes() == DATA
    assert world.pods() == [] and not list(world.folder.glob(".*.work"))
    assert result["changed"] and [s["verb"] for s in result["plan"]] == ["verify"]


def test_it_runs_in_the_image_of_the_hosted_cluster(world: World) -> None:
    images: list[str] = []
    world.hub.script.insert(
        0, (1, lambda h: images.append(h.objects["Pod", "clusters", "etcd-drill-abcde"]["spec"]["containers"][0]["image"]))
    )
    world.run()
    world.hub.script = [(4, lambda h: images.append(h.objects["Pod", "drills", "etcd-drill-abcde"]["spec"]["containers"][0]["image"]))]
    world.hub.script += [(5, lambda h: h.edit(POD, "drills", "etcd-drill-abcde", {"status": {"phase": "Running"}}))]
    world.run(image="registry.example.com/other:3.6", scratch_namespace="drills")
    assert images == ["registry.example.com/etcd:3.6", "registry.example.com/other:3.6"]


def test_check_mode_makes_no_pod_and_fetches_nothing(world: World) -> None:
    result = world.run(check=True)
    assert result["changed"] and world.hub.writes == [] and world.scratch.commands == [] and world.store.updated == []


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"count": '"Count" : 301'}, "keys after the restore is 301, not 302"),
        ({"state": [{"Status": {"header": {"revision": 4710}}}]}, "revision after the restore is 4710, not 4711"),
        ({"status": {"hash": 1, "revision": 4711, "totalKey": 320, "totalSize": 1}}, "hash of the snapshot is 1"),
        ({"status": (1, "integrity check failed")}, "step status failed: integrity check failed"),
        ({"restore": (1, "no space left on device")}, "step restore failed: no space left"),
        ({"wait": (2, "")}, "step wait failed"),
        ({"wait": (None, "")}, "step wait did not end"),
        ({"state": []}, "revision after the restore is None"),
    ],
)
def test_what_differs_or_fails_is_no_backup(world: World, over: dict[str, Any], said: str) -> None:
    world.scratch.table |= over
    with pytest.raises(HypershiftError, match=said) as caught:
        world.run(report="/tmp/report.json")
    assert caught.value.failure.code == "drill_failed" and "take a new snapshot now" in caught.value.failure.next_step
    [manifest] = world.store.updated
    assert manifest.verified_at is None, "an earlier good drill does not count any more"
    assert manifest.verification is not None and manifest.verification["passed"] is False
    assert json.loads(world.reports["/tmp/report.json"])["passed"] is False
    assert world.pods() == []


def test_one_bad_shard_fails_the_set(world: World) -> None:
    entry, contents = set_of("etcd", "etcd-events")
    assert entry.manifest is not None
    second = replace(entry.manifest.files[1], live_keys=1)
    world.store.entries, world.store.contents = [entry_of(replace(entry.manifest, files=(entry.manifest.files[0], second)))], contents
    with pytest.raises(HypershiftError, match="shard etcd-events") as caught:
        world.run()
    assert [s["passed"] for s in caught.value.extra["report"]["shards"]] == [True, False]


def test_another_minor_version_proves_nothing(world: World) -> None:
    world.scratch.table["version"] = "etcd Version: 3.5.16"
    with pytest.raises(HypershiftError, match=r"ran etcd 3\.5\.16, the snapshot is of etcd 3\.6\.16") as caught:
        world.run()
    assert caught.value.failure.code == "wrong_tool"
    assert world.store.updated == [] and world.pods() == []


def test_a_file_that_is_not_what_the_manifest_says_is_not_restored(world: World) -> None:
    world.store.contents["etcd"] = DATA[:-1] + b"X"
    with pytest.raises(HypershiftError, match="is not what its manifest says") as caught:
        world.run()
    assert caught.value.failure.code == "snapshot_damaged"
    assert world.scratch.commands == [] and world.pods() == []


def test_on_this_machine_no_pod_is_made(world: World) -> None:
    result = world.run(etcd_directory="/opt/etcd", record=False, report="/tmp/r.json")
    assert world.hub.writes == [] and world.programs == ["/opt/etcd"]
    command = world.scratch.commands[0]
    assert "unix://client:1" in command and "mkdir -m 700" in command and "http://" not in command, "on no port, where every user could ask"
    assert world.store.updated == [] and json.loads(world.reports["/tmp/r.json"]) == result["report"]


def sealed(world: World) -> None:
    file = replace(file_of("etcd", b"sealed " + DATA, "age"), size=len(DATA), sha256=hashlib.sha256(DATA).hexdigest())
    world.store.entries = [entry_of(manifest_of(files=(file,), sealed="age"))]
    world.store.contents = {"etcd": b"sealed " + DATA}


def test_a_sealed_set_needs_its_key(world: World) -> None:
    sealed(world)
    with pytest.raises(HypershiftError, match="sealed with age") as caught:
        world.run()
    assert "identity_file" in caught.value.failure.next_step and world.hub.writes == []
    assert world.run(identity_file="/keys/key.txt")["report"]["passed"]
    assert world.left == ["etcd.db"]
    with pytest.raises(HypershiftError, match="is not what its manifest says"):
        world.run(identity_file="/keys/other.txt")


def test_the_newest_good_set_is_chosen_and_one_of_ours(world: World) -> None:
    damaged = entry_at(0, "dddd", problem="file etcd.db is missing")
    others = entry_at(0, "eeee", name="other")
    [good] = world.store.entries
    world.store.entries = [entry_at(5, "aaaa"), good, damaged, others]
    assert world.run(check=True)["snapshot"]["id"] == good.id
    assert world.run(check=True, snapshot=world.store.entries[0].id)["snapshot"]["id"].endswith("aaaa")


@pytest.mark.parametrize(
    ("entries", "id", "code", "said"),
    [
        ([], "latest", "snapshot_not_found", "no good snapshot of clusters/demo"),
        ([entry_at(0, "dddd", problem="file etcd.db is missing")], "latest", "snapshot_not_found", "no good snapshot"),
        ([entry_at(0, "dddd")], "20200101T000000Z-zzzz", "snapshot_not_found", "it has: 20261124T164512Z-dddd"),
        ([], "20200101T000000Z-zzzz", "snapshot_not_found", "it has: none"),
        (
            [CatalogEntry("20261124T164512Z-aaaa", "clusters", "demo", problem="the manifest is bad")],
            "20261124T164512Z-aaaa",
            "snapshot_damaged",
            "the manifest is bad",
        ),
    ],
)
def test_without_a_set_nothing_is_begun(world: World, entries: list[CatalogEntry], id: str, code: str, said: str) -> None:
    world.store.entries = entries
    with pytest.raises(HypershiftError, match=said) as caught:
        world.run(snapshot=id)
    assert caught.value.failure.code == code and world.hub.writes == []
