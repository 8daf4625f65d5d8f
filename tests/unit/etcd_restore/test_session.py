# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A restore that goes on after a kill or a failure: what is done is not done again, what must still hold is made sure of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER

from builders.objects import conditions
from etcd.builders import NAMESPACE
from etcd_restore.run_builders import WRITERS, Stage, member, stage

MEMBERS = {f"etcd-{n}": f"a{n}" for n in range(3)}


@pytest.fixture
def three(tmp_path: Path) -> Stage:
    return stage(tmp_path)


def interrupted(at: Stage) -> str:
    """A run whose proof failed, with the data exchanged; then the cause is mended."""
    at.hub.shells["etcd-2"] = member(at.hub, "etcd-2", MEMBERS, hash=8)
    digest = str(at.go()["digest"])
    with pytest.raises(HypershiftError):
        at.go("applied", digest)
    at.hub.shells["etcd-2"] = member(at.hub, "etcd-2", MEMBERS)
    at.hub.writes.clear()
    return digest


def test_what_is_done_is_not_done_again(three: Stage) -> None:
    """Above all data is not restored and exchanged a second time."""
    digest = interrupted(three)
    before = {s["name"]: s for s in three.journal()["steps"]}
    result = three.go("applied", digest)
    after = {s["name"]: s for s in three.journal()["steps"]}
    for name in ("fetch", "prepare", "swap", "start_etcd"):
        assert after[name] == before[name], name
    verbs = [step["verb"] for step in result["plan"]]
    assert "restore" not in verbs and "exchange" not in verbs
    assert not [w for w in three.hub.writes if w[0] == "create" and w[1].startswith("Pod ")]


def killed_while_stopping(at: Stage) -> str:
    """A run that was killed right after it has scaled etcd to nothing; its Lease has ended since."""
    digest, patch = str(at.go()["digest"]), at.hub.patch

    def kill(kind: Any, namespace: str | None, name: str, body: dict[str, Any], resource_version: str = "") -> dict[str, Any]:
        answer = patch(kind, namespace, name, body, resource_version)
        if kind.kind == "StatefulSet" and body.get("spec") == {"replicas": 0}:
            raise KeyboardInterrupt
        return answer

    at.hub.patch = kill  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        at.go("applied", digest)
    at.hub.patch = patch  # type: ignore[method-assign]
    at.hub.seconds += 200
    return digest


def test_what_lies_prepared_on_every_volume_is_not_fetched_again(three: Stage) -> None:
    """Gigabytes, while the hosted cluster is down."""
    digest, patch, fetch, fetched = str(three.go()["digest"]), three.hub.patch, three.store.fetch, list[str]()

    def kill(kind: Any, namespace: str | None, name: str, body: dict[str, Any], resource_version: str = "") -> dict[str, Any]:
        answer = patch(kind, namespace, name, body, resource_version)
        if kind.kind == "ConfigMap" and {s["name"]: s["state"] for s in three.journal()["steps"]}["prepare"] == "done":
            raise KeyboardInterrupt
        return answer

    def counted(manifest: Any, shard: str, target: Any) -> None:
        fetched.append(shard)
        fetch(manifest, shard, target)

    three.hub.patch, three.store.fetch = kill, counted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        three.go("applied", digest)
    three.hub.patch = patch  # type: ignore[method-assign]
    three.hub.seconds += 200
    assert fetched == ["etcd"] and three.data() == ["live"] * 3
    assert three.go("applied", digest)["restore"]["state"] == "done"
    assert fetched == ["etcd"] and three.data() == ["snap"] * 3


OTHERS = {"metadata": {"annotations": {"hypershift.core/paused-by": "storage", "hypershift.core/paused-reason": "disks"}}}


@pytest.mark.parametrize(
    "meanwhile", [{"spec": {"pausedUntil": None}}, {"spec": {"pausedUntil": "true"}, **OTHERS}], ids=["lifted", "taken"]
)
def test_a_pause_that_somebody_changed_in_between_is_set_again(three: Stage, meanwhile: dict[str, Any]) -> None:
    """Pausing and stopping are made sure of each time until the data is exchanged: operators would start what was stopped."""
    digest = killed_while_stopping(three)
    three.hub.edit(HOSTED_CLUSTER, "clusters", "demo", meanwhile)
    seen: list[Any] = []
    create = three.hub.create

    def look(kind: Any, body: dict[str, Any]) -> dict[str, Any]:
        if kind.kind == "Pod":
            seen.append(three.hub.objects["HostedCluster", "clusters", "demo"]["spec"].get("pausedUntil"))
        return create(kind, body)

    three.hub.create = look  # type: ignore[method-assign]
    assert three.go("applied", digest)["restore"]["state"] == "done"
    assert seen and all(seen), "no volume is touched while the operators are at work"
    assert "pausedUntil" not in three.hub.objects["HostedCluster", "clusters", "demo"]["spec"]


def test_nothing_is_stopped_before_the_operators_say_that_they_pause(three: Stage) -> None:
    """A pause that was only asked for stops nobody: the operators would start again what is scaled down."""
    pause, patch, told = three.hub._pause, three.hub.patch, list[str]()

    def late(cluster: dict[str, Any]) -> None:
        three.hub.script = [(three.hub.seconds + 20, lambda _hub: pause(cluster))]

    def look(kind: Any, namespace: str | None, name: str, body: dict[str, Any], resource_version: str = "") -> dict[str, Any]:
        if kind.kind == "Deployment" and body.get("spec") == {"replicas": 0}:
            live = three.hub.objects["HostedCluster", "clusters", "demo"]["status"]["conditions"]
            told.append(next(c["status"] for c in live if c["type"] == "ReconciliationActive"))
        return patch(kind, namespace, name, body, resource_version)

    three.hub._pause, three.hub.patch = late, look  # type: ignore[method-assign]
    assert three.go("applied", three.go()["digest"])["restore"]["state"] == "done"
    assert told == ["False"] * len(WRITERS)


def test_going_back_does_not_wait_for_a_cluster_that_was_down_before(tmp_path: Path) -> None:
    """Data of before that had lost its quorum does not come up: going back ends when everything is as it was found."""
    at = stage(tmp_path)
    digest = interrupted(at)
    pause = at.hub._pause

    def unavailable(cluster: dict[str, Any]) -> None:
        pause(cluster)
        live = at.hub.objects["HostedCluster", "clusters", "demo"]
        told = {"ReconciliationActive": "False/ReconciliationPaused"} if live["spec"].get("pausedUntil") else {}
        status = {**live["status"], "conditions": conditions(live["metadata"]["generation"], Available="False/EtcdUnavailable", **told)}
        at.hub.put({**live, "status": status})

    at.hub._pause = unavailable  # type: ignore[method-assign]
    started = at.hub.seconds
    result = at.go("rolled_back", digest)
    assert result["restore"]["state"] == "rolled_back" and at.data() == ["live"] * 3
    assert at.hub.seconds - started < 60, "the whole timeout was waited"
    assert {n: at.hub.objects["Deployment", NAMESPACE, n]["spec"]["replicas"] for n in WRITERS} == dict.fromkeys(WRITERS, 3)
