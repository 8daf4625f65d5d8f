# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""etcd_restore on the hub in memory, with volumes that are real directories."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd.restore_mark import ANNOTATION
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure, HypershiftError, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, LEASE

from builders.objects import live_cluster, live_pool
from etcd.builders import NAMESPACE
from etcd_restore.run_builders import KEYS, REVISION, WRITERS, Stage, member, stage

MEMBERS = {f"etcd-{n}": f"a{n}" for n in range(3)}


@pytest.fixture
def three(tmp_path: Path) -> Stage:
    return stage(tmp_path)


def replicas(at: Stage) -> dict[str, int]:
    return {k[2]: o["spec"]["replicas"] for k, o in at.hub.objects.items() if k[0] in ("Deployment", "StatefulSet")}


def failing(at: Stage, **more: Any) -> HypershiftError:
    digest = at.go()["digest"]
    with pytest.raises(HypershiftError) as caught:
        at.go("applied", digest, **more)
    return caught.value


AS_FOUND = {**dict.fromkeys(WRITERS, 3), "etcd": 3}


def test_planning_writes_nothing_and_gives_the_same_digest_twice(three: Stage) -> None:
    first = three.go()
    three.hub.seconds += 500
    assert three.go()["digest"] == first["digest"] and three.hub.writes == [] and first["changed"] is False
    assert first["restore"]["state"] == "planned" and [e["verb"] for e in first["plan"]][:5] == ["create"] * 3 + ["patch", "pause"]


def test_check_mode_checks_the_digest_and_writes_nothing(three: Stage) -> None:
    digest = three.go()["digest"]
    assert three.go("applied", digest, check=True)["changed"] is True and three.hub.writes == []
    with pytest.raises(RefusedError):
        three.go("applied", "0" * 64, check=True)


def test_a_restore_from_beginning_to_end(three: Stage) -> None:
    digest = three.go()["digest"]
    result = three.go("applied", digest)
    assert (result["changed"], result["restore"]["state"]) == (True, "done")
    assert three.data() == ["snap"] * 3 and three.left() == [] and replicas(three) == AS_FOUND
    cluster = three.hub.objects[("HostedCluster", "clusters", "demo")]
    assert "pausedUntil" not in cluster["spec"]
    assert three.journal()["shards"][0]["bumped"] == 1_000_000_000
    assert any("proved etcd: 300 keys on 3 member(s), hash 00000007" in line for line in three.lines)
    assert all(line.startswith("[demo] 0") for line in three.lines)
    owner = three.hub.objects[("ConfigMap", "clusters", "demo-etcd-restore")]["metadata"]["ownerReferences"]
    assert owner[0]["kind"] == "HostedCluster"


def test_the_order_of_what_is_dangerous(three: Stage) -> None:
    """Paused before writers stop, writers before etcd, all copies before any exchange, proof before writers."""
    result = three.go("applied", three.go()["digest"])
    done = [(e["verb"], e["object"].rpartition("/")[2]) for e in result["plan"]]
    order = [
        done.index(("pause", "demo")), done.index(("scale", "kube-apiserver")), done.index(("scale", "etcd")),
        max(done.index(("restore", m)) for m in MEMBERS), min(done.index(("exchange", m)) for m in MEMBERS),
    ]  # fmt: skip
    assert order == sorted(order)
    names = [s["name"] for s in sorted(result["restore"]["steps"], key=lambda s: s["started"])]
    assert names.index("prove") < names.index("start_writers") < names.index("clean_up")


def test_the_same_task_again_writes_nothing(three: Stage) -> None:
    digest = three.go()["digest"]
    three.go("applied", digest)
    three.hub.writes.clear()
    again = three.go("applied", digest)
    assert again["changed"] is False and three.hub.writes == [] and again["restore"]["state"] == "done"
    assert three.go()["digest"] != digest


def test_the_lease_of_a_run_killed_at_the_very_end_is_removed(three: Stage) -> None:
    digest = three.go()["digest"]
    three.go("applied", digest)
    three.hub.put(LEASE.manifest("demo-etcd-restore", "clusters", spec={"holderIdentity": "a/b/c", "leaseDurationSeconds": 1}))
    again = three.go("applied", digest)
    assert again["changed"] is True and three.left() == []


def test_old_data_may_be_kept_and_taken_back(three: Stage) -> None:
    digest = three.go()["digest"]
    result = three.go("applied", digest, keep_old_data=True)
    assert three.left() == [f"data.before-{digest[:12]}"] * 3 and len(result["restore"]["kept"]) == 3
    result = three.go("rolled_back", digest)
    assert result["restore"]["state"] == "rolled_back" and three.data() == ["live"] * 3
    assert three.left() == [] and replicas(three) == AS_FOUND
    assert three.go("rolled_back", digest)["changed"] is False


def test_what_was_removed_cannot_be_rolled_back(three: Stage) -> None:
    digest = three.go()["digest"]
    three.go("applied", digest)
    with pytest.raises(RefusedError, match="removed"):
        three.go("rolled_back", digest)


def break_status(at: Stage) -> None:
    at.hub.status["hash"] = 78


def break_pods(at: Stage) -> None:
    at.hub.stuck = {"etcd-1-restore"}


def break_writers(at: Stage) -> None:
    at.hub.stuck = {"kube-apiserver-1"}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (break_status, "manifest says (77, 100)"),
        (break_pods, "etcd-1-restore"),
        (break_writers, "kube-apiserver-1 still there"),
    ],
)
def test_a_failure_before_the_exchange_undoes_everything(three: Stage, spoil: Any, words: str) -> None:
    spoil(three)
    error = failing(three)
    assert words in str(error) and "everything is as it was" in str(error), str(error)
    assert three.data() == ["live"] * 3 and three.left() == [] and replicas(three) == AS_FOUND
    assert "pausedUntil" not in three.hub.objects[("HostedCluster", "clusters", "demo")]["spec"]
    assert three.journal()["state"] == "undone" and error.extra["restore"]["state"] == "undone"


def test_once_the_cause_is_mended_the_same_digest_works(three: Stage) -> None:
    break_status(three)
    failing(three)
    three.hub.status["hash"] = 77
    digest = three.go()["digest"]
    assert three.go("applied", digest)["restore"]["state"] == "done" and three.data() == ["snap"] * 3


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"etcd-2": {"hash": 8}}, "diverged"),
        ({"etcd-2": {"applied": 20, "revision": 5}}, "diverged"),
        ({"etcd-1": {"healthy": False}}, "not_proved"),
        ({"etcd-1": {"members": {**MEMBERS, "stranger": "ff"}}}, "not_proved"),
        ({"etcd-0": {"keys": 1}, "etcd-1": {"keys": 1}, "etcd-2": {"keys": 1}}, "keys_differ"),
    ],
)
def test_members_that_report_healthy_are_not_believed(three: Stage, told: dict[str, Any], code: str) -> None:
    """Without proof no writer comes back; the failure says how to go on and how to go back, and both work."""
    for name, answers in told.items():
        keys, members = answers.pop("keys", KEYS), answers.pop("members", MEMBERS)
        three.hub.shells[name] = member(three.hub, name, members, **answers)
        three.hub.shells[name].table["count"] = f'"Count" : {keys}'
    error = failing(three)
    assert error.failure.code == code
    digest = three.journal()["digest"]
    assert digest in str(error) and f"/var/lib/data.before-{digest[:12]}" in str(error) and "state: rolled_back" in str(error)
    assert replicas(three) == {**dict.fromkeys(WRITERS, 0), "etcd": 3} and three.data() == ["snap"] * 3
    with pytest.raises(RefusedError, match="has not ended"):
        three.go()
    for name in MEMBERS:
        three.hub.shells[name] = member(three.hub, name, MEMBERS)
    assert three.go("applied", digest)["restore"]["state"] == "done"
    assert three.left() == [] and replicas(three) == AS_FOUND


def test_rolled_back_after_a_failed_proof(three: Stage) -> None:
    three.hub.shells["etcd-2"] = member(three.hub, "etcd-2", MEMBERS, hash=8)
    failing(three)
    result = three.go("rolled_back", three.journal()["digest"])
    assert result["restore"]["state"] == "rolled_back" and three.data() == ["live"] * 3
    assert three.left() == [] and replicas(three) == AS_FOUND


def test_a_cluster_paused_by_hand_stays_paused(tmp_path: Path) -> None:
    cluster = live_cluster()
    cluster["spec"]["pausedUntil"] = "true"
    at = stage(tmp_path, 3, cluster)
    at.go("applied", at.go()["digest"])
    found = at.hub.objects[("HostedCluster", "clusters", "demo")]
    assert found["spec"]["pausedUntil"] == "true"
    assert not [a for a in found["metadata"].get("annotations", {}) if a.startswith("hypershift.core/paused")]


def test_a_node_pool_paused_by_somebody_stays_so(tmp_path: Path) -> None:
    pool = live_pool()
    pool["spec"]["pausedUntil"] = "true"
    pool["metadata"]["annotations"] = {"hypershift.core/paused-by": "storage", "hypershift.core/paused-reason": "disks"}
    at = stage(tmp_path, 3, None, pool)
    for condition in at.hub.objects[("NodePool", "clusters", "demo")]["status"]["conditions"]:
        if condition["type"] == "ReconciliationActive":
            condition["status"] = "False"
    at.go("applied", at.go()["digest"])
    found = at.hub.objects[("NodePool", "clusters", "demo")]
    assert found["spec"]["pausedUntil"] == "true" and found["metadata"]["annotations"]["hypershift.core/paused-by"] == "storage"


def test_a_member_without_volume_gets_a_new_one(three: Stage) -> None:
    del three.hub.objects[("PersistentVolumeClaim", NAMESPACE, "data-etcd-1")]
    three.hub.volume("etcd-1").rename(three.folder / "lost")
    three.hub.volume("etcd-1").mkdir()
    three.go("applied", three.go()["digest"])
    assert ("PersistentVolumeClaim", NAMESPACE, "data-etcd-1") in three.hub.objects
    assert three.data() == ["snap"] * 3 and three.left() == []


def test_the_lease_of_a_living_run_stops_everything(three: Stage) -> None:
    digest = three.go()["digest"]
    spec = {"holderIdentity": "there/1-2/x", "leaseDurationSeconds": 60, "renewTime": three.hub.now().isoformat()}
    three.hub.put(LEASE.manifest("demo-etcd-restore", "clusters", spec=spec))
    with pytest.raises(RefusedError) as caught:
        three.go("applied", digest)
    assert caught.value.failure.code == "locked" and three.hub.writes == []


def test_a_lost_lease_stops_at_once_and_undoes_nothing(three: Stage) -> None:
    digest, patch = three.go()["digest"], three.hub.patch

    def stolen(kind: Any, namespace: str | None, name: str, body: dict[str, Any], resource_version: str = "") -> dict[str, Any]:
        answer = patch(kind, namespace, name, body, resource_version)
        if kind.kind == "StatefulSet":  # etcd is stopped; now a long time passes, and another machine takes over
            three.hub.edit(LEASE, "clusters", "demo-etcd-restore", {"spec": {"holderIdentity": "there/1-2/x"}})
            three.hub.seconds += 100
        return answer

    three.hub.patch = stolen  # type: ignore[method-assign]
    with pytest.raises(HypershiftError) as caught:
        three.go("applied", digest)
    assert caught.value.failure.code == "lease_lost" and "there/1-2/x" in str(caught.value)
    assert replicas(three)["etcd"] == 0 and three.data() == ["live"] * 3
    assert three.hub.objects[("Lease", "clusters", "demo-etcd-restore")]["spec"]["holderIdentity"] == "there/1-2/x"


def test_a_restore_begun_between_plan_and_lease_is_not_overwritten(three: Stage) -> None:
    """Its mark is read once more under the Lease."""
    digest, create = three.go()["digest"], three.hub.create

    def meanwhile(kind: Any, body: dict[str, Any]) -> dict[str, Any]:
        if kind is LEASE:
            three.hub.put(CONFIG_MAP.manifest("demo-etcd-restore", "clusters", data={"journal": foreign}))
            three.hub.edit(HOSTED_CLUSTER, "clusters", "demo", {"metadata": {"annotations": {ANNOTATION: mark}}})
        return create(kind, body)

    other = stage(three.folder / "other") if (three.folder / "other").mkdir() is None else three
    other.hub.shells["etcd-2"] = member(other.hub, "etcd-2", MEMBERS, hash=8)
    other.given = {"bump_revision": False}
    failing(other)
    foreign = other.hub.objects[("ConfigMap", "clusters", "demo-etcd-restore")]["data"]["journal"]
    mark = other.hub.objects[("HostedCluster", "clusters", "demo")]["metadata"]["annotations"][ANNOTATION]
    three.hub.create = meanwhile  # type: ignore[method-assign]
    with pytest.raises(HypershiftError) as caught:
        three.go("applied", digest)
    assert caught.value.failure.code == "restore_under_way" and replicas(three) == AS_FOUND


def test_answers_that_were_lost_are_asked_for_again(three: Stage) -> None:
    """A write of unknown outcome is sent once more: it is the same write."""
    from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ConflictError

    unknown = ConflictError(Failure("unknown_outcome", "the connection broke"), 0)
    for verb, ref in (
        ("patch", f"StatefulSet {NAMESPACE}/etcd"), ("create", f"Pod {NAMESPACE}/etcd-0-restore"), ("delete", f"Pod {NAMESPACE}/etcd-1-restore"),
        ("patch", "ConfigMap clusters/demo-etcd-restore"), ("patch", f"Deployment {NAMESPACE}/kube-apiserver"),
    ):  # fmt: skip
        three.hub.fail_next[(verb, ref)] = [unknown]
    assert three.go("applied", three.go()["digest"])["restore"]["state"] == "done"


def test_a_broken_stream_is_no_failure(three: Stage) -> None:
    """Commands on a volume may be given again."""
    create = three.hub.create

    def shaky(kind: Any, body: dict[str, Any]) -> dict[str, Any]:
        answer = create(kind, body)
        if kind.kind == "Pod":
            real, broken = three.hub.shells[body["metadata"]["name"]].run, set()

            def run(command: Any, *rest: Any, **named: Any) -> Any:
                result = real(command, *rest, **named)
                if command[-1] not in broken and "source" not in named:
                    broken.add(command[-1])  # it was done, but nobody heard of it
                    raise ApiError(Failure("stream_broken", "the stream ended without an exit status"))
                return result

            three.hub.shells[body["metadata"]["name"]].run = run
        return answer

    three.hub.create = shaky  # type: ignore[method-assign]
    assert three.go("applied", three.go()["digest"])["restore"]["state"] == "done" and three.data() == ["snap"] * 3


def test_what_nobody_may_read_is_said(three: Stage) -> None:
    three.hub.forbidden = {("list", "Deployment")}
    with pytest.raises(ApiError) as caught:
        three.go()
    assert caught.value.failure.code == "missing_permission"


def test_revisions_lost_are_counted_from_the_members(three: Stage) -> None:
    for name in MEMBERS:
        three.hub.shells[name] = member(three.hub, name, MEMBERS, revision=REVISION + 42)
    assert three.go()["restore"]["lost"]["revisions"] == 42
