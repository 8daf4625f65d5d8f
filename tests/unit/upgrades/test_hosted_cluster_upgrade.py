# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation hosted_cluster_upgrade on the in-memory hub: requests, order of writes, end of the wait, killed runs."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ConflictError, Failure, RefusedError, WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.hop import FORCE
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.hosted_cluster_upgrade import HostedClusterUpgrade

from builders.memory_hub import MemoryHub
from builders.objects import IMAGE, NEWER, conditions, live_cluster, live_pool, options

MINOR = IMAGE.replace("4.20.4", "4.21.5")
PATCH = ("patch", "HostedCluster clusters/demo")
ACK = {"ClusterVersionUpgradeable": "False/AdminAckRequired"}
SUPPORTED = {"kind": "ConfigMap", "metadata": {"name": "supported-versions", "namespace": "hypershift"},
             "data": {"supported-versions": '{"versions":["4.21","4.20"]}'}}  # fmt: skip
FORCED = {"image": MINOR, "force": True, "accepted_acks": ["AdminAckRequired"]}


def go(hub: MemoryHub, check: bool = False, **given: Any) -> dict[str, Any]:
    opts = options("hosted_cluster_upgrade", **{"name": "demo", "wait": False, **given})
    return run(HostedClusterUpgrade(hub, opts), hub, check, lambda line: None)


def hub_with(*pools: dict[str, Any], **told: str) -> MemoryHub:
    cluster = live_cluster()
    cluster["status"]["conditions"] = conditions(**told)
    return MemoryHub(cluster, *(pools or (live_pool(),)), SUPPORTED)


def stored(hub: MemoryHub) -> dict[str, Any]:
    return hub.objects[("HostedCluster", "clusters", "demo")]


def annotations(hub: MemoryHub) -> dict[str, Any]:
    found: dict[str, Any] = stored(hub)["metadata"].get("annotations") or {}
    return found


def report(hub: MemoryHub, state: str, version: str, **told: str) -> None:
    """What the operator says of the release that stands in the spec."""
    live = stored(hub)
    image, generation = live["spec"]["release"]["image"], live["metadata"]["generation"]
    before = [h for h in live["status"]["version"]["history"] if h["version"] != version]
    entry = {"state": state, "version": version, "image": image, "startedTime": "2026-11-24T03:00:10Z"}
    status = {
        **live["status"],
        "conditions": conditions(generation, **told),
        "version": {**live["status"]["version"], "desired": {"image": image, "version": version}, "history": [entry, *before]},
        "controlPlaneVersion": {"history": [{"version": version, "state": state}]},
    }
    hub.put({**live, "status": status})


def completes(hub: MemoryHub, version: str, at: float = 60.0, **told: str) -> None:
    hub.script = [
        (at / 2, lambda h: report(h, "Partial", version, ClusterVersionProgressing="True", **told)),
        (at, lambda h: report(h, "Completed", version, **told)),
    ]


def test_a_z_stream_takes_three_requests() -> None:
    hub = hub_with()
    result = go(hub, image=NEWER)
    assert hub.reads == [("get", "HostedCluster clusters/demo"), ("list", "NodePool")] and hub.writes == [PATCH]
    assert result["plan"][0]["change"] == {"spec": {"release": {"image": NEWER}}}
    assert (result["from_version"], result["to_version"], result["image"], result["risks"]) == ("4.20.4", "4.20.9", NEWER, [])
    assert result["rollout"] == [] and result["management_side"] == {}


@pytest.mark.parametrize(("given", "reads"), [({}, 3), ({"supported_versions": ["4.21"]}, 2)])
def test_supported_versions_are_read_for_a_change_of_minor_alone(given: dict[str, Any], reads: int) -> None:
    hub = hub_with()
    go(hub, image=MINOR, **given)
    assert len(hub.reads) == reads and hub.writes == [PATCH]


def test_what_the_hub_does_not_support_is_refused_before_any_write() -> None:
    hub = hub_with()
    with pytest.raises(RefusedError) as caught:
        go(hub, image=MINOR, supported_versions=["4.20"])
    assert [f.code for f in caught.value.refusals] == ["release_version_unsupported"] and hub.writes == []


def test_check_mode_writes_nothing_and_predicts() -> None:
    hub = hub_with()
    result = go(hub, check=True, image=NEWER, wait=True)
    assert hub.writes == [] and hub.watches == 0
    assert result["changed"] and result["resource"]["spec"]["release"]["image"] == NEWER
    assert result["diff"][0]["before"]["spec"]["release"]["image"] == IMAGE


def test_wait_to_the_end_then_again_is_no_write() -> None:
    hub = hub_with()
    completes(hub, "4.20.9")
    result = go(hub, image=NEWER, wait=True)
    assert result["wait"]["clusters"][0]["outcome"] == "done" and hub.seconds == 60.0
    assert result["management_side"] == {"version": "4.20.9", "state": "Completed"}
    hub.writes.clear()
    hub.reads.clear()
    again = go(hub, image=NEWER, wait=True)
    assert again["changed"] is False and hub.writes == []
    assert hub.reads == [("get", "HostedCluster clusters/demo")] * 2
    assert go(hub, version="4.20.9", wait=False)["changed"] is False and hub.writes == []


def test_a_killed_run_goes_on_waiting_without_a_write() -> None:
    hub = hub_with()
    go(hub, image=NEWER)
    report(hub, "Partial", "4.20.9", ClusterVersionProgressing="True")
    hub.writes.clear()
    hub.script = [(30.0, lambda h: report(h, "Completed", "4.20.9"))]
    assert go(hub, image=NEWER, wait=True)["changed"] is False and hub.writes == [] and hub.seconds == 30.0


def test_an_early_progressing_false_is_not_the_end() -> None:
    hub = hub_with()
    hub.script = [
        (10.0, lambda h: report(h, "Partial", "4.20.9", Progressing="False/AsExpected", ClusterVersionProgressing="True")),
        (90.0, lambda h: report(h, "Completed", "4.20.9")),
    ]
    go(hub, image=NEWER, wait=True)
    assert hub.seconds == 90.0


def test_a_concurrent_change_is_planned_again() -> None:
    hub = hub_with()
    hub.fail_next[PATCH] = [ConflictError(Failure("conflict", "it was changed by somebody else"), 409, "Conflict")]
    assert go(hub, image=NEWER)["changed"] and hub.writes == [PATCH, PATCH]
    assert len(hub.reads) == 4


def test_without_workers_the_wait_ends_at_once() -> None:
    hub = hub_with(live_pool(nodes=0))
    with pytest.raises(RefusedError, match="can never complete"):
        go(hub, image=NEWER, wait=True)
    assert hub.writes == []
    hub.script = [(5.0, lambda h: report(h, "Partial", "4.20.9", ClusterVersionProgressing="True"))]
    with pytest.raises(WaitError) as caught:
        go(hub, image=NEWER, wait=True, allow_unhealthy=True)
    assert caught.value.failure.code == "no_workers" and hub.seconds <= 5.0 and caught.value.extra["changed"] is True


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"ValidReleaseImage": "False/InvalidImage", "Progressing": "False/Blocked"}, "release_image"),
        ({"Progressing": "False/Blocked"}, ""),
    ],
)
def test_a_hopeless_update_ends_in_seconds(told: dict[str, str], code: str) -> None:
    hub = hub_with()

    def say(h: MemoryHub) -> None:
        live = stored(h)
        rows = conditions(live["metadata"]["generation"], **told)
        for row in rows:
            if row["type"] == "Progressing":
                row["message"] = "ClusterVersionUpgradeable condition is false: cluster version is not upgradeable"
        h.put({**live, "status": {**live["status"], "conditions": rows}})

    hub.script = [(3.0, say)]
    with pytest.raises(WaitError) as caught:
        go(hub, image=NEWER, wait=True)
    assert hub.seconds == 3.0 and code in caught.value.failure.code and caught.value.failure.next_step


def test_paused_is_refused_unless_allowed() -> None:
    cluster = live_cluster()
    cluster["spec"]["pausedUntil"] = "true"
    cluster["status"]["conditions"] = conditions(Progressing="False/Blocked", ReconciliationActive="False/ReconciliationPaused")
    hub = MemoryHub(cluster, live_pool())
    with pytest.raises(RefusedError) as caught:
        go(hub, image=NEWER)
    assert [f.code for f in caught.value.refusals] == ["paused"] and hub.writes == []
    assert go(hub, image=NEWER, allow_paused=True)["changed"] and hub.writes == [PATCH]


def test_what_is_not_there_or_goes_away() -> None:
    with pytest.raises(RefusedError, match="HostedCluster clusters/demo: it does not exist"):
        go(MemoryHub(), image=NEWER)
    hub = hub_with()
    hub.edit(HOSTED_CLUSTER, "clusters", "demo", {"metadata": {"deletionTimestamp": "2026-11-24T02:59:00Z"}})
    with pytest.raises(RefusedError) as caught:
        go(hub, image=NEWER)
    assert caught.value.refusals[0].code == "deleting" and hub.writes == []


def test_neither_version_nor_image_is_an_error_of_the_options() -> None:
    with pytest.raises(ValueError, match="one of the following is required"):
        options("hosted_cluster_upgrade", name="demo")


def test_force_annotates_first_and_removes_it_last() -> None:
    hub = hub_with(**ACK)
    check = go(hub, check=True, wait=True, **FORCED)
    assert hub.writes == []
    seen: list[tuple[str, str]] = []
    original = hub.patch

    def patch(*args: Any, **more: Any) -> dict[str, Any]:
        answer = original(*args, **more)
        seen.append((annotations(hub).get(FORCE, ""), stored(hub)["spec"]["release"]["image"]))
        return answer

    hub.patch = patch  # type: ignore[method-assign]
    completes(hub, "4.21.5", **ACK)
    result = go(hub, wait=True, **FORCED)
    assert seen == [(MINOR, IMAGE), (MINOR, MINOR), ("", MINOR)]
    assert [s["change"] for s in result["plan"]] == [s["change"] for s in check["plan"]]
    hub.writes.clear()
    assert go(hub, wait=True, **FORCED)["changed"] is False and hub.writes == []


def test_force_is_not_used_where_it_is_not_needed() -> None:
    hub = hub_with()
    go(hub, **FORCED)
    assert hub.writes == [PATCH] and FORCE not in annotations(hub)


def test_force_killed_between_its_two_writes_goes_on() -> None:
    hub = hub_with(**ACK)
    hub.fail_next[PATCH] = []
    hub.edit(HOSTED_CLUSTER, "clusters", "demo", {"metadata": {"annotations": {FORCE: MINOR}}})
    result = go(hub, **FORCED)
    assert hub.writes == [PATCH] and len(result["plan"]) == 1 and stored(hub)["spec"]["release"]["image"] == MINOR


def test_force_killed_while_waiting_is_cleaned_up_by_a_later_run() -> None:
    hub = hub_with(**ACK)
    assert "stays until a run with force" in go(hub, **FORCED)["notes"][-1]
    hub.writes.clear()
    assert go(hub, **FORCED)["changed"] is False  # still under way: nobody may remove it
    report(hub, "Completed", "4.21.5", **ACK)
    unforced = go(hub, image=MINOR)
    assert unforced["changed"] is False and "remove it" in unforced["notes"][0]
    assert go(hub, **FORCED)["changed"] and FORCE not in annotations(hub) and hub.writes == [PATCH]
    assert go(hub, **FORCED)["changed"] is False


def test_a_stale_annotation_is_removed_with_force_in_the_same_write() -> None:
    cluster = live_cluster()
    cluster["metadata"]["annotations"] = {FORCE: "old"}
    cluster["status"]["conditions"] = conditions(**ACK)
    hub = MemoryHub(cluster, live_pool())
    with pytest.raises(RefusedError, match=f"{FORCE}-"):
        go(hub, image=NEWER)
    assert hub.writes == []
    go(hub, image=NEWER, force=True)
    assert hub.writes == [PATCH] and FORCE not in annotations(hub)


def test_the_removal_of_the_annotation_survives_a_conflict() -> None:
    hub = hub_with(**ACK)
    completes(hub, "4.21.5", **ACK)
    original, count = hub.patch, 0

    def patch(*args: Any, **more: Any) -> dict[str, Any]:
        nonlocal count
        count += 1
        if count == 3:
            raise ConflictError(Failure("conflict", "it was changed by somebody else"), 409, "Conflict")
        return original(*args, **more)

    hub.patch = patch  # type: ignore[method-assign]
    assert go(hub, wait=True, **FORCED)["wait"]["clusters"][0]["outcome"] == "done"
    assert count == 4 and FORCE not in annotations(hub)


def test_a_view_that_lags_behind_the_change_proves_nothing() -> None:
    """A release that was refused is corrected; a watch that still shows the object as it was must not end the wait for the new one."""
    hub = hub_with(ValidReleaseImage="False/InvalidImage")
    before = stored(hub)
    for condition in before["status"]["conditions"]:
        if condition["type"] == "ValidReleaseImage":
            condition["message"] = "the release is not supported"

    def lags(h: MemoryHub) -> None:
        h.put({**before, "metadata": {**before["metadata"], "generation": 1}})

    def catches_up(h: MemoryHub) -> None:
        h.objects["HostedCluster", "clusters", "demo"] = now
        report(h, "Completed", "4.20.9")

    now = {**before, "spec": {**before["spec"], "release": {"image": NEWER}}, "metadata": {**before["metadata"], "generation": 2}}
    hub.script = [(10.0, lags), (50.0, catches_up)]
    assert go(hub, image=NEWER, wait=True, allow_unhealthy=True)["wait"]["clusters"][0]["outcome"] == "done"
    assert hub.seconds == 50.0
