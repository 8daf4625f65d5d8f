# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading of status conditions and times. Private to hypershift.core."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain.printable import printable
from ansible_collections.hypershift.core.plugins.module_utils._domain.secret_texts import without_secrets

_SPACE = re.compile(r"\s+")
_MESSAGE_LIMIT = 300


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
    """True, False or Unknown; the API takes any text for a status, and "" is written too (facts O.7)."""
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


def is_false(obj: Mapping[str, Any] | None, type: str) -> bool:
    found = get(obj, type)
    return found is not None and found.status == "False"


def is_unknown(obj: Mapping[str, Any] | None, type: str) -> bool:
    """True for status Unknown and for a condition that is not there."""
    found = get(obj, type)
    return found is None or found.status not in ("True", "False")


def current(raw: Mapping[str, Any], generation: int) -> bool:
    """Whether a raw condition speaks of at least this generation; one that does not say is taken at its word."""
    seen = raw.get("observedGeneration") or 0
    return not seen or seen >= generation


def observed(obj: Mapping[str, Any] | None, type: str, generation: int) -> bool:
    raw = index(obj).get(type)
    return raw is not None and current(raw, generation)


def parse_time(text: str | None) -> datetime | None:
    """RFC 3339 to an aware datetime; None when absent or unreadable."""
    if not text or not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def seconds_since(text: str | None, now: datetime) -> float | None:
    moment = parse_time(text)
    return None if moment is None else (now - moment).total_seconds()


def one_line(message: str | None) -> str:
    """A condition message fit for a sentence: one line, no final stop, bounded."""
    text = _SPACE.sub(" ", printable(message or "")).strip().rstrip(".")
    if len(text) > _MESSAGE_LIMIT:  # half of a secret no longer looks like one
        text = without_secrets(text)
    return text if len(text) <= _MESSAGE_LIMIT else text[: _MESSAGE_LIMIT - 5].rstrip() + "[...]"
