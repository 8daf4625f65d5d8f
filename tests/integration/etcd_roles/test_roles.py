# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Playbooks etcd_backup, etcd_drill and etcd_recovery on real etcd, through ansible-playbook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from embedded_hub import EmbeddedHub
from etcd_roles.stage import fail_member, lose_quorum
from hosted_etcd import HostedEtcd
from playing import Played, Player


def changed(played: Played) -> int:
    return sum(bool(t["result"].get("changed")) for t in played.tasks)


def said(played: Played) -> str:
    """What debug said, as one line."""
    return " ".join(str(t["result"]["msg"]) for t in played.tasks if t["state"] == "ok" and "msg" in t["result"])


def keys_in(store: Path, etcd: HostedEtcd, snapshot: str) -> int:
    manifest = json.loads((store / "clusters" / etcd.name / snapshot / "manifest.json").read_text())
    return sum(f["live_keys"] for f in manifest["files"])


def recover(player: Player, etcd: HostedEtcd, store: Path, *arguments: str, **variables: Any) -> Played:
    return player.playbook("etcd_recovery", *arguments, etcd_recovery_name=etcd.name, etcd_recovery_directory=str(store),
                           etcd_recovery_timeout=90, **variables)  # fmt: skip


def test_check_mode_of_a_backup_leaves_nothing(quick: Player, etcd: HostedEtcd, store: Path) -> None:
    played = quick.playbook("etcd_backup", "--check", etcd_backup_name=etcd.name, etcd_backup_directory=str(store)).ok()
    assert changed(played) == 1 and not store.exists()
    assert quick.writes(played.started) == [w for w in quick.writes(played.started) if w.startswith("create pods")]  # exec alone


def test_one_that_fails_does_not_stop_the_other(quick: Player, etcd: HostedEtcd, store: Path, tmp_path: Path) -> None:
    report, page = tmp_path / "backup.json", tmp_path / "backup.html"
    wanted = [{"name": "no-such-<b>cluster</b>"}, {"name": etcd.name, "namespace": "clusters"}]
    played = quick.playbook("etcd_backup", etcd_backup_clusters=wanted, etcd_backup_directory=str(store), etcd_backup_report=str(report),
                            etcd_backup_report_html=str(page), etcd_backup_rpo="1h")  # fmt: skip
    assert "1 of 2 hosted clusters have no new backup" in played.failed()["msg"]
    assert "clusters/no-such-" in played.failed()["msg"]
    told = json.loads(report.read_text())
    assert [c["result"] for c in told["clusters"]] == ["failed", "taken"]
    missed, taken = told["clusters"]
    assert "is no name of hostedclusters" in missed["cause"] and missed["rpo_met"] is False and missed["id"] == ""
    assert (taken["keys"], taken["rpo_met"]) == (len(etcd.keys()), True)
    assert (store / "clusters" / etcd.name / taken["id"] / "manifest.json").exists()
    html = page.read_text()
    assert "no-such-&lt;b&gt;" in html and "<b>cluster" not in html and taken["id"] in html and "http" not in html


def test_a_second_backup_changes_nothing(quick: Player, etcd: HostedEtcd, store: Path, tmp_path: Path) -> None:
    report = tmp_path / "backup.json"
    played = quick.playbook("etcd_backup", etcd_backup_name=etcd.name, etcd_backup_directory=str(store), etcd_backup_max_age="1h",
                            etcd_backup_retention={"keep_last": 3}, etcd_backup_report=str(report)).ok()  # fmt: skip
    assert changed(played) == 0
    assert json.loads(report.read_text())["clusters"][0]["result"] == "kept"


def test_selected_by_label(quick: Player, etcd: HostedEtcd, store: Path, tmp_path: Path) -> None:
    report = tmp_path / "backup.json"
    quick.playbook("etcd_backup", etcd_backup_label_selectors=["tier=gold"], etcd_backup_directory=str(store), etcd_backup_max_age="1h",
                   etcd_backup_report=str(report)).ok()  # fmt: skip
    assert [c["name"] for c in json.loads(report.read_text())["clusters"]] == [etcd.name]


def test_two_stores_are_refused(quick: Player, etcd: HostedEtcd, store: Path) -> None:
    variables = {"etcd_backup_directory": str(store), "etcd_backup_s3": {"bucket": "b"}, "etcd_backup_name": etcd.name}
    assert "exactly one of etcd_backup_directory and etcd_backup_s3" in quick.playbook("etcd_backup", **variables).failed()["msg"]


def test_a_drill_passes_and_limits_are_limits(quick: Player, etcd: HostedEtcd, store: Path, tmp_path: Path) -> None:
    report, page = tmp_path / "drill.json", tmp_path / "drill.html"
    foreseen = quick.playbook("etcd_drill", "--check", etcd_drill_directory=str(store)).ok()
    assert quick.writes(foreseen.started) == []
    quick.playbook("etcd_drill", etcd_drill_directory=str(store), etcd_drill_max_age="1h", etcd_drill_max_rto_seconds=120,
                   etcd_drill_report=str(report), etcd_drill_report_html=str(page)).ok()  # fmt: skip
    (row,) = json.loads(report.read_text())["clusters"]
    assert (row["name"], row["result"], row["rpo_met"], row["rto_met"]) == (etcd.name, "passed", True, True)
    assert row["checks"] and all(c["ok"] for c in row["checks"]) and row["id"] in page.read_text()
    late = quick.playbook("etcd_drill", etcd_drill_directory=str(store), etcd_drill_max_age="1s").failed()["msg"]
    assert "1 miss the recovery point objective" in late and f"clusters/{etcd.name}" in late


def test_a_drill_of_a_cluster_without_snapshots_fails(quick: Player, store: Path) -> None:
    assert "1 of 1 drills failed" in quick.playbook("etcd_drill", etcd_drill_directory=str(store), etcd_drill_name="none").failed()["msg"]


def test_healthy_means_nothing_to_do(quick: Player, etcd: HostedEtcd, store: Path) -> None:
    played = recover(quick, etcd, store).ok()
    assert changed(played) == 0 and "nothing is done" in said(played)


def test_a_failed_member_is_replaced_when_that_is_allowed(quick: Player, etcd: HostedEtcd, store: Path) -> None:
    fail_member(etcd)
    asked = recover(quick, etcd, store).ok()
    assert "etcd_recovery_apply=true" in said(asked) and changed(asked) == 0
    assert [w for w in quick.writes(asked.started) if w.startswith("delete")] == []
    recover(quick, etcd, store, "--check", etcd_recovery_apply=True).ok()
    done = recover(quick, etcd, store, etcd_recovery_apply=True).ok()
    assert changed(done) == 1 and len(etcd.keys(member=1, serializable=True)) == 100


def test_lost_quorum_takes_two_runs_and_the_right_digest(
    quick: Player, etcd: HostedEtcd, store: Path, tmp_path: Path, hub: EmbeddedHub
) -> None:
    plan_file = tmp_path / "plan.json"
    etcd.put_many("/later/", 10)
    lose_quorum(etcd)
    saved = recover(quick, etcd, store, etcd_recovery_from="survivor", etcd_recovery_plan_file=str(plan_file)).ok()
    newer = json.loads(plan_file.read_text())["snapshot"]
    assert changed(saved) == 1 and keys_in(store, etcd, newer) == 110
    older = min(p.name for p in (store / "clusters" / etcd.name).iterdir() if p.is_dir() and p.name != newer)
    planned = recover(quick, etcd, store, etcd_recovery_snapshot=older, etcd_recovery_plan_file=str(plan_file)).ok()
    plan = json.loads(plan_file.read_text())
    assert (plan["verdict"], plan["decision"], plan["restore"]["state"]) == ("no_quorum", "restore", "planned")
    assert f"etcd_recovery_digest={plan['digest']}" in said(planned) and f"etcd_recovery_snapshot={plan['snapshot']}" in said(planned)
    assert "Lost is what was written since" in said(planned) and changed(planned) == 0
    refused = recover(quick, etcd, store, etcd_recovery_digest="0" * 64, etcd_recovery_snapshot=plan["snapshot"])
    assert "digest" in refused.failed()["msg"]
    assert [w for w in quick.writes(refused.started) if not w.startswith("create pods")] == []
    allowed = {"etcd_recovery_digest": plan["digest"], "etcd_recovery_snapshot": plan["snapshot"]}
    recover(quick, etcd, store, "--check", **allowed).ok()
    done = recover(quick, etcd, store, **allowed).ok()
    assert "is done" in said(done)
    fresh = HostedEtcd(hub, "clusters", etcd.name)  # the server closes idle connections while a restore is under way
    assert [len(fresh.keys(member=n, serializable=True)) for n in range(3)] == [100] * 3
    assert changed(recover(quick, fresh, store, **allowed).ok()) == 0
