# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module etcd_snapshot with presigned URLs: members send their snapshots themselves.

Source: platform_facts#8.4,
#8.5."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from .._etcd.discovery import Etcd
from .._kernel.changes import ChangeSet
from .._kernel.errors import Failure, HypershiftError
from .._kernel.operation import Plan
from .._kernel.pod_files import Patience
from .._kernel.ports.hub import Hub
from .._kernel.ports.shell import Shell
from .etcd_snapshot import file_of, manifest_of
from .manifest import SnapshotFile, new_id, stored_name
from .snapshot_commands import send
from .sources import Source, Sources, mib
from .taking import Taken, taken_snapshot

SEND_SILENCE = 3700.0  # curl prints nothing until it is done


class UploadSnapshot:
    """One URL per shard. What the bucket holds is only as certain as the server's answer: nothing is read back."""

    def __init__(self, hub: Hub, options: dict[str, Any], patience: Patience | None = None) -> None:
        self._hub, self._options, self._patience = hub, options, patience or Patience.of(hub)
        self._urls: dict[str, str] = options["upload_urls"]
        self._sources = Sources(hub, options)

    def plan(self) -> Plan:
        changes = ChangeSet()
        etcd, sources = self._sources.find(changes)
        shards, named = {s.name for s in etcd.shards}, set(self._urls)
        if shards != named:
            cause = (
                f"upload_urls names {', '.join(sorted(named)) or 'nothing'}, the shards are {', '.join(sorted(shards))}"
            )
            changes.refuse("invalid_option", cause, "Give one URL for each shard, or choose with shards.", etcd.ref)
        plan = Plan(changes, foreseen=[self._announced(s) for s in sources])
        plan.act = lambda done, progress: self._act(plan, etcd, sources, done, progress)
        return plan

    def _announced(self, source: Source) -> dict[str, Any]:
        host = urlsplit(self._urls.get(source.shard.name, "")).hostname
        why = (
            f"snapshot of shard {source.shard.name}, {mib(source.member.db_size or 0)}, sent by the member itself to"
            f" {host}"
        )
        return {"verb": "upload", "object": source.ref, "why": why, "disruptive": False}

    def _act(
        self, plan: Plan, etcd: Etcd, sources: list[Source], done: list[dict[str, Any]], progress: Callable[[str], None]
    ) -> None:
        moment = self._hub.now()
        id = new_id(moment, self._hub.random_name)
        files = [self._one(source, id, plan, done, progress) for source in sources]
        manifest = manifest_of(self._hub, etcd, sources, id, moment, tuple(files))
        plan.extra["manifest"] = json.loads(manifest.to_json())

    def _one(
        self, source: Source, id: str, plan: Plan, done: list[dict[str, Any]], progress: Callable[[str], None]
    ) -> SnapshotFile:
        shell, shard = self._sources.shell(source.shard, source.member), source.shard.name
        place = (id, self._sources.directory, list(source.stale))
        with taken_snapshot(shell, *place, self._patience, plan.changes.notes.append) as taken:
            progress(f"[{self._options['name']}] {source.member.name}: sending {mib(taken.proof.size)}")
            self._send(shell, taken, self._urls[shard])
        done.append(self._announced(source))
        return file_of(source, stored_name(shard, ""), taken.proof, taken.proof, taken)

    def _send(self, shell: Shell, taken: Taken, url: str) -> None:
        """The URL goes through standard input: it is a secret, and a command line is not."""
        command, config = send(taken.path, url)
        result = shell.run(command, source=[config], silence=SEND_SILENCE)
        if result.code:
            # curl may repeat the URL in its complaint
            cause = f"curl ended with status {result.code}: {result.complaint().replace(url, 'the URL')}"
            step = "Check that the URL is presigned for PUT, still valid, and reachable from the pod's node."
            raise HypershiftError(Failure("upload_failed", cause, shell.where, next_step=step))
