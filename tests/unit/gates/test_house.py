# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task ships does not grow unseen, and the counts of make house count what they say."""

from __future__ import annotations

import base64
import importlib
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def shipping() -> Iterator[Any]:
    sys.path.insert(0, str(ROOT / "tests" / "tools"))
    yield importlib.import_module("shipping")
    sys.path.remove(str(ROOT / "tests" / "tools"))


@pytest.fixture(scope="module")
def house(shipping: Any) -> Any:
    return importlib.import_module("house")


def test_no_module_ships_more_than_was_accepted(shipping: Any) -> None:
    assert shipping.problems(shipping.measured(), shipping.accepted()) == []


def test_growth_a_new_module_and_a_lost_one_are_said(shipping: Any) -> None:
    then = {"a": shipping.Shipped(40, 200_000), "b": shipping.Shipped(41, 201_000)}
    assert shipping.problems({"a": shipping.Shipped(41, 200_900), "b": shipping.Shipped(42, 210_000)}, then) == []
    assert "a ships 43 files" in shipping.problems({**then, "a": shipping.Shipped(43, 200_000)}, then)[0]
    assert "b ships" in shipping.problems({**then, "b": shipping.Shipped(41, 220_000)}, then)[0]
    assert shipping.problems({**then, "c": shipping.Shipped(1, 1)}, then) == ["c is not in shipped.json: run make docs."]
    assert shipping.problems({"a": then["a"]}, then) == ["b is not in shipped.json: run make docs."]
    everything = {name: shipping.Shipped(row.files + 4, row.size) for name, row in then.items()}
    assert "median" in shipping.problems(everything, then)[-1]


def test_the_table_only_gets_lower_by_itself(shipping: Any) -> None:
    then = {"a": shipping.Shipped(40, 200_000), "gone": shipping.Shipped(1, 1)}
    now = {"a": shipping.Shipped(41, 150_000), "new": shipping.Shipped(2, 3)}
    assert shipping.kept(now, then) == {"a": (40, 150_000), "new": (2, 3)}


def test_what_is_counted_is_what_ansible_packs(house: Any, shipping: Any, tmp_path: Path) -> None:
    packed = house.packed("nodepool_info", ROOT, tmp_path).read_text()
    archive = max(re.findall(r"[A-Za-z0-9+/=]{1000,}", packed), key=len)
    names = zipfile.ZipFile(io.BytesIO(base64.b64decode(archive))).infolist()
    ours = {
        i.filename.partition("hypershift/core/")[2]
        for i in names
        if i.filename.startswith("ansible_collections/hypershift/core/") and i.file_size
    }
    assert ours == {str(path.relative_to(ROOT)) for path in shipping.files_of("nodepool_info")}


def test_counts_see_what_they_are_for(house: Any, tmp_path: Path) -> None:
    folder = tmp_path / "plugins" / "module_utils" / "_one"
    folder.mkdir(parents=True)
    (folder / "a.py").write_text(
        "class Hop:\n    pass\n\n\n" + "x = 1  # " + "y" * 120 + "\nFailure('no_page', 'x')\nchanges.refuse(code='has_page')\n"
    )
    (folder / "b.py").write_text('"""See facts' + ' 6.3."""\n\n\nclass Hop:\n    pass\n')
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "codes.md").write_text("### has_page\n")
    counted = {name: count(tmp_path) for name, count in house.ROWS.items() if not name.startswith("a task")}
    assert counted == {
        "files in the fullest folder of module_utils": "2 (_one)",
        "files by hand for a new module": "no templates to count",
        "lines over 120 in module_utils": "1",
        "class names twice": "1 (Hop)",
        "codes without a section of their own in docs": "1 of 2",
        "references that nobody can follow": "1",
        "filters for role aws_platform": "0",
    }
    assert house.new_module(ROOT) == "6"
