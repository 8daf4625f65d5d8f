# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task ships when it is sent as a module: our files behind each module, and a table that keeps them from growing unseen.

``python tests/tools/shipping.py`` adds new modules to tests/unit/gates/shipped.json, takes away those that are gone and lowers what has become
smaller; ``--accept`` takes the present state whole, growth included; ``--check`` exits 1 when a module is missing or has grown too much.
"""

from __future__ import annotations

import ast
import json
import sys
from functools import cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "unit" / "gates" / "shipped.json"
OURS = ("ansible_collections", "hypershift", "core")
MAY_GROW = 5  # per cent, of a module and of the median; a file and a kB are always free


class Shipped(NamedTuple):
    """Our files with content, the module's own among them, and their bytes."""

    files: int
    size: int


@cache
def _imports(path: Path, root: Path) -> tuple[Path, ...]:
    """Our files that a file imports anywhere in it, as Ansible looks for them: functions included."""
    found: set[Path] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            parts = tuple((node.module or "").split(".")) if node.module else ()
            if node.level:
                base = path.parents[node.level - 1].joinpath(*parts)
            elif parts[:3] == OURS:
                base = root.joinpath(*parts[3:])
            else:
                continue
            found |= {base.with_suffix(".py")} if base.with_suffix(".py").exists() else {base / f"{a.name}.py" for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {root.joinpath(*a.name.split(".")[3:]).with_suffix(".py") for a in node.names if tuple(a.name.split(".")[:3]) == OURS}
    return tuple(sorted(p for p in found if p.exists()))


def files_of(module: str, root: Path = ROOT) -> set[Path]:
    """Files with content that go with a module; packages are marked by empty ones, which are not counted."""
    waiting, seen = [root / "plugins" / "modules" / f"{module}.py"], set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += _imports(path, root)
    return {path for path in seen if path.stat().st_size}


def measured(root: Path = ROOT) -> dict[str, Shipped]:
    modules = sorted(p.stem for p in (root / "plugins" / "modules").glob("*.py"))
    found = {name: files_of(name, root) for name in modules}
    return {name: Shipped(len(paths), sum(p.stat().st_size for p in paths)) for name, paths in found.items()}


def medians(table: dict[str, Shipped]) -> Shipped:
    return Shipped(round(median(s.files for s in table.values())), round(median(s.size for s in table.values())))


def grown(now: Shipped, then: Shipped) -> bool:
    """Whether it is more than MAY_GROW per cent, and more than one file or one kB, beyond what it was."""
    return any(n > t + max(t * MAY_GROW / 100, free) for n, t, free in zip(now, then, (1, 1000), strict=True))


def accepted(path: Path = TABLE) -> dict[str, Shipped]:
    return {name: Shipped(*row) for name, row in json.loads(path.read_text(encoding="utf-8")).items()} if path.exists() else {}


def problems(now: dict[str, Shipped], then: dict[str, Shipped]) -> list[str]:
    """What the gate refuses, a sentence each."""
    said = [f"{name} is not in {TABLE.name}: run make docs." for name in sorted(now.keys() ^ then.keys())]
    known = {name: now[name] for name in now.keys() & then.keys()}
    for name, row in sorted(known.items()):
        if grown(row, then[name]):
            said.append(
                f"{name} ships {row.files} files with {row.size} bytes, it was {then[name].files} with {then[name].size}: import less, or accept it"
                " with python tests/tools/shipping.py --accept and say why in the commit."
            )
    if known and grown(medians(known), medians({name: then[name] for name in known})):
        said.append("The median of all modules has grown too much: something that many share imports more than before.")
    return said


def kept(now: dict[str, Shipped], then: dict[str, Shipped]) -> dict[str, Shipped]:
    """The table to come: the lower of both, so that what has become smaller stays so."""
    return {name: Shipped(*map(min, row, then.get(name, row))) for name, row in now.items()}


def main() -> int:
    now, then = measured(), accepted()
    if "--check" in sys.argv[1:]:
        said = problems(now, then)
        print("\n".join(said), end="\n" if said else "", file=sys.stderr)
        return 1 if said else 0
    table = now if "--accept" in sys.argv[1:] else kept(now, then)
    rows = ",\n".join(f'  "{name}": [{row.files}, {row.size}]' for name, row in sorted(table.items()))
    TABLE.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
