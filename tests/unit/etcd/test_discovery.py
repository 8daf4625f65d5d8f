# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Exec denied, hanging or with nothing behind it: no verdict beyond what was seen, no digest, no write; and the way back without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd.discovery import PROBE_BYTES
from ansible_collections.hypershift.core.plugins.module_utils._etcd.etcd_info import EtcdInfo
from ansible_collections.hypershift.core.plugins.module_utils._etcd.etcd_member_recover import RecoverMember
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.sources import Sources
from ansible_collections.hypershift.core.plugins.module_utils._kernel.changes import ChangeSet
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure, HypershiftError, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.shell import ExecResult

from builders.memory_hub import MemoryHub
from builders.objects import conditions
from etcd.builders import NAMESPACE, claim, crash, etcd_hub, pod, stateful_set
from etcd_restore.run_builders import WRITERS, Stage, member, stage

MEMBERS = {f"etcd-{n}": f"a{n}" for n in range(3)}
OPTIONS = {"namespace": "clusters", "name": "demo", "shards": None, "compare_data": True, "member": None, "shard": "etcd",
           "wait_timeout": 60, "settle_seconds": 600}  # fmt: skip
POLICY = "the API server refused it: ValidatingAdmissionPolicy 'no-exec' with binding 'all' denied request: exec is closed"


class Refusing:
    """Whatever is asked of it fails in one way."""

    where = "Pod clusters-demo/etcd"

    def __init__(self, status: int, cause: str, code: str = "rejected") -> None:
        self.error = (Failure(code, cause, self.where), status)

    def run(self, *_command: Any, **_named: Any) -> Any:
        raise ApiError(*self.error)


class Endless:
    where = "Pod clusters-demo/etcd"

    def run(self, _command: Any, sink: Any = None, **_named: Any) -> Any:
        for _block in range(PROBE_BYTES // 4096 * 3):
            sink(b"x" * 4096)
        return ExecResult(0)


class Garbage:
    where = "Pod clusters-demo/etcd"

    def run(self, *_command: Any, **_named: Any) -> ExecResult:
        return ExecResult(0, b"<html>login</html>")


WAYS: dict[str, Any] = {
    "forbidden": lambda: Refusing(403, "the account may not create pods/exec in namespace clusters-demo", "missing_permission"),
    "denied": lambda: Refusing(422, POLICY),
    "silent": lambda: Refusing(0, "a command in it sent nothing for 25 s", "stream_stalled"),
    "absent": lambda: Refusing(404, "nothing was put behind container etcd", "not_found"),
    "unreadable": Garbage,
    "endless": Endless,
}


def deny(hub: MemoryHub, way: str, *names: str) -> MemoryHub:
    for name in names or MEMBERS:
        hub.shells[name] = WAYS[way]()
    return hub


def available(hub: MemoryHub, status: str) -> None:
    live = hub.objects[("HostedCluster", "clusters", "demo")]
    told = conditions(live["metadata"].get("generation", 1), EtcdAvailable=f"{status}/x")
    hub.put({**live, "status": {**live["status"], "conditions": told}})


def info(hub: MemoryHub) -> dict[str, Any]:
    found: dict[str, Any] = run(EtcdInfo(hub, OPTIONS), hub, False, lambda _line: None)["etcd"]
    return found


def recover(hub: MemoryHub, **options: Any) -> dict[str, Any]:
    return run(RecoverMember(hub, {**OPTIONS, **options}), hub, False, lambda _line: None)


@pytest.mark.parametrize("way", WAYS)
def test_nobody_could_be_asked(way: str) -> None:
    hub = deny(etcd_hub(), way)
    available(hub, "True")
    found = info(hub)
    assert (found["verdict"], found["quorate"], found["not_asked"]) == ("unknown", None, sorted(MEMBERS))
    assert "3 of 3 members could not be asked" in found["cause"] and "EtcdAvailable is True, 3 of 3 pods are ready" in found["cause"]
    assert [m["healthy"] for m in found["shards"][0]["members"]] == [None] * 3
    with pytest.raises(RefusedError) as caught:
        recover(hub)
    assert caught.value.refusals[0].code == ("missing_permission" if way == "forbidden" else "not_asked")
    changes = ChangeSet()
    assert Sources(hub, OPTIONS).find(changes)[1] == [] and changes.refusals[0].code == caught.value.refusals[0].code
    assert hub.writes == []


@pytest.mark.parametrize("way", WAYS)
def test_one_could_not_be_asked(way: str) -> None:
    hub = deny(etcd_hub(), way, "etcd-2")
    for name in ("etcd-0", "etcd-1"):
        hub.shells[name].table["room"] = hub.shells[name].table["space"]
    found = info(hub)
    assert (found["verdict"], found["quorate"], found["not_asked"]) == ("unknown", True, ["etcd-2"])
    changes = ChangeSet()
    (source,) = Sources(hub, OPTIONS).find(changes)[1]
    assert source.member.name != "etcd-2" and changes.refusals == []
    assert "etcd-2" in changes.notes[0] and "was not compared" in changes.notes[0]


def test_one_lost_and_one_unasked_replaces_nothing() -> None:
    hub = deny(etcd_hub(), "denied", "etcd-2")
    crash(hub, "etcd-1")
    for assumed in ([], ["etcd-2"]):
        with pytest.raises(RefusedError) as caught:
            recover(hub, assume_lost=assumed)
        assert "no-exec" in str(caught.value) and caught.value.refusals[0].code == ("not_lost" if assumed else "not_asked")
    assert hub.writes == []


def test_a_hanging_member_is_replaced_when_it_is_called_lost() -> None:
    hub = etcd_hub()
    healthy, hung = hub.shells["etcd-1"], WAYS["silent"]()
    hub.put(pod("etcd-1", ready=False))
    hub.put(stateful_set(readyReplicas=2))
    hub.shells["etcd-1"] = hung
    available(hub, "True")
    with pytest.raises(RefusedError, match="could not be asked"):
        recover(hub)

    def heals(hub: MemoryHub) -> None:
        hub.shells["etcd-1"] = healthy
        hub.put(pod("etcd-1"))
        hub.put(claim("etcd-1", "2026-11-24T03:00:00Z"))
        hub.put(stateful_set())

    hub.script = [(5, heals)]
    assert hub.writes == []
    assert recover(hub, assume_lost=["etcd-1"])["etcd"]["verdict"] == "healthy"
    assert [w[1].rpartition("/")[2] for w in hub.writes] == ["data-etcd-1", "etcd-1"]


@pytest.fixture
def three(tmp_path: Path) -> Stage:
    return stage(tmp_path)


@pytest.mark.parametrize("names", [tuple(MEMBERS), ("etcd-2",)], ids=["all", "one"])
@pytest.mark.parametrize("way", WAYS)
def test_no_plan_no_digest_no_write(three: Stage, way: str, names: tuple[str, ...]) -> None:
    digest = three.go()["digest"]
    deny(three.hub, way, *names)
    available(three.hub, "True")
    for state, given, assumed in (("planned", "", []), ("applied", digest, []), ("planned", "", list(names))):
        with pytest.raises(RefusedError) as caught:
            three.go(state, given, assume_lost=assumed)
        assert caught.value.refusals[0].code == ("not_lost" if assumed else "missing_permission" if way == "forbidden" else "not_asked")
        assert "digest" not in caught.value.extra and caught.value.refusals[0].next_step
    assert three.hub.writes == [] and three.data() == ["live"] * 3


def lost_and_hung(at: Stage, way: str) -> None:
    """etcd-1 does not run, etcd-2 cannot be asked, and nothing is ready."""
    for name, state in (("etcd-0", None), ("etcd-1", {"waiting": {"reason": "CrashLoopBackOff"}}), ("etcd-2", None)):
        at.hub.put(pod(name, state, ready=False))
    at.hub.put({**at.hub.objects[("StatefulSet", NAMESPACE, "etcd")], "status": {"readyReplicas": 0, "observedGeneration": 1}})
    deny(at.hub, way, "etcd-2")
    available(at.hub, "False")


def test_one_really_lost_and_another_unasked(three: Stage) -> None:
    lost_and_hung(three, "silent")
    with pytest.raises(RefusedError) as caught:
        three.go()
    (refusal,) = caught.value.refusals
    assert "etcd-2: a command in it sent nothing" in refusal.cause and "etcd-1 does not run" in refusal.cause
    assert "Look at the node of etcd-2" in refusal.next_step and "assume_lost: [etcd-2]" in refusal.next_step
    planned = three.go(assume_lost=["etcd-2"])
    with pytest.raises(RefusedError, match="could not be asked"):
        three.go("applied", planned["digest"])
    three.hub.shells["etcd-2"] = member(three.hub, "etcd-2", MEMBERS)
    with pytest.raises(RefusedError, match="etcd-2 is not lost as far as can be seen: it answers"):
        three.go("applied", planned["digest"], assume_lost=["etcd-2"])
    assert three.hub.writes == []


def test_what_is_called_lost_is_restored_when_nothing_speaks_against_it(three: Stage) -> None:
    lost_and_hung(three, "silent")
    digest, patch = three.go(assume_lost=["etcd-2"])["digest"], three.hub.patch

    def starting(kind: Any, namespace: str | None, name: str, body: dict[str, Any], resource_version: str = "") -> dict[str, Any]:
        if kind.kind == "StatefulSet" and (body.get("spec") or {}).get("replicas"):
            three.hub.shells["etcd-2"] = member(three.hub, "etcd-2", MEMBERS)
        return patch(kind, namespace, name, body, resource_version)

    three.hub.patch = starting  # type: ignore[method-assign]
    done = three.go("applied", digest, assume_lost=["etcd-2"])
    assert done["restore"]["state"] == "done" and three.data() == ["snap"] * 3 and three.left() == []


def test_a_refusal_is_no_loss(three: Stage) -> None:
    lost_and_hung(three, "denied")
    with pytest.raises(RefusedError, match="bound and in use") as caught:
        three.go(assume_lost=["etcd-2"])
    assert caught.value.failure.code == "not_lost" and three.hub.writes == []


@pytest.mark.parametrize(("way", "code"), [("forbidden", "missing_permission"), ("denied", "exec_failed"), ("silent", "exec_failed")])
def test_exec_into_the_helpers_is_asked_for_before_the_first_write(three: Stage, way: str, code: str) -> None:
    """The members may be asked; the pods that would do the work may not."""
    digest = three.go()["digest"]
    for name in MEMBERS:
        three.hub.shells[f"{name}-restore"] = WAYS[way]()
    for state, given in (("planned", ""), ("applied", digest)):
        with pytest.raises(RefusedError) as caught:
            three.go(state, given)
        assert caught.value.failure.code == code and "nothing is begun" in str(caught.value)
    assert three.hub.writes == []


def disruptive(at: Stage) -> list[Any]:
    return [w for w in at.hub.writes if w[0] == "patch" and w[1].split()[0] in ("Deployment", "StatefulSet", "HostedCluster", "NodePool")]


def no_pull(at: Stage) -> None:
    at.hub.stuck = {"etcd-1-restore-trial"}


def no_exec(at: Stage) -> None:
    at.hub.no_exec = WAYS["denied"]()


def full(at: Stage) -> None:
    at.hub.shells["etcd-1"].table["space"] = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 9 8 1 99% /var/lib"


def no_tool(at: Stage) -> None:
    at.hub.no_exec = Garbage()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(no_pull, "etcd-1-restore-trial"), (no_exec, "no-exec"), (full, "0 MiB free"), (no_tool, "etcd's tool does not run")],
)
def test_tools_are_proved_before_anything_is_changed(three: Stage, spoil: Any, words: str) -> None:
    digest = three.go()["digest"]
    spoil(three)
    with pytest.raises(HypershiftError, match=words) as caught:
        three.go("applied", digest)
    assert "everything is as it was" in str(caught.value)
    assert disruptive(three) == [] and three.data() == ["live"] * 3 and three.left() == []


def fails_after_the_rehearsal(at: Stage) -> None:
    """Exec is closed once etcd is stopped: what stands on the volumes is removed without it."""
    patch = at.hub.patch

    def closing(kind: Any, namespace: str | None, name: str, body: dict[str, Any], resource_version: str = "") -> dict[str, Any]:
        if kind.kind == "StatefulSet":
            at.hub.no_exec = WAYS["denied"]()
        return patch(kind, namespace, name, body, resource_version)

    at.hub.patch = closing  # type: ignore[method-assign]


def test_the_automatic_way_back_needs_no_exec(three: Stage) -> None:
    digest = three.go()["digest"]
    fails_after_the_rehearsal(three)
    with pytest.raises(HypershiftError, match="everything is as it was"):
        three.go("applied", digest)
    replicas = {k[2]: o["spec"]["replicas"] for k, o in three.hub.objects.items() if k[0] in ("Deployment", "StatefulSet")}
    assert replicas == {**dict.fromkeys(WRITERS, 3), "etcd": 3}
    assert three.data() == ["live"] * 3 and three.left() == []


def test_what_cannot_be_removed_is_said_and_keeps_nothing_down(three: Stage) -> None:
    three.hub.stuck = {"etcd-1-restore-discard"}
    three.hub.status["hash"] = 78  # what the volumes read back is not what the manifest says
    with pytest.raises(HypershiftError, match="everything is as it was; restored copies may be left") as caught:
        three.go("applied", three.go()["digest"])
    assert "etcd-1-restore-discard" in str(caught.value) and three.journal()["state"] == "undone"
    replicas = {k[2]: o["spec"]["replicas"] for k, o in three.hub.objects.items() if k[0] in ("Deployment", "StatefulSet")}
    assert replicas == {**dict.fromkeys(WRITERS, 3), "etcd": 3}


def test_rolled_back_without_exec(three: Stage) -> None:
    three.hub.shells["etcd-2"] = member(three.hub, "etcd-2", MEMBERS, hash=8)
    digest = three.go()["digest"]
    with pytest.raises(HypershiftError):
        three.go("applied", digest)
    assert three.data() == ["snap"] * 3
    deny(three.hub, "denied", *MEMBERS, *(f"{m}-restore" for m in MEMBERS))
    three.hub.no_exec = WAYS["denied"]()
    assert three.go("rolled_back", digest)["restore"]["state"] == "rolled_back"
    assert three.data() == ["live"] * 3 and three.left() == []


def test_the_proof_says_at_once_that_it_may_not_ask(three: Stage) -> None:
    digest = three.go()["digest"]
    patch = three.hub.patch

    def closing(kind: Any, namespace: str | None, name: str, body: dict[str, Any], resource_version: str = "") -> dict[str, Any]:
        if kind.kind == "StatefulSet" and (body.get("spec") or {}).get("replicas"):
            deny(three.hub, "denied")
        return patch(kind, namespace, name, body, resource_version)

    three.hub.patch = closing  # type: ignore[method-assign]
    before = three.hub.seconds
    with pytest.raises(HypershiftError, match="no-exec") as caught:
        three.go("applied", digest)
    assert caught.value.failure.code == "not_asked" and "state: rolled_back" in str(caught.value)
    assert three.hub.seconds - before < 30 and three.data() == ["snap"] * 3


def test_a_plan_names_who_is_called_lost(three: Stage) -> None:
    lost_and_hung(three, "silent")
    digest = three.go(assume_lost=["etcd-2"])["digest"]
    three.hub.put(pod("etcd-2", {"waiting": {"reason": "CrashLoopBackOff"}}, ready=False))
    assert three.go()["digest"] != digest
