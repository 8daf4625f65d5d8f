# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which pools a change rolls: on platforms where the operator makes no machines, none."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._node_pools.rollout import cluster_change_effects, pool_change_effects

from builders.objects import live_cluster, live_pool


def pool(platform: str) -> dict[str, Any]:
    found = live_pool()
    found["spec"] = {**found["spec"], "replicas": 2, "platform": {"type": platform}}
    return found


@pytest.mark.parametrize(("platform", "nodes"), [("KubeVirt", [2]), ("Agent", [2]), ("None", []), ("IBMCloud", [])])
def test_another_release_replaces_machines_of_the_operator_alone(platform: str, nodes: list[int]) -> None:
    live, cluster = pool(platform), live_cluster()
    newer, changed = deepcopy(live), deepcopy(cluster)
    newer["spec"]["release"] = {"image": "quay.io/other:1"}
    changed["spec"]["pullSecret"] = {"name": "another"}
    assert [effect.nodes for effect in pool_change_effects(live, newer)] == nodes
    assert [effect.nodes for effect in cluster_change_effects(cluster, changed, [live])] == nodes
