# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The plan of a campaign, one hop of a control plane and one update of node pools say the same of the same state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._health.pool_machines import MachineOwners
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import Failure
from ansible_collections.hypershift.core.plugins.module_utils._kernel.versions import Version
from ansible_collections.hypershift.core.plugins.module_utils._upgrades import hop as hops
from ansible_collections.hypershift.core.plugins.module_utils._upgrades import node_pools, readiness
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.hop import FORCE, HopRequest
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.hop_checks import HopSituation, hop_failures

from campaigns.planning.builders import MINORS, NOW, Object, cluster, condition, image, one, planned, pool, view, with_conditions

MINOR, SOON = "4.21.5", "2026-11-26T00:00:00Z"
HELD = condition("ClusterVersionUpgradeable", "False", "AdminAckRequired", "acknowledge the removed APIs")


def offering(patch: Object | None = None, *told: Object) -> Object:
    return with_conditions(cluster(offers=("4.20.9", MINOR), patch=patch), *told)


def by_plan(live: Object, pools: list[Object], target: str, minors: tuple[str, ...], moved: bool = False) -> set[str]:
    row = one(planned(view([live], pools, minors=minors), target={"version": target}, node_pools=moved))
    return {r["code"] for r in row["refusals"]}


def by_hop(live: Object, pools: list[Object], target: str, minors: tuple[str, ...]) -> set[str]:
    gone = readiness.deleting(live, "Choose another.")
    if gone:
        return {gone.code}
    request = HopRequest(version=target) if target in ("4.20.9", MINOR) else HopRequest(image=image(target))
    return {f.code for f in hop_failures(HopSituation(live, pools, request, hops.hop_of(live, request), minors, NOW))}


FRESH: Object = {"status": {"version": {"history": [{"state": "Partial", "version": "4.20.4"}]}}}
RUNNING: Object = {
    "spec": {"release": {"image": image("4.20.7")}},
    "status": {"version": {"history": [{"state": "Partial", "version": "4.20.7", "image": image("4.20.7")},
                                       {"state": "Completed", "version": "4.20.4", "image": image("4.20.4")}]}},
}  # fmt: skip
CASES: list[tuple[str, Object, list[Object] | None, str, set[str]]] = [
    ("fit", offering(), None, MINOR, set()),
    ("being deleted", offering({"metadata": {"deletionTimestamp": SOON}}), None, MINOR, {"deleting"}),
    ("nothing completed", offering(FRESH), None, MINOR, {"version_unavailable"}),
    ("an update runs", offering(RUNNING), None, MINOR, {"update_in_progress"}),
    ("etcd is down", offering(None, condition("EtcdAvailable", "False", "x", "1/3")), None, MINOR, {"etcd_unhealthy"}),
    ("the release is refused", offering(None, condition("ValidReleaseImage", "False", "x", "no")), None, MINOR, {"release_image_invalid"}),
    ("degraded", offering(None, condition("Degraded", "True", "x", "y")), None, MINOR, {"unhealthy"}),
    ("to acknowledge", offering(None, HELD), None, MINOR, {"not_upgradeable"}),
    ("held back otherwise", offering(None, condition("ClusterVersionUpgradeable", "False", "Other")), None, MINOR, {"not_upgradeable"}),
    ("left-over force", offering({"metadata": {"annotations": {FORCE: image("4.20.1")}}}, HELD), None, "4.20.9", {"force_upgrade_mismatch"}),
    ("pods kept back", offering({"spec": {"controlPlaneRelease": {"image": image("4.20.1")}}}), None, "4.20.9", {"control_plane_release_set"}),
    ("no worker", offering(), [pool(patch={"spec": {"replicas": 0}, "status": {"replicas": 0}})], MINOR, {"no_workers"}),
    ("a pool too far behind", offering(), [pool("4.17.3")], MINOR, {"pool_version_skew"}),
    ("back by a minor", offering(), None, "4.19.3", {"downgrade"}),
    ("back within the minor", offering(), None, "4.20.1", {"downgrade"}),
    ("two minors ahead", offering(), None, "4.22.1", {"skips_minor"}),
    ("not offered", offering(), None, "4.20.8", {"no_path"}),
]  # fmt: skip


@pytest.mark.parametrize(("live", "pools", "target", "code"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_plan_and_hop_say_the_same_of_a_hosted_cluster(live: Object, pools: list[Object] | None, target: str, code: set[str]) -> None:
    workers = [pool()] if pools is None else pools
    assert by_plan(live, workers, target, MINORS) == code
    assert by_hop(live, workers, target, MINORS) == code


def test_plan_and_hop_say_the_same_of_a_release_that_the_operator_does_not_support() -> None:
    assert (
        by_plan(offering(), [pool()], MINOR, ("4.20",)) == by_hop(offering(), [pool()], MINOR, ("4.20",)) == {"release_version_unsupported"}
    )


def rolling(surge: Any, unavailable: Any) -> Object:
    return pool(patch={"spec": {"management": {"replace": {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}}}})


def in_place(limit: Any) -> Object:
    return pool(nodes=2, patch={"spec": {"management": {"upgradeType": "InPlace", "inPlace": {"maxUnavailable": limit}}}})


POOLS: list[tuple[str, Callable[[], Object], set[str]]] = [
    ("fit", pool, set()),
    ("no room", lambda: rolling(0, 0), {"pool_management_invalid"}),
    ("no room in percent", lambda: rolling("0%", 0), {"pool_management_invalid"}),
    ("no surge, nothing said of the other", lambda: rolling(0, None), {"pool_management_invalid"}),
    ("room", lambda: rolling(0, 1), set()),
    ("too many in place", lambda: in_place(3), {"pool_management_invalid"}),
    ("too many in place in percent", lambda: in_place("150%"), {"pool_management_invalid"}),
    ("all in place", lambda: in_place(2), set()),
    ("on delete", lambda: pool(patch={"spec": {"management": {"replace": {"strategy": "OnDelete"}}}}), set()),
    ("updating", lambda: with_conditions(pool(), condition("UpdatingConfig", "True")), {"pool_updating"}),
    ("stopped in place", lambda: with_conditions(pool(), condition("UpdatingVersion", "False", "InplaceUpgradeFailed", "n")), {"inplace_upgrade_failed"}),
    ("invalid configuration", lambda: with_conditions(pool(), condition("ValidMachineConfig", "False", "x", "bad")), {"pool_config_invalid"}),
    ("invalid settings", lambda: with_conditions(pool(), condition("UpdateManagementEnabled", "False", "x", "0")), {"pool_management_invalid"}),
]  # fmt: skip


@pytest.mark.parametrize(("made", "code"), [p[1:] for p in POOLS], ids=[p[0] for p in POOLS])
def test_plan_and_update_say_the_same_of_a_node_pool(made: Callable[[], Object], code: set[str]) -> None:
    target = node_pools.PoolRelease(Version.parse("4.20.9"), image("4.20.9"))
    single: list[Failure] = list(node_pools.pool_failures(made(), target, NOW, MachineOwners(unseen="not asked")))
    assert {f.code for f in single} == code
    assert by_plan(offering(), [made(), pool(name="other")], "4.20.9", MINORS, moved=True) == code
    assert all(f.object == "NodePool clusters/demo" and f.cause and f.next_step for f in single)
