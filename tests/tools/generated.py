# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the generators of whole pages share: the collection's tables, and writing or checking the page."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_UTILS = "ansible_collections.hypershift.core.plugins.module_utils"


def load(module: str) -> Any:
    """A module of plugins/module_utils by its dotted name there, as _health.goals."""
    sys.path.insert(0, str(ROOT / "build" / "collections"))
    try:
        return importlib.import_module(f"{_UTILS}.{module}")
    finally:
        sys.path.pop(0)


def write_or_check(page: Path, text: str, tool: str) -> int:
    """Write the page, or with --check tell whether it is up to date. Exit status of the generator."""
    if "--check" not in sys.argv[1:]:
        page.write_text(text, encoding="utf-8")
        return 0
    if page.is_file() and page.read_text(encoding="utf-8") == text:
        return 0
    print(f"{page.relative_to(ROOT)} is out of date: run python tests/tools/{tool}.py", file=sys.stderr)
    return 1
