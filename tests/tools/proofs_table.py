# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of long proofs in docs/testing.md, from tests/integration/proofs.py."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from proofs import PROOFS, Proof  # noqa: E402

PAGE = ROOT / "docs" / "testing.md"
BEGIN, END = "<!-- generated from tests/integration/proofs.py -->\n", "<!-- end -->\n"
COMMANDS = {"all": "`make test-all`", "soak": "`make soak`"}


def row(name: str, proof: Proof) -> str:
    sample = ", ".join(f"`{point}`" for point in proof.sample)
    here = "; ".join(filter(None, (sample, proof.beside)))
    return f"| {name} | {proof.what} | `{proof.test}` | {here} | {COMMANDS[proof.tier]}: {proof.whole} |\n"


def table() -> str:
    head = "| proof | what it shows | test, below tests/integration | in `make test` | the whole |\n| --- | --- | --- | --- | --- |\n"
    return head + "".join(row(name, proof) for name, proof in PROOFS.items())


def main() -> int:
    text = PAGE.read_text()
    head, _begin, rest = text.partition(BEGIN)
    wanted = head + BEGIN + table() + END + rest.partition(END)[2]
    if wanted == text:
        return 0
    if "--check" in sys.argv:
        print("out of date: docs/testing.md; run make docs")
        return 1
    PAGE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
