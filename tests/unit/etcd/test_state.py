# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What members print and what is made of it. The texts were printed by etcd 3.5 and 3.6."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd import commands
from ansible_collections.hypershift.core.plugins.module_utils._etcd.commands import Answer
from ansible_collections.hypershift.core.plugins.module_utils._etcd.member_answers import with_answers, with_hash
from ansible_collections.hypershift.core.plugins.module_utils._etcd.state import Listed, Member, Shard, is_etcd, member_of, shard_of
from ansible_collections.hypershift.core.plugins.module_utils._etcd.verdict import (
    best_member,
    common_revision,
    divergence,
    proved_equal,
    verdict_of,
    worst,
)
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots import snapshot_commands

from etcd.builders import claim, pod, stateful_set

LOG = '{"level":"warn","ts":"2026-11-24T17:03:50Z","logger":"etcd-client","msg":"retrying of unary invoker failed","error":"deadline exceeded"}'
NAMES = ("etcd-0", "etcd-1", "etcd-2")
LISTED = tuple(Listed(f"a{n}", name) for n, name in enumerate(NAMES))


def member(name: str, **changes: Any) -> Member:
    number = name.rpartition("-")[2]
    known = Member(
        name, True, True, "running", id=f"a{number}", cluster_id="c1", healthy=True, leader="a0", revision=10, raft_applied=20, hash=7,
        hash_revision=10, listed=LISTED, claim=f"data-{name}", free=1 << 30,
    )  # fmt: skip
    return replace(known, **changes)


def shard(*changed: Member, **fields: Any) -> Shard:
    by_name = {m.name: m for m in changed}
    peers = {n: f"https://{n}.etcd-discovery.ns.svc:2380" for n in NAMES}
    members = tuple(by_name.get(n) or member(n) for n in NAMES)
    known = Shard("etcd", "ns", 3, 3, False, "Retain", "etcd-discovery", "image", peers, members)
    return replace(known, **fields)


DEAD = {"healthy": False, "state": "CrashLoopBackOff", "hash": None, "revision": None, "raft_applied": None, "id": "", "listed": ()}
VERDICTS: list[tuple[str, Shard, str, str, bool]] = [
    ("well", shard(), "healthy", "hold the same data", True),
    ("not compared", shard(*(member(n, hash=None, hash_revision=None) for n in NAMES)), "healthy", "all 3 members are healthy$", True),
    ("scaled to 0", shard(replicas=0), "scaled_down", "scaled to 0", True),
    ("hashes differ", shard(member("etcd-1", hash=8)), "diverged", r"at revision 10 .*etcd-0 00000007, etcd-1 00000008", True),
    (
        "the trap: other revision after the same index",
        shard(member("etcd-0", revision=303, hash=None)),
        "diverged",
        "after the same raft index 20 .*etcd-0 303, etcd-1 10",
        True,
    ),
    ("two clusters", shard(member("etcd-2", cluster_id="c2")), "diverged", "different clusters", True),
    ("lagging is no divergence", shard(member("etcd-2", revision=8, raft_applied=18, hash_revision=8)), "healthy", "healthy", True),
    ("corrupt", shard(member("etcd-1", alarms=("CORRUPT",))), "corrupt", "alarm CORRUPT stands on etcd-1", True),
    ("one dead", shard(member("etcd-1", **DEAD)), "member_failed", "etcd-1 is not healthy: CrashLoopBackOff", True),
    ("two dead", shard(member("etcd-1", **DEAD), member("etcd-0", **DEAD)), "no_quorum", "1 of 3 members are healthy, 2 are needed", False),
    ("full", shard(member("etcd-0", alarms=("NOSPACE",))), "no_space", "writes are refused", True),
    (
        "stranger",
        shard(*(member(n, listed=(*LISTED, Listed("ff", "etcd-9"))) for n in NAMES)),
        "member_list",
        "etcd-9 should not be in it",
        True,
    ),
    ("missing", shard(*(member(n, listed=LISTED[:2]) for n in NAMES)), "member_list", "etcd-2 is missing", True),
    ("learner", shard(member("etcd-2", learner=True)), "learner", "etcd-2 is still a learner", True),
    ("rolling", shard(rolling=True), "rolling", "rolling", True),
    (
        "divergence comes before a dead member",
        shard(member("etcd-0", hash=8), member("etcd-2", **DEAD)),
        "diverged",
        "different hashes",
        True,
    ),
]


@pytest.mark.parametrize(("state", "name", "cause", "quorate"), [v[1:] for v in VERDICTS], ids=[v[0] for v in VERDICTS])
def test_verdict(state: Shard, name: str, cause: str, quorate: bool) -> None:
    found = verdict_of(state)
    assert (found.name, found.quorate) == (name, quorate)
    assert re.search(cause, found.cause)
    assert found.next_step.endswith(".")


def test_worst_verdict_wins() -> None:
    assert worst([verdict_of(v[1]) for v in VERDICTS]).name == "scaled_down"
    assert worst([verdict_of(shard()), verdict_of(shard(rolling=True))]).name == "rolling"


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (shard(), "etcd-1"),  # as good as the leader, and not the leader
        (shard(member("etcd-0", raft_applied=25)), "etcd-0"),  # further in the log than the others
        (shard(member("etcd-1", **DEAD), member("etcd-2", **DEAD)), "etcd-0"),
        (shard(*(member(n, healthy=False) for n in NAMES)), "etcd-1"),  # no quorum, but they can be read
        (shard(member("etcd-1", learner=True)), "etcd-2"),
    ],
)
def test_best_member(state: Shard, name: str) -> None:
    best = best_member(state)
    assert best is not None
    assert best.name == name


def test_no_member_can_be_read() -> None:
    assert best_member(shard(*(member(n, **DEAD) for n in NAMES))) is None


@pytest.mark.parametrize(
    ("state", "equal"),
    [
        (shard(), True),
        (shard(member("etcd-1", hash=8)), False),
        (shard(member("etcd-1", hash=None)), False),
        (shard(member("etcd-1", hash_revision=9)), False),
        (shard(member("etcd-1", **DEAD)), False),
        (shard(members=(member("etcd-0"), member("etcd-1"))), False),
    ],
)
def test_only_equal_hashes_of_all_members_prove_equal_data(state: Shard, equal: bool) -> None:
    assert proved_equal(state) is equal
    if equal:
        assert divergence(state) == ""


def test_common_revision_is_the_oldest_of_those_that_answer() -> None:
    assert common_revision(shard(member("etcd-1", revision=4), member("etcd-2", **DEAD))) == 4
    assert common_revision(shard(member("etcd-1", **DEAD), member("etcd-2", **DEAD))) is None


def test_answers_of_a_script_are_told_apart() -> None:
    text = f'\n@@hypershift.core one\n{LOG}\n[{{"a":1}}]\n\n@@hypershift.core-end 0\n\n@@hypershift.core two\nError: no\n\n@@hypershift.core-end 1\n'
    found = commands.answers(text + "\n@@hypershift.core three\nhalf")
    assert found["one"].json() == [{"a": 1}]
    assert (found["two"].code, found["two"].complaint(), found["two"].json()) == (1, "Error: no", None)
    assert found["three"].code is None
    assert not found["three"].ok
    assert Answer(1, LOG).complaint() == "deadline exceeded"
    assert Answer(1, "").complaint() == "it printed nothing"


def test_a_script_runs_every_part_in_a_real_shell() -> None:
    from ansible_collections.hypershift.core.plugins.module_utils._machine.shell import LocalShell

    result = LocalShell().run(commands.script({"a": "echo it\\'s; exit 3", "b": "printf '%s' \"two words\""}))
    found = commands.answers(result.text)
    assert found == {"a": Answer(3, "it's"), "b": Answer(0, "two words")}


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda 100 40 60 40% /var/lib", 60 * 1024),
        ("df: /var/lib/data: No such file", None),
        ("Filesystem\nx y z - a b", None),
    ],
)
def test_free_bytes(text: str, free: int | None) -> None:
    assert commands.free_bytes(Answer(0, text)) == free
    assert commands.free_bytes(None) is None


@pytest.mark.parametrize(
    ("change", "etcd"),
    [
        ({}, True),
        ({"containers": [{"name": "postgres"}]}, False),
        ({"labels": {"app": "kine"}}, False),
        ({"labels": {"app": "etcd-events"}}, True),
    ],
)
def test_which_stateful_sets_are_etcd(change: dict[str, Any], etcd: bool) -> None:
    obj = stateful_set()
    if "containers" in change:
        obj["spec"]["template"]["spec"]["containers"] = change["containers"]
    if "labels" in change:
        obj["metadata"]["labels"] = change["labels"]
        obj["spec"]["template"]["metadata"]["labels"] = change["labels"]
    assert is_etcd(obj) is etcd


def test_a_shard_is_read_from_its_stateful_set() -> None:
    obj = stateful_set(currentRevision="r1", updateRevision="r2")
    obj["metadata"]["generation"] = 1
    found = shard_of(obj)
    assert found.peers["etcd-2"] == "https://etcd-2.etcd-discovery.clusters-demo.svc:2380"
    assert (found.size, found.quorum, found.rolling, found.when_scaled) == (3, 2, True, "Retain")
    obj["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "ETCD_INITIAL_CLUSTER", "value": "$(X)=$(Y)"}]
    assert shard_of(obj).peers == found.peers  # what cannot be read is derived from the rule of names
    obj["spec"]["replicas"] = 0
    obj["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "ETCD_INITIAL_CLUSTER", "value": "etcd-0=https://a:2380"}]
    assert (shard_of(obj).size, shard_of(obj).replicas) == (1, 0)


def test_a_member_without_pod_or_claim() -> None:
    assert (member_of("etcd-1", None, None).state, member_of("etcd-1", None, None).claim) == ("absent", "")
    found = member_of("etcd-1", pod("etcd-1", {"waiting": {"reason": "CrashLoopBackOff"}}, ready=False), claim("etcd-1"))
    assert (found.state, found.restarts, found.claim, found.running) == ("CrashLoopBackOff", 4, "data-etcd-1", False)
    going = pod("etcd-1")
    going["metadata"]["deletionTimestamp"] = "2026-11-24T03:00:00Z"
    assert member_of("etcd-1", going, None).state == "terminating"


def test_what_a_member_without_quorum_says() -> None:
    header = {"cluster_id": 12071231, "member_id": 255, "revision": 9, "raft_term": 3}
    body = {
        "header": header,
        "version": "3.5.35",
        "dbSize": 20480,
        "raftIndex": 12,
        "raftTerm": 3,
        "raftAppliedIndex": 12,
        "dbSizeInUse": 16384,
    }
    status = json.dumps([{"Endpoint": "https://localhost:2379", "Status": {**body, "errors": ["etcdserver: no leader"]}}])
    health = f'{LOG}\n[{{"endpoint":"https://localhost:2379","health":false,"took":"5s","error":"context deadline exceeded"}}]'
    found = {
        "status": Answer(0, status),
        "health": Answer(1, f"{health}\nError: unhealthy cluster"),
        "members": Answer(1, "Error: etcdserver: no leader"),
        "alarms": Answer(1, "Error: context deadline exceeded"),
        "tool": Answer(0, "etcdctl"),
    }
    seen = with_answers(Member("etcd-0", state="running"), found)
    assert (seen.healthy, seen.error, seen.id, seen.revision, seen.leader, seen.tool) == (
        False,
        "context deadline exceeded",
        "ff",
        9,
        "",
        "etcdctl",
    )
    assert not seen.is_leader
    silent = with_answers(Member("etcd-0", state="running"), {})
    assert (silent.healthy, silent.not_asked, "no answer of etcd's tool" in silent.error) == (False, "unreadable", True)


def test_alarms_are_those_of_the_member() -> None:
    status = [{"Status": {"header": {"member_id": 5, "cluster_id": 1, "revision": 1}}}]
    alarms = {"alarms": [{"memberID": 5, "alarm": 1}, {"memberID": 6, "alarm": 2}, {"memberID": 5}]}
    found = {"status": Answer(0, json.dumps(status)), "alarms": Answer(0, json.dumps(alarms))}
    assert with_answers(Member("etcd-0"), found).alarms == ("NOSPACE",)


def test_a_compacted_revision_gives_no_hash() -> None:
    failed = with_hash(Member("etcd-0"), Answer(1, "Error: mvcc: required revision has been compacted"))
    assert failed.hash is None
    text = '[{"Endpoint":"x","HashKV":{"header":{"revision":12},"hash":99,"compact_revision":3,"hash_revision":10}}]'
    good = with_hash(Member("etcd-0"), Answer(0, text))
    assert (good.hash, good.hash_revision, good.compact_revision) == (99, 10, 3)


def test_status_and_count_of_a_snapshot() -> None:
    assert (
        snapshot_commands.status_of(Answer(0, '{"hash":1,"revision":10,"totalKey":300,"totalSize":188416,"version":"3.6.0"}')) is not None
    )
    assert snapshot_commands.status_of(Answer(1, "Error: snapshot file integrity check failed")) is None
    assert snapshot_commands.status_of(Answer(0, '{"hash":1}')) is None
    assert snapshot_commands.count_of(Answer(0, '"ClusterID" : 1\n"More" : false\n"Count" : 302')) == 302
    assert snapshot_commands.count_of(Answer(1, "Error: etcdserver: mvcc: required revision has been compacted")) is None


def test_only_what_killed_runs_left_an_hour_ago_is_removed() -> None:
    now = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    names = ["20261124T165959Z-ab12-0", "20261124T170100Z-ab12-0.part", "nonsense", "20261124T165959Z-ab12-0.reaper"]
    listing = Answer(0, "\n".join(f"/var/lib/{snapshot_commands.PREFIX}{n}" for n in names))
    gone = snapshot_commands.stale(listing, now)
    assert [g.removeprefix(f"/var/lib/{snapshot_commands.PREFIX}") for g in gone] == [names[0], names[2], names[3]]
    assert snapshot_commands.stale(None, now) == []
