# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module upgrade_plan over a real API server, both execution paths: the plan fits what is there, and planning writes nothing but its file."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.plan import read_plan
from ansible_collections.hypershift.core.plugins.module_utils._kernel.conditions import get as condition

from direct import Direct, new
from embedded_hub import EmbeddedHub
from embedded_hub.testing import until
from playing import FOLDER, Player

REPOSITORY = "quay.io/openshift-release-dev/ocp-release"
CHANNEL = "stable-4.21"
SPACE, NAMES = "plan", ("plan-one", "plan-two")
WAIT = {"wait_timeout": 240, "progress_timeout": 90}
Result = dict[str, Any]


def image(version: str) -> str:
    return f"{REPOSITORY}:{version}-multi"


@pytest.fixture(scope="module")
def direct(hub: EmbeddedHub) -> Direct:
    return Direct(hub)


@pytest.fixture(scope="module", autouse=True)
def fleet(hub: EmbeddedHub, direct: Direct, kubeconfig: Path) -> Iterator[None]:
    """Two hosted clusters of 4.20.4 on a channel that offers 4.20.9, 4.21.5 and, with a risk, 4.21.7."""
    direct.create(new("Namespace", "hypershift"), new("ConfigMap", "simulator-releases", "hypershift", data={}))
    data = {}
    for version, risks in (
        ("4.20.9", []),
        ("4.21.5", []),
        ("4.21.7", [{"name": "SlowDisks", "message": "Disks may be slow.", "url": "https://a.test"}]),
    ):
        data[f"plan-{version}"] = json.dumps(
            {"image": image(version), "version": version, "arch": "multi", "channels": [CHANNEL], "risks": risks}
        )
    direct.merge("ConfigMap", "hypershift", "simulator-releases", {"data": data})
    player = Player(hub, kubeconfig)
    base = {
        "namespace": SPACE,
        "platform": "kubevirt",
        "release_image": image("4.20.4"),
        "pull_secret": {"content": "{}"},
        "channel": CHANNEL,
    }
    for name in NAMES:
        pools = [{"name": f"{name}-{p}", "replicas": n, "node_drain_timeout": "15m"} for p, n in (("a", 2), ("b", 1))]
        options = {**base, "name": name, "node_pools": pools, "labels": {"plan-test": name}, "wait": False}
        player.play({"hypershift.core.hosted_cluster": options}).ok()
    for goal in ("node_pools_settled", "healthy"):
        player.play({"hypershift.core.hosted_cluster_wait": {"name": list(NAMES), "namespace": SPACE, "goal": goal, **WAIT}}).ok()
    until_offered(direct)
    yield
    for name in NAMES:
        gone = {"name": name, "namespace": SPACE, "state": "absent", "delete_namespace": name == NAMES[-1], **WAIT}
        player.play({"hypershift.core.hosted_cluster": gone}).ok()
    direct.merge("ConfigMap", "hypershift", "simulator-releases", {"data": dict.fromkeys(data)})


def until_offered(direct: Direct) -> None:
    deadline = time.monotonic() + 60
    while any("4.21.5" not in offered(direct, name) for name in NAMES):
        if time.monotonic() > deadline:
            raise AssertionError(f"4.21.5 is not offered: {offered(direct, NAMES[0])}")
        time.sleep(0.5)


def offered(direct: Direct, name: str) -> list[str]:
    version = direct.get("HostedCluster", SPACE, name)["status"]["version"]
    return [u["version"] for u in version.get("availableUpdates") or []]


def plan(player: Player, check: bool = False, **options: Any) -> Any:
    task = {"campaign": "autumn", "target": {"version": "4.21.5"}, "label_selectors": ["plan-test"], **options}
    return player.play({"hypershift.core.upgrade_plan": task}, check=check)


def ids(rows: list[Result], verdict: str = "ready") -> list[str]:
    return [row["id"] for row in rows if row["verdict"] == verdict]


def test_check_do_check_do(player: Player, tmp_path: Path) -> None:
    dest = tmp_path / "plan.json"
    check = plan(player, check=True, dest=str(dest)).ok()
    assert check.last["changed"] is True and not dest.exists()
    done = plan(player, dest=str(dest)).ok().last
    assert done["changed"] is True and done["digest"] == check.last["digest"] and stat.S_IMODE(dest.stat().st_mode) == 0o600
    assert read_plan(dest.read_text(), done["digest"]) == done["plan"]
    again = plan(player, check=True, dest=str(dest)).ok().last
    assert again["changed"] is False and again["plan"] == done["plan"]
    last = plan(player, dest=str(dest)).ok().last
    assert last["changed"] is False and last["digest"] == done["digest"] and last["plan"]["created"] == done["plan"]["created"]
    assert player.writes(check.started) == []

    assert ids(done["plan"]["clusters"]) == ["plan-one.plan.hub", "plan-two.plan.hub"]
    row = done["plan"]["clusters"][0]
    assert [(s["kind"], s["version"], s["image"], s["pools"]) for s in row["steps"]] == [
        ("control_plane", "4.21.5", image("4.21.5"), []),
        ("node_pools", "4.21.5", image("4.21.5"), ["plan-one-a"]),
        ("node_pools", "4.21.5", image("4.21.5"), ["plan-one-b"]),
    ]
    assert (row["from"], row["nodes"], row["wave"], row["batch"]) == ("4.20.4", 3, "rest", 0) and row["uid"]
    assert done["requests"] == 7 and "2 ready, 0 refused" in done["table"][-1] and done["refused"] == []
    assert done["plan"]["hubs"][0]["versions"] and done["plan"]["hubs"][0]["server"] == player.hub.server


def test_as_many_requests_as_it_says(quick: Player) -> None:
    """One LIST per kind, the supported versions and which cluster it is; the audit log is the witness."""
    played = plan(quick).ok()
    seen = [e for e in quick.hub.audit(user="tester", since=played.started) if e["stage"] == "ResponseComplete"]
    assert len(seen) == played.last["requests"] == 7


def test_waves_windows_and_refusals(quick: Player, direct: Direct) -> None:
    waves = [
        {"name": "first", "label_selectors": ["plan-test=plan-two"], "soak_minutes": 5},
        {"name": "second", "after": ["first"], "batch": "50%"},
    ]
    windows = [{"rrule": "FREQ=WEEKLY;BYDAY=SA;BYHOUR=22", "duration_minutes": 240, "timezone": "Europe/Berlin"}]
    found = plan(quick, waves=waves, windows=windows).ok().last["plan"]
    assert found["batches"] == [{"wave": "first", "clusters": ["plan-two.plan.hub"]}, {"wave": "second", "clusters": ["plan-one.plan.hub"]}]
    assert found["clusters"][0]["windows"][0]["timezone"] == "Europe/Berlin"

    direct.merge("HostedCluster", SPACE, "plan-two", {"spec": {"pausedUntil": "2099-01-01T00:00:00Z"}})
    until(
        "the operator has seen it",
        lambda: getattr(condition(direct.get("HostedCluster", SPACE, "plan-two"), "ReconciliationActive"), "status", "") == "False",
    )
    try:
        paused = plan(quick).ok().last
    finally:
        direct.merge("HostedCluster", SPACE, "plan-two", {"spec": {"pausedUntil": None}})
    assert ids(paused["plan"]["clusters"], "refused") == ["plan-two.plan.hub"] == [r["id"] for r in paused["refused"]]
    assert [r["code"] for r in paused["refused"][0]["refusals"]] == ["paused"] and paused["digest"] != found["digest"]


def test_targets_risks_and_images(quick: Player) -> None:
    def of(**options: Any) -> Result:
        [row] = plan(quick, name=["plan-one"], namespace=SPACE, **options).ok().last["plan"]["clusters"]
        return row  # type: ignore[no-any-return]

    assert of(target={"minor": "current"})["to"] == "4.20.9" and of(target={"latest": True})["to"] == "4.21.5"
    refused = of(target={"version": "4.21.7"})["refusals"]
    assert [(r["code"], "SlowDisks" in r["cause"]) for r in refused] == [("risk_not_accepted", True)]
    accepted = of(
        target={"version": "4.21.7"}, accepted_risks=["SlowDisks"], release_images={"4.21.7": f"mirror.test/ocp@sha256:{'a' * 64}"}
    )
    assert accepted["verdict"] == "ready" and accepted["steps"][0]["risks"] == ["SlowDisks"]
    assert accepted["steps"][0]["image"] == f"mirror.test/ocp@sha256:{'a' * 64}"
    assert [r["code"] for r in of(target={"version": "4.22.1"})["refusals"]] == ["skips_minor"]


def test_a_graph_file_leads_over_several_minors(player: Player, tmp_path: Path) -> None:
    versions = ["4.20.4", "4.21.5", "4.22.1"]
    nodes = [{"version": v, "payload": image(v), "metadata": {}} for v in versions]
    graph = tmp_path / "graph.json"
    graph.write_text(json.dumps({"nodes": nodes, "edges": [[0, 1], [1, 2]], "conditionalEdges": []}))
    rows = plan(player, graph=str(graph), target={"version": "4.22.1"}, node_pools=False).ok().last["plan"]["clusters"]
    assert [[s["version"] for s in row["steps"]] for row in rows] == [["4.21.5", "4.22.1"]] * 2


def test_options_that_cannot_be_and_a_hub_that_is_down(player: Player, kubeconfig: Path) -> None:
    wrong = plan(player, windows=[{"rrule": "FREQ=NEVER", "duration_minutes": 60}]).failed()
    assert wrong["failure"]["code"] == "invalid_option" and "FREQ=NEVER" in wrong["msg"]
    circle = plan(player, waves=[{"name": "a", "after": ["a"]}]).failed()
    assert circle["failure"]["code"] == "invalid_option" and "wait for each other: a" in circle["msg"]
    hubs = [{"name": "here", "kubeconfig": str(kubeconfig)}, {"name": "gone", "host": "https://127.0.0.1:1", "api_key": "x"}]
    down = plan(player, hubs=hubs).failed()
    assert "hub gone could not be read" in down["msg"] and "on_unreachable: skip" in down["failure"]["next_step"]
    left = plan(player, hubs=hubs, on_unreachable="skip").ok().last["plan"]
    assert ids(left["clusters"]) == ["plan-one.plan.here", "plan-two.plan.here"] and left["hubs"][1]["problem"]


SLIPS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    (
        {"upgrade_policy": {"target": {"version": "4.21.5"}, "window": [], "max_paralel": 3}},
        ("max_paralel", "window", "Unsupported parameters", "windows"),
    ),
    (
        {"upgrade_policy": {"target": {"version": "4.21.5"}, "waves": [{"name": "a", "label_selector": ["x=y"]}]}},
        ("label_selector", "label_selectors"),
    ),
    (
        {"upgrade_policy": {"target": {"version": "4.21.5"}}, "upgrade_polici": {}},
        ("Variable upgrade_polici", "did you mean upgrade_policy?"),
    ),
    ({"upgrade_policy": {"target": {"version": "4.21.5"}, "hubs": []}}, ("set upgrade_campaign, upgrade_hubs and upgrade_plan_file",)),
    ({"upgrade_policy": "4.21.5"}, ("has to be the options of module hypershift.core.upgrade_plan",)),
    ({}, ("missing required arguments: target",)),
]


@pytest.mark.parametrize(("variables", "words"), SLIPS, ids=[w[0] for _v, w in SLIPS])
def test_a_slip_in_the_policy_of_the_playbook_is_no_plan(
    quick: Player, tmp_path: Path, variables: dict[str, Any], words: tuple[str, ...]
) -> None:
    file = tmp_path / "plan.json"
    refused = quick.playbook("upgrade_plan", upgrade_campaign="slip", upgrade_plan_file=str(file), **variables)
    assert [word for word in words if word not in refused.failed()["msg"]] == [] and not file.exists()


def test_what_the_account_may_not_read_of_the_management_cluster_is_a_warning(hub: EmbeddedHub, direct: Direct) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    direct.create(
        new("Namespace", "plan-robots"),
        new("ServiceAccount", "planner", "plan-robots"),
        {**new("ClusterRole", "plan-reader"), "rules": [
            {"apiGroups": ["hypershift.openshift.io"], "resources": ["hostedclusters", "nodepools"], "verbs": ["list"]},
            {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["supported-versions"], "verbs": ["get"]},
        ]},
        {**new("ClusterRoleBinding", "plan-reader"), "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "plan-reader"},
         "subjects": [{"kind": "ServiceAccount", "name": "planner", "namespace": "plan-robots"}]},
    )  # fmt: skip
    robot = Player(hub, hub.service_account_kubeconfig("plan-robots", "planner"))
    found = plan(robot).ok().last
    assert ids(found["plan"]["clusters"]) == ["plan-one.plan.hub", "plan-two.plan.hub"]
    assert [w for w in found["plan"]["hubs"][0]["warnings"] if "could be read" in w] and found["warnings"]
