# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gate and journal of a campaign, in memory: order of waves, budgets, soak, Leases, windows, resuming."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.hubs import CampaignHubs
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.upgrade_gate import UpgradeGate
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.upgrade_record import UpgradeRecord
from ansible_collections.hypershift.core.plugins.module_utils._fleet.reading import HubSource
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError, OptionError, RefusedError, WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, LEASE
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._machine.recurrence import RuleCalendar

from builders.memory_hub import MemoryHub
from campaigns.builders import CLUSTER_UID, FROM, TO, entry, hub_row, identify_as, plan, put

Object = dict[str, Any]
CANARY, REST = "canary.clusters.one", "rest.clusters.one"


class Stage:
    """Two waves of one cluster each on one hub, unless told otherwise."""

    def __init__(self, *entries: Object, waves: list[Object] | None = None, hubs: tuple[str, ...] = ("one",), **given: Any) -> None:
        self.hubs = {name: identify_as(MemoryHub()) for name in hubs}
        self.hub = self.hubs["one"]
        chosen = list(entries) or [entry("canary", "canary", 0), entry("rest", "rest", 1)]
        self.plan = plan(chosen, waves or [{"name": "canary"}, {"name": "rest", "after": ["canary"]}], **given)
        self.slept: list[float] = []
        self.lines: list[str] = []

    def _hubs(self) -> CampaignHubs:
        return CampaignHubs([HubSource(name, lambda hub=hub: hub) for name, hub in self.hubs.items()], self.plan)  # type: ignore[misc]

    def gate(self, phase: str, *ids: str, check: bool = False, **options: Any) -> Object:
        given = {
            "phase": phase,
            "clusters": ids,
            "max_failed": None,
            "lease_seconds": 7200,
            "settle_timeout": 60,
            "wait_timeout": 600,
            **options,
        }
        operation = UpgradeGate(self.hub, self._hubs(), self.plan, given, RuleCalendar(), self.sleep, check)
        return run(operation, self.hub, check, self.lines.append)

    def record(self, *clusters: Object, release: bool = True) -> Object:
        operation = UpgradeRecord(self.hub, self._hubs(), self.plan, {"clusters": clusters, "release": release})
        return run(operation, self.hub, False, self.lines.append)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.hub.seconds += seconds

    def journal(self, name: str, hub: str = "one") -> Object:
        found = self.hubs[hub].objects[("ConfigMap", "clusters", "upgrade-autumn")]["data"][name]
        result: Object = json.loads(found)
        return result


@pytest.fixture
def stage() -> Stage:
    made = Stage()
    put(made.hub, "canary")
    put(made.hub, "rest")
    return made


def row(result: Object, name: str) -> Object:
    found: Object = next(r for r in result["gate"]["clusters"] if r["name"] == name)
    return found


def test_start_tells_what_is_left_and_writes_nothing(stage: Stage) -> None:
    put(stage.hub, "canary", TO, TO)
    put(stage.hub, "rest", TO, FROM)
    result = stage.gate("start")
    assert result["changed"] is False and stage.hub.writes == []
    assert row(result, "canary")["finished"] is True
    assert (row(result, "rest")["position"], [s["kind"] for s in row(result, "rest")["remaining"]]) == (1, ["node_pools"])
    assert (result["gate"]["serial"], result["gate"]["batches"]) == ([1], [{"wave": "rest", "clusters": [REST]}])
    assert [read for read in stage.hub.reads if read[0] == "list"] == [
        ("list", "HostedCluster"),
        ("list", "NodePool"),
        ("list", "ConfigMap"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda hub: hub.drop(HOSTED_CLUSTER, "clusters", "canary"), "object_vanished"),
        (lambda hub: hub.edit(HOSTED_CLUSTER, "clusters", "canary", {"metadata": {"uid": "uid-other"}}), "other_cluster"),
        (lambda hub: put(hub, "canary", "4.20.6", FROM), "plan_outdated"),
    ],
    ids=["gone", "another", "off-the-way"],
)
def test_a_plan_that_does_not_fit_the_cluster_any_more_is_its_problem(stage: Stage, change: Any, code: str) -> None:
    change(stage.hub)
    result = stage.gate("start")
    assert row(result, "canary")["problem"]["code"] == code
    assert row(result, "rest")["problem"] == {}


def test_the_batch_is_claimed_with_a_lease_and_a_note(stage: Stage) -> None:
    result = stage.gate("before", CANARY)
    assert result["changed"] is True
    assert [(e["verb"], e["object"]) for e in result["plan"]] == [
        ("create", "Lease clusters/upgrade-canary"), ("create", "ConfigMap clusters/upgrade-autumn")
    ]  # fmt: skip
    assert stage.journal("canary")["state"] == "running"
    assert stage.journal("canary")["findings"] == []


def test_check_mode_claims_nothing(stage: Stage) -> None:
    result = stage.gate("before", CANARY, check=True)
    assert result["changed"] is True and len(result["plan"]) == 2
    assert stage.hub.writes == []


def test_a_run_that_goes_on_keeps_its_own_claim_and_another_campaign_does_not_get_it(stage: Stage) -> None:
    stage.gate("before", CANARY)
    assert row(stage.gate("before", CANARY), "canary")["problem"] == {}
    stage.hub.edit(LEASE, "clusters", "upgrade-canary", {"spec": {"holderIdentity": "winter"}})
    before = len(stage.hub.writes)
    found = row(stage.gate("before", CANARY), "canary")
    assert found["problem"]["code"] == "locked" and "winter" in found["msg"]
    assert len(stage.hub.writes) == before
    stage.hub.seconds += 7201
    assert row(stage.gate("before", CANARY), "canary")["problem"] == {}


def test_the_next_wave_waits_for_the_one_before_by_watching(stage: Stage) -> None:
    stage.gate("before", CANARY)
    stage.hub.script = [(100.0, lambda hub: put(hub, "canary", TO, FROM)), (200.0, lambda hub: put(hub, "canary", TO, TO))]
    result = stage.gate("before", REST)
    assert row(result, "rest")["problem"] == {}
    assert stage.hub.seconds == 200.0
    assert any(CANARY in line for line in stage.lines)


def test_waiting_for_a_wave_ends_with_who_is_missing(stage: Stage) -> None:
    stage.gate("before", CANARY)
    with pytest.raises(WaitError, match=f"waiting for the end of the waves before has not ended within 600 s; missing: {CANARY}"):
        stage.gate("before", REST)
    assert ("create", "Lease clusters/upgrade-rest") not in stage.hub.writes


def test_a_failed_canary_stops_the_campaign_before_the_next_wave(stage: Stage) -> None:
    stage.gate("before", CANARY)
    stage.record({"id": CANARY, "state": "failed", "failure": {"code": "x", "cause": "it broke"}, "events": []})
    with pytest.raises(RefusedError, match=r"1 hosted cluster\(s\) of wave canary failed and 0 may: canary.clusters.one"):
        stage.gate("before", REST)
    assert ("create", "Lease clusters/upgrade-rest") not in stage.hub.writes


def test_a_failed_cluster_may_be_tried_again(stage: Stage) -> None:
    stage.gate("before", CANARY)
    stage.record({"id": CANARY, "state": "failed", "failure": {"code": "x", "cause": "it broke"}, "events": []})
    assert row(stage.gate("before", CANARY), "canary")["problem"] == {}
    assert "failure" not in stage.journal("canary")
    put(stage.hub, "canary", TO, TO)
    assert row(stage.gate("before", REST), "rest")["problem"] == {}


def test_the_wave_budget_and_the_campaign_budget() -> None:
    entries = [entry(name, "first", 0) for name in ("a", "b", "c")] + [entry("rest", "rest", 1)]
    stage = Stage(*entries, waves=[{"name": "first", "max_failed": 1}, {"name": "rest", "after": ["first"]}])
    for name in ("a", "b", "c", "rest"):
        put(stage.hub, name, *((TO, TO) if name in ("b", "c") else ()))
    stage.record({"id": "a.clusters.one", "state": "failed", "events": []})
    assert row(stage.gate("before", REST), "rest")["problem"] == {}
    with pytest.raises(RefusedError, match="of the campaign failed and 0 may"):
        stage.gate("before", REST, max_failed=0)


def test_a_cluster_that_got_worse_while_soaking_stops_the_campaign(stage: Stage) -> None:
    stage.gate("before", CANARY)
    put(stage.hub, "canary", TO, TO, Available="False/WaitingForAvailable")
    with pytest.raises(RefusedError, match="wave canary"):
        stage.gate("before", REST)


def test_soaking_lasts_from_the_end_of_the_wave_even_over_a_restart() -> None:
    stage = Stage(waves=[{"name": "canary", "soak_minutes": 10}, {"name": "rest", "after": ["canary"]}])
    put(stage.hub, "canary")
    put(stage.hub, "rest")
    stage.gate("before", CANARY)
    put(stage.hub, "canary", TO, TO)
    stage.record({"id": CANARY, "state": "done", "events": []})
    stage.hub.seconds += 240
    stage.gate("before", REST)
    assert stage.slept == [360.0]


def test_a_closed_window_holds_a_cluster_back_and_says_when_it_opens() -> None:
    window = {
        "rrule": "FREQ=DAILY;BYHOUR=22;BYMINUTE=0;BYSECOND=0",
        "duration_minutes": 120,
        "timezone": "Europe/Berlin",
        "start": "2026-01-01T00:00:00",
    }
    stage = Stage(entry("canary", "canary", 0, windows=[window]), waves=[{"name": "canary"}])
    put(stage.hub, "canary")
    found = row(stage.gate("before", CANARY), "canary")
    assert found["problem"]["code"] == "window_closed"
    assert "2026-11-24T21:00:00" in found["msg"]
    stage.hub.seconds += 18 * 3600 + 60
    assert row(stage.gate("before", CANARY), "canary")["problem"] == {}


def test_hubs_are_read_and_written_each_by_itself_and_a_dead_one_is_the_problem_of_its_clusters() -> None:
    stage = Stage(entry("canary", "canary", 0), entry("far", "canary", 0, hub="two"), waves=[{"name": "canary"}], hubs=("one", "two"))
    put(stage.hub, "canary")
    put(stage.hubs["two"], "far")
    stage.gate("before")
    assert (stage.journal("canary")["id"], stage.journal("far", "two")["id"]) == (CANARY, "far.clusters.two")
    stage.hubs["two"].forbidden.add(("list", "NodePool"))
    result = stage.gate("start")
    assert row(result, "far")["problem"]["code"] == "missing_permission" and row(result, "canary")["problem"] == {}


def test_after_a_batch_each_cluster_is_judged(stage: Stage) -> None:
    stage.gate("before", CANARY)
    put(stage.hub, "canary", TO, TO)
    pool = stage.hub.objects[("NodePool", "clusters", "canary")]
    pool["status"]["nodesInfo"] = {
        "nodeVersions": [{"ocpVersion": FROM, "kubeletVersion": "v1.33.4", "readyNodeCount": 1, "unreadyNodeCount": 0}]
    }
    found = row(stage.gate("after", CANARY), "canary")
    assert found["problem"]["code"] == "old_nodes" and "1 node(s) run 4.20.4, not 4.20.9" in found["msg"]
    pool["status"]["nodesInfo"]["nodeVersions"][0] |= {"ocpVersion": TO}
    assert row(stage.gate("after", CANARY), "canary")["problem"] == {}
    pool["status"]["nodesInfo"]["nodeVersions"][0] |= {"kubeletVersion": "v1.32.1"}
    assert "brings 1.33" in row(stage.gate("after", CANARY), "canary")["msg"]


def test_after_a_batch_a_cluster_gets_time_to_calm_down(stage: Stage) -> None:
    stage.gate("before", CANARY)
    put(stage.hub, "canary", TO, TO, Degraded="True/UnavailableReplicas")
    stage.hub.script = [(stage.hub.seconds + 30, lambda hub: put(hub, "canary", TO, TO))]
    assert row(stage.gate("after", CANARY), "canary")["problem"] == {}
    put(stage.hub, "canary", TO, TO, Available="False/WaitingForAvailable")
    assert row(stage.gate("after", CANARY), "canary")["problem"]["code"] == "new_degradation"


def test_what_was_wrong_before_does_not_count_against_the_upgrade(stage: Stage) -> None:
    put(stage.hub, "canary", Available="False/WaitingForAvailable")
    stage.gate("before", CANARY)
    put(stage.hub, "canary", TO, TO, Available="False/WaitingForAvailable")
    assert row(stage.gate("after", CANARY), "canary")["problem"] == {}


def test_the_record_gives_back_the_lease_and_is_written_once(stage: Stage) -> None:
    stage.gate("before", CANARY)
    put(stage.hub, "canary", TO, TO)
    done = {"id": CANARY, "state": "done", "events": []}
    result = stage.record(done)
    assert [e["verb"] for e in result["plan"]] == ["delete", "patch"]
    assert stage.record(done)["changed"] is False
    assert stage.hub.get(LEASE, "clusters", "upgrade-canary") is None


def test_what_the_journal_calls_done_has_no_lease_even_if_the_run_was_killed_in_between(stage: Stage) -> None:
    """The next run notes what has ended and is not noted as done; it looks at nothing else."""
    stage.gate("before", CANARY)
    put(stage.hub, "canary", TO, TO)

    class Killed(BaseException):
        pass

    real = stage.hub._write

    def once(verb: str, kind: Any, *arguments: Any) -> None:
        if [w for w in stage.hub.writes[before:] if w[0] in ("patch", "delete")]:
            raise Killed
        real(verb, kind, *arguments)

    before, stage.hub._write = len(stage.hub.writes), once  # type: ignore[method-assign]
    with pytest.raises(Killed):
        stage.record({"id": CANARY, "state": "done", "events": []})
    assert stage.hub.get(LEASE, "clusters", "upgrade-canary") is None and stage.journal("canary")["state"] == "running"
    assert row(stage.gate("start"), "canary")["finished"] is True


def test_the_run_that_finds_a_cluster_done_closes_it_with_the_time_when_it_got_there(stage: Stage) -> None:
    """Its run was killed after it had asked for the release."""
    stage.gate("before", CANARY)
    put(stage.hub, "canary", TO, TO)
    cluster = stage.hub.objects[("HostedCluster", "clusters", "canary")]
    cluster["status"]["version"]["history"][0]["completionTime"] = "2026-11-24T03:20:00Z"
    pool = stage.hub.objects[("NodePool", "clusters", "canary")]
    others = [c for c in pool["status"]["conditions"] if c["type"] != "UpdatingVersion"]
    stopped = {"type": "UpdatingVersion", "status": "False", "reason": "AsExpected", "lastTransitionTime": "2026-11-24T03:30:00Z"}
    pool["status"]["conditions"] = [*others, {**stopped, "observedGeneration": pool["metadata"]["generation"]}]
    stage.hub.seconds = 7200
    assert row(stage.gate("start"), "canary")["ended"] == "2026-11-24T03:30:00Z"
    stage.gate("before", CANARY)
    assert stage.hub.get(LEASE, "clusters", "upgrade-canary") is None
    noted = stage.journal("canary")
    assert (noted["state"], noted["ended"]) == ("done", "2026-11-24T03:30:00Z")
    writes = len(stage.hub.writes)
    stage.gate("before", CANARY)
    stage.record({"id": CANARY, "state": "done", "ended": "2026-11-24T05:00:00Z"})
    assert stage.journal("canary") == noted and len(stage.hub.writes) == writes


def test_slices_write_one_journal_without_losing_a_note(stage: Stage) -> None:
    """Another slice writes its key between our read and our write."""
    other = {"data": {"other": json.dumps({"id": "other", "state": "done"})}}
    stage.gate("before", CANARY)
    real = stage.hub.patch

    def late(kind: Any, *arguments: Any) -> Object:
        if kind == CONFIG_MAP and "other" not in stage.hub.objects[("ConfigMap", "clusters", "upgrade-autumn")]["data"]:
            stage.hub.edit(CONFIG_MAP, "clusters", "upgrade-autumn", other)
        return real(kind, *arguments)

    stage.hub.patch = late  # type: ignore[method-assign]
    stage.record({"id": CANARY, "state": "done", "events": []})
    assert (stage.journal("canary")["state"], stage.journal("other")["state"]) == ("done", "done")


@pytest.mark.parametrize(
    ("spoil", "match"),
    [
        (lambda s: s.plan["clusters"][0].update(to="4.20.10"), "digest"),
        (lambda s: s.hubs.pop("one"), "names the management cluster one"),
    ],
    ids=["changed", "unknown-hub"],
)
def test_bad_plans_and_hubs_are_refused(stage: Stage, spoil: Any, match: str) -> None:
    from ansible_collections.hypershift.core.plugins.module_utils._campaigns.plan import checked_plan

    spoil(stage)
    with pytest.raises(HypershiftError, match=match):
        checked_plan(stage.plan)
        stage._hubs()


def test_ids_that_are_not_in_the_plan_are_refused(stage: Stage) -> None:
    with pytest.raises(OptionError, match=r"names who\.is\.it"):
        stage.gate("before", "who.is.it")


def test_an_account_without_rights_in_the_operators_namespace_does_not_know_the_minors(stage: Stage) -> None:
    stage.hub.forbidden.add(("get", "ConfigMap"))
    result = stage.gate("start")
    assert row(result, "canary")["problem"] == {} and result["gate"]["supported_versions"] == {"one": []}


OTHER = "0a1b2c3d-0000-4000-8000-000000000002"


def _acts(stage: Stage, phase: str) -> Object:
    return stage.record({"id": CANARY, "state": "done"}) if phase == "record" else stage.gate(phase, CANARY)


@pytest.mark.parametrize("phase", ["start", "before", "after", "record"])
def test_a_plan_is_carried_out_on_no_other_cluster(stage: Stage, phase: str) -> None:
    identify_as(stage.hub, OTHER)  # the name was moved
    with pytest.raises(HypershiftError, match=f"the plan was made on cluster {CLUSTER_UID} .*, this is cluster {OTHER}") as caught:
        _acts(stage, phase)
    assert caught.value.failure.code == "other_cluster" and stage.hub.writes == []


@pytest.mark.parametrize("phase", ["start", "before", "after", "record"])
def test_what_cannot_be_asked_is_not_approved(stage: Stage, phase: str) -> None:
    stage.hub.forbidden.add(("get", "Namespace"))
    with pytest.raises(HypershiftError, match="Give the account the verb get on namespace kube-system") as caught:
        _acts(stage, phase)
    assert caught.value.failure.code == "identity_unknown" and stage.hub.writes == []


def test_a_plan_that_names_no_cluster_is_carried_out_nowhere() -> None:
    for hubs in ([], [hub_row("one", "")]):
        stage = Stage(hubs=("one",))
        stage.plan = plan(stage.plan["clusters"], stage.plan["waves"], hubs=hubs)
        put(stage.hub, "canary")
        with pytest.raises(RefusedError, match="does not tell on which cluster it was made"):
            stage.gate("start")


def test_one_request_tells_which_cluster_it_is(stage: Stage) -> None:
    found = stage.gate("before", CANARY)
    assert found["gate"]["hubs"] == [{"name": "one", "server": stage.hub.server, "uid": CLUSTER_UID}]
    assert [ref for verb, ref in stage.hub.reads if "kube-system" in ref] == ["Namespace kube-system"]


def test_who_only_looks_is_told(stage: Stage) -> None:
    identify_as(stage.hub, OTHER)
    hubs = CampaignHubs([HubSource("one", lambda: stage.hub)], stage.plan, acting=False)
    assert set(hubs.progress_by_id(stage.plan["clusters"], stage.hub)) == {CANARY, REST} and list(hubs.foreign) == ["one"]
