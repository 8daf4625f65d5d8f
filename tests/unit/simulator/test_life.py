# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from simulator.fake_management_cluster import FakeManagementCluster

HC = ("HostedCluster", "clusters", "demo")


def test_life(requested: FakeManagementCluster) -> None:
    hub = requested
    for minute in range(16):
        hub.run(60)
        hc = hub.get(*HC); np = hub.get("NodePool","clusters","demo")
        print(minute+1, {c["type"]:(c["status"],c["reason"],c["message"][:60]) for c in hc["status"]["conditions"] if c["type"] in("Available","Progressing","ClusterVersionProgressing","ReconciliationSucceeded")}, hc["status"]["version"]["history"][0]["state"])
        print("   NP", {c["type"]:(c["status"],c.get("reason"),c.get("message","")[:40]) for c in np["status"]["conditions"]}, np["status"].get("version"), np["status"].get("replicas"))
    assert hub.condition(*HC, "Available")["status"] == "True"
    assert hub.get(*HC)["status"]["version"]["history"][0]["state"]=="Completed"
    print(len(hub.writes))
