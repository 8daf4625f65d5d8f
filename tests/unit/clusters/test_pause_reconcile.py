# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operations pause_reconcile and pause_reconcile_info on the in-memory hub."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters.pause_reconcile import PauseReconcile
from ansible_collections.hypershift.core.plugins.module_utils._clusters.pause_reconcile_info import PauseReconcileInfo
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import OptionError, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster, live_pool, options

UNTIL = "2026-11-24T05:00:00Z"


def health_check(**annotations: str) -> dict[str, Any]:
    meta = {"name": "demo", "namespace": "clusters-demo", "annotations": annotations}
    return {"apiVersion": "cluster.x-k8s.io/v1beta1", "kind": "MachineHealthCheck", "metadata": meta}


def go(hub: MemoryHub, check: bool = False, **given: Any) -> dict[str, Any]:
    opts = options("pause_reconcile", **{"name": "demo", "wait": False, **given})
    return run(PauseReconcile(hub, opts), hub, check, lambda line: None)


def pause(hub: MemoryHub, **given: Any) -> dict[str, Any]:
    return go(hub, **{"state": "paused", "owner": "storage", "until": UNTIL, **given})


def test_cluster_pools_and_health_checks_are_one_unit() -> None:
    hub = MemoryHub(live_cluster(), live_pool(), live_pool(name="second"), health_check())
    result = pause(hub, reason="firmware")
    assert [r for _v, r in hub.writes] == [
        "HostedCluster clusters/demo", "NodePool clusters/demo", "NodePool clusters/second", "MachineHealthCheck clusters-demo/demo",
    ]  # fmt: skip
    cluster = hub.objects[("HostedCluster", "clusters", "demo")]
    assert cluster["spec"]["pausedUntil"] == UNTIL
    assert cluster["metadata"]["annotations"]["hypershift.core/paused-by"] == "storage"
    assert len(result["units"]) == 3


def test_pause_again_and_resume_again_write_nothing() -> None:
    hub = MemoryHub(live_cluster(), live_pool(), health_check())
    pause(hub)
    hub.writes.clear()
    assert pause(hub)["changed"] is False and hub.writes == []
    go(hub, state="resumed", owner="storage")
    hub.writes.clear()
    assert go(hub, state="resumed", owner="storage")["changed"] is False and hub.writes == []


def test_resume_removes_field_annotations_and_our_pause_of_health_checks() -> None:
    foreign = health_check(**{"cluster.x-k8s.io/paused": "true"})
    foreign["metadata"]["name"] = "foreign"
    hub = MemoryHub(live_cluster(), live_pool(), health_check(), foreign)
    pause(hub)
    go(hub, state="resumed", owner="storage")
    for key in (("HostedCluster", "clusters", "demo"), ("NodePool", "clusters", "demo")):
        assert "pausedUntil" not in hub.objects[key]["spec"]
        assert not [a for a in hub.objects[key]["metadata"]["annotations"] if a.startswith("hypershift.core/")]
    assert hub.objects[("MachineHealthCheck", "clusters-demo", "demo")]["metadata"]["annotations"] == {}
    assert hub.objects[("MachineHealthCheck", "clusters-demo", "foreign")]["metadata"]["annotations"] == {"cluster.x-k8s.io/paused": "true"}


@pytest.mark.parametrize("state", ["paused", "resumed"])
def test_another_owners_pause_is_respected(state: str) -> None:
    hub = MemoryHub(live_cluster(), live_pool())
    pause(hub, reason="firmware")
    hub.writes.clear()
    given = {"owner": "upgrade"} | ({"until": UNTIL} if state == "paused" else {})
    with pytest.raises(RefusedError, match=r"paused by storage \(firmware\) until 2026-11-24T05:00:00Z"):
        go(hub, state=state, **given)
    assert hub.writes == []
    assert go(hub, state=state, take_over=True, **given)["changed"]


def test_an_ended_pause_of_another_owner_does_not_count() -> None:
    hub = MemoryHub(live_cluster(), live_pool())
    pause(hub)
    hub.seconds = 3 * 3600.0
    assert go(hub, state="resumed", owner="upgrade")["changed"]


@pytest.mark.parametrize(
    "until",
    [
        "2026-11-24T05:00:00",
        "2026-11-24T05:00:00+0000",
        "2026-11-24 05:00:00Z",
        "tomorrow",
        "",
        "true",
        "2026-13-24T05:00:00Z",
        "2026-11-24T01:00:00Z",
    ],
)
def test_an_end_that_would_not_pause_is_refused(until: str) -> None:
    hub = MemoryHub(live_cluster())
    with pytest.raises(OptionError, match="option until"):
        go(hub, state="paused", owner="storage", until=until)
    assert hub.writes == []


def test_no_end_must_be_said() -> None:
    hub = MemoryHub(live_cluster())
    with pytest.raises(OptionError, match="unlimited: true"):
        go(hub, state="paused", owner="storage")
    go(hub, state="paused", owner="storage", unlimited=True)
    assert hub.objects[("HostedCluster", "clusters", "demo")]["spec"]["pausedUntil"] == "true"


def test_check_mode_writes_nothing() -> None:
    hub = MemoryHub(live_cluster(), live_pool())
    result = go(hub, check=True, state="paused", owner="storage", until=UNTIL)
    assert hub.writes == [] and result["resource"]["spec"]["pausedUntil"] == UNTIL


def test_missing_cluster_is_refused() -> None:
    with pytest.raises(RefusedError, match="HostedCluster clusters/demo: it does not exist"):
        pause(MemoryHub())


@pytest.mark.parametrize(
    ("until", "annotations", "problem"),
    [
        ("2026-11-24T01:00:00Z", {}, "the pause is over"),
        ("2026-11-24T05:00:00", {}, "does not pause"),
        ("false", {}, "the pause is over"),
        ("true", {}, "without end and without owner"),
        ("true", {"hypershift.core/paused-by": "storage"}, ""),
        ("2026-11-24T05:00:00Z", {}, ""),
    ],
)
def test_audit_finds_forgotten_pauses(until: str, annotations: dict[str, str], problem: str) -> None:
    cluster = live_cluster()
    cluster["spec"]["pausedUntil"] = until
    cluster["metadata"]["annotations"] = annotations
    hub = MemoryHub(cluster)
    result = run(PauseReconcileInfo(hub, {"namespace": None}), hub, False, lambda line: None)
    assert len(result["pauses"]) == 1 and bool(result["forgotten"]) is bool(problem)
    assert problem in "; ".join(result["pauses"][0]["problems"])


def test_audit_finds_a_pause_left_on_a_pool_alone() -> None:
    pool = live_pool()
    pool["spec"]["pausedUntil"] = UNTIL
    hub = MemoryHub(live_cluster(), pool)
    result = run(PauseReconcileInfo(hub, {"namespace": None}), hub, False, lambda line: None)
    assert result["forgotten"][0]["problems"] == ["the node pool is paused, its hosted cluster is not"]
