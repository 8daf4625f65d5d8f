# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shapes of a diagnosis and of a waiting goal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

GUIDE = "docs/troubleshooting.md"  # has a section for every rule


class Health(str, Enum):
    """Verdict on a hosted cluster or node pool."""

    HEALTHY = "healthy"
    PAUSED = "paused"
    PROGRESSING = "progressing"
    DEGRADED = "degraded"
    BLOCKED = "blocked"
    UNAVAILABLE = "unavailable"
    DELETING = "deleting"
    UNKNOWN = "unknown"


class Severity(str, Enum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    FATAL = "fatal"  # waiting longer cannot help: a person has to act


@dataclass(frozen=True)
class Finding:
    """One thing a rule found. ``since`` is the condition's lastTransitionTime (RFC 3339) or empty; ``docs`` is page and
    section of the repository that explain the rule."""

    code: str
    severity: Severity
    object: str
    cause: str
    next_step: str = ""
    condition: str = ""
    since: str = ""
    docs: str = ""

    def as_dict(self) -> dict[str, str]:
        return {**asdict(self), "severity": self.severity.value}


@dataclass(frozen=True)
class Diagnosis:
    """Verdict with its leading finding first. ``summary`` is one line for people."""

    verdict: Health
    summary: str
    findings: tuple[Finding, ...] = ()

    @property
    def lead(self) -> Finding | None:
        return self.findings[0] if self.findings else None

    def as_dict(self) -> dict[str, Any]:
        lead = self.lead
        return {
            "verdict": self.verdict.value,
            "summary": self.summary,
            "cause": lead.cause if lead else "",
            "next_step": lead.next_step if lead else "",
            "findings": [f.as_dict() for f in self.findings],
        }
