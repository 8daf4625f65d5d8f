# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Planning a campaign for 1,000 hosted clusters on 13 hubs, without a server: `planning.py` prints seconds and peak memory as JSON.

`domain` is the planner alone on objects that are there already; `operation` is the module's operation on hubs that answer with JSON text,
as API servers do. Each part runs in a process of its own, since peak memory never falls.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
for extra in (ROOT / "build" / "collections", ROOT / "tests" / "bench"):
    sys.path.insert(0, str(extra))

from ansible_collections.hypershift.core.plugins.module_utils._campaigns.planning.planner import Planner  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.planning.policy import policy_of  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.upgrade_plan import UpgradePlan  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._fleet.reading import HubSource  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._fleet.views import HubView  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (  # noqa: E402
    CLUSTER_VERSION,
    CONFIG_MAP,
    HOSTED_CLUSTER,
    MULTICLUSTER_ENGINE,
    NODE_POOL,
    Kind,
)
from ansible_collections.hypershift.core.plugins.module_utils._machine.clock import Surroundings  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._machine.recurrence import RuleCalendar  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._upgrades.graph import from_document  # noqa: E402

from fleet import cluster_status  # noqa: E402

CLUSTERS, HUBS, POOLS, PATCHES = 1000, 13, 3, 40
HOST = "quay.io/openshift-release-dev/ocp-release"
OPTIONS: dict[str, Any] = {
    "campaign": "bench",
    "target": {"minor": "4.22"},
    "accepted_risks": ["SlowDisks"],
    "waves": [
        {"name": "canary", "label_selectors": ["tier=canary"], "soak_minutes": 30},
        {"name": "silver", "label_selectors": ["tier in (silver)"], "after": ["canary"], "canaries": "5%", "batch": "25%", "max_failed": 2},
        {"name": "gold", "label_selectors": ["tier=gold"], "after": ["silver"], "batch": "20"},
    ],
    "max_parallel": 60,
    "max_parallel_per_hub": 8,
    "exclusive_label": "pair",
    "windows": [{"rrule": "FREQ=WEEKLY;BYDAY=SA;BYHOUR=22", "duration_minutes": 240, "timezone": "Europe/Berlin"}],
    "window_horizon_days": 30,
    "max_snapshot_age": "24h",
}


def graph_document() -> dict[str, Any]:
    """Four minors of 40 patches; every release leads to all later ones of its minor and to the later half of the next."""
    names = [f"4.{minor}.{patch}" for minor in range(19, 23) for patch in range(PATCHES)]
    place = {name: number for number, name in enumerate(names)}
    edges, risky = [], []
    for minor in range(19, 23):
        for patch in range(PATCHES):
            source = f"4.{minor}.{patch}"
            ahead = [f"4.{minor}.{z}" for z in range(patch + 1, PATCHES)] + [f"4.{minor + 1}.{z}" for z in range(patch // 2, PATCHES)]
            for target in ahead:
                if target in place and (place[target] + patch) % 7:
                    edges.append([place[source], place[target]])
                elif target in place:
                    risky.append({"from": source, "to": target})
    nodes = [{"version": n, "payload": f"{HOST}@sha256:{i:064d}", "metadata": {}} for n, i in place.items()]
    return {"nodes": nodes, "edges": edges, "conditionalEdges": [{"edges": risky, "risks": [{"name": "SlowDisks", "message": "Disks."}]}]}


def objects_of(hub: int) -> dict[Kind, list[dict[str, Any]]]:
    """What one hub holds: its share of the clusters with their pools."""
    numbers = [n for n in range(CLUSTERS) if n % HUBS == hub]
    history = [{"state": "Completed", "version": "4.20.10"}]
    return {
        HOSTED_CLUSTER: [_cluster(n) for n in numbers],
        NODE_POOL: [_pool(n, p) for n in numbers for p in range(POOLS)],
        MULTICLUSTER_ENGINE: [{"metadata": {"name": "mce"}, "status": {"phase": "Available", "currentVersion": "2.12.0", "desiredVersion": "2.12.0"}}],
        CLUSTER_VERSION: [{"metadata": {"name": "version"}, "status": {"history": history}}],
    }  # fmt: skip


def _version(number: int) -> str:
    return f"4.{19 + number % 3}.{number % 11}"


def _cluster(number: int) -> dict[str, Any]:
    name, image = f"hc-{number:04d}", f"{HOST}:{_version(number)}-multi"
    status = cluster_status(name, True)
    status["version"]["desired"] = {"image": image, "version": _version(number)}
    status["version"]["history"][0] |= {"version": _version(number), "image": image}
    if number % 20 == 0:
        status["conditions"][0]["status"] = "False"
    labels = {"tier": "canary" if number % 50 == 1 else ("gold" if number % 3 == 0 else "silver"), "pair": f"pair-{number // 2}"}
    meta = {"name": name, "namespace": "clusters", "uid": f"uid-{number}", "generation": 1, "labels": labels}
    spec = {
        "release": {"image": image},
        "channel": "stable-4.22",
        "platform": {"type": "KubeVirt"},
        "networking": {"networkType": "OVNKubernetes"},
    }
    return {"kind": "HostedCluster", "metadata": meta, "spec": spec, "status": status}


def _pool(number: int, index: int) -> dict[str, Any]:
    image, good = f"{HOST}:{_version(number)}-multi", ("ReconciliationActive", "ValidReleaseImage", "ValidMachineConfig", "Ready",
                                                       "AllMachinesReady", "AllNodesHealthy", "UpdatingVersion", "UpdatingConfig")  # fmt: skip
    rows = [{"type": k, "status": "False" if k.startswith("Updating") else "True", "reason": "AsExpected", "message": "", "observedGeneration": 1}
            for k in good]  # fmt: skip
    management = {"upgradeType": "Replace", "replace": {"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}}
    return {
        "kind": "NodePool",
        "metadata": {"name": f"hc-{number:04d}-{index}", "namespace": "clusters", "generation": 1},
        "spec": {"clusterName": f"hc-{number:04d}", "release": {"image": image}, "replicas": 3, "management": management, "arch": "amd64"},
        "status": {"version": _version(number), "replicas": 3, "conditions": rows},
    }


class TextHub(Surroundings):
    """Answers with decoded JSON text, new objects each time."""

    server = "https://hub.example.test:6443"

    def __init__(self, texts: dict[Kind, str]) -> None:
        self._texts = texts
        self.requests = 0

    def list(self, kind: Kind, namespace: str | None = None, label_selector: str = "", field_selector: str = "") -> list[dict[str, Any]]:
        self.requests += 1
        found: list[dict[str, Any]] = json.loads(self._texts[kind])
        return found

    def get(self, kind: Kind, namespace: str | None, name: str) -> dict[str, Any] | None:
        self.requests += 1
        return {"data": {"supported-versions": '{"versions": ["4.22", "4.21", "4.20", "4.19"]}'}} if kind == CONFIG_MAP else None


class Memory:
    """One file that is there, and whatever is written."""

    def __init__(self, content: bytes) -> None:
        self._content, self.written = content, b""

    def read(self, path: str) -> bytes | None:
        return self._content if path == "graph" else None

    def write(self, path: str, content: bytes) -> bool:
        self.written = content
        return True


def domain() -> dict[str, Any]:
    views = [HubView(f"hub-{h:02d}", TextHub.server, {k: tuple(v) for k, v in objects_of(h).items()}, ("4.22", "4.21", "4.20", "4.19"))
             for h in range(HUBS)]  # fmt: skip
    snapshots = [{"namespace": "clusters", "name": f"hc-{n:04d}", "age": 3600} for n in range(CLUSTERS)]
    graph, now = from_document(graph_document()), Surroundings().now()
    before, started = _peak(), time.perf_counter()
    plan = Planner(policy_of(OPTIONS), RuleCalendar(), graph, snapshots).plan(views, now)
    return _result(time.perf_counter() - started, before, plan)


def operation() -> dict[str, Any]:
    hubs = [TextHub({k: json.dumps(v) for k, v in objects_of(h).items()}) for h in range(HUBS)]
    sources = [HubSource(f"hub-{h:02d}", lambda hub=hub: hub) for h, hub in enumerate(hubs)]  # type: ignore[misc]
    snapshots = [{"namespace": "clusters", "name": f"hc-{n:04d}", "age": 3600} for n in range(CLUSTERS)]
    options, files = {**OPTIONS, "graph": "graph", "dest": "plan", "snapshots": snapshots}, Memory(json.dumps(graph_document()).encode())
    before, started = _peak(), time.perf_counter()
    extra = UpgradePlan(sources, options, RuleCalendar(), files, Surroundings().now).plan().extra
    seconds = time.perf_counter() - started
    return {**_result(seconds, before, extra["plan"]), "requests": extra["requests"], "plan_bytes": len(files.written)}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _result(seconds: float, before: float, plan: dict[str, Any]) -> dict[str, Any]:
    """before_mib: peak up to the start, which holds the objects (domain) or their text (operation)."""
    return {
        "seconds": round(seconds, 2), "peak_mib": round(_peak()), "before_mib": round(before), "summary": plan["summary"],
        "waves": {w["name"]: len(w["clusters"]) for w in plan["waves"]}, "batches": len(plan["batches"]), "digest": plan["digest"],
    }  # fmt: skip


def main() -> int:
    parts = {"domain": domain, "operation": operation}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=parts, help="run this one here; without it both, each in a process of its own")
    chosen = parser.parse_args().part
    if chosen:
        print(json.dumps(parts[chosen]()))
        return 0
    found = {}
    for name in parts:
        done = subprocess.run([sys.executable, __file__, "--part", name], capture_output=True, text=True, check=True)
        found[name] = json.loads(done.stdout)
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
