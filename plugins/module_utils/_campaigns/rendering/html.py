# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report of a campaign as one HTML page without anything from outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..._kernel.errors import Failure, HypershiftError
from ..._kernel.objects import Object
from ..._kernel.times import parse_time
from .style import STYLE
from .template import TEMPLATE

try:
    import jinja2

    IMPORT_ERROR = ""
except ImportError as error:  # reported in html_of(): a module must be importable without it
    jinja2 = None  # type: ignore[assignment]
    IMPORT_ERROR = str(error)

WIDTH = 1000  # of the timeline, in its own units
MAX_TICKS = 7
# Every state has a sign and a word: colour alone tells nobody anything on paper, or who cannot see it.
STATES = {
    "failed": ("\u2717", "failed"),
    "stopped": ("\u25a0", "stopped"),
    "unknown": ("?", "not readable"),
    "gone": ("\u2205", "gone"),
    "running": ("\u25b6", "in progress"),
    "pending": ("\u25cb", "waiting"),
    "done": ("\u2713", "upgraded"),
    "refused": ("\u2298", "refused"),
    "up_to_date": ("=", "up to date"),
}
VERDICTS = {
    "succeeded": ("done", "Succeeded"),
    "failed": ("failed", "Failed"),
    "stopped": ("stopped", "Stopped"),
    "unknown": ("unknown", "Not everything could be read"),
    "running": ("running", "In progress"),
    "incomplete": ("pending", "Incomplete"),
    "not_started": ("pending", "Not started"),
}
_STEPS = (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080)  # minutes between ticks


def html_of(report: Object) -> bytes:
    if IMPORT_ERROR:
        cause = f"the Python library jinja2, which makes HTML reports, cannot be imported ({IMPORT_ERROR})"
        raise HypershiftError(Failure("missing_library", cause, next_step="Install it: pip install jinja2."))
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"clock": clock, "span": span}
    scale = _Scale(report)
    rows = [_shown(row, scale) for row in report["clusters"]]
    waves = [
        {**wave, "rows": [row for row in rows if row["wave"] == wave["name"] and row["started"]]}
        for wave in report["waves"]
    ]
    text = environment.from_string(TEMPLATE).render(
        style=STYLE,
        report=report,
        rows=rows,
        waves=waves,
        scale=scale,
        states=STATES,
        verdict=VERDICTS[report["verdict"]],
        shares=_shares(report["counts"]),
        troubled=[row for row in rows if row["failure"] or row["state"] in ("failed", "stopped", "unknown", "gone")],
        refused=[row for row in rows if row["refusals"]],
    )
    return text.encode()


def clock(text: str) -> str:
    """2026-11-25 22:00 UTC."""
    moment = parse_time(text)
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else "\u2013"


def span(seconds: int | None) -> str:
    """The two largest units of a duration: 1 h 05 min."""
    if seconds is None:
        return "\u2013"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours:02} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


class _Scale:
    """Times to places on the timeline, from the first thing that happened to the last."""

    def __init__(self, report: Object) -> None:
        times = [report["started"], report["as_of"]]
        times += [p[key] for row in report["clusters"] for p in row["phases"] for key in ("started", "ended")]
        moments = [moment for moment in map(parse_time, times) if moment]
        self.used = len(moments) > 1 and max(moments) > min(moments)
        self._begin = min(moments) if moments else datetime(1970, 1, 1, tzinfo=UTC)
        self._end = max(moments) if moments else self._begin
        self.ticks = self._ticks() if self.used else []

    def x(self, text: str) -> float:
        moment = parse_time(text) or self._end
        return round(WIDTH * (moment - self._begin) / (self._end - self._begin), 1)

    def _ticks(self) -> list[tuple[float, str]]:
        """Round times of the day, at most MAX_TICKS of them."""
        minutes = (self._end - self._begin).total_seconds() / 60
        step = next((s for s in _STEPS if minutes / s <= MAX_TICKS), _STEPS[-1])
        day = self._begin.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        first = int((self._begin - day).total_seconds() // 60 // step + 1) * step
        moments = [day + timedelta(minutes=first + step * n) for n in range(MAX_TICKS + 1)]
        form = "%d %b %H:%M" if minutes > 1440 else "%H:%M"
        return [(self.x(m.isoformat()), m.strftime(form)) for m in moments if m <= self._end]


def _shown(row: Object, scale: _Scale) -> Object:
    bars, told = [], []
    for phase in row["phases"] if scale.used else ():
        left, right = scale.x(phase["started"]), scale.x(phase["ended"] or row["ended"])
        kind = "cp" if phase["kind"] == "control_plane" else "np"
        y = 1 if kind == "cp" else 8
        bars.append(
            {
                "x": left,
                "w": max(2.0, round(right - left, 1)),
                "y": y,
                "class": kind if phase["ended"] else f"{kind} open",
            }
        )
        what = "control plane" if kind == "cp" else f"node pools {', '.join(phase['pools'])}".strip()
        told.append(f"{what} to {phase['version']} {span(phase['seconds']) if phase['ended'] else 'not ended'}")
    return {
        **row,
        "bars": bars,
        "told": "; ".join(told),
        "end": scale.x(row["ended"]) if scale.used and row["ended"] else None,
    }


def _shares(counts: dict[str, int]) -> list[Object]:
    """Parts of one bar, in the order of the states."""
    total, at, shares = sum(counts.values()) or 1, 0.0, []
    for state, number in counts.items():
        if number:
            width = WIDTH * number / total
            shares.append({"state": state, "number": number, "x": round(at, 1), "w": round(width, 1)})
            at += width
    return shares
