# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report of a made-up campaign of any size."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._campaigns.plan import digest_of
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.progress import ClusterProgress
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.report import report_of
from ansible_collections.hypershift.core.plugins.module_utils._health.goal_states import ClusterView

Object = dict[str, Any]
BEGIN = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
NOW = BEGIN + timedelta(hours=5, minutes=5)
TARGET, BEFORE = "4.21.5", "4.20.11"
NAMES = ("billing", "checkout", "search", "ledger", "orders", "media", "reports", "auth", "catalog", "risk")
HUBS = ("frankfurt", "dublin", "virginia")
REFUSALS = (
    ("risk_not_accepted", "the way to 4.21.5 has the risk SlowEtcdDefrag, which is not accepted", "Read the risk, and add its name to accepted_risks."),
    ("ack_required", "Kubernetes 1.34 removes an API that is still used; nobody has acknowledged it", "Check api removals, then acknowledge admin-acks."),
    ("paused", "reconciliation is paused by jane since 2026-11-20: etcd maintenance", "Resume it, or leave it out of the campaign."),
)  # fmt: skip
FAILURE = {
    "code": "node_degraded",
    "cause": "Node worker-3 in node pool workers is degraded: the drain does not end, PodDisruptionBudget shop/cart allows no eviction",
    "next_step": "Let the budget allow one disruption, then run the campaign again: what is done is not repeated.",
}


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def sample(count: int = 40, seed: int = 7) -> Object:
    """The report: one cluster failed, three were refused, the last wave is under way."""
    chance = random.Random(seed)
    size = {"canary": max(1, count // 10), "early": max(1, count * 3 // 10)}
    entries = [_entry(n, "canary" if n < size["canary"] else "early" if n < sum(size.values()) else "rest") for n in range(count)]
    for entry, refusal in zip(entries[-3:], REFUSALS, strict=True):
        entry.update(
            verdict="refused", wave=None, batch=None, steps=[], refusals=[dict(zip(("code", "cause", "next_step"), refusal, strict=True))]
        )
    waves, after = [], list[str]()
    for name in ("canary", "early", "rest"):
        waves.append({"name": name, "after": after, "clusters": [e["id"] for e in entries if e["wave"] == name]})
        after = [name]
    plan: Object = {"format": 1, "campaign": "autumn", "clusters": entries, "waves": waves}
    plan["digest"] = digest_of(plan)
    begins = {"canary": BEGIN, "early": BEGIN + timedelta(minutes=105), "rest": BEGIN + timedelta(minutes=235)}
    standings = {e["id"]: _standing(e, n, begins.get(e["wave"] or "", BEGIN), chance) for n, e in enumerate(entries)}
    return report_of(plan, standings, NOW)


def _entry(number: int, wave: str) -> Object:
    name, namespace, hub = f"{NAMES[number % len(NAMES)]}-{number // len(NAMES) + 1}", "clusters", HUBS[number % len(HUBS)]
    steps = [
        {"kind": kind, "version": TARGET, "image": "", "risks": [], "pools": pools}
        for kind, pools in (("control_plane", []), ("node_pools", ["workers", "infra"]))
    ]
    return {
        "id": f"{name}.{namespace}.{hub}", "hub": hub, "namespace": namespace, "name": name, "uid": "", "from": BEFORE, "to": TARGET, "verdict": "ready",
        "wave": wave, "batch": 0, "steps": steps, "nodes": 3 + number % 7, "refusals": [], "warnings": [],
    }  # fmt: skip


def _standing(entry: Object, number: int, begin: datetime, chance: random.Random) -> ClusterProgress:
    begin += timedelta(minutes=28 * (number // 10 % 3) if entry["wave"] == "rest" else 0, seconds=chance.randint(0, 90))
    middle = begin + timedelta(minutes=chance.uniform(22, 41))
    end = middle + timedelta(minutes=chance.uniform(5, 9) * max(1, entry["nodes"] // 2))
    history = [
        {
            "state": "Completed",
            "version": BEFORE,
            "startedTime": stamp(BEGIN - timedelta(days=40)),
            "completionTime": stamp(BEGIN - timedelta(days=40)),
        }
    ]
    view = ClusterView(entry["namespace"], entry["name"], {"status": {"version": {"history": history}}})
    if entry["verdict"] != "ready" or begin > NOW:
        return ClusterProgress(entry, view)
    done_there = middle <= NOW
    newest = {"state": "Completed" if done_there else "Partial", "version": TARGET, "startedTime": stamp(begin)}
    history.insert(0, newest | ({"completionTime": stamp(middle)} if done_there else {}))
    if number == 9:  # the one that fails, in its node pools
        failed = {"state": "failed", "started": stamp(begin), "ended": stamp(middle + timedelta(minutes=19)), "failure": FAILURE}
        return ClusterProgress(entry, view, 1, failed)
    if end > NOW:
        return ClusterProgress(entry, view, int(done_there), {"state": "running", "started": stamp(begin)})
    return ClusterProgress(entry, view, 2, {"state": "done", "started": stamp(begin), "ended": stamp(end)})
