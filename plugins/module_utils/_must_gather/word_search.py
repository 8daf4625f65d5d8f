# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Finds any number of words in a text, in one pass whose cost does not grow with their number.

Looking for one word after the other costs words times bytes: a Secret of a mebibyte of random words made that 23
seconds for each mebibyte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

GRAM = 8  # bytes; the least length of a word, and what it is recognized by
PIECE = 128


class WordSearch:
    def __init__(self) -> None:
        self._words: set[bytes] = set()
        # first bytes of a word -> lengths of the words that begin so, longest first
        self._lengths: dict[int, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._words)

    def add(self, word: bytes) -> None:
        """Raises ValueError for a word shorter than GRAM. A long one is looked for in pieces: comparing it at every
        place takes its square."""
        if len(word) < GRAM:
            raise ValueError("too short")
        for start in range(0, max(len(word) - GRAM, 0) + 1, PIECE):
            end = start + PIECE if len(word) - start - PIECE >= GRAM else len(word)
            self._add(word[start:end])

    def _add(self, word: bytes) -> None:
        if word not in self._words:
            self._words.add(word)
            gram = memoryview(word)[:GRAM].cast("Q")[0]
            self._lengths[gram] = tuple(sorted({*self._lengths.get(gram, ()), len(word)}, reverse=True))

    def spans(self, content: bytes, over: Callable[[], bool]) -> list[tuple[int, int]] | None:
        """Where words stand: starts and ends, in order, those that touch put together. None when ``over`` said to
        stop."""
        found: list[tuple[int, int]] = []
        grams = self._lengths.keys()
        for shift in range(min(GRAM, max(len(content) - GRAM + 1, 0))):
            if over():
                return None
            view = memoryview(content)[shift : len(content) - (len(content) - shift) % GRAM].cast("Q")
            hits = frozenset(grams & set(view)) if len(grams) < len(view) else frozenset(g for g in view if g in grams)
            if hits:
                for number, place in enumerate(n for n, gram in enumerate(view) if gram in hits):
                    if number % 1024 == 1023 and over():
                        return None
                    start = shift + GRAM * place
                    found += self._longest(content, start, self._lengths[view[place]])
        return list(_together(sorted(found)))

    def _longest(self, content: bytes, start: int, lengths: tuple[int, ...]) -> Iterator[tuple[int, int]]:
        for length in lengths:
            if content[start : start + length] in self._words:
                yield start, start + length
                return


def _together(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    at, end = 0, -1
    for start, stop in spans:
        if start <= end:
            end = max(end, stop)
            continue
        if end > at:
            yield at, end
        at, end = start, stop
    if end > at:
        yield at, end
