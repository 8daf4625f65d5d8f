# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""After the upgrade of a hosted cluster: is it whole, are its nodes new, is nothing worse than before?

Source: platform_facts#6.3, #6.5 (completion, status.nodesInfo).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .._health.diagnosis import diagnose_hosted_cluster
from .._health.findings import Finding, Severity
from .._kernel.errors import Failure
from .._kernel.kinds import NODE_POOL
from .._kernel.objects import lookup
from .._kernel.versions import Version
from .plan import NODE_POOLS
from .progress import ClusterProgress

KUBELET_OFFSET = 13  # OpenShift 4.y brings kubelet 1.(y+13)
_BAD = (Severity.ERROR, Severity.FATAL)


def errors_of(found: ClusterProgress, now: datetime) -> list[Finding]:
    """What is wrong with the cluster and its pools now."""
    cluster = found.view.hosted_cluster
    if cluster is None:
        return []
    findings = diagnose_hosted_cluster(cluster, now=now, node_pools=found.view.node_pools).findings
    return [finding for finding in findings if finding.severity in _BAD]


def baseline(found: ClusterProgress, now: datetime) -> list[str]:
    """Codes of what was wrong before the campaign touched the cluster; a run that goes on keeps those of the first."""
    noted = found.record.get("findings")
    return noted if isinstance(noted, list) else sorted({finding.code for finding in errors_of(found, now)})


def worse(found: ClusterProgress, now: datetime) -> Failure | None:
    """The first thing that is wrong now and was not before; None as well when nobody noted how it was."""
    known = found.record.get("findings")
    if not isinstance(known, list):
        return None
    new = next((finding for finding in errors_of(found, now) if finding.code not in known), None)
    if new is None:
        return None
    cause = f"it is worse than before the upgrade: {new.cause}"
    return Failure("new_degradation", cause, new.object, new.condition, new.next_step, new.docs)


def verified(found: ClusterProgress, now: datetime) -> Failure | None:
    """Why the upgrade of this cluster does not count as done; None when it does."""
    if found.problem is not None:
        return found.problem
    if not found.finished:
        step = found.entry["steps"][found.position]
        what = "control plane" if step["kind"] != NODE_POOLS else f"node pools {', '.join(step['pools'])}"
        cause = f"step {found.position + 1} of {len(found.entry['steps'])} is not done: {what} to {step['version']}"
        return Failure(
            "not_finished",
            cause,
            found.ref,
            next_step="See its conditions (hosted_cluster_info), then run the campaign again.",
        )
    return _old_nodes(found) or worse(found, now)


def _old_nodes(found: ClusterProgress) -> Failure | None:
    """A pool that says which versions its nodes run must have no other. Older operators do not say."""
    targets: dict[str, str] = {}
    for step in found.entry["steps"]:
        targets |= {name: step["version"] for name in step["pools"] if step["kind"] == NODE_POOLS}
    for pool in found.view.node_pools:
        name = pool["metadata"]["name"]
        for row in lookup(pool, ("status", "nodesInfo", "nodeVersions")) or []:
            problem = _version_problem(row, targets[name]) if name in targets else ""
            if problem:
                ref = NODE_POOL.ref(found.entry["namespace"], name)
                return Failure(
                    "old_nodes", problem, ref, next_step="Look at the Machines of the node pool that are left behind."
                )
    return None


def _version_problem(row: dict[str, Any], target: str) -> str:
    nodes = int(row.get("readyNodeCount") or 0) + int(row.get("unreadyNodeCount") or 0)
    have, wanted = Version.parse(str(row.get("ocpVersion") or "")), Version.parse(target)
    if not nodes or have is None or wanted is None:
        return ""
    if have != wanted:
        return f"{nodes} node(s) run {have}, not {wanted}"
    kubelet = Version.parse(str(row.get("kubeletVersion") or "").partition("+")[0])
    if kubelet is not None and kubelet.minor != wanted.line + KUBELET_OFFSET:
        return f"{nodes} node(s) run kubelet {kubelet}, and OpenShift {wanted} brings 1.{wanted.line + KUBELET_OFFSET}"
    return ""
