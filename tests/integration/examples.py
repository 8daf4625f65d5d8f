# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The examples of a module as they are documented, for the tests of that module to play."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = re.compile(r'^EXAMPLES = r"""\n(.*?)^"""', re.DOTALL | re.MULTILINE)
PLAYED = re.compile(r'\btasks_of\("(\w+)"')


def tasks_of(module: str, **options: Any) -> list[dict[str, Any]]:
    """Its tasks in order; options take the place of those that the page names, in tasks of this module."""
    (text,) = EXAMPLES.findall((ROOT / "plugins" / "modules" / f"{module}.py").read_text())
    key = f"hypershift.core.{module}"
    return [{**task, key: {**(task[key] or {}), **options}} if key in task else task for task in yaml.safe_load(text)]


def played_beside() -> set[str]:
    """Modules whose examples the test of their own name plays."""
    tests = (ROOT / "tests" / "integration").rglob("test_*.py")
    return {name for path in tests for name in PLAYED.findall(path.read_text()) if path.stem == f"test_{name}"}
