# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/benchmarks.md from the measured figures."""

from __future__ import annotations

from typing import Any


def render(results: dict[str, Any]) -> str:
    raise NotImplementedError
