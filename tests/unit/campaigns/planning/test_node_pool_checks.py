# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules about node pools: one thing of a good world is spoilt at a time. Source: platform_facts#0.6, #6.5, #6.6, #10.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from campaigns.planning.builders import Object, cluster, codes, condition, image, one, planned, pool, steps, view, with_conditions

OFFERS = ("4.20.9", "4.21.5")
Patch = Object


def plan_of(patch: Patch | None = None, pools: Any = None, conditions: Any = (), hub: Any = None, **options: Any) -> Object:
    body = with_conditions(cluster(offers=OFFERS, patch=patch), *conditions)
    return one(planned(view([body], [pool()] if pools is None else pools, **(hub or {})), **options))


MANAGEMENT = ("spec", "management")


def in_place(limit: Any, nodes: int = 3) -> Object:
    return pool(nodes=nodes, patch={"spec": {"management": {"upgradeType": "InPlace", "inPlace": {"maxUnavailable": limit}}}})


def rolling(surge: Any, unavailable: Any) -> Object:
    return pool(patch={"spec": {"management": {"replace": {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}}}})


POOLS: list[tuple[str, Callable[[], Object], str]] = [
    ("paused", lambda: pool(patch={"spec": {"pausedUntil": "true"}}), "paused"),
    ("newer than the control plane", lambda: pool("4.20.5"), "pool_newer_than_control_plane"),
    ("updating its version", lambda: with_conditions(pool("4.20.1"), condition("UpdatingVersion", "True", "x", "Target version: 4.20.4")), "pool_updating"),
    ("updating its config", lambda: with_conditions(pool(), condition("UpdatingConfig", "True")), "pool_updating"),
    ("updating its machines", lambda: with_conditions(pool(), condition("UpdatingPlatformMachineTemplate", "True")), "pool_updating"),
    ("failed in place", lambda: with_conditions(pool(), condition("UpdatingVersion", "False", "InplaceUpgradeFailed", "Node n degraded")),
     "inplace_upgrade_failed"),
    ("invalid config", lambda: with_conditions(pool(), condition("ValidMachineConfig", "False", "x", "unsupported config type")), "pool_config_invalid"),
    ("invalid release", lambda: with_conditions(pool(), condition("ValidReleaseImage", "False", "x", "cannot pull")), "pool_release_image_invalid"),
    ("unhealthy nodes", lambda: with_conditions(pool(), condition("AllNodesHealthy", "False", "x", "1 of 2 not ready")), "nodes_unhealthy"),
    ("maxUnavailable above replicas", lambda: in_place(4), "pool_management_invalid"),
    ("maxUnavailable above 100%", lambda: in_place("150%"), "pool_management_invalid"),
    ("no room", lambda: rolling(0, 0), "pool_management_invalid"),
    ("no room in percent", lambda: rolling("0%", "0%"), "pool_management_invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "code"), [p[1:] for p in POOLS], ids=[p[0] for p in POOLS])
def test_states_of_a_pool(made: Callable[[], Object], code: str) -> None:
    row = plan_of(pools=[made(), pool(name="other")])
    assert codes(row) == [code] and row["refusals"][0]["object"] == "NodePool clusters/demo" and row["refusals"][0]["next_step"]


@pytest.mark.parametrize(
    "made", [lambda: in_place(3), lambda: in_place("100%"), lambda: in_place("1%"), lambda: in_place(None), lambda: rolling(0, 1),
             lambda: rolling(1, 0), lambda: rolling("10%", 0), lambda: rolling(None, None)],
)  # fmt: skip
def test_settings_with_which_a_pool_can_roll(made: Callable[[], Object]) -> None:
    assert plan_of(pools=[made()])["verdict"] == "ready"


def test_a_pool_that_the_campaign_leaves_alone_may_be_in_any_state_but_a_failed_one() -> None:
    for name, made, code in POOLS:
        found = codes(plan_of(pools=[made()], node_pools=False))
        assert found == ([code] if code in ("pool_newer_than_control_plane", "inplace_upgrade_failed") else []), name
    gone = pool(name="gone", patch={"metadata": {"deletionTimestamp": "2026-11-25T00:00:00Z"}})
    assert steps(plan_of(pools=[pool(), gone])) == ["4.21.5", "4.21.5[demo]"]


def test_a_pool_on_its_way_to_the_target_already_goes_on() -> None:
    body = cluster("4.21.5", offers=[])
    busy = with_conditions(pool("4.20.4", patch={"spec": {"release": {"image": image("4.21.5")}}}), condition("UpdatingVersion", "True"))
    row = one(planned(view([body], [busy])))
    assert (row["verdict"], steps(row)) == ("ready", ["4.21.5[demo]"])


def test_skew_with_pools_that_stay() -> None:
    body, old = cluster("4.21.5", offers=["4.22.0"]), pool("4.18.1")
    assert codes(one(planned(view([body], [old]), node_pools=False, target={"version": "4.22.0"}))) == ["pool_version_skew"]
    row = one(planned(view([body], [pool("4.19.1")]), node_pools=False, target={"version": "4.22.0"}))
    assert row["verdict"] == "ready" and any("the next minor needs it to move" in w for w in row["warnings"])
    assert any("3 minor(s) behind" in w and "OVN" in w for w in row["warnings"])


EMPTY = {"spec": {"replicas": 0}, "status": {"replicas": 0}}
SCALED = {"spec": {"replicas": None, "autoScaling": {"min": 1, "max": 3}}}


def test_pools_without_nodes() -> None:
    assert codes(plan_of(pools=[])) == ["no_workers"]
    assert codes(plan_of(pools=[pool(patch=EMPTY), pool(name="b", patch=EMPTY)])) == ["no_workers"]
    row = plan_of(pools=[pool(patch=EMPTY), pool(name="b")])
    assert row["verdict"] == "ready" and [r["pool"] for r in row["rolls"]] == ["b"] and row["nodes"] == 2
    assert any("has no nodes" in w for w in row["warnings"]) and steps(row) == ["4.21.5", "4.21.5[b]", "4.21.5[demo]"]
    only_pools = one(planned(view([cluster("4.21.5")], [pool("4.20.4", patch=EMPTY)])))
    assert only_pools["verdict"] == "ready" and only_pools["rolls"] == []


def warnings(**spoilt: Any) -> str:
    row = plan_of(**spoilt)
    assert row["verdict"] == "ready", row["refusals"]
    return " | ".join(row["warnings"])


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ({"pools": [pool(patch=SCALED)]}, "is autoscaled"),
        ({"pools": [pool(patch={"spec": {"nodeDrainTimeout": "0s"}})]}, "nodeDrainTimeout is 0"),
        ({"pools": [pool(patch={"spec": {"nodeDrainTimeout": None}})]}, "nodeDrainTimeout is 0"),
        ({"pools": [in_place(1)]}, "retried for ever"),
        (
            {"pools": [pool(nodes=10, patch={"spec": {"management": {"replace": {"rollingUpdate": {"maxSurge": "25%"}}}}})]},
            "room for 3 more",
        ),
        ({"pools": [pool(patch={"spec": {"management": {"replace": {"strategy": "OnDelete"}}}})]}, "OnDelete"),
        ({"patch": {"spec": {"channel": None}}}, "no channel"),
        (
            {"pools": [pool(patch={"status": {"version": None}, "spec": {"release": {"image": "quay.io/r@sha256:" + "a" * 64}}})]},
            "is not known",
        ),
    ],
)
def test_warnings(spoilt: dict[str, Any], words: str) -> None:
    assert words in warnings(**spoilt)
    assert words not in warnings()


def test_on_delete_pools_do_not_count_as_rolling() -> None:
    row = plan_of(pools=[pool(patch={"spec": {"management": {"replace": {"strategy": "OnDelete"}}}})])
    assert row["rolls"] == [] and steps(row) == ["4.21.5", "4.21.5[demo]"]


@pytest.mark.parametrize(
    ("target_image", "arch", "payload", "code", "warns"),
    [
        ("quay.io/r:4.21.5-multi", "arm64", "Multi", "", False),
        ("quay.io/r:4.21.5-x86_64", "arm64", "Multi", "pool_architecture_unsupported", False),
        ("quay.io/r:4.21.5-x86_64", "amd64", "AMD64", "", False),
        ("quay.io/r:4.21.5-aarch64", "arm64", "ARM64", "", False),
        ("quay.io/r:4.21.5-ppc64le", "amd64", "AMD64", "pool_architecture_unsupported", False),
        ("quay.io/r@sha256:" + "b" * 64, "arm64", "Multi", "", True),
        ("quay.io/r@sha256:" + "b" * 64, "amd64", "Multi", "", True),
        ("quay.io/r@sha256:" + "b" * 64, "amd64", "AMD64", "", False),
        ("quay.io/r:4.21.5", "amd64", "AMD64", "", False),
    ],
)
def test_architectures(target_image: str, arch: str, payload: str, code: str, warns: bool) -> None:
    row = plan_of(
        {"status": {"payloadArch": payload}}, pools=[pool(patch={"spec": {"arch": arch}})], release_images={"4.21.5": target_image}
    )
    assert codes(row) == ([code] if code else [])
    assert any("cannot be told from its name" in w for w in row["warnings"]) is warns
