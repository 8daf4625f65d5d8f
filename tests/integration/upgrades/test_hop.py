# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One hop of a control plane on a real API server: check, do, check, do; refusals; ends of the wait; killed runs.

The audit log of the API server is the witness of what was read and written.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from embedded_hub.testing import until
from playing import Admin, Player, describe, kill, tells_identity

RELEASE = "quay.io/openshift-release-dev/ocp-release"
IMAGE, Z_STREAM = f"{RELEASE}:4.20.4-multi", f"{RELEASE}:4.20.9-multi"
MINOR = "mirror.example.com/hop/release@sha256:" + "5" * 64  # a digest: only the cluster's status tells its version
CHANNEL = "hop-4.21"
WAIT = {"wait_timeout": 180, "progress_timeout": 60}
FAULT, FORCE = "simulator.hypershift.core/fault", "hypershift.openshift.io/force-upgrade-to"
RELEASES = {
    "hop-z": {"image": Z_STREAM, "version": "4.20.9", "arch": "multi", "channels": [CHANNEL]},
    "hop-minor": {
        "image": MINOR,
        "version": "4.21.5",
        "arch": "multi",
        "channels": [CHANNEL],
        "risks": [{"name": "SlowDisks", "message": "Disks may be slow.", "url": "https://example.com/slow"}],
    },
}
Task = dict[str, Any]


@pytest.fixture(autouse=True)
def releases(admin: Admin) -> None:
    """What the simulated update service offers."""
    data = {key: json.dumps(value) for key, value in RELEASES.items()}
    admin.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "simulator-releases", "namespace": "hypershift"}, "data": data}
    )


def where_of(player: Player, name: str) -> dict[str, str]:
    return {"name": name, "namespace": f"hop-{'action' if player.in_process else 'module'}"}


def create(player: Player, where: dict[str, str], fault: str = "", **more: Any) -> None:
    annotations = {"annotations": {FAULT: fault}} if fault else {}
    task = {
        **where, "platform": "kubevirt", "release_image": IMAGE, "pull_secret": {"content": "{}"}, "channel": CHANNEL, "create_namespace": True,
        "node_pools": [{"name": where["name"], "replicas": 1, "node_drain_timeout": "15m"}], "wait_for": "version_completed", **WAIT, **annotations, **more,
    }  # fmt: skip
    player.play({"hypershift.core.hosted_cluster": task}).ok()


def remove(player: Player, where: dict[str, str]) -> None:
    player.play({"hypershift.core.hosted_cluster": {**where, "state": "absent", **WAIT}}).ok()


def upgrade(where: dict[str, str], **options: Any) -> Task:
    return {"hypershift.core.hosted_cluster_upgrade": {**where, **WAIT, **options}}


def cluster(admin: Admin, where: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = admin.get("hostedclusters", "-n", where["namespace"], where["name"])
    return found


def requests(player: Player, since: float) -> list[str]:
    return [
        describe(e).split(" ", 2)[0] + " " + describe(e).split(" ", 2)[1]
        for e in player.hub.audit(user="tester", since=since)
        if not tells_identity(e)
    ]


def offered(admin: Admin, where: dict[str, str]) -> None:
    """Wait until the status of the cluster lists the updates."""
    until("updates are offered", lambda: bool(cluster(admin, where)["status"]["version"].get("conditionalUpdates")))


def test_check_do_check_do(player: Player, admin: Admin) -> None:
    where = where_of(player, "hop")
    patch = f"patch hostedclusters {where['namespace']}/hop"
    create(player, where)
    offered(admin, where)
    task = upgrade(where, version="4.20.9")
    check = player.play(task, check=True).ok()
    assert check.last["changed"] is True and player.writes(check.started) == [] and check.last["image"] == Z_STREAM
    done = player.play(task).ok()
    assert player.writes(done.started) == [patch] and [s["object"] for s in check.last["plan"]] == [s["object"] for s in done.last["plan"]]
    assert (done.last["from_version"], done.last["to_version"]) == ("4.20.4", "4.20.9")
    assert done.last["management_side"] == {"version": "4.20.9", "state": "Completed"}
    assert done.last["resource"]["status"]["version"]["history"][0]["state"] == "Completed"
    for again in (player.play(task, check=True).ok(), player.play(task).ok(), player.play(upgrade(where, image=Z_STREAM)).ok()):
        assert again.last["changed"] is False and again.last["plan"] == [] and player.writes(again.started) == []

    refused = player.play(upgrade(where, version="4.21.5"))
    assert refused.failed()["failure"]["code"] == "risk_not_accepted" and "SlowDisks" in refused.failed()["msg"]
    assert player.writes(refused.started) == []
    patched = player.play(upgrade(where, version="4.21.5", accepted_risks=["SlowDisks"], wait=False)).ok()
    assert requests(player, patched.started) == ["get hostedclusters", "list nodepools", "get configmaps", "patch hostedclusters"]
    assert patched.last["image"] == MINOR and patched.last["risks"] == ["SlowDisks"]
    waited = player.play(upgrade(where, version="4.21.5", accepted_risks=["SlowDisks"])).ok()
    assert player.writes(waited.started) == [] and waited.last["wait"]["clusters"][0]["summary"] == "version 4.21.5 completed"
    pool = admin.get("nodepools", "-n", where["namespace"], "hop")
    assert pool["spec"]["release"]["image"] == IMAGE and pool["status"]["version"] == "4.20.4"
    remove(player, where)


def test_a_z_stream_is_three_requests(quick: Player, admin: Admin) -> None:
    where = {"name": "three", "namespace": "hop-three"}
    create(quick, where)
    done = quick.play(upgrade(where, image=Z_STREAM, wait=False)).ok()
    assert requests(quick, done.started) == ["get hostedclusters", "list nodepools", "patch hostedclusters"]
    remove(quick, where)


def test_refusals_are_told_all_at_once(quick: Player, admin: Admin) -> None:
    where = {"name": "refuse", "namespace": "hop-refuse"}
    create(quick, where, fault="blocked-upgrade")
    offered(admin, where)
    play = quick.play(upgrade(where, version="4.21.5", supported_versions=["4.20"]))
    failed = play.failed()
    assert [r["code"] for r in failed["refusals"]] == ["release_version_unsupported", "risk_not_accepted", "not_upgradeable"]
    assert all(r["next_step"] for r in failed["refusals"]) and quick.writes(play.started) == []
    unlisted = quick.play(upgrade(where, image=f"{RELEASE}:4.20.8-multi"))
    assert unlisted.failed()["failure"]["code"] == "no_path" and quick.writes(unlisted.started) == []
    remove(quick, where)


def test_force_annotates_first_and_cleans_up(player: Player, admin: Admin) -> None:
    where = where_of(player, "force")
    patch = f"patch hostedclusters {where['namespace']}/force"
    create(player, where, fault="blocked-upgrade")
    offered(admin, where)
    options: dict[str, Any] = {"version": "4.21.5", "accepted_risks": ["SlowDisks"], "force": True, "accepted_acks": ["AdminAckRequired"]}
    done = player.play(upgrade(where, **options)).ok()
    assert player.writes(done.started) == [patch] * 3
    assert [list(s["change"]) for s in done.last["plan"]] == [["metadata"], ["spec"], ["metadata"]]
    live = cluster(admin, where)
    assert FORCE not in live["metadata"]["annotations"] and live["status"]["version"]["history"][0]["version"] == "4.21.5"
    again = player.play(upgrade(where, **options)).ok()
    assert again.last["changed"] is False and player.writes(again.started) == []
    remove(player, where)


def test_what_cannot_succeed_ends_with_its_cause_and_not_with_its_time(quick: Player, admin: Admin) -> None:
    where = {"name": "fail", "namespace": "hop-fail"}
    create(quick, where)
    place = ("-n", where["namespace"], "hostedcluster", where["name"])
    admin.kubectl("annotate", *place, f"{FAULT}=bad-release")
    until("the fault shows", lambda: status_of(cluster(admin, where), "ValidReleaseImage") == "False")
    bad = quick.play(upgrade(where, image=Z_STREAM, allow_unhealthy=True))
    assert bad.failed()["failure"]["condition"] == "ValidReleaseImage"
    assert bad.failed()["wait"]["clusters"][0]["outcome"] == "hopeless" and bad.failed()["failure"]["next_step"]
    admin.kubectl("annotate", *place, f"{FAULT}-")
    until("the operator has looked again", lambda: status_of(cluster(admin, where), "ValidReleaseImage") == "True")
    quick.play(upgrade(where, image=Z_STREAM)).ok()

    admin.kubectl("annotate", *place, f"{FAULT}=blocked-upgrade")
    until("the fault shows", lambda: status_of(cluster(admin, where), "ClusterVersionUpgradeable") == "False")
    admin.kubectl("patch", *place, "--type=merge", "-p", json.dumps({"spec": {"release": {"image": MINOR}}}))
    blocked = quick.play(upgrade(where, version="4.21.5", image=MINOR))
    assert blocked.failed()["failure"]["code"] == "upgrade_blocked" and quick.writes(blocked.started) == []
    assert "acknowledge the APIs" in blocked.failed()["msg"]
    back = quick.play(upgrade(where, image=Z_STREAM)).ok()
    assert quick.writes(back.started) == ["patch hostedclusters hop-fail/fail"]
    remove(quick, where)


def status_of(obj: dict[str, Any], kind: str) -> str:
    return next((str(c["status"]) for c in obj["status"]["conditions"] if c["type"] == kind), "")


def test_a_killed_run_goes_on(quick: Player, admin: Admin) -> None:
    where = {"name": "killed", "namespace": "hop-killed"}
    create(quick, where)
    process, _record = quick.start(upgrade(where, image=Z_STREAM))
    until("the image is written", lambda: cluster(admin, where)["spec"]["release"]["image"] == Z_STREAM)
    kill(process)
    started = time.time()
    again = quick.play(upgrade(where, image=Z_STREAM)).ok()
    assert again.last["changed"] is False and quick.writes(started) == []
    assert again.last["wait"]["clusters"][0]["outcome"] == "done"
    remove(quick, where)


def test_one_wait_for_clusters_with_versions_of_their_own(quick: Player, admin: Admin) -> None:
    clusters = [{"name": name, "namespace": f"hop-{name}"} for name in ("left", "right")]
    for where in clusters:
        create(quick, where)
    quick.play(upgrade(clusters[0], image=Z_STREAM, wait=False)).ok()
    targets = [{**clusters[0], "version": "4.20.9", "image": Z_STREAM}, {**clusters[1], "version": "4.20.4"}]
    task = {"hypershift.core.hosted_cluster_wait": {"goal": "version_completed", "targets": targets, **WAIT}}
    done = quick.play(task).ok()
    assert [r["outcome"] for r in done.last["wait"]["clusters"]] == ["done", "done"]
    assert {verb.split()[0] for verb in requests(quick, done.started)} <= {"list", "watch"}
    targets[1]["version"] = "4.20.9"
    lost = quick.play(
        {"hypershift.core.hosted_cluster_wait": {"goal": "version_completed", "targets": targets, "wait_timeout": 5}}
    ).failed()
    assert [r["outcome"] for r in lost["wait"]["clusters"]] == ["done", "waiting"] and "4.20.4, not 4.20.9" in lost["msg"]
    for where in clusters:
        remove(quick, where)
