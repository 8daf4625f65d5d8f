# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation upgrade_report on hubs in memory: what it reads, what it writes, and when it writes nothing."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import run_operation
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.journal import journal_manifest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.plan import digest_of
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure
from ansible_collections.hypershift.core.plugins.modules.upgrade_report import ENTRY

from builders.memory_hub import MemoryHub
from builders.objects import IMAGE, live_cluster, live_pool, options
from builders.unprintable import ALL, acted_on

Object = dict[str, Any]
FAILURE = {"code": "blocked", "cause": "it is not upgradeable", "next_step": "Acknowledge it."}


def cluster(name: str, version: str = "4.20.4", state: str = "Completed") -> Object:
    found = live_cluster(version)
    found["metadata"] |= {"name": name, "uid": f"uid-{name}"}
    found["status"]["version"]["history"][0]["state"] = state
    return found


def entry(name: str, hub: str, verdict: str = "ready", target: str = "4.20.4") -> Object:
    steps = [{"kind": "control_plane", "version": target, "image": IMAGE, "risks": [], "pools": []}] if verdict == "ready" else []
    return {
        "id": f"{name}.clusters.{hub}", "hub": hub, "namespace": "clusters", "name": name, "uid": f"uid-{name}", "from": "4.20.3", "to": target,
        "verdict": verdict, "wave": "all" if steps else None, "batch": 0 if steps else None, "steps": steps, "nodes": 2, "rolls": [],
        "refusals": [] if steps else [FAILURE], "warnings": [],
    }  # fmt: skip


def plan_of(*entries: Object) -> Object:
    ready = [e["id"] for e in entries if e["verdict"] == "ready"]
    waves = [{"name": "all", "after": [], "soak_minutes": 0, "max_failed": 0, "clusters": ready}]
    plan: Object = {"format": 1, "campaign": "autumn", "policy": {}, "hubs": [], "clusters": list(entries), "waves": waves,
                    "batches": [{"wave": "all", "clusters": ready}], "summary": {}}  # fmt: skip
    return {**plan, "digest": digest_of(plan), "created": "2026-11-24T01:00:00Z"}


@pytest.fixture
def hubs(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {
        "east": MemoryHub(cluster("a"), live_pool(name="a"), cluster("b", "4.20.3")),
        "west": MemoryHub(cluster("c", "4.20.3")),
    }

    def connect(given: Object) -> Any:
        hub = found[given["context"]]
        if isinstance(hub, Exception):
            raise hub
        return hub

    monkeypatch.setattr("ansible_collections.hypershift.core.plugins.module_utils._kube.hub.KubeHub.from_options", connect)
    return found


PLAN = plan_of(entry("a", "east"), entry("b", "east", target="4.20.9"), entry("c", "west", "refused"))


def report(check: bool = False, **given: Any) -> Object:
    hubs = [{"name": name, "context": name} for name in ("east", "west")]
    source = {} if "plan_file" in given else {"plan": PLAN}
    return run_operation(ENTRY, options("upgrade_report", **{"hubs": hubs, **source, **given}), check, lambda line: None)


def test_states_of_all_hubs_with_three_lists_each_and_no_write(hubs: dict[str, Any]) -> None:
    hubs["east"].put(
        journal_manifest("autumn", "clusters", {"b": {"state": "failed", "failure": FAILURE, "started": "2026-11-24T02:00:00Z"}})
    )
    result = report()
    states = {row["name"]: row["state"] for row in result["report"]["clusters"]}
    assert states == {"a": "done", "b": "failed", "c": "refused"}
    assert result["verdict"] == "failed" and result["counts"]["done"] == 1 and result["changed"] is False and result["files"] == []
    assert result["report"]["clusters"][1]["failure"] == FAILURE
    for hub in hubs.values():
        assert [kind for verb, kind in hub.reads if verb == "list"] == ["HostedCluster", "NodePool", "ConfigMap"] and hub.writes == []
        assert len(hub.reads) <= 4, "and the versions that the hub supports"


def test_what_a_terminal_or_browser_would_act_on_is_in_no_report(hubs: dict[str, Any], tmp_path: Path) -> None:
    """Also where it stands in the middle of a secret, which would not be found else."""
    text = f"it is {ALL}not upgradeable, pass\u200bword=correct-horse"
    failure = dict.fromkeys(("code", "cause", "next_step", "object"), text)
    hubs["east"].put(
        journal_manifest("autumn", "clusters", {"b": {"state": "failed", "failure": failure, "started": "2026-11-24T02:00:00Z"}})
    )
    files = {name: str(tmp_path / f"report.{name}") for name in ("html", "junit", "json")}
    result = report(**files)
    contents = [Path(path).read_text() for path in files.values()]
    assert "not upgradeable" in result["report"]["clusters"][1]["failure"]["cause"] and all(
        "not upgradeable" in content for content in contents
    )
    for content in (*contents, json.dumps(json.loads(contents[2]), ensure_ascii=False), json.dumps(result, ensure_ascii=False)):
        assert acted_on(content) == set() and "correct-horse" not in content


def test_files_are_private_and_written_once(hubs: dict[str, Any], tmp_path: Path) -> None:
    files = {name: str(tmp_path / f"report.{name}") for name in ("html", "junit", "json")}
    assert report(check=True, **files)["changed"] is True and list(tmp_path.iterdir()) == []
    first = report(**files)
    assert first["changed"] is True and first["files"] == list(files.values())
    assert {stat.S_IMODE(Path(path).stat().st_mode) for path in files.values()} == {0o600}
    assert json.loads(Path(files["json"]).read_text()) == first["report"]
    assert Path(files["html"]).read_text().startswith("<!DOCTYPE html>") and "<testsuites" in Path(files["junit"]).read_text()
    assert report(**files)["changed"] is False and report(check=True, **files)["changed"] is False


def test_a_plan_file_is_as_good_as_a_plan(hubs: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(PLAN))
    assert report(plan_file=str(tmp_path / "plan.json"))["report"] == report()["report"]


def test_a_hub_that_does_not_answer_leaves_the_others_to_be_reported(hubs: dict[str, Any]) -> None:
    hubs["west"] = ApiError(Failure("unreachable", "west does not answer", next_step="Check the network."))
    result = report(plan=plan_of(entry("a", "east"), entry("c", "west")))
    rows = {row["name"]: row for row in result["report"]["clusters"]}
    assert rows["a"]["state"] == "done" and rows["c"]["state"] == "unknown" and rows["c"]["failure"]["cause"] == "west does not answer"
    assert result["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"plan": {**PLAN, "campaign": "other"}}, "plan_changed"),
        ({"plan": {}}, "invalid_plan"),
        ({"plan_file": "/nonexistent/plan.json"}, "invalid_plan"),
        ({"digest": "sha256:1"}, "plan_not_approved"),
        ({"hubs": [{"name": "east", "context": "east"}]}, "unknown_hub"),
        ({"html": "/nonexistent/a", "junit": "/nonexistent/a"}, "invalid_option"),
        ({"html": "/nonexistent/a.html"}, "unwritable"),
    ],
)
def test_what_cannot_be_reported_is_one_sentence(given: Object, code: str, hubs: dict[str, Any]) -> None:
    result = report(**given)
    assert result["failed"] is True and result["failure"]["code"] == code and result["failure"]["next_step"]
