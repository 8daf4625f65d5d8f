# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Campaigns over a fleet on a real API server: killed at any time, stopped by its canary, looked at in check mode."""

from __future__ import annotations

import random
import time

from upgrades.campaign import FROM, TO, Campaigns

KILLS = 20


def test_a_campaign_of_100_clusters_killed_20_times_ends_as_if_it_never_was(campaigns: Campaigns) -> None:
    campaign = campaigns.prepare("killed", 100, first=15, nodes=1)
    campaign.plan().ok()
    assert [wave["name"] for wave in campaign.document["waves"]] == ["one-canary", "one", "two", "three"]
    assert campaign.document["summary"]["ready"] == 100
    started, dice = time.time(), random.Random(20261125)
    done = 0
    for left in range(KILLS, 0, -1):
        # Never more than what is left to do, however fast the machine: a hosted cluster and a node pool each, 100 times.
        done += campaign.run_until(dice.randint(0, (200 - done) // (2 * left)))
    campaign.run().ok()
    assert campaign.at(TO)
    assert campaign.patched_once(started), (campaign.patches(started).most_common(3), campaign.patches(started, answered=False))
    assert {record["state"] for record in campaign.journal().values()} == {"done"} and len(campaign.journal()) == 100
    assert campaign.leases() == []
    again = time.time()
    campaign.run().ok()
    assert campaign.writes(again) == []


def test_check_mode_shows_the_whole_campaign_and_writes_nothing(campaigns: Campaigns) -> None:
    campaign = campaigns.prepare("checked", 4)
    started = time.time()
    campaign.plan().ok()
    played = campaign.run("--check").ok()
    for _namespace, name in campaign.keys:
        assert name in played.output
    assert campaign.writes(started) == [] and campaign.at(FROM)
    from_a_workflow = campaign.run("--check", as_data=True).ok()
    assert campaign.keys[-1][1] in from_a_workflow.output and campaign.writes(started) == []


def test_a_failing_canary_stops_the_campaign_before_the_next_wave(campaigns: Campaigns) -> None:
    campaign = campaigns.prepare("broken", 5)
    namespace, canary = campaign.keys[0]
    campaign.plan().ok()
    started = time.time()
    campaigns.direct.merge("NodePool", namespace, canary, {"metadata": {"annotations": {"simulator.hypershift.core/fault": "stuck-drain"}}})
    result = campaign.run(staged_upgrade_progress_timeout=10).failed()
    assert "node pools to 4.21.3: machine" in result["msg"] and "nodeDrainTimeout such as 15m" in result["msg"]
    assert set(campaign.patches(started)) == {f"patch hostedclusters {namespace}/{canary}", f"patch nodepools {namespace}/{canary}"}
    assert campaign.journal()[canary]["state"] == "failed"
    assert campaign.leases() == []
    campaigns.direct.merge("NodePool", namespace, canary, {"metadata": {"annotations": {"simulator.hypershift.core/fault": None}}})
    campaign.run().ok()
    assert campaign.at(TO)
    assert set(campaign.patches(started).values()) == {1}


def test_a_plan_that_was_not_approved_or_was_changed_is_not_run(campaigns: Campaigns) -> None:
    campaign = campaigns.prepare("refused", 1)
    campaign.plan().ok()
    started, digest = time.time(), campaign.digest
    campaign.digest = "sha256:" + "0" * 64
    assert "approved was sha256:0000" in campaign.run().failed()["msg"]
    campaign.digest = digest
    campaign.file.write_text(campaign.file.read_text().replace("4.21.3", "4.21.4"))
    assert "its digest does not fit" in campaign.run().failed()["msg"]
    assert campaign.writes(started) == []
