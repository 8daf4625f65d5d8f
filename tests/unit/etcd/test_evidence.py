# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What was not seen is unknown: verdicts over all mixes of members, answers that are none, and what speaks against calling a member lost."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd import asking
from ansible_collections.hypershift.core.plugins.module_utils._etcd.commands import Answer
from ansible_collections.hypershift.core.plugins.module_utils._etcd.evidence import assumption_problems, signs_of_life
from ansible_collections.hypershift.core.plugins.module_utils._etcd.member_answers import with_answers, with_hash
from ansible_collections.hypershift.core.plugins.module_utils._etcd.state import Member, Shard, member_of
from ansible_collections.hypershift.core.plugins.module_utils._etcd.verdict import EtcdVerdict, failed_members, verdict_of, worst

from etcd.builders import pod

RBAC = 'the account may not create pods/exec in namespace ns: pods "etcd-0" is forbidden: User "sre" cannot create resource "pods/exec"'
POLICY = "the API server refused it: pods \"etcd-0\" is forbidden: ValidatingAdmissionPolicy 'no-exec' with binding 'all' denied request: not here"
KINDS = {asking.FORBIDDEN: RBAC, asking.DENIED: POLICY, asking.SILENT: "a command in it sent nothing for 25 s", asking.ABSENT: "not found"}


def member(name: str, health: str, **over: Any) -> Member:
    known = Member(name, True, state="running", claim=f"data-{name}", claim_phase="Bound", cluster_id="c1")
    if health == "healthy":
        known = replace(known, healthy=True, ready=True, id="a", revision=10, raft_applied=20)
    elif health == "unhealthy":
        known = replace(known, error="context deadline exceeded", id="a", revision=10, raft_applied=20)
    elif health == "crashed":
        known = replace(known, state="CrashLoopBackOff")
    else:
        known = replace(known, not_asked=health, error=KINDS.get(health, "what came is no answer"))
    return replace(known, **over)


def shard(*healths: str, **over: Any) -> Shard:
    names = [f"etcd-{n}" for n in range(len(healths))]
    members = tuple(member(name, health) for name, health in zip(names, healths, strict=True))
    ready = sum(m.ready for m in members)
    made = Shard("etcd", "ns", len(names), ready, False, "Retain", "d", "i", {n: f"https://{n}" for n in names}, members)
    return replace(made, **over)


SEEN, UNSEEN = ("healthy", "unhealthy", "crashed"), (asking.FORBIDDEN, asking.DENIED, asking.SILENT, asking.ABSENT, asking.UNREADABLE)
MIXES = [mix for size in (1, 3) for mix in itertools.product((*SEEN, *UNSEEN), repeat=size)]


def verdict(*mix: str) -> EtcdVerdict:
    return verdict_of(shard(*mix))


def test_no_mix_with_a_member_that_was_not_asked_is_judged_beyond_what_was_seen() -> None:
    """512 mixes of three members, 8 of one."""
    wrong, counted = [], 0
    for mix in MIXES:
        found, size = verdict(*mix), len(mix)
        unseen, healthy = [h for h in mix if h in UNSEEN], mix.count("healthy")
        quorum = healthy >= size // 2 + 1
        if unseen:
            expected = ("unknown", True if quorum else None)
        elif not quorum:
            expected = ("no_quorum", False)
        else:
            expected = ("healthy" if healthy == size else "member_failed", True)
        counted += 1
        if (found.name, found.quorate) != expected or len(found.not_asked) != len(unseen):
            wrong.append((mix, found))
    assert wrong == [] and counted == 8 + 512


@pytest.mark.parametrize(
    ("kind", "words", "step"),
    [
        (asking.FORBIDDEN, 'User "sre" cannot create', "Grant verb create on pods/exec in namespace ns"),
        (asking.DENIED, "denied request: not here", "Have ValidatingAdmissionPolicy no-exec allow pods/exec in namespace ns"),
        (asking.SILENT, "sent nothing for 25 s", "Look at the node of etcd-0, etcd-1, etcd-2"),
        (asking.ABSENT, "not found", "See what runs in container etcd of etcd-0, etcd-1, etcd-2"),
    ],
)
def test_it_says_who_was_not_asked_why_what_speaks_and_what_to_do(kind: str, words: str, step: str) -> None:
    found = verdict_of(shard(kind, kind, kind, available="True", ready_replicas=3))
    assert found.name == "unknown" and found.not_asked == ("etcd-0", "etcd-1", "etcd-2")
    for part in ("3 of 3 members could not be asked", words, "EtcdAvailable is True", "the StatefulSet counts 3 ready"):
        assert part in found.cause
    assert found.next_step.startswith(step) and found.next_step.endswith(".")


def test_one_lost_and_one_unasked_names_both() -> None:
    found = verdict("healthy", "crashed", asking.DENIED)
    assert found.name == "unknown" and "etcd-2: " in found.cause and "seen to have failed: etcd-1: CrashLoopBackOff" in found.cause


def test_proofs_stand_beside_what_was_not_seen() -> None:
    """What two members prove is proved, whatever the third may hold."""
    apart = shard("healthy", "healthy", asking.SILENT)
    members = (replace(apart.members[0], hash=1, hash_revision=9), replace(apart.members[1], hash=2, hash_revision=9), apart.members[2])
    assert verdict_of(replace(apart, members=members)).name == "diverged"
    corrupt = (replace(apart.members[0], alarms=("CORRUPT",)), *apart.members[1:])
    assert verdict_of(replace(apart, members=corrupt)).name == "corrupt"


@pytest.mark.parametrize(
    ("available", "ready", "name"),
    [("True", 3, "unknown"), ("True", 2, "unknown"), ("True", 1, "no_quorum"), ("False", 3, "no_quorum"), ("", 3, "no_quorum")],
)
def test_members_that_the_management_cluster_contradicts(available: str, ready: int, name: str) -> None:
    """EtcdAvailable and ready pods together speak against a loss of quorum that only the tool in the pods reports."""
    assert verdict_of(shard("unhealthy", "unhealthy", "unhealthy", available=available, ready_replicas=ready)).name == name


def test_unknown_is_worse_than_a_failed_member_and_better_than_nothing_at_all() -> None:
    rows = [verdict("healthy", "healthy", "crashed"), verdict("healthy", "healthy", asking.SILENT)]
    assert worst(rows).name == "unknown"
    assert failed_members(shard("healthy", "crashed", asking.SILENT)) == [member("etcd-1", "crashed")]


def test_what_modules_return() -> None:
    row = member("etcd-0", asking.DENIED).as_dict()
    assert row["healthy"] is None and row["not_asked"] == "denied" and "no-exec" in row["error"]
    assert member("etcd-0", "crashed").as_dict()["healthy"] is False


OK, STATUS = Answer(0, '[{"health":true}]'), Answer(0, '[{"Status":{"header":{"member_id":5,"revision":7}}}]')
GARBAGE: dict[str, dict[str, Answer]] = {
    "nothing": {},
    "status alone": {"status": STATUS},
    "cut off": {"status": STATUS, "health": Answer(None, '[{"heal')},
    "no tool": {"status": Answer(127, "sh: etcdctl: not found"), "health": Answer(127, "sh: etcdctl: not found")},
    "not executable": {"status": Answer(126, "denied"), "health": Answer(126, "denied")},
    "code 0 and a login page": {"status": Answer(0, "<html>"), "health": Answer(0, "<html>")},
    "numbers": {"status": Answer(0, "[1]"), "health": Answer(0, "[1, null]")},
    "wrong types": {"status": Answer(0, '[{"Status":[1]}]'), "health": Answer(0, '[{"health":"yes"}]')},
    "a mapping": {"status": Answer(0, '{"Status":{}}'), "health": Answer(0, '{"health":true}')},
    "deep": {"status": Answer(0, "[" * 100_000), "health": Answer(0, "[" * 100_000)},
}


@pytest.mark.parametrize("name", GARBAGE)
def test_an_answer_that_is_none_makes_it_unknown(name: str) -> None:
    found = with_answers(Member("etcd-0", state="running"), GARBAGE[name])
    assert (found.healthy, found.not_asked) == (False, asking.UNREADABLE) and found.error.isprintable()
    assert verdict_of(shard(asking.UNREADABLE)).name == "unknown"


def test_a_tool_that_says_no_was_asked_unless_its_pod_is_ready() -> None:
    said = {"status": Answer(1, "Error: context deadline exceeded"), "health": Answer(1, "Error: context deadline exceeded")}
    assert with_answers(Member("etcd-0", state="running"), said).not_asked == ""
    ready = with_answers(Member("etcd-0", state="running", ready=True), said)
    assert ready.not_asked == asking.UNREADABLE and "its pod is ready, but the tool in it says" in ready.error


@pytest.mark.parametrize("part", ["members", "alarms", "space", "tool"])
@pytest.mark.parametrize(
    "text", ["[1]", "[[]]", '{"members":5,"alarms":7}', '{"members":[1,{"peerURLs":3,"name":9}],"alarms":[{"alarm":[]}]}', "\x1b]0;x\x07"]
)
def test_nothing_printed_beside_health_breaks_the_reading(part: str, text: str) -> None:
    found = with_answers(Member("etcd-0"), {"status": STATUS, "health": OK, part: Answer(0, text)})
    assert found.healthy and json.dumps(found.as_dict()) and "\x1b" not in found.tool
    assert with_hash(found, Answer(0, text)).hash is None


@pytest.mark.parametrize("phase", ["Running", "Unknown"])
def test_a_pod_that_says_nothing_of_the_container_is_unknown(phase: str) -> None:
    silent = pod("etcd-0", ready=False)
    silent["status"] = {"phase": phase}
    found = member_of("etcd-0", silent, None)
    assert (found.state, found.not_asked, found.running) == ("unknown", asking.UNREADABLE, False)
    assert phase in found.error


@pytest.mark.parametrize(
    ("status", "cause", "kind", "policy"),
    [
        (403, RBAC, asking.FORBIDDEN, ""),
        (401, "did not accept the credentials", asking.FORBIDDEN, ""),
        (422, POLICY, asking.DENIED, "ValidatingAdmissionPolicy no-exec"),
        (403, 'admission webhook "exec.acs.example" denied the request: no', asking.DENIED, "admission webhook exec.acs.example"),
        (404, "pods not found", asking.ABSENT, ""),
        (400, "container etcd is not valid for pod etcd-0", asking.ABSENT, ""),
        (0, "sent nothing for 25 s", asking.SILENT, ""),
        (500, "error dialing backend", asking.SILENT, ""),
    ],
)
def test_what_keeps_the_question_away(status: int, cause: str, kind: str, policy: str) -> None:
    assert (asking.kind_of(status, cause), asking.policy_in(cause)) == (kind, policy)
    assert asking.remedy(kind, cause, "etcd-0", "ns").endswith(".")


def test_words_of_others_are_one_short_printable_line() -> None:
    told = asking.short("\x1b[2Ja\nb\x9dc" + "x" * 5000)
    assert told.startswith("[2Ja b c") and len(told) == asking.WORDS and told.isprintable()


HANGING = shard("healthy", "unhealthy", asking.SILENT, ready_replicas=1, available="False")
EVIDENCE: dict[str, tuple[Shard, str]] = {
    "nothing speaks against it": (HANGING, ""),
    "ready": (replace(HANGING, members=(*HANGING.members[:2], replace(HANGING.members[2], ready=True))), "its pod is ready"),
    "EtcdAvailable": (replace(HANGING, available="True"), "condition EtcdAvailable is True"),
    "the StatefulSet": (replace(HANGING, ready_replicas=2), "counts 2 ready pods"),
    "a refusal, while its container runs on a bound volume": (
        shard("healthy", "unhealthy", asking.DENIED),
        "volume data-etcd-2, which is bound and in use",
    ),
    "garbage from a container that runs": (shard("healthy", "unhealthy", asking.UNREADABLE), "bound and in use"),
    "it answers": (shard("healthy", "unhealthy", "healthy"), "it answers"),
}


@pytest.mark.parametrize("name", EVIDENCE)
def test_what_speaks_against_calling_a_member_lost(name: str) -> None:
    state, words = EVIDENCE[name]
    problems = assumption_problems([state], ["etcd-2"])
    assert [words in p and p.startswith("etcd-2 is not lost") for p in problems] == ([True] if words else [])


def test_available_is_no_sign_where_the_others_explain_it() -> None:
    state = shard("healthy", "healthy", asking.SILENT, available="True")
    assert signs_of_life(state, state.members[2], ["etcd-2"]) == []
    everything = shard(*[asking.SILENT] * 3, available="True")
    assert all(signs_of_life(everything, m, ["etcd-0", "etcd-1", "etcd-2"]) for m in everything.members)


def test_a_stranger_is_named() -> None:
    assert assumption_problems([HANGING], ["etcd-9"]) == ["etcd-9 is no member of it (there are etcd-0, etcd-1, etcd-2)"]
