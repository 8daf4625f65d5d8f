# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The variable tables in the roles' READMEs, from their argument specs."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- generated from meta/argument_specs.yml -->\n", "<!-- end -->\n"


def plain(text: str) -> str:
    """Semantic markup as code spans; a bar would end the table's cell."""
    marked = re.sub(
        r"\b[A-Z]+\(([^)]*)\)", lambda m: f"`{m.group(1).replace('hypershift.core.hosted_cluster#module:', 'hosted_cluster ')}`", text
    )
    return marked.replace("|", "/")


def row(name: str, entry: dict[str, Any]) -> str:
    default = "**required**" if entry.get("required") else ""
    if "default" in entry:
        default = f"`{yaml.safe_dump(entry['default'], default_flow_style=True).strip().removesuffix('...').strip()}`"
    return f"| `{name}` | {entry['type']} | {default} | {plain(' '.join(entry['description']))} |\n"


def table(role: Path) -> str:
    options = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    return "| variable | type | default | meaning |\n| --- | --- | --- | --- |\n" + "".join(row(n, e) for n, e in options.items())


def main() -> int:
    stale = []
    for role in sorted((ROOT / "roles").iterdir()):
        readme = role / "README.md"
        text = readme.read_text()
        head, _begin, rest = text.partition(BEGIN)
        wanted = head + BEGIN + table(role) + END + rest.partition(END)[2]
        if wanted != text:
            stale.append(str(readme.relative_to(ROOT)))
            if "--check" not in sys.argv:
                readme.write_text(wanted)
    if stale and "--check" in sys.argv:
        print(f"out of date: {', '.join(stale)}; run make docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
