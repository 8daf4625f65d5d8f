# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A name that nobody knows is named with what was meant: fields, and variables of roles and playbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleLookupError
from ansible_collections.hypershift.core.plugins.lookup.unknown_variables import LookupModule
from ansible_collections.hypershift.core.plugins.module_utils._kernel.text import likely

ROOT = Path(__file__).resolve().parents[3]
ROLES = sorted(p.name for p in (ROOT / "roles").iterdir())


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("maxNodeTotal", ["maxNodesTotal", "minNodes"], "maxNodesTotal"),
        ("OAUTH", ["oauth", "proxy"], "oauth"),
        ("xyz", ["oauth", "proxy"], ""),
        ("xyz", [], ""),
    ],
)
def test_the_likely_name(name: str, known: list[str], meant: str) -> None:
    assert likely(name, known) == meant


def unknown(files: list[str], variables: dict[str, Any], **options: Any) -> list[str]:
    found: list[str] = LookupModule().run(files, variables, **options)
    return found


@pytest.fixture
def spec(tmp_path: Path) -> str:
    (tmp_path / "spec.yml").write_text("options:\n  my_role_name:\n    type: str\n  my_role_retention_days:\n    type: int\n")
    return str(tmp_path / "spec.yml")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("my_role_retension_days", 3, "did you mean my_role_retention_days?"),
        ("my_role_zzz", 3, "call a variable of your own without my_role_."),
        ("my_role_name", "a", ""),
        ("my_role_result", {}, ""),
        ("my_role_run", {"changed": False, "msg": "registered"}, ""),
        ("my_role_access_name", "a", ""),
        ("other", "a", ""),
    ],
)
def test_variables_that_nobody_knows(spec: str, name: str, value: Any, words: str) -> None:
    found = unknown([spec], {name: value}, prefix="my_role_", others=["my_role_access_"])
    assert ([] if not words else [name]) == [text.split()[1] for text in found] and words in "".join(found)


def test_what_it_cannot_work_with_is_told() -> None:
    with pytest.raises(AnsibleLookupError, match="needs prefix"):
        unknown([], {})
    with pytest.raises(AnsibleLookupError, match="cannot read /nowhere: No such file"):
        unknown(["/nowhere"], {}, prefix="x_")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_refuses_them_first_and_knows_its_own(role: str) -> None:
    tasks = yaml.safe_load((ROOT / "roles" / role / "tasks" / "main.yml").read_text())
    assert tasks[0]["name"] == "Refuse variables that nobody knows" and f"prefix='{role}_'" in str(tasks[0]["vars"])
    others = [f"{other}_" for other in ROLES if other != role and other.startswith(f"{role}_")]
    assert all(repr(other) in str(tasks[0]["vars"]) for other in others)
    defaults = yaml.safe_load((ROOT / "roles" / role / "defaults" / "main.yml").read_text()) or {}
    file = str(ROOT / "roles" / role / "meta" / "argument_specs.yml")
    assert unknown([file], {**defaults, f"{role}_zzz": 1}, prefix=f"{role}_", others=others)[0].startswith(f"Variable {role}_zzz")
    assert unknown([file], defaults, prefix=f"{role}_", others=others) == []
