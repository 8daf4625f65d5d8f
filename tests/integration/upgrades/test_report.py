# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""upgrade_report on a real API server, both execution paths: a campaign of which one cluster is done, one failed, one waits."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.journal import journal_manifest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.plan import digest_of

from direct import IMAGE, Direct, hosted_cluster
from embedded_hub import EmbeddedHub
from playing import Player
from upgrades.fleet import Fleet

NAMESPACE = "reported"
FAILURE = {
    "code": "blocked",
    "cause": "the release <b>cannot</b> be pulled",
    "next_step": "Mirror it.",
    "object": f"HostedCluster {NAMESPACE}/failed",
}


def planned(name: str, version: str, uid: str = "") -> dict[str, Any]:
    steps = [
        {"kind": kind, "version": version, "image": IMAGE.replace("4.20.4", version), "risks": [], "pools": pools}
        for kind, pools in (("control_plane", []), ("node_pools", [name]))
    ]
    return {
        "id": f"{name}.{NAMESPACE}.hub", "hub": "hub", "namespace": NAMESPACE, "name": name, "uid": uid, "from": "4.20.1", "to": version,
        "verdict": "ready", "wave": "all", "batch": 0, "steps": steps, "nodes": 2, "rolls": [], "refusals": [], "warnings": [], "windows": [],
        "max_snapshot_age_minutes": 0,
    }  # fmt: skip


@pytest.fixture(scope="module")
def plan(hub: EmbeddedHub) -> dict[str, Any]:
    """One cluster that the simulator has installed at the plan's target, two that are paused before they begin; the journal has a failure."""
    direct, fleet = Direct(hub), Fleet(hub)
    fleet.create((NAMESPACE, "done"))
    paused = {"pausedUntil": "true"}
    direct.create(hosted_cluster("failed", NAMESPACE, paused), hosted_cluster("waiting", NAMESPACE, paused))
    record = {"state": "failed", "step": 0, "started": "2026-11-25T20:00:00Z", "ended": "2026-11-25T20:10:00Z", "failure": FAILURE}
    direct.create(journal_manifest("reported", NAMESPACE, {"failed": record}))
    fleet.until_at("4.20.4", (NAMESPACE, "done"))
    clusters = [planned("done", "4.20.4"), planned("failed", "4.20.9"), planned("waiting", "4.20.9")]
    ids = [entry["id"] for entry in clusters]
    made: dict[str, Any] = {
        "format": 1, "campaign": "reported", "policy": {}, "hubs": [{"name": "hub", "versions": [], "problem": ""}], "clusters": clusters,
        "waves": [{"name": "all", "after": [], "soak_minutes": 0, "max_failed": 0, "clusters": ids}],
        "batches": [{"wave": "all", "clusters": ids}], "summary": {"clusters": 3, "ready": 3},
    }  # fmt: skip
    return {**made, "digest": digest_of(made), "created": "2026-11-25T19:00:00Z"}


def task(plan: dict[str, Any], folder: Path) -> dict[str, Any]:
    files = {kind: str(folder / f"report.{kind}") for kind in ("html", "junit", "json")}
    return {"hypershift.core.upgrade_report": {"plan": plan, **files}}


def test_report_on_what_is_live_and_what_was_noted(player: Player, plan: dict[str, Any], tmp_path: Path) -> None:
    check = player.play(task(plan, tmp_path), check=True).ok()
    assert check.last["changed"] is True and list(tmp_path.iterdir()) == []
    done = player.play(task(plan, tmp_path)).ok()
    rows = {row["name"]: row for row in done.last["report"]["clusters"]}
    assert {name: row["state"] for name, row in rows.items()} == {"done": "done", "failed": "failed", "waiting": "pending"}
    assert rows["failed"]["failure"] == FAILURE and rows["failed"]["seconds"] == 600
    assert rows["done"]["version"] == "4.20.4" and rows["done"]["phases"][0]["ended"] and rows["done"]["position"] == 2
    assert done.last["verdict"] == "failed" and done.last["counts"]["pending"] == 1 and done.last["changed"] is True
    assert check.last["report"] == done.last["report"]

    files = {path.suffix: path for path in tmp_path.iterdir()}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    assert json.loads(files[".json"].read_text()) == done.last["report"]
    page = files[".html"].read_text()
    assert "the release &lt;b&gt;cannot&lt;/b&gt; be pulled" in page and "Mirror it." in page and plan["digest"] in page
    suites = ElementTree.parse(files[".junit"]).getroot()
    assert [suites.get(key) for key in ("tests", "failures", "errors", "skipped")] == ["3", "1", "0", "1"]

    again = player.play(task(plan, tmp_path)).ok()
    assert again.last["changed"] is False and player.writes(check.started) == []


def test_a_plan_that_was_edited_is_refused_before_anything_is_read(
    quick: Player, plan: dict[str, Any], hub: EmbeddedHub, tmp_path: Path
) -> None:
    edited = {**plan, "clusters": plan["clusters"][:1]}
    played = quick.play(task(edited, tmp_path))
    failed = played.failed()
    assert failed["failure"]["code"] == "plan_changed" and list(tmp_path.iterdir()) == []
    assert hub.audit(user="tester", since=played.started) == []
