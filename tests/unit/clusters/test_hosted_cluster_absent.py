# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation hosted_cluster, state absent, and nodepool absent, on the in-memory hub."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters.hosted_cluster_absent import HostedClusterAbsent
from ansible_collections.hypershift.core.plugins.module_utils._clusters.manifest import cluster_secret
from ansible_collections.hypershift.core.plugins.module_utils._health.pauses import OWNER, REASON
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import RefusedError, WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER, MACHINE
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster, live_pool, options

OURS = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "clusters", "labels": {"hypershift.core/created-by": "hosted_cluster"}},
}
THEIRS = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "clusters"}}


def secret(name: str = "demo-pull-secret", infra: str = "demo-abcde") -> dict[str, Any]:
    return cluster_secret("Secret", name, "clusters", infra, "k", "e30=")


def machine(**meta: Any) -> dict[str, Any]:
    return {
        "apiVersion": "cluster.x-k8s.io/v1beta1",
        "kind": "Machine",
        "metadata": {"name": "demo-1", "namespace": "clusters-demo", **meta},
    }


def opts(**given: Any) -> dict[str, Any]:
    return options("hosted_cluster", **{"name": "demo", "state": "absent", "wait_timeout": 900, "progress_timeout": 60, **given})


def go(hub: MemoryHub, check: bool = False, **given: Any) -> dict[str, Any]:
    return run(HostedClusterAbsent(hub, opts(**given)), hub, check, lambda line: None)


def vanish(hub: MemoryHub) -> None:
    hub.drop(HOSTED_CLUSTER, "clusters", "demo")


def test_deletes_the_cluster_then_what_was_created_with_it() -> None:
    sibling = live_cluster()
    sibling["metadata"]["name"] = "other"
    hub = MemoryHub(THEIRS, live_cluster(), sibling, secret(), secret("other-pull-secret", "other-12345"))
    hub.script = [(30.0, vanish)]
    result = go(hub)
    assert [w for w in hub.writes if w[0] == "delete"] == [
        ("delete", "HostedCluster clusters/demo"),
        ("delete", "Secret clusters/demo-pull-secret"),
    ]
    assert result["wait"]["clusters"][0]["outcome"] == "done"
    assert ("Secret", "clusters", "other-pull-secret") in hub.objects and ("Namespace", "", "clusters") in hub.objects


def test_second_run_reads_only() -> None:
    hub = MemoryHub(THEIRS, secret("other-pull-secret", "other-12345"))
    assert go(hub)["changed"] is False and hub.writes == []


def test_killed_between_cluster_and_secrets_is_finished_later() -> None:
    hub = MemoryHub(THEIRS, secret(), live_pool())
    assert go(hub)["changed"]
    assert hub.writes == [("delete", "NodePool clusters/demo"), ("delete", "Secret clusters/demo-pull-secret")]


def test_check_mode_names_everything_and_writes_nothing() -> None:
    hub = MemoryHub(OURS, live_cluster(), secret())
    result = go(hub, check=True, delete_namespace=True)
    assert hub.writes == []
    assert [s["object"] for s in result["plan"]] == [
        "HostedCluster clusters/demo",
        "Secret clusters/demo-pull-secret",
        "Namespace clusters",
    ]


@pytest.mark.parametrize(("namespace", "gone"), [(OURS, True), (THEIRS, False)])
def test_namespace_goes_only_when_we_made_it(namespace: dict[str, Any], gone: bool) -> None:
    hub = MemoryHub(namespace, live_cluster())
    hub.script = [(1.0, vanish)]
    go(hub, delete_namespace=True)
    assert (("Namespace", "", "clusters") not in hub.objects) is gone


def test_namespace_with_a_sibling_stays() -> None:
    sibling = live_cluster()
    sibling["metadata"]["name"] = "other"
    hub = MemoryHub(OURS, live_cluster(), sibling)
    hub.script = [(1.0, vanish)]
    go(hub, delete_namespace=True)
    assert ("Namespace", "", "clusters") in hub.objects


def test_leaked_pauses_are_cleared_before_the_deletion() -> None:
    cluster, pool = live_cluster(), live_pool()
    cluster["spec"]["pausedUntil"] = pool["spec"]["pausedUntil"] = "true"
    held = machine(annotations={"cluster.x-k8s.io/paused": "true"})
    hub = MemoryHub(THEIRS, cluster, pool, held)
    hub.script = [(1.0, vanish)]
    go(hub)
    assert [r for v, r in hub.writes if v == "patch"] == [
        "NodePool clusters/demo",
        "Machine clusters-demo/demo-1",
        "HostedCluster clusters/demo",
    ]
    assert "pausedUntil" not in hub.objects[("NodePool", "clusters", "demo")]["spec"]


def paused(obj: dict[str, Any], owner: str, until: str = "true") -> dict[str, Any]:
    obj["spec"]["pausedUntil"] = until
    obj["metadata"].setdefault("annotations", {}).update({OWNER: owner, REASON: "firmware"})
    return obj


@pytest.mark.parametrize(
    ("cluster", "pool", "named"),
    [
        (paused(live_cluster(), "storage"), live_pool(), "HostedCluster clusters/demo"),
        (live_cluster(), paused(live_pool(), "storage"), "NodePool clusters/demo"),
        (None, paused(live_pool(), "storage"), "NodePool clusters/demo"),
    ],
)
def test_what_somebody_has_paused_is_not_removed_without_a_word(cluster: Any, pool: dict[str, Any], named: str) -> None:
    hub = MemoryHub(THEIRS, *(o for o in (cluster, pool) if o))
    for check in (True, False):
        with pytest.raises(RefusedError, match=r"it is paused by storage \(firmware\)") as caught:
            go(hub, check=check)
        assert caught.value.failure.object == named and caught.value.failure.code == "paused_by_other" and hub.writes == []
    go(hub, wait=False, allow_paused=True)
    assert ("delete", "NodePool clusters/demo" if cluster is None else "HostedCluster clusters/demo") in hub.writes


def test_a_pause_that_is_over_holds_nothing() -> None:
    hub = MemoryHub(THEIRS, paused(live_cluster(), "storage", "2020-01-01T00:00:00Z"))
    go(hub, wait=False)
    assert ("delete", "HostedCluster clusters/demo") in hub.writes


STUCK = {
    "finalizers": ["machine.cluster.x-k8s.io"],
    "deletionTimestamp": "2026-11-24T03:00:00Z",
}


def test_stuck_deletion_names_the_object_that_blocks_and_why() -> None:
    held = machine(**STUCK)
    held["status"] = {
        "conditions": [{"type": "DrainingSucceeded", "status": "False", "message": "Drain not completed: Pod shop/cart: cannot evict"}]
    }
    hub = MemoryHub(THEIRS, live_cluster(), held)
    with pytest.raises(WaitError) as caught:
        go(hub)
    text = str(caught.value)
    assert "blocked by Machine clusters-demo/demo-1 (finalizers: machine.cluster.x-k8s.io): Drain not completed: Pod shop/cart" in text
    assert "nothing has changed for 60 s" in text and hub.seconds == 60.0
    assert hub.objects[("Machine", "clusters-demo", "demo-1")]["metadata"]["finalizers"]


def test_finalizers_go_only_for_kinds_that_were_named() -> None:
    hub = MemoryHub(THEIRS, live_cluster(), machine(**STUCK))
    with pytest.raises(WaitError):
        go(hub, remove_finalizers=["NodePool"])
    assert hub.objects[("Machine", "clusters-demo", "demo-1")]["metadata"]["finalizers"]


def test_each_removed_finalizer_is_in_the_result() -> None:
    hub = MemoryHub(THEIRS, live_cluster(), machine(**STUCK))
    hub.script = [(90.0, vanish)]
    result = go(hub, remove_finalizers=["Machine"])
    step = next(s for s in result["plan"] if s["object"] == "Machine clusters-demo/demo-1")
    assert step["change"] == {"metadata": {"finalizers": None}} and "machine.cluster.x-k8s.io" in step["why"]
    assert MACHINE.kind == "Machine" and "finalizers" not in hub.objects[("Machine", "clusters-demo", "demo-1")]["metadata"]


def test_cloud_cleanup_is_asked_for_by_annotation() -> None:
    hub = MemoryHub(THEIRS, live_cluster())
    hub.script = [(1.0, vanish)]
    result = go(hub, destroy_cloud_resources=True)
    assert result["plan"][0]["change"] == {"metadata": {"annotations": {"hypershift.openshift.io/cleanup-cloud-resources": "true"}}}
