# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Campaigns ask for what docs/rbac.md says, and for nothing else; a right that is missing is named where it is missing."""

from __future__ import annotations

import time
from typing import Any

import pytest

from playing import Played, Player
from rbac.accounts import HOME, Accounts
from rbac.campaign_rights import CAMPAIGN_MODULES, LEASES, OPTIONAL, POOLS, expanded
from rbac.rights import Right
from upgrades.campaign import TO, Campaign, Campaigns

NAMESPACE = "permitted-0"
RIGHTS = sorted({right for rows in CAMPAIGN_MODULES.values() for right in expanded(rows)})


@pytest.fixture(scope="module")
def campaign(campaigns: Campaigns) -> Campaign:
    made = campaigns.prepare("permitted", 1, hubs=1)
    made.plan().ok()
    return made


def player(campaigns: Campaigns, name: str, *without: str) -> Player:
    """As an account with all rights of campaigns but those on some resources."""
    accounts = Accounts(campaigns.player.hub, campaigns.direct)
    given = [Right(verb, resource, scope) for verb, resource, scope in RIGHTS if resource not in without]
    kubeconfig = accounts.make(name, given, NAMESPACE, NAMESPACE)
    accounts.wait_until_effective()
    return Player(campaigns.player.hub, kubeconfig)


def tasks(campaign: Campaign, kubeconfig: str) -> dict[str, list[dict[str, Any]]]:
    hubs = [{"name": NAMESPACE, "namespace": NAMESPACE, "kubeconfig": kubeconfig}]
    (cluster,) = [entry["id"] for entry in campaign.document["clusters"]]
    common = {"plan_file": str(campaign.file), "digest": campaign.digest, "hubs": hubs}
    return {
        "upgrade_plan": [{"hypershift.core.upgrade_plan": {"campaign": "permitted", "hubs": hubs, "target": {"version": TO}}}],
        "upgrade_gate": [
            {"hypershift.core.upgrade_gate": {**common, "phase": phase, "clusters": [cluster], "settle_timeout": 1}}
            for phase in ("start", "before", "before", "after")
        ],
        "upgrade_record": [
            {"hypershift.core.upgrade_record": {**common, "clusters": [{"id": cluster, "state": "stopped"}], "release": True}},
        ],
        "upgrade_report": [{"hypershift.core.upgrade_report": common}],
    }


def asked(campaigns: Campaigns, name: str, since: float) -> set[tuple[str, str, str]]:
    events = campaigns.player.hub.audit(user=f"system:serviceaccount:{HOME}:{name}", since=since)
    found = set()
    for event in events:
        ref = event["objectRef"]
        # The audit log gives a namespace as being in itself.
        namespace = ref.get("namespace", "")
        where = {"": "all", "kube-system": "all", "hypershift": "operator"}.get(namespace, "hosted")
        if namespace.startswith(f"{NAMESPACE}-"):
            where = "all"  # a control plane's namespace: what is documented as cluster-wide holds there too
        found.add((event["verb"], f"{ref['resource']}.{ref.get('apiGroup', '')}".rstrip("."), where))
    return found


@pytest.mark.parametrize("module", CAMPAIGN_MODULES)
def test_each_module_asks_for_its_rights_and_no_others(campaign: Campaign, campaigns: Campaigns, module: str) -> None:
    name = f"asks-{module.replace('_', '-')}"
    one, since = player(campaigns, name), time.time()
    one.play(*tasks(campaign, str(one.kubeconfig))[module]).ok()
    seen, rows = asked(campaigns, name, since), CAMPAIGN_MODULES[module]
    assert seen <= expanded(rows), sorted(seen - expanded(rows))
    missed = expanded(rows, always=True) - seen
    assert {right for right in missed if module != "upgrade_record" or right[0] != "create"} == set()


def run(campaign: Campaign, campaigns: Campaigns, module: str, name: str, *without: str) -> Played:
    one = player(campaigns, name, *without)
    return one.play(*tasks(campaign, str(one.kubeconfig))[module])


def test_what_is_missing_is_named_where_it_is_missing(campaign: Campaign, campaigns: Campaigns) -> None:
    assert "may not list nodepools" in run(campaign, campaigns, "upgrade_plan", "blind", POOLS).failed()["msg"]
    gated = run(campaign, campaigns, "upgrade_gate", "leaseless", LEASES).ok()
    problem = gated.tasks[1]["result"]["gate"]["clusters"][0]["problem"]
    assert problem["code"] == "missing_permission" and "leases" in problem["cause"]


def test_what_may_be_missing_is_said_in_the_plan(campaign: Campaign, campaigns: Campaigns) -> None:
    one = player(campaigns, "modest")
    accounts = Accounts(campaigns.player.hub, campaigns.direct)
    given = [Right(v, r, s) for v, r, s in RIGHTS if not (s != "hosted" and r in OPTIONAL)]
    kubeconfig = accounts.make("humble", given, NAMESPACE, NAMESPACE)
    accounts.wait_until_effective()
    planned = Player(one.hub, kubeconfig).play(*tasks(campaign, str(kubeconfig))["upgrade_plan"]).ok().last
    assert planned["plan"]["hubs"][0]["versions"] == [] and planned["plan"]["summary"]["ready"] == 1
