# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""must_gather on a real API server: what is asked for, what is in the archives, and what accounts with few rights get."""

from __future__ import annotations

import base64
import json
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from embedded_hub import EmbeddedHub
from hosted_etcd import HostedEtcd
from observe.stage import CONTROL_PLANE, NAME, NAMESPACE, PASSWORD, Accounts, Stage, content, namespace_of
from playing import ROOT, USER, Player, tells_identity
from rbac.observe_rights import CHOOSING, GATHERED, LOGS, NEEDED, SECRETS, expanded

Obj = dict[str, Any]
CPNS = f"management/namespaces/{CONTROL_PLANE}"
EXAMPLES = re.compile(r'^EXAMPLES = r"""\n(.*?)^"""', re.DOTALL | re.MULTILINE)
YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)


def gather(dest: Path, **given: Any) -> Obj:
    return {"hypershift.core.must_gather": {"name": [NAME], "namespace": NAMESPACE, "dest": str(dest), **given}}


def on_kubevirt(*tables: tuple[tuple[str, str, str, str], ...]) -> set[tuple[str, str, str]]:
    """Rights as (verb, resource, namespace)."""
    rows = [row for table in tables for row in table if not row[3].startswith("on ") or "KubeVirt" in row[3]]
    return {(verb, resource, namespace_of(scope)) for verb, resource, scope in expanded(tuple(rows))}


def asked(hub: EmbeddedHub, since: float) -> set[tuple[str, str, str]]:
    found = set()
    for event in (event for event in hub.audit(user=USER, since=since) if not tells_identity(event)):
        ref = event["objectRef"]
        resource = "/".join(part for part in (ref["resource"], ref.get("subresource", "")) if part)
        found.add((event["verb"], f"{resource}.{ref.get('apiGroup', '')}".rstrip("."), ref.get("namespace", "")))
    return found


def test_what_is_gathered_and_what_is_asked_for(hub: EmbeddedHub, player: Player, stage: Stage, tmp_path: Path) -> None:
    foreseen = player.play(gather(tmp_path / "new"), check=True).ok()
    assert foreseen.last["changed"] is True and not (tmp_path / "new").exists() and len(hub.audit(user=USER, since=foreseen.started)) == 3
    played = player.play(gather(tmp_path / "new")).ok()
    assert player.writes(foreseen.started) == [] and played.last["changed"] is True
    expected = on_kubevirt(CHOOSING, GATHERED, SECRETS) - {
        ("get", "secrets", NAMESPACE),
        ("list", "hostedclusters.hypershift.openshift.io", NAMESPACE),
    }
    logs = {("get", "pods/log", namespace) for _verb, _resource, namespace in on_kubevirt(LOGS)}
    found = asked(hub, played.started)
    assert (
        found - logs == expected | {("get", "hostedclusters.hypershift.openshift.io", NAMESPACE)}
        and ("get", "pods/log", CONTROL_PLANE) in found
    )
    (row,) = played.last["archives"]
    files = content(row["path"])
    assert stat.S_IMODE(Path(row["path"]).stat().st_mode) == 0o600 and list(files)[:2] == ["index.json", "summary.txt"]
    for name in (
        "apps/deployments",
        "cluster.x-k8s.io/machines",
        "hypershift.openshift.io/controlplanecomponents",
        "core/events",
        "core/secrets",
    ):
        assert json.loads(files[f"{CPNS}/{name}.json"])["items"], name
    assert files[f"{CPNS}/pods/etcd-0/etcd.log"] == b"ready\nlogged in to the mirror with <hidden>\n"
    leaky = next(o for o in json.loads(files[f"{CPNS}/core/configmaps.json"])["items"] if o["metadata"]["name"] == "leaky")
    assert leaky["data"] == {"script": "curl -u robot:<hidden> https://mirror.example.com"}
    for path, data in files.items():
        assert PASSWORD.encode() not in data and base64.b64encode(PASSWORD.encode()) not in data, path
        assert b"PRIVATE KEY" not in data and b"LS0tLS1CRUdJTiBSU0Eg" not in data, path
        json.loads(data) if path.endswith(".json") else None
    index = json.loads(files["index.json"])
    assert index["redaction"]["by"] == {"secret_value": 2} and row["masked"] == 2 and index["health"]["verdict"] == row["verdict"] != ""
    # Of the other containers the embedded cluster has no log.
    assert {(f["status"], f["what"].partition(" ")[0]) for f in index["failures"]} == {(404, "pods/log")} and row["failures"][0][
        "count"
    ] > 50


@pytest.fixture(scope="module")
def guest(hub: EmbeddedHub, stage: Stage) -> Iterator[HostedEtcd]:
    """A hosted cluster whose API really answers, with a node that is only said to be there."""
    guest = HostedEtcd.create(hub, "guest", replicas=1, api_server=True, namespace=NAMESPACE)
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "hosted-0", "annotations": {"note": "password=correct-horse"}}}
    subprocess.run(["kubectl", "--kubeconfig", str(guest.kubeconfig), "apply", "-f", "-"], input=json.dumps(node).encode(), check=True)
    yield guest
    guest.delete()


def test_the_hosted_clusters_own_api(player: Player, guest: HostedEtcd, tmp_path: Path) -> None:
    played = player.play(gather(tmp_path, name=["guest"], hosted=True, log_tail=3)).ok()
    (row,) = played.last["archives"]
    files = content(row["path"])
    (node,) = json.loads(files["hosted/cluster/core/nodes.json"])["items"]
    assert row["hosted"] == {"asked": True, "reached": True, "reason": ""} and player.writes(played.started) == []
    assert node["metadata"]["name"] == "hosted-0" and node["metadata"]["annotations"]["note"] == "password=<hidden>"
    assert 1 <= len(files[f"management/namespaces/{NAMESPACE}-guest/pods/etcd-0/etcd.log"].splitlines()) <= 3


def test_an_account_that_may_only_list_hosted_clusters_gets_an_archive(quick: Player, accounts: Accounts, tmp_path: Path) -> None:
    few = accounts.make("few", [("list", resource, "hosted") for _verb, resource in NEEDED] + [("list", "pods", "control_plane")])
    played = quick.play(gather(tmp_path, kubeconfig=few, name=[NAME, NAME])).ok()
    (row,) = played.last["archives"]
    index = json.loads(content(row["path"])["index.json"])
    missing = {(f["code"], f["next_step"]) for f in index["failures"] if f["status"] == 403}
    lacked = on_kubevirt(GATHERED, SECRETS) - {("list", "pods", CONTROL_PLANE), ("get", "secrets", NAMESPACE)}
    for verb, resource, namespace in lacked:
        where = f"in namespace {namespace}" if namespace else "cluster-wide"
        assert ("missing_permission", f"Grant verb {verb} on {resource} {where} (docs/rbac.md), then run again.") in missing, resource
    assert (
        any(f["what"].startswith("pods/log") and f["status"] == 403 for f in index["failures"])
        and index["redaction"]["secrets_read"] is False
    )
    assert played.last["warnings"] and "nodepools" in played.last["warnings"][0] and row["objects"] > 50


def test_an_account_without_rights_is_told_what_it_needs(quick: Player, accounts: Accounts, tmp_path: Path) -> None:
    failed = quick.play(gather(tmp_path / "none", kubeconfig=accounts.make("none", []))).failed()
    assert failed["failure"]["code"] == "missing_permission" and "hostedclusters" in failed["msg"] and not (tmp_path / "none").exists()


def test_the_documented_roles_are_enough(quick: Player, stage: Stage, accounts: Accounts, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "rbac.md").read_text().partition("### Roles for must-gather")[2]
    account = accounts.make("automation", [])
    for obj in yaml.safe_load_all(page.partition("```yaml\n")[2].partition("```")[0]):
        if obj["kind"].endswith("Binding"):
            obj["subjects"] = [{"kind": "ServiceAccount", "name": "automation", "namespace": NAMESPACE}]
            obj["metadata"] |= {"namespace": NAMESPACE} if obj["metadata"].get("namespace") == "clusters" else {}
        stage.direct.create(obj)
    for row in expanded((*CHOOSING, *GATHERED, *LOGS)):
        accounts.effective("automation", row)
    accounts.effective("automation", ("list", "secrets", "hosted"))
    played = quick.play(gather(tmp_path, kubeconfig=account)).ok()
    lacking = {f["what"] for f in played.last["archives"][0]["failures"] if f["status"] == 403}
    assert lacking == {f"secrets ({CONTROL_PLANE})"}  # as the page says: that binding is the reader's own choice


def test_a_name_that_is_not_there(quick: Player, stage: Stage, tmp_path: Path) -> None:
    failed = quick.play(gather(tmp_path, name=["nowhere"])).failed()
    assert failed["failure"]["code"] == "not_found" and failed["failure"]["object"] == f"HostedCluster {NAMESPACE}/nowhere"


def test_the_playbook(quick: Player, stage: Stage, tmp_path: Path) -> None:
    variables = {
        "must_gather_names": [NAME],
        "must_gather_namespace": NAMESPACE,
        "must_gather_dest": str(tmp_path),
        "must_gather_max_age": "1h",
    }
    tables = [quick.playbook("must_gather", **variables).ok() for _twice in range(2)]
    first, second = (next(t["result"]["msg"] for t in played.tasks if t["task"].endswith("Show the table")) for played in tables)
    assert (
        first[0].split()
        == second[0].split()
        == ["CLUSTER", "HEALTH", "MIB", "OBJECTS", "LOGS", "UNREAD", "LEFT", "OUT", "MASKED", "ARCHIVE"]
    )
    assert first[1].startswith(f"{NAMESPACE}/{NAME} ") and len(list(tmp_path.iterdir())) == 1 and quick.writes(tables[0].started) == []


def test_the_examples(quick: Player, stage: Stage, tmp_path: Path) -> None:
    """Those of the module and of the role, as they stand there but for names and folders."""

    def here(text: str) -> Any:
        return yaml.safe_load(
            text.replace("~/must-gather", str(tmp_path)).replace("demo", NAME).replace("namespace: clusters", f"namespace: {NAMESPACE}")
        )

    tasks = here(EXAMPLES.findall((ROOT / "plugins" / "modules" / "must_gather.py").read_text())[0])
    assert len(quick.play(*tasks).ok().tasks) >= len(tasks) == 4
    plays = [play for block in YAML_BLOCK.findall((ROOT / "roles" / "must_gather" / "README.md").read_text()) for play in here(block)]
    playbook, record = quick.files([], None)
    playbook.write_text(yaml.safe_dump(plays))
    assert len(plays) == 2 and quick.run(playbook, record, []).ok()
    names = [p.name for p in tmp_path.rglob("must-gather_*")]
    assert any(n.startswith("must-gather_management_") for n in names) and any(
        n.startswith(f"must-gather_{NAMESPACE}_{NAME}_") for n in names
    )
