# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/rbac.md is made from the table that the other tests hold, and its roles can be applied as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

from rbac.rights import LEVELS, MODULES, Right, of_level

ROOT = Path(__file__).resolve().parents[3]


def documented_roles(level: str) -> list[dict]:  # type: ignore[type-arg]
    """The YAML of one level, as a reader copies it."""
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "rbac.md").read_text(), re.DOTALL)
    return list(yaml.safe_load_all(blocks[LEVELS.index(level)]))


def test_the_page_is_up_to_date() -> None:
    assert subprocess.run([sys.executable, str(ROOT / "tests" / "tools" / "rbac.py"), "--check"], check=False).returncode == 0


def test_no_right_is_listed_twice() -> None:
    for module, rights in MODULES.items():
        assert len({r.key for r in rights}) == len(rights), module


def granted(level: str) -> set[tuple[str, str, str]]:
    result = set()
    for role in (o for o in documented_roles(level) if o["kind"].endswith("Role")):
        for rule in role["rules"]:
            plural, group = rule["resources"][0], rule["apiGroups"][0]
            result |= {(verb, f"{plural}.{group}".rstrip("."), role["metadata"]["name"]) for verb in rule["verbs"]}
    return result


def test_combined_roles_hold_exactly_the_rights_of_their_level() -> None:
    def role(level: str, right: Right) -> str:
        return f"hypershift-core-{level}" + ("-namespace" if right.scope == "hosted" else "")

    for level in LEVELS:
        assert granted(level) == {(r.verb, r.resource, role(level, r)) for r in of_level(level)}, level
    assert {r.key for r in of_level("full")} == {r.key for rights in MODULES.values() for r in rights}


def test_only_the_full_role_touches_secrets_and_namespaces() -> None:
    for level in ("read", "operate"):
        assert not {resource for _verb, resource, _role in granted(level)} & {"secrets", "namespaces"}
    assert {verb for verb, _resource, _role in granted("read")} == {"get", "list", "watch"}
