# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The documented tasks, plays and commands run as they stand there, one after the other, each once more without a change where it says so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import yaml

from ground.ground import Ground
from playing import ROOT

EXAMPLES = re.compile(r'^EXAMPLES = r"""\n(.*?)^"""', re.DOTALL | re.MULTILINE)
YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^ansible-playbook hypershift\.core\.(multicluster_engine\w*)(.*)$", re.MULTILINE)
OIDC = "/etc/hypershift/oidc.ini"


def examples(module: str) -> dict[str, Any]:
    text = (ROOT / "plugins" / "modules" / f"{module}.py").read_text()
    found = EXAMPLES.search(text)
    assert found
    return {task["name"]: task for task in yaml.safe_load(found[1])}


def plays(role: str) -> list[dict[str, Any]]:
    """One play per example, in order."""
    return [entry for block in YAML_BLOCK.findall((ROOT / "roles" / role / "README.md").read_text()) for entry in yaml.safe_load(block)]


def quick(task: dict[str, Any]) -> dict[str, Any]:
    """The simulated agent looks after a second, so that nobody has to give it five minutes."""
    (module,) = [key for key in task if key.startswith("hypershift.core.")]
    grace = {"rollout_grace": 15} if module.endswith("_config") else {}
    return {**task, module: {**(task[module] or {}), **grace}}


def test_modules_and_playbooks(bare: Ground, tmp_path: Path) -> None:
    file = tmp_path / "oidc.ini"
    file.write_text("[default]\n")
    engine, addon, config = examples("multicluster_engine"), examples("hypershift_addon"), examples("hypershift_addon_config")
    (components,) = examples("multicluster_engine_components").values()
    first = [*list(engine.values())[:2], *list(addon.values())[:1], components, *map(quick, config.values())]
    text = yaml.safe_dump(first).replace(OIDC, str(file))
    bare.play(*yaml.safe_load(text)).ok()
    arguments = bare.admin.get("deployment", "operator", "-n", "hypershift")["spec"]["template"]["spec"]["containers"][0]["args"]
    assert {"--metrics-set=All", "--oidc-storage-provider-s3-bucket-name=example-oidc"} <= set(arguments)
    bare.host("shop")
    bare.play(*examples("hosted_cluster_import").values()).ok()
    bare.unhost("shop")
    bare.play(bare.task("hypershift_addon_config", state="absent"), *list(addon.values())[1:], *list(engine.values())[2:]).ok()
    commands = COMMAND.findall((ROOT / "README.md").read_text())
    assert [name for name, _rest in commands] == ["multicluster_engine"] * 2 + ["multicluster_engine_remove"]
    for name, rest in commands:
        bare.player.playbook(name, *shlex.split(rest)).ok()
    assert not (bare.admin.get("multiclusterengine") or {}).get("items")


def test_roles(bare: Ground) -> None:
    """Those that install, then those that configure, then those that remove."""
    installing, removing = plays("multicluster_engine")
    off = {**removing, "roles": [{"role": "hypershift.core.hypershift_addon", "vars": {"hypershift_addon_state": "absent"}}]}
    order = [installing, *plays("hypershift_addon"), off, removing]
    book, record = bare.player.files([], None)
    book.write_text(yaml.safe_dump(order))
    played = bare.player.run(book, record, ["-e", "hypershift_addon_rollout_grace=15"]).ok()
    assert played.code == 0 and not (bare.admin.get("multiclusterengine") or {}).get("items")
