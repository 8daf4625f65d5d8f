# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What each member of an etcd says of itself: the answers of its tool, read into the member. Source:
platform_facts#8.0, #8.1."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._kernel.objects import Object, lookup
from .asking import UNREADABLE, short
from .commands import Answer, free_bytes
from .state import Listed, Member

_NO_TOOL = (126, 127)  # exit status of a shell that could not start the program


_ALARMS = {1: "NOSPACE", 2: "CORRUPT"}


def with_answers(member: Member, found: dict[str, Answer], health_asked: bool = True) -> Member:
    """The member with what it said of itself. A part that failed leaves its fields unknown; the first complaint is
    kept.

    health_asked: whether the script had that part. What is no answer of etcd's tool makes it a member that could not be
    asked.
    """
    status, health = found.get("status"), found.get("health")
    member = _with_status(member, _first(status))
    verdicts = [v for v in _dicts(health.json() if health else None) if isinstance(v.get("health"), bool)]
    healthy = bool(health and health.ok and verdicts and all(v["health"] for v in verdicts))
    unread = (
        ""
        if verdicts or (member.id and not health_asked)
        else _unread(member, [status, health] if health_asked else [status])
    )
    members, alarms = (
        _dict(found[key].json()) if key in found and found[key].ok else {} for key in ("members", "alarms")
    )
    errors = [short(v.get("error") or "") for v in verdicts if not v["health"]]
    failed = [a for a in (status, health) if a and not a.ok]
    told = next((e for e in errors if e), short(failed[0].complaint()) if failed else "it did not answer")
    tool = found.get("tool")
    return replace(
        member,
        healthy=healthy,
        error="" if healthy else unread or told,
        not_asked=UNREADABLE if unread else "",
        listed=tuple(_listed(m) for m in _dicts(members.get("members"))),
        alarms=_alarms_of(member.id, _dicts(alarms.get("alarms"))),
        tool=short(tool.text, 40) if tool and tool.ok else "",
        free=free_bytes(found.get("space")),
    )


def _unread(member: Member, answers: list[Answer | None]) -> str:
    """Why what came is no answer; empty when etcd's tool ran and says that it got none, and nothing speaks against
    that."""
    if member.id or any(a is None or a.code in (None, 0, *_NO_TOOL) for a in answers):
        complaints = [short(a.complaint(), 120) for a in answers if a and not a.ok and a.text]
        return (
            "what came is no answer of etcd's tool"
            f" ({complaints[0] if complaints else 'it printed nothing that can be read'})"
        )
    said = next(short(a.complaint(), 120) for a in answers if a)
    return f"its pod is ready, but the tool in it says: {said}" if member.ready else ""


def _with_status(member: Member, document: Object) -> Member:
    status = _dict(document.get("Status"))
    header = _dict(status.get("header"))
    return replace(
        member,
        id=hexadecimal(header.get("member_id")),
        cluster_id=hexadecimal(header.get("cluster_id")),
        leader=hexadecimal(status.get("leader")),
        learner=bool(status.get("isLearner")),
        version=short(status.get("version") or "", 40),
        db_size=_number(status.get("dbSize")),
        db_in_use=_number(status.get("dbSizeInUse")),
        revision=_number(header.get("revision")),
        raft_term=_number(status.get("raftTerm")),
        raft_index=_number(status.get("raftIndex")),
        raft_applied=_number(status.get("raftAppliedIndex")),
    )


def with_hash(member: Member, answer: Answer | None) -> Member:
    values = _dict(_first(answer if answer and answer.ok else None).get("HashKV"))
    revision = _number(values.get("hash_revision")) or _number(lookup(values, ("header", "revision")))
    compacted = _number(values.get("compact_revision"))
    return replace(member, hash=_number(values.get("hash")), hash_revision=revision, compact_revision=compacted)


def _first(answer: Answer | None) -> Object:
    """The first document of a list, as the tool prints one per endpoint."""
    return next(iter(_dicts(answer.json() if answer else None)), {})


def _dict(value: Any) -> Object:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[Object]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _listed(entry: Object) -> Listed:
    urls = entry.get("peerURLs")
    known = tuple(short(u, 200) for u in urls) if isinstance(urls, list) else ()
    return Listed(hexadecimal(entry.get("ID")), short(entry.get("name") or "", 80), known, bool(entry.get("isLearner")))


def _alarms_of(member_id: str, entries: list[Object]) -> tuple[str, ...]:
    ours = [e for e in entries if e.get("alarm") and hexadecimal(e.get("memberID")) == member_id]
    return tuple(sorted({_alarm(e) for e in ours}))


def _alarm(entry: Object) -> str:
    number = entry["alarm"]
    return (_ALARMS.get(number) if isinstance(number, int) else None) or short(number, 40)


def hexadecimal(number: Any) -> str:
    return f"{int(number):x}" if isinstance(number, int) and number else ""
