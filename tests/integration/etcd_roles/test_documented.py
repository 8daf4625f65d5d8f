# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The examples of the README and of the roles' READMEs run as they stand there; the guide names only what exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from hosted_etcd import HostedEtcd
from playing import ROOT, Player

FOLDER = "/srv/etcd-snapshots"  # of the examples
ROLES = ("etcd_backup", "etcd_drill", "etcd_recovery")
COMMAND = re.compile(r"^ansible-playbook hypershift\.core\.(etcd_\w+)(.*)$", re.MULTILINE)
YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)


def examples(role: str, store: Path) -> list[dict[str, Any]]:
    text = (ROOT / "roles" / role / "README.md").read_text().replace(FOLDER, str(store))
    return [play for block in YAML_BLOCK.findall(text) for play in yaml.safe_load(block)]


def test_commands_of_the_readme(quick: Player, etcd: HostedEtcd, store: Path) -> None:
    commands = COMMAND.findall((ROOT / "README.md").read_text().replace(FOLDER, str(store)))
    assert [name for name, _rest in commands] == list(ROLES)
    for name, rest in commands:
        quick.playbook(name, *shlex.split(rest)).ok()


@pytest.mark.parametrize("role", ROLES)
def test_examples_of_the_roles(quick: Player, etcd: HostedEtcd, store: Path, role: str) -> None:
    plays = examples(role, store)
    assert len(plays) == 2
    playbook, record = quick.files([], None)
    playbook.write_text(yaml.safe_dump(plays))
    quick.run(playbook, record, []).ok()


@pytest.mark.parametrize("page", ["docs/etcd.md", "README.md", *(f"roles/{r}/README.md" for r in ROLES)])
def test_pages_name_only_what_exists(page: str) -> None:
    known = {*ROLES, *(p.stem for p in (ROOT / "plugins" / "modules").glob("*.py")), *(f"{r}_result" for r in ROLES)}
    for role in ROLES:
        specs = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text())
        known |= set(specs["argument_specs"]["main"]["options"])
    named = set(re.findall(r"\betcd_(?:backup|drill|recovery|info|snapshot|member|restore)\w*", (ROOT / page).read_text()))
    assert named and named <= known, sorted(named - known)
