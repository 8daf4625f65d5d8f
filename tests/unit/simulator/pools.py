# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What tests of node pools do to a pool and ask of it."""

from __future__ import annotations

from typing import Any

from simulator.fake_management_cluster import FakeManagementCluster, Status
from simulator.manifests import NEXT_IMAGE, Obj

HC = ("HostedCluster", "clusters", "demo")
NP = ("NodePool", "clusters", "demo")
CPNS = "clusters-demo"
FAULT = "simulator.hypershift.core/fault"


def machines(hub: FakeManagementCluster) -> dict[str, Obj]:
    return {machine["metadata"]["name"]: machine for machine in hub.store.list("Machine")}


def pool(hub: FakeManagementCluster, **spec: Any) -> None:
    hub.patch(*NP, {"spec": spec})


def fault(hub: FakeManagementCluster, value: str | None) -> None:
    hub.patch(*NP, {"metadata": {"annotations": {FAULT: value}}})


def upgraded_cluster(hub: FakeManagementCluster) -> None:
    hub.patch(*HC, {"spec": {"release": {"image": NEXT_IMAGE}}})
    hub.run(1500)


def settled(hub: FakeManagementCluster, version: str = "4.21.3", replicas: int = 2) -> None:
    status = hub.get(*NP)["status"]
    assert (status["version"], status["replicas"]) == (version, replicas)
    for type_ in ("UpdatingVersion", "UpdatingConfig"):
        condition = hub.condition(*NP, type_)
        assert (condition["status"], condition["reason"]) == ("False", "AsExpected")
    for type_ in ("Ready", "AllMachinesReady", "AllNodesHealthy"):
        assert hub.condition(*NP, type_)["status"] == "True"


def most_machines(hub: FakeManagementCluster) -> int:
    reports = [action for action in hub.writes if isinstance(action, Status) and action.kind == "MachineDeployment"]
    return max(int(action.status["replicas"]) for action in reports)
