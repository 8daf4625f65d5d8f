# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: pause and currency of an object's status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._kernel.conditions import current, status_word
from ..findings import Health, Severity
from ..pauses import OWNER, REASON
from ..subject import OF_CLUSTER, Raw, Subject
from .rule import BOTH, CHANGE_GOALS, SETTLE_SECONDS, Rule, goals

_CORE = ("ReconciliationActive", "Progressing")


def is_paused(subject: Subject) -> bool:
    """Spec asks for it and the operator does not deny it; what the operator has not seen yet is not paused."""
    if not subject.pause.paused:
        return False
    raw = subject.conditions.get("ReconciliationActive")
    return raw is None or raw.get("status") == "False"


def _pause_values(subject: Subject) -> dict[str, str]:
    notes: Mapping[str, Any] = subject.meta.get("annotations") or {}
    owner, why = notes.get(OWNER) or "", notes.get(REASON) or ""
    note = (f" by {owner}" if owner else "") + (f" ({why})" if why else "")
    return {"note": note, "until": subject.pause.until}


def _paused(subject: Subject, raw: Raw) -> dict[str, str] | None:
    return _pause_values(subject) if is_paused(subject) and subject.pause.unlimited else None


def _paused_until(subject: Subject, raw: Raw) -> dict[str, str] | None:
    return _pause_values(subject) if is_paused(subject) and subject.pause.until else None


def _pause_expired(subject: Subject, raw: Raw) -> dict[str, str] | None:
    return {"until": subject.pause.until} if subject.pause.expired else None


def _pause_invalid(subject: Subject, raw: Raw) -> dict[str, str] | None:
    return None if subject.pause.valid else {"value": str(subject.spec.get("pausedUntil"))}


def _behind(subject: Subject, raw: Raw) -> dict[str, str] | None:
    seen = [subject.conditions[name] for name in _CORE if name in subject.conditions]
    if all(current(c, subject.generation) for c in seen):
        return None
    return {"generation": str(subject.generation)}


def _untouched(subject: Subject, raw: Raw) -> dict[str, str] | None:
    return {} if not subject.conditions and subject.age() < SETTLE_SECONDS else None


def _unseen(subject: Subject, raw: Raw) -> dict[str, str] | None:
    return {} if not subject.conditions and subject.age() >= SETTLE_SECONDS else None


def _not_told(subject: Subject, raw: Raw) -> dict[str, str] | None:
    """Conditions are there, and none of them says whether it is available."""
    told = subject.conditions.get("Available")
    return None if not subject.conditions or (told and status_word(told) != "Unknown") else {}


STATE_RULES = (
    Rule(
        code="object_vanished",
        title="The object does not exist (any more)",
        shows="the API server answers that the object does not exist",
        kinds=(),  # told by a waiting goal, which alone knows that the object is absent
        severity=Severity.FATAL,
        verdict=Health.UNKNOWN,
        cause="it does not exist, so it can never reach the goal",
        next_step="Check name, namespace and management cluster; if it was there a moment ago, somebody deleted it.",
        reason="an object that is absent has no conditions that could change",
        stops=CHANGE_GOALS | goals("paused", "resumed"),
    ),
    Rule(
        code="no_status",
        title="No operator has looked at the object",
        shows="no condition in the status, two minutes after creation or later",
        kinds=BOTH,
        check=_unseen,
        severity=Severity.ERROR,
        verdict=Health.UNKNOWN,
        cause="no operator has looked at it: there is no condition in its status",
        next_step=(
            "Check Deployment operator in namespace hypershift; a NodePool also needs a HostedCluster of its"
            " clusterName in the same namespace."
        ),
        reason=(
            "the first loop writes conditions; a NodePool without its cluster is left alone (platform_facts#O.3, #O.7)"
        ),
    ),
    Rule(
        code="status_awaited",
        title="The object is new and has no status yet",
        shows="no condition in the status in the first two minutes",
        kinds=BOTH,
        check=_untouched,
        severity=Severity.INFO,
        verdict=Health.UNKNOWN,
        cause="it is new and its status is still empty",
        next_step="Wait for the operator's first look.",
        reason="the first loop writes conditions (platform_facts#O.3)",
    ),
    Rule(
        code="availability_unknown",
        title="Nobody says whether it is available",
        shows="`Available` is absent, or its status is neither True nor False",
        kinds=(OF_CLUSTER,),
        check=_not_told,
        severity=Severity.ERROR,
        verdict=Health.UNKNOWN,
        cause="its status does not say whether it is available",
        next_step="Read the other findings, and the log of Deployment operator in namespace hypershift.",
        reason=(
            "the operator writes Available in the step after the inputs were read; what was not said is not well"
            " (platform_facts#O.3)"
        ),
        starting=(Severity.INFO, Health.PROGRESSING),
    ),
    Rule(
        code="status_behind",
        title="The status speaks of an earlier spec",
        shows="`ReconciliationActive` or `Progressing` with an observedGeneration below metadata.generation",
        kinds=BOTH,
        check=_behind,
        severity=Severity.INFO,
        verdict=Health.PROGRESSING,
        cause="the status does not speak of generation {generation} of the spec yet",
        next_step="Wait for the operator's next look.",
        reason="conditions keep the values of the previous generation for a loop after a change (platform_facts#O.14)",
    ),
    Rule(
        code="paused",
        title="Reconciliation is paused without an end",
        shows=(
            "`spec.pausedUntil` true and `ReconciliationActive=False`; Progressing then says Blocked, which is no fault"
        ),
        kinds=BOTH,
        check=_paused,
        severity=Severity.INFO,
        verdict=Health.PAUSED,
        cause="reconciliation is paused{note} until somebody removes spec.pausedUntil",
        next_step="Resume it when the work is done: remove spec.pausedUntil (never write false or an empty string).",
        reason="a paused object keeps its status up to date and ignores its spec (platform_facts#10.2)",
        # What runs goes on running while paused, so an API that was there may come back by itself.
        stops=(CHANGE_GOALS | goals("resumed")) - goals("available"),
        stops_new=goals("available"),
    ),
    Rule(
        code="paused_until",
        title="Reconciliation is paused until a time",
        shows="`spec.pausedUntil` with a time to come and `ReconciliationActive=False`",
        kinds=BOTH,
        check=_paused_until,
        severity=Severity.INFO,
        verdict=Health.PAUSED,
        cause="reconciliation is paused{note} until {until}",
        next_step="Wait until then, or remove spec.pausedUntil.",
        reason="the operator resumes by itself at the time and the field stays (platform_facts#10.2)",
    ),
    Rule(
        code="invalid_paused_until_value",
        title="The pause value is not valid, so nothing is paused",
        shows=(
            "`spec.pausedUntil` that is neither a boolean nor RFC 3339 with zone; reason `InvalidPausedUntilValue` on "
            "ReconciliationActive"
        ),
        kinds=BOTH,
        check=_pause_invalid,
        severity=Severity.WARNING,
        verdict=Health.HEALTHY,
        cause=(
            "spec.pausedUntil {value} is not a time with zone, so reconciliation is not paused (reason"
            " InvalidPausedUntilValue)"
        ),
        next_step="Write true or a time such as 2026-03-03T03:28:48Z.",
        reason=(
            "the API accepts a time without zone and the operator then goes on as if nothing was set"
            " (platform_facts#10.2)"
        ),
        stops=goals("paused"),
    ),
    Rule(
        code="pause_expired",
        title="A pause is over, its field is left",
        shows="`spec.pausedUntil` with a time in the past",
        kinds=BOTH,
        check=_pause_expired,
        severity=Severity.INFO,
        verdict=Health.HEALTHY,
        cause="the pause ended at {until}, the field is left over",
        next_step="Remove spec.pausedUntil.",
        reason="a time in the past does not pause (platform_facts#10.2)",
        stops=goals("paused"),
    ),
)
