# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Replacing a member: what is deleted, what is refused, when it counts as done."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd.etcd_info import EtcdInfo
from ansible_collections.hypershift.core.plugins.module_utils._etcd.etcd_member_recover import RecoverMember
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import RefusedError, WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster
from etcd.builders import NAMESPACE, claim, crash, etcd_hub, pod, stateful_set

OPTIONS = {"namespace": "clusters", "name": "demo", "member": None, "shard": "etcd", "wait_timeout": 60, "settle_seconds": 600}


def recover(hub: MemoryHub, check: bool = False, **options: Any) -> dict[str, Any]:
    return run(RecoverMember(hub, {**OPTIONS, **options}), hub, check, lambda _line: None)


def heals(hub: MemoryHub) -> None:
    hub.put(pod("etcd-1"))
    hub.put(claim("etcd-1", "2026-11-24T03:00:00Z"))
    hub.put(stateful_set())


def test_nothing_is_done_for_a_healthy_etcd() -> None:
    hub = etcd_hub()
    result = recover(hub)
    assert not result["changed"]
    assert hub.writes == []
    assert result["etcd"]["verdict"] == "healthy"


def test_claim_and_pod_of_the_failed_member_are_replaced() -> None:
    hub = etcd_hub()
    crash(hub, "etcd-1")
    hub.script = [(5, heals)]
    result = recover(hub)
    assert hub.writes == [("delete", f"PersistentVolumeClaim {NAMESPACE}/data-etcd-1"), ("delete", f"Pod {NAMESPACE}/etcd-1")]
    assert result["changed"]
    assert result["etcd"]["verdict"] == "healthy"


def test_check_mode_writes_nothing() -> None:
    hub = etcd_hub()
    crash(hub, "etcd-1")
    result = recover(hub, check=True)
    assert hub.writes == []
    assert [(s["verb"], s["object"].rpartition("/")[2]) for s in result["plan"]] == [("delete", "data-etcd-1"), ("delete", "etcd-1")]


def test_a_recovery_that_was_begun_is_waited_for_and_not_begun_again() -> None:
    hub = etcd_hub()
    crash(hub, "etcd-1")
    hub.put(claim("etcd-1", "2026-11-24T02:58:00Z"))
    hub.script = [(5, heals)]
    result = recover(hub)
    assert hub.writes == []
    assert [s["verb"] for s in result["plan"]] == []
    assert result["etcd"]["verdict"] == "healthy"


def two_failed(hub: MemoryHub) -> None:
    crash(hub, "etcd-1")
    crash(hub, "etcd-2")


def rolling(hub: MemoryHub) -> None:
    crash(hub, "etcd-1")
    hub.put(stateful_set(currentRevision="a", updateRevision="b", readyReplicas=2))


def own_recovery(hub: MemoryHub) -> None:
    crash(hub, "etcd-1")
    hub.put(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "etcd-recovery", "namespace": NAMESPACE, "labels": {"app": "etcd-recovery"}},
        }
    )


def diverged(hub: MemoryHub) -> None:
    hub.shells["etcd-1"].table["hash"][0]["HashKV"]["hash"] = 8


def both(hub: MemoryHub) -> None:
    crash(hub, "etcd-2")
    diverged(hub)


@pytest.mark.parametrize(
    ("breaking", "options", "code", "text"),
    [
        (two_failed, {}, "not_quorate", "2 members have failed: etcd-1 .*etcd-2"),
        (rolling, {}, "rolling", "StatefulSet is rolling"),
        (own_recovery, {}, "etcd_recovery_active", "Job etcd-recovery is running"),
        (diverged, {}, "diverged", "hold different data"),
        (both, {}, "diverged", "hold different data"),
        (lambda hub: crash(hub, "etcd-1"), {"member": "etcd-2"}, "wrong_member", "etcd-2 is healthy, etcd-1 has failed"),
        (lambda hub: crash(hub, "etcd-1"), {"shard": "etcd-events"}, "unknown_shard", "no shard etcd-events; it has etcd"),
    ],
)
def test_refusals_come_before_any_write(breaking: Any, options: dict[str, Any], code: str, text: str) -> None:
    hub = etcd_hub()
    breaking(hub)
    with pytest.raises(RefusedError, match=text) as caught:
        recover(hub, **options)
    assert code in [f.code for f in caught.value.refusals]
    assert hub.writes == []


def test_a_single_member_has_nobody_to_get_its_data_from() -> None:
    hub = etcd_hub(1)
    crash(hub, "etcd-0")
    with pytest.raises(RefusedError, match="it has 1 member"):
        recover(hub)


def test_unmanaged_etcd_is_refused_with_the_reason() -> None:
    cluster = live_cluster()
    cluster["spec"]["etcd"] = {"managementType": "Unmanaged", "unmanaged": {"endpoint": "https://etcd.example.test:2379"}}
    hub = etcd_hub(cluster=cluster)
    for operation in (RecoverMember(hub, OPTIONS), EtcdInfo(hub, {**OPTIONS, "shards": None, "compare_data": True})):
        with pytest.raises(RefusedError, match=r"its etcd is unmanaged \(https://etcd.example.test:2379\)"):
            run(operation, hub, False, lambda _line: None)


def test_a_ready_pod_with_other_data_is_not_done() -> None:
    hub = etcd_hub()
    crash(hub, "etcd-1")

    def comes_back_wrong(hub: MemoryHub) -> None:
        heals(hub)
        diverged(hub)

    hub.script = [(5, comes_back_wrong)]
    with pytest.raises(WaitError, match="etcd-1 did not recover: its members hold different data") as caught:
        recover(hub)
    assert caught.value.extra["changed"]


def test_a_member_that_never_gets_ready_ends_with_what_is_missing() -> None:
    hub = etcd_hub()
    crash(hub, "etcd-1")
    with pytest.raises(WaitError, match=r"not ended within 60 s; missing: 2 of 3 pods are ready"):
        recover(hub)
