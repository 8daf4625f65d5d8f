# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fleet as an inventory: 1,000 hosted clusters with two node pools each on 13 hubs, beside what people do without the plugin.

The hubs are namespaces of one embedded API server, so that all requests of all hubs meet on the same two cores. Figures go to
docs/benchmarks.md and as JSON to standard output.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
for extra in (ROOT / "tests" / "hub", ROOT / "build" / "collections"):
    sys.path.insert(0, str(extra))

from ansible_collections.hypershift.core.plugins.module_utils._clusters import manifest  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER, NODE_POOL  # noqa: E402
from ansible_collections.hypershift.core.plugins.module_utils._node_pools import manifest as node_pools_manifest  # noqa: E402

from embedded_hub import EmbeddedHub  # noqa: E402
from fleet import IMAGE, Fleet, cluster_name, cluster_status, size_of_one  # noqa: E402
from measure import Usage, best, run  # noqa: E402
from report import write_part  # noqa: E402

FLEET, HUBS, POOLS, SAMPLE = 1000, 13, 2, 30
USER = "bench-inventory"
GOAL_SECONDS = 5.0
PLAN_SECONDS, PLAN_MIB = 10.0, 400
BIN = Path(sys.executable).parent


class Fleets(Fleet):
    """The clusters, spread over namespaces that stand for hubs."""

    def create(self, count: int) -> None:
        for number in range(HUBS):
            self._send("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": hub_name(number)}})
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self._create_one, range(count)))

    def _create_one(self, number: int) -> None:
        name, namespace = cluster_name(number), hub_name(number)
        options = {"name": name, "namespace": namespace, "platform": "kubevirt", "release_image": IMAGE, "pull_secret": {"name": "pull"}}
        body = manifest.creation_manifest(options, f"{name}-abcde")
        self._send("POST", HOSTED_CLUSTER.path(namespace), body)
        path = HOSTED_CLUSTER.path(namespace, name) + "/status"
        self._send("PATCH", path, {"status": cluster_status(name, True)})
        for pool in range(POOLS):
            pool_options = {"name": f"{name}-{pool}", "namespace": namespace, "cluster_name": name, "replicas": 3}
            self._send("POST", NODE_POOL.path(namespace), node_pools_manifest.creation_manifest(pool_options, body))


def hub_name(number: int) -> str:
    return f"hub-{number % HUBS:02d}"


class Bench:
    def __init__(self, hub: EmbeddedHub, repeat: int) -> None:
        self.hub, self.repeat = hub, repeat
        self.kubeconfig = hub.user_kubeconfig(USER, ["system:masters"])
        self.folder = ROOT / "build" / "bench"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.environment = {
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"), "ANSIBLE_FORKS": "20", "ANSIBLE_DISPLAY_OK_HOSTS": "false",
            "K8S_AUTH_KUBECONFIG": str(self.kubeconfig), "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        }  # fmt: skip

    def inventory(self, **more: Any) -> Path:
        hubs = [{"name": hub_name(n), "namespace": hub_name(n), "kubeconfig": str(self.kubeconfig)} for n in range(HUBS)]
        path = self.folder / f"{'cached' if more else 'plain'}.hosted_clusters.yml"
        path.write_text(json.dumps({"plugin": "hypershift.core.hosted_clusters", "hubs": hubs, **more}))
        return path

    def listing(self, path: Path, repeat: int) -> Usage:
        command = [str(BIN / "ansible-inventory"), "-i", str(path), "--list"]
        usage = best([run(command, self.environment, ROOT) for _turn in range(repeat)])
        hosts = json.loads(usage.output[usage.output.index("{") :])["_meta"]["hostvars"]
        if len(hosts) != FLEET or any(len(found["hcp_node_pools"]) != POOLS for found in hosts.values()):
            raise RuntimeError(f"the inventory has {len(hosts)} hosts, or hosts without their node pools")
        return usage

    def measure(self) -> dict[str, Any]:
        since = time.time()
        self.listing(self.inventory(), 1)
        events = self.hub.audit(user=USER, since=since)
        plain = self.listing(self.inventory(), self.repeat)
        cache = self.folder / "inventory-cache"
        shutil.rmtree(cache, ignore_errors=True)
        cached = self.inventory(cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection=str(cache))
        self.listing(cached, 1)
        return {
            "ours": plain, "cached": self.listing(cached, self.repeat), "requests": len(events), "verbs": sorted({e["verb"] for e in events}),
            "plan": self.plan(), "floor": self.floor(), "kubectl": self.kubectl(), **self.sweep(),
        }  # fmt: skip

    def plan(self) -> Usage:
        """The shipped playbook plans the newest patch for all of them, in four waves."""
        file = self.folder / "plan.json"
        hubs = [{"name": hub_name(n), "namespace": hub_name(n), "kubeconfig": str(self.kubeconfig)} for n in range(HUBS)]
        waves = [{"name": "first", "canaries": "1%", "batch": "25%"}]
        policy = {"target": {"minor": "current"}, "waves": waves, "max_parallel_per_hub": 20}
        given = {"upgrade_campaign": "bench", "upgrade_plan_file": str(file), "upgrade_hubs": hubs, "upgrade_policy": policy}
        command = [str(BIN / "ansible-playbook"), "hypershift.core.upgrade_plan", "-e", json.dumps(given)]
        usage = best([run(command, self.environment, ROOT) for _turn in range(self.repeat)])
        summary = json.loads(file.read_text())["summary"]
        if summary["ready"] != FLEET:
            raise RuntimeError(f"the plan has {summary}")
        return usage

    def floor(self) -> Usage:
        path = self.folder / "one"
        path.write_text("localhost ansible_connection=local\n")
        return best(
            [run([str(BIN / "ansible-inventory"), "-i", str(path), "--list"], self.environment, ROOT) for _turn in range(self.repeat)]
        )

    def kubectl(self) -> Usage:
        command = ["kubectl", "--kubeconfig", str(self.kubeconfig), "get", "hostedclusters", "-A", "-o", "json"]
        usage = best([run(command, {}, ROOT) for _turn in range(self.repeat)])
        if len(json.loads(usage.output)["items"]) != FLEET:
            raise RuntimeError("kubectl did not get the fleet")
        return usage

    def sweep(self) -> dict[str, Any]:
        """One k8s_info per host, for a sample of them, and the same play without the task."""
        hosts = "\n".join(f"{cluster_name(n)} where={hub_name(n)}" for n in range(SAMPLE))
        inventory, play = self.folder / "sample", self.folder / "sweep.yml"
        inventory.write_text(f"{hosts}\n[all:vars]\nansible_connection=local\nansible_python_interpreter={sys.executable}\n")
        asked = {
            "api_version": "hypershift.openshift.io/v1beta1",
            "kind": "HostedCluster",
            "name": "{{ inventory_hostname }}",
            "namespace": "{{ where }}",
        }
        found = {}
        for name, tasks in (("empty", []), ("sample", [{"kubernetes.core.k8s_info": asked}])):
            play.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
            found[name] = best([run([str(BIN / "ansible-playbook"), "-i", str(inventory), str(play)], self.environment, ROOT)])
        each = (found["sample"].wall - found["empty"].wall) / SAMPLE
        each_cpu = (found["sample"].cpu - found["empty"].cpu) / SAMPLE
        return {**found, "whole_sweep_wall": found["empty"].wall + each * FLEET, "whole_sweep_cpu": found["empty"].cpu + each_cpu * FLEET}


def rendered(found: dict[str, Any]) -> str:
    def row(title: str, usage: Usage) -> str:
        return f"| {title} | {usage.wall:.1f} | {usage.cpu:.1f} | {usage.peak_mib:.0f} |"

    ours: Usage = found["ours"]
    holds = "holds" if ours.wall < GOAL_SECONDS else "**does not hold**"
    plan = "holds" if found["plan"].wall < PLAN_SECONDS and found["plan"].peak_mib < PLAN_MIB else "**does not hold**"
    return f"""## The fleet as an inventory, and its plan

{FLEET:,} hosted clusters with {POOLS} node pools each on {HUBS} hubs, which are namespaces of one embedded API server on the same
{os.cpu_count()} cores. A status is {size_of_one() / 1000:.1f} kB. Whole processes, start to end;
ansible-core {version("ansible-core")}, Python {sys.version.split()[0]}.

| | wall s | CPU s | peak MiB of the largest process |
| --- | --- | --- | --- |
{row("`ansible-inventory --list` of one host (floor)", found["floor"])}
{row("`ansible-inventory --list` of the fleet", ours)}
{row("the same from a warm cache", found["cached"])}
{row("`ansible-playbook hypershift.core.upgrade_plan`: file and table", found["plan"])}
{row("`kubectl get hostedclusters -A -o json` (no node pools, no verdict, one hub)", found["kubectl"])}
{row(f"`kubernetes.core.k8s_info` once per host, {SAMPLE} hosts, forks 20", found["sample"])}
| the same for {FLEET:,} hosts, **extrapolated** from these {SAMPLE} | {found["whole_sweep_wall"]:.0f} | {found["whole_sweep_cpu"]:.0f} | |

Requests of one listing: {found["requests"]} ({", ".join(found["verbs"])}), two per hub. Goal: under {GOAL_SECONDS:.0f} s: {holds}.
A plan in under {PLAN_SECONDS:.0f} s and {PLAN_MIB} MiB: {plan}.
"""


def measured(hub: EmbeddedHub, repeat: int = 3) -> dict[str, Any]:
    """Make the fleet on a hub and measure. Writes its part of docs/benchmarks.md."""
    print(f"creating {FLEET} hosted clusters in {HUBS} namespaces", flush=True)
    Fleets(str(hub.kubeconfig)).create(FLEET)
    found = Bench(hub, repeat).measure()
    write_part("inventory", rendered(found))
    return {
        key: {"wall": round(value.wall, 2), "cpu": round(value.cpu, 2), "peak_mib": round(value.peak_mib, 1)}
        if isinstance(value, Usage)
        else value
        for key, value in found.items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each; the median counts")
    parser.add_argument("--keep", action="store_true", help="leave the hub running")
    arguments = parser.parse_args()
    hub = EmbeddedHub.up(name="bench-inventory", simulator=False)
    try:
        print(json.dumps(measured(hub, arguments.repeat), indent=2))
    finally:
        if not arguments.keep:
            hub.down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
