# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lines end where they can still be read side by side, in texts and documentation too, which formatters leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MOST = {"plugins": 120, "tests": 160}  # tests hold tables of cases: a case in one line is read best
PLANTED = [("plugins", "x" * 121, [1]), ("plugins", "x" * 120, []), ("tests", "\n" + "x" * 161, [2]), ("tests", "x" * 160, [])]


def too_long(text: str, most: int) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), 1) if len(line) > most]


@pytest.mark.parametrize("tree", MOST)
def test_no_line_is_too_long(tree: str) -> None:
    files = [p for p in (ROOT / tree).rglob("*.py") if "build" not in p.parts]
    assert len(files) > 100
    assert {str(p.relative_to(ROOT)): found for p in files if (found := too_long(p.read_text(), MOST[tree]))} == {}


@pytest.mark.parametrize(("tree", "text", "found"), PLANTED)
def test_a_line_that_is_too_long_is_found(tree: str, text: str, found: list[int]) -> None:
    assert too_long(text, MOST[tree]) == found
