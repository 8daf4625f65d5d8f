# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading of status conditions and times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Condition:
    """One status condition. ``observed_generation`` is 0 when the object does not say."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    last_transition: str = ""
    observed_generation: int = 0


def status_word(raw: Mapping[str, Any]) -> str:
    """True, False or Unknown; the API takes any text for a status, and "" is written too (platform_facts#O.7)."""
    status = raw.get("status")
    return status if status in ("True", "False") else "Unknown"


def index(obj: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Raw conditions of an object by type; empty when there is no status yet."""
    status = (obj or {}).get("status") or {}
    return {c["type"]: c for c in status.get("conditions") or () if c and c.get("type")}


def get(obj: Mapping[str, Any] | None, type: str) -> Condition | None:
    raw = index(obj).get(type)
    if raw is None:
        return None
    return Condition(
        type=type,
        status=status_word(raw),
        reason=raw.get("reason") or "",
        message=raw.get("message") or "",
        last_transition=raw.get("lastTransitionTime") or "",
        observed_generation=raw.get("observedGeneration") or 0,
    )


def is_true(obj: Mapping[str, Any] | None, type: str) -> bool:
    found = get(obj, type)
    return found is not None and found.status == "True"


def current(raw: Mapping[str, Any], generation: int) -> bool:
    """Whether a raw condition speaks of at least this generation; one that does not say is taken at its word."""
    seen = raw.get("observedGeneration") or 0
    return not seen or seen >= generation


def observed(obj: Mapping[str, Any] | None, type: str, generation: int) -> bool:
    raw = index(obj).get(type)
    return raw is not None and current(raw, generation)
