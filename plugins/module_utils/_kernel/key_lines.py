# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Private keys of which something stands before each line, as in logs, or of which only one end is there.

A key that stands in a text as it is needs none of this: one pattern finds it. A log puts a time, a level or JSON around
each line, and a log of which the last lines are read may begin in the middle of a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 65_536  # characters between the first and the last line of one key, with all that a log puts there
_NEXT_LINE = 160  # characters in which the last line begins, and ends if it is shorter
GAP = 800  # characters between two lines of a key of which one end is not there
_EDGE = re.compile(
    r"-----(?P<edge>BEGIN|END)(?:[ +]|%20){1,2}(?:[A-Z0-9]{1,12}(?:[ +]|%20)){0,3}PRIVATE(?:[ +]|%20)KEY(?:(?:["
    r" +]|%20)BLOCK)?-----"
    r"|(?P<putty>Private-Lines: \d{1,4})"
)
# Escapes of a line's end are passed over: their letter is no part of what follows.
_ESCAPE = r"\\+(?:[nrtbf\"']|u(?!002[bBfF])[0-9a-fA-F]{4})|%0[AaDd]"
_WORD = re.compile(rf"{_ESCAPE}|(?P<word>(?:[A-Za-z0-9+/]|\\+(?:/|u002[bBfF])|%2[BbFf]){{4,}}={{0,2}})")
_NOTHING = re.compile(rf"(?:{_ESCAPE}|\s)*")  # between the lines of a key as it is
_PART, _WHOLE = 16, 40  # characters: of a word that may be part of a line, and of one that can hardly be anything else
Span = tuple[int, int]


def without_key_lines(text: str, mask: str) -> tuple[str, int]:
    """The text with the lines of such keys masked, and how many there were."""
    spans = list(_spans(text))
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], mask]
        at = end
    return "".join([*parts, text[at:]]), len(spans)


def _spans(text: str) -> Iterator[Span]:
    """Between two edges each: no text is looked at twice, however many edges there are."""
    left, at = "", 0
    for edge in _EDGE.finditer(text):
        right = edge["edge"] or "BEGIN"
        yield from _between(text, at, edge.start(), left, right)
        left, at = right, edge.end()
    yield from _between(text, at, len(text), left, "")


def _between(text: str, start: int, end: int, left: str, right: str) -> Iterator[Span]:
    opens, closes = left == "BEGIN", right == "END"
    if opens and closes and end - start <= LONGEST:
        yield from _all(text, start, end)
        return
    middle = start
    if opens:
        for span in _after(text, start, min(end, start + LONGEST)):
            middle = span[1]
            yield span
    if closes:
        yield from _before(text, max(middle, end - LONGEST), end)


def _words(text: str, start: int, end: int, least: int) -> list[Span]:
    found = ((m.start(), m.end()) for m in _WORD.finditer(text, start, end) if m["word"])
    return [(first, last) for first, last in found if last - first >= least]


def _all(text: str, start: int, end: int) -> list[Span]:
    """The last line of a key may have four characters: after the last long one nothing that could be one is left."""
    words = _words(text, start, end, 4)
    last = max((n for n, (first, stop) in enumerate(words) if stop - first >= _PART), default=len(words))
    return [word for n, word in enumerate(words) if n > last or word[1] - word[0] >= _PART]


def _after(text: str, start: int, end: int) -> list[Span]:
    """Lines that begin with an edge, whose end was cut off, perhaps in the middle of a line."""
    found: list[Span] = []
    at = start
    for first, last in _words(text, start, end, 4):
        if first - at > GAP:
            break
        if last - first >= _WHOLE or _NOTHING.fullmatch(text, at, first):
            found.append((first, last))
            at = last
    return found + _words(text, at, min(end, at + _NEXT_LINE), _PART)


def _before(text: str, start: int, end: int) -> list[Span]:
    """Lines that end with an edge, whose beginning was cut off."""
    found: list[Span] = []
    at = end
    for first, last in reversed(_words(text, start, end, _WHOLE)):
        if at - last > GAP:
            break
        found.insert(0, (first, last))
        at = first
    return found + _words(text, found[-1][1], end, 4) if found else found
