# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Networks as the operator judges them: what it refuses is refused before the write, what it takes is left alone."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._clusters.admission import hosted_cluster_failures
from ansible_collections.hypershift.core.plugins.module_utils._clusters.manifest import creation_manifest, desired_manifest

from builders.objects import cluster_options, live_cluster, options

JOIN = {"operatorConfiguration": {"clusterNetworkOperator": {"ovnKubernetesConfig": {"ipv4": {"internalJoinSubnet": "10.132.64.0/18"}}}}}
SIX = {"cluster_networks": ["fd01::/48"], "service_networks": ["fd02::/112"]}
NONE = {"platform": "none"}


def node_port(address: str, port: int | None = None, service: str = "APIServer") -> dict[str, Any]:
    by_port = {"type": "NodePort", "nodePort": {"address": address, **({"port": port} if port is not None else {})}}
    kinds = {s: {"type": "Route"} for s in ("APIServer", "OAuthServer", "Konnectivity", "Ignition")} | {service: by_port}
    return {**NONE, "services": [{"service": s, "servicePublishingStrategy": k} for s, k in kinds.items()]}


def told(**given: Any) -> list[str]:
    return [f"{f.cause} {f.next_step}" for f in hosted_cluster_failures(creation_manifest(cluster_options(**given), "demo-abcde"))]


# (options, words of the one refusal)
REFUSED: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"cluster_networks": ["fd01::/48"]}, ("option service_networks", "172.31.0.0/16", "not IPv6", "fd01::/48")),
    ({**SIX, "machine_networks": ["10.9.0.0/16"]}, ("option machine_networks", "not IPv6")),
    ({"service_networks": ["fd02::/112", "172.30.0.0/16"]}, ("option service_networks", "not IPv4")),
    ({**SIX, "spec": {"networking": {"apiServer": {"advertiseAddress": "172.20.0.1"}}}}, ("advertiseAddress", "not IPv6")),
    ({"spec": {"networking": {"apiServer": {"advertiseAddress": "here"}}}}, ("advertiseAddress", "must be an IP address")),
    ({"machine_networks": ["172.20.0.0/24"]}, ("option machine_networks", "contains 172.20.0.1", "advertiseAddress")),
    ({"cluster_networks": ["fd00::/48"], "service_networks": ["fd02::/112"]}, ("option cluster_networks", "contains fd00::1")),
    ({**NONE, **node_port("172.31.0.9")}, ("option service_networks", "contains 172.31.0.9", "node port")),
    (node_port("192.0.2.7", 80), ("option services", "port 80", "30000 to 32767, or 0")),
    ({**node_port("192.0.2.7", 31000), "configuration": {"network": {"serviceNodePortRange": "32000-32100"}}}, ("32000 to 32100",)),
    ({"spec": JOIN}, ("internalJoinSubnet", "10.132.64.0/18", "overlaps 10.132.0.0/14 of clusterNetwork")),
    ({"machine_networks": ["100.66.3.0/24"]}, ("option machine_networks", "overlaps 100.66.0.0/16", "the default")),
    ({**SIX, "machine_networks": ["fd99::/64"]}, ("option machine_networks", "overlaps fd99::/64", "the default")),
]  # fmt: skip

TAKEN: list[dict[str, Any]] = [
    SIX,
    {"cluster_networks": ["10.132.0.0/14", "fd01::/48"], "service_networks": ["172.31.0.0/16", "fd02::/112"]},
    {**SIX, "cluster_networks": ["fd01::/48", "10.132.0.0/14"]},
    {"machine_networks": ["172.20.0.0/24"], "spec": {"networking": {"apiServer": {"advertiseAddress": "172.21.0.1"}}}},
    {"machine_networks": ["10.9.0.0/16", "172.20.0.0/24"]},
    node_port("192.0.2.7", 0),
    node_port("192.0.2.7", 31000),
    node_port("api.example.test"),
    node_port("172.31.0.9", service="Ignition"),
    {**node_port("192.0.2.7", 40000), "configuration": {"network": {"serviceNodePortRange": "39000-41000"}}},
    {"machine_networks": ["100.66.3.0/24"], "network_type": "Calico"},
    {"machine_networks": ["100.66.3.0/24"], **NONE, "service_publishing": {"strategy": "load_balancer"}},
]


@pytest.mark.parametrize(("given", "words"), REFUSED, ids=lambda v: str(v)[:60] if isinstance(v, dict) else "")
def test_what_the_operator_refuses_is_told_once(given: dict[str, Any], words: tuple[str, ...]) -> None:
    (text,) = told(**given)
    assert not [w for w in words if w not in text], text


@pytest.mark.parametrize("given", TAKEN, ids=lambda v: str(v)[:60])
def test_what_the_operator_takes_is_not_refused(given: dict[str, Any]) -> None:
    assert told(**given) == []


def test_a_change_is_judged_together_with_what_stands() -> None:
    desired = desired_manifest(options("hosted_cluster", name="demo", spec=JOIN))
    (failure,) = hosted_cluster_failures(desired, live_cluster())
    assert "overlaps 10.132.0.0/14" in failure.cause


@pytest.mark.parametrize(
    ("field", "given"),
    [
        (("dns", "baseDomainPrefix", "under_score"), {"base_domain_prefix": "under_score"}),
        (("networking", "machineNetwork", [{"cidr": "172.20.0.0/24"}]), {"machine_networks": ["172.20.0.0/24"]}),
        (("networking", "machineNetwork", [{"cidr": "172.20.0.0/24"}]), {"channel": "stable-4.20"}),
    ],
)
def test_what_stands_may_be_restated_and_is_not_told_again(field: tuple[str, str, Any], given: dict[str, Any]) -> None:
    live = deepcopy(live_cluster())
    live["spec"].setdefault(field[0], {})[field[1]] = field[2]
    assert hosted_cluster_failures(desired_manifest(options("hosted_cluster", name="demo", **given)), live) == []
    assert hosted_cluster_failures(live) != [], "the value itself is a bad one"
