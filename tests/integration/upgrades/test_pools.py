# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Upgrades of node pools on a real API server: stages, killed runs, and updates that cannot succeed."""

from __future__ import annotations

from typing import Any

from embedded_hub.testing import until
from playing import Admin, Player, describe, kill, tells_identity

RELEASE = "quay.io/openshift-release-dev/ocp-release"
IMAGE, NEWER = f"{RELEASE}:4.20.4-multi", f"{RELEASE}:4.20.9-multi"
WAIT = {"wait_timeout": 180, "progress_timeout": 60}
FAULT = "simulator.hypershift.core/fault"


def create(player: Player, where: dict[str, str], *pools: dict[str, Any], platform: str = "kubevirt") -> None:
    """A cluster whose control plane has been upgraded, its node pools not."""
    task = {**where, "platform": platform, "release_image": IMAGE, "pull_secret": {"content": "{}"}, "create_namespace": True, **WAIT}
    player.play(
        {"hypershift.core.hosted_cluster": {**task, "node_pools": list(pools), "wait_for": "version_completed"}},
        {"hypershift.core.hosted_cluster_wait": {**where, "name": [where["name"]], "goal": "node_pools_settled", **WAIT}},
        {"hypershift.core.hosted_cluster_upgrade": {**where, "image": NEWER, **WAIT}},
    ).ok()


def remove(player: Player, where: dict[str, str]) -> None:
    player.play({"hypershift.core.hosted_cluster": {**where, "state": "absent", **WAIT}}).ok()


def upgrade(where: dict[str, str], **options: Any) -> dict[str, Any]:
    return {"hypershift.core.nodepool_upgrade": {"cluster_name": where["name"], "namespace": where["namespace"], **WAIT, **options}}


def pool_of(admin: Admin, where: dict[str, str], name: str) -> dict[str, Any]:
    found: dict[str, Any] = admin.get("nodepools", "-n", where["namespace"], name)
    return found


def complaints(pool: dict[str, Any]) -> list[str]:
    """Conditions that end a wait at once, whatever was mended since."""
    found = {c["type"]: c for c in pool["status"]["conditions"]}
    refused = found.get("ValidReleaseImage", {}).get("status") == "False"
    failed = [name for name in ("UpdatingVersion", "UpdatingConfig") if found.get(name, {}).get("reason") == "InplaceUpgradeFailed"]
    return [*(["ValidReleaseImage"] if refused else []), *failed]


def machines(admin: Admin, where: dict[str, str], pool: str) -> set[str]:
    items = admin.get("machines.cluster.x-k8s.io", "-n", f"{where['namespace']}-{where['name']}")["items"]
    mark = "hypershift.openshift.io/nodePool"
    return {m["metadata"]["name"] for m in items if m["metadata"]["annotations"].get(mark) == f"{where['namespace']}/{pool}"}


def test_stages_as_check_do_check_do(player: Player, admin: Admin) -> None:
    where = {"name": "staged", "namespace": f"pools-{'action' if player.in_process else 'module'}"}
    create(
        player, where, {"name": "a", "replicas": 1}, {"name": "b", "replicas": 1}, {"name": "c", "replicas": 1, "upgrade_type": "InPlace"}
    )
    before, kept = machines(admin, where, "a"), machines(admin, where, "c")
    task = upgrade(where, canary="b")
    check = player.play(task, check=True).ok()
    assert player.writes(check.started) == [] and check.last["stages"] == [["b"], ["a", "c"]]
    assert [(r["node_pool"], r["action"]) for r in check.last["rollout"]] == [("b", "replace"), ("a", "replace"), ("c", "in_place")]
    done = player.play(task).ok()
    expected = [f"patch nodepools {where['namespace']}/{name}" for name in ("b", "a", "c")]
    assert player.writes(done.started) == expected
    assert [s["object"] for s in check.last["plan"]] == [s["object"] for s in done.last["plan"]]
    assert {p["status"]["version"] for p in (pool_of(admin, where, name) for name in "abc")} == {"4.20.9"}
    assert before.isdisjoint(machines(admin, where, "a")) and kept == machines(admin, where, "c")
    for again in (player.play(task, check=True).ok(), player.play(task).ok()):
        assert again.last["changed"] is False and again.last["plan"] == [] and player.writes(again.started) == []
    refused = player.play(upgrade(where, image=f"{RELEASE}:4.20.10-multi"))
    assert refused.failed()["failure"]["code"] == "pool_newer_than_control_plane" and player.writes(refused.started) == []
    remove(player, where)


def test_a_killed_run_goes_on_with_the_next_stage(quick: Player, admin: Admin) -> None:
    where = {"name": "killed", "namespace": "pools-killed"}
    create(quick, where, {"name": "one", "replicas": 1}, {"name": "two", "replicas": 1})
    task = upgrade(where, parallel=1)
    process, _record = quick.start(task)
    until("the first pool is written", lambda: pool_of(admin, where, "one")["spec"]["release"]["image"] == NEWER)
    kill(process)
    again = quick.play(task).ok()
    assert quick.writes(again.started) == ["patch nodepools pools-killed/two"]
    assert {pool_of(admin, where, name)["status"]["version"] for name in ("one", "two")} == {"4.20.9"}
    remove(quick, where)


def test_the_reads_and_writes_of_one_stage(quick: Player, admin: Admin) -> None:
    where = {"name": "count", "namespace": "pools-count"}
    create(quick, where, {"name": "one", "replicas": 1}, {"name": "two", "replicas": 1})
    done = quick.play(upgrade(where, wait=False)).ok()
    sent = [describe(e).split()[:2] for e in quick.hub.audit(user="tester", since=done.started) if not tells_identity(e)]
    assert sent == [
        ["get", "hostedclusters"],
        ["list", "nodepools"],
        ["list", "machinedeployments"],
        ["patch", "nodepools"],
        ["patch", "nodepools"],
    ]
    remove(quick, where)


def test_what_cannot_succeed_ends_with_its_cause_and_not_with_its_time(quick: Player, admin: Admin) -> None:
    where = {"name": "fail", "namespace": "pools-fail"}
    faults = {"node": "inplace-degraded", "drain": "stuck-drain", "image": "bad-release"}
    pools: list[dict[str, Any]] = [{"name": name, "replicas": 1} for name in faults]
    pools[0]["upgrade_type"] = "InPlace"
    create(quick, where, *pools)
    for name, fault in faults.items():
        admin.kubectl("annotate", "nodepool", "-n", where["namespace"], name, f"{FAULT}={fault}")
    node = quick.play(upgrade(where, node_pools=["node"]))
    assert node.failed()["failure"]["code"] == "inplace_upgrade_failed"
    assert "Node " in node.failed()["failure"]["cause"] and "machine-config-daemon" in node.failed()["failure"]["next_step"]

    drain = quick.play(upgrade(where, node_pools=["drain"], progress_timeout=8))
    failure = drain.failed()["failure"]
    assert failure["code"] == "no_progress"
    leaving = [name for name in machines(admin, where, "drain") if f"machine {name} cannot be drained" in failure["cause"]]
    assert len(leaving) == 1 and "disruption budget" in failure["cause"] and "nodeDrainTimeout" in failure["next_step"]

    image = quick.play(upgrade(where, node_pools=["image"]))
    assert image.failed()["failure"]["code"] == "pool_release_image_invalid"

    refused = quick.play(upgrade(where, node_pools=["node"], image=IMAGE, version="4.20.4"))
    assert {r["code"] for r in refused.failed()["refusals"]} >= {"inplace_upgrade_failed"} and quick.writes(refused.started) == []

    for name in faults:
        admin.kubectl("annotate", "nodepool", "-n", where["namespace"], name, f"{FAULT}-")
    until("the operator has looked again", lambda: not any(complaints(pool_of(admin, where, name)) for name in faults))
    repaired = quick.play(upgrade(where)).ok()
    assert repaired.last["changed"] is False and quick.writes(repaired.started) == []
    remove(quick, where)
