# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pause requests of NodeHealthChecks on a real API server, beside other writers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from playing import Admin, Player

KIND = "nodehealthchecks.remediation.medik8s.io"


@pytest.fixture
def check(player: Player, admin: Admin) -> Iterator[str]:
    """One NodeHealthCheck that another party has paused."""
    name = f"workers-{'action' if player.in_process else 'module'}"
    selector = {"matchLabels": {"node-role.kubernetes.io/worker": ""}}
    template = {"apiVersion": "example.com/v1", "kind": "Template", "name": "none", "namespace": "default"}
    spec = {"selector": selector, "remediationTemplate": template, "pauseRequests": ["firmware"]}
    body = {"apiVersion": "remediation.medik8s.io/v1alpha1", "kind": "NodeHealthCheck", "metadata": {"name": name}, "spec": spec}
    admin.apply(body)
    yield name
    admin.kubectl("delete", KIND, name)


def pause(name: str, entry: str = "upgrade-autumn", **options: Any) -> dict[str, Any]:
    return {"hypershift.core.node_health_check_pause": {"name": [name], "entry": entry, **options}}


def requests(admin: Admin, name: str) -> list[str]:
    return list(admin.get(KIND, name)["spec"].get("pauseRequests") or [])


def remediate(admin: Admin, name: str, *nodes: str) -> None:
    status = {"status": {"inFlightRemediations": dict.fromkeys(nodes, "2026-11-24T02:59:00Z") or None}}
    admin.kubectl("patch", KIND, name, "--subresource=status", "--type=merge", "-p", json.dumps(status))


def test_check_do_check_do_and_back(player: Player, admin: Admin, check: str) -> None:
    for state, after in (("present", ["firmware", "upgrade-autumn"]), ("absent", ["firmware"])):
        task = pause(check, state=state)
        predicted = player.play(task, check=True).ok()
        assert predicted.last["changed"] is True and player.writes(predicted.started) == []
        done = player.play(task).ok()
        assert player.writes(done.started) == [f"patch nodehealthchecks /{check}"] and requests(admin, check) == after
        assert done.last["node_health_checks"] == [{"name": check, "pause_requests": after, "in_flight": []}]
        again = player.play(task).ok()
        assert again.last["changed"] is False and player.writes(again.started) == []


def test_many_writers_at_once_lose_nothing(quick: Player, player: Player, admin: Admin, check: str) -> None:
    names = [f"campaign-{n}" for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for play in pool.map(lambda entry: quick.play(pause(check, entry)), names):
            play.ok()
    assert requests(admin, check)[0] == "firmware" and sorted(requests(admin, check)[1:]) == names
    with ThreadPoolExecutor(4) as pool:
        for play in pool.map(lambda entry: quick.play(pause(check, entry, state="absent")), names):
            play.ok()
    assert requests(admin, check) == ["firmware"]


def test_a_remediation_in_flight_is_refused_or_waited_for(player: Player, admin: Admin, check: str) -> None:
    remediate(admin, check, "worker-1")
    refused = player.play(pause(check, wait=False))
    assert refused.failed()["failure"]["code"] == "remediation_in_flight" and player.writes(refused.started) == []
    lost = player.play(pause(check, wait_timeout=2)).failed()
    assert lost["failure"]["code"] == "timeout" and "worker-1" in lost["msg"] and lost["changed"] is True
    remediate(admin, check)
    again = player.play(pause(check)).ok()
    assert again.last["changed"] is False
