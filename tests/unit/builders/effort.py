# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Effort that does not depend on the machine: calls of Python functions, memory."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def calls(act: Callable[[], Any]) -> int:
    """How many Python functions are called by ``act``, its own call included."""
    count = 0

    def see(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def growth(act: Callable[[], Any]) -> int:
    """By how many KiB the resident memory of this process grows at most while ``act`` runs; Linux.

    The peak is forgotten before: that of an earlier test would hide the one that is asked for.
    """
    Path("/proc/self/clear_refs").write_text("5")
    before = _peak()
    act()
    return _peak() - before


def _peak() -> int:
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
