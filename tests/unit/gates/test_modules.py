# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One name, five places: a module without one of them, and a role without its tables or its scenario, fail the build."""

from __future__ import annotations

import ast
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
UTILS = ROOT / "plugins" / "module_utils"
LINES = 120  # of code in a module file
MODULES = sorted(p.stem for p in (ROOT / "plugins" / "modules").glob("*.py"))
# Modules whose operation is tested in the file of another one. Only shorter: each gets a file of its own name.
TESTED_ELSEWHERE = {
    *("agent", "agent_info", "aws_platform_info", "etcd_info", "hosted_cluster_credentials", "hosted_cluster_import", "hypershift_addon"),
    *("infra_env", "ingress_wildcard_policy", "load_balancer_pool", "multicluster_engine_components", "nodepool_info"),
    *("pause_reconcile_info", "upgrade_record"),
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_its_five_files(name: str) -> None:
    operations = [p for p in UTILS.rglob(f"{name}.py") if "_ansible" not in p.parts]
    assert len(operations) == 1, f"one file {name}.py of module_utils is the operation, there are {len(operations)}"
    package = "/".join(part.removeprefix("_") for part in operations[0].parent.relative_to(UTILS).parts)
    unit = ROOT / "tests" / "unit" / package / f"test_{name}.py"
    assert unit.exists() != (name in TESTED_ELSEWHERE), f"{unit} is the unit test of module {name}"
    used = [
        p for p in (ROOT / "tests" / "integration").rglob("*") if p.suffix in (".py", ".yml") and f"hypershift.core.{name}" in p.read_text()
    ]
    assert used, f"no integration test uses hypershift.core.{name}"


@pytest.mark.parametrize("name", MODULES)
def test_below_its_documentation_a_module_puts_together_and_no_more(name: str) -> None:
    tree = ast.parse((ROOT / "plugins" / "modules" / f"{name}.py").read_text())
    pages = [n for n in tree.body if isinstance(n, ast.Assign)][:3]
    assert [ast.unparse(n.targets[0]) for n in pages] == ["DOCUMENTATION", "EXAMPLES", "RETURN"]
    code = [n for n in tree.body if n not in pages]
    assert sum((n.end_lineno or 0) - n.lineno + 1 for n in code) <= LINES, "what a module knows belongs into its package"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, f"{node.name} is too long"
        if isinstance(node, ast.Import | ast.ImportFrom):
            outside = [a.name for a in node.names] if isinstance(node, ast.Import) else [] if node.level else [node.module or ""]
            wrong = [m for m in outside if m.split(".")[0] not in sys.stdlib_module_names and not m.startswith("ansible.module_utils.")]
            assert not wrong, f"line {node.lineno}: our own files are imported relatively, those of others by adapters"


def test_nothing_is_left_to_fill_in() -> None:
    """make module marks what its templates cannot know."""
    files = [p for folder in ("plugins", "tests", "changelogs") for p in (ROOT / folder).rglob("*") if p.suffix in (".py", ".yml")]
    mine = (Path(__file__), ROOT / "tests" / "tools" / "new_module.py", *(ROOT / "tests" / "unit" / "gates").glob("test_new_module.py"))
    assert [str(p.relative_to(ROOT)) for p in files if p not in mine and "FILL_IN" in p.read_text(encoding="utf-8", errors="replace")] == []


@pytest.mark.parametrize("name", MODULES)
def test_the_rights_of_a_module_are_documented(name: str) -> None:
    """Beside its integration test as RIGHTS, or in one of the tables of tests/integration/rbac; a module that asks no management cluster needs none."""
    entry = import_module(f"ansible_collections.hypershift.core.plugins.modules.{name}").ENTRY
    page = (ROOT / "docs" / "rbac.md").read_text(encoding="utf-8")
    assert (f"\n### {name}\n" in page) or not entry.needs_cluster


@pytest.mark.parametrize("name", MODULES)
def test_an_action_is_the_template(name: str) -> None:
    """Strategies look an action up by the task's name, so there is one per module, and nothing in it."""
    template = (ROOT / "plugins" / "action" / "hosted_cluster.py").read_text()
    assert (ROOT / "plugins" / "action" / f"{name}.py").read_text() == re.sub(r"\bhosted_cluster\b", name, template)


@pytest.mark.parametrize(("group", "option"), [("hypershift", "kubeconfig"), ("aws", "endpoint_url")])
def test_action_groups_are_the_modules_that_take_their_options(group: str, option: str) -> None:
    """Defaults of a group reach each of its modules: one that does not know the option would refuse every task."""
    taking = [n for n in MODULES if option in import_module(f"ansible_collections.hypershift.core.plugins.modules.{n}").ENTRY.spec]
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
    assert sorted(runtime["action_groups"][group]) == taking and len(taking) > 1


@pytest.mark.parametrize("role", sorted(p.name for p in (ROOT / "roles").iterdir()))
def test_role_defaults_equal_its_argument_spec_and_it_has_a_scenario(role: str) -> None:
    folder = ROOT / "roles" / role
    spec = yaml.safe_load((folder / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((folder / "defaults" / "main.yml").read_text()) or {}
    documented = {k: v["default"] for k, v in spec.items() if "default" in v}
    assert {k: v for k, v in defaults.items() if not str(v).startswith("{{ hypershift_")} == documented
    assert all(name.startswith(f"{role}_") for name in spec)
    assert (ROOT / "extensions" / "molecule" / role / "molecule.yml").exists()
    for name in spec:
        assert f"`{name}`" in (folder / "README.md").read_text(), f"{name} is missing in the README of role {role}"
