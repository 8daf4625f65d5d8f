# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""SIGKILL at a write, before it reached the API server and after; the next run ends where an undisturbed one does, the third writes nothing.

`make soak` kills at every single write; proofs.py names the points of the sample.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import proofs
from direct import IMAGE, SPEED, Direct, capi, hosted_cluster, new, node_pool
from embedded_hub import EmbeddedHub
from faults.cases import FOREVER, SLOW
from faults.doing import on, then
from faults.killing import Point, infra_ids, kill_at, kill_everywhere, play_all, points, standing
from faults.proxy import Rule, forward, proxying
from playing import Player, Task

RUN = f"{int(time.time()) % 10**6:06d}"
TOPICS = ("kc-", "km-", "kp-", "kd-")
UNTIL = "2099-01-01T00:00:00Z"
UNDISTURBED = Point(0, False)
LABELS = {"hypershift.openshift.io/safe-to-delete-with-cluster": "true"}
CREATED = ["create namespaces", "create secrets", "create secrets", "create secrets", "create configmaps", "create hostedclusters",
           "create nodepools", "create nodepools"]  # fmt: skip
PAUSED = ["patch hostedclusters", "patch nodepools", "patch nodepools", "patch machinehealthchecks"]
DELETED = ["patch nodepools", "patch nodepools", "patch machinehealthchecks", "patch hostedclusters", "delete hostedclusters",
           "delete secrets", "delete secrets", "delete secrets", "delete configmaps", "delete namespaces"]  # fmt: skip


def name_of(topic: str, point: Point) -> str:
    return f"{topic}-{point.name}-{RUN}"


def create(topic: str, point: Point) -> Task:
    name = name_of(topic, point)
    pools = [{"name": f"{name}-one", "replicas": 1}, {"name": f"{name}-two", "auto_scaling": {"min": 1, "max": 2}}]
    options = {"name": name, "namespace": name, "platform": "kubevirt", "release_image": IMAGE, "annotations": {SPEED: SLOW},
               "pull_secret": {"content": '{"auths": {}}'}, "ssh_key": {"content": "ssh-ed25519 AAAA tests"}, "wait": False,
               "etcd_encryption": {"generate": True}, "additional_trust_bundle": {"content": "none"}, "node_pools": pools}  # fmt: skip
    return {"hypershift.core.hosted_cluster": options}


def prepared(direct: Direct, name: str, paused: bool) -> None:
    """A hosted cluster with all that belongs to it, as create leaves it; optionally with pauses left behind everywhere."""
    owner = {"hypershift.core/paused-by": "somebody"}
    capi_owner = {**owner, "cluster.x-k8s.io/paused": "true"}
    ours = {**LABELS, "hypershift.openshift.io/auto-created-for-infra": f"{name}-infra"}
    pause, notes = ({"pausedUntil": "true"}, owner) if paused else ({}, {})
    direct.create(
        new("Namespace", name, labels={"hypershift.core/created-by": "hosted_cluster"}),
        new("Namespace", f"{name}-{name}"),
        *(new("Secret", f"{name}-{suffix}", name, data={"key": "none"}, labels=ours) for suffix in ("pull-secret", "ssh-key", "etcd-encryption-key")),
        new("ConfigMap", f"{name}-trust-bundle", name, data={"ca-bundle.crt": "none"}, labels=ours),
        hosted_cluster(name, name, {**pause, "additionalTrustBundle": {"name": f"{name}-trust-bundle"}}, speed=SLOW, annotations=notes),
        *(node_pool(f"{name}-{suffix}", name, name, pause, annotations=notes) for suffix in ("one", "two")),
        capi("MachineHealthCheck", "check", f"{name}-{name}", annotations=capi_owner if paused else {}),
    )  # fmt: skip


def pause(topic: str, point: Point) -> Task:
    name = name_of(topic, point)
    options = {"name": name, "namespace": name, "state": "paused", "owner": "tests", "reason": "kill", "until": UNTIL, "wait": False}
    return {"hypershift.core.pause_reconcile": options}


def delete(topic: str, point: Point) -> Task:
    name = name_of(topic, point)
    limits = {"wait_timeout": 60, "progress_timeout": 60, "allow_paused": True}
    return {"hypershift.core.hosted_cluster": {"name": name, "namespace": name, "state": "absent", "delete_namespace": True, **limits}}


class Operator:
    """Deletes node pools and cluster at once, as soon as the deletion is asked for: what the operator does, without its pace."""

    def __init__(self, direct: Direct) -> None:
        self._direct = direct

    def finish(self, name: str) -> None:
        kinds = [("NodePool", o["metadata"]["name"]) for o in self._direct.list("NodePool", name)] + [("HostedCluster", name)]
        for kind, each in kinds:
            self._direct.end(kind, name, each)

    def finish_what_was_asked(self, names: list[str]) -> None:
        for name in names:
            cluster = self._direct.get("HostedCluster", name, name)
            if cluster and "deletionTimestamp" in cluster["metadata"]:
                self.finish(name)

    def rule(self) -> Rule:
        def acted(handler: Any, exchange: Any) -> None:
            then(forward, lambda: self.finish(exchange.path.rpartition("/")[2].partition("?")[0]))(handler, exchange)

        return Rule(on("delete", "hostedclusters"), acted, FOREVER)


def killed_at(topic: str, writes: int) -> list[Point]:
    return proofs.points(f"kill-{topic}", points(writes), lambda point: point.name)


def expected(sent: dict[Point, list[str]], writes: list[str]) -> None:
    """Each run was killed where it should be."""
    for point, found in sent.items():
        assert found == writes[: point.write], point.name


def twice(hub: EmbeddedHub, kubeconfig: Path, tasks: dict[Point, Task], again_changes: int) -> None:
    """Run again, and once more: the points after the last write have nothing left to do, nor has the third run."""
    second, _writes = play_all(hub, kubeconfig, list(tasks.values()))
    for point, result in zip(tasks, second, strict=True):
        assert result["changed"] is (point.write < again_changes or not point.reached), point.name
    third, writes = play_all(hub, kubeconfig, list(tasks.values()))
    assert not any(result["changed"] for result in third) and writes == []


def sweep(direct: Direct) -> None:
    """Take away what this or an interrupted run has left."""
    for kind in ("NodePool", "HostedCluster"):
        for obj in direct.list(kind):
            if obj["metadata"]["namespace"].startswith(TOPICS):
                direct.end(kind, obj["metadata"]["namespace"], obj["metadata"]["name"])
    for space in direct.list("Namespace"):
        if space["metadata"]["name"].startswith(TOPICS):
            direct.delete("Namespace", "", space["metadata"]["name"])


@pytest.fixture(scope="module", autouse=True)
def swept(hub: EmbeddedHub) -> Iterator[None]:
    sweep(Direct(hub))
    yield
    sweep(Direct(hub))


def test_create(hub: EmbeddedHub, kubeconfig: Path) -> None:
    direct, tasks = Direct(hub), {point: create("kc", point) for point in killed_at("create", len(CREATED))}
    play_all(hub, kubeconfig, [create("kc", UNDISTURBED)])
    expected(kill_everywhere(hub, Player(hub, kubeconfig), tasks), CREATED)
    twice(hub, kubeconfig, tasks, len(CREATED))
    names = [name_of("kc", point) for point in (UNDISTURBED, *tasks)]
    reference = standing(direct, names[0])
    assert len(reference) == len(CREATED) and reference["Secret <name>-etcd-encryption-key"]["data"] == {"key": "32 bytes"}
    for name in names:
        assert standing(direct, name) == reference
        assert len(infra_ids(direct, name)) == 1


@pytest.mark.parametrize("point", [Point(2, True), Point(6, True)], ids=lambda p: p.name)
def test_create_by_the_ordinary_module(hub: EmbeddedHub, kubeconfig: Path, point: Point) -> None:
    direct, name, task = Direct(hub), name_of("km", point), create("km", point)
    assert kill_at(hub, Player(hub, kubeconfig, in_process=False), task, point) == CREATED[: point.write]
    player = Player(hub, kubeconfig, in_process=False)
    assert [t["result"]["changed"] for t in player.play(task, task).ok().tasks] == [True, False]
    assert len(standing(direct, name)) == len(CREATED) and len(infra_ids(direct, name)) == 1


def test_pause(hub: EmbeddedHub, kubeconfig: Path) -> None:
    direct, tasks = Direct(hub), {point: pause("kp", point) for point in killed_at("pause", len(PAUSED))}
    names = [name_of("kp", point) for point in (UNDISTURBED, *tasks)]
    for name in names:
        prepared(direct, name, paused=False)
    play_all(hub, kubeconfig, [pause("kp", UNDISTURBED)])
    expected(kill_everywhere(hub, Player(hub, kubeconfig), tasks), PAUSED)
    twice(hub, kubeconfig, tasks, len(PAUSED))
    reference = standing(direct, names[0])
    assert reference["HostedCluster <name>"]["spec"]["pausedUntil"] == UNTIL
    assert all(standing(direct, name) == reference for name in names)


def test_delete(hub: EmbeddedHub, kubeconfig: Path) -> None:
    direct, operator = Direct(hub), Operator(Direct(hub))
    tasks = {point: delete("kd", point) for point in killed_at("delete", len(DELETED))}
    names = [name_of("kd", point) for point in tasks]
    for name in names:
        prepared(direct, name, paused=True)
    expected(kill_everywhere(hub, Player(hub, kubeconfig), tasks, lambda: [operator.rule()]), DELETED)
    operator.finish_what_was_asked(names)
    with proxying(hub, kubeconfig, operator.rule()) as acting:
        twice(hub, acting.kubeconfig(), tasks, len(DELETED))
    for name in names:
        left = standing(direct, name)
        assert set(left) - {"Namespace", "MachineHealthCheck check"} == set(), name
        space = direct.get("Namespace", "", name)
        assert space is None or space["metadata"].get("deletionTimestamp"), name
