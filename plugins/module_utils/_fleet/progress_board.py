# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where the hosted clusters of a batch are, as far as results of tasks tell.

It reads results of others and trusts none of their keys to be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._kernel.leaving import leaving_line
from .._kernel.text import aligned, message_line
from .views import host_name

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
_ORDER = (FAILED, RUNNING, WAITING, DONE)  # what needs eyes first
_HEADER = ("CLUSTER", "STEP", "STATE", "WHAT")
Object = Mapping[str, Any]


@dataclass
class Row:
    """One hosted cluster. position and steps: steps done and all, 0 of 0 while unknown."""

    id: str
    wave: str = ""
    position: int = 0
    steps: int = 0
    state: str = WAITING
    summary: str = ""

    def cells(self) -> tuple[str, str, str, str]:
        step = f"{self.position}/{self.steps}" if self.steps else "-"
        return leaving_line(self.id), step, self.state, self.summary


class Board:
    """Rows by id, of one batch. ``known``: what a gate said of clusters of other batches, so that their rows start with
    wave and steps."""

    def __init__(self, known: dict[str, Object] | None = None) -> None:
        self.rows: dict[str, Row] = {}
        self.known: dict[str, Object] = known if known is not None else {}

    def learn(self, result: Object) -> None:
        """Keep what a gate says of the whole campaign, without taking its clusters for this batch's."""
        self.known.update({str(found["id"]): found for found in _rows_of(result, "gate") if found.get("id")})

    def take(self, host: str, result: Object, failed: bool = False, what: str = "") -> list[Row]:
        """A task on a host has ended. Rows per cluster in its result say more than its own state does. Returns rows
        whose state changed.

        what: the task changes this part of the host's cluster; empty for any other task.
        """
        changed: list[Row] = []
        told = set()
        for found in _rows_of(result, "gate"):
            row = self._row(str(found.get("id") or ""), found)
            if row is not None:
                told.add(row.id)
                changed += self._gate(row, found)
        for found in _rows_of(result, "wait"):
            row = self._waited_for(found, host)
            if row is not None:
                told.add(row.id)
                changed += self._wait(row, found)
        row = self._row(host)
        if row is not None and host not in told:
            changed += self._own(row, result, failed, what)
        return changed

    def lines(self, limit: int = 0) -> list[str]:
        """A line on the whole, a header and rows, the urgent ones first; with a limit, at most so many lines."""
        rows = sorted(self.rows.values(), key=lambda row: (_ORDER.index(row.state), row.id))
        room = max(1, limit - 3) if limit else len(rows)
        shown = rows if len(rows) <= room else rows[:room]
        rest = [f"and {len(rows) - len(shown)} more"] if len(shown) < len(rows) else []
        return [self._title(), *aligned([_HEADER, *(row.cells() for row in shown)]), *rest]

    def _title(self) -> str:
        waves = leaving_line(", ".join(dict.fromkeys(row.wave for row in self.rows.values() if row.wave)))
        counts = [(state, sum(row.state == state for row in self.rows.values())) for state in _ORDER]
        told = ", ".join(f"{number} {state}" for state, number in counts if number)
        return f"{f'wave {waves}: ' if waves else ''}{len(self.rows)} hosted clusters, {told}"

    def _row(self, id: str, about: Object | None = None) -> Row | None:
        """The row of a cluster. A host gets one only when a gate has named it: not every host is a hosted cluster."""
        about = about if about is not None else self.known.get(id)
        if not id or (id not in self.rows and about is None):
            return None
        row = self.rows.setdefault(id, Row(id))
        if about is not None:
            row.wave = str(about.get("wave") or row.wave)
            row.steps = _number(about.get("steps"), row.steps)
            row.position = max(row.position, _number(about.get("position"), 0))
        return row

    def _waited_for(self, found: Object, host: str) -> Row | None:
        """Rows of a wait name no hub: that of the host which waits, else the only one that fits."""
        if found.get("id"):
            return self._row(str(found["id"]))
        start = host_name("", str(found.get("namespace") or ""), str(found.get("name") or ""))
        fitting = [id for id in [*self.rows, *self.known] if id.startswith(start)]
        exact = [id for id in fitting if id.rpartition(".")[2] == host.rpartition(".")[2]] or list(
            dict.fromkeys(fitting)
        )
        return self._row(exact[0]) if exact else None

    def _gate(self, row: Row, found: Object) -> list[Row]:
        problem = found.get("problem")
        if problem:
            cause = problem.get("cause") if isinstance(problem, Mapping) else problem
            return self._set(row, FAILED, str(cause or found.get("msg") or ""))
        if found.get("finished") or (row.steps and row.position >= row.steps):
            return self._set(row, DONE, "")
        if row.state == WAITING and row.position:
            return self._set(row, RUNNING, row.summary)
        return []

    def _wait(self, row: Row, found: Object) -> list[Row]:
        """A wait is for one step of each of its clusters."""
        outcome, summary = str(found.get("outcome") or ""), str(found.get("summary") or "")
        if outcome == "hopeless":
            return self._set(row, FAILED, summary or outcome)
        if outcome == "done":
            row.position = min(row.position + 1, row.steps) if row.steps else row.position
        return self._set(row, row.state if row.state in (DONE, FAILED) else RUNNING, summary)

    def _own(self, row: Row, result: Object, failed: bool, what: str) -> list[Row]:
        if failed:
            return self._set(
                row, FAILED, row.summary if row.state == FAILED and row.summary else str(result.get("msg") or "failed")
            )
        if not what or row.state in (DONE, FAILED):
            return []
        to = str(result.get("to_version") or "")
        return self._set(row, RUNNING, f"{what} to {to}" if to else what)

    def _set(self, row: Row, state: str, summary: str) -> list[Row]:
        changed = row.state != state
        row.state, row.summary = state, leaving_line(message_line(summary))
        return [row] if changed else []


def _rows_of(result: Object, key: str) -> Iterator[Object]:
    part = result.get(key)
    rows = part.get("clusters") if isinstance(part, Mapping) else None
    yield from (row for row in rows or () if isinstance(row, Mapping)) if isinstance(rows, (list, tuple)) else ()


def _number(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
