# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plain text tables for people."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from .printable import printable
from .secret_texts import without_secrets

_WIDEST = 90


def aligned(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Rows as lines of equally wide columns; the last column is cut where it gets long."""
    if not rows:
        return []
    cells = [[str(c) for c in row] for row in rows]
    for row in cells:
        row[-1] = row[-1] if len(row[-1]) <= _WIDEST else row[-1][: _WIDEST - 3] + "..."
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    return ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]


_SPACE = re.compile(r"\s+")
_MESSAGE_LIMIT = 300


def message_line(message: str | None) -> str:
    """A condition message fit for a sentence: one line, no final stop, bounded."""
    text = _SPACE.sub(" ", printable(message or "")).strip().rstrip(".")
    if len(text) > _MESSAGE_LIMIT:  # half of a secret no longer looks like one
        text = without_secrets(text)
    return text if len(text) <= _MESSAGE_LIMIT else text[: _MESSAGE_LIMIT - 5].rstrip() + "[...]"


def likely(name: str, known: Iterable[str]) -> str:
    """The name that was probably meant by one that nobody knows, empty when none is like it."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, 1) or [n for n in names if n.lower() == name.lower()]
    return close[0] if close else ""
