# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pausing reconciliation: legal values, who paused and why, forgotten pauses. Source: platform_facts#10.2, #O.8."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._kernel.objects import lookup

OWNER = "hypershift.core/paused-by"
REASON = "hypershift.core/paused-reason"
SINCE = "hypershift.core/paused-at"
CAPI_PAUSED = "cluster.x-k8s.io/paused"
UNLIMITED = "true"
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_RFC3339 = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")


@dataclass(frozen=True, slots=True)
class PauseState:
    """What the operator makes of ``spec.pausedUntil`` at one moment.

    present: the field is set at all; valid: the operator can read it; until: the timestamp when it is one.
    """

    present: bool = False
    valid: bool = True
    paused: bool = False
    until: str = ""

    @property
    def unlimited(self) -> bool:
        return self.paused and not self.until

    @property
    def expired(self) -> bool:
        return bool(self.until) and not self.paused


_NOT_PAUSED = PauseState()


def parse_instant(value: str) -> datetime | None:
    """RFC 3339 with a zone, as the operator parses it; None for anything else.

    A date without zone passes the CRD and silently does not pause: the reason this check exists.
    """
    if not _RFC3339.match(value):
        return None
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None


def pause_state(value: object, now: datetime) -> PauseState:
    """Same reading as the operator's: a boolean, else RFC 3339 with zone, else an error that means "not paused"."""
    if value is None:
        return _NOT_PAUSED
    text = str(value)
    if text in _TRUE:
        return PauseState(present=True, paused=True)
    if text in _FALSE:
        return PauseState(present=True)
    moment = parse_instant(text)
    if moment is None:
        return PauseState(present=True, valid=False)
    return PauseState(present=True, paused=moment > now, until=text)


def is_paused(obj: dict[str, Any] | None, now: datetime) -> bool:
    """Whether the operator treats a HostedCluster or NodePool as paused at ``now``."""
    return pause_state(lookup(obj, ("spec", "pausedUntil")), now).paused


def owner_of(obj: dict[str, Any]) -> str:
    return str((lookup(obj, ("metadata", "annotations")) or {}).get(OWNER, ""))
