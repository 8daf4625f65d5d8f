# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of long proofs names tests that exist, each with a sample or a test beside it that exists as well, and the page shows it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
INTEGRATION = ROOT / "tests" / "integration"
for folder in (INTEGRATION, ROOT / "tests" / "tools"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import proofs  # noqa: E402
import proofs_table  # noqa: E402

USED = re.compile(r"proofs\.points\(\s*f?\"([\w{}-]+)\"")
FUNCTION = re.compile(r"^def (test_\w+)", re.MULTILINE)


def functions(path: str) -> set[str]:
    """Tests in a file, or in all files of a folder."""
    where = INTEGRATION / path
    files = sorted(where.rglob("test_*.py")) if where.is_dir() else [where]
    return {name for file in files for name in FUNCTION.findall(file.read_text())}


@pytest.mark.parametrize("name", proofs.PROOFS)
def test_it_exists_and_make_test_sees_its_subject(name: str) -> None:
    proof = proofs.PROOFS[name]
    assert (INTEGRATION / proof.path).exists()
    assert not proof.function or proof.function in functions(proof.path)
    assert proof.sample or proof.beside, "nothing in `make test` looks at it"
    for path, function in re.findall(r"([\w/]+(?:/\w+)?\.py)(?:::(\w+))?", proof.beside):
        assert (INTEGRATION / path).exists() and (not function or function in functions(path)), (path, function)
    for point in proof.sample:
        assert not point.startswith("test_") or point in functions(proof.path), point


def test_every_loop_over_points_is_in_the_table() -> None:
    used = {name for file in INTEGRATION.rglob("*.py") for name in USED.findall(file.read_text())}
    assert used == {"kill-{topic}"}, used
    assert {f"kill-{topic}" for topic in ("create", "pause", "delete")} <= set(proofs.PROOFS)


def test_the_sample_alone_runs_in_make_test_and_the_whole_in_its_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    kill, lifecycle, harness = "faults/test_kill.py", "test_lifecycle.py", "etcd_harness/test_members.py"
    seen = {}
    for tier in proofs.TIERS:
        monkeypatch.setenv("HYPERSHIFT_TEST_TIER", tier)
        asked = [
            (kill, "test_create", ()),
            (lifecycle, "test_pause", ("module",)),
            (harness, "test_three", ()),
            (lifecycle, "test_pause", ("in_process",)),
        ]
        seen[tier] = [proofs.runs(*one) for one in asked], len(proofs.points("kill-pause", ["after-1", "before-4", "other"]))
    assert seen == {"test": ([True, False, False, True], 2), "all": ([True] * 4, 2), "soak": ([True] * 4, 3)}


def test_a_point_that_does_not_exist_is_not_left_out_in_silence() -> None:
    with pytest.raises(KeyError):
        proofs.points("kill-pause", ["after-1"])


def test_an_unknown_tier_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPERSHIFT_TEST_TIER", "everything")
    with pytest.raises(ValueError, match="test, all, soak"):
        proofs.tier()


def test_the_page_shows_the_table() -> None:
    assert proofs_table.BEGIN + proofs_table.table() + proofs_table.END in proofs_table.PAGE.read_text()
