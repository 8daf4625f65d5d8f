# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The index of a must-gather: the verdict first, then what is in it, what is not, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from .._kernel.collection import VERSION
from .._kernel.errors import MAX_SENTENCE, Failure
from .._kernel.kinds import POD_LOG
from .._kernel.objects import Object
from .._kernel.printable import one_line

FORMAT = 1
STAMP = "%Y%m%dT%H%M%SZ"
MANAGEMENT = "management"
_NAME = re.compile(r"^must-gather_(?P<who>.+)_(?P<stamp>\d{8}T\d{6}Z)\.tar\.gz$")


def archive_name(namespace: str, name: str, now: datetime) -> str:
    """File name; without a hosted cluster that of the management cluster. Names of Kubernetes have no underscore: no
    two are alike."""
    who = f"{namespace}_{name}" if name else MANAGEMENT
    return f"must-gather_{who}_{now.astimezone(UTC).strftime(STAMP)}.tar.gz"


def archives_of(files: Iterable[str], namespace: str, name: str) -> list[tuple[str, datetime]]:
    """Archives of one hosted cluster among the files of a folder, with their moments, newest first."""
    who, found = f"{namespace}_{name}" if name else MANAGEMENT, []
    for file in files:
        match = _NAME.match(file)
        if match and match["who"] == who:
            found.append((file, datetime.strptime(match["stamp"], STAMP).replace(tzinfo=UTC)))
    return sorted(found, key=lambda row: row[1], reverse=True)


@dataclass(frozen=True)
class IndexEntry:
    """One file of the archive. objects: None for a log; trimmed: objects left out of it; masked: places."""

    path: str
    bytes: int
    importance: int
    objects: int | None = None
    trimmed: int = 0
    masked: int = 0


def grouped(rows: Iterable[Object]) -> list[Object]:
    """Failures, or what was left out, with those of one resource and one cause put together: the first of them, with
    their count."""
    found: dict[tuple[str, str], Object] = {}
    for row in sorted(rows, key=lambda r: str(r["what"])):
        resource, why = str(row["what"]).partition(" ")[0], str(row.get("code") or row.get("why"))
        if "/" in resource and resource != POD_LOG.resource:  # files, by what they hold
            resource = resource.rpartition("/")[2]
        key = (resource, why)
        found[key] = {**found[key], "count": found[key]["count"] + 1} if key in found else {**row, "count": 1}
    return list(found.values())


@dataclass
class Index:
    """Filled while gathering. health: the verdict, as hosted_cluster_info returns it. left_out: (what, why)."""

    cluster: Object = field(default_factory=dict)
    health: Object = field(default_factory=dict)
    server: str = ""
    started: str = ""
    entries: list[IndexEntry] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    failures: list[Object] = field(default_factory=list)
    left_out: list[Object] = field(default_factory=list)
    masked: dict[str, int] = field(default_factory=dict)
    secrets: Object = field(default_factory=dict)
    hosted: Object = field(default_factory=lambda: {"asked": False, "reached": False, "reason": ""})

    def fail(self, what: str, failure: Failure, status: int = 0) -> None:
        """Something that could not be read is a fact of its own."""
        row = {
            "what": what,
            "status": status,
            "code": failure.code,
            "reason": failure.cause,
            "next_step": failure.next_step,
        }
        self.failures.append(row)

    def leave_out(self, what: str, why: str) -> None:
        self.left_out.append({"what": what, "why": why})

    def count_masked(self, counts: Mapping[str, int]) -> None:
        for name, number in counts.items():
            self.masked[name] = self.masked.get(name, 0) + number

    def as_dict(self) -> Object:
        entries = sorted(self.entries, key=lambda e: (e.importance, e.path))
        return {
            "format": FORMAT,
            "collection": VERSION,
            "hosted_cluster": self.cluster,
            "health": self.health,
            "management_cluster": self.server,
            "started": self.started,
            "counts": self.counts(),
            "failures": sorted(self.failures, key=lambda f: str(f["what"])),
            "left_out": sorted(self.left_out, key=lambda f: str(f["what"])),
            "hosted": self.hosted,
            "redaction": {**self.secrets, "masked": sum(self.masked.values()), "by": dict(sorted(self.masked.items()))},
            "files": [asdict(entry) for entry in entries],
            "empty": sorted(self.empty),
        }

    def counts(self) -> dict[str, int]:
        return {
            "files": len(self.entries),
            "objects": sum(e.objects or 0 for e in self.entries),
            "logs": sum(1 for e in self.entries if e.objects is None),
            "bytes": sum(e.bytes for e in self.entries),
            "failures": len(self.failures),
            "left_out": len(self.left_out),
        }

    def as_json(self) -> bytes:
        return json.dumps(self.as_dict(), indent=1).encode() + b"\n"

    def summary(self) -> bytes:
        """The index for people, the cause first."""
        counts = self.counts()
        found = f"{counts['objects']} objects and {counts['logs']} logs in {counts['files']} files"
        lines = [*self._head(), "", f"Gathered {self.started} from {self.server}: {found}."]
        if self.hosted["asked"]:
            lines.append(
                "Its own API was read."
                if self.hosted["reached"]
                else f"Its own API was not read: {self.hosted['reason']}."
            )
        looked = f"{self.secrets.get('secret_values', 0)} values of Secrets were looked for"
        lines.append(f"{sum(self.masked.values())} places that held a secret are masked; {looked}.")
        for title, rows in (("Could not be read", self.failures), ("Left out", self.left_out)):
            told = [f"- {row['count']} x {row['what']}: {row.get('reason') or row.get('why')}" for row in grouped(rows)]
            lines += ["", f"{title}:", *told] if told else []
        return ("\n".join(one_line(line, MAX_SENTENCE) for line in lines) + "\n").encode()

    def _head(self) -> list[str]:
        if not self.cluster:
            return ["Management cluster"]
        health, who = self.health, f"HostedCluster {self.cluster['namespace']}/{self.cluster['name']}"
        lines = [
            f"{who} ({self.cluster.get('platform')}, {self.cluster.get('version') or 'no version yet'}):"
            f" {health.get('verdict')}"
        ]
        lines += [
            f"{title}: {health[key]}"
            for title, key in (("Cause", "cause"), ("Next step", "next_step"))
            if health.get(key)
        ]
        others = [f for f in health.get("findings") or () if f.get("cause") != health.get("cause")]
        return lines + [f"Also: {finding.get('object')}: {finding.get('cause')}" for finding in others]
