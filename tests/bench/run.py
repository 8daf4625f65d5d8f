# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""`make bench`: ours and the peer in one run, on one hub; writes docs/benchmarks.md and build/bench.json."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
for extra in (ROOT / "build" / "collections", ROOT / "tests" / "hub", ROOT / "tests" / "bench"):
    sys.path.insert(0, str(extra))

from embedded_hub import EmbeddedHub  # noqa: E402
from fleet import NAMESPACE, Fleet, cluster_name, size_of_one  # noqa: E402
from measure import Usage, best, run  # noqa: E402
from report import render, write_part  # noqa: E402

PLAYBOOK = str(Path(sys.executable).parent / "ansible-playbook")
HOSTS, FLEET = 100, 1000
WAIT_SECONDS = 60
BENCH_USER = "bench"  # tells the measured requests from those that prepare the fleet


class Bench:
    def __init__(self, hub: EmbeddedHub, fleet: Fleet, repeat: int) -> None:
        self.hub, self.fleet, self.repeat = hub, fleet, repeat
        self.kubeconfig = hub.user_kubeconfig(BENCH_USER, ["system:masters"])
        self.folder = ROOT / "build" / "bench"
        self.folder.mkdir(parents=True, exist_ok=True)
        hosts = "\n".join(cluster_name(i) for i in range(HOSTS))
        (self.folder / "hosts").write_text(f"{hosts}\n[all:vars]\nansible_connection=local\nansible_python_interpreter={sys.executable}\n")
        (self.folder / "one").write_text(f"localhost ansible_connection=local ansible_python_interpreter={sys.executable}\n")

    def play(self, name: str, tasks: list[dict[str, Any]], inventory: str = "hosts", repeat: int | None = None) -> Usage:
        path = self.folder / f"{name}.yml"
        path.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"), "ANSIBLE_FORKS": "20",
            "K8S_AUTH_KUBECONFIG": str(self.kubeconfig), "ANSIBLE_DISPLAY_OK_HOSTS": "false", "ANSIBLE_LOCALHOST_WARNING": "False",
        }  # fmt: skip
        command = [PLAYBOOK, "-i", str(self.folder / inventory), str(path)]
        usage = best([run(command, environment, ROOT) for _ in range(repeat or self.repeat)])
        print(f"  {name}: {usage.wall:.1f} s wall, {usage.cpu:.1f} CPU-s, {usage.peak_mib:.0f} MiB", flush=True)
        return usage

    def audit(self, since: float, **more: Any) -> list[dict[str, Any]]:
        return self.hub.audit(user=BENCH_USER, since=since, **more)

    def one_read_per_host(self) -> dict[str, Any]:
        """(a) 100 hosts, one HostedCluster read each."""
        where = {"namespace": NAMESPACE, "name": "{{ inventory_hostname }}"}
        floor = self.play("a-floor", [])
        noop = self.play("a-noop", [{"ansible.builtin.debug": {"msg": "x"}}])
        ours = self.play("a-ours", [{"hypershift.core.hosted_cluster_info": {**where, "name": ["{{ inventory_hostname }}"]}}])
        peer = self.play(
            "a-k8s_info",
            [{"kubernetes.core.k8s_info": {**where, "api_version": "hypershift.openshift.io/v1beta1", "kind": "HostedCluster"}}],
            repeat=1,
        )
        ratio = (ours.cpu - floor.cpu) / (peer.cpu - floor.cpu)
        return {
            "floor": figures(floor),
            "noop": figures(noop),
            "ours": figures(ours),
            "k8s_info": figures(peer),
            "cpu_ratio_above_floor": ratio,
        }

    def fleet_status(self) -> dict[str, Any]:
        """(b) status of 1,000 clusters in one task."""
        floor = self.play("b-start", [{"ansible.builtin.debug": {"msg": "x"}}], "one")
        raw = [self._raw_list() for _ in range(self.repeat)]
        since = time.time()
        ours = self.play("b-ours", [{"hypershift.core.hosted_cluster_info": {"raw": False}}], "one", repeat=1)
        requests = len(self.audit(since))
        ours = self.play("b-ours", [{"hypershift.core.hosted_cluster_info": {"raw": False}}], "one")
        with_raw = self.play("b-ours-raw", [{"hypershift.core.hosted_cluster_info": {}}], "one", repeat=1)
        pools = self.play(
            "b-ours-node-pools", [{"hypershift.core.hosted_cluster_info": {"raw": False, "node_pools": True}}], "one", repeat=1
        )
        list_seconds = sorted(raw)[len(raw) // 2]
        return {
            "start": figures(floor), "raw_list_seconds": list_seconds, "ours": figures(ours), "ours_raw": figures(with_raw),
            "ours_node_pools": figures(pools), "requests": requests, "ratio": ours.wall / (list_seconds + floor.wall),
        }  # fmt: skip

    def _raw_list(self) -> float:
        """One paged LIST with the same page size, decoded: what any client must do at least."""
        from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER

        started, token, count = time.perf_counter(), "", 0
        while True:
            query = {"limit": 1000, **({"continue": token} if token else {})}
            data = json.loads(self.fleet.transport.send("GET", HOSTED_CLUSTER.path(), query).data)
            count += len(data["items"])
            token = data["metadata"].get("continue", "")
            if not token:
                break
        if count != FLEET:
            raise RuntimeError(f"the fleet has {count} clusters, not {FLEET}")
        return time.perf_counter() - started

    def waiting(self) -> dict[str, Any]:
        """(c) waiting for 100 clusters, of which each becomes available in turn and the last one at the end."""
        ready = self.play("c-ready", [self._wait_task()], "one")
        start = self.play("c-start", [{"ansible.builtin.wait_for": {"timeout": 0}}], "one")
        idle = self._quiet_wait()
        asleep = self.play("c-asleep", [{"ansible.builtin.wait_for": {"timeout": WAIT_SECONDS}}], "one", repeat=1)
        for i in range(HOSTS):
            self.fleet.set_status(i, available=False)
        last = [0.0]

        def become_available() -> None:
            time.sleep(10)
            for i in range(HOSTS):
                time.sleep(WAIT_SECONDS / HOSTS if i < HOSTS - 1 else 15)
                self.fleet.set_status(i, available=True)
                last[0] = time.time()

        changer = threading.Thread(target=become_available)
        since = time.time()
        changer.start()
        usage = self.play("c-wait", [self._wait_task()], "one", repeat=1)
        changer.join()
        verbs = [e["verb"] for e in self.audit(since, stages={"ResponseStarted", "ResponseComplete"})]
        counts = {v: verbs.count(v) for v in sorted(set(verbs))}
        return {
            "ready_at_once": figures(ready), "wait": figures(usage), "idle": figures(idle), "asleep": figures(asleep), "verbs": counts, "changes": HOSTS,
            "polling": sum(n for v, n in counts.items() if v not in ("list", "watch")) + max(0, counts.get("list", 0) - 1),
            "after_last_change_seconds": usage.ended - last[0],
            "cpu_percent_while_waiting": 100 * (usage.cpu - ready.cpu) / (usage.wall - ready.wall),
            "cpu_percent_idle": 100 * (idle.cpu - ready.cpu) / WAIT_SECONDS,
            "cpu_percent_asleep": 100 * (asleep.cpu - start.cpu) / WAIT_SECONDS,
        }  # fmt: skip

    def _wait_task(self, **more: Any) -> dict[str, Any]:
        names = [cluster_name(i) for i in range(HOSTS)]
        options = {"namespace": NAMESPACE, "name": names, "goal": "available", "wait_timeout": 600, **more}
        return {"hypershift.core.hosted_cluster_wait": options}

    def _quiet_wait(self) -> Usage:
        """A wait in which nothing changes for WAIT_SECONDS, ended by its own timeout."""
        self.fleet.set_status(0, available=False)
        task = {**self._wait_task(wait_timeout=WAIT_SECONDS), "ignore_errors": True}
        usage = self.play("c-idle", [task], "one", repeat=1)
        self.fleet.set_status(0, available=True)
        return usage

    def unchanged(self) -> dict[str, Any]:
        """(d) unchanged present on 100 clusters, with what the fleet was created with."""
        options = {"name": "{{ inventory_hostname }}", "namespace": NAMESPACE, "wait": False}
        task = {"hypershift.core.hosted_cluster": {**options, "platform": "kubevirt", "spec": {"pullSecret": {"name": "pull"}}}}
        since = time.time()
        usage = self.play("d-unchanged", [task], repeat=1)
        events = self.audit(since)
        writes = [e for e in events if e["verb"] not in ("get", "list", "watch")]
        return {"ours": figures(usage), "requests": len(events), "writes": len(writes), "changed": "CHANGED" in usage.output}


def figures(usage: Usage) -> dict[str, float]:
    return {"wall": round(usage.wall, 2), "cpu": round(usage.cpu, 2), "peak_mib": round(usage.peak_mib, 1)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each of ours; the median counts")
    parser.add_argument("--only", default="", help="letters of the rows, for example ab")
    parser.add_argument("--keep", action="store_true", help="leave the hub running")
    arguments = parser.parse_args()
    hub = EmbeddedHub.up(name="bench", simulator=False)
    try:
        fleet = Fleet(str(hub.kubeconfig))
        print(f"creating {FLEET} hosted clusters with a status of {size_of_one()} bytes each", flush=True)
        fleet.create(FLEET)
        bench = Bench(hub, fleet, arguments.repeat)
        rows = {"a": bench.one_read_per_host, "b": bench.fleet_status, "c": bench.waiting, "d": bench.unchanged}
        chosen = {k: f for k, f in rows.items() if not arguments.only or k in arguments.only}
        results: dict[str, Any] = {"cores": os.cpu_count(), "python": sys.version.split()[0], "core": version("ansible-core")}
        for key, measure in chosen.items():
            print(f"row {key}: {(measure.__doc__ or '').strip()}", flush=True)
            results[key] = measure()
        (ROOT / "build" / "bench.json").write_text(json.dumps(results, indent=2) + "\n")
        if len(chosen) == len(rows):
            write_part("fleet", render(results))
        print(json.dumps(results, indent=2))
    finally:
        if not arguments.keep:
            hub.down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
