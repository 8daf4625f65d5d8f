# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The real API server is killed while two tasks wait, and started again: both waits go on and end well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from direct import IMAGE, SPEED
from embedded_hub import EmbeddedHub
from embedded_hub.testing import until
from faults.running import Running
from playing import USER, Admin, Player

WAIT = {"wait_timeout": 200, "progress_timeout": 150}
UNHURRIED = "15"  # of the simulated operator: available after some 20 seconds


def create(name: str, namespace: str) -> dict[str, Any]:
    options = {"name": name, "namespace": namespace, "platform": "kubevirt", "release_image": IMAGE, "pull_secret": {"content": "{}"}}
    return {"hypershift.core.hosted_cluster": {**options, "annotations": {SPEED: UNHURRIED}, **WAIT}}


def watching(hub: EmbeddedHub, namespace: str, since: float) -> bool:
    events = hub.audit(user=USER, since=since, verbs={"watch"}, stages={"ResponseStarted"})
    return any((e.get("objectRef") or {}).get("namespace") == namespace for e in events)


def test_waits_survive_the_death_of_the_api_server(hub: EmbeddedHub, kubeconfig: Path, admin: Admin) -> None:
    players = {"restart-action": Player(hub, kubeconfig), "restart-module": Player(hub, kubeconfig, in_process=False)}
    runs = {namespace: Running(player, create(namespace, namespace)) for namespace, player in players.items()}
    for namespace, run in runs.items():
        until(f"{namespace} waits\n{run.output}", lambda namespace=namespace, run=run: watching(hub, namespace, run.started), 90)  # type: ignore[misc]
    hub.kill_apiserver()
    runs["restart-action"].see(r"watch interrupted, trying again: .* cannot be reached to (watch|list) hostedclusters")
    hub.start_apiserver()
    for namespace, run in runs.items():
        result = run.end().ok().last
        assert result["wait"]["clusters"][0]["outcome"] == "done" and result["changed"] is True
        assert result["resource"]["status"]["kubeconfig"]["name"] == f"{namespace}-admin-kubeconfig"
    gone = [
        {"hypershift.core.hosted_cluster": {"name": n, "namespace": n, "state": "absent", "delete_namespace": True, **WAIT}} for n in runs
    ]
    Player(hub, kubeconfig).play(*gone).ok()
    assert all(admin.get("hostedcluster", "-n", namespace, namespace) is None for namespace in runs)
