# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""spec.pausedUntil as the operators read it: laxer than its name, and silent about what they do not understand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from .conditions import FALSE, TRUE, Condition

_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False"}
_RFC3339 = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")


@dataclass(frozen=True)
class Pause:
    paused: bool = False
    until: datetime | None = None
    valid: bool = True
    value: str = ""

    def condition(self, type_: str, active_reason: str) -> Condition:
        if self.paused:
            until = f"until: {self.value}" if self.until else "until field removed"
            return Condition(type_, FALSE, "ReconciliationPaused", f"Reconciliation paused {until}")
        if not self.valid:
            return Condition(type_, TRUE, "InvalidPausedUntilValue", "Invalid value provided for PausedUntil field")
        return Condition(type_, TRUE, active_reason, "Reconciliation active on resource")


def parse(value: str | None, now: datetime) -> Pause:
    if value is None:
        return Pause()
    if value in _TRUE or value in _FALSE:
        return Pause(paused=value in _TRUE, value=value)
    if not _RFC3339.match(value):
        return Pause(valid=False, value=value)
    try:
        until = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return Pause(valid=False, value=value)
    return Pause(paused=until > now, until=until, value=value)
