# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each documented right is taken away alone: the task that needs it says so, in one sentence. So none of them is superfluous."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from direct import Direct
from embedded_hub import EmbeddedHub
from playing import Player
from rbac.accounts import Accounts
from rbac.cases import CASES, Case, case_of, pairs
from rbac.rights import FIXED_NAMESPACES, MODULES, Right
from rbac.world import World

Results = dict[str, dict[str, Any]]
# The ordinary module, for one right of each module: the operation is the same, its way of failing is another.
SAMPLE = ("get", "list", "patch")


def name_of(module: str, right: Right) -> str:
    return f"{module}: {right.key}"


def held(module: str, missing: Right) -> list[Right]:
    """All documented rights but the missing one, and but those that would give it in all namespaces."""
    return [r for r in MODULES[module] if r.key != missing.key and not missing.implied_by(r)]


def task(world: World, module: str, right: Right, case: Case, kubeconfig: Path) -> dict[str, Any]:
    options = {"namespace": world.namespace + case.suffix, **case.options, "kubeconfig": str(kubeconfig)}
    body = {k: v for k, v in options.items() if v is not None}
    return {"name": name_of(module, right), f"hypershift.core.{module}": body, "ignore_errors": True}


@pytest.fixture(scope="module")
def world(hub: EmbeddedHub) -> Iterator[World]:
    world = World(Direct(hub))
    world.make()
    yield world
    world.remove()


@pytest.fixture(scope="module")
def tasks(hub: EmbeddedHub, world: World) -> list[tuple[str, Case, dict[str, Any]]]:
    """Module, case and task of every documented right, each with an account of its own."""
    accounts, result = Accounts(hub, Direct(hub)), []
    for number, (module, right) in enumerate(pairs()):
        case = case_of(module, right)
        hosted = "" if case.everywhere else world.namespace + case.suffix
        home = "" if case.everywhere else world.home(case.cluster or "slow")
        kubeconfig = accounts.make(f"{world.namespace}-{number}", held(module, right), hosted, home)
        result.append((module, case, task(world, module, right, case, kubeconfig)))
    accounts.wait_until_effective()
    return result


@pytest.fixture(scope="module")
def results(hub: EmbeddedHub, kubeconfig: Path, tasks: list[tuple[str, Case, dict[str, Any]]]) -> Results:
    """All removals through the in-process path: those that watch a deletion stall run beside the others."""
    batches = [[t for _module, case, t in tasks if case.stalls is stalls] for stalls in (False, True)]
    with ThreadPoolExecutor() as pool:
        plays = list(pool.map(lambda batch: Player(hub, kubeconfig).play(*batch, arguments=["-v"]), batches))
    for play in plays:
        assert "Traceback" not in play.output
    return {t["task"]: t for play in plays for t in play.tasks}


@pytest.fixture(scope="module")
def sampled(hub: EmbeddedHub, kubeconfig: Path, tasks: list[tuple[str, Case, dict[str, Any]]]) -> Results:
    chosen: dict[str, dict[str, Any]] = {}
    for module, case, each in tasks:
        if not case.stalls and each["name"].split(": ")[1].startswith(SAMPLE):
            chosen.setdefault(module, each)
    play = Player(hub, kubeconfig, in_process=False).play(*chosen.values(), arguments=["-vvv"])
    assert "Traceback" not in play.output
    return {t["task"]: t for t in play.tasks}


def where_of(world: World, right: Right, case: Case) -> str:
    """How the message names the scope."""
    namespaces = {"hosted": world.namespace + case.suffix, "control_plane": world.home(case.cluster), **FIXED_NAMESPACES}
    return "cluster-wide" if right.scope == "all" else f"in namespace {namespaces[right.scope]}"


def check(world: World, right: Right, case: Case, recorded: dict[str, Any]) -> None:
    result = recorded["result"]
    assert recorded["state"] == "failed", f"the task did without: {result}"
    assert result["failure"]["code"] == "missing_permission" and result["failure"]["status"] == 403, result["msg"]
    where = where_of(world, right, case)
    assert f"may not {right.verb} {right.resource} {where}: " in result["msg"]
    assert f"Grant verb {right.verb} on {right.resource} {where} (docs/rbac.md)" in result["failure"]["next_step"]
    assert "\n" not in result["msg"]


def test_every_documented_right_has_its_case() -> None:
    documented = {module: {(r.verb, r.resource, r.scope) for r in rights if not r.optional} for module, rights in MODULES.items()}
    assert documented == {module: set(cases) for module, cases in CASES.items()}


@pytest.mark.parametrize(("module", "right"), [pytest.param(m, r, id=name_of(m, r).replace(" ", "-")) for m, r in pairs()])
def test_without_it_the_task_says_what_is_missing(world: World, results: Results, module: str, right: Right) -> None:
    check(world, right, case_of(module, right), results[name_of(module, right)])


@pytest.mark.parametrize("module", MODULES)
def test_the_ordinary_module_says_the_same(world: World, sampled: Results, module: str) -> None:
    (found,) = [t for name, t in sampled.items() if name.startswith(f"{module}: ")]
    (right,) = [r for r in MODULES[module] if name_of(module, r) == found["task"]]
    check(world, right, case_of(module, right), found)
