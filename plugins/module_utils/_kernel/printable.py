# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Text that others wrote, fit for a terminal.

A condition message may hold escape sequences that clear a screen, set a title or turn the direction of writing: what is
shown must be what is there.
"""

from __future__ import annotations

import re
from typing import Any

from .secret_texts import without_secrets

# C0 but for tab and line feed, DEL, C1, marks that turn or hide text, lone surrogates. A carriage return is harmless
# before a line feed only.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]|\r(?!\n)"
)
_BREAKS = re.compile(r"[\r\n\t\v\f\x85\u2028\u2029]+")


def printable(text: str) -> str:
    """The text without what a terminal would act on; line feeds and tabs stay."""
    return _UNPRINTABLE.sub("", text)


def one_line(text: str, most: int = 0) -> str:
    """As printable(), in one line, and cut after ``most`` characters (0: not): a line of ours must not be followed by
    one that others made up."""
    return shortened(printable(_BREAKS.sub(" ", text)), most) if most else printable(_BREAKS.sub(" ", text))


def shortened(text: str, most: int) -> str:
    """At most so many characters; a cut is seen. What looks like a secret is hidden before: half of one no longer looks
    like it."""
    if len(text) <= most:
        return text
    text = without_secrets(text)
    return text if len(text) <= most else f"{text[: max(most - 1, 0)]}\u2026"


def all_printable(value: Any) -> Any:
    """Copy of plain data in which every text is printable, keys included."""
    if isinstance(value, str):
        return printable(value) if _UNPRINTABLE.search(value) else value
    if isinstance(value, dict):
        return {all_printable(key): all_printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [all_printable(item) for item in value]
    return value
