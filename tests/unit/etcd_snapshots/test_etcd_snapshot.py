# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A set of snapshots: whole and proved in the store, or nothing at all; then retention."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.etcd_snapshot import TakeSnapshot
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.directory import DirectoryStore
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.stores.workspace import workspace
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure, HypershiftError, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run

from builders.memory_hub import START, MemoryHub
from builders.objects import live_cluster
from builders.transfers import PATIENCE, tools_of
from etcd_snapshots.builders import CONTENT, snapshot_hub
from etcd_snapshots.samples import manifest_of, written

MEMBER = "etcd-1"  # not the leader, which has enough to do
BROKEN = ApiError(Failure("stream_broken", "the stream ended without an exit status", "Pod x"))


class World:
    """The hub, the store, and the folder in which the member keeps its temporary files."""

    def __init__(self, tmp_path: Path, hub: MemoryHub | None = None) -> None:
        self.hub = hub or snapshot_hub()
        self.root, self.inside = tmp_path / "backup", tmp_path / "inside"
        self.inside.mkdir()
        self.root.mkdir(mode=0o700)
        self.store, self.free = DirectoryStore(self.root), 1 << 40
        self.sealed_for: list[list[str]] = []

    def seal(self, source: Path, target: Path, recipients: list[str]) -> None:
        self.sealed_for.append(recipients)
        target.write_bytes(b"sealed " + source.read_bytes())

    def run(self, check: bool = False, **options: Any) -> dict[str, Any]:
        given = {"namespace": "clusters", "name": "demo", "compare_data": False, "temp_directory": str(self.inside), **options}
        tools = tools_of(
            self.store, seal=self.seal, workspace=partial(workspace, {"directory": str(self.root)}), free_for_work=lambda: self.free
        )
        operation = TakeSnapshot(self.hub, given, tools, PATIENCE)
        return run(operation, self.hub, check, lambda _line: None)

    def add(self, hours_ago: float, tail: str, cluster_id: str = "") -> str:
        mine = self.hub.objects["HostedCluster", "clusters", "demo"]["spec"].get("clusterID", "")
        manifest = manifest_of(taken_at=START - timedelta(hours=hours_ago), tail=tail, cluster_id=cluster_id or mine)
        self.store.put(manifest, written(self.root.parent / "old", {"etcd": b"data"}))
        return manifest.id

    def ids(self) -> list[str]:
        return [e.id for e in self.store.sets()]

    def files(self) -> list[str]:
        """What lies in the store and inside the member."""
        return sorted(str(p.relative_to(self.root.parent)) for place in (self.root, self.inside) for p in place.rglob("*") if p.is_file())


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_set_is_whole_proved_and_nothing_else_is_left(world: World) -> None:
    result = world.run()
    [entry] = world.store.sets()
    assert entry.good and entry.manifest is not None
    assert world.store.prove(entry.manifest) == ""
    file = entry.manifest.file_of("etcd")
    assert (file.size, file.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert (file.live_keys, file.total_keys, file.revision, file.hash, file.version) == (12, 12, 10, 77, "3.6.16")
    assert (entry.manifest.infra_id, entry.manifest.release, entry.manifest.taken_at) == ("demo-abcde", "4.20.4", START)
    assert (entry.manifest.etcd_cluster_ids, entry.manifest.member) == ({"etcd": "c1"}, {"etcd": MEMBER})
    assert result["changed"] and result["snapshot"]["id"] == entry.id
    assert [s["verb"] for s in result["plan"]] == ["snapshot"]
    assert len(world.files()) == 2, world.files()  # the file and its manifest


def test_check_mode_takes_nothing(world: World) -> None:
    result = world.run(check=True)
    assert result["changed"] and [s["verb"] for s in result["plan"]] == ["snapshot"]
    assert world.files() == []
    assert not any("snapshot save" in c for shell in world.hub.shells.values() for c in shell.commands)


def test_a_broken_download_goes_on_and_the_set_is_whole(world: World) -> None:
    world.hub.shells[MEMBER].single_faults = [BROKEN]
    world.run()
    [entry] = world.store.sets()
    assert entry.manifest is not None and world.store.prove(entry.manifest) == ""


def test_a_download_that_never_comes_leaves_nothing_anywhere(world: World) -> None:
    world.hub.shells[MEMBER].single_faults = [BROKEN] * 6  # as many as it has patience for; removing works again
    with pytest.raises(HypershiftError, match="brought nothing") as caught:
        world.run()
    assert caught.value.failure.code == "transfer_failed"
    assert world.ids() == [] and world.files() == []


def test_a_snapshot_that_fails_leaves_nothing_and_deletes_no_older_one(world: World) -> None:
    old = [world.add(72, "aaaa"), world.add(48, "bbbb")]
    before = world.files()
    world.hub.shells[MEMBER].table["save"] = (1, "Error: no leader")
    with pytest.raises(HypershiftError, match="no leader"):
        world.run(retention={"keep_last": 1})
    assert world.ids() == old
    assert world.files() == before


def test_retention_counts_the_new_set(world: World) -> None:
    old = [world.add(72, "aaaa"), world.add(48, "bbbb")]
    result = world.run(retention={"keep_last": 2})
    assert old[0] not in world.ids() and old[1] in world.ids() and len(world.ids()) == 2
    assert [s["verb"] for s in result["plan"]] == ["snapshot", "delete"]


def test_sets_of_an_earlier_cluster_of_that_name_are_not_counted(world: World) -> None:
    earlier = world.add(48, "aaaa", cluster_id="11111111-0c3f-4b8e-9e5b-0d1c5a8a7f11")
    world.run(retention={"keep_last": 1})
    assert earlier in world.ids(), "the newest good set of another cluster: perhaps all that is left of it"


def test_a_fresh_set_is_enough_and_retention_goes_on(world: World) -> None:
    world.add(72, "aaaa")
    fresh = world.add(1, "bbbb")
    result = world.run(max_age="24h", retention={"keep_last": 1})
    assert world.ids() == [fresh] and result["snapshot"]["id"] == fresh
    assert [s["verb"] for s in result["plan"]] == ["delete"]
    again = world.run(max_age="24h", retention={"keep_last": 1})
    assert not again["changed"]


def test_files_of_killed_runs_are_removed_and_younger_ones_stay(world: World) -> None:
    names = [f".hypershift-core-snapshot-{(START - timedelta(hours=h)).strftime('%Y%m%dT%H%M%SZ')}-dead-0" for h in (2, 0.5)]
    for name in names:
        (world.inside / name).write_bytes(b"part")
    world.hub.shells[MEMBER].table["left"] = "\n".join(str(world.inside / n) for n in names)
    result = world.run()
    assert "1 files of killed runs are removed" in result["plan"][0]["why"]
    assert [p.name for p in world.inside.iterdir()] == [names[1]]


def test_sealed_it_lies_in_the_store_and_plain_nowhere(world: World) -> None:
    world.run(recipients=["age1abc"])
    [entry] = world.store.sets()
    assert entry.manifest is not None and entry.manifest.sealed == "age"
    assert world.store.prove(entry.manifest) == "" and world.sealed_for == [["age1abc"]]
    file = entry.manifest.file_of("etcd")
    assert (file.size, file.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest()), "the plain one's: what a restore needs"
    assert file.stored_size == len(CONTENT) + 7
    assert not [f for f in world.files() if f.endswith(".db")]


@pytest.mark.parametrize(
    ("recipients", "mebibytes", "enough"), [([], 16.9, False), ([], 17.1, True), (["age1"], 17.9, False), (["age1"], 18.1, True)]
)
def test_room_on_this_machine_is_asked_for_before(world: World, recipients: list[str], mebibytes: float, enough: bool) -> None:
    """The member's database has 1 MiB; sealing needs it twice; 16 MiB stay free."""
    world.free = int(mebibytes * (1 << 20))
    if enough:
        assert world.run(check=True, recipients=recipients)["changed"]
    else:
        with pytest.raises(RefusedError, match="this machine has") as caught:
            world.run(recipients=recipients)
        assert [r.code for r in caught.value.refusals] == ["no_space"]
        assert world.files() == []


def room(kibibytes: int) -> str:
    return f"Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 8388608 1024 {kibibytes} 1% /var/lib"


@pytest.mark.parametrize(
    ("answer", "code"), [(room(60 * 1024), "no_space"), ((1, "df: no such place"), "unreadable"), ("nonsense", "unreadable")]
)
def test_room_in_the_member_is_asked_for_before(world: World, answer: Any, code: str) -> None:
    """A full volume stops etcd itself."""
    world.hub.shells[MEMBER].table["room"] = answer
    with pytest.raises(RefusedError) as caught:
        world.run()
    assert [r.code for r in caught.value.refusals] == [code]
    assert caught.value.failure.object == f"Pod clusters-demo/{MEMBER}"
    assert world.files() == []


def test_another_member_can_be_named(world: World) -> None:
    world.run(member="etcd-2")
    [entry] = world.store.sets()
    assert entry.manifest is not None and entry.manifest.member == {"etcd": "etcd-2"}


@pytest.mark.parametrize("name", ["etcd-7", "etcd-2"])
def test_a_member_that_cannot_be_read_is_refused(world: World, name: str) -> None:
    world.hub.shells["etcd-2"].table["status"] = (1, "context deadline exceeded")
    with pytest.raises(RefusedError, match=f"no member can be read: {name}"):
        world.run(member=name)


def differing(world: World) -> None:
    for name, value in (("etcd-0", 1), ("etcd-1", 2)):
        header = {"cluster_id": 0xC1, "member_id": 1, "revision": 10, "raft_term": 2}
        world.hub.shells[name].table["hash"] = [{"HashKV": {"header": header, "hash": value, "compact_revision": -1}}]


def test_members_that_differ_have_to_be_chosen_from(world: World) -> None:
    differing(world)
    with pytest.raises(RefusedError, match="yours to say") as caught:
        world.run(compare_data=True)
    assert [r.code for r in caught.value.refusals] == ["diverged"]
    assert world.files() == []
    assert world.run(compare_data=True, member="etcd-1")["changed"]


def test_without_quorum_it_is_taken_and_said(world: World) -> None:
    for name in ("etcd-1", "etcd-2"):
        world.hub.objects.pop(("Pod", "clusters-demo", name))
    result = world.run()
    assert len(world.ids()) == 1
    assert any("newer writes may be lost" in n for n in result["notes"])


def test_a_store_that_refuses_the_set_keeps_what_is_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    old = world.add(48, "aaaa")

    def full(*_: Any) -> None:
        raise HypershiftError(Failure("no_space", "the disk is full"))

    monkeypatch.setattr(world.store, "put", full)
    with pytest.raises(HypershiftError, match="the disk is full"):
        world.run(retention={"keep_last": 1})
    assert world.ids() == [old]
    assert len(world.files()) == 2


@pytest.mark.parametrize(
    ("data", "fingerprint"),
    [
        ({"key": base64.b64encode(b"k" * 32).decode()}, hashlib.sha256(b"k" * 32).hexdigest()),
        ({"key": "no base64!"}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_the_encryption_key_is_named_by_its_sum_alone(tmp_path: Path, data: dict[str, str] | None, fingerprint: str) -> None:
    hub = snapshot_hub()
    cluster = live_cluster()
    cluster["spec"]["secretEncryption"] = {"type": "aescbc", "aescbc": {"activeKey": {"name": "demo-key"}}}
    hub.put(cluster)
    if data is not None:
        hub.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "demo-key", "namespace": "clusters"}, "data": data})
    world = World(tmp_path, hub)
    result = world.run()
    [entry] = world.store.sets()
    assert entry.manifest is not None and entry.manifest.encryption_key_fingerprint == fingerprint
    assert not data or not data.get("key") or data["key"] not in json.dumps(result)
