# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A world in which a restore may begin, for tests that spoil one thing of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._etcd.state import Member, Shard
from ansible_collections.hypershift.core.plugins.module_utils._etcd_restore.situation import WRITERS, Situation, Writer
from ansible_collections.hypershift.core.plugins.module_utils._etcd_snapshots.manifest import Manifest, SnapshotFile

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
RELEASE = "4.21.3"
KEY = "ab" * 32


def file_of(shard: str = "etcd", size: int = 50 << 20) -> SnapshotFile:
    return SnapshotFile(shard, f"{shard}.db", size, "c" * 64, 100, 330, 300, 77, size, "c" * 64, "3.6.16")


def manifest(**over: Any) -> Manifest:
    made = Manifest(
        id="20261124T164512Z-ab12", namespace="clusters", name="demo", cluster_id="id-1", infra_id="demo-x", etcd_cluster_ids={"etcd": "c1"},
        release=RELEASE, taken_at=NOW - timedelta(minutes=9), files=(file_of(),), encryption_key_fingerprint=KEY, member={"etcd": "etcd-1"},
        tool="etcdutl", sealed="", collection_version="0.2.0",
    )  # fmt: skip
    return replace(made, **over)


def cluster(**spec: Any) -> dict[str, Any]:
    return {
        "kind": "HostedCluster",
        "metadata": {"namespace": "clusters", "name": "demo", "uid": "uid-hc"},
        "spec": {
            "clusterID": "id-1", "infraID": "demo-x", "release": {"image": "quay.io/r:4.21.3"},
            "secretEncryption": {"type": "aescbc", "aescbc": {"activeKey": {"name": "k"}}}, **spec,
        },
        "status": {"version": {"history": [{"state": "Completed", "version": RELEASE}]}},
    }  # fmt: skip


def shard(name: str = "etcd", size: int = 3, **over: Any) -> Shard:
    names = [f"{name}-{n}" for n in range(size)]
    members = tuple(Member(n, True, state="running", claim=f"data-{n}", claim_phase="Bound", revision=130) for n in names)
    peers = {n: f"https://{n}.{name}-discovery.clusters-demo.svc:2380" for n in names}
    made = Shard(name, "clusters-demo", size, 1, False, "Retain", f"{name}-discovery", "registry/etcd:3.6", peers, members)
    return replace(made, **over)


def stateful_set(name: str = "etcd") -> dict[str, Any]:
    template = {"metadata": {"name": "data", "labels": {"team": "a"}}, "spec": {"resources": {"requests": {"storage": "8Gi"}}}}
    container = {"name": "etcd", "image": "registry/etcd:3.6", "securityContext": {"runAsUser": 7}, "resources": {"requests": {"cpu": "1"}}}
    pod = {
        "securityContext": {"fsGroup": 7}, "nodeSelector": {"zone": "a"}, "tolerations": [{"key": "t"}], "priorityClassName": "hypershift-etcd",
        "containers": [container, {"name": "healthz", "image": "other"}],
    }  # fmt: skip
    return {
        "metadata": {"name": name, "namespace": "clusters-demo", "uid": f"uid-{name}"},
        "spec": {"selector": {"matchLabels": {"app": "etcd"}}, "template": {"spec": pod}, "volumeClaimTemplates": [template]},
    }


def claims(capacity: str = "8Gi", phase: str = "Bound") -> dict[str, Any]:
    return {f"data-etcd-{n}": {"status": {"phase": phase, "capacity": {"storage": capacity}}} for n in range(3)}


def world(**over: Any) -> Situation:
    live = over.pop("cluster", cluster())
    made = Situation(
        cluster=live, namespace="clusters-demo", shards=(shard(),), sets={"etcd": stateful_set()}, claims=claims(),
        writers=tuple(Writer(name, 3, 3, f"uid-{name}") for name in WRITERS), units=(live,), manifest=manifest(), now=NOW, where="/store",
        release=RELEASE, key_fingerprint=KEY, every_shard=("etcd",), options={"snapshot": "latest", "bump_revision": True},
    )  # fmt: skip
    return replace(made, **over)
