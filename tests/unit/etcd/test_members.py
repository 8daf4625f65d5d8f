# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is known of a member: by its pod, by its own answers, and as it is returned to people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._etcd import state
from ansible_collections.hypershift.core.plugins.module_utils._etcd.commands import Answer, answers
from ansible_collections.hypershift.core.plugins.module_utils._etcd.member_answers import with_answers
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore.situation import lost

from builders.shells import ScriptedShell, member_answers
from etcd.builders import claim, pod
from etcd_restore.builders import manifest, shard, world

IDS = {"etcd-0": "a0", "etcd-1": "a1"}


def told(name: str = "etcd-1", **over: Any) -> dict[str, Answer]:
    """A member's answers as they come out of its container."""
    table = {**member_answers(name, IDS, leader="etcd-0"), **over}
    script = "\n".join(f"part {part} x" for part in table)
    return answers(ScriptedShell(table).run(["sh", "-c", f"\n{script}"]).text)


def asked(name: str = "etcd-1", **over: Any) -> state.Member:
    return with_answers(state.member_of(name, pod(name), claim(name)), told(name, **over))


@pytest.mark.parametrize(("condition", "ready"), [("Ready", True), ("ContainersReady", False), ("PodScheduled", False)])
def test_ready_is_the_condition_ready_alone(condition: str, ready: bool) -> None:
    """A pod has other conditions that are True while its etcd does not serve."""
    body = pod("etcd-0", ready=False)
    body["status"]["conditions"].append({"type": condition, "status": "True"})
    assert state.member_of("etcd-0", body, None).ready is ready


def test_the_state_is_that_of_the_container_etcd() -> None:
    body = pod("etcd-0", {"waiting": {"reason": "CrashLoopBackOff"}}, ready=False)
    found = state.member_of("etcd-0", body, claim("etcd-0"))
    assert not found.running and "CrashLoopBackOff" in found.state and (found.restarts, found.node) == (4, "node-a")
    assert (found.claim, found.claim_phase, found.pod_exists) == ("data-etcd-0", "Bound", True)


def test_a_pod_or_claim_on_its_way_out_is_not_counted_on() -> None:
    body, volume = pod("etcd-0"), claim("etcd-0")
    body["metadata"]["deletionTimestamp"] = volume["metadata"]["deletionTimestamp"] = "2026-11-24T03:00:00Z"
    found = state.member_of("etcd-0", body, volume)
    assert (found.state, found.running, found.claim_phase) == ("terminating", False, "Terminating")
    assert state.member_of("etcd-0", None, None).pod_exists is False


def test_learners_are_told_from_voters() -> None:
    """A learner has no vote: it does not count for the quorum."""
    listed = [{"ID": 160, "name": "etcd-0", "peerURLs": ["https://etcd-0:2380"]}, {"ID": 161, "name": "etcd-1", "isLearner": True}]
    member = asked(members={"members": listed})
    assert [(m.name, m.id, m.peer_urls, m.learner) for m in member.listed] == [
        ("etcd-0", "a0", ("https://etcd-0:2380",), False),
        ("etcd-1", "a1", (), True),
    ]


def test_what_is_returned_of_a_member() -> None:
    """leader says whether it is the leader, not who is; the list of members belongs to the shard."""
    leader, other = asked("etcd-0").as_dict(), asked("etcd-1").as_dict()
    assert (leader["leader"], other["leader"]) == (True, False)
    assert "listed" not in leader and leader["id"] == "a0" and leader["alarms"] == []
    assert leader["db_size"] == 1 << 20 and leader["revision"] == 10 and leader["version"] == "3.6.16"


def test_no_one_leads_when_nobody_is_named() -> None:
    silent = state.member_of("etcd-0", pod("etcd-0"), None)
    assert silent.is_leader is False and silent.id == ""


def with_revisions(*revisions: int | None) -> Any:
    made = shard()
    return replace(made, members=tuple(replace(m, revision=r) for m, r in zip(made.members, revisions, strict=True)))


@pytest.mark.parametrize(
    ("revisions", "gone"),
    [((130, 150, 140), 50), ((None, 101, None), 1), ((130, 0, None), 30), ((90, 80, None), 0), ((None, None, None), None)],
)
def test_the_loss_is_counted_from_the_member_that_is_furthest(revisions: Any, gone: int | None) -> None:
    """The snapshot is of revision 100. A member that lags would make the loss look smaller than it is."""
    found = lost(world(shards=(with_revisions(*revisions),)))
    assert found["revisions"] == gone and found["by_shard"] == {"etcd": gone}


def test_the_loss_is_of_all_shards_and_unknown_when_one_is() -> None:
    events = replace(with_revisions(110, 120, 115), name="etcd-events")
    files = (manifest().files[0], replace(manifest().files[0], shard="etcd-events"))
    both = manifest(files=files)
    assert lost(world(shards=(with_revisions(130, 150, 140), events), manifest=both))["revisions"] == 70
    silent = replace(with_revisions(None, None, None), name="etcd-events")
    found = lost(world(shards=(with_revisions(130, 150, 140), silent), manifest=both))
    assert found["revisions"] is None and found["by_shard"] == {"etcd": 50, "etcd-events": None}
    assert (found["seconds"], found["since"]) == (540, "2026-11-24T16:51:00Z")
    assert lost(world(manifest=None)) == {}


@pytest.mark.parametrize(
    ("labels", "container", "found"),
    [
        ({"app": "etcd"}, "etcd", True),
        ({"hypershift.openshift.io/control-plane-component": "etcd"}, "etcd", True),
        ({"hypershift.openshift.io/control-plane-component": "etcd-events"}, "etcd", True),
        ({"app": "etcdlike"}, "etcd", False),
        ({"app": "other"}, "etcd", False),
        ({}, "etcd", False),
        ({"app": "etcd"}, "proxy", False),
    ],
)
def test_a_stateful_set_is_etcd_by_label_and_container(labels: dict[str, str], container: str, found: bool) -> None:
    spec = {"template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": container}]}}}
    assert state.is_etcd({"metadata": {"name": "x", "namespace": "y"}, "spec": spec}) is found


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ('{"level":"warn","msg":"retrying"}\n[{"Status": 1}]', [{"Status": 1}]),
        ('[{"Status": 1}]\n{"level":"warn","msg":"closing"}', [{"Status": 1}]),
        ('{"level": 3}', {"level": 3}),
        ("{broken", None),
        ("", None),
    ],
)
def test_the_answer_is_found_among_lines_of_a_log(text: str, document: Any) -> None:
    assert Answer(0, text).json() == document
