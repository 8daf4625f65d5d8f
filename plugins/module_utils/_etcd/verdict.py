# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What state an etcd is in, and what to do about it. Source: platform_facts#8.1 to #8.3, #O.6, and the trap in 8.3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from .evidence import contradicted, not_asked, seen, told, way_out
from .state import Member, Shard

HEALTHY, MEMBER_FAILED, DIVERGED, NO_QUORUM, UNKNOWN = "healthy", "member_failed", "diverged", "no_quorum", "unknown"


@dataclass(frozen=True)
class EtcdVerdict:
    """name: stable word that playbooks branch on; quorate: a majority of the members answers with a linearizable read,
    None when that was not seen.

    not_asked: names of members that could not be asked.
    """

    name: str
    cause: str
    next_step: str
    quorate: bool | None
    not_asked: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        known = {"verdict": self.name, "cause": self.cause, "next_step": self.next_step, "quorate": self.quorate}
        return {**known, "not_asked": list(self.not_asked)}


def healthy_members(shard: Shard) -> list[Member]:
    return [m for m in shard.members if m.healthy and not m.learner]


def failed_members(shard: Shard) -> list[Member]:
    """Members that were seen not to be healthy."""
    return [m for m in shard.members if not m.healthy and not m.not_asked]


def common_revision(shard: Shard) -> int | None:
    """The newest revision that every answering member has: where their data can be compared."""
    revisions = [m.revision for m in shard.members if m.revision]
    return min(revisions) if len(revisions) > 1 else None


def divergence(shard: Shard) -> str:
    """How the members' data differs, empty when nothing proves that it does.

    Two proofs: other hashes at the same revision; or another revision after the same raft index, since the revision is
    a function of the log.
    """
    hashed = [m for m in shard.members if m.hash is not None]
    at = Counter(m.hash_revision for m in hashed)
    for revision, count in at.items():
        same = {m.name: m.hash for m in hashed if m.hash_revision == revision}
        if count > 1 and len(set(same.values())) > 1:
            told = ", ".join(f"{name} {value:08x}" for name, value in sorted(same.items()))
            return f"at revision {revision} their data has different hashes ({told})"
    applied: dict[int, list[Member]] = {}
    for member in shard.members:
        if member.raft_applied and member.revision:
            applied.setdefault(member.raft_applied, []).append(member)
    for index, group in applied.items():
        if len({m.revision for m in group}) > 1:
            told = ", ".join(f"{m.name} {m.revision}" for m in group)
            return f"after the same raft index {index} they stand at different revisions ({told})"
    clusters = {m.cluster_id: m.name for m in shard.members if m.cluster_id}
    if len(clusters) > 1:
        return (
            "they belong to different clusters ("
            + ", ".join(f"{name} {cluster}" for cluster, name in clusters.items())
            + ")"
        )
    return ""


def proved_equal(shard: Shard) -> bool:
    """Whether every member of a whole shard gave the same hash at the same revision: the only proof after a restore."""
    found = {(m.hash, m.hash_revision) for m in shard.members}
    return (
        len(shard.members) == shard.size and len(found) == 1 and None not in next(iter(found)) and not divergence(shard)
    )


def _scaled_down(shard: Shard) -> str:
    return "" if shard.replicas else "its StatefulSet is scaled to 0"


def _diverged(shard: Shard) -> str:
    found = divergence(shard)
    return f"its members hold different data although they may all report healthy: {found}" if found else ""


def _corrupt(shard: Shard) -> str:
    names = [m.name for m in shard.members if "CORRUPT" in m.alarms]
    return f"alarm CORRUPT stands on {', '.join(names)}" if names else ""


def _quorum_not_seen(shard: Shard) -> str:
    """No quorum was seen, and it was not seen either that there is none."""
    healthy, missing = len(healthy_members(shard)), not_asked(shard)
    if healthy >= shard.quorum:
        return ""
    if missing:
        failed = f"; seen to have failed: {_failures(shard)}" if failed_members(shard) else ""
        return (
            f"whether it has quorum is not known: {len(missing)} of {shard.size} members could not be asked"
            f" ({told(missing)}), {healthy} of those asked are healthy{failed}; {seen(shard)}"
        )
    if contradicted(shard):
        return (
            f"whether it has quorum is not known: {healthy} of {shard.size} members say that they are healthy"
            f" ({_failures(shard)}), yet {seen(shard)}"
        )
    return ""


def _no_quorum(shard: Shard) -> str:
    healthy = len(healthy_members(shard))
    if healthy >= shard.quorum:
        return ""
    return f"{healthy} of {shard.size} members are healthy, {shard.quorum} are needed ({_failures(shard)})"


def _failures(shard: Shard) -> str:
    return "; ".join(f"{m.name}: {m.error or m.state}" for m in failed_members(shard))


def _some_not_asked(shard: Shard) -> str:
    missing = not_asked(shard)
    if not missing:
        return ""
    failed = f"; seen to have failed: {_failures(shard)}" if failed_members(shard) else ""
    return (
        f"it has quorum, but {len(missing)} of {shard.size} members could not be asked ({told(missing)}){failed};"
        f" {seen(shard)}"
    )


def _no_space(shard: Shard) -> str:
    names = [m.name for m in shard.members if "NOSPACE" in m.alarms]
    return f"alarm NOSPACE stands on {', '.join(names)}: writes are refused" if names else ""


def _member_failed(shard: Shard) -> str:
    failed = failed_members(shard)
    return "; ".join(f"{m.name} is not healthy: {m.error or m.state}" for m in failed)


def _member_list(shard: Shard) -> str:
    listed = max((m.listed for m in shard.members), key=len, default=())
    names = {entry.name for entry in listed if entry.name}
    strangers = sorted(names - set(shard.peers))
    missing = sorted(set(shard.peers) - names)
    if not listed or (not strangers and not missing):
        return ""
    parts = [
        f"{', '.join(strangers)} should not be in it" if strangers else "",
        f"{', '.join(missing)} is missing" if missing else "",
    ]
    return "the member list is not that of the StatefulSet: " + " and ".join(p for p in parts if p)


def _learner(shard: Shard) -> str:
    names = [m.name for m in shard.members if m.learner]
    return f"{', '.join(names)} is still a learner" if names else ""


def _rolling(shard: Shard) -> str:
    return "its StatefulSet is rolling" if shard.rolling else ""


Test = Callable[[Shard], str]
Step: TypeAlias = "str | Callable[[Shard], str]"
_SNAPSHOT_FIRST = (
    "Take a snapshot of each member that answers (etcd_snapshot with member), then run playbook etcd_recovery."
)
# Worst first: the first that finds something is the verdict.
RULES: tuple[tuple[str, Test, Step], ...] = (
    (
        "scaled_down",
        _scaled_down,
        "If a restore is under way run it again; else scale it back, or resume the hosted cluster.",
    ),
    (DIVERGED, _diverged, f"Do not restart members. {_SNAPSHOT_FIRST}"),
    ("corrupt", _corrupt, f"Do not restart members. {_SNAPSHOT_FIRST}"),
    (UNKNOWN, _quorum_not_seen, way_out),
    (
        NO_QUORUM,
        _no_quorum,
        "Bring back pods that only wait for a node or a volume; if data is lost run playbook etcd_recovery.",
    ),
    ("no_space", _no_space, "Compact and defragment the members, then disarm the alarm (etcdctl alarm disarm)."),
    (UNKNOWN, _some_not_asked, way_out),
    (MEMBER_FAILED, _member_failed, "Run playbook etcd_recovery, or module etcd_member_recover."),
    (
        "member_list",
        _member_list,
        "Let the StatefulSet's reset-member add the missing member, or remove the stranger with etcdctl member remove.",
    ),
    ("learner", _learner, "Wait until it has caught up; it is promoted then."),
    ("rolling", _rolling, "Wait until the update is done."),
)


def verdict_of(shard: Shard) -> EtcdVerdict:
    """The worst that is true of it."""
    names = tuple(m.name for m in not_asked(shard))
    quorate = True if len(healthy_members(shard)) >= shard.quorum else (None if _quorum_not_seen(shard) else False)
    for name, test, next_step in RULES:
        cause = test(shard)
        if cause:
            step = next_step if isinstance(next_step, str) else next_step(shard)
            return EtcdVerdict(name, cause, step, quorate, names)
    same = " and hold the same data" if proved_equal(shard) else ""
    return EtcdVerdict(HEALTHY, f"all {shard.size} members are healthy{same}", "Nothing is to be done.", quorate)


def worst(verdicts: list[EtcdVerdict]) -> EtcdVerdict:
    """The verdict of the whole etcd."""
    order = [name for name, _test, _step in RULES] + [HEALTHY]
    return min(verdicts, key=lambda v: order.index(v.name))


def best_member(shard: Shard) -> Member | None:
    """Whom to take a snapshot from: healthy, furthest in the log, and not the leader when another is as good."""
    able = healthy_members(shard) or [m for m in shard.members if m.running and m.revision]
    return max(able, key=lambda m: (m.raft_applied or 0, not m.is_leader, m.free or 0), default=None)
