# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each wrong that is made again by name finds its text, once, in its module: whoever moves a line moves its entry."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
NAMED = yaml.safe_load((ROOT / "tests" / "tools" / "mutants_named.yml").read_text())


def lost(entries: list[dict[str, str]]) -> list[str]:
    texts = {e["module"]: ROOT / "plugins" / "module_utils" / e["module"] for e in entries}
    return [f"{e['module']}: {e['was']}" for e in entries if not (p := texts[e["module"]]).exists() or p.read_text().count(e["was"]) != 1]


def test_each_named_mutant_finds_its_text() -> None:
    assert len(NAMED) > 20
    assert lost(NAMED) == []


def test_a_text_that_moved_away_is_found() -> None:
    gone = {**NAMED[0], "was": "a text that stands nowhere"}
    elsewhere = {**NAMED[0], "module": "_kernel/that_is_no_file.py"}
    assert len(lost([gone, elsewhere])) == 2
