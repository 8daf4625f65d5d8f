# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How far a cluster has come on its planned way, from live objects alone; digests; journal records."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.journal import amended, lease_manifest, records
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.plan import checked_plan, digest_of, read_plan
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.progress import before, position
from ansible_collections.hypershift.core.plugins.module_utils._health.goal_states import ClusterView
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import OptionError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.leases import lease_holder

from builders.memory_hub import START
from builders.objects import live_cluster, live_pool
from campaigns.builders import entry, image, plan, step

Object = dict[str, Any]
# Two minors for the control plane, the pool on the way and at the end.
STEPS = [
    step("control_plane", "4.21.3"),
    step("node_pools", "4.21.3", "demo"),
    step("control_plane", "4.22.1"),
    step("node_pools", "4.22.1", "demo"),
]


def view(history: list[tuple[str, str]], spec: str, pool: str, pool_spec: str, updating: bool = False) -> ClusterView:
    """history: (version, state), newest first; spec and pool_spec: versions asked for."""
    cluster = live_cluster(release_image=image(spec))
    newest = history[0][0]
    cluster["status"]["version"] = {
        "desired": {"image": image(newest), "version": newest},
        "history": [
            {"state": state, "version": version, "image": image(version), "startedTime": "2026-11-24T01:00:00Z", "verified": False,
             "completionTime": "2026-11-24T02:00:00Z" if state == "Completed" or n else None}
            for n, (version, state) in enumerate(history)
        ],
        "observedGeneration": 1,
    }  # fmt: skip
    nodes = live_pool(cluster, release_image=image(pool_spec))
    nodes["status"]["version"] = pool
    for row in nodes["status"]["conditions"]:
        if row["type"] == "UpdatingVersion" and updating:
            row["status"] = "True"
    return ClusterView("clusters", "demo", cluster, (nodes,))


DONE, PARTIAL = "Completed", "Partial"
OLD = ("4.20.4", DONE)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (view([OLD], "4.20.4", "4.20.4", "4.20.4"), 0),
        (view([("4.21.3", PARTIAL), OLD], "4.21.3", "4.20.4", "4.20.4"), 0),
        (view([("4.21.3", DONE), OLD], "4.21.3", "4.20.4", "4.20.4"), 1),
        (view([("4.21.3", DONE), OLD], "4.21.3", "4.20.4", "4.21.3", updating=True), 1),
        (view([("4.21.3", DONE), OLD], "4.21.3", "4.21.3", "4.21.3"), 2),
        # The next hop is under way: what is behind stays done.
        (view([("4.22.1", PARTIAL), ("4.21.3", DONE), OLD], "4.22.1", "4.21.3", "4.21.3"), 2),
        (view([("4.22.1", DONE), ("4.21.3", DONE), OLD], "4.22.1", "4.21.3", "4.21.3"), 3),
        # The pool has been asked for the last step and rolls: it has passed the one before.
        (view([("4.22.1", DONE), ("4.21.3", DONE), OLD], "4.22.1", "4.21.3", "4.22.1", updating=True), 3),
        (view([("4.22.1", DONE), ("4.21.3", DONE), OLD], "4.22.1", "4.22.1", "4.22.1"), 4),
        # Somebody has gone further than the plan.
        (view([("4.23.0", DONE), ("4.22.1", DONE), OLD], "4.23.0", "4.23.0", "4.23.0"), 4),
        # A superseded entry below stays Partial for ever.
        (view([("4.21.3", DONE), ("4.21.2", PARTIAL), OLD], "4.21.3", "4.20.4", "4.20.4"), 1),
    ],
)
def test_position(seen: ClusterView, expected: int) -> None:
    assert position(STEPS, seen, START) == expected


def test_a_pool_that_was_removed_needs_no_upgrade() -> None:
    seen = view([("4.21.3", DONE), OLD], "4.21.3", "4.20.4", "4.20.4")
    assert position(STEPS[:2], ClusterView("clusters", "demo", seen.hosted_cluster, ()), START) == 2


def test_a_cluster_that_is_not_there_has_done_nothing() -> None:
    assert position(STEPS, ClusterView("clusters", "demo"), START) == 0


def test_the_digest_covers_everything_but_the_time() -> None:
    made = plan([entry("a", "w", 0)], [{"name": "w"}])
    assert digest_of({**made, "created": "2027-01-01T00:00:00Z"}) == made["digest"]
    assert digest_of({**made, "campaign": "other"}) != made["digest"]
    assert checked_plan(made, made["digest"]) is made


@pytest.mark.parametrize(
    ("text", "approved", "code"),
    [
        ("no json", None, "invalid_plan"),
        ('{"format": 2, "clusters": []}', None, "invalid_plan"),
        ("[]", None, "invalid_plan"),
        ('{"format": 1, "clusters": [], "digest": "sha256:00"}', None, "plan_changed"),
        ("PLAN", "sha256:other", "plan_not_approved"),
        ("PLAN", "", "plan_not_approved"),
        ("PLAN", " ", "plan_not_approved"),
        ("PLAN", "sha256:", "plan_not_approved"),
        ("PLAN", "SHORT", "plan_not_approved"),
        ("PLAN", "BARE", "plan_not_approved"),
        ("PLAN", "NEWLINE", "plan_not_approved"),
        ("PLAN", "UPPER", "plan_not_approved"),
        ("PLAN", "OTHER", "plan_not_approved"),
    ],
)
def test_bad_plans(text: str, approved: str | None, code: str) -> None:
    document = plan([entry("a", "w", 0)], [{"name": "w"}])
    made, digest = json.dumps(document), document["digest"]
    forms = {"SHORT": digest[:20], "BARE": digest[7:], "NEWLINE": f"{digest}\n", "UPPER": digest.upper(), "OTHER": "sha256:" + "0" * 64}
    approved = forms.get(approved or "", approved)
    with pytest.raises(OptionError) as caught:
        read_plan(text.replace("PLAN", made), approved)
    assert caught.value.failure.code == code and caught.value.failure.next_step


def test_waves_before_are_found_over_detours() -> None:
    made = plan([], [{"name": "a"}, {"name": "b", "after": ["a"]}, {"name": "c", "after": ["a"]}, {"name": "d", "after": ["b", "c"]}])
    assert sorted(before(made, "d")) == ["a", "b", "c"] and before(made, "a") == []


def test_a_record_keeps_its_begin_and_forgets_a_failure_that_is_over() -> None:
    later = START + timedelta(minutes=5)
    first = amended(None, {"state": "running", "events": []}, START)
    failed = amended(first, {"state": "failed", "failure": {"code": "x"}, "events": [{"what": "one"}]}, later)
    assert (failed["started"], failed["ended"], failed["failure"]) == ("2026-11-24T03:00:00Z", "2026-11-24T03:05:00Z", {"code": "x"})
    again = amended(failed, {"state": "running", "events": []}, later)
    assert "ended" not in again and "failure" not in again
    done = amended(again, {"state": "done", "events": [{"what": "two"}]}, later)
    assert [e["what"] for e in done["events"]] == ["one", "two"]
    assert amended(done, {"state": "done", "events": []}, later + timedelta(hours=1)) == done


def test_journals_that_people_have_touched_are_tolerated() -> None:
    journal = {"metadata": {"namespace": "n"}, "data": {"good": '{"state": "done"}', "text": "hello", "list": "[]", "cut": '{"state": '}}
    assert records([journal, {"metadata": {"namespace": "m"}, "data": None}]) == {("n", "good"): {"state": "done"}}


@pytest.mark.parametrize(
    ("holder", "after", "expected"), [("autumn", 0, ""), ("winter", 0, "winter"), ("winter", 60, "winter"), ("winter", 61, ""), ("", 0, "")]
)
def test_whose_lease_it_is(holder: str, after: int, expected: str) -> None:
    lease = lease_manifest("demo", "clusters", holder, 60, START)
    assert lease_holder(lease, "autumn", START + timedelta(seconds=after)) == expected
