# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Networks of a HostedCluster as the operator judges them, which it does only after the API server took the object
(platform_facts#0.3)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

from .._kernel.errors import Failure
from .._kernel.objects import lookup
from .._manifests.field_checks import invalid
from .._manifests.option_paths import HOSTED_CLUSTER_PATHS

_Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"
_Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"
_NETWORKS = ("clusterNetwork", "serviceNetwork", "machineNetwork")
_OVN = "spec.operatorConfiguration.clusterNetworkOperator.ovnKubernetesConfig."
# (field below _OVN, what the operator takes on KubeVirt when it is left out)
_OVN_SUBNETS = (
    ("ipv4.internalJoinSubnet", "100.66.0.0/16"),
    ("ipv4.internalTransitSwitchSubnet", ""),
    ("v4InternalSubnet", ""),
    ("v6InternalSubnet", ""),
    ("ipv6.internalJoinSubnet", "fd99::/64"),
    ("ipv6.internalTransitSwitchSubnet", ""),
)
_ADVERTISED = {4: "172.20.0.1", 6: "fd00::1"}  # the API server's address on every node, when none is given
_NODE_PORTS = (30000, 32767)


@dataclass(frozen=True)
class _Used:
    """A network, where it stands, and whether the operator chose it."""

    path: str
    network: _Network
    chosen: bool = False

    @property
    def title(self) -> str:
        return f"{self.network} of {self.path.rpartition('.')[2]}{', the default' if self.chosen else ''}"


def network_failures(spec: dict[str, Any]) -> list[Failure]:
    """What the operator would refuse of networks, of the API server's address in them, and of its node port."""
    try:
        named = list(_named(spec))
    except (ValueError, TypeError, KeyError):
        return []  # the field rule has reported it
    used = [*named, *_ovn_subnets(spec)]
    failures = [
        _fail(b.path, b.network, f"overlaps {a.title}", "networks that do not overlap")
        if not b.chosen
        else _fail(a.path, a.network, f"overlaps {b.title}", f"another network, or set {b.path} to one that is free")
        for a, b in combinations(used, 2)
        if a.network.version == b.network.version and a.network.overlaps(b.network)
    ]
    return failures + _advertised_failures(spec, named) + _node_port_failures(spec, named)


def _named(spec: dict[str, Any]) -> Iterator[_Used]:
    for field in _NETWORKS:
        for entry in lookup(spec, ("networking", field)) or []:
            yield _Used(f"spec.networking.{field}", ipaddress.ip_network(entry["cidr"], strict=False))


def _ovn_subnets(spec: dict[str, Any]) -> Iterator[_Used]:
    if lookup(spec, ("networking", "networkType")) != "OVNKubernetes":
        return
    on_kubevirt = lookup(spec, ("platform", "type")) == "KubeVirt"
    for field, default in _OVN_SUBNETS:
        path = _OVN + field
        given = lookup(spec, tuple(path.split(".")[1:]))
        text = given or (default if on_kubevirt else "")
        try:
            if text:
                yield _Used(path, ipaddress.ip_network(text, strict=False), not given)
        except ValueError:
            continue  # the API server says what it should look like


def _advertised_failures(spec: dict[str, Any], named: list[_Used]) -> list[Failure]:
    """The first network of each list and the advertised address are of one family, and the address is in none of
    them."""
    firsts = [next(u for u in named if u.path == path) for path in dict.fromkeys(u.path for u in named)]
    if not firsts or not firsts[0].path.endswith(_NETWORKS[0]):
        return []
    family = firsts[0].network.version
    path = "spec.networking.apiServer.advertiseAddress"
    given = lookup(spec, ("networking", "apiServer", "advertiseAddress"))
    address = _address(given or _ADVERTISED[family])
    if address is None:
        return [_fail(path, given, "must be an IP address", f"for example {_ADVERTISED[family]}")]
    allowed = f"an IPv{family} network in the first place"
    mixed = f"is not IPv{family}, as the first cluster network {firsts[0].network} is"
    failures = [_fail(u.path, u.network, mixed, allowed) for u in firsts if u.network.version != family]
    if address.version != family:
        failures.append(_fail(path, address, mixed, f"an IPv{family} address"))
    return failures + [
        _fail(
            u.path,
            u.network,
            f"contains {address}, the address at which nodes reach the API server",
            f"a network without it, or set {path} to an address outside of all networks",
        )
        for u in firsts
        if address in u.network
    ]


def _node_port_failures(spec: dict[str, Any], named: list[_Used]) -> list[Failure]:
    failures, path = [], "spec.services"
    low, high = _node_port_range(lookup(spec, ("configuration", "network", "serviceNodePortRange")))
    services = spec.get("services")
    for entry in services if isinstance(services, list) else []:
        strategy = lookup(entry, ("servicePublishingStrategy",)) or {}
        if lookup(entry, ("service",)) != "APIServer" or lookup(strategy, ("type",)) != "NodePort":
            continue
        address, port = (lookup(strategy, ("nodePort", key)) for key in ("address", "port"))
        published = _address(address)
        for used in named if published else []:
            if used.path.endswith("serviceNetwork") and published in used.network:
                rule = f"contains {address}, the address at which the API server is published by node port"
                failures.append(_fail(used.path, used.network, rule, "a network that nothing else uses"))
        if isinstance(port, int) and port > 0 and not low <= port <= high:
            rule = "is outside of the range of node ports"
            failures.append(_fail(path, f"APIServer nodePort.port {port}", rule, f"{low} to {high}, or 0 for any"))
    return failures


def _node_port_range(text: Any) -> tuple[int, int]:
    found = re.match(r"^(\d{1,5})-(\d{1,5})$", str(text or ""))
    return (int(found[1]), int(found[2])) if found else _NODE_PORTS


def _address(text: Any) -> _Address | None:
    try:
        return ipaddress.ip_address(str(text))
    except ValueError:
        return None


def _fail(path: str, value: Any, rule: str, allowed: str) -> Failure:
    return invalid(tuple(path.split(".")), value, rule, allowed, HOSTED_CLUSTER_PATHS)
