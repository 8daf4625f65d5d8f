# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The files of a new module from templates: ``make module NAME=hosted_cluster_age_info PACKAGE=_clusters``.

What is left to say is marked FILL_IN; tests of the new module and a gate fail until none is left. docs/developing.md tells the rest.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).resolve().parent / "templates"
UTILS = ROOT / "plugins" / "module_utils"
LONGEST = 35


class CannotBegin(Exception):
    """Why no files are written, in one sentence."""


def targets(name: str, package: str, root: Path = ROOT) -> dict[str, Path]:
    """Template -> file; the action has none, since it is a copy of another one."""
    plain = "/".join(part.removeprefix("_") for part in package.split("/"))
    return {
        "module.py": root / "plugins" / "modules" / f"{name}.py",
        "action": root / "plugins" / "action" / f"{name}.py",
        "operation.py": root / "plugins" / "module_utils" / package / f"{name}.py",
        "unit.py": root / "tests" / "unit" / plain / f"test_{name}.py",
        "integration.py": root / "tests" / "integration" / plain.partition("/")[0] / f"test_{name}.py",
        "fragment.yml": root / "changelogs" / "fragments" / f"{name}.yml",
    }


def contents(name: str, package: str) -> dict[str, str]:
    """Template -> text of the new file."""
    failure = (ROOT / "plugins" / "modules" / "nodepool_info.py").read_text(encoding="utf-8")
    (returns,) = re.findall(r'^failure:\n.*?(?=^""")', failure, re.DOTALL | re.MULTILINE)
    (version,) = re.findall(r"^version: (\S+)", (ROOT / "galaxy.yml").read_text(encoding="utf-8"), re.MULTILINE)
    words = {
        "NAME": name,
        "CLASS": "".join(part.capitalize() for part in name.split("_")),
        "PACKAGE": package.replace("/", "."),
        "IMPORT": package.replace("/", "."),
        "DOTS": "." * (package.count("/") + 2),
        "VERSION": version,
        "SPACE": name.replace("_", "-"),
        "FAILURE\n": returns,
    }
    result = {path.name.removesuffix(".tmpl"): path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.glob("*.tmpl"))}
    for word, value in words.items():
        result = {key: re.sub(rf"(?<![A-Z_]){word}(?![A-Z]|_[A-Z])", lambda _m, v=value: v, text) for key, text in result.items()}
    action = (ROOT / "plugins" / "action" / "hosted_cluster.py").read_text(encoding="utf-8")
    return {**result, "action": re.sub(r"\bhosted_cluster\b", name, action)}


def begin(name: str, package: str, root: Path = ROOT) -> list[Path]:
    """Write the files below root; the paths in the order in which they are to be filled in. Raises CannotBegin."""
    package = "/".join(f"_{part.removeprefix('_')}" if place == 0 else part for place, part in enumerate(package.strip("/").split("/")))
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or len(name) > LONGEST:
        raise CannotBegin(f"NAME is {name!r}: lower-case words with underscores, at most {LONGEST} characters, as in hosted_cluster_info.")
    if not (UTILS / package / "__init__.py").exists() or package in ("_ansible", "_kernel", "_kube", "_machine"):
        known = sorted(str(p.parent.relative_to(UTILS)) for p in UTILS.rglob("__init__.py") if p.parent != UTILS)
        raise CannotBegin(f"PACKAGE is {package!r}, which holds no operations; docs/architecture.md lists: {', '.join(known)}.")
    files = targets(name, package, root)
    there = [str(path.relative_to(root)) for path in files.values() if path.exists()]
    if there:
        raise CannotBegin(f"{', '.join(there)} is there already.")
    for template, text in contents(name, package).items():
        files[template].parent.mkdir(parents=True, exist_ok=True)
        files[template].write_text(text, encoding="utf-8")
    return list(files.values())


def _tidied(paths: list[Path]) -> None:
    """Lines and imports as make lint wants them, which depends on the length of the name."""
    for words in (["format", "--quiet"], ["check", "--quiet", "--fix-only"], ["format", "--quiet"]):
        subprocess.run([str(Path(sys.executable).parent / "ruff"), *words, *map(str, paths)], cwd=ROOT, check=True)


def main() -> int:
    if len(sys.argv) != 3 or not all(sys.argv[1:]):
        print("make module NAME=<name> PACKAGE=<package of plugins/module_utils>", file=sys.stderr)
        return 2
    try:
        written = begin(sys.argv[1], sys.argv[2])
    except CannotBegin as error:
        print(error, file=sys.stderr)
        return 1
    _tidied([path for path in written if path.suffix == ".py"])
    print("Written; say in each what is marked FILL_IN:")
    print("\n".join(f"  {path.relative_to(ROOT)}" for path in written))
    print("Then: make docs (lists of modules, docs/rbac.md), make unit, and the new test of tests/integration with pytest.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
