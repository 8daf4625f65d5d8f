# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module must_gather: one archive per hosted cluster, several at the same time.

Source: platform_facts#10.1. Nothing is written to any cluster, no image and no command is needed there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from .._health.findings import Health
from .._health.summaries import summarize_hosted_cluster
from .._kernel.changes import ChangeSet
from .._kernel.errors import ApiError, Failure, HypershiftError, OptionError
from .._kernel.kinds import HOSTED_CLUSTER, NODE_POOL
from .._kernel.objects import Object, lookup
from .._kernel.operation import Plan, Progress
from .._kernel.ports.hub import Hub, LogWindow, OpenHub
from .._kernel.quantities import parse_duration
from .._kernel.text import aligned
from .._manifests.selection import selected
from . import sources
from .archive import Gathering
from .index import Index, archive_name, archives_of, grouped
from .reading import Reader
from .target import ArchiveLimits, ArchiveTarget, Draft

MIB = 1024 * 1024


class Archives(Protocol):
    """A folder of archives."""

    where: str

    def names(self) -> list[str]:
        """What lies there; empty when the folder is not there."""

    def begin(self, name: str, moment: datetime) -> Draft:
        """A new archive, visible under this name when it is finished."""

    def remove(self, name: str) -> None:
        """Fine when it is gone already."""


@dataclass(frozen=True)
class _Job:
    """One archive to make. kept: what stands in its place, since it is young enough."""

    target: ArchiveTarget
    file: str
    kept: str = ""


class MustGather:
    def __init__(self, hub: Hub, options: Object, archives: Archives, open_hub: OpenHub) -> None:
        self._hub, self._options, self._archives, self._open_hub = hub, options, archives, open_hub
        self._parallel = int(options["parallel"])
        self._unread: list[Failure] = []

    def plan(self) -> Plan:
        self._check_numbers()
        changes = ChangeSet()
        targets = [ArchiveTarget()] if self._options["scope"] == "management" else self._targets(changes)
        now, there = self._hub.now(), self._archives.names()
        jobs = [_Job(t, archive_name(*t.identity, now), self._young(there, t, now)) for t in targets]
        plan = Plan(
            changes, extra={"archives": [self._kept(job) for job in jobs if job.kept], "where": self._archives.where}
        )
        due = [job for job in jobs if not job.kept]
        plan.extra["table"] = table_of(plan.extra["archives"]) if plan.extra["archives"] or not due else []
        plan.foreseen = [self._announced(job) for job in due]
        if due:
            plan.act = lambda done, progress: self._act(plan, due, done, progress)
        changes.notes += [f.message() for f in self._unread]
        return plan

    def _check_numbers(self) -> None:
        """Bounds that an argument spec cannot say."""
        bounds = {"parallel": 1, "log_tail": 1, "log_bytes": 1024, "max_size": 65536, "max_time": 1, "retention": 1}
        for name, least in bounds.items():
            value = self._options.get(name)
            if value is not None and value < least:
                raise _invalid(f"option {name} is {value}, and must not be below {least}", f"Correct {name}.")
        for name in ("log_since", "max_age"):
            value = self._options.get(name)
            if value is not None and not parse_duration(value):
                raise _invalid(f"option {name} is {value!r}, which is no duration", "Write it as 30m, 24h or 1h30m.")

    def _targets(self, changes: ChangeSet) -> list[ArchiveTarget]:
        found = selected(self._hub, HOSTED_CLUSTER, self._options)
        names = {c["metadata"]["name"] for c in found}
        for name in [n for n in self._options.get("name") or [] if n not in names]:
            ref = HOSTED_CLUSTER.ref(self._options.get("namespace"), name)
            changes.refuse(
                "not_found", "it does not exist", "Correct name and namespace, or leave them out for all.", ref
            )
        pools = self._pools() if found else {}
        targets = []
        for cluster in sorted(found, key=lambda c: (c["metadata"]["namespace"], c["metadata"]["name"])):
            own = tuple(pools.get((cluster["metadata"]["namespace"], cluster["metadata"]["name"]), ()))
            summary = _seen_whole(summarize_hosted_cluster(cluster, now=self._hub.now(), node_pools=own), self._unread)
            if not self._options["unhealthy"] or summary["health"]["verdict"] != "healthy":
                targets.append(ArchiveTarget(cluster, own, summary))
        return targets

    def _pools(self) -> dict[tuple[str, str], list[Object]]:
        """Where they cannot be read no verdict is a good one."""
        pools: dict[tuple[str, str], list[Object]] = {}
        try:
            for pool in self._hub.list(NODE_POOL, self._options.get("namespace")):
                pools.setdefault(
                    (pool["metadata"]["namespace"], str(lookup(pool, ("spec", "clusterName")))), []
                ).append(pool)
        except ApiError as error:
            self._unread = [error.failure]
        return pools

    def _young(self, there: Iterable[str], target: ArchiveTarget, now: datetime) -> str:
        limit = parse_duration(self._options["max_age"]) if self._options.get("max_age") else None
        newest = archives_of(there, *target.identity)[:1]
        return next((file for file, moment in newest if limit and (now - moment).total_seconds() <= limit), "")

    def _announced(self, job: _Job) -> Object:
        wanted = sources.sources_for(job.target.cluster)
        reads = sorted(
            {s.kind.resource for s in wanted} | ({"secrets"} if self._options["secrets"] else set()) | {"pods/log"}
        )
        row = {
            "verb": "gather",
            "object": job.target.ref,
            "why": f"into {self._archives.where}/{job.file}",
            "disruptive": False,
        }
        return {**row, "reads": reads, "namespaces": sorted(set(sources.places_of(job.target.cluster).values()))}

    def _act(self, plan: Plan, jobs: list[_Job], done: list[Object], progress: Progress) -> None:
        """All of them, also when one fails: the first failure is raised at the end, with what there is."""
        since = parse_duration(self._options["log_since"]) if self._options.get("log_since") else 0
        reader = Reader(
            self._hub, LogWindow(False, self._options["log_tail"], int(since or 0), self._options["log_bytes"])
        )
        at_once = min(self._parallel, len(jobs))
        limits = ArchiveLimits(
            self._options["max_size"],
            float(self._options["max_time"]),
            max(2, self._parallel // at_once),
            self._options["hosted"],
            self._options["secrets"],
        )
        failed: list[HypershiftError] = []
        with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="archive") as pool:
            running = {pool.submit(self._make, job, reader, limits): job for job in jobs}
            for future in as_completed(running):
                job = running[future]
                try:
                    row = future.result()
                except HypershiftError as error:
                    failed.append(error)
                    continue
                except Exception as error:  # of one archive: the others are made, and stay in the result
                    failed.append(HypershiftError(_defect(job.target.ref, error)))
                    continue
                plan.extra["archives"].append(row)
                done.append(self._announced(job))
                progress(
                    f"[{job.target.ref}] {row['verdict'] or 'gathered'}: {row['path']} ({row['bytes'] / MIB:.1f} MiB)"
                )
                done += self._prune(job.target)
        plan.extra["archives"].sort(key=lambda row: (row["namespace"], row["name"]))
        plan.extra["table"] = table_of(plan.extra["archives"])
        if failed:
            failed[0].extra["archives"] = plan.extra["archives"]
            raise failed[0]

    def _make(self, job: _Job, reader: Reader, limits: ArchiveLimits) -> Object:
        started = self._hub.monotonic()
        draft = self._archives.begin(job.file, self._hub.now())
        try:
            gathering = Gathering(reader, draft, job.target, limits, self._open_hub)
            size = gathering.run()
        finally:
            draft.close()
        row = gathering.shown(_row(job.target, draft.path, gathering.index))
        return {**row, "bytes": size, "seconds": round(self._hub.monotonic() - started, 1)}

    def _prune(self, target: ArchiveTarget) -> list[Object]:
        keep = self._options.get("retention")
        if not keep:
            return []
        removed = []
        for file, _moment in archives_of(self._archives.names(), *target.identity)[keep:]:
            self._archives.remove(file)
            path = f"{self._archives.where}/{file}"
            removed.append(
                {"verb": "remove", "object": path, "why": f"only {keep} archives are kept", "disruptive": False}
            )
        return removed

    def _kept(self, job: _Job) -> Object:
        row = _row(job.target, f"{self._archives.where}/{job.kept}", Index())
        return {**row, "kept": True, "bytes": 0, "seconds": 0.0}


def _seen_whole(summary: Object, unread: Sequence[Failure]) -> Object:
    """Not well because a part that may be unwell could not be read."""
    health = summary["health"]
    if not unread or health["verdict"] != Health.HEALTHY.value:
        return summary
    told = {
        "verdict": Health.UNKNOWN.value,
        "cause": f"its node pools could not be read: {unread[0].cause}",
        "next_step": unread[0].next_step,
    }
    return {**summary, "health": {**health, **told, "summary": f"unknown: {told['cause']}"}}


def _defect(ref: str, error: Exception) -> Failure:
    cause = f"its archive could not be made, for a reason that should not be ({type(error).__name__})"
    return Failure("internal", cause, ref, next_step="Please report this line; the other archives are in the result.")


def _row(target: ArchiveTarget, path: str, index: Index) -> Object:
    """One entry of the return value."""
    health = (target.summary or {}).get("health") or {}
    counts = index.counts()
    return {
        "namespace": target.identity[0],
        "name": target.identity[1],
        "path": path,
        "kept": False,
        "verdict": health.get("verdict", ""),
        "summary": health.get("summary", ""),
        "cause": health.get("cause", ""),
        "next_step": health.get("next_step", ""),
        **{key: counts[key] for key in ("files", "objects", "logs")},
        "failures": grouped(index.failures),
        "left_out": grouped(index.left_out),
        "masked": sum(index.masked.values()),
        "hosted": index.hosted,
    }


def table_of(rows: Sequence[Object]) -> list[str]:
    """Lines for people."""
    if not rows:
        return ["Nothing was gathered: no hosted cluster is there that matches."]
    shown = [("CLUSTER", "HEALTH", "MIB", "OBJECTS", "LOGS", "UNREAD", "LEFT OUT", "MASKED", "ARCHIVE")]
    for row in rows:
        who = f"{row['namespace']}/{row['name']}" if row["name"] else "management"
        lost = [str(sum(entry["count"] for entry in row[key])) for key in ("failures", "left_out")]
        numbers = (f"{row['bytes'] / MIB:.1f}", str(row["objects"]), str(row["logs"]), *lost, str(row["masked"]))
        shown.append(
            (who, row["verdict"] or "-", *(numbers if not row["kept"] else ["-"] * 6), row["path"].rpartition("/")[2])
        )
    return aligned(shown)


def _invalid(cause: str, next_step: str) -> OptionError:
    return OptionError(Failure("invalid_option", cause, next_step=next_step))
