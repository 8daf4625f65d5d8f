# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The etcd part of docs/benchmarks.md from the measured figures."""

from __future__ import annotations

from collections import Counter
from typing import Any


def render(figures: dict[str, Any]) -> str:
    parts = [_speed(figures), _faults(figures), _restore(figures)]
    return "\n".join(part for part in parts if part)


def _speed(figures: dict[str, Any]) -> str:
    if "speed" not in figures:
        return ""
    rows = []
    for mib, found in figures["speed"].items():
        rate = {who: int(mib) * 1.048576 / value for who, value in found.items()}
        told = [f"{rate[who]:.0f}" for who in ("kubectl", "ours", "k8s_cp")]
        both = int(mib) * 1.048576 / (found["ours"] + found["proof"])
        ratio = found["kubectl"] / found["ours"]
        verdict = "" if int(mib) < 64 else (" holds" if ratio >= 0.8 else " **does not hold**")
        peak = figures["memory"][mib]
        rows.append(f"| {mib} MiB | {told[0]} | {told[1]} | {ratio:.2f}{verdict} | {both:.0f} | {told[2]} | {peak:.0f} |")
    table = "\n".join(rows)
    return f"""## etcd: a file out of a pod

MB/s, medians of turns in one run, random bytes, API server, kubelet stand-in and client on the same two cores. Raw is `kubectl exec -- cat` into a file, which
proves nothing. Ours writes, hashes, compares with the container's SHA-256 and syncs to disk; the container's own hashing is in the column beside it
(a snapshot is hashed when it is taken, before it is transferred). Goal: at least 0.8 of raw at 64 MiB and more, under 150 MiB of memory.

| size | raw | ours | ours to raw | ours with hashing there | k8s_cp | peak MiB |
| --- | --- | --- | --- | --- | --- | --- |
{table}
"""


def _faults(figures: dict[str, Any]) -> str:
    if "faults" not in figures:
        return ""
    found = figures["faults"]
    rows = [
        f"| {fault} | {_told(found['ends']['ours'][fault])} | {_told(found['ends']['k8s_cp'][fault])} |" for fault in found["ends"]["ours"]
    ]
    sums = {who: sum((Counter(c) for c in by.values()), Counter()) for who, by in found["ends"].items()}
    table = "\n".join(rows)
    bad = sum(count for end, count in sums["ours"].items() if end not in ("whole", "fails clearly"))
    return f"""## etcd: transfers under faults

{found["count"]} faults at random offsets of a 1 MiB file (seed {found["seed"]}), each injected into a transfer of ours and then into one of
`kubernetes.core.k8s_cp`. Goal for ours: no silent truncation, no partial file under the final name, every end a success or a clear failure:
{"holds" if bad == 0 else f"**does not hold** ({bad})"}.

| fault | ours | k8s_cp |
| --- | --- | --- |
{table}
| all | {_told(sums["ours"])} | {_told(sums["k8s_cp"])} |
"""


def _restore(figures: dict[str, Any]) -> str:
    if "restore" not in figures:
        return ""
    rows = "\n".join(
        f"| {r['mib']} MiB | {r['api_downtime_seconds']:.1f} | {r['api_answers_after_seconds']:.1f} | {r['peak_mib']:.0f} |"
        for r in figures["restore"]
    )
    return f"""## etcd: quorum loss restored

Three members, two of them lost, a real hosted API server. API downtime as the restore reports it: from the first writer stopped to the API server
available; then until the hosted API answers a request, counted from the beginning of the restore.

| database | API downtime s | API answers after s | peak MiB of the task |
| --- | --- | --- | --- |
{rows}
"""


def _told(ends: dict[str, int]) -> str:
    return ", ".join(f"{count} {end}" for end, count in sorted(ends.items(), key=lambda item: -item[1]))
