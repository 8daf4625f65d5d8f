# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Quantities and durations of the API, which have many spellings."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

QUANTITY_FIELDS = frozenset({"size", "memory", "storage", "cpu"})
DURATION_FIELDS = frozenset(
    {"nodeDrainTimeout", "nodeVolumeDetachTimeout", "maxNodeProvisionTime", "accessTokenInactivityTimeout", "timeout"}
)

_SUFFIX = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "m": -3, "u": -6, "n": -9}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_QUANTITY = re.compile(r"^([+-]?[0-9.]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,3}|)$")
_DURATION_PART = re.compile(r"([0-9.]+)(ns|us|µs|ms|s|m|h)")
_UNIT_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_quantity(text: Any) -> Decimal | None:
    """Kubernetes quantity as a number, None when it is none."""
    match = _QUANTITY.match(str(text).strip())
    if not match:
        return None
    try:
        number = Decimal(match.group(1))
    except InvalidOperation:
        return None
    suffix = match.group(2)
    if suffix in _BINARY:
        return number * Decimal(1024) ** _BINARY[suffix]
    return number.scaleb(_SUFFIX[suffix] if suffix in _SUFFIX else int(suffix[1:]))


def parse_duration(text: Any) -> float | None:
    """Go duration in seconds, None when it is none."""
    value = str(text).strip()
    if value == "0":
        return 0.0
    parts = _DURATION_PART.findall(value)
    if not parts or "".join(n + u for n, u in parts) != value:
        return None
    try:
        return sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts)
    except ValueError:
        return None
