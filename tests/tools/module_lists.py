# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lists of what the collection has: action groups in meta/runtime.yml and the table of contents in README.md.

Run from anywhere: ``python tests/tools/module_lists.py`` writes, with ``--check`` it exits 1 when one of them differs.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNTIME, README = ROOT / "meta" / "runtime.yml", ROOT / "README.md"
# A group is the modules that take an option: its defaults reach each of them.
GROUPS = {"aws": ("endpoint_url", "The modules that use AWS."), "hypershift": ("kubeconfig", "The modules that reach a cluster.")}


def modules() -> list[str]:
    return sorted(p.stem for p in (ROOT / "plugins" / "modules").glob("*.py"))


def _taking(option: str) -> list[str]:
    package = "ansible_collections.hypershift.core.plugins.modules"
    return [name for name in modules() if option in import_module(f"{package}.{name}").ENTRY.spec]


def runtime(text: str) -> str:
    """meta/runtime.yml with its action groups as the options of the modules say."""
    lines = ["action_groups:"]
    for group, (option, comment) in GROUPS.items():
        lines += [f"  # {comment}", f"  {group}:", *(f"    - {name}" for name in _taking(option))]
    return re.sub(r"(?m)^action_groups:\n(?:[ #].*\n)*", "\n".join(lines) + "\n", text)


def _ordered() -> list[str]:
    """Modules by package, in the order of docs/architecture.md read upwards from hosted clusters, then by name."""
    packages = re.findall(r"(?m)^\| `(_[\w/]+)` \|", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
    homes = {
        path.stem: str(path.parent.relative_to(ROOT / "plugins" / "module_utils"))
        for path in sorted((ROOT / "plugins" / "module_utils").rglob("*.py"))
        if "_ansible" not in path.parts and path.stem in set(modules())
    }
    first = ["_clusters", "_node_pools"]
    rank = {name: place for place, name in enumerate([*first, *(p for p in packages if p not in first)])}
    return sorted(modules(), key=lambda name: (rank.get(homes.get(name, ""), len(rank)), name))


def readme(text: str) -> str:
    """README.md with modules, roles and playbooks as they are there; their rows are told by their first cell."""
    rows = {
        "modules": ", ".join(f"`{name}`" for name in _ordered()),
        "roles": ", ".join(f"[`{p.name}`](roles/{p.name}/README.md)" for p in sorted((ROOT / "roles").iterdir())),
        "playbooks": ", ".join(f"`{p.stem}`" for p in sorted((ROOT / "playbooks").glob("*.yml"))),
    }
    for name, row in rows.items():
        text, found = re.subn(rf"(?m)^\| {name} \| .*$", f"| {name} | {row} |", text)
        if found != 1:
            raise ValueError(f"README.md has {found} rows '| {name} | ... |' in its table of contents instead of one")
    return text


def main() -> int:
    sys.path.insert(0, str(ROOT / "build" / "collections"))
    stale = []
    for path, written in ((RUNTIME, runtime), (README, readme)):
        text = path.read_text(encoding="utf-8")
        now = written(text)
        if now == text:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if "--check" not in sys.argv[1:]:
            path.write_text(now, encoding="utf-8")
    if stale and "--check" in sys.argv[1:]:
        print(f"{', '.join(stale)} is out of date: run python tests/tools/generate.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
