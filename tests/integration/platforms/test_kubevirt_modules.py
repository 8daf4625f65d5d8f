# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Addresses, wildcard routes and the ingress of a hosted cluster on OpenShift Virtualization, on a real API server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from direct import hosted_cluster
from platforms.stage import Stage
from playing import Played, Player

Task = dict[str, Any]
SPACE = "virt"


def pool(**more: Any) -> Task:
    return {
        "hypershift.core.load_balancer_pool": {
            "name": "apps",
            "addresses": ["192.0.2.33-192.0.2.33"],
            "deploy_metallb": True,
            "wait_timeout": 60,
            **more,
        }
    }


def policy(**more: Any) -> Task:
    return {"hypershift.core.ingress_wildcard_policy": {"wait_timeout": 60, **more}}


def ingress(**more: Any) -> Task:
    return {"hypershift.core.kubevirt_ingress": {"name": "demo", "namespace": SPACE, "wait_timeout": 60, **more}}


def changed(played: Played) -> list[bool]:
    return [t["result"]["changed"] for t in played.tasks]


@pytest.fixture(scope="module")
def cluster(stage: Stage) -> Iterator[None]:
    stage.namespace("metallb-system")
    stage.reached("demo", SPACE)
    yield
    stage.unreached("demo", SPACE)


def test_ingress_comes_and_goes(player: Player, stage: Stage, cluster: None) -> None:
    tasks = (pool(), policy(), ingress())
    if player.in_process:
        predicted = player.play(*tasks, check=True).ok()
        assert changed(predicted) == [True] * 3 and player.writes(predicted.started) == []
    played = player.play(*tasks).ok()
    assert changed(played) == [True] * 3
    assert played.last["dns_records"] == [{"name": "*.apps.demo.example.com", "type": "A", "value": "192.0.2.33"}]
    assert played.last["node_ports"] == {"https": 32443, "http": 32080}
    for check in (True, False) if player.in_process else (False,):
        again = player.play(*tasks, check=check).ok()
        assert changed(again) == [False] * 3 and player.writes(again.started) == []
    routes = {"namespaceOwnership": "Strict", "wildcardPolicy": "WildcardsAllowed"}
    assert stage.spec("IngressController", "default", "openshift-ingress-operator") == {"replicas": 2, "routeAdmission": routes}
    _removed(player, stage)


def test_an_exhausted_pool_is_named(quick: Player, stage: Stage, cluster: None) -> None:
    """The only address is another service's."""
    quick.play(pool(), policy()).ok()
    stage.service("taken", "other")
    try:
        refused = quick.play(ingress()).failed()
        assert refused["failure"]["code"] == "hopeless" and "no available IPs" in refused["msg"]
        held = quick.play(pool(state="absent"), check=True).failed()
        assert held["failure"]["code"] == "in_use" and "1 service(s) have addresses of it, first other/taken (192.0.2.33)" in held["msg"]
    finally:
        stage.remove("Service", "taken", "other")  # ours gets the address now
    assert quick.play(ingress()).ok().last["addresses"] == ["192.0.2.33"]
    _removed(quick, stage)


def _removed(player: Player, stage: Stage) -> None:
    gone = (ingress(state="absent"), policy(state="absent"), pool(state="absent"))
    assert changed(player.play(*gone).ok()) == [True] * 3
    again = player.play(*gone).ok()
    assert changed(again) == [False] * 3 and player.writes(again.started) == []
    for kind in ("IPAddressPool", "L2Advertisement", "MetalLB"):
        assert stage.listed(kind) == []
    assert stage.get("Service", "demo-apps", f"{SPACE}-demo") is None
    assert stage.spec("IngressController", "default", "openshift-ingress-operator") == {
        "replicas": 2,
        "routeAdmission": {"namespaceOwnership": "Strict"},
    }


def test_refusals_of_a_real_server(quick: Player, stage: Stage, cluster: None) -> None:
    theirs = {"apiVersion": "metallb.io/v1beta1", "kind": "IPAddressPool", "metadata": {"name": "theirs", "namespace": "metallb-system"}}
    stage.put({**theirs, "spec": {"addresses": ["192.0.2.0/24"]}})
    try:
        overlap = quick.play(pool()).failed()
        assert overlap["failure"]["code"] == "pool_overlap" and "IPAddressPool metallb-system/theirs" in overlap["msg"]
        kept = quick.play(pool(name="theirs", state="absent")).ok()
        assert kept.last["changed"] is False and "was not made by this module" in kept.output
    finally:
        stage.remove("IPAddressPool", "theirs", "metallb-system")
    stage.remove("Service", "router-nodeport-default", "openshift-ingress")
    missing = quick.play(ingress(), check=True).failed()
    assert missing["failure"]["code"] == "router_missing"
    stage.reached("demo", SPACE)


def test_nobody_gives_an_address(quick: Player, cluster: None) -> None:
    slow = quick.play(ingress(wait_timeout=2, https_node_port=32443)).failed()
    assert slow["failure"]["code"] == "timeout" and "no provider of load balancers has answered" in slow["msg"]
    assert quick.play(ingress(state="absent")).ok().last["changed"]


def test_a_domain_that_is_passed_through_needs_nothing(quick: Player, stage: Stage) -> None:
    stage.namespace(SPACE)
    stage.put(hosted_cluster("through", SPACE, spec={"pausedUntil": "true"}))
    try:
        played = quick.play(ingress(name="through")).ok()
        assert played.last["needed"] is False and played.last["dns_records"] == [] and quick.writes(played.started) == []
    finally:
        stage.end("through", SPACE)
