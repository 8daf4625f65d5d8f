# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""etcd_restore on real etcd: permanent loss of quorum under load, other sizes and versions, members that differ, and going back."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from embedded_hub import EmbeddedHub
from etcd_restore.restoring import Scene
from operating import run
from playing import Player


@pytest.fixture(scope="module")
def three(stage: Callable[..., Scene]) -> Scene:
    scene = stage("three", replicas=3)
    scene.etcd.put_many("/before/", 300, 100)
    return scene


def task(scene: Scene, **given: Any) -> dict[str, Any]:
    return {"hypershift.core.etcd_restore": {"name": scene.name, "directory": str(scene.folder), "timeout": scene.timeout, **given}}


def test_quorum_lost_under_load_is_restored_by_tasks(three: Scene, player: Player, hub: EmbeddedHub) -> None:
    """Everything that was acknowledged before the snapshot is back, on all members; both execution paths."""
    etcd = three.etcd
    with etcd.load(50) as load:
        etcd.wait("load is acknowledged", lambda: len(load.acknowledged) > 20)
        before = dict(load.acknowledged)
        taken = run("etcd_snapshot", three.options())["snapshot"]
        three.lose_quorum()
    plan = player.play(task(three)).ok()
    assert plan.last["changed"] is False and plan.last["restore"]["lost"]["seconds"] >= 0
    assert player.writes(plan.started) == []
    check = player.play(task(three, state="applied", digest=plan.last["digest"]), check=True).ok()
    assert check.last["changed"] is True and player.writes(check.started) == []
    result = player.play(task(three, state="applied", digest=plan.last["digest"])).ok()
    restore = result.last["restore"]
    assert (result.last["changed"], restore["state"], restore["snapshot"]) == (True, "done", taken["id"])
    assert restore["members"] == ["etcd-0", "etcd-1", "etcd-2"] and 0 < restore["api_downtime_seconds"] < 120
    if player.in_process:
        assert "[three] " in result.output and "proved etcd:" in result.output
    keys = [three.etcd.keys(member=n, serializable=True) for n in range(3)]
    assert keys[0] == keys[1] == keys[2] and len(keys[0]) == taken["shards"][0]["live_keys"]
    assert before.items() <= keys[0].items()
    three.taken = {"etcd": keys[0]}
    three.assert_restored()
    again = player.play(task(three, state="applied", digest=plan.last["digest"])).ok()
    assert again.last["changed"] is False and player.writes(again.started) == []


def test_members_that_differ_become_one_again(three: Scene) -> None:
    """The trap of the published procedure, mended from a snapshot."""
    three.take()
    etcd = three.etcd
    etcd.put_many("/after/", 20, 100)
    etcd.pause()
    etcd.scale(0)
    etcd.wait_ready(0)
    for number in (1, 2):  # what the published order leaves: one member with data, two that begin anew
        shutil.rmtree(etcd.volume(number) / "data")
    etcd.scale(3)
    etcd.wait("pods run", lambda: len([p for p in etcd.pods() if p["status"].get("phase") == "Running"]) == 3)
    plan = three.plan()
    assert "digest" in plan, plan.get("msg")
    result = three.apply(plan["digest"])
    assert result["restore"]["state"] == "done", result.get("msg")
    fresh = three.etcd
    assert fresh.hosted_cluster["spec"]["pausedUntil"] == "true"  # as found
    fresh.pause(False)
    three.assert_restored()


def test_rolled_back_after_the_end_when_the_old_data_was_kept(three: Scene) -> None:
    three.take()
    three.etcd.put_many("/after/", 20, 100)
    before = three.etcd.keys()
    digest = three.plan()["digest"]
    result = three.apply(digest, keep_old_data=True)
    assert result["restore"]["kept"] == [f"etcd-{n}: /var/lib/data.before-{digest[:12]}" for n in range(3)]
    assert three.etcd.keys() == three.taken["etcd"] != before
    result = three.roll_back(digest)
    assert result["restore"]["state"] == "rolled_back", result.get("msg")
    assert three.etcd.keys() == before
    three.assert_running()


def test_a_failure_before_the_exchange_undoes_everything(three: Scene) -> None:
    """The pods on the volumes cannot run: everything is as it was, and the same digest works once the cause is mended."""
    three.take()
    three.etcd.put_many("/after/", 20, 100)
    before = three.etcd.keys()
    plan = three.plan(helper_image="embedded-hub.local/no-such:1")
    failed = three.apply(plan["digest"], helper_image="embedded-hub.local/no-such:1", timeout=8)
    assert failed["failed"] and "everything is as it was" in failed["msg"] and failed["restore"]["state"] == "undone"
    assert three.etcd.keys() == before
    three.assert_running()


def test_two_shards_on_3_5_whose_claims_go_with_scaling(stage: Callable[..., Scene]) -> None:
    scene = stage("shards", replicas=3, version="3.5", shards=("etcd", "etcd-events"), when_scaled="Delete")
    for shard in scene.shards:
        shard.put_many(f"/{shard.shard}/", 100, 100)
    scene.take()
    for shard in scene.shards:
        shard.put_many("/after/", 20, 100)
    refused = scene.plan()
    assert refused["failure"]["code"] == "retention_delete"
    scene.lose_quorum()
    digest = scene.plan(allow_retention_patch=True)["digest"]
    result = scene.apply(digest, allow_retention_patch=True)
    assert result["restore"]["state"] == "done", result.get("msg")
    scene.assert_restored()
    for shard in scene.shards:
        assert shard.stateful_set["spec"]["persistentVolumeClaimRetentionPolicy"]["whenScaled"] == "Delete"


def test_objects_of_the_hosted_api_go_back_in_time(stage: Callable[..., Scene]) -> None:
    """Seen through a real API server on that etcd: what came after the snapshot is gone, what was before is there, and it can be written."""
    scene = stage("seen", replicas=1, api_server=True)
    hosted = Hosted(scene)
    hosted.kubectl("create", "configmap", "before", "--from-literal=a=1")
    scene.take()
    hosted.kubectl("create", "configmap", "after", "--from-literal=a=1")
    hosted.kubectl("delete", "configmap", "before")
    result = scene.apply(scene.plan()["digest"])
    assert result["restore"]["state"] == "done", result.get("msg")
    scene.etcd.wait("API answers", scene.etcd.api_answers)
    names = hosted.kubectl("get", "configmaps", "-o", "name").split()
    assert "configmap/before" in names and "configmap/after" not in names
    found = json.loads(hosted.kubectl("create", "configmap", "new", "-o", "json"))
    assert int(found["metadata"]["resourceVersion"]) > 1_000_000_000  # no watcher can mistake it for the past
    scene.assert_running()


class Hosted:
    """kubectl on the hosted cluster."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def kubectl(self, *arguments: str) -> str:
        command = [self._scene.hub.state.binaries["kubectl"], "--kubeconfig", str(self._scene.etcd.kubeconfig), "-n", "default", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
