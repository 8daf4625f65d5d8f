# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Strings that can be found again wherever they leak to, in the clear or as base64."""

from __future__ import annotations

import base64
import itertools
import secrets
from collections.abc import Iterable
from pathlib import Path


class Marker:
    """text is what is planted, exactly ``length`` characters."""

    def __init__(self, place: str, length: int = 32) -> None:
        self.place = place
        self.text = f"Planted{secrets.token_hex(length)}"[:length]
        self.base64 = base64.b64encode(self.text.encode()).decode()

    def forms(self) -> list[bytes]:
        """In the clear, and the middle of its base64 at each of the three alignments it can have inside something longer."""
        shifted = (base64.b64encode(b"x" * shift + self.text.encode())[4 + 4 * (shift > 0) : -8] for shift in range(3))
        return [self.text.encode(), *shifted]

    def in_bytes(self, content: bytes) -> bool:
        return any(form in content for form in self.forms())


class Planted:
    """Every marker of a test, by the place it was planted in."""

    def __init__(self) -> None:
        self._markers: dict[str, Marker] = {}

    def __call__(self, place: str, length: int = 32) -> str:
        """The text to plant there; the same for the same place."""
        return self.marker(place, length).text

    def marker(self, place: str, length: int = 32) -> Marker:
        return self._markers.setdefault(place, Marker(place, length))

    def adopt(self, place: str, text: str) -> None:
        """A secret that the cluster made up itself."""
        marker = Marker(place)
        marker.text, marker.base64 = text, base64.b64encode(text.encode()).decode()
        self._markers[place] = marker

    @property
    def places(self) -> list[str]:
        return list(self._markers)

    def found_in(self, content: bytes) -> list[str]:
        return [place for place, marker in self._markers.items() if marker.in_bytes(content)]

    def found_below(self, folders: Iterable[Path], since: float) -> list[str]:
        """Leaks into files written since then, each with its path. Playbooks, where the secrets come from, do not count."""
        files = itertools.chain.from_iterable(f.rglob("*") if f.is_dir() else [f] for f in folders)
        leaks = []
        for file in files:
            if file.suffix != ".yml" and file.is_file() and not file.is_symlink() and file.stat().st_mtime >= since:
                leaks += [f"{place} in {file}" for place in self.found_in(file.read_bytes())]
        return leaks
