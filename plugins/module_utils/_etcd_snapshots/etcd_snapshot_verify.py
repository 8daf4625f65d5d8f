# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module etcd_snapshot_verify: a restore drill, since bytes are trusted only when they are proved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._etcd import commands
from .._etcd.discovery import find_etcd
from .._kernel.changes import ChangeSet
from .._kernel.errors import Failure, HypershiftError
from .._kernel.operation import Plan
from .._kernel.pod_files import Patience, PodFiles, Proof
from .._kernel.ports.hub import Hub
from .._kernel.ports.shell import Shell
from . import catalog, drill
from .fetching import chosen, must_be, opened, refused
from .manifest import Manifest, SnapshotFile
from .scratch_pod import FOLDER, scratch_pod
from .tools import SnapshotTools

SILENCE = 1800.0  # restoring a large database says nothing until it is done


class VerifySnapshot:
    """Restore a set into a scratch etcd and compare it with its manifest."""

    def __init__(self, hub: Hub, options: dict[str, Any], tools: SnapshotTools) -> None:
        self._hub, self._options, self._tools = hub, options, tools
        self._namespace, self._name = str(options["namespace"]), str(options["name"])

    def plan(self) -> Plan:
        entry = chosen(self._tools.store, self._namespace, self._name, str(self._options["snapshot"]))
        manifest = entry.manifest
        if manifest is None:
            raise refused("snapshot_damaged", entry.problem, "Choose another snapshot (etcd_snapshot_info).", entry.id)
        if manifest.sealed and not self._options.get("identity_file"):
            raise refused(
                "snapshot_sealed",
                "it is sealed with age",
                "Set identity_file to the file with the private key.",
                entry.id,
            )
        where = self._options.get("etcd_directory") or "a scratch pod"
        why = f"restored into a scratch etcd ({where}) and compared with its manifest"
        plan = Plan(
            ChangeSet(), extra={"store": self._tools.store.where, "snapshot": catalog.rows([entry], self._hub.now())[0]}
        )
        plan.foreseen = [{"verb": "verify", "object": f"Snapshot {entry.id}", "why": why, "disruptive": False}]
        plan.act = lambda done, progress: self._act(plan, manifest, done, progress)
        return plan

    def _act(self, plan: Plan, manifest: Manifest, done: list[dict[str, Any]], progress: Callable[[str], None]) -> None:
        started = self._hub.monotonic()
        with self._tools.workspace(self._namespace, self._name, manifest.id) as folder:
            files = [(f, self._fetched(manifest, f, folder, progress)) for f in manifest.files]
            fetched = self._hub.monotonic() - started
            with self._place(manifest, folder, progress) as (shell, where):
                shards = [self._rehearse(f, path, shell, where, progress) for f, path in files]
        passed = all(s["passed"] for s in shards)
        report = self._report(
            manifest, shards, passed, {"fetch_seconds": round(fetched, 3), "rto_seconds": self._since(started)}
        )
        plan.extra["report"] = report
        done += plan.foreseen
        self._keep(manifest, report, passed)
        if not passed:
            raise _drill_failed(manifest.id, next(s for s in shards if not s["passed"]), report)

    def _fetched(self, manifest: Manifest, file: SnapshotFile, folder: Path, progress: Callable[[str], None]) -> Path:
        """The plain snapshot, proved against the manifest."""
        progress(f"[{self._name}] {file.file}: fetching {file.stored_size >> 20} MiB")
        plain = opened(self._tools, manifest, file.shard, folder, str(self._options.get("identity_file") or ""))
        cause = f"{file.file} is not what its manifest says"
        must_be(self._tools, plain, Proof(file.size, file.sha256), cause, manifest.id)
        return plain

    @contextmanager
    def _place(self, manifest: Manifest, folder: Path, progress: Callable[[str], None]) -> Iterator[tuple[Shell, str]]:
        """Where the scratch etcd runs: its shell and its folder."""
        programs = self._options.get("etcd_directory")
        if programs:
            yield self._tools.shell(str(programs)), str(folder)
            return
        namespace = str(self._options.get("scratch_namespace") or self._namespace)
        size = sum(f.size for f in manifest.files)
        with scratch_pod(
            self._hub, namespace, self._image(), size * 3, float(self._options["wait_timeout"]), progress
        ) as shell:
            yield shell, FOLDER

    def _image(self) -> str:
        """The image that would restore it: the hosted cluster's own, unless one is named."""
        return str(self._options.get("image") or find_etcd(self._hub, self._namespace, self._name).shards[0].image)

    def _rehearse(
        self, file: SnapshotFile, path: Path, shell: Shell, folder: str, progress: Callable[[str], None]
    ) -> dict[str, Any]:
        place = str(path)
        if not self._options.get("etcd_directory"):
            place = f"{folder}/{path.name}"
            PodFiles(shell, self._tools.files, Patience.of(self._hub), progress).upload(path, place)
        progress(f"[{self._name}] {file.shard}: restoring into a scratch etcd")
        found = commands.answers(shell.run(drill.rehearse(place, folder), silence=SILENCE).text)
        tool = drill.tool_version(found)
        if tool and not drill.same_minor(tool, file.version):
            # Each minor counts the entries of a snapshot in its own way, and restores into its own format: a drill with
            # it proves little.
            cause = f"the drill ran etcd {tool}, the snapshot is of etcd {file.version}"
            raise HypershiftError(
                Failure(
                    "wrong_tool", cause, shell.where, next_step="Use image or etcd_directory of the same minor version."
                )
            )
        compared, trouble = drill.checks(file, found), drill.trouble(found)
        rows = [c.as_dict() for c in compared]
        return {
            "shard": file.shard,
            "passed": not trouble and all(c.ok for c in compared),
            "trouble": trouble,
            "checks": rows,
            "size": file.size,
            "version": tool,
            **drill.times(found),
        }

    def _report(
        self, manifest: Manifest, shards: list[dict[str, Any]], passed: bool, times: dict[str, float]
    ) -> dict[str, Any]:
        head = {
            "snapshot": manifest.id,
            "namespace": manifest.namespace,
            "name": manifest.name,
            "taken_at": catalog.stamp(manifest.taken_at),
        }
        return {**head, "verified_at": catalog.stamp(self._hub.now()), "passed": passed, **times, "shards": shards}

    def _keep(self, manifest: Manifest, report: dict[str, Any], passed: bool) -> None:
        """In the report file if one is asked for, and in the manifest: the catalogue shows what is verified."""
        if self._options.get("report"):
            self._tools.write_private(
                str(self._options["report"]), (json.dumps(report, indent=2, sort_keys=True) + "\n").encode(), False
            )
        if self._options["record"]:
            moment = self._hub.now().replace(microsecond=0) if passed else None
            self._tools.store.update_manifest(replace(manifest, verified_at=moment, verification=report))

    def _since(self, started: float) -> float:
        return round(self._hub.monotonic() - started, 3)


def _drill_failed(id: str, shard: dict[str, Any], report: dict[str, Any]) -> HypershiftError:
    wrong = ", ".join(f"{c['check']} is {c['found']}, not {c['expected']}" for c in shard["checks"] if not c["ok"])
    cause = f"its restore drill failed on shard {shard['shard']}: {shard['trouble'] or wrong}"
    step = "Do not rely on it: take a new snapshot now (etcd_snapshot), then look at store and disks."
    return HypershiftError(Failure("drill_failed", cause, f"Snapshot {id}", next_step=step), report=report)
