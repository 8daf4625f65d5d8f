# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Addresses and host files of pods."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from pod_runner import names
from pod_runner.names import Resident


@pytest.mark.parametrize("seed", [f"hub/clusters-demo/etcd-{number}" for number in range(50)])
def test_addresses_stay_in_their_networks_and_with_their_names(seed: str) -> None:
    number = names.offset_of(seed, ())
    assert number == names.offset_of(seed, ())
    assert ip_address(names.loopback(number)) in ip_network("127.64.0.0/10")
    assert ip_address(names.published(number)) in ip_network("10.128.0.0/10")
    assert not ip_address(names.published(number)).is_loopback


def test_a_taken_address_is_passed_over() -> None:
    first = names.offset_of("seed", ())
    second = names.offset_of("seed", {first})
    assert second != first
    assert names.offset_of("seed", {first, second}) not in {first, second}


def resident(name: str, address: str, subdomain: str = "", **labels: str) -> Resident:
    return Resident("ns", name, address, labels, name if subdomain else "", subdomain)


def service(name: str, namespace: str = "ns", **selector: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace}, "spec": {"selector": selector}}


def test_a_service_names_the_pods_that_it_selects_in_its_namespace() -> None:
    pods = [resident("etcd-0", "127.0.0.1", "etcd-discovery", app="etcd"), resident("other", "127.0.0.2", app="other")]
    services = [service("etcd-client", app="etcd"), service("etcd-client", "elsewhere", app="other"), service("none")]
    lines = names.host_lines("ns", pods, services)
    assert lines == [
        "127.0.0.1 etcd-0.etcd-discovery etcd-0.etcd-discovery.ns etcd-0.etcd-discovery.ns.svc etcd-0.etcd-discovery.ns.svc.cluster.local",
        "127.0.0.1 etcd-client etcd-client.ns etcd-client.ns.svc etcd-client.ns.svc.cluster.local",
    ]
    assert names.hosts_file(pods[0], lines).splitlines()[0] == "127.0.0.1 localhost etcd-0"


def test_pods_of_other_namespaces_are_unknown() -> None:
    assert names.host_lines("elsewhere", [resident("etcd-0", "127.0.0.1", "etcd-discovery", app="etcd")], [service("c", app="etcd")]) == []
