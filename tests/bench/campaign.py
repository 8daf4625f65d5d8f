# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A campaign on the embedded hub with the simulator's upgrade timeline: what it costs, and which requests it sends for each hosted cluster."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
for extra in (ROOT / "tests" / "hub", ROOT / "tests" / "integration", ROOT / "build" / "collections"):
    sys.path.insert(0, str(extra))

from embedded_hub import EmbeddedHub  # noqa: E402
from measure import Usage, run  # noqa: E402
from playing import FOLDER, USER, Player  # noqa: E402
from report import write_part  # noqa: E402
from upgrades.campaign import TO, Campaign, Campaigns  # noqa: E402

SPEED = 240
BIN = Path(sys.executable).parent


class Bench:
    def __init__(self, hub: EmbeddedHub, clusters: int) -> None:
        self._hub = hub
        self._player = Player(hub, hub.user_kubeconfig(USER, ["system:masters"]))
        self._campaign: Campaign = Campaigns(self._player).prepare("bench", clusters, first=clusters // 6)
        self._campaign.plan().ok()

    def play(self) -> tuple[Usage, Counter[str]]:
        """One run of the campaign, and its requests as ``verb resource``."""
        since = time.time()
        given = ["-f", "10", "-e", json.dumps(self._campaign.variables())]
        environment = self._player.variables(FOLDER / "bench.jsonl")
        usage = run([str(BIN / "ansible-playbook"), "hypershift.core.upgrade_run", *given], environment, FOLDER)
        if usage.code != 0:
            raise RuntimeError(usage.output[-3000:])
        events = self._hub.audit(user=USER, since=since)
        return usage, Counter(f"{e['verb']} {e['objectRef']['resource']}" for e in events)

    def measure(self) -> dict[str, Any]:
        first, requests = self.play()
        if not self._campaign.at(TO):
            raise RuntimeError("the campaign did not end at its target")
        second, again = self.play()
        return {"first": first, "second": second, "requests": requests, "again": again}


def rendered(clusters: int, found: dict[str, Any]) -> str:
    requests: Counter[str] = found["requests"]
    hop = [requests["get hostedclusters"] / clusters, requests["patch hostedclusters"] / clusters]
    rows = "".join(f"| {name} | {count} | {count / clusters:.2f} |\n" for name, count in sorted(requests.items()))
    writes = sum(n for name, n in found["again"].items() if name.split()[0] not in ("get", "list", "watch"))
    first, second = found["first"], found["second"]
    return f"""## A campaign

{clusters} hosted clusters with a node pool each on three hubs (namespaces of one embedded API server, which
shares the {os.cpu_count()} cores), four waves, control plane and node pools
from 4.20.4 to 4.21.3 on the simulator's timeline at {SPEED} times its speed. ansible-core {version("ansible-core")}, forks 10.

| | wall s | CPU s | peak MiB of the largest process |
| --- | --- | --- | --- |
| the run | {first.wall:.1f} | {first.cpu:.1f} | {first.peak_mib:.0f} |
| run again when all is done | {second.wall:.1f} | {second.cpu:.1f} | {second.peak_mib:.0f} |

| request | number | per hosted cluster |
| --- | --- | --- |
{rows}
A hop of a control plane is one GET, one LIST and one PATCH; seen: {hop[0]:.2f} GET (that of the node pools' step included) and
{hop[1]:.2f} PATCH per hosted cluster. No request is sent while
waiting; lists and watches are those of the waits, one per kind, batch and hub. Run again: {sum(found["again"].values())} requests, {writes} writes.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clusters", type=int, default=30)
    arguments = parser.parse_args()
    hub = EmbeddedHub.up(name="bench-campaign", speed=SPEED, profile="light")
    try:
        found = Bench(hub, arguments.clusters).measure()
        write_part("campaign", rendered(arguments.clusters, found))
        print(rendered(arguments.clusters, found))
    finally:
        hub.down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
