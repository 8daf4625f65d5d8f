# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/benchmarks.md from the measured figures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

Figures = dict[str, float]
TARGET = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def write_part(name: str, text: str) -> None:
    """Put a part into docs/benchmarks.md; the others stay as they are."""
    before = TARGET.read_text() if TARGET.exists() else ""
    pattern = r"<!-- part (\w+) -->\n(.*?)<!-- end -->\n"
    parts = dict(re.findall(pattern, before, re.DOTALL)) | {name: text}
    TARGET.write_text("# Benchmarks\n\n" + "\n".join(f"<!-- part {key} -->\n{value}<!-- end -->\n" for key, value in parts.items()))


def _row(name: str, figures: Figures) -> str:
    return f"| {name} | {figures['wall']:.1f} | {figures['cpu']:.1f} | {figures['peak_mib']:.0f} |\n"


def _table(*rows: tuple[str, Figures]) -> str:
    return "| | wall s | CPU s | peak MiB of the largest process |\n| --- | --- | --- | --- |\n" + "".join(_row(n, f) for n, f in rows)


def _verdict(holds: bool) -> str:
    return "holds" if holds else "**does not hold**"


def render(results: dict[str, Any]) -> str:
    a, b, c, d = (results[k] for k in "abcd")
    own = c["cpu_percent_idle"] - c["cpu_percent_asleep"]
    verbs = ", ".join(f"{v} {k}" for k, v in sorted(c["verbs"].items()))
    reads = _table(
        ("empty play (floor)", a["floor"]),
        ("one debug task per host", a["noop"]),
        ("hosted_cluster_info", a["ours"]),
        ("kubernetes.core.k8s_info", a["k8s_info"]),
    )
    status = _table(
        ("one debug task (Ansible's start)", b["start"]),
        ("hosted_cluster_info, summaries", b["ours"]),
        ("with node pools", b["ours_node_pools"]),
        ("with raw objects", b["ours_raw"]),
    )
    waits = _table(
        ("all available at once", c["ready_at_once"]),
        ("the wait", c["wait"]),
        ("60 s without change", c["idle"]),
        ("Ansible, a task asleep for 60 s", c["asleep"]),
    )
    late = c["after_last_change_seconds"]
    return f"""Written by `make bench`; the figures are those of the run, good or bad. {results["cores"]} cores, Python {results["python"]},
ansible-core {results["core"]}, the embedded API server on the same machine with 1,000 hosted clusters of 17.7 kB status each.
Whole processes, as the kernel accounts them.

## (a) 100 hosts, one hosted cluster read each, forks 20

{reads}
CPU above the empty play, ours to `k8s_info`: 1/{1 / a["cpu_ratio_above_floor"]:.1f}. Goal: at most 1/12: {_verdict(a["cpu_ratio_above_floor"] <= 1 / 12)}.

## (b) Status of 1,000 hosted clusters in one task

{status}
One raw LIST of the same objects, decoded: {b["raw_list_seconds"]:.2f} s. API requests: {b["requests"]}; goal: at most 3: {_verdict(b["requests"] <= 3)}.
Wall time to the sum of raw LIST and Ansible's start: {b["ratio"]:.2f}. Goal: at most 1.3: {_verdict(b["ratio"] <= 1.3)}.

## (c) Waiting for 100 hosted clusters

They become available one after another over a minute, the last one after a silence of 15 s.

{waits}
Requests: {verbs}; polling requests: {c["polling"]}; goal: 0: {_verdict(c["polling"] == 0)}.
From the last status change to the exit of ansible-playbook: {late:.2f} s; goal: the task within 1 s: {_verdict(late <= 1)}.
CPU in percent of a core, whole process tree: while nothing changes {c["cpu_percent_idle"]:.2f}; Ansible with a task that only sleeps
{c["cpu_percent_asleep"]:.2f} (its main loop looks for results a thousand times a second; `internal_poll_interval` in ansible.cfg);
the difference is the wait's own:
{own:.2f}. Goal: under 1: {_verdict(own < 1)} for the wait's own part, {_verdict(c["cpu_percent_idle"] < 1)} with Ansible's loop.
With {c["changes"]} status changes of 17.7 kB arriving during the wait: {c["cpu_percent_while_waiting"]:.2f}.

## (d) Unchanged `present` on 100 hosted clusters, forks 20

{_table(("hosted_cluster", d["ours"]))}
Requests: {d["requests"]}; writes: {d["writes"]}; goal: 0: {_verdict(d["writes"] == 0 and not d["changed"])}.

## (e) Memory

The peak of the largest process stands in each table above.
"""
