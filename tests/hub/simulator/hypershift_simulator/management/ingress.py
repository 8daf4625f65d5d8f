# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""MetalLB: services of type LoadBalancer get addresses of IPAddressPools, or an event that says why not. Source: platform_facts#2.6, #11.8.

Services of hosted control planes have addresses of their own (see endpoints) and are left alone. Without any pool nobody answers, as
where MetalLB is not installed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from ..actions import Action, Create, Status, marked, update_status
from ..conditions import TRUE, Condition, merge
from ..context import Context
from ..kinds import key, new
from ..names import HOSTED_CLUSTER, Obj, fingerprint
from ..store import Store

_POOL = ("metallb.io/address-pool", "metallb.universe.tf/address-pool")
_SECONDS = {"allocate": 2.0, "metallb": 20.0}
_MOST = 4096  # addresses of a pool that are looked at


def reconcile(store: Store, ctx: Context) -> list[Action]:
    actions = [action for obj in store.list("MetalLB") for action in _metallb(ctx, obj)]
    pools = store.list("IPAddressPool")
    if not pools:
        return actions
    used = {address for service in store.list("Service") for address in _addresses(service)}
    for service in store.list("Service"):
        if _waits(service) and ctx.passed(f"allocate/{service['metadata'].get('uid')}", _SECONDS["allocate"]):
            actions += _allocate(store, ctx, service, pools, used)
    for pool in pools:
        actions += _count(pool, used)
    return actions


def _waits(service: Obj) -> bool:
    annotations = service["metadata"].get("annotations") or {}
    leaving = service["metadata"].get("deletionTimestamp")
    return bool(
        service["spec"].get("type") == "LoadBalancer" and HOSTED_CLUSTER not in annotations and not leaving and not _addresses(service)
    )


def _addresses(service: Obj) -> list[str]:
    rows = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return [row["ip"] for row in rows if row.get("ip")]


def _allocate(store: Store, ctx: Context, service: Obj, pools: list[Obj], used: set[str]) -> list[Action]:
    annotations = service["metadata"].get("annotations") or {}
    named = next((annotations[name] for name in _POOL if name in annotations), "")
    usable = [p for p in pools if (p["metadata"]["name"] == named if named else p["spec"].get("autoAssign", True))]
    for pool in usable:
        free = next((a for a in _each(pool) if a not in used), None)
        if free is not None:
            used.add(free)
            return update_status(service, {**(service.get("status") or {}), "loadBalancer": {"ingress": [{"ip": free, "ipMode": "VIP"}]}})
    namespace, name = service["metadata"]["namespace"], service["metadata"]["name"]
    why = f'unknown pool "{named}"' if named and not usable else "no available IPs"
    state = sorted((p["metadata"]["name"], *p["spec"]["addresses"]) for p in pools)
    said = f'Failed to allocate IP for "{namespace}/{name}": {why}'
    event = new("Event", f"{name}.{fingerprint(service['metadata'].get('uid'), state)}", namespace)
    event |= {"type": "Warning", "reason": "AllocationFailed", "message": said, "firstTimestamp": ctx.stamp, "lastTimestamp": ctx.stamp}
    event |= {"count": 1, "source": {"component": "metallb-controller"}, "involvedObject": _about(service)}
    return [] if store.get(*key(event)) else [Create(marked(event))]


def _about(service: Obj) -> Obj:
    meta = service["metadata"]
    return {"apiVersion": "v1", "kind": "Service", "namespace": meta["namespace"], "name": meta["name"], "uid": meta.get("uid", "")}


def _each(pool: Obj) -> Iterator[str]:
    for text in pool["spec"]["addresses"]:
        first, _dash, last = text.partition("-")
        if last:
            low, high = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
        else:
            network = ipaddress.ip_network(text)
            low, high = network.network_address, network.broadcast_address
        for number in range(int(low), min(int(high), int(low) + _MOST) + 1):
            yield str(ipaddress.ip_address(number))


def _count(pool: Obj, used: set[str]) -> list[Action]:
    status = {"assignedIPv4": 0, "assignedIPv6": 0, "availableIPv4": 0, "availableIPv6": 0}
    for address in _each(pool):
        family = ipaddress.ip_address(address).version
        status[f"{'assigned' if address in used else 'available'}IPv{family}"] += 1
    return [Status(*key(pool), dict(status))] if pool.get("status") != status else []


def _metallb(ctx: Context, obj: Obj) -> list[Action]:
    if not ctx.passed(f"metallb/{obj['metadata'].get('uid')}", _SECONDS["metallb"]):
        return []
    have = obj.get("status") or {}
    conditions = merge(have.get("conditions"), [Condition("Available", TRUE, "Available", "")], ctx.now)
    return update_status(obj, {**have, "conditions": conditions})
