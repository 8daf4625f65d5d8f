# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""States of which the status says nothing, or the wrong thing, on a real API server: never healthy, and what is unknown has its cause."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_hub.testing import until
from playing import Admin, Player

IMAGE = "quay.io/openshift-release-dev/ocp-release:4.20.4-multi"
FAULT = "simulator.hypershift.core/fault"
SHORT = {"wait_timeout": 20, "progress_timeout": 2}
WAIT = {"wait_timeout": 240, "progress_timeout": 120}


def create(name: str, fault: str = "", **options: Any) -> dict[str, Any]:
    notes = {FAULT: fault} if fault else {}
    return {"hypershift.core.hosted_cluster": {
        "name": name, "namespace": "unseen", "platform": "kubevirt", "release_image": IMAGE, "pull_secret": {"content": "{}"},
        "create_namespace": True, "annotations": notes, **options}}  # fmt: skip


def remove(player: Player, *names: str) -> None:
    player.play(*({"hypershift.core.hosted_cluster": {"name": n, "namespace": "unseen", "state": "absent", **WAIT}} for n in names)).ok()


def health(player: Player, name: str) -> dict[str, Any]:
    task = {"hypershift.core.hosted_cluster_info": {"name": [name], "namespace": "unseen", "node_pools": True, "raw": False}}
    found: dict[str, Any] = player.play(task).ok().last["hosted_clusters"][0]
    return found


def stalled(player: Player, name: str, goal: str) -> dict[str, Any]:
    """The failure of a wait in which nothing moves."""
    task = {"hypershift.core.hosted_cluster_wait": {"name": [name], "namespace": "unseen", "goal": goal, **SHORT}}
    failure: dict[str, Any] = player.play(task).failed()["failure"]
    return failure


@pytest.mark.parametrize(
    ("name", "fault", "seen", "code", "cause"),
    [
        ("silent", "stall=control-plane-operator", ("InfrastructureReady", "Condition not found in the HCP"),
         "not_available", "Condition not found in the HCP"),
        ("unsaid", "missing-condition=Available", ("Degraded", "The hosted cluster is not degraded"),
         "availability_unknown", "Available=True (absent)"),
    ],
)  # fmt: skip
def test_a_cluster_of_which_nobody_says_that_it_is_available(
    quick: Player, admin: Admin, name: str, fault: str, seen: tuple[str, str], code: str, cause: str
) -> None:
    quick.play(create(name, fault, wait=False)).ok()

    def told() -> bool:
        rows = admin.get("hostedclusters", "-n", "unseen", name).get("status", {}).get("conditions") or []
        return seen in {(row["type"], row["message"]) for row in rows}

    until("the operator has written what it writes", told, 120)
    found = health(quick, name)["health"]
    assert found["verdict"] != "healthy" and code in {row["code"] for row in found["findings"]}
    failure = stalled(quick, name, "available")
    assert failure["code"] == "no_progress" and cause in failure["cause"]
    remove(quick, name)


def test_node_pools_whose_conditions_do_not_tell(quick: Player, admin: Admin) -> None:
    """A status that is empty; then a rollout that no condition tells, and its end. It waits for somebody who deletes the old machine."""
    pools = [{"name": "workers", "replicas": 1, "replace": {"strategy": "OnDelete"}}]
    quick.play(
        create("unseen", node_pools=pools, wait_for="version_completed", **WAIT),
        {"hypershift.core.hosted_cluster_wait": {"name": ["unseen"], "namespace": "unseen", "goal": "node_pools_settled", **WAIT}},
    ).ok()
    annotate = ("annotate", "--overwrite", "nodepool", "-n", "unseen", "workers")

    def pool() -> dict[str, Any]:
        return {row["type"]: row for row in admin.get("nodepools", "-n", "unseen", "workers")["status"]["conditions"]}

    admin.kubectl(*annotate, f"{FAULT}=empty-condition=ValidGeneratedPayload")
    until("the status is empty", lambda: pool()["ValidGeneratedPayload"]["status"] == "")
    found = health(quick, "unseen")
    assert found["node_pools"][0]["verdict"] == "blocked" and "pool_payload_config_invalid" in {
        f["code"] for f in found["health"]["findings"]
    }
    admin.kubectl(*annotate, f"{FAULT}-")
    until("the status is back", lambda: pool()["ValidGeneratedPayload"]["status"] == "True")

    image = {"configuration": {"image": {"registrySources": {"insecureRegistries": ["registry.example.com"]}}}}
    task = {"name": "unseen", "namespace": "unseen", "spec": image, "allow_rollout": True, "wait": False}
    quick.play({"hypershift.core.hosted_cluster": task}).ok()

    def rolls() -> bool:
        spec = admin.get("machinedeployments.cluster.x-k8s.io", "-n", "unseen-unseen", "workers")["spec"]["template"]["spec"]
        finished = admin.get("nodepools", "-n", "unseen", "workers")["metadata"]["annotations"]
        return not spec["bootstrap"]["dataSecretName"].endswith(finished["hypershift.openshift.io/nodePoolCurrentConfigVersion"])

    until("the rollout has begun", rolls)
    assert {pool()[name]["status"] for name in ("UpdatingConfig", "UpdatingVersion", "UpdatingPlatformMachineTemplate")} == {"False"}
    found = health(quick, "unseen")
    assert found["health"]["verdict"] != "healthy" and found["rollout"]["kinds"] == ["node_config"]
    assert "pool_rolls_unannounced" in {f["code"] for f in found["health"]["findings"]}
    failure = stalled(quick, "unseen", "node_pools_settled")
    assert failure["code"] == "no_progress" and "rolls out configuration" in failure["cause"]
    admin.kubectl("delete", "machines.cluster.x-k8s.io", "-n", "unseen-unseen", "--all", "--wait=false")
    quick.play(
        {"hypershift.core.hosted_cluster_wait": {"name": ["unseen"], "namespace": "unseen", "goal": "node_pools_settled", **WAIT}}
    ).ok()
    assert health(quick, "unseen")["health"]["verdict"] == "healthy" and not rolls()
    remove(quick, "unseen")
