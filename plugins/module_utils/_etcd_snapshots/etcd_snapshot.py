# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module etcd_snapshot, state present. Source: platform_facts#8.1, #8.3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from .._etcd.discovery import Etcd, key_fingerprint, release_of
from .._kernel.changes import ChangeSet
from .._kernel.collection import VERSION
from .._kernel.objects import lookup
from .._kernel.operation import Plan
from .._kernel.parallel import each
from .._kernel.pod_files import Patience, PodFiles, Proof, proof_of
from .._kernel.ports.hub import Hub
from . import catalog, etcd_snapshot_absent, snapshot_commands
from .manifest import AGE, Manifest, SnapshotFile, new_id, stored_name
from .sources import Source, Sources, mib
from .store import CatalogEntry
from .taking import Taken, taken_snapshot
from .tools import SnapshotTools


class TakeSnapshot:
    """A set of snapshots, one per shard, proved and in the store, or nothing at all; then retention."""

    def __init__(
        self, hub: Hub, options: dict[str, Any], tools: SnapshotTools, patience: Patience | None = None
    ) -> None:
        self._hub, self._options, self._tools = hub, options, tools
        self._patience = patience or Patience.of(hub, float(options.get("stall_timeout") or 30))
        self._name, self._namespace = str(options["name"]), str(options["namespace"])
        self._sources = Sources(hub, options)

    def plan(self) -> Plan:
        changes = ChangeSet()
        self._tools.store.check(for_writing=True)
        entries = self._tools.store.sets(self._namespace, self._name)
        fresh = etcd_snapshot_absent.fresh_enough(entries, self._options.get("max_age"), self._hub.now())
        plan = Plan(changes)
        if fresh:
            plan.extra["snapshot"] = catalog.rows([fresh], self._hub.now())[0]
            sources: list[Source] = []
        else:
            etcd, sources = self._sources.find(changes)
            self._refuse_for_space(sources, changes)
            plan.foreseen = [self._announced(s) for s in sources]
        plan.foreseen += etcd_snapshot_absent.announced(entries, self._options.get("retention"), self._hub.now())
        plan.extra["store"] = self._tools.store.where
        if plan.foreseen:
            plan.act = lambda done, progress: self._act(plan, etcd if sources else None, sources, done, progress)
        return plan

    def _refuse_for_space(self, sources: list[Source], changes: ChangeSet) -> None:
        sizes = [s.member.db_size or 0 for s in sources]
        need = (
            sum(sizes)
            + (max(sizes, default=0) if self._options.get("recipients") else 0)
            + snapshot_commands.RESERVE // 4
        )
        free = self._tools.free_for_work()
        if sources and free < need:
            cause = f"this machine has {mib(free)} free for the set, it needs {mib(need)}"
            changes.refuse(
                "no_space",
                cause,
                "Free space, or set directory or work_directory to another volume.",
                self._tools.store.where,
            )

    def _announced(self, source: Source) -> dict[str, Any]:
        member = source.member
        why = (
            f"snapshot of shard {source.shard.name}, {mib(member.db_size or 0)} at revision {member.revision}, into"
            f" {self._tools.store.where}"
        )
        tidy = f"; {len(source.stale)} files of killed runs are removed" if source.stale else ""
        return {"verb": "snapshot", "object": source.ref, "why": why + tidy, "disruptive": False}

    def _act(
        self,
        plan: Plan,
        etcd: Etcd | None,
        sources: list[Source],
        done: list[dict[str, Any]],
        progress: Callable[[str], None],
    ) -> None:
        if etcd:
            started = self._hub.monotonic()
            entry = self._take(plan, etcd, sources, progress)
            done += [self._announced(s) for s in sources]
            plan.extra["snapshot"] = catalog.rows([entry], self._hub.now())[0] | {
                "seconds": round(self._hub.monotonic() - started, 1)
            }
        etcd_snapshot_absent.prune(
            self._tools.store, (self._namespace, self._name), self._options.get("retention"), self._hub.now(), done
        )

    def _take(self, plan: Plan, etcd: Etcd, sources: list[Source], progress: Callable[[str], None]) -> CatalogEntry:
        moment = self._hub.now()
        id = new_id(moment, self._hub.random_name)
        with self._tools.workspace(self._namespace, self._name, id) as folder:
            files = each(lambda s: self._bring(s, id, folder, plan.changes.notes.append, progress), sources)
            manifest = manifest_of(
                self._hub, etcd, sources, id, moment, tuple(files), AGE if self._options.get("recipients") else ""
            )
            self._tools.store.put(manifest, {f.shard: folder / f.file for f in manifest.files})
        self._tools.store.remove_leftovers(self._namespace, self._name)
        return CatalogEntry(id, self._namespace, self._name, manifest, size=manifest.size)

    def _bring(
        self, source: Source, id: str, folder: Path, warn: Callable[[str], None], progress: Callable[[str], None]
    ) -> SnapshotFile:
        """The shard's snapshot in the folder, sealed if wished."""
        shard, plain = source.shard.name, folder / stored_name(source.shard.name, "")
        shell = self._sources.shell(source.shard, source.member)
        progress(f"[{self._name}] {source.member.name}: taking a snapshot of {mib(source.member.db_size or 0)}")
        with taken_snapshot(shell, id, self._sources.directory, list(source.stale), self._patience, warn) as taken:
            files = PodFiles(shell, self._tools.files, self._patience, progress)
            files.download(taken.path, plain, taken.proof)
        stored, lies = plain, taken.proof
        recipients = self._options.get("recipients") or []
        if recipients:
            stored = folder / stored_name(shard, AGE)
            self._tools.seal(plain, stored, recipients)
            self._tools.files.remove(plain)
            lies = proof_of(self._tools.files, stored)
        progress(
            f"[{self._name}] {source.member.name}: {mib(taken.proof.size)} proved, revision {taken.status.revision},"
            f" {taken.live_keys} keys"
        )
        return file_of(source, stored.name, taken.proof, lies, taken)


def manifest_of(
    hub: Hub,
    etcd: Etcd,
    sources: list[Source],
    id: str,
    moment: datetime,
    files: tuple[SnapshotFile, ...],
    sealed: str = "",
) -> Manifest:
    """What is known of a set; files in the order of the shards."""
    meta = etcd.cluster["metadata"]
    return Manifest(
        id=id,
        namespace=meta["namespace"],
        name=meta["name"],
        cluster_id=str(lookup(etcd.cluster, ("spec", "clusterID")) or ""),
        infra_id=str(lookup(etcd.cluster, ("spec", "infraID")) or ""),
        etcd_cluster_ids={s.shard.name: s.member.cluster_id for s in sources},
        release=release_of(etcd.cluster),
        taken_at=moment,
        files=files,
        encryption_key_fingerprint=key_fingerprint(hub, etcd.cluster),
        member={s.shard.name: s.member.name for s in sources},
        tool=", ".join(sorted({s.member.tool for s in sources})),
        sealed=sealed,
        collection_version=VERSION,
    )


def file_of(source: Source, name: str, plain: Proof, lies: Proof, taken: Taken) -> SnapshotFile:
    return SnapshotFile(
        shard=source.shard.name,
        file=name,
        size=plain.size,
        sha256=plain.sha256,
        revision=taken.status.revision,
        total_keys=taken.status.total_keys,
        live_keys=taken.live_keys,
        hash=taken.status.hash,
        stored_size=lies.size,
        stored_sha256=lies.sha256,
        version=source.member.version,
    )
