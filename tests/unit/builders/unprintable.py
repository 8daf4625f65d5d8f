# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Texts that a terminal, a browser or an editor would act on, as a tenant may write them."""

from __future__ import annotations

UNPRINTABLE = {
    "escape sequence": "\x1b[2J\x1b]0;title\x07",
    "C1 control": "\x9b31m\x9d\x85",
    "bidirectional override": "\u202e\u2066\u200f",
    "invisible": "\u200b\u2060\ufeff\u00ad",
    "lone surrogate": "\ud800\udfff",
    "NUL and others": "\x00\x08\x7f",
    "tags": "\U000e0041\U000e007f",
}
ALL = "".join(UNPRINTABLE.values())
_ACTED_ON = frozenset(ALL) - frozenset("[]0;title2J31mA")


def acted_on(text: str) -> set[str]:
    """Which of these characters are in it."""
    return set(text) & _ACTED_ON
