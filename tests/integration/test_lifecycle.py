# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The main job through ansible-playbook, both execution paths: create, change, delete, each as check, do, check, do.

The audit log of the API server is the witness that check mode and second runs send no write.
"""

from __future__ import annotations

from typing import Any

import pytest

from playing import Admin, Player

IMAGE = "quay.io/openshift-release-dev/ocp-release:4.20.4-multi"
WAIT = {"wait_timeout": 180, "progress_timeout": 60}


def four_steps(player: Player, task: dict[str, Any], expected_writes: list[str]) -> dict[str, Any]:
    """check, do, check, do. Returns the result of the first real run."""
    check, done, again, second = player.four_steps(task)
    assert check.result["changed"] is True and check.writes == []
    assert done.result["changed"] is True and set(done.writes) == set(expected_writes)
    assert [s["object"] for s in check.result["plan"]] == [s["object"] for s in done.result["plan"]]
    assert again.result["changed"] is False and again.result["plan"] == []
    assert second.result["changed"] is False and again.writes + second.writes == []
    return done.result


@pytest.fixture
def namespace(player: Player, admin: Admin) -> str:
    return f"life-{'action' if player.in_process else 'module'}"


def test_hosted_cluster_and_node_pools(player: Player, admin: Admin, namespace: str) -> None:
    where = {"name": "demo", "namespace": namespace}
    create = {
        "hypershift.core.hosted_cluster": {
            **where, "platform": "kubevirt", "release_image": IMAGE, "pull_secret": {"content": "{}"}, "etcd_encryption": {"generate": True},
            "node_pools": [{"name": "demo", "replicas": 2, "node_drain_timeout": "15m"}], "wait_for": "version_completed", **WAIT,
        }
    }  # fmt: skip
    result = four_steps(
        player,
        create,
        [
            f"create namespaces /{namespace}", f"create secrets {namespace}/demo-pull-secret", f"create secrets {namespace}/demo-etcd-encryption-key",
            f"create hostedclusters {namespace}/demo", f"create nodepools {namespace}/demo",
        ],
    )  # fmt: skip
    assert result["wait"]["clusters"][0]["outcome"] == "done"
    assert result["resource"]["status"]["version"]["history"][0]["state"] == "Completed"

    change = {"hypershift.core.hosted_cluster": {**where, "channel": "stable-4.20", "labels": {"tier": "canary"}, **WAIT}}
    assert four_steps(player, change, [f"patch hostedclusters {namespace}/demo"])["rollout"] == []

    pool = {"hypershift.core.nodepool": {**where, "replicas": 3, "node_labels": {"size": "large"}, **WAIT}}
    assert four_steps(player, pool, [f"patch nodepools {namespace}/demo"])["resource"]["status"]["replicas"] == 3

    second = {"hypershift.core.nodepool": {**where, "name": "second", "cluster_name": "demo", "auto_scaling": {"min": 1, "max": 2}, **WAIT}}
    four_steps(player, second, [f"create nodepools {namespace}/second"])
    gone = {"hypershift.core.nodepool": {**where, "name": "second", "state": "absent", **WAIT}}
    four_steps(player, gone, [f"delete nodepools {namespace}/second"])

    delete = {"hypershift.core.hosted_cluster": {**where, "state": "absent", "delete_namespace": True, **WAIT}}
    check = player.play(delete, check=True).ok()
    assert check.last["changed"] is True and player.writes(check.started) == []
    done = player.play(delete).ok()
    assert f"delete hostedclusters {namespace}/demo" in player.writes(done.started)
    again = player.play(delete, check=True).ok()
    assert player.play(delete).ok().last["changed"] is False and player.writes(again.started) == []
    assert (admin.get("hostedclusters,nodepools,secrets", "-n", namespace) or {"items": []})["items"] == []
    assert admin.get("namespace", f"{namespace}-demo") is None


def test_rollout_is_predicted_refused_and_carried_out(player: Player, admin: Admin) -> None:
    where = {"name": "roll", "namespace": f"roll-{'action' if player.in_process else 'module'}"}
    base = {
        **where,
        "platform": "kubevirt",
        "release_image": IMAGE,
        "pull_secret": {"content": "{}"},
        "wait_for": "node_pools_settled",
        **WAIT,
    }
    player.play({"hypershift.core.hosted_cluster": {**base, "node_pools": [{"name": "roll", "replicas": 2}]}}).ok()
    memory = {"hypershift.core.nodepool": {**where, "kubevirt": {"memory": "16Gi"}, **WAIT}}
    refused = player.play(memory)
    failure = refused.failed()
    assert (
        failure["failure"]["code"] == "rollout_not_allowed" and "replaces 2 node(s) because of changed machine template" in failure["msg"]
    )
    assert player.writes(refused.started) == []
    before = {m["metadata"]["name"] for m in admin.get("machines.cluster.x-k8s.io", "-n", f"{where['namespace']}-roll")["items"]}
    allowed = {"hypershift.core.nodepool": {**memory["hypershift.core.nodepool"], "allow_rollout": True}}
    assert player.play(allowed).ok().last["rollout"][0]["nodes"] == 2
    after = {m["metadata"]["name"] for m in admin.get("machines.cluster.x-k8s.io", "-n", f"{where['namespace']}-roll")["items"]}
    assert before.isdisjoint(after) and len(after) == 2
    player.play({"hypershift.core.hosted_cluster": {**where, "state": "absent", **WAIT}}).ok()


def test_pause_and_resume(player: Player, admin: Admin) -> None:
    where = {"name": "pausing", "namespace": f"pause-{'action' if player.in_process else 'module'}"}
    base = {**where, "platform": "kubevirt", "release_image": IMAGE, "pull_secret": {"content": "{}"}, **WAIT}
    pools = [{"name": "one", "replicas": 1, "auto_repair": True}, {"name": "two", "replicas": 1}]
    player.play({"hypershift.core.hosted_cluster": {**base, "wait_for": "version_completed", "node_pools": pools}}).ok()
    pause = {
        "hypershift.core.pause_reconcile": {
            **where,
            "state": "paused",
            "owner": "storage",
            "reason": "firmware",
            "until": "2099-01-01T00:00:00Z",
            **WAIT,
        }
    }
    unit = [
        f"patch hostedclusters {where['namespace']}/pausing",
        f"patch nodepools {where['namespace']}/one",
        f"patch nodepools {where['namespace']}/two",
    ]
    home = f"{where['namespace']}-pausing"
    four_steps(player, pause, [*unit, f"patch machinehealthchecks {home}/one"])
    assert admin.get("hostedcontrolplanes", "-n", home, "pausing")["spec"]["pausedUntil"] == "2099-01-01T00:00:00Z"
    foreign = player.play({"hypershift.core.pause_reconcile": {**where, "state": "resumed", "owner": "upgrade", **WAIT}}).failed()
    assert foreign["failure"]["code"] == "paused_by_other" and "storage (firmware)" in foreign["msg"]
    audit = player.play({"hypershift.core.pause_reconcile_info": {"namespace": where["namespace"]}}).ok().last
    assert {p["owner"] for p in audit["pauses"]} == {"storage"} and audit["forgotten"] == []
    status = player.play({"hypershift.core.hosted_cluster_info": {**where, "name": ["pausing"], "node_pools": True}}).ok().last
    assert status["hosted_clusters"][0]["health"]["verdict"] == "paused" and status["hosted_clusters"][0]["paused"]["owner"] == "storage"
    four_steps(
        player,
        {"hypershift.core.pause_reconcile": {**where, "state": "resumed", "owner": "storage", **WAIT}},
        [*unit, f"patch machinehealthchecks {home}/one"],
    )
    assert "pausedUntil" not in admin.get("hostedclusters", "-n", where["namespace"], "pausing")["spec"]
    player.play({"hypershift.core.hosted_cluster_wait": {**where, "name": ["pausing"], "goal": "healthy", **WAIT}}).ok()
    pools_now = player.play({"hypershift.core.nodepool_info": {"namespace": where["namespace"], "cluster_name": "pausing"}}).ok().last
    assert [p["health"]["verdict"] for p in pools_now["node_pools"]] == ["healthy", "healthy"]
    player.play({"hypershift.core.hosted_cluster": {**where, "state": "absent", **WAIT}}).ok()


def test_credentials(player: Player, tmp_path: Any) -> None:
    where = {"name": "access", "namespace": f"access-{'action' if player.in_process else 'module'}"}
    base = {**where, "platform": "none", "release_image": IMAGE, "pull_secret": {"content": "{}"}, **WAIT}
    player.play({"hypershift.core.hosted_cluster": {**base, "service_publishing": {"api_server_address": "192.0.2.7"}}}).ok()
    files = {"kubeconfig_dest": str(tmp_path / "kubeconfig"), "password_dest": str(tmp_path / "password")}
    task = {"hypershift.core.hosted_cluster_credentials": {**where, **files}}
    assert player.play(task, check=True).ok().last["changed"] is True and list(tmp_path.iterdir()) == []
    assert player.play(task).ok().last["changed"] is True and player.play(task).ok().last["changed"] is False
    assert "current-context" in (tmp_path / "kubeconfig").read_text() and (tmp_path / "kubeconfig").stat().st_mode & 0o777 == 0o600
    password = (tmp_path / "password").read_text()
    returned = player.play({"hypershift.core.hosted_cluster_credentials": {**where, "return_content": True}}, arguments=["-vvv"]).ok()
    assert password and password not in returned.output
    player.play({"hypershift.core.hosted_cluster": {**where, "state": "absent", **WAIT}}).ok()
