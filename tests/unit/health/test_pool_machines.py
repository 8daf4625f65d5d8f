# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the machines of a pool run its configuration: from the owner of its machines, never from the absence of a condition."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._health.pool_machines import FINISHED, POOL, MachineOwners, Stand

OLD, NEW = "5b0c7b1a", "c41d2e07"


def node_pool(finished: str = OLD, platform: str = "Agent", **management: Any) -> dict[str, Any]:
    notes = {FINISHED: finished} if finished else {}
    spec = {"clusterName": "shop", "platform": {"type": platform}, "management": {"upgradeType": "Replace", **management}}
    return {"metadata": {"name": "workers", "namespace": "clusters", "annotations": notes}, "spec": spec}


def owner(config: str, name: str = "workers", pool: str = "clusters/workers", secret: str = "", **more: Any) -> dict[str, Any]:
    bootstrap = {"dataSecretName": secret or f"user-data-workers-{config}"} if config else {}
    annotations = {POOL: pool, **more.pop("annotations", {})}
    spec = {"replicas": 2, "template": {"spec": {"bootstrap": bootstrap}}}
    return {"metadata": {"name": name, "namespace": "clusters-shop", "annotations": annotations}, "spec": spec, **more}


IN_PLACE: dict[str, Any] = {"upgradeType": "InPlace"}
STOPPED = {"hypershift.openshift.io/nodePoolUpgradeInProgressFalse": "node w1 is degraded"}


@pytest.mark.parametrize(
    ("pool", "owners", "stand", "text"),
    [
        (node_pool(), MachineOwners([owner(OLD)]), Stand.DONE, ""),
        (node_pool(), MachineOwners([owner(NEW, status={"updatedReplicas": 1})]), Stand.ROLLING, f"configuration {NEW}.*finished {OLD}; 1 of 2"),
        (node_pool(""), MachineOwners([owner(NEW)]), Stand.ROLLING, "finished none; 0 of 2 machines"),
        (node_pool(), MachineOwners([owner("")]), Stand.ROLLING, "has no configuration yet"),
        (node_pool(), MachineOwners([owner(OLD, secret=f"user-data-others-{OLD}")]), Stand.ROLLING, "rolls out"),
        # What was not seen is not done.
        (node_pool(), MachineOwners(), Stand.UNSEEN, "its MachineDeployment was not found"),
        (node_pool(), MachineOwners(unseen="it may not list them"), Stand.UNSEEN, "it may not list them"),
        (node_pool(), MachineOwners([owner(OLD, pool="clusters/other")]), Stand.UNSEEN, "not found"),
        (node_pool(), MachineOwners([owner(OLD, pool="other/workers")]), Stand.UNSEEN, "not found"),
        # The set that a MachineDeployment makes is not what an update in place works on, and the other way round.
        (node_pool(), MachineOwners([], [owner(OLD, name="workers-x7k2p")]), Stand.UNSEEN, "MachineDeployment was not found"),
        (node_pool(**IN_PLACE), MachineOwners([owner(OLD)], []), Stand.UNSEEN, "MachineSet was not found"),
        (node_pool(**IN_PLACE), MachineOwners([], [owner(OLD)]), Stand.DONE, ""),
        (node_pool(**IN_PLACE), MachineOwners([], [owner(NEW)]), Stand.ROLLING, "MachineSet clusters-shop/workers rolls out"),
        (node_pool(**IN_PLACE), MachineOwners([], [owner(NEW, annotations=STOPPED)]), Stand.STOPPED, "node w1 is degraded"),
        (node_pool(**IN_PLACE), MachineOwners([], [owner(OLD, annotations=STOPPED)]), Stand.DONE, ""),
        # No machines of the operator, and an operator that keeps no account: the conditions are all there is.
        (node_pool(platform="None"), MachineOwners(), Stand.DONE, ""),
        (node_pool(""), MachineOwners(), Stand.DONE, ""),
    ],
)  # fmt: skip
def test_what_the_owner_of_the_machines_shows(pool: dict[str, Any], owners: MachineOwners, stand: Stand, text: str) -> None:
    found = owners.rollout(pool)
    assert found.stand is stand
    assert re.search(text, found.text) and bool(found.text) == bool(text)
