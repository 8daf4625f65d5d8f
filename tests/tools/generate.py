# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Regenerate everything that is generated, or with --check tell what is out of date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATORS = (
    "tests/tools/troubleshooting.py",
    "tests/tools/failure_codes.py",
    "tests/tools/rollouts.py",
    "tests/tools/rbac.py",
    "tests/tools/module_lists.py",
    "tests/tools/shipping.py",
    "tests/tools/role_tables.py",
    "tests/tools/proofs_table.py",
    "tests/hub/crds/generate.py",
)


def main() -> int:
    arguments = sys.argv[1:]
    codes = [subprocess.run([sys.executable, str(ROOT / g), *arguments], cwd=ROOT, check=False).returncode for g in GENERATORS]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
