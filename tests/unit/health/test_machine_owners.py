# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the machines of node pools come from is read in few requests, and what may not be read is unseen, never done."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters.hosted_cluster_info import HostedClusterInfo
from ansible_collections.hypershift.core.plugins.module_utils._health.machine_owners import machine_owners, permitted_machine_owners
from ansible_collections.hypershift.core.plugins.module_utils._health.pool_machines import FINISHED, POOL, Stand
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import MACHINE_DEPLOYMENT, Kind
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._node_pools.nodepool_info import NodePoolInfo
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.nodepool_upgrade import NodePoolUpgrade

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster, live_pool, options

OLD, NEW = "5b0c7b1a", "c41d2e07"


def pool(name: str = "workers", cluster: str = "demo", **management: Any) -> dict[str, Any]:
    found = live_pool(name=name)
    found["spec"]["clusterName"] = cluster
    found["spec"]["management"] = {**found["spec"].get("management", {}), **management}
    found["metadata"].setdefault("annotations", {})[FINISHED] = OLD
    return found


def owner(config: str, name: str = "workers", cluster: str = "demo", kind: str = "MachineDeployment") -> dict[str, Any]:
    meta = {"name": name, "namespace": f"clusters-{cluster}", "annotations": {POOL: f"clusters/{name}"}}
    spec = {"replicas": 2, "template": {"spec": {"bootstrap": {"dataSecretName": f"user-data-{name}-{config}"}}}}
    return {"apiVersion": "cluster.x-k8s.io/v1beta1", "kind": kind, "metadata": meta, "spec": spec, "status": {"updatedReplicas": 1}}


class OneNamespaceAtATime(MemoryHub):
    """An account with rights in namespaces of its own."""

    def list(self, kind: Kind, namespace: str | None = None, label_selector: str = "", field_selector: str = "") -> list[dict[str, Any]]:
        if kind == MACHINE_DEPLOYMENT and not namespace:
            raise ApiError(Failure("missing_permission", "the account may not list machinedeployments"), 403, "Forbidden")
        return super().list(kind, namespace, label_selector, field_selector)


IN_PLACE = {"upgradeType": "InPlace"}
BOTH = (pool("workers", "demo"), pool("builders", "shop"))


@pytest.mark.parametrize(
    ("pools", "reads"),
    [
        ([], []),
        ([live_pool()], []),  # it has never finished a configuration: its conditions are all there is
        ([pool(), pool("more")], [("list", "MachineDeployment")]),
        ([pool(**IN_PLACE)], [("list", "MachineSet")]),
        ([pool(), pool("more", **IN_PLACE)], [("list", "MachineDeployment"), ("list", "MachineSet")]),
        (list(BOTH), [("list", "MachineDeployment")]),  # of a whole fleet at once
    ],
)
def test_one_list_of_each_kind_that_is_needed(pools: list[dict[str, Any]], reads: list[tuple[str, str]]) -> None:
    hub = MemoryHub()
    machine_owners(hub, pools)
    assert hub.reads == reads


def test_an_account_of_single_namespaces_reads_one_after_the_other() -> None:
    owners = machine_owners(OneNamespaceAtATime(owner(OLD), owner(NEW, "builders", "shop")), BOTH)
    assert [owners.rollout(one).stand for one in BOTH] == [Stand.DONE, Stand.ROLLING]


def test_what_may_not_be_read_is_unseen_and_what_fails_is_an_error() -> None:
    hub = MemoryHub(owner(OLD))
    hub.forbidden.add(("list", "MachineDeployment"))
    found = permitted_machine_owners(hub, [pool()]).rollout(pool())
    assert found.stand is Stand.UNSEEN and "may not list machinedeployments" in found.text
    with pytest.raises(ApiError):
        machine_owners(hub, [pool()])


def test_information_says_unknown_where_it_may_not_look_and_rolling_where_it_sees_so() -> None:
    def health(hub: MemoryHub, operation: type[HostedClusterInfo | NodePoolInfo], key: str) -> str:
        given = {"node_pools": True} if operation is HostedClusterInfo else {}
        module = "hosted_cluster_info" if operation is HostedClusterInfo else "nodepool_info"
        return str(run(operation(hub, options(module, **given)), hub, False, lambda line: None)[key][0]["health"]["verdict"])

    def hub(config: str) -> MemoryHub:
        return MemoryHub(live_cluster(), pool(), owner(config))

    dark = hub(OLD)
    dark.forbidden.add(("list", "MachineDeployment"))
    for operation, key in ((HostedClusterInfo, "hosted_clusters"), (NodePoolInfo, "node_pools")):
        assert [health(one, operation, key) for one in (hub(OLD), hub(NEW), dark)] == ["healthy", "progressing", "unknown"], key


def test_a_pool_that_rolls_without_saying_so_is_not_rolled_again() -> None:
    hub = MemoryHub(live_cluster(), pool(), owner(NEW))
    given = options("nodepool_upgrade", cluster_name="demo", wait=False, image="quay.io/release@sha256:" + "b" * 64, version="4.20.4")
    with pytest.raises(RefusedError) as caught:
        run(NodePoolUpgrade(hub, given, False), hub, False, lambda line: None)
    assert [f.code for f in caught.value.refusals] == ["pool_updating"] and "1 of 2 machines are new" in caught.value.refusals[0].cause
    assert hub.writes == []
