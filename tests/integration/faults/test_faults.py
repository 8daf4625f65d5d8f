# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Errors, cut connections and nonsense at every stage of a task: it goes on where that is right, and else ends with one sentence, soon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from embedded_hub import EmbeddedHub
from faults.cases import CASES, SAMPLE, Case
from faults.proxy import Proxy, proxying
from faults.stage import Stage
from playing import Played, Player


@dataclass
class Outcome:
    result: dict[str, Any]
    state: str
    proxy: Proxy
    output: str


def task(stage: Stage, name: str, case: Case, proxy: Proxy) -> dict[str, Any]:
    options = {**case.options, "namespace": stage.namespace, "name": name, "kubeconfig": str(proxy.kubeconfig())}
    if "node_pools" in options:
        options["node_pools"] = [{**pool, "name": name} for pool in options["node_pools"]]
    return {"name": name, f"hypershift.core.{case.module}": options, "ignore_errors": True}


def prepare(stage: Stage, name: str, case: Case) -> None:
    if case.module != "hosted_cluster" or "platform" not in case.options:
        stage.held(name)


def run(hub: EmbeddedHub, stage: Stage, player: Player, names: tuple[str, ...], prefix: str) -> dict[str, Outcome]:
    """All cases in one play, each through a proxy of its own."""
    with ExitStack() as open_proxies:
        proxies, tasks = {}, []
        for each in names:
            name, case = f"{prefix}-{each}", CASES[each]
            prepare(stage, name, case)
            rules = case.rules(lambda name=name: stage.end(name))  # type: ignore[misc]
            proxies[each] = open_proxies.enter_context(proxying(hub, player.kubeconfig, *rules))
            tasks.append(task(stage, name, case, proxies[each]))
        played = player.play(*tasks, arguments=["-v"])
    assert played.seconds < 180
    return dict(zip(names, outcomes(played, list(proxies.values())), strict=True))


def outcomes(played: Played, proxies: list[Proxy]) -> list[Outcome]:
    assert "Traceback" not in played.output
    parts = re.split(r"^TASK ", played.output, flags=re.MULTILINE)[1:]
    return [Outcome(t["result"], t["state"], p, text) for t, p, text in zip(played.tasks, proxies, parts, strict=True)]


@pytest.fixture(scope="module")
def stage(hub: EmbeddedHub) -> Iterator[Stage]:
    stage = Stage(hub, "count")
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def in_process(hub: EmbeddedHub, kubeconfig: Path, stage: Stage) -> dict[str, Outcome]:
    return run(hub, stage, Player(hub, kubeconfig), tuple(CASES), "a")


@pytest.fixture(scope="module")
def as_module(hub: EmbeddedHub, kubeconfig: Path, stage: Stage) -> dict[str, Outcome]:
    return run(hub, stage, Player(hub, kubeconfig, in_process=False), SAMPLE, "m")


def written(proxy: Proxy) -> dict[str, int]:
    """Writes that the API server carried out."""
    found: dict[str, int] = {}
    for exchange in proxy.seen:
        if exchange.writes and exchange.status in (200, 201):
            key = f"{exchange.verb} {exchange.resource}"
            found[key] = found.get(key, 0) + 1
    return found


def check(case: Case, outcome: Outcome) -> None:
    result = outcome.result
    if case.code:
        assert outcome.state == "failed" and result["failure"]["code"] == case.code, result["msg"]
        assert case.says in result["msg"] and result["failure"]["next_step"] in result["msg"]
        assert "\n" not in result["msg"] and len(result["msg"]) < 600
        return
    assert outcome.state == "ok", result.get("msg")
    assert not any(rule.times for rule in outcome.proxy.rules), "the fault did not happen as often as it should"
    if case.changed is not None:
        assert result["changed"] is case.changed
    for write, count in case.writes.items():
        assert written(outcome.proxy).get(write, 0) <= count, f"{write} more than once"


@pytest.mark.parametrize("name", CASES)
def test_in_process(in_process: dict[str, Outcome], name: str) -> None:
    case, outcome = CASES[name], in_process[name]
    check(case, outcome)
    assert not case.trouble or re.search(rf"watch interrupted, trying again: .*{case.trouble}", outcome.output)


@pytest.mark.parametrize("name", SAMPLE)
def test_as_module(as_module: dict[str, Outcome], name: str) -> None:
    check(CASES[name], as_module[name])


def test_each_object_was_made_once(in_process: dict[str, Outcome], stage: Stage) -> None:
    """Also when an answer was lost: one pull secret and one infraID per cluster."""
    for cluster in (c for c in stage.direct.list("HostedCluster", stage.namespace) if c["metadata"]["name"].startswith("a-apply-")):
        secret = stage.direct.get("Secret", stage.namespace, f"{cluster['metadata']['name']}-pull-secret") or {}
        label = (secret["metadata"].get("labels") or {}).get("hypershift.openshift.io/auto-created-for-infra")
        assert label in (None, cluster["spec"]["infraID"])
