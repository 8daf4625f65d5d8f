# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation nodepool on the in-memory hub."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._node_pools.nodepool import NodePool

from builders.memory_hub import MemoryHub
from builders.objects import IMAGE, NEWER, live_cluster, live_pool, options, pool_options


def go(hub: MemoryHub, check: bool = False, **given: Any) -> dict[str, Any]:
    opts = options("nodepool", **{"name": "demo", "wait": False, **given})
    return run(NodePool(hub, opts), hub, check, lambda line: None)


def config_map(name: str = "chrony", key: str = "config") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "clusters"}, "data": {key: "x"}}


def test_create_takes_platform_and_release_from_the_cluster() -> None:
    hub = MemoryHub(live_cluster())
    go(hub, cluster_name="demo")
    spec = hub.objects[("NodePool", "clusters", "demo")]["spec"]
    assert (spec["platform"]["type"], spec["release"]["image"], spec["replicas"]) == ("KubeVirt", IMAGE, 2)
    assert spec["platform"]["kubevirt"]["compute"]["memory"] == "4Gi"


def test_create_then_again_is_no_change() -> None:
    hub = MemoryHub(live_cluster())
    given = {
        "cluster_name": "demo",
        "replicas": 1,
        "node_drain_timeout": "15m",
        "taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}],
    }
    go(hub, **given)
    hub.writes.clear()
    given["node_drain_timeout"] = "15m0s"
    assert go(hub, **given)["changed"] is False and hub.writes == []


def test_replicas_and_auto_scaling_switch_in_one_patch() -> None:
    hub = MemoryHub(live_cluster(), live_pool())
    assert go(hub, auto_scaling={"min": 2, "max": 5})["plan"][0]["change"] == {
        "spec": {"autoScaling": {"min": 2, "max": 5}, "replicas": None}
    }
    assert go(hub, replicas=3)["plan"][0]["change"] == {"spec": {"replicas": 3, "autoScaling": None}}
    assert len(hub.writes) == 2


@pytest.mark.parametrize(
    "given",
    [
        {"replicas": 7},
        {"node_labels": {"a": "b"}},
        {"taints": []},
        {"node_drain_timeout": "20m"},
        {"auto_repair": True},
        {"replace": {"max_surge": 2}},
    ],
)
def test_what_does_not_roll_is_not_refused(given: dict[str, Any]) -> None:
    hub = MemoryHub(live_cluster(), live_pool(taints=[{"key": "x", "effect": "NoSchedule"}]))
    result = go(hub, **given)
    assert result["changed"] and result["rollout"] == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"release_image": NEWER}, "another release image"),
        ({"config": ["chrony"]}, "changed config references"),
        ({"kubevirt": {"memory": "16Gi"}}, "changed machine template"),
    ],
)
def test_what_rolls_is_refused_with_pool_count_and_reason(given: dict[str, Any], why: str) -> None:
    cluster = live_cluster(version="4.20.9")
    hub = MemoryHub(cluster, live_pool(cluster, 4), config_map())
    with pytest.raises(RefusedError) as caught:
        go(hub, **given)
    assert hub.writes == [] and why in str(caught.value) and "4 node(s)" in str(caught.value)
    assert go(hub, allow_rollout=True, **given)["rollout"][0]["why"] == [why]


def test_in_place_pool_keeps_machines_on_template_change_and_says_so() -> None:
    hub = MemoryHub(live_cluster(), live_pool(upgrade_type="InPlace"))
    result = go(hub, kubevirt={"cores": 8})
    assert result["rollout"] == [] and "only new machines" in result["notes"][0]


def test_in_place_pool_updates_in_place_on_release_change() -> None:
    cluster = live_cluster(version="4.20.9")
    hub = MemoryHub(cluster, live_pool(upgrade_type="InPlace"))
    assert go(hub, release_image=NEWER, allow_rollout=True)["rollout"][0]["action"] == "in_place"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"upgrade_type": "InPlace"}, "immutable_field"),
        ({"arch": "s390x"}, "immutable_field"),
        ({"cluster_name": "other"}, "immutable_field"),
        ({"release_image": NEWER}, "pool_newer_than_control_plane"),
        ({"release_image": IMAGE.replace("4.20", "4.16")}, "pool_version_skew"),
        ({"config": ["missing"]}, "pool_config_missing"),
        ({"tuning_config": ["chrony"]}, "pool_config_missing"),
        ({"auto_scaling": {"min": 0, "max": 3}}, "invalid_option"),
        ({"auto_scaling": {"min": 4, "max": 3}}, "invalid_option"),
        ({"in_place": {"max_unavailable": 1}}, "invalid_option"),
        ({"replace": {"max_surge": 0}}, "invalid_option"),
        ({"node_drain_timeout": "soon"}, "invalid_option"),
        ({"spec": {"pausedUntil": "true"}}, "invalid_option"),
    ],
)
def test_refusals_before_any_write(given: dict[str, Any], code: str) -> None:
    hub = MemoryHub(live_cluster(), live_pool(), config_map())
    with pytest.raises(RefusedError) as caught:
        go(hub, allow_rollout=True, **given)
    assert code in [f.code for f in caught.value.refusals] and hub.writes == []


def test_missing_cluster_is_named() -> None:
    with pytest.raises(RefusedError, match="HostedCluster clusters/demo does not exist"):
        go(MemoryHub(), cluster_name="demo")


def test_other_platform_is_refused() -> None:
    with pytest.raises(RefusedError, match="the hosted cluster is of platform KubeVirt"):
        go(MemoryHub(live_cluster()), cluster_name="demo", platform="none")


def test_single_arch_payload_refuses_another_arch() -> None:
    cluster = live_cluster()
    cluster["status"]["payloadArch"] = "AMD64"
    with pytest.raises(RefusedError, match="not in the cluster's release payload"):
        go(MemoryHub(cluster), cluster_name="demo", arch="s390x")


def test_absent_clears_a_pause_and_waits_until_gone() -> None:
    pool = live_pool()
    pool["spec"]["pausedUntil"] = "true"
    pool["metadata"]["finalizers"] = ["hypershift.openshift.io/finalizer"]
    hub = MemoryHub(live_cluster(), pool)
    from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import NODE_POOL

    hub.script = [(40.0, lambda h: h.drop(NODE_POOL, "clusters", "demo"))]
    result = go(hub, state="absent", wait=True)
    assert hub.writes == [("patch", "NodePool clusters/demo"), ("delete", "NodePool clusters/demo")]
    assert result["wait"]["clusters"][0]["outcome"] == "done" and hub.seconds == 40.0


def test_absent_respects_the_pause_of_somebody() -> None:
    pool = live_pool()
    pool["spec"]["pausedUntil"] = "true"
    pool["metadata"].setdefault("annotations", {})["hypershift.core/paused-by"] = "storage"
    hub = MemoryHub(live_cluster(), pool)
    with pytest.raises(RefusedError, match="it is paused by storage"):
        go(hub, state="absent")
    assert hub.writes == []
    go(hub, state="absent", wait=False, allow_paused=True)
    assert hub.writes == [("patch", "NodePool clusters/demo"), ("delete", "NodePool clusters/demo")]


def test_pool_options_reject_both_sizes() -> None:
    with pytest.raises(ValueError, match="mutually exclusive"):
        pool_options(replicas=1, auto_scaling={"min": 1, "max": 2})
