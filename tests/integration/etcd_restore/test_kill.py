# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""SIGKILL after every single thing a restore does; the next run of the same task goes on, and the end is the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyrage
import pytest

from etcd_restore.restoring import KILLED, Scene
from hosted_etcd import HostedEtcd

STEPS = ("fetch", "pause", "stop_writers", "stop_etcd", "prepare", "swap", "start_etcd", "prove", "start_writers", "resume", "clean_up")
# What a restore of three members has to do; the list that was seen must hold all of it, so that no point is left out unnoticed.
POINTS = {
    *(f"patch ConfigMap many-etcd-restore journal {step} {state} running" for step in STEPS for state in ("started", "done")),
    *(f"{verb} Pod etcd-{n}-restore{use}" for verb in ("create", "delete") for n in range(3) for use in ("", "-trial")),
    *(f"run {what} etcd-{n}-restore" for n in range(3) for what in ("upload begun", "upload", "upload ended", "restore", "exchange")),
    *(f"run forget etcd-{n}" for n in range(3)),
    *(
        f"patch Deployment {name} replicas {n}"
        for name in ("kube-apiserver", "openshift-apiserver", "openshift-oauth-apiserver")
        for n in (0, 3)
    ),
    *(f"patch StatefulSet etcd replicas {n}" for n in (0, 3)),
    "create ConfigMap journal none begun running",
    "patch ConfigMap many-etcd-restore journal clean_up done done",
    "patch HostedCluster many",  # the mark
    "patch HostedCluster many paused true",
    "patch HostedCluster many paused None",
    "create Lease many-etcd-restore",
    "patch Lease many-etcd-restore",
    *(f"run {what}" for what in ("read", "look", "proof", "status", "ask", "hash", "count")),
}


def test_killed_after_every_single_thing_it_goes_on_each_time(stage: Callable[..., Scene], tmp_path: Path) -> None:
    """Each run gets one thing further than the one before and is killed there."""
    scene, seen = stage("many", replicas=3), tmp_path / "seen"
    scene.etcd.put_many("/before/", 300, 100)
    scene.take()
    scene.etcd.put_many("/after/", 50, 100)
    scene.lose_quorum()
    digest = scene.plan()["digest"]
    for _run in range(len(POINTS) * 2):
        done = scene.killed(digest, seen)
        if done.returncode != KILLED:
            break
    assert done.returncode == 0, done.stderr
    assert POINTS - set(seen.read_text().splitlines()) == set()
    last = scene.apply(digest)
    assert last["restore"]["state"] == "done", last.get("msg")
    scene.assert_restored()
    assert scene.apply(digest)["changed"] is False


@pytest.fixture(scope="module")
def single(stage: Callable[..., Scene]) -> Scene:
    scene = stage("single", replicas=1)
    scene.etcd.put_many("/before/", 100, 100)
    scene.take()
    return scene


@pytest.mark.parametrize(
    "point",
    [
        "run exchange etcd-0-restore",
        "patch ConfigMap single-etcd-restore journal swap done running",
    ],
)
def test_killed_once_the_next_run_ends_it(single: Scene, point: str, tmp_path: Path) -> None:
    single.etcd.put_many("/after/", 10, 100)
    digest = single.plan()["digest"]
    assert single.killed(digest, tmp_path / "seen", point).returncode == KILLED
    result = single.apply(digest)
    assert (result["changed"], result["restore"]["state"]) == (True, "done"), result.get("msg")
    single.assert_restored()


def test_two_runs_at_the_same_time_do_not_meet(single: Scene, tmp_path: Path) -> None:
    """One restores, the other is refused and writes nothing."""
    single.etcd.put_many("/after/", 10, 100)
    digest = single.plan()["digest"]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda n: single.killed(digest, tmp_path / f"seen-{n}", "never"), range(2)))
    assert [r.returncode for r in runs] == [0, 0]
    failed = ['"failed": true' in r.stdout for r in runs]
    assert sorted(failed) == [False, True], [r.stdout[-500:] for r in runs]
    assert "another run works on" in runs[failed.index(True)].stdout
    single.assert_restored()


def test_rolled_back_after_a_kill_the_data_of_before_is_in_use(single: Scene, tmp_path: Path) -> None:
    """At the worst moment: data is exchanged, nothing runs."""
    single.etcd.put_many("/after/", 10, 100)
    before = single.etcd.keys()
    digest = single.plan()["digest"]
    point = "patch ConfigMap single-etcd-restore journal swap done running"
    assert single.killed(digest, tmp_path / "seen", point).returncode == KILLED
    assert single.apply("0" * 64)["failure"]["code"] == "restore_under_way"
    result = single.roll_back(digest)
    assert result["restore"]["state"] == "rolled_back", result.get("msg")
    assert HostedEtcd(single.hub, "clusters", "single").keys() == before
    single.assert_running()
    again = single.roll_back(digest)
    assert (again["changed"], again["restore"]["state"]) == (False, "rolled_back")


def test_a_sealed_snapshot_is_opened_and_never_left_lying(single: Scene, tmp_path: Path) -> None:
    """Killed while the opened file lies here; the next run removes it."""
    identity = pyrage.x25519.Identity.generate()
    key = tmp_path / "identity"
    key.write_text(str(identity))
    key.chmod(0o600)
    single.take(recipients=[str(identity.to_public())])
    single.etcd.put_many("/after/", 10, 100)
    assert single.plan()["failure"]["code"] == "snapshot_sealed"
    digest = single.plan(identity_file=str(key))["digest"]
    point = "patch ConfigMap single-etcd-restore journal stop_etcd done running"
    assert single.killed(digest, tmp_path / "seen", point, identity_file=str(key)).returncode == KILLED
    assert list(single.folder.rglob(".partial-*/etcd.db"))
    result = single.apply(digest, identity_file=str(key))
    assert result["restore"]["state"] == "done", result.get("msg")
    single.assert_restored()
