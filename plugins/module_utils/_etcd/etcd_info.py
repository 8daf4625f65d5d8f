# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module etcd_info. Source: platform_facts#8.1."""

from __future__ import annotations

from typing import Any

from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .discovery import Etcd, ask, find_etcd
from .restore_mark import RUNNING, mark_of
from .state import Shard
from .verdict import verdict_of, worst


class EtcdInfo:
    """State of a hosted cluster's etcd, asked of its members; the hosted API server is not needed."""

    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        options = self._options
        etcd = find_etcd(self._hub, options["namespace"], options["name"], options.get("shards"))
        etcd = ask(self._hub, etcd, hashes=bool(options["compare_data"]))
        overall = worst([verdict_of(s) for s in etcd.shards])
        told = {
            "etcd": {
                "hosted_cluster": {"namespace": options["namespace"], "name": options["name"]},
                "control_plane_namespace": etcd.namespace,
                **overall.as_dict(),
                "not_asked": sorted(m.name for s in etcd.shards for m in s.members if m.not_asked),
                "operator_recovery": etcd.recovery,
                "restore": restore_under_way(etcd.cluster),
                "compared": bool(options["compare_data"]),
                "shards": [etcd_row(etcd, s) for s in etcd.shards],
            }
        }
        return Plan(unchanged=True, extra=told)


def restore_under_way(cluster: dict[str, Any]) -> dict[str, str]:
    """digest, snapshot and start of a restore that has not ended, empty when there is none."""
    mark = mark_of(cluster)
    if mark is None or mark.state != RUNNING:
        return {}
    return {"digest": mark.digest, "snapshot": mark.snapshot, "started": mark.started}


def etcd_row(etcd: Etcd, shard: Shard) -> dict[str, Any]:
    """A shard as return value."""
    listed = max((m.listed for m in shard.members), key=len, default=())
    leader = next((m.name for m in shard.members if m.is_leader), "")
    return {
        "name": shard.name,
        "namespace": etcd.namespace,
        **verdict_of(shard).as_dict(),
        "replicas": shard.replicas,
        "ready_replicas": shard.ready_replicas,
        "etcd_available": shard.available,
        "rolling": shard.rolling,
        "retention_when_scaled": shard.when_scaled,
        "image": shard.image,
        "leader": leader,
        "members": [m.as_dict() for m in shard.members],
        "member_list": [
            {"id": e.id, "name": e.name, "peer_urls": list(e.peer_urls), "learner": e.learner} for e in listed
        ],
    }
