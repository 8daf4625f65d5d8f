# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Counts that tell how well this repository is kept, beside those of another revision.

``python tests/tools/house.py [--before REVISION] [--cpu]``. What cannot be counted in a revision is said, never guessed. ``--cpu`` runs five modules
as Ansible sends them, nine times each, against a kubeconfig that is not there, and takes the least CPU time.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import os
import re
import resource
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import shipping

ROOT = Path(__file__).resolve().parents[2]
UTILS = Path("plugins") / "module_utils"
WIDTH = 120
CPU_MODULES = ("hosted_cluster_info", "load_balancer_pool", "multicluster_engine", "node_health_check_pause", "nodepool")
RUNS = 9
CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
Count = Callable[[Path], str]


def sources(root: Path) -> list[Path]:
    return sorted((root / UTILS).rglob("*.py"))


def fullest_folder(root: Path) -> str:
    found = Counter(str(p.parent.relative_to(root / UTILS)) for p in sources(root) if p.name != "__init__.py")
    (name, number) = found.most_common(1)[0]
    return f"{number} ({name})"


def new_module(root: Path) -> str:
    """Templates of make module, and the action that is copied; the gates refuse a module that lacks one of them."""
    templates = list((root / "tests" / "tools" / "templates").glob("*.tmpl"))
    return str(len(templates) + 1) if templates else "no templates to count"


def ships(root: Path) -> str:
    found = shipping.medians(shipping.measured(root))
    return f"{found.files} files, {found.size / 1000:.0f} kB"


def long_lines(root: Path) -> str:
    return str(sum(len(line) > WIDTH for p in sources(root) for line in p.read_text(encoding="utf-8").splitlines()))


def names_twice(root: Path) -> str:
    found = Counter(n.name for p in sources(root) for n in ast.parse(p.read_text(encoding="utf-8")).body if isinstance(n, ast.ClassDef))
    twice = sorted(name for name, number in found.items() if number > 1)
    return str(len(twice)) + (f" ({', '.join(twice[:4])}{' ...' if len(twice) > 4 else ''})" if twice else "")


def codes(root: Path) -> set[str]:
    """Codes that stand in the source as they are: first arguments of failures and refusals, and arguments called code."""
    found: set[str] = set()
    for path in sources(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).rpartition(".")[2]
                first = node.args[:1] if called in ("Failure", "Refusal", "refuse") else []
                given = [k.value for k in node.keywords if k.arg == "code"]
                found |= {v.value for v in (*first, *given) if isinstance(v, ast.Constant) and isinstance(v.value, str)}
    return {code for code in found if CODE.fullmatch(code)}


def codes_without_page(root: Path) -> str:
    pages = "".join(p.read_text(encoding="utf-8") for p in (root / "docs").glob("*.md"))
    known = set(re.findall(r"(?m)^#+ `?(\w+)`?\s*$", pages))
    every = codes(root)
    return f"{len(every - known)} of {len(every)}"


def _texts(root: Path) -> Iterator[str]:
    for folder in ("plugins", "tests", "docs", "roles", "playbooks"):
        for path in sorted((root / folder).rglob("*")):
            gate = path.name == "test_references.py" or path.name == "platform_facts.md"
            if path.is_file() and path.suffix in (".py", ".md", ".yml", ".j2") and not gate:
                yield path.read_text(encoding="utf-8")


def references_adrift(root: Path) -> str:
    """By the gate's own rule, for any revision."""
    sys.path.insert(0, str(ROOT / "tests" / "unit"))
    from gates.test_references import adrift

    return str(sum(len(adrift(text)) for text in _texts(root)))


def filters(root: Path) -> str:
    path = root / "plugins" / "filter" / "aws_platform.py"
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    given = [
        n for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and f.name == "filters" for n in ast.walk(f) if isinstance(n, ast.Dict)
    ]
    return str(sum(len(n.keys) for n in given))


ROWS: dict[str, Count] = {
    "files in the fullest folder of module_utils": fullest_folder,
    "files by hand for a new module": new_module,
    "a task ships as a module (median)": ships,
    f"lines over {WIDTH} in module_utils": long_lines,
    "class names twice": names_twice,
    "codes without a section of their own in docs": codes_without_page,
    "references that nobody can follow": references_adrift,
    "filters for role aws_platform": filters,
}

_BUILD = """
import json, sys
from ansible.plugins.loader import init_plugin_loader, module_loader
init_plugin_loader([sys.argv[1]])
from ansible.executor import module_common
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
found = module_loader.find_plugin_with_context("hypershift.core." + sys.argv[2])
made = module_common.modify_module(
    module_name="hypershift.core." + sys.argv[2], module_path=found.plugin_resolved_path, module_args=json.loads(sys.argv[3]),
    templar=Templar(loader=DataLoader()), task_vars={"ansible_python_interpreter": sys.executable}, module_compression="ZIP_STORED")
open(sys.argv[4], "wb").write(made.b_module_data if hasattr(made, "b_module_data") else made[0])
"""
_ARGUMENTS = {
    "load_balancer_pool": {"name": "a", "addresses": ["192.0.2.1-192.0.2.2"]},
    "multicluster_engine": {"channel": "stable-2.10"},
    "node_health_check_pause": {"name": "a", "entry": "a"},
    "nodepool": {"name": "a"},
}


def packed(module: str, root: Path, folder: Path) -> Path:
    """The file that Ansible would send, for a checkout of any revision."""
    home = folder / "collections" / "ansible_collections"
    if not home.exists():
        (home / "hypershift").mkdir(parents=True)
        (home / "hypershift" / "core").symlink_to(root)
        for other in (ROOT / "build" / "collections" / "ansible_collections").iterdir():
            if other.name != "hypershift":
                (home / other.name).symlink_to(other.resolve())
    target = folder / f"{module}.py"
    arguments = json.dumps({"kubeconfig": "/nonexistent", **_ARGUMENTS.get(module, {})})
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(home.parent)}
    subprocess.run(
        [sys.executable, "-c", _BUILD, str(home.parent), module, arguments, str(target)], check=True, env=environment, cwd=folder
    )
    return target


def cpu(module: str, root: Path, folder: Path) -> str:
    """Least CPU time of RUNS runs, in ms; the module must end with its own failure about the kubeconfig."""
    path, best = packed(module, root, folder), float("inf")
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if '"failure"' not in done.stdout:
            return f"not measured: {(done.stdout + done.stderr).strip()[-120:]}"
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return f"{best * 1000:.0f} ms"


def checkout(revision: str, folder: Path) -> Path:
    """The files of a revision, in a folder of their own."""
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True).stdout
    target = folder / "tree"
    with tarfile.open(fileobj=io.BytesIO(archive)) as found:
        found.extractall(target, filter="data")
    return target


def column(root: Path, folder: Path, with_cpu: bool) -> list[str]:
    cells = [count(root) for count in ROWS.values()]
    return cells + ([cpu(module, root, folder) for module in CPU_MODULES] if with_cpu else [])


def table(titles: list[str], columns: list[list[str]], names: list[str]) -> str:
    rows = [["", *titles], *([name, *cells] for name, *cells in zip(names, *columns, strict=True))]
    widths = [max(len(row[i]) for row in rows) for i in range(len(titles) + 1)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def main() -> int:
    parser = argparse.ArgumentParser(description="Counts that tell how well this repository is kept.")
    parser.add_argument("--before", metavar="REVISION", help="a revision of git to count beside the present files")
    parser.add_argument("--cpu", action="store_true", help="also the CPU time of five modules (a minute)")
    given = parser.parse_args()
    names = [*ROWS, *(f"CPU of {module}, sent as a module" for module in CPU_MODULES if given.cpu)]
    with tempfile.TemporaryDirectory() as scratch:
        titles, columns = ["now"], []
        if given.before:
            (Path(scratch) / "before").mkdir()
            try:
                tree = checkout(given.before, Path(scratch) / "before")
            except subprocess.CalledProcessError as error:
                print(f"git does not give revision {given.before}: {error.stderr.decode().strip()}", file=sys.stderr)
                return 2
            titles, columns = [given.before, "now"], [column(tree, Path(scratch) / "before", given.cpu)]
        (Path(scratch) / "now").mkdir()
        columns.append(column(ROOT, Path(scratch) / "now", given.cpu))
    print(table(titles, columns, names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
