# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What stands in base64, also compressed, or behind a word that is no part of it."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

_PACKED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")  # gzip, and zlib of each level
_DER = b"\x30\x82"  # a certificate: it begins here
_READABLE = re.compile(rb"[\t\n\r\x20-\x7e]{8,}")


class TooMuch(Exception):
    """A compressed blob holds more than anybody looks at."""


def decoded(encoded: str) -> bytes | None:
    """Of base64 of whatever alphabet, wrapped or not; None when it is none."""
    plain = re.sub(r"\\+[nr]|\s", "", encoded).rstrip("=").replace("-", "+").replace("_", "/")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return None


def unpacked(raw: bytes, most: int) -> bytes | None:
    """Content of a compressed blob, of one in it too, as far as it is whole; None when it is none. Raises TooMuch for
    more than ``most`` bytes in all."""
    content = None
    while raw.startswith(_PACKED):
        stream = zlib.decompressobj(47)  # gzip or zlib, as its head says
        try:
            raw = stream.decompress(raw, most + 1)
        except zlib.error:
            break
        most -= len(raw)
        if most < 0:
            raise TooMuch
        content = raw
    return content


def texts_in(raw: bytes, encoded: str) -> Iterator[str]:
    """What can be read in it: as text, or as text among other bytes, for each place at which the encoding may have
    begun."""
    try:
        yield raw.decode()
        return
    except UnicodeDecodeError:
        yield _readable(raw)
    for shift in () if raw.startswith(_DER) else (1, 2, 3):
        yield _readable(decoded(encoded[shift:]) or b"")


def _readable(raw: bytes) -> str:
    return b"\n".join(_READABLE.findall(raw)).decode("ascii")
