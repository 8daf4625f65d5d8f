# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation nodepool_upgrade on the in-memory hub: stages, requests, refusals, ends of the wait, killed runs."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ConflictError, Failure, RefusedError, WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import NODE_POOL
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.node_pools import stages_of
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.nodepool_upgrade import NodePoolUpgrade

from builders.memory_hub import MemoryHub
from builders.objects import IMAGE, NEWER, live_cluster, live_pool, options

DIGEST = "quay.io/release@sha256:" + "b" * 64


def go(hub: MemoryHub, check: bool = False, **given: Any) -> dict[str, Any]:
    opts = options("nodepool_upgrade", **{"cluster_name": "demo", "wait": False, **given})
    return run(NodePoolUpgrade(hub, opts, check), hub, check, lambda line: None)


def upgraded(version: str = "4.20.9", image: str = NEWER) -> dict[str, Any]:
    """A cluster whose control plane has come from 4.20.4 to a newer version."""
    cluster = live_cluster()
    cluster["spec"]["release"]["image"] = image
    status = cluster["status"]["version"]
    status["desired"] = {"image": image, "version": version}
    status["history"].insert(0, {"state": "Completed", "version": version, "image": image, "completionTime": "2026-11-24T02:50:00Z"})
    return cluster


def hub_with(*names: str, **given: Any) -> MemoryHub:
    return MemoryHub(upgraded(), *(live_pool(name=name, **given) for name in names))


def settle(hub: MemoryHub, name: str, version: str = "4.20.9") -> None:
    pool = hub.objects[("NodePool", "clusters", name)]
    generation = pool["metadata"]["generation"]
    rows = [{**c, "observedGeneration": generation} for c in pool["status"]["conditions"]]
    hub.put({**pool, "status": {**pool["status"], "version": version, "conditions": rows}})


def say(hub: MemoryHub, name: str, kind: str, status: str, reason: str, message: str, **more: Any) -> None:
    pool = hub.objects[("NodePool", "clusters", name)]
    rows = [{**c, "observedGeneration": pool["metadata"]["generation"]} for c in pool["status"]["conditions"] if c["type"] != kind]
    told = {"type": kind, "status": status, "reason": reason, "message": message, "observedGeneration": pool["metadata"]["generation"]}
    rows.append({**told, "lastTransitionTime": "2026-11-24T02:00:00Z"})
    hub.put({**pool, "status": {**pool["status"], "conditions": rows, **more}})


def image_of(hub: MemoryHub, name: str) -> str:
    return str(hub.objects[("NodePool", "clusters", name)]["spec"]["release"]["image"])


@pytest.mark.parametrize(
    ("names", "canary", "parallel", "expected"),
    [
        ([], "", 0, []),
        (["b", "a"], "", 0, [("a", "b")]),
        (["b", "a", "c"], "b", 0, [("b",), ("a", "c")]),
        (["b", "a", "c"], "", 1, [("a",), ("b",), ("c",)]),
        (["d", "b", "a", "c"], "a", 2, [("a",), ("b", "c"), ("d",)]),
        (["a"], "a", 0, [("a",)]),
    ],
)
def test_stages(names: list[str], canary: str, parallel: int, expected: list[tuple[str, ...]]) -> None:
    assert stages_of(names, canary, parallel) == expected


def test_one_read_of_each_kind_and_one_write_per_pool() -> None:
    hub = hub_with("a", "b")
    result = go(hub)
    assert hub.reads == [("get", "HostedCluster clusters/demo"), ("list", "NodePool")]
    assert hub.writes == [("patch", "NodePool clusters/a"), ("patch", "NodePool clusters/b")]
    assert [(r["node_pool"], r["nodes"], r["action"], r["why"]) for r in result["rollout"]] == [
        ("a", 2, "replace", ["another release image"]),
        ("b", 2, "replace", ["another release image"]),
    ]
    assert result["stages"] == [["a", "b"]] and {p["from_version"] for p in result["node_pools"]} == {"4.20.4"}


def test_pools_of_other_clusters_and_pools_at_the_release_are_left_alone() -> None:
    hub = hub_with("a", "b")
    hub.edit(NODE_POOL, "clusters", "b", {"spec": {"clusterName": "other"}})
    go(hub)
    assert hub.writes == [("patch", "NodePool clusters/a")]
    settle(hub, "a")
    hub.writes.clear()
    assert go(hub)["changed"] is False and go(hub, wait=True)["changed"] is False and hub.writes == []


def test_another_name_of_the_same_version_costs_no_write_unless_it_was_asked_for() -> None:
    hub = MemoryHub(upgraded(image=DIGEST), live_pool(name="a"))
    hub.edit(NODE_POOL, "clusters", "a", {"spec": {"release": {"image": NEWER}}})
    settle(hub, "a")
    assert go(hub)["changed"] is False
    assert go(hub, image=DIGEST)["changed"] is True and image_of(hub, "a") == DIGEST


def test_check_mode_shows_every_stage() -> None:
    hub = hub_with("a", "b", "c")
    result = go(hub, check=True, wait=True, canary="b", parallel=1)
    assert [s["object"] for s in result["plan"]] == ["NodePool clusters/b", "NodePool clusters/a", "NodePool clusters/c"]
    assert hub.writes == [] and len(result["diff"]) == 3 and len(result["rollout"]) == 3


def test_each_stage_settles_before_the_next_is_written() -> None:
    hub = hub_with("a", "b", "c")
    written: list[tuple[float, str]] = []
    original = hub.patch

    def patch(kind: Any, namespace: Any, name: str, *args: Any, **more: Any) -> dict[str, Any]:
        written.append((hub.seconds, name))
        return original(kind, namespace, name, *args, **more)

    hub.patch = patch  # type: ignore[method-assign]
    hub.script = [(100.0, lambda h: settle(h, "b")), (200.0, lambda h: settle(h, "a")), (250.0, lambda h: settle(h, "c"))]
    result = go(hub, wait=True, canary="b")
    assert written == [(0.0, "b"), (100.0, "a"), (100.0, "c")] and hub.seconds == 250.0
    assert [s["object"] for s in result["plan"]] == [f"NodePool clusters/{n}" for n in ("b", "a", "c")]
    assert len(result["diff"]) == 3 and result["changed"] and result["wait"]["clusters"][0]["summary"] == "3 of 3 node pools settled"
    assert go(hub, wait=True, canary="b")["changed"] is False and len(written) == 3


def test_without_waiting_one_stage_is_written_by_each_run() -> None:
    hub = hub_with("a", "b", "c")
    assert "left for later runs, one stage each: a, c" in go(hub, canary="b")["notes"][-1]
    assert hub.writes == [("patch", "NodePool clusters/b")]
    assert go(hub, canary="b")["changed"] is False  # the canary has not settled
    settle(hub, "b")
    go(hub, canary="b")
    assert [name for _verb, name in hub.writes[1:]] == ["NodePool clusters/a", "NodePool clusters/c"]


def test_a_killed_run_goes_on_where_it_was() -> None:
    hub = hub_with("a", "b")
    go(hub, canary="a")
    hub.writes.clear()
    hub.script = [(50.0, lambda h: settle(h, "a")), (90.0, lambda h: settle(h, "b"))]
    go(hub, canary="a", wait=True)
    assert hub.writes == [("patch", "NodePool clusters/b")] and hub.seconds == 90.0


def test_a_later_stage_keeps_the_release_of_the_first() -> None:
    hub = hub_with("a", "b")
    newest = IMAGE.replace("4.20.4", "4.20.12")

    def both(h: MemoryHub) -> None:
        settle(h, "a")
        h.put({**upgraded("4.20.12", newest), "metadata": h.objects[("HostedCluster", "clusters", "demo")]["metadata"]})

    hub.script = [(10.0, both), (20.0, lambda h: settle(h, "b"))]
    go(hub, canary="a", wait=True)
    assert image_of(hub, "b") == NEWER


def test_a_conflict_in_a_later_stage_is_planned_again() -> None:
    hub = hub_with("a", "b")
    hub.fail_next[("patch", "NodePool clusters/b")] = [ConflictError(Failure("conflict", "changed"), 409, "Conflict")]
    hub.script = [(10.0, lambda h: settle(h, "a")), (20.0, lambda h: settle(h, "b"))]
    result = go(hub, canary="a", wait=True)
    assert len(hub.writes) == 3 and len(result["plan"]) == 2


def test_a_stage_that_fails_ends_the_run_with_what_was_written() -> None:
    hub = hub_with("a", "b", upgrade_type="InPlace")
    message = "Node demo-x2 in nodepool degraded: failed to drain node"
    hub.script = [(7.0, lambda h: say(h, "a", "UpdatingVersion", "False", "InplaceUpgradeFailed", message))]
    with pytest.raises(WaitError) as caught:
        go(hub, canary="a", wait=True)
    failure = caught.value.failure
    assert hub.seconds == 7.0 and failure.code == "inplace_upgrade_failed" and "Node demo-x2" in failure.cause and failure.next_step
    assert [s["object"] for s in caught.value.extra["plan"]] == ["NodePool clusters/a"] and image_of(hub, "b") == IMAGE


@pytest.mark.parametrize(
    ("kind", "reason", "message", "code"),
    [
        ("ValidReleaseImage", "ValidationFailed", "unable to read image: manifest unknown", "pool_release_image_invalid"),
        ("UpdateManagementEnabled", "ValidationFailed", "cannot both be zero", "pool_management_invalid"),
        ("ValidMachineConfig", "ValidationFailed", "unsupported kind", "pool_config_invalid"),
    ],
)
def test_an_update_that_cannot_succeed_ends_in_seconds(kind: str, reason: str, message: str, code: str) -> None:
    hub = hub_with("a")
    hub.script = [(4.0, lambda h: say(h, "a", kind, "False", reason, message))]
    with pytest.raises(WaitError) as caught:
        go(hub, wait=True)
    assert hub.seconds == 4.0 and caught.value.failure.code == code and caught.value.failure.next_step


def test_a_blocked_drain_ends_without_progress_and_names_machine_pod_and_remedy() -> None:
    hub = hub_with("a")
    text = "1 of 3 machines are not ready\nMachine demo-1: DrainingFailed: Drain not completed yet: Pod shop/web-0: cannot evict pod"

    def stuck(h: MemoryHub) -> None:
        say(h, "a", "UpdatingVersion", "True", "AsExpected", "Updating version in progress. Target version: 4.20.9")
        say(h, "a", "AllMachinesReady", "False", "DrainingFailed", text)

    hub.script = [(5.0, stuck)]
    with pytest.raises(WaitError) as caught:
        go(hub, wait=True, progress_timeout=30)
    failure = caught.value.failure
    assert failure.code == "no_progress" and hub.seconds == 35.0
    assert "machine demo-1 cannot be drained" in failure.cause and "shop/web-0" in failure.cause
    assert "PodDisruptionBudget" in failure.next_step


def test_an_update_in_place_that_does_not_get_on_tells_where_to_look() -> None:
    hub = hub_with("a", upgrade_type="InPlace")
    text = "Nodepool update in progress. Target Config version: x. Total Nodes: 2. Upgraded: 1"
    hub.script = [(5.0, lambda h: say(h, "a", "UpdatingVersion", "True", "AsExpected", text))]
    with pytest.raises(WaitError) as caught:
        go(hub, wait=True, progress_timeout=30)
    cause = caught.value.failure.cause
    assert (
        hub.seconds == 35.0
        and "1 of 2 nodes updated" in cause
        and "PodDisruptionBudget" in cause
        and "NodePool clusters/a updates" in cause
    )


def test_wait_timeout_is_for_all_stages_together() -> None:
    hub = hub_with("a", "b")
    hub.script = [(60.0, lambda h: settle(h, "a"))]
    with pytest.raises(WaitError) as caught:
        go(hub, canary="a", wait=True, wait_timeout=100)
    assert hub.seconds == 100.0 and caught.value.failure.code in ("timeout", "no_progress")


def test_no_pool_is_no_change() -> None:
    hub = MemoryHub(upgraded())
    assert go(hub, wait=True)["changed"] is False and hub.writes == [] and hub.watches == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"image": IMAGE.replace("4.20.4", "4.21.0")}, "pool_newer_than_control_plane"),
        ({"image": IMAGE.replace("4.20.4", "4.20.10")}, "pool_newer_than_control_plane"),
        ({"image": IMAGE.replace("4.20.4", "4.16.1")}, "pool_version_skew"),
        ({"image": IMAGE.replace("4.20.4", "4.20.1")}, "downgrade"),
        ({"image": DIGEST}, "unknown_version"),
        ({"image": NEWER, "version": "4.20.8"}, "version_mismatch"),
        ({"version": "4.20.7"}, "unknown_image"),
        ({"version": "latest"}, "invalid_option"),
        ({"node_pools": ["a", "nowhere"]}, "not_found"),
        ({"node_pools": ["a"], "canary": "b"}, "invalid_option"),
        ({"canary": "nowhere"}, "not_found"),
    ],
)
def test_refusals_of_the_release_and_of_names(given: dict[str, Any], code: str) -> None:
    hub = hub_with("a", "b")
    with pytest.raises(RefusedError) as caught:
        go(hub, **given)
    assert code in [f.code for f in caught.value.refusals] and hub.writes == []
    assert all(f.object and f.next_step for f in caught.value.refusals)


def test_a_version_of_the_history_brings_its_image() -> None:
    hub = hub_with("a")
    hub.edit(
        NODE_POOL, "clusters", "a", {"spec": {"release": {"image": IMAGE.replace("4.20.4", "4.20.1")}}, "status": {"version": "4.20.1"}}
    )
    go(hub, version="4.20.4")
    assert image_of(hub, "a") == IMAGE


def test_a_control_plane_that_is_being_updated_gives_its_completed_version() -> None:
    cluster = upgraded()
    cluster["spec"]["release"]["image"] = IMAGE.replace("4.20.4", "4.21.0")
    cluster["status"]["version"]["history"].insert(0, {"state": "Partial", "version": "4.21.0", "image": "x"})
    hub = MemoryHub(cluster, live_pool(name="a"))
    assert go(hub)["node_pools"][0]["image"] == NEWER


def broken(**change: Any) -> dict[str, Any]:
    pool = live_pool(name="b", **change.pop("given", {}))
    for kind, (status, reason, message) in change.pop("told", {}).items():
        pool["status"]["conditions"] = [c for c in pool["status"]["conditions"] if c["type"] != kind]
        pool["status"]["conditions"].append({"type": kind, "status": status, "reason": reason, "message": message, "observedGeneration": 1})
    pool["spec"] |= change.pop("spec", {})
    pool["metadata"] |= change
    return pool


@pytest.mark.parametrize(
    ("pool", "code"),
    [
        (broken(spec={"pausedUntil": "true"}), "paused"),
        (broken(deletionTimestamp="2026-11-24T02:59:00Z", finalizers=["x"]), "pool_deleting"),
        (broken(told={"UpdatingVersion": ("True", "AsExpected", "Updating version")}), "pool_updating"),
        (broken(told={"UpdatingConfig": ("True", "AsExpected", "Updating config")}), "pool_updating"),
        (broken(told={"UpdatingVersion": ("False", "InplaceUpgradeFailed", "Node x degraded")}), "inplace_upgrade_failed"),
        (broken(told={"ValidMachineConfig": ("False", "ValidationFailed", "bad")}), "pool_config_invalid"),
        (broken(given={"upgrade_type": "InPlace", "in_place": {"max_unavailable": 3}}), "pool_management_invalid"),
        (broken(given={"replace": {"max_surge": 0, "max_unavailable": 0}}), "pool_management_invalid"),
    ],
)
def test_refusals_of_pools_come_before_the_first_write_of_any(pool: dict[str, Any], code: str) -> None:
    hub = MemoryHub(upgraded(), live_pool(name="a"), pool)
    with pytest.raises(RefusedError) as caught:
        go(hub, node_pools=["a", "b"], canary="a", wait=True)
    assert [f.code for f in caught.value.refusals] == [code] and hub.writes == []
    assert caught.value.refusals[0].object == "NodePool clusters/b"


def test_a_pause_may_be_allowed_and_a_wrong_release_be_corrected() -> None:
    hub = MemoryHub(upgraded(), broken(spec={"pausedUntil": "true"}))
    assert go(hub, allow_paused=True)["changed"]
    wrong = broken(told={"ValidReleaseImage": ("False", "ValidationFailed", "unable to read image")})
    wrong["spec"]["release"]["image"] = "quay.io/wrong@sha256:" + "c" * 64
    hub = MemoryHub(upgraded(), wrong)
    assert go(hub)["changed"] and image_of(hub, "b") == NEWER


def test_notes_on_drains_and_on_delete() -> None:
    hub = MemoryHub(upgraded(), live_pool(name="a"), live_pool(name="b", node_drain_timeout="15m"))
    hub.edit(NODE_POOL, "clusters", "b", {"spec": {"management": {"replace": {"strategy": "OnDelete", "rollingUpdate": None}}}})
    notes = go(hub, check=True, wait=True)["notes"]
    assert "notes" not in go(hub, check=True, wait=False)  # who does not wait here has been told by the plan
    assert [n.split(":")[0] for n in notes] == ["NodePool clusters/a", "NodePool clusters/b"]
    assert "waits for ever" in notes[0] and "OnDelete" in notes[1]


def test_a_missing_cluster_is_named() -> None:
    with pytest.raises(RefusedError, match="HostedCluster clusters/demo: it does not exist"):
        go(MemoryHub())
