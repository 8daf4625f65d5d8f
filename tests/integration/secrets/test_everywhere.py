# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets that others left in objects, logs and events of a management cluster: whatever is read of them, nothing of them leaves.

Planted on the real API server; then what a user runs is run, and all that it prints, returns and writes is read through its encodings.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.callback.fleet_progress import CallbackModule
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.journal import journal_manifest

from embedded_hub import EmbeddedHub
from playing import Played, Player

from everywhere import Obj  # isort: skip
from left_behind import ALLOWED, CONTROL_PLANE, NAME, NAMESPACE, LeftBehind  # isort: skip

WHERE = {"name": [NAME], "namespace": NAMESPACE}


@pytest.fixture(scope="module")
def left(hub: EmbeddedHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeftBehind]:
    stage = LeftBehind(hub, tmp_path_factory.mktemp("logs"))
    stage.up()
    yield stage
    stage.down()


def said(*plays: Played) -> bytes:
    return "\n".join(json.dumps([played.tasks, played.output], ensure_ascii=False) for played in plays).encode()


def leaks(left: LeftBehind, content: bytes) -> list[str]:
    """What leaves although it must not."""
    return sorted(found for found in left.planted.found_in(content) if ALLOWED not in found)


def archived(folder: Path) -> dict[str, bytes]:
    """Files of all archives there."""
    found = {}
    for archive in folder.glob("*.tar.gz"):
        with tarfile.open(archive) as stream:
            found |= {f"{archive.name}/{member.name}": stream.extractfile(member).read() for member in stream}  # type: ignore[union-attr]
    return found


def test_there_are_enough_of_them(left: LeftBehind) -> None:
    assert len(set(left.planted.entries)) >= 100 and len({place for place, _form in left.planted.entries}) >= 18


def test_nothing_is_in_archives(quick: Player, left: LeftBehind, tmp_path: Path) -> None:
    options = {"dest": str(tmp_path), "log_tail": 5000}
    tasks = [{"hypershift.core.must_gather": {**options, **more}} for more in (WHERE, {"scope": "management"})]
    played = quick.play(*tasks).ok()
    files = archived(tmp_path)
    assert {name.rpartition("/")[2]: found for name, content in files.items() if (found := leaks(left, content))} == {}
    assert leaks(left, said(played)) == []
    # The search reads what it says it reads, and what was planted is there: the texts around the secrets are.
    logs = [content for name, content in files.items() if f"/{CONTROL_PLANE}/pods/" in name]
    assert len(logs) == len(left.texts["a log"]) and all(log.startswith(b"begins\n") for log in logs)
    allowed = [name for name, content in files.items() if any(ALLOWED in found for found in left.planted.found_in(content))]
    assert any(name.endswith("hostedclusters.json") for name in allowed) and any(name.endswith("configmaps.json") for name in allowed)
    index = next(json.loads(content) for name, content in files.items() if NAME in name and name.endswith("index.json"))
    assert index["redaction"]["masked"] >= len(left.planted.entries) - 20


def test_nothing_is_in_results(quick: Player, left: LeftBehind) -> None:
    module = "hypershift.core."
    played = quick.play(
        {f"{module}hosted_cluster_info": {**WHERE, "node_pools": True}},
        {f"{module}nodepool_info": {"namespace": NAMESPACE}},
        {f"{module}pause_reconcile_info": {"namespace": NAMESPACE}},
        {f"{module}etcd_info": {"name": NAME, "namespace": NAMESPACE}, "ignore_errors": True},
        {f"{module}hosted_cluster_wait": {"name": NAME, "namespace": NAMESPACE, "wait_timeout": 1}, "ignore_errors": True},
        {f"{module}hosted_cluster": {"name": NAME, "namespace": NAMESPACE, "state": "absent"}, "ignore_errors": True, "check_mode": True},
        {f"{module}nodepool": {"name": NAME, "namespace": NAMESPACE, "cluster": NAME, "replicas": 2}, "check_mode": True, "ignore_errors": True},
    )  # fmt: skip
    assert leaks(left, said(played)) == []
    results = {task["task"].removeprefix(module): task["result"] for task in played.tasks}
    assert results["hosted_cluster_info"]["hosted_clusters"] and results["nodepool_info"]["node_pools"]
    assert results["hosted_cluster_wait"]["failed"] and "<hidden>" in json.dumps(results["hosted_cluster_info"])
    assert any(ALLOWED in found for found in left.planted.found_in(said(played))), "what is no secret is shown"
    lines = shown_by_the_callback(results["hosted_cluster_wait"], "\n".join(left.texts["a condition of the HostedCluster"].values()))
    assert leaks(left, "\n".join(lines).encode()) == [] and any("failed" in line for line in lines)


def shown_by_the_callback(wait: Obj, message: str) -> list[str]:
    """Its lines for a result of ours, and for one of another module that fails with a message full of secrets."""
    lines: list[str] = []
    display = SimpleNamespace(display=lambda line, *_more, **_named: lines.append(line), warning=lines.append, verbosity=0)
    callback = CallbackModule(display)
    cluster = f"{NAME}.{NAMESPACE}.hub"
    row = {"id": cluster, "wave": "all", "position": 0, "steps": 2}
    task: Any = SimpleNamespace(args={}, _role=SimpleNamespace(get_name=lambda: "hypershift.core.staged_upgrade"))
    host = SimpleNamespace(get_name=lambda: cluster)
    for action, result in (("upgrade_gate", {"gate": {"clusters": [row]}}), ("hosted_cluster_wait", wait), ("uri", {"msg": message})):
        task.action = action
        take = callback.v2_runner_on_ok if action == "upgrade_gate" else callback.v2_runner_on_failed
        take(SimpleNamespace(task=SimpleNamespace(**vars(task)), host=host, result=result))
    callback.v2_playbook_on_stats(None)
    return lines


def test_nothing_is_in_journals_and_reports(quick: Player, left: LeftBehind, tmp_path: Path) -> None:
    """What a run noted, by our own module or by whoever could write the journal, and what is made of it."""
    texts = left.texts["the journal of a campaign"]
    failure = {
        "code": "blocked",
        "cause": " ".join(texts.values()),
        "next_step": texts["plain"],
        "object": f"HostedCluster {NAMESPACE}/{NAME}",
    }
    row = {"id": f"{NAME}.{NAMESPACE}.hub", "state": "failed", "step": 0, "failure": failure}
    plan, files = left.plan, {kind: str(tmp_path / f"report.{kind}") for kind in ("html", "junit", "json")}
    record: Obj = {"started": "2026-11-25T20:00:00Z", "ended": "2026-11-25T20:10:00Z", "state": "failed", "step": 0, "failure": failure}
    left.direct.create(journal_manifest(plan["campaign"], NAMESPACE, {NAME: record}))
    report = {"hypershift.core.upgrade_report": {"plan": plan, **files}}
    played = quick.play(report).ok()
    assert "<hidden>" in (tmp_path / "report.html").read_text().replace("&lt;", "<").replace("&gt;", ">")
    noted = quick.play(
        {"hypershift.core.upgrade_record": {"plan": plan, "digest": plan["digest"], "clusters": [row]}, "ignore_errors": True}
    )
    contents = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(contents) == 3 and {name: leaks(left, content) for name, content in contents.items() if leaks(left, content)} == {}
    assert leaks(left, said(played, noted)) == []


def test_nothing_is_in_the_inventory_and_in_what_is_printed(quick: Player, left: LeftBehind, tmp_path: Path) -> None:
    config = tmp_path / "fleet.hosted_clusters.yml"
    hub = {"name": "east", "kubeconfig": str(quick.kubeconfig), "namespace": NAMESPACE}
    config.write_text(json.dumps({"plugin": "hypershift.core.hosted_clusters", "hubs": [hub]}))
    command = [str(quick.bin / "ansible-inventory"), "-i", str(config), "--list", "-vvv"]
    environment = quick.variables(tmp_path / "unused") | {"ANSIBLE_CALLBACKS_ENABLED": ""}
    listed = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True)
    assert leaks(left, listed.stdout + listed.stderr) == []
    assert any(ALLOWED in found for found in left.planted.found_in(listed.stdout)), "the label is a variable of the host"
    status = quick.playbook("status", "-v", hosted_cluster_namespace=NAMESPACE).ok()
    assert leaks(left, said(status)) == [] and f"{NAMESPACE}/{NAME}" in status.output
