# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gate and journal by themselves, through both execution paths, by two campaigns that want the same cluster."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from playing import Player
from upgrades.campaign import Campaign, Campaigns


@pytest.fixture(scope="module")
def campaign(campaigns: Campaigns) -> Campaign:
    made = campaigns.prepare("gated", 2, hubs=2)
    made.plan().ok()
    return made


@pytest.fixture(params=["in_process", "module"])
def path(request: pytest.FixtureRequest, campaigns: Campaigns) -> Player:
    return replace(campaigns.player, in_process=request.param == "in_process")


def gate(campaign: Campaign, phase: str, **options: Any) -> dict[str, Any]:
    given = {"phase": phase, "plan_file": str(campaign.file), "digest": campaign.digest, "hubs": campaign.hubs, **options}
    return {"hypershift.core.upgrade_gate": given}


def record(campaign: Campaign, *clusters: dict[str, Any], **options: Any) -> dict[str, Any]:
    given = {"plan_file": str(campaign.file), "digest": campaign.digest, "hubs": campaign.hubs, "clusters": list(clusters), **options}
    return {"hypershift.core.upgrade_record": given}


def test_claim_keep_off_and_give_back(campaign: Campaign, path: Player) -> None:
    ids = [entry["id"] for entry in campaign.document["clusters"]]
    started = time.time()
    start = path.play(gate(campaign, "start")).ok().last["gate"]
    assert (start["serial"], start["finished"]) == ([1, 1], 0)
    assert campaign.writes(started) == []
    checked = path.play(gate(campaign, "before", clusters=ids[:1]), check=True).ok().last
    assert checked["changed"] and campaign.writes(started) == []
    claimed = path.play(gate(campaign, "before", clusters=ids[:1])).ok().last
    assert claimed["gate"]["clusters"][0]["problem"] == {} and claimed["gate"]["supported_versions"]
    assert len(campaign.leases()) == 1 and campaign.journal()["gated-000"]["state"] == "running"
    other = Campaign(campaign._stage, "rival", campaign.keys, [h["namespace"] for h in campaign.hubs])
    other.plan().ok()
    found = path.play(gate(other, "before", clusters=ids[:1])).ok().last["gate"]["clusters"][0]
    assert found["problem"]["code"] == "locked" and "campaign gated works on it now" in found["msg"]
    stopped = path.play(record(campaign, {"id": ids[0], "state": "stopped"}, release=True)).ok().last
    assert [entry["verb"] for entry in stopped["plan"]] == ["delete", "patch"]
    assert campaign.leases() == []
    again = time.time()
    assert path.play(record(campaign, {"id": ids[0], "state": "stopped"}, release=True)).ok().last["changed"] is False
    assert campaign.writes(again) == []


def test_a_hub_that_is_down_is_the_problem_of_its_clusters_alone(campaign: Campaign, path: Player) -> None:
    hubs = [campaign.hubs[0], {**campaign.hubs[1], "kubeconfig": None, "host": "https://127.0.0.1:9", "api_key": "planted-token"}]
    played = path.play(gate(campaign, "start", hubs=hubs)).ok()
    rows = {row["name"]: row for row in played.last["gate"]["clusters"]}
    assert rows["gated-000"]["problem"] == {} and "127.0.0.1:9" in rows["gated-001"]["msg"]
    assert "planted-token" not in played.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"clusters": ["who.is.it"]}, "which the plan does not upgrade"),
        ({"hubs": []}, "names the management cluster"),
        ({"plan_file": "/nowhere/plan.json"}, "cannot be read"),
        ({"digest": "sha256:" + "0" * 64}, "approved was sha256:0"),
        ({"digest": ""}, "nothing is approved: the digest is empty"),
    ],
    ids=["stranger", "hubs", "file", "digest", "no-digest"],
)
def test_bad_input_is_refused_before_anything_is_asked(campaign: Campaign, path: Player, options: dict[str, Any], words: str) -> None:
    assert words in path.play(gate(campaign, "start", **options)).failed()["msg"]
