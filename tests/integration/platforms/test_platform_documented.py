# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The examples of the modules, of the roles and of the guide run as they stand there; the guide names only what exists."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from platforms.stage import PULL_SECRET, Stage
from playing import ROOT, Player

ROLES = ("agent_platform", "kubevirt_platform")
EXAMPLES = re.compile(r'^EXAMPLES = r"""\n(.*?)^"""', re.DOTALL | re.MULTILINE)
YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^ansible-playbook hypershift\.core\.(\w+)(.*)$", re.MULTILINE)
HOME = "clusters-demo"
# The story: module, and names of its examples in order.
AGENTS = [
    ("assisted_service", ["Set up the assisted service", "Pull from a mirror, and provision hosts through their management controllers"]),
    ("infra_env", ["Image for hosts of a hosted cluster", "Say where it is", "Image for IBM Z, in the same namespace", "Remove it"]),
    ("agent", ["Take in three hosts", "Name a host and choose its disk"]),
    ("agent_info", ["Read the hosts", "There is room for three more nodes"]),
    ("agent", ["Forget a host that was taken away"]),
]
AGENTS_LEFT = [("assisted_service", ["Remove it"])]
VIRT = [
    ("load_balancer_pool", ["Addresses for the API of hosted clusters"]),
    ("ingress_wildcard_policy", ["Allow wildcard routes"]),
    ("kubevirt_ingress", ["Ingress of a hosted cluster", "Say which DNS record is needed", "Remove it"]),
    ("ingress_wildcard_policy", ["Put it back as it was"]),
]
VIRT_LEFT = [("load_balancer_pool", ["Remove the pool"])]
MODULES = {module for module, _names in (*AGENTS, *VIRT)}


def examples(module: str) -> dict[str, Any]:
    (match,) = EXAMPLES.finditer((ROOT / "plugins" / "modules" / f"{module}.py").read_text())
    return {task["name"]: task for task in yaml.safe_load(match[1])}


def tasks(story: list[tuple[str, list[str]]]) -> list[dict[str, Any]]:
    return [examples(module)[name] for module, names in story for name in names]


@pytest.fixture(scope="module")
def scene(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the examples take for granted, and the variables that they name."""
    file = tmp_path_factory.mktemp("documented") / "pull-secret.json"
    file.write_text(json.dumps(PULL_SECRET))
    for namespace in ("metallb-system", "multicluster-engine"):
        stage.namespace(namespace)
    stage.hosts(HOME, "workers", 3)
    stage.reached("demo", "clusters")
    yield {"pull_secret_file": str(file), "mirror_certificate": "-----BEGIN CERTIFICATE-----", "agent_platform_enable_component": False}
    stage.unreached("demo", "clusters")


def follow(player: Player, variables: dict[str, Any], plays: list[dict[str, Any]]) -> None:
    playbook, record = player.files([], None)
    playbook.write_text(yaml.safe_dump(plays))
    player.run(playbook, record, ["-e", json.dumps(variables)]).ok()


def play(story: list[tuple[str, list[str]]]) -> list[dict[str, Any]]:
    return [{"hosts": "localhost", "gather_facts": False, "tasks": tasks(story)}]


def test_every_example_has_its_place() -> None:
    told = {(module, name) for story in (AGENTS, AGENTS_LEFT, VIRT, VIRT_LEFT) for module, names in story for name in names}
    assert told == {(module, name) for module in MODULES for name in examples(module)}


def test_examples_of_the_agent_modules(quick: Player, stage: Stage, scene: dict[str, Any]) -> None:
    follow(quick, scene, play(AGENTS))
    env = {"hypershift.core.infra_env": {"name": "workers", "namespace": HOME, "state": "absent"}}
    follow(quick, scene, [{"hosts": "localhost", "gather_facts": False, "tasks": [env, *tasks(AGENTS_LEFT)]}])
    assert stage.listed("InfraEnv") == [] == stage.listed("AgentServiceConfig")


def test_examples_of_the_kubevirt_modules(quick: Player, stage: Stage, scene: dict[str, Any]) -> None:
    follow(quick, scene, play(VIRT + VIRT_LEFT))
    assert stage.listed("IPAddressPool") == [] and stage.spec("IngressController", "default", "openshift-ingress-operator")


@pytest.mark.parametrize("role", ROLES)
def test_examples_of_the_roles(quick: Player, stage: Stage, scene: dict[str, Any], role: str) -> None:
    plays = [p for block in YAML_BLOCK.findall((ROOT / "roles" / role / "README.md").read_text()) for p in yaml.safe_load(block)]
    assert len(plays) == {"agent_platform": 2, "kubevirt_platform": 3}[role]
    follow(quick, scene, plays)
    assert [stage.listed(kind) for kind in ("InfraEnv", "Agent", "AgentServiceConfig", "IPAddressPool", "MetalLB")] == [[]] * 5


def test_commands_of_the_guide(quick: Player, stage: Stage, scene: dict[str, Any], tmp_path: Path) -> None:
    """With the variables of the roles' examples."""
    commands = COMMAND.findall((ROOT / "docs" / "platforms.md").read_text())
    assert [name for name, _rest in commands] == ["agent_platform", "kubevirt_platform", "kubevirt_platform"]
    for role in ROLES:
        (first,) = yaml.safe_load(YAML_BLOCK.findall((ROOT / "roles" / role / "README.md").read_text())[0])
        (tmp_path / f"{role}.yml").write_text(yaml.safe_dump(first["roles"][0]["vars"]))
    for name, rest in commands:
        arguments = shlex.split(rest.replace("@platform.yml", f"@{tmp_path}/{name}.yml"))
        quick.playbook(name, *arguments, **scene).ok()
    for name in ROLES:
        state = {f"{name}_state": "absent", "kubevirt_platform_name": "demo"}
        quick.playbook(name, "-e", f"@{tmp_path}/{name}.yml", **state, **scene).ok()
    assert [stage.listed(kind) for kind in ("InfraEnv", "Agent", "AgentServiceConfig", "IPAddressPool", "MetalLB")] == [[]] * 5


@pytest.mark.parametrize("page", ["docs/platforms.md", *(f"roles/{r}/README.md" for r in ROLES)])
def test_pages_name_only_what_exists(page: str) -> None:
    known = {*ROLES, "kubevirt_platform_ingress_result", *(f"{r}_result" for r in ROLES), "agent_info"}
    for role in ROLES:
        known |= set(
            yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
        )
    named = set(re.findall(r"\b(?:agent|kubevirt)_platform\w*|\bagent_info\b", (ROOT / page).read_text()))
    assert named and named <= known, sorted(named - known)
