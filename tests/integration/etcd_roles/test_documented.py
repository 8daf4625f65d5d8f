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


EXAMPLES = re.compile(r'^EXAMPLES = r"""\n(.*?)^"""', re.DOTALL | re.MULTILINE)
# In the order of a story; what is not here has its reason in ELSEWHERE.
STORY = {
    "etcd_info": ["Look at etcd", "Stop when it is not well"],
    "etcd_member_recover": ["Replace the failed member"],
    "etcd_snapshot": ["Take a snapshot unless there is one of today, and keep a week", "Remove one"],
    "etcd_snapshot_info": ["Look at what there is", "Read every byte of one cluster's snapshots", "Name the damaged ones"],
    "etcd_snapshot_verify": ["Prove that the newest snapshot can be restored"],
    "etcd_restore": [
        "See what restoring the newest snapshot would mean",
        "Show what would be lost",
        "Restore it, and go on with it if an earlier run was interrupted",
    ],
}
ELSEWHERE = {
    "Into a bucket, locked for a month and sealed": "a bucket and its lock: tests/integration/snapshot_store, sealing: tests/integration/etcd",
    "Let the member send it itself": "tests/integration/etcd, with a URL of a real server",
    "Fail when a cluster's newest good snapshot is older than a day": "tests/integration/snapshot_store, with a real server",
    "Put the previous data back": "tests/integration/etcd_restore: here the restore before it is done and has kept nothing",
}


def test_examples_of_the_modules(quick: Player, etcd: HostedEtcd, store: Path) -> None:
    tasks: dict[str, dict[str, Any]] = {}
    for path in sorted((ROOT / "plugins" / "modules").glob("etcd_*.py")):
        for match in EXAMPLES.finditer(path.read_text()):
            tasks |= {task["name"]: task for task in yaml.safe_load(match[1].replace(FOLDER, str(store)))}
    told = [name for names in STORY.values() for name in names]
    assert sorted(tasks) == sorted([*told, *ELSEWHERE])
    played = quick.play(*(tasks[name] for name in told)).ok()
    assert played.last["restore"]["state"] == "done"
