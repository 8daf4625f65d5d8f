# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From conditions and fields to a verdict with its causes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._kernel.conditions import current, status_word
from .._kernel.text import message_line
from .._kernel.times import seconds_since
from .findings import GUIDE, Diagnosis, Finding, Health, Severity
from .pool_machines import MachineOwners
from .rules.catalog import RANK, rule_set
from .rules.rule import Rule
from .subject import OF_CLUSTER, OF_CONTROL_PLANE, OF_POOL, Raw, Subject

# A pause holds back what progresses, so it outranks progress; UNKNOWN says that nothing else can be said.
_ORDER = (
    Health.HEALTHY,
    Health.PROGRESSING,
    Health.PAUSED,
    Health.DEGRADED,
    Health.BLOCKED,
    Health.UNAVAILABLE,
    Health.DELETING,
    Health.UNKNOWN,
)
_WEIGHT = {health: place for place, health in enumerate(_ORDER)}
_SOFT = (Severity.INFO, Severity.WARNING)
# What a pool may do to the verdict of its cluster: the API does not go away with its nodes.
_POOL_TO_CLUSTER = {
    Health.PROGRESSING: Health.PROGRESSING,
    Health.DEGRADED: Health.DEGRADED,
    Health.BLOCKED: Health.DEGRADED,
    Health.UNAVAILABLE: Health.DEGRADED,
    Health.UNKNOWN: Health.DEGRADED,
    Health.DELETING: Health.PROGRESSING,
}


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds: its finding, the verdict it stands for here, and whether that may be held against the present
    spec.

    firm: neither softened for a start or a young condition nor told by a condition of an earlier generation.
    """

    rule: Rule
    finding: Finding
    verdict: Health
    firm: bool


def diagnose_hosted_cluster(
    hc: dict[str, Any],
    *,
    now: datetime,
    node_pools: Sequence[dict[str, Any]] = (),
    control_plane: dict[str, Any] | None = None,
    machines: MachineOwners | None = None,
) -> Diagnosis:
    """Verdict on a hosted cluster; pools and control plane add what is known of them."""
    subject = Subject(OF_CLUSTER, hc, now, node_pools=node_pools, control_plane=control_plane)
    found = [match for pool in node_pools for match in pool_matches(pool, now, machines)]
    return diagnose(subject, cluster_matches(subject), found)


def pool_subject(pool: Mapping[str, Any], now: datetime, machines: MachineOwners | None) -> Subject:
    """machines: what its machines come from, None when nobody looked."""
    return Subject(OF_POOL, pool, now, rollout=machines.rollout(pool) if machines else None)


def pool_matches(pool: Mapping[str, Any], now: datetime, machines: MachineOwners | None = None) -> list[Match]:
    return subject_matches(pool_subject(pool, now, machines))


def cluster_matches(subject: Subject) -> list[Match]:
    """Matches of a hosted cluster and of its HostedControlPlane where the latter knows more."""
    found = subject_matches(subject)
    if subject.control_plane and not subject.deleting:
        twin = Subject(OF_CONTROL_PLANE, subject.control_plane, subject.now)
        found = _sorted([*found, *(m for m in subject_matches(twin, parent=subject) if not _told(m, found))], subject)
    return found


def _told(match: Match, found: Iterable[Match]) -> bool:
    return match.rule.code == "hosted_version_failing" and any(m.rule.code == "cluster_version_failing" for m in found)


def subject_matches(subject: Subject, parent: Subject | None = None) -> list[Match]:
    """Every rule that holds for one object, causes first."""
    rules = rule_set(subject.kind, subject.deleting)
    found: dict[str, Match] = {}
    for name, raw in subject.conditions.items():
        for rule in rules.rows(name, status_word(raw)):
            values = rule.values(subject, raw)
            if values is not None:
                found.setdefault(rule.code, _match(rule, parent or subject, subject, raw, values))
                break
    for rule in rules.fields:
        values = rule.values(subject, {})
        if values is not None:
            found.setdefault(rule.code, _match(rule, parent or subject, subject, {}, values))
    return _sorted(list(found.values()), subject) if len(found) > 1 else list(found.values())


def _sorted(matches: list[Match], subject: Subject) -> list[Match]:
    """Errors before notes and causes before symptoms; on a cluster that has run, an outage before a refused change.

    One that never ran is down because of what was refused.

    Without an error the note that explains the verdict leads.
    """
    verdict = _worst_of(matches)
    down = verdict is Health.UNAVAILABLE and subject.arrived()

    def place(match: Match) -> tuple[bool, bool, bool, int]:
        severity, rank = match.finding.severity, RANK[match.rule.code]
        if severity in _SOFT:
            return True, match.verdict is not verdict, severity is Severity.INFO, rank
        return False, down and match.verdict is Health.BLOCKED, False, rank

    return sorted(matches, key=place)


def _match(rule: Rule, teller: Subject, subject: Subject, raw: Raw, values: Mapping[str, str]) -> Match:
    severity, verdict, firm = rule.severity, rule.verdict, True
    since = raw.get("lastTransitionTime") or ""
    if rule.starting is not None and not teller.seasoned():
        (severity, verdict), firm = rule.starting, False
    elif rule.young is not None and _younger(since, subject.now, rule.young_seconds):
        (severity, verdict), firm = rule.young, False
    if raw and not current(raw, subject.generation):
        # What was wrong with an earlier spec proves nothing against the present one.
        severity, firm = (Severity.ERROR if severity is Severity.FATAL else severity), False
    texts = {
        "message": message_line(raw.get("message")) or raw.get("reason") or "no reason is given",
        "condition": raw.get("type") or "",
        "reason": raw.get("reason") or "",
        "name": teller.name,
        "namespace": teller.namespace,
        "cpns": teller.control_plane_namespace,
        **values,
    }
    finding = Finding(
        code=rule.code,
        severity=severity,
        object=subject.ref,
        cause=rule.cause.format_map(texts),
        next_step=rule.next_step.format_map(texts),
        condition=raw.get("type") or "",
        since=since,
        docs=f"{GUIDE}#{rule.code}",
    )
    return Match(rule, finding, verdict, firm)


def _younger(since: str, now: datetime, seconds: int) -> bool:
    age = seconds_since(since, now)
    return age is not None and age < seconds


def diagnose(subject: Subject, matches: Sequence[Match], pool_found: Sequence[Match] = ()) -> Diagnosis:
    """Put matches together; ``pool_found`` are those of the cluster's pools."""
    verdict = Health.DELETING if subject.deleting else _worst_of(matches)
    told = [(m.verdict, m.finding) for m in matches]
    if pool_found and not subject.deleting:
        of_pools = [(_of_cluster(m), m.finding) for m in pool_found]
        verdict = _or_doubt(worst((verdict, *(_of_cluster(m) for m in pool_found if not _doubt(m)))), pool_found)
        # A fault of a pool comes before a mere note on the cluster, and of the notes the one that explains the verdict.
        notes = [row for row in (*told, *of_pools) if row[1].severity in _SOFT]
        notes.sort(key=lambda row: row[0] is not verdict)
        told = [*(row for row in (*told, *of_pools) if row[1].severity not in _SOFT), *notes]
    else:
        told += [(m.verdict, m.finding) for m in pool_found]
    findings = tuple(finding for _verdict, finding in told)
    return Diagnosis(verdict, _summary(verdict, findings), findings)


def _of_cluster(match: Match) -> Health:
    """What the finding on a pool says of its cluster."""
    return Health.UNKNOWN if _doubt(match) else _POOL_TO_CLUSTER.get(match.verdict, Health.HEALTHY)


def _doubt(match: Match) -> bool:
    """Something was not seen, which hides no fault that was."""
    return match.verdict is Health.UNKNOWN and match.finding.severity is Severity.WARNING


def _or_doubt(verdict: Health, matches: Iterable[Match]) -> Health:
    """Not healthy where something was not seen."""
    return Health.UNKNOWN if verdict is Health.HEALTHY and any(map(_doubt, matches)) else verdict


def _worst_of(matches: Sequence[Match]) -> Health:
    return _or_doubt(worst(m.verdict for m in matches if not _doubt(m)), matches)


def worst(verdicts: Iterable[Health]) -> Health:
    return max(verdicts, key=_WEIGHT.__getitem__, default=Health.HEALTHY)


def _summary(verdict: Health, findings: Sequence[Finding]) -> str:
    if verdict is Health.HEALTHY and (not findings or findings[0].severity in _SOFT):
        return "healthy"
    return f"{verdict.value}: {findings[0].cause}" if findings else verdict.value
