# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whom to take snapshots from, and whether that can be done. Source: platform_facts#8.1, #8.3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._etcd import commands
from .._etcd.discovery import Etcd, ask, find_etcd
from .._etcd.evidence import code_of, not_asked, told, way_out
from .._etcd.state import Member, Shard
from .._etcd.verdict import DIVERGED, best_member, verdict_of
from .._kernel.changes import ChangeSet
from .._kernel.kinds import POD
from .._kernel.ports.hub import Hub
from .._kernel.ports.shell import Shell
from . import snapshot_commands


@dataclass(frozen=True)
class Source:
    """Whom to take a shard's snapshot from. stale: what killed runs left in the container."""

    shard: Shard
    member: Member
    stale: tuple[str, ...]

    @property
    def ref(self) -> str:
        return POD.ref(self.shard.namespace, self.member.name)


class Sources:
    """Finds a member per shard. Options: namespace, name, shards, member, compare_data, temp_directory."""

    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub, self._options = hub, options
        self.directory = str(options.get("temp_directory") or "/var/lib")

    def find(self, changes: ChangeSet) -> tuple[Etcd, list[Source]]:
        """The etcd and a source for each shard; what is in the way goes into ``changes`` as refusals."""
        etcd = find_etcd(self._hub, self._options["namespace"], self._options["name"], self._options.get("shards"))
        etcd = ask(self._hub, etcd, hashes=bool(self._options["compare_data"]))
        return etcd, [s for s in (self.of(shard, changes) for shard in etcd.shards) if s]

    def shell(self, shard: Shard, member: Member) -> Shell:
        return self._hub.shell(shard.namespace, member.name, commands.CONTAINER)

    def of(self, shard: Shard, changes: ChangeSet) -> Source | None:
        verdict, wish = verdict_of(shard), self._options.get("member")
        ref = POD.ref(shard.namespace, shard.name)
        if verdict.name in (DIVERGED, "corrupt") and not wish:
            step = "Look at etcd_info for what each member holds, then name the one to trust with option member."
            changes.refuse(verdict.name, f"{verdict.cause}; which of them holds the truth is yours to say", step, ref)
            return None
        member = shard.member(wish) if wish else best_member(shard)
        unseen = [m for m in not_asked(shard) if not wish or m.name == wish]
        if unseen and (member is None or not member.revision):
            changes.refuse(code_of(unseen), f"it could not be asked ({told(unseen)})", way_out(shard), ref)
            return None
        if member is None or not member.running or not member.revision:
            why = (member.error or member.state) if member else verdict.cause
            changes.refuse(
                "no_member",
                f"no member can be read: {wish or why}",
                "Look at etcd_info; restore from an older snapshot.",
                ref,
            )
            return None
        if verdict.quorate and verdict.not_asked:
            changes.notes.append(
                f"{ref}: {verdict.cause}; their data was not compared with that of {member.name}. {verdict.next_step}"
            )
        if not verdict.quorate:
            changes.notes.append(
                f"{ref}: {verdict.cause}; the snapshot holds what {member.name} has, newer writes may be lost."
            )
        found = commands.answers(self.shell(shard, member).run(snapshot_commands.look(self.directory)).text)
        self._refuse_for_room(shard, member, commands.free_bytes(found.get("room")), changes)
        return Source(shard, member, tuple(snapshot_commands.stale(found.get("left"), self._hub.now())))

    def _refuse_for_room(self, shard: Shard, member: Member, free: int | None, changes: ChangeSet) -> None:
        """Before anything is written: a full volume stops etcd itself."""
        need, ref = snapshot_commands.needed(member.db_size or 0), POD.ref(shard.namespace, member.name)
        if free is None:
            changes.refuse(
                "unreadable",
                f"the free space of {self.directory} is not known",
                "Set temp_directory to a folder there.",
                ref,
            )
        elif free < need:
            cause = f"{self.directory} has {mib(free)} free, a temporary snapshot needs {mib(need)} with its reserve"
            changes.refuse(
                "no_space", cause, "Free space, enlarge the volume, or set temp_directory to another volume.", ref
            )


def mib(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"
