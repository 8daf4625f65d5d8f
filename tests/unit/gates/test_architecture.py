# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The packages of docs/architecture.md: an import against their order, I/O in a subject or an overgrown file fails the build."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
UTILS = ROOT / "plugins" / "module_utils"
PACKAGES = (  # the table of contents: a package imports itself and those above it
    *("_kernel", "_machine", "_kube", "_health", "_manifests", "_node_pools", "_clusters"),
    *("_etcd", "_etcd_snapshots", "_etcd_restore", "_fleet", "_multicluster_engine", "_upgrades", "_campaigns", "_preflight"),
    *("_platforms/agent", "_platforms/kubevirt", "_platforms/aws", "_observability", "_must_gather", "_ansible"),
)
# What may be imported beside the standard library, and where: the only places that reach out of the process.
ADAPTERS = {
    "_machine": ("dateutil",),
    "_kube": ("urllib3", "yaml", "kubernetes", "websocket"),
    "_etcd_snapshots/stores": ("boto3", "botocore", "pyrage"),
    "_platforms/aws/boto": ("boto3", "botocore"),
    "_campaigns/rendering": ("jinja2",),
    "_ansible": ("ansible", "ansible_collections.kubernetes.core"),
}
IO = {
    "os",
    "io",
    "time",
    "socket",
    "subprocess",
    "random",
    "secrets",
    "tempfile",
    "shutil",
    "signal",
    "ssl",
    "urllib.request",
    "http.client",
}
THREADS = {"threading", "multiprocessing", "asyncio", "concurrent.futures"}
ON_DISK = {
    *("unlink", "rename", "mkdir", "rmdir", "touch", "read_text", "read_bytes", "write_text", "write_bytes", "expanduser", "iterdir"),
    *("exists", "is_file", "is_dir", "stat", "open", "glob", "rglob", "resolve", "chmod", "symlink_to"),
}
# Threads are no I/O, but wild.
THREADED = {
    *("_campaigns/hubs.py", "_kernel/held_lease.py", "_kernel/parallel.py"),
    *("_must_gather/archive.py", "_must_gather/must_gather.py", "_must_gather/reading.py"),
}
FEWEST, MOST = 2, 30  # files in a folder
SOURCES = sorted(p for p in UTILS.rglob("*.py") if p.name != "__init__.py")


def below(path: Path) -> str:
    return str(path.relative_to(UTILS))


def within(name: str, folders: object) -> str:
    """The longest of the folders that a file is in; empty when it is in none."""
    found = [f for f in folders if name.startswith(f"{f}/")]  # type: ignore[attr-defined]
    return max(found, key=len, default="")


def outer(path: Path) -> set[str]:
    """Modules that are imported and are not ours, in full, and what is imported from them: os.path, concurrent.futures."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {f"{node.module}.{a.name}" for a in node.names}
    return {n for n in names if not n.startswith("__future__.")}


def among(names: set[str], wild: set[str]) -> set[str]:
    return {w for w in wild for n in names if f"{n}.".startswith(f"{w}.")}


def inner(path: Path) -> set[str]:
    """Files of module_utils that are imported, with their folder; relative imports are the only ones that we write."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1].joinpath(*(node.module or "").split(".")) if node.module else path.parents[node.level - 1]
            for alias in node.names:
                target = folder.with_suffix(".py") if folder.with_suffix(".py").exists() else folder / f"{alias.name}.py"
                assert target.exists(), f"line {node.lineno} imports {alias.name} of {folder}, which is not there"
                found.add(below(target))
    return found


def reaching_out(path: Path) -> set[str]:
    """Modules, calls and methods by which a file reads or changes something outside of the process, or asks for the time."""
    calls = [n.func for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
    found = among(outer(path), IO)
    found |= {f.id for f in calls if isinstance(f, ast.Name)} & {"open"}
    found |= {f.attr for f in calls if isinstance(f, ast.Attribute)} & (ON_DISK | {"utcnow", "today"})
    return found | ({"datetime.now"} if "datetime.now(" in path.read_text() else set())


@pytest.mark.parametrize("path", SOURCES, ids=below)
def test_a_package_imports_only_those_above_it(path: Path) -> None:
    own = PACKAGES.index(within(below(path), PACKAGES))
    wrong = sorted(name for name in inner(path) if PACKAGES.index(within(name, PACKAGES)) > own)
    assert not wrong, f"{PACKAGES[own]} is above the package of {wrong} and must not import it"


@pytest.mark.parametrize("path", SOURCES, ids=below)
def test_only_adapters_import_what_others_wrote(path: Path) -> None:
    allowed = tuple(f"{name}." for name in ADAPTERS.get(within(below(path), ADAPTERS), ()))
    wrong = {n for n in outer(path) if n.split(".")[0] not in sys.stdlib_module_names and not f"{n}.".startswith(allowed or ("-",))}
    assert not wrong, f"{below(path)} must not import {sorted(wrong)}; our own files are imported relatively"


@pytest.mark.parametrize("path", [p for p in SOURCES if not within(below(p), ADAPTERS)], ids=below)
def test_subjects_do_no_io_have_no_clock_and_know_no_adapter(path: Path) -> None:
    assert reaching_out(path) == set()
    assert bool(among(outer(path), THREADS)) == (below(path) in THREADED)
    assert not {name for name in inner(path) if within(name, ADAPTERS)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import time\ntime.sleep(1)", {"time"}),
        ("from datetime import datetime\ndatetime.now()", {"datetime.now"}),
        ("def f(path):\n    path.unlink()", {"unlink"}),
        ("open('x')", {"open"}),
        ("def f(hub):\n    hub.sleep(1)", set()),
    ],
)
def test_what_reaches_out_is_found(tmp_path: Path, text: str, found: set[str]) -> None:
    (tmp_path / "subject.py").write_text(text)
    assert reaching_out(tmp_path / "subject.py") == found


def test_files_with_threads_are_there() -> None:
    assert {below(p) for p in SOURCES} >= THREADED


@pytest.mark.parametrize("path", SOURCES, ids=below)
def test_files_and_functions_stay_readable(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, f"{node.name} is too long"


def test_folders_hold_neither_one_file_nor_too_many() -> None:
    folders = {p.parent for p in SOURCES}
    assert {below(f): n for f in folders if not FEWEST <= (n := sum(p.parent == f for p in SOURCES)) <= MOST} == {}


def test_packages_are_marked_by_an_empty_file() -> None:
    """Ansible wants it empty; without it, a package is packed by chance."""
    folders = {f for p in SOURCES for f in p.relative_to(UTILS).parents if str(f) != "."}
    assert {str(f) for f in folders if (UTILS / f / "__init__.py").read_bytes() != b""} == set()


def test_no_two_files_of_a_package_read_alike() -> None:
    """node_pools and nodepool, pool and pools: which one was it?"""
    names: dict[tuple[Path, str], list[str]] = {}
    for path in SOURCES:
        names.setdefault((path.parent, path.stem.replace("_", "").rstrip("s")), []).append(path.name)
    assert [found for found in names.values() if len(found) > 1] == []


def test_the_page_on_architecture_lists_the_packages_in_their_order() -> None:
    rows = re.findall(r"(?m)^\| `(_[\w/]+)` \|", (ROOT / "docs" / "architecture.md").read_text())
    assert tuple(rows) == PACKAGES


def test_unit_tests_mirror_the_packages() -> None:
    folders = {"/".join(part.removeprefix("_") for part in p.parent.relative_to(UTILS).parts) for p in SOURCES}
    aside = ("gates", "hub", "simulator", "builders")
    tests = {str(p.parent.relative_to(ROOT / "tests" / "unit")) for p in (ROOT / "tests" / "unit").rglob("test_*.py")}
    assert {t for t in tests if t.split("/")[0] not in aside} - folders == set()


def twice(sources: dict[str, str]) -> dict[str, list[str]]:
    """Names of classes that more than one file defines; of private ones too, since a reader meets them in a traceback."""
    places: dict[str, list[str]] = {}
    for name, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(name)
    return {name: found for name, found in places.items() if len(found) > 1}


def test_no_class_name_twice() -> None:
    """Which World was it? In a traceback, a search and a sentence a name has to mean one thing."""
    assert twice({below(p): p.read_text() for p in SOURCES}) == {}


def test_a_class_name_that_is_there_already_is_found() -> None:
    assert twice({"a.py": "class World: ...", "b.py": "class Hop: ...", "c.py": "class World: ..."}) == {"World": ["a.py", "c.py"]}
