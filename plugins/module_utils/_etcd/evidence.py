# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be seen of members that could not be asked, and what speaks against calling one lost."""

from __future__ import annotations

from collections.abc import Iterable

from .asking import ABSENT, FORBIDDEN, SILENT, remedy
from .state import Member, Shard


def not_asked(shard: Shard) -> list[Member]:
    """Members that run, or may run, and could not be asked."""
    return [m for m in shard.members if m.not_asked]


def told(members: Iterable[Member]) -> str:
    """Who could not be asked and why; members with the same kind of cause share one."""
    kinds: dict[str, list[Member]] = {}
    for member in members:
        kinds.setdefault(member.not_asked, []).append(member)
    return "; ".join(f"{', '.join(m.name for m in group)}: {group[0].error}" for group in kinds.values())


def way_out(shard: Shard) -> str:
    """What to do so that all can be asked."""
    missing = not_asked(shard)
    if not missing:
        return "Run again in a minute; if they still contradict each other look at the pods' logs and readiness probes."
    first = missing[0]
    names = ", ".join(m.name for m in missing if m.not_asked == first.not_asked)
    return remedy(first.not_asked, first.error, names, shard.namespace)


def seen(shard: Shard) -> str:
    """What the management cluster itself says of the shard."""
    ready = sum(m.ready for m in shard.members)
    return (
        f"EtcdAvailable is {shard.available or 'not reported'}, {ready} of {shard.size} pods are ready, "
        f"the StatefulSet counts {shard.ready_replicas} ready"
    )


def contradicted(shard: Shard) -> bool:
    """Whether condition and pods both say that a quorum stands."""
    ready = max(sum(m.ready for m in shard.members), shard.ready_replicas)
    return shard.available == "True" and shard.replicas > 0 and ready >= shard.quorum


def signs_of_life(shard: Shard, member: Member, assumed: Iterable[str] = ()) -> list[str]:
    """What speaks against calling the member lost; empty when nothing that can be seen does. assumed: all that are
    called lost."""
    if not member.not_asked:
        return ["it answers"] if member.healthy or member.revision else []
    others = [m for m in shard.members if m.name != member.name and m.name not in set(assumed)]
    living = sum(m.ready and not m.not_asked for m in others)
    found = ["its pod is ready"] if member.ready else []
    if shard.available == "True" and living < shard.quorum:
        found.append("condition EtcdAvailable is True")
    if shard.ready_replicas > sum(m.ready for m in others):
        found.append(f"StatefulSet {shard.name} counts {shard.ready_replicas} ready pods")
    # A refusal says nothing of the member, while a container that hangs, or is not there, may be what the kubelet last
    # reported.
    if member.not_asked not in (SILENT, ABSENT) and member.running and member.claim_phase == "Bound":
        found.append(f"its container runs on volume {member.claim}, which is bound and in use")
    return found


def code_of(members: Iterable[Member]) -> str:
    """Failure code: a right that is missing has its own."""
    return "missing_permission" if all(m.not_asked == FORBIDDEN for m in members) else "not_asked"


def assumption_problems(shards: Iterable[Shard], assumed: Iterable[str]) -> list[str]:
    """Why members may not be called lost: what is no member, and what can be seen to live."""
    known = {m.name: (s, m) for s in shards for m in s.members}
    names = sorted(set(assumed))
    problems = [
        f"{name} is no member of it (there are {', '.join(sorted(known))})" for name in names if name not in known
    ]
    for name in names:
        if name in known and (signs := signs_of_life(*known[name], names)):
            problems.append(f"{name} is not lost as far as can be seen: {', '.join(signs)}")
    return problems
