# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Addresses, names and host files of the pods."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from .types import Obj

_BITS = 22  # 127.64.0.0/10 on the machine, 10.128.0.0/10 in the pod's status


def offset_of(seed: str, taken: Collection[int]) -> int:
    """A number that stays with a pod's name, so that its peers' resolvers are never behind."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") % (1 << _BITS)
    while number in taken or number & 0xFF in (0, 0xFF):
        number = (number + 1) % (1 << _BITS)
    return number


def _dotted(first: int, second: int, number: int) -> str:
    return f"{first}.{second + (number >> 16)}.{number >> 8 & 0xFF}.{number & 0xFF}"


def loopback(number: int) -> str:
    return _dotted(127, 64, number)


def published(number: int) -> str:
    """What the pod's status says: the API server refuses loopback addresses as endpoints."""
    return _dotted(10, 128, number)


@dataclass(frozen=True)
class Resident:
    """A pod as its neighbours see it."""

    namespace: str
    name: str
    address: str
    labels: Mapping[str, str] = field(default_factory=dict)
    hostname: str = ""
    subdomain: str = ""


def forms(namespace: str, *names: str) -> list[str]:
    """The names that a cluster's DNS knows a service by."""
    return [f"{name}{suffix}" for name in names for suffix in ("", f".{namespace}", f".{namespace}.svc", f".{namespace}.svc.cluster.local")]


def resident(pod: Obj, address: str) -> Resident:
    metadata, spec = pod["metadata"], pod["spec"]
    labels = dict(metadata.get("labels") or {})
    return Resident(metadata["namespace"], metadata["name"], address, labels, spec.get("hostname", ""), spec.get("subdomain", ""))


def host_lines(namespace: str, residents: Iterable[Resident], services: Iterable[Obj]) -> list[str]:
    """What every pod of a namespace can resolve."""
    here = [one for one in residents if one.namespace == namespace]
    lines = []
    for one in here:
        if one.hostname and one.subdomain:
            lines.append(f"{one.address} {' '.join(forms(namespace, f'{one.hostname}.{one.subdomain}'))}")
    for service in services:
        selector = service["spec"].get("selector") or {}
        if service["metadata"]["namespace"] != namespace or not selector:
            continue
        chosen = [one for one in here if all(one.labels.get(key) == value for key, value in selector.items())]
        lines += [f"{one.address} {' '.join(forms(namespace, service['metadata']['name']))}" for one in chosen]
    return sorted(lines)


def hosts_file(own: Resident, lines: Iterable[str]) -> str:
    return "\n".join([f"{own.address} localhost {own.name}", *lines]) + "\n"
