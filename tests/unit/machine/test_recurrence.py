# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Maintenance windows in real time zones, over changes of clocks too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import OptionError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.calendar import Window
from ansible_collections.hypershift.core.plugins.module_utils._machine.recurrence import RuleCalendar
from hypothesis import given, settings
from hypothesis import strategies as st

BERLIN, NEW_YORK, KOLKATA, LORD_HOWE = "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shown(found: tuple[datetime, datetime] | None) -> str:
    return " to ".join(m.strftime("%m-%d %H:%M") for m in found) if found else ""


@pytest.mark.parametrize(
    ("window", "after", "expected"),
    [
        (Window("FREQ=WEEKLY;BYDAY=SA;BYHOUR=22", 240), "2026-11-25T10:00", "11-28 22:00 to 11-29 02:00"),
        (Window("RRULE:FREQ=WEEKLY;BYDAY=SA;BYHOUR=22", 240), "2026-11-28T21:59", "11-28 22:00 to 11-29 02:00"),
        (Window("FREQ=WEEKLY;BYDAY=SA;BYHOUR=22", 240), "2026-11-28T22:00", "11-28 22:00 to 11-29 02:00"),
        (Window("FREQ=WEEKLY;BYDAY=SA;BYHOUR=22", 240), "2026-11-29T01:59", "11-28 22:00 to 11-29 02:00"),
        (Window("FREQ=WEEKLY;BYDAY=SA;BYHOUR=22", 240), "2026-11-29T02:00", "12-05 22:00 to 12-06 02:00"),
        (Window("FREQ=WEEKLY;BYDAY=SA;BYHOUR=22", 240, KOLKATA), "2026-11-25T10:00", "11-28 16:30 to 11-28 20:30"),
        (Window("FREQ=DAILY", 60, "UTC", "2026-12-24T03:15:00"), "2026-11-25T10:00", "12-24 03:15 to 12-24 04:15"),
        (Window("FREQ=DAILY;COUNT=2", 60, "UTC", "2026-11-24T03:00:00"), "2026-11-25T03:59", "11-25 03:00 to 11-25 04:00"),
        (Window("FREQ=DAILY;COUNT=2", 60, "UTC", "2026-11-24T03:00:00"), "2026-11-25T04:00", ""),
        (Window("FREQ=DAILY;BYHOUR=3;UNTIL=20261126T030000Z", 60), "2026-11-25T10:00", "11-26 03:00 to 11-26 04:00"),
        (Window("FREQ=DAILY;BYHOUR=3;UNTIL=20261126T015959Z", 60, BERLIN), "2026-11-25T10:00", ""),
        (Window("FREQ=DAILY;BYHOUR=3;UNTIL=20261126T020000Z", 60, BERLIN), "2026-11-25T10:00", "11-26 02:00 to 11-26 03:00"),
        (Window("FREQ=WEEKLY;INTERVAL=2;BYHOUR=1", 60, "UTC", "2026-11-16T00:00:00"), "2026-11-25T10:00", "11-30 01:00 to 11-30 02:00"),
        (Window("FREQ=MONTHLY;BYDAY=-1SU;BYHOUR=4", 60), "2026-11-25T10:00", "11-29 04:00 to 11-29 05:00"),
        (Window("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 60), "2026-11-25T10:00", ""),
        (Window("FREQ=YEARLY;INTERVAL=10", 60, "UTC", "2020-01-01T00:00:00"), "2026-11-25T10:00", ""),
        (Window("FREQ=HOURLY;INTERVAL=6", 60), "2026-11-25T10:00", "11-25 12:00 to 11-25 13:00"),
        # longer than a day, and one that is open all the time
        (Window("FREQ=WEEKLY;BYDAY=FR;BYHOUR=20", 60 * 60), "2026-11-29T23:00", "11-27 20:00 to 11-30 08:00"),
        (Window("FREQ=DAILY", 24 * 60), "2026-11-25T10:00", "11-25 00:00 to 11-26 00:00"),
    ],
)  # fmt: skip
def test_the_opening_that_is_open_or_comes_next(window: Window, after: str, expected: str) -> None:
    assert shown(RuleCalendar().next_open(window, at(after))) == expected


@pytest.mark.parametrize(
    ("window", "after", "expected"),
    [
        # 02:00 local stays 02:00 local: one hour earlier in UTC once summer time holds (29 March 2026, 25 October 2026)
        (Window("FREQ=WEEKLY;BYDAY=SA;BYHOUR=2", 60, BERLIN), "2026-03-25T00:00", "03-28 01:00 to 03-28 02:00"),
        (Window("FREQ=WEEKLY;BYDAY=SA;BYHOUR=2", 60, BERLIN), "2026-04-01T00:00", "04-04 00:00 to 04-04 01:00"),
        (Window("FREQ=DAILY;BYHOUR=22", 240, NEW_YORK), "2026-10-31T12:00", "11-01 02:00 to 11-01 06:00"),
        (Window("FREQ=DAILY;BYHOUR=22", 240, NEW_YORK), "2026-11-01T12:00", "11-02 03:00 to 11-02 07:00"),
        # 02:30 does not exist on 29 March: it moves on by the hour that is left out
        (Window("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", 60, BERLIN), "2026-03-29T00:00", "03-29 01:30 to 03-29 02:30"),
        # 02:30 comes twice on 25 October: the first one counts, and it is no opening of its own an hour later
        (Window("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", 30, BERLIN), "2026-10-25T00:00", "10-25 00:30 to 10-25 01:00"),
        (Window("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", 30, BERLIN), "2026-10-25T01:00", "10-26 01:30 to 10-26 02:00"),
        # the length is elapsed time: four hours over a change of clocks are four hours
        (Window("FREQ=WEEKLY;BYDAY=SA;BYHOUR=23", 240, BERLIN), "2026-10-24T12:00", "10-24 21:00 to 10-25 01:00"),
        (Window("FREQ=WEEKLY;BYDAY=SA;BYHOUR=23", 240, BERLIN), "2026-03-28T12:00", "03-28 22:00 to 03-29 02:00"),
        # clocks that move by half an hour
        (Window("FREQ=DAILY;BYHOUR=12", 60, LORD_HOWE), "2026-04-03T12:00", "04-04 01:00 to 04-04 02:00"),
        (Window("FREQ=DAILY;BYHOUR=12", 60, LORD_HOWE), "2026-04-05T12:00", "04-06 01:30 to 04-06 02:30"),
    ],
)
def test_over_a_change_of_clocks(window: Window, after: str, expected: str) -> None:
    assert shown(RuleCalendar().next_open(window, at(after))) == expected


def test_open_from_its_beginning_to_just_before_its_end() -> None:
    window, calendar = Window("FREQ=WEEKLY;BYDAY=SA;BYHOUR=22", 240, BERLIN), RuleCalendar()
    moments = {"2026-11-28T20:59:59": False, "2026-11-28T21:00:00": True, "2026-11-29T00:59:59": True, "2026-11-29T01:00:00": False}
    assert {t: calendar.is_open(window, at(t)) for t in moments} == moments
    assert calendar.is_open(window, datetime(2026, 11, 28, 22, 30, tzinfo=ZoneInfo(BERLIN)))
    assert not calendar.is_open(Window("FREQ=YEARLY;COUNT=1", 60), at("2026-11-28T21:00"))


@given(
    st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, "UTC", "America/Sao_Paulo"]),
    st.sampled_from(
        ["FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "FREQ=WEEKLY;BYDAY=MO,SA;BYHOUR=1,23", "FREQ=MONTHLY;BYMONTHDAY=29", "FREQ=HOURLY;INTERVAL=5"]
    ),
    st.integers(1, 3000),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),
)
@settings(max_examples=200, deadline=None)
def test_next_open_and_is_open_agree(zone: str, rule: str, minutes: int, moment: datetime) -> None:
    window, calendar, when = Window(rule, minutes, zone), RuleCalendar(), moment.replace(tzinfo=UTC)
    found = calendar.next_open(window, when)
    assert found is not None
    opens, closes = found
    assert closes > when and closes - opens == timedelta(minutes=minutes)
    assert calendar.is_open(window, opens) and calendar.is_open(window, closes - timedelta(seconds=1))
    assert calendar.is_open(window, when) is (opens <= when)


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window("FREQ=NEVER", 60), "is not valid"), (Window("", 60), "not one recurrence rule"), (Window("BYDAY=SA", 60), "is not valid"),
        (Window("FREQ=DAILY;BYHOUR=24", 60), "is not valid"), (Window("FREQ=DAILY;BYDAY=XX", 60), "is not valid"),
        (Window("FREQ=DAILY;SIZE=3", 60), "is not valid"), (Window("FREQ=DAILY\nEXDATE:20261128T000000", 60), "not one recurrence rule"),
        (Window("DTSTART:20261128T000000\nRRULE:FREQ=DAILY", 60), "not one recurrence rule"), (Window("FREQ=MINUTELY", 60), "more often than every hour"),
        (Window("FREQ=DAILY;INTERVAL=0", 60), "or never"), (Window("FREQ=DAILY", 0), "never open"), (Window("FREQ=DAILY", -5), "never open"),
        (Window("FREQ=DAILY", 60, "Mars/Olympus"), "time zone 'Mars/Olympus'"), (Window("FREQ=DAILY", 60, ""), "time zone"),
        (Window("FREQ=DAILY", 60, "../etc/passwd"), "time zone"), (Window("FREQ=DAILY", 60, "UTC", "tomorrow"), "no local time"),
        (Window("FREQ=DAILY", 60, "UTC", "2026-11-28T00:00:00Z"), "no local time"),
        (Window("FREQ=DAILY", 60, "UTC", "2026-11-28T00:00:00+01:00"), "no local time"),
    ],
)  # fmt: skip
def test_windows_that_cannot_be(window: Window, words: str) -> None:
    for ask in (RuleCalendar().next_open, RuleCalendar().is_open):
        with pytest.raises(OptionError, match=words) as caught:
            ask(window, at("2026-11-25T10:00"))
        assert caught.value.failure.object == "Option windows" and caught.value.failure.next_step


def test_a_window_survives_the_plan() -> None:
    window = Window("FREQ=DAILY", 60, BERLIN, "2026-11-28T22:00:00")
    assert Window.of(window.as_dict()) == window
    assert Window.of({"rrule": "FREQ=DAILY", "duration_minutes": "60", "timezone": None, "start": None}) == Window("FREQ=DAILY", 60)
