# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ingress of a hosted cluster on OpenShift Virtualization that has its own base domain.

Source: platform_facts#2.6, #11.9.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import datetime

from ..._kernel import conditions, text, times
from ..._kernel.kinds import SERVICE, control_plane_namespace
from ..._kernel.objects import Object, lookup

ROUTER = ("openshift-ingress", "router-nodeport-default")  # in the hosted cluster
PORTS = {"https": 443, "http": 80}
RECENT = 60.0  # seconds within which a refusal of the load balancer's provider still counts
_REFUSALS = ("AllocationFailed", "SyncLoadBalancerFailed")


def passes_through(cluster: Object) -> bool:
    """Whether the apps of the hosted cluster are reached through the ingress of the management cluster."""
    return lookup(cluster, ("spec", "platform", "kubevirt", "baseDomainPassthrough")) is True


def apps_domain(cluster: Object) -> str:
    """``apps.<name>.<base domain>``; a prefix of the base domain takes the name's place, an empty one has none."""
    dns = lookup(cluster, ("spec", "dns")) or {}
    prefix = dns.get("baseDomainPrefix")
    name = cluster["metadata"]["name"] if prefix is None else prefix
    return ".".join(part for part in ("apps", str(name), str(dns.get("baseDomain") or "")) if part)


def node_ports(service: Object | None) -> dict[str, int]:
    """{https, http} node ports of the hosted cluster's router; those that are not given out yet are missing."""
    found: dict[str, int] = {}
    for port in lookup(service, ("spec", "ports")) or ():
        for name, number in PORTS.items():
            if port.get("nodePort") and (port.get("port") == number or port.get("name") == name):
                found[name] = int(port["nodePort"])
    return found


def apps_service(cluster: Object, ports: dict[str, int]) -> Object:
    """Service of type LoadBalancer in front of the virtual machines."""
    meta = cluster["metadata"]
    home = control_plane_namespace(meta["namespace"], meta["name"])
    rows = [
        {"name": f"{name}-{number}", "protocol": "TCP", "port": number, "targetPort": ports[name]}
        for name, number in PORTS.items()
        if name in ports
    ]
    spec = {"type": "LoadBalancer", "selector": {"kubevirt.io": "virt-launcher"}, "ports": rows}
    return SERVICE.manifest(f"{meta['name']}-apps", home, spec=spec)


def addresses(service: Object | None) -> list[str]:
    """IP addresses, or host names where the provider gives those."""
    rows = lookup(service, ("status", "loadBalancer", "ingress")) or ()
    return [str(r.get("ip") or r.get("hostname")) for r in rows if r.get("ip") or r.get("hostname")]


def records(domain: str, found: Iterable[str]) -> list[Object]:
    """DNS records that are needed: {name, type, value}. IPv6 needs AAAA, a host name CNAME."""
    return [{"name": f"*.{domain}", "type": _type(value), "value": value} for value in found]


def _type(value: str) -> str:
    try:
        return "AAAA" if ipaddress.ip_address(value).version == 6 else "A"
    except ValueError:
        return "CNAME"


def refusal(service: Object | None, events: Iterable[Object], now: datetime) -> str:
    """Why the provider of load balancers gives no address, from its last word within a minute; empty when it has said
    nothing."""
    if service is None or addresses(service):
        return ""
    for name in ("Ready", "LoadBalancerReady"):
        found = conditions.get(service, name)
        if found and found.status == "False" and found.reason in _REFUSALS:
            return f"{found.reason}: {text.message_line(found.message)}"
    fresh = [e for e in events if _is_about(e, service) and _age(e, now) <= RECENT]
    last = max(fresh, key=_when, default=None)
    return f"{last['reason']}: {text.message_line(last.get('message'))}" if last else ""


def _is_about(event: Object, service: Object) -> bool:
    """Events outlive their object: one about an earlier Service of this name is told by its uid."""
    about, meta = event.get("involvedObject") or {}, service["metadata"]
    same = (
        about.get("kind") == "Service"
        and about.get("name") == meta["name"]
        and about.get("uid") in (None, "", meta.get("uid"))
    )
    return bool(same and event.get("reason") in _REFUSALS)


def _when(event: Object) -> str:
    return str(
        event.get("lastTimestamp") or event.get("eventTime") or lookup(event, ("metadata", "creationTimestamp")) or ""
    )


def _age(event: Object, now: datetime) -> float:
    seconds = times.seconds_since(_when(event), now)
    return 0.0 if seconds is None else seconds
