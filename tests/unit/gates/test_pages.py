# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pages for people who change this repository are true: files that they name are there, and pictures show the imports that are."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from gates.test_architecture import PACKAGES, SOURCES, below, inner, within

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "docs" / name for name in ("architecture.md", "tour.md", "glossary.md", "developing.md", "testing.md")]
# A path in backticks, or at the beginning of a box of a picture.
PATH = re.compile(r"[`\"]((?:[\w.-]+/)+[\w.-]*)(?=[`:])")
PLACES = tuple(
    ROOT / place for place in (".", "plugins/module_utils", "tests/unit", "tests/integration", "tests/hub", "tests/hub/simulator")
)
# Names to be filled in, and what is made when tests run.
ASIDE = re.compile(r"[A-Z]{4,}|/X\.py|^build/|^\.|\.hypershift\.core/")  # the last: annotations


def named(text: str) -> list[str]:
    """Paths that a page names, without those that stand for many."""
    return [p for p in PATH.findall(text) if not ASIDE.search(p)]


def missing(text: str) -> list[str]:
    return [p for p in named(text) if not any((place / p).exists() for place in PLACES)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert missing(text) == []
    assert len(named(text)) > (20 if page.name in ("architecture.md", "tour.md") else 3)


def test_a_file_that_is_not_there_is_found() -> None:
    text = '`_kernel/operation.py`, `_kernel/no_such.py`, box["_kernel/none.py: it"], `plugins/modules/NAME.py`'
    assert missing(text) == ["_kernel/no_such.py", "_kernel/none.py"]


def arrows(text: str) -> dict[str, set[str]]:
    """Package -> packages that it stands on, as the picture with upward arrows shows them."""
    (picture,) = re.findall(r"^flowchart BT\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    names = dict(re.findall(r'(\w+)\["([\w/]+)"\]', picture))
    found: dict[str, set[str]] = {name: set() for name in names.values()}
    for source, targets in re.findall(r'^ +(\w+)\["[\w/]+"\] --> ([\w &]+)$', picture, re.MULTILINE):
        found[names[source]] |= {names[target.strip()] for target in targets.split("&")}
    return found


def closed(edges: dict[str, set[str]]) -> dict[str, set[str]]:
    """What can be reached from each package."""

    @cache
    def reach(name: str) -> frozenset[str]:
        return frozenset(edges[name]).union(*(reach(other) for other in edges[name]))

    return {name: set(reach(name)) for name in edges}


def test_the_picture_of_the_packages_shows_the_imports_that_are() -> None:
    real: dict[str, set[str]] = {name: set() for name in PACKAGES}
    for path in SOURCES:
        own = within(below(path), PACKAGES)
        real[own] |= {within(name, PACKAGES) for name in inner(path)} - {own}
    shown = arrows((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
    assert closed(shown) == closed(real)
    assert not {(a, b) for a, used in shown.items() for b in used for c in used - {b} if b in closed(shown)[c]}, (
        "an arrow that follows from others"
    )
