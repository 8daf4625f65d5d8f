# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Maintenance windows by RFC 5545 rules in real time zones.

Rules are counted in local wall time, so that 02:00 stays 02:00 over a change of clocks. A time that a change skips
moves forward by the gap; of a time that comes twice the first counts. The length of a window is elapsed time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from .._kernel.errors import Failure, OptionError
from .._kernel.ports.calendar import Window

try:
    from dateutil.rrule import HOURLY, rrule, rrulestr  # type: ignore[import-untyped,unused-ignore]
except ImportError:  # reported when a window is given: a module must be importable without it
    rrulestr = None  # comes with the kubernetes library

LOOK_AHEAD = timedelta(days=731)
_UNTIL_UTC = re.compile(r"(UNTIL=)(\d{8}T\d{6})Z", re.IGNORECASE)
_DAY = timedelta(days=1)


class RuleCalendar:
    """See _kernel.ports.calendar.Calendar for the contract. Remembers parsed rules: a fleet shares a few windows."""

    def __init__(self) -> None:
        self._rules: dict[Window, tuple[rrule, ZoneInfo]] = {}

    def next_open(self, window: Window, after: datetime) -> tuple[datetime, datetime] | None:
        rule, zone = self._rule(window)
        length = timedelta(minutes=window.duration_minutes)
        # A day of margin on both sides: local time and elapsed time differ by offsets and their changes.
        earliest = after.astimezone(zone).replace(tzinfo=None) - length - _DAY
        for local in rule.xafter(earliest, inc=True):
            if local > earliest + LOOK_AHEAD:
                break
            opens = local.replace(tzinfo=zone).astimezone(UTC)
            if opens + length > after:
                return opens, opens + length
        return None

    def is_open(self, window: Window, at: datetime) -> bool:
        found = self.next_open(window, at)
        return found is not None and found[0] <= at

    def _rule(self, window: Window) -> tuple[rrule, ZoneInfo]:
        if window not in self._rules:
            self._rules[window] = _parsed(window)
        return self._rules[window]


def _parsed(window: Window) -> tuple[rrule, ZoneInfo]:
    if window.duration_minutes < 1:
        raise _refused(
            f"a window of {window.duration_minutes} minutes is never open", "Give duration_minutes of 1 or more."
        )
    try:
        zone = ZoneInfo(window.timezone)
    except (ValueError, OSError, LookupError):
        raise _refused(
            f"time zone {window.timezone!r} is not known here", "Use a name of the IANA database: Europe/Berlin."
        ) from None
    start = _moment(window.start)
    if start is None or start.tzinfo is not None:
        raise _refused(f"start {window.start!r} is no local time", "Write it without an offset: 2026-11-28T22:00:00.")
    return _rule_of(window.rrule, start, zone), zone


def _rule_of(text: str, start: datetime, zone: ZoneInfo) -> rrule:
    """rrulestr also takes sets and other properties; here it is one rule, the rest stands in fields of its own."""
    if rrulestr is None:
        cause = "maintenance windows need the Python package python-dateutil, which is missing here"
        raise OptionError(
            Failure("missing_library", cause, next_step="Install it where the task runs: pip install python-dateutil.")
        )
    body = text.strip()
    if body.upper().startswith("RRULE:"):
        body = body[len("RRULE:") :]
    if not body or any(c in body for c in "\n\r:") or "DTSTART" in body.upper():
        raise _refused(
            f"rrule {text!r} is not one recurrence rule", "Write for example FREQ=WEEKLY;BYDAY=SA;BYHOUR=22."
        )
    try:
        rule = rrulestr(_UNTIL_UTC.sub(lambda m: m[1] + _local(m[2], zone), body), dtstart=start)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise _refused(
            f"rrule {text!r} is not valid ({error})", "Write it as RFC 5545 has it: FREQ=WEEKLY;BYDAY=SA;BYHOUR=22."
        ) from None
    if not isinstance(rule, rrule) or rule._freq > HOURLY or rule._interval < 1:
        raise _refused(
            f"rrule {text!r} opens more often than every hour, or never",
            "Use FREQ=HOURLY or longer, INTERVAL 1 or more.",
        )
    return rule


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _local(stamp: str, zone: ZoneInfo) -> str:
    moment = datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return moment.astimezone(zone).strftime("%Y%m%dT%H%M%S")


def _refused(cause: str, next_step: str) -> OptionError:
    return OptionError(Failure("invalid_option", cause, "Option windows", next_step=next_step))
