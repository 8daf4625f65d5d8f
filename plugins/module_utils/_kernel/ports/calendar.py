# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Maintenance windows as data, and the port that knows calendars and time zones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

DEFAULT_TIMEZONE = "UTC"
# Where counting starts when a window names no start: a Monday.
DEFAULT_START = "2024-01-01T00:00:00"


@dataclass(frozen=True)
class Window:
    """Opens whenever the rule says so, for ``duration_minutes`` of elapsed time.

    rrule: one RRULE of RFC 5545, without DTSTART. start: local time in ``timezone`` (IANA name) without offset, from
    which the rule counts.
    """

    rrule: str
    duration_minutes: int
    timezone: str = DEFAULT_TIMEZONE
    start: str = DEFAULT_START

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Window:
        """From an entry of ``windows`` of a plan, or of the option."""
        return cls(
            str(data["rrule"]),
            int(data["duration_minutes"]),
            str(data.get("timezone") or DEFAULT_TIMEZONE),
            str(data.get("start") or DEFAULT_START),
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "rrule": self.rrule,
            "duration_minutes": self.duration_minutes,
            "timezone": self.timezone,
            "start": self.start,
        }


class Calendar(Protocol):
    """Both methods take an aware moment and raise OptionError for a rule, start or time zone that is none."""

    def next_open(self, window: Window, after: datetime) -> tuple[datetime, datetime] | None:
        """(opens, closes) in UTC of the opening that is open at ``after``, else of the next one; None when there is
        none within two years."""

    def is_open(self, window: Window, at: datetime) -> bool:
        """Whether the window is open at that moment; the moment of closing is outside."""
