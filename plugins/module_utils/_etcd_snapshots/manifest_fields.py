# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading untrusted data field by field; each problem names its field."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")  # also safe as one part of a path
_IDENTIFIER = re.compile(r"\d{8}T\d{6}Z-[a-z0-9]{4,16}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
MAX_WHOLE = 2**64


class Problem(Exception):
    """One sentence without object: what is wrong with the data."""


class Fields:
    """A JSON object at a path, with one reader per type."""

    def __init__(self, data: Any, where: str) -> None:
        self._where = where
        if not isinstance(data, dict):
            raise Problem(f"{where or 'it'} is no JSON object")
        self._data = data

    def path(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name

    def text(self, name: str) -> str:
        value = self._get(name)
        if not isinstance(value, str):
            raise Problem(f"{self.path(name)} is no text")
        if not value.isprintable():  # line breaks and lone surrogates have no place in messages or files
            raise Problem(f"{self.path(name)} holds characters that cannot be printed")
        return value

    def label(self, name: str) -> str:
        """A name as Kubernetes allows it."""
        value = self.text(name)
        if not is_label(value):
            raise Problem(f"{self.path(name)} is no valid name")
        return value

    def identifier(self, name: str) -> str:
        value = self.text(name)
        if not is_identifier(value):
            raise Problem(f"{self.path(name)} is no snapshot id")
        return value

    def digest(self, name: str) -> str:
        value = self.text(name)
        if not _DIGEST.fullmatch(value):
            raise Problem(f"{self.path(name)} is no SHA-256 in lower-case hexadecimal digits")
        return value

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in choices:
            raise Problem(f"{self.path(name)} is none of {', '.join(repr(c) for c in choices)}")
        return value

    def whole(self, name: str) -> int:
        value = self._get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_WHOLE:
            raise Problem(f"{self.path(name)} is no whole number from 0 to 2^64")
        return value

    def moment(self, name: str) -> datetime:
        value = self.text(name)
        try:
            found = datetime.fromisoformat(value)
            if found.tzinfo is None:
                raise ValueError("no zone")
            return found.astimezone(UTC)
        except (ValueError, OverflowError):
            raise Problem(f"{self.path(name)} is no time with zone") from None

    def optional_moment(self, name: str) -> datetime | None:
        return None if self._get(name) is None else self.moment(name)

    def texts(self, name: str) -> dict[str, str]:
        inner = Fields(self._get(name), self.path(name))
        return {key: inner.text(key) for key in inner._data}

    def mapping(self, name: str) -> dict[str, Any]:
        value = self._get(name)
        if not isinstance(value, dict):
            raise Problem(f"{self.path(name)} is no JSON object")
        if not _writable(value):
            raise Problem(f"{self.path(name)} holds a value that JSON does not know")
        return value

    def items(self, name: str) -> Iterator[Fields]:
        value = self._get(name)
        if not isinstance(value, list) or not value:
            raise Problem(f"{self.path(name)} is no list with at least one entry")
        for index, item in enumerate(value):
            yield Fields(item, f"{self.path(name)}[{index}]")

    def _get(self, name: str) -> Any:
        if name not in self._data:
            raise Problem(f"{self.path(name)} is missing")
        return self._data[name]


def is_label(value: str) -> bool:
    return bool(_LABEL.fullmatch(value)) and ".." not in value


def is_identifier(value: str) -> bool:
    return bool(_IDENTIFIER.fullmatch(value)) and value.isascii()


def _writable(value: Any) -> bool:
    """False for numbers that are no JSON; depth is bounded by the parser."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, float) and not math.isfinite(item):
            return False
    return True
