# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Address pools of MetalLB: ranges, overlaps, objects. Source: platform_facts#2.6, #11.8."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from ..._kernel import conditions
from ..._kernel.kinds import IP_ADDRESS_POOL, L2_ADVERTISEMENT, METALLB
from ..._kernel.objects import Object, lookup
from ..._kernel.text import message_line
from .ingress import addresses

METALLB_NAME = "metallb"
Span = tuple[int, int, int]  # IP version, first and last address as numbers


def span(text: str) -> Span:
    """A network or a range as MetalLB writes it. Raises ValueError that says what is wrong."""
    value = str(text).strip()
    if "-" in value:
        first, _dash, last = (part.strip() for part in value.partition("-"))
        low, high = ipaddress.ip_address(first), ipaddress.ip_address(last)
        if low.version != high.version:
            raise ValueError(f"{value} begins with IPv{low.version} and ends with IPv{high.version}")
        if int(low) > int(high):
            raise ValueError(f"{value} ends before it begins")
        return low.version, int(low), int(high)
    if "/" not in value:
        address = ipaddress.ip_address(value)
        raise ValueError(f"{value} is a single address; write {value}/{32 if address.version == 4 else 128}")
    network = ipaddress.ip_network(value, strict=True)
    return network.version, int(network.network_address), int(network.broadcast_address)


def size(texts: Iterable[str]) -> int:
    """How many addresses a valid pool has."""
    return sum(last - first + 1 for _version, first, last in (span(t) for t in texts))


def problems(texts: Sequence[str]) -> list[str]:
    """What is wrong with the ranges of one pool, each in a sentence; ranges of it that overlap each other are wrong
    too."""
    found, good = [], []
    for text in texts:
        try:
            good.append((text, span(text)))
        except ValueError as error:
            said = str(error)
            found.append(said if text in said else f"{text}: {said}")
    for number, (text, one) in enumerate(good):
        found += [f"{text} and {other} overlap" for other, two in good[number + 1 :] if overlap(one, two)]
    return found


def overlap(one: Span, two: Span) -> bool:
    return one[0] == two[0] and one[1] <= two[2] and two[1] <= one[2]


def overlaps(texts: Sequence[str], pools: Iterable[Object]) -> list[tuple[Object, str, str]]:
    """(pool, its range, ours) for each range of other pools that meets one of ours; ranges that cannot be read are left
    out."""
    found = []
    for pool in pools:
        for theirs in lookup(pool, ("spec", "addresses")) or ():
            try:
                other = span(theirs)
            except ValueError:
                continue
            found += [(pool, str(theirs), ours) for ours in texts if overlap(span(ours), other)]
    return found


def pool(options: Object) -> Object:
    spec: Object = {"addresses": list(options["addresses"])}
    if options.get("auto_assign") is not None:
        spec["autoAssign"] = options["auto_assign"]
    return IP_ADDRESS_POOL.manifest(options["name"], options["namespace"], spec=spec)


def advertisement(options: Object) -> Object:
    spec: Object = {"ipAddressPools": [options["name"]]}
    if options.get("interfaces") is not None:
        spec["interfaces"] = options["interfaces"]
    return L2_ADVERTISEMENT.manifest(options["name"], options["namespace"], spec=spec)


def assigned(pool: Object | None) -> int:
    """Addresses in use, as MetalLB counts them; 0 where its release does not count."""
    return sum(int(lookup(pool, ("status", f"assignedIPv{family}")) or 0) for family in (4, 6))


def users(pool: Object, services: Iterable[Object]) -> list[str]:
    """``namespace/name (address)`` of services that have an address of the pool: MetalLB's own count comes later, or
    not at all."""
    ranges = [span(text) for text in lookup(pool, ("spec", "addresses")) or () if not problems([text])]
    found = []
    for service in services:
        for address in addresses(service):
            try:
                number = ipaddress.ip_address(address)
            except ValueError:
                continue  # a host name is no address of a pool
            if any(overlap(one, (number.version, int(number), int(number))) for one in ranges):
                found.append(f"{service['metadata']['namespace']}/{service['metadata']['name']} ({address})")
    return sorted(found)


def metallb_missing(obj: Object | None) -> str:
    """What keeps MetalLB from working; empty when it works."""
    if obj is None:
        return f"{METALLB.kind} {METALLB_NAME} does not exist"
    if conditions.is_true(obj, "Available"):
        return ""
    found = conditions.get(obj, "Degraded")
    if found and found.status == "True":
        return f"Degraded is True ({found.reason}: {message_line(found.message)})"
    return "condition Available is not True yet"
