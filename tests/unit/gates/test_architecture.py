# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rooms of docs/architecture.md: a wrong import, an overgrown file or an untested module fails the build."""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PREFIX = "ansible_collections.hypershift.core.plugins.module_utils."
UTILS = ROOT / "plugins" / "module_utils"
# room -> what it may import beside the standard library and itself
ALLOWED = {
    "_domain": (),
    "_kube": (PREFIX + "_domain", PREFIX + "_process", "urllib3", "yaml", "kubernetes", "websocket"),
    "_store": (PREFIX + "_domain", "boto3", "botocore", "pyrage"),
    "_aws": (PREFIX + "_domain", "boto3", "botocore"),
    "_operations": (PREFIX + "_domain",),
    "_render": (PREFIX + "_domain", "jinja2"),
    "_process": (PREFIX + "_domain", "dateutil"),
    "_ansible": (PREFIX, "ansible.", "ansible_collections.kubernetes.core"),
}
FORBIDDEN_IN_DOMAIN = {
    "os",
    "io",
    "time",
    "socket",
    "subprocess",
    "threading",
    "random",
    "secrets",
    "pathlib",
    "tempfile",
    "urllib.request",
    "ssl",
}
MODULES = sorted(p.stem for p in (ROOT / "plugins" / "modules").glob("*.py"))
SOURCES = sorted(UTILS.rglob("*.py"))


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names - {"__future__"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(UTILS)))
def test_each_room_imports_only_what_it_may(path: Path) -> None:
    room = path.relative_to(UTILS).parts[0]
    allowed = (*ALLOWED[room], PREFIX + room)
    wrong = {
        n
        for n in imports(path)
        if n.split(".")[0] not in sys.stdlib_module_names and not (n + ".").startswith(tuple(a.rstrip(".") + "." for a in allowed))
    }
    assert not wrong, f"{room} must not import {sorted(wrong)}"


@pytest.mark.parametrize("path", sorted((UTILS / "_domain").glob("*.py")), ids=lambda p: p.stem)
def test_the_domain_does_no_io_and_has_no_clock(path: Path) -> None:
    assert not imports(path) & FORBIDDEN_IN_DOMAIN
    calls = {n.attr for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Attribute)}
    assert not calls & {"utcnow", "today", "perf_counter", "monotonic"} and "datetime.now(" not in path.read_text()


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(UTILS)))
def test_files_and_functions_stay_readable(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, f"{node.name} is too long"


@pytest.mark.parametrize("name", MODULES)
def test_each_module_has_its_entry_and_tests(name: str) -> None:
    assert (UTILS / "_ansible" / "entries" / f"{name}.py").exists()
    assert (ROOT / "plugins" / "action" / f"{name}.py").exists()
    used = [
        p for p in (ROOT / "tests" / "integration").rglob("*") if p.suffix in (".py", ".yml") and f"hypershift.core.{name}" in p.read_text()
    ]
    assert used, f"no integration test uses hypershift.core.{name}"


@pytest.mark.parametrize(("group", "option"), [("hypershift", "kubeconfig"), ("aws", "endpoint_url")])
def test_action_groups_are_the_modules_that_take_their_options(group: str, option: str) -> None:
    """Defaults of a group reach each of its modules: one that does not know the option would refuse every task."""
    taking = [n for n in MODULES if option in import_module(f"{PREFIX}_ansible.entries.{n}").ENTRY.spec]
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
