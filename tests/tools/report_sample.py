#!/usr/bin/env python3
# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A report of an upgrade campaign from made-up data, as in docs/images/upgrade-report.png: `report_sample.py FILE.html [clusters]`.

The picture: chromium --headless --hide-scrollbars --window-size=1280,1500 --screenshot=FILE.png FILE.html
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for extra in (ROOT / "build" / "collections", ROOT / "tests" / "unit"):
    sys.path.insert(0, str(extra))

from ansible_collections.hypershift.core.plugins.module_utils._campaigns.rendering.html import html_of  # noqa: E402

from campaigns.report_builders import sample  # noqa: E402


def main() -> int:
    target, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 40
    content = html_of(sample(count))
    target.write_bytes(content)
    print(f"{target}: {len(content)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
