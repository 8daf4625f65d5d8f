# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a management cluster has room for more hosted clusters.

Source: platform_facts#11.1 (what one highly available control plane takes, how many fit), #11.3 (which taints control
planes tolerate), #1.6 (limits).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .._kernel.conditions import is_true
from .._kernel.kinds import NODE, POD
from .._kernel.objects import Object, lookup
from .._kernel.quantities import parse_quantity
from .inspection import Inspection

GIB = Decimal(1024) ** 3
_ROLE = "node-role.kubernetes.io/"
_RESERVED = "hypershift.openshift.io/cluster"  # a node for one control plane alone
_TOLERATED = frozenset({"hypershift.openshift.io/control-plane"})
_SENTENCE = (
    "free = status.allocatable of the {nodes} usable worker nodes minus the requests of the pods on them; "
    "one {what} takes {pods} pods, {cpu} vCPU and {memory} GiB; the scarcest of the three decides"
)


@dataclass(frozen=True)
class Amounts:
    """cpu in cores, memory in GiB, pods."""

    cpu: Decimal = Decimal(0)
    memory: Decimal = Decimal(0)
    pods: Decimal = Decimal(0)

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.cpu + other.cpu, self.memory + other.memory, self.pods + other.pods)

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(self.cpu - other.cpu, self.memory - other.memory, self.pods - other.pods)

    def as_dict(self) -> dict[str, float]:
        return {"cpu": round(float(self.cpu), 2), "memory_gib": round(float(self.memory), 2), "pods": int(self.pods)}


PER_CONTROL_PLANE = Amounts(Decimal("5.5"), Decimal(19), Decimal(78))


def is_worker(node: Object) -> bool:
    """A node of a worker role, or of no role at all; of a compact cluster the control plane nodes too."""
    roles = {k.removeprefix(_ROLE) for k in node["metadata"].get("labels") or {} if k.startswith(_ROLE)}
    return "worker" in roles or not roles & {"master", "control-plane"}


def is_usable(node: Object) -> bool:
    """Ready, and a new control plane may be scheduled to it."""
    spec = node.get("spec") or {}
    blocking = [
        t
        for t in spec.get("taints") or ()
        if t.get("effect") in ("NoSchedule", "NoExecute") and t.get("key") not in _TOLERATED
    ]
    reserved = _RESERVED in (node["metadata"].get("labels") or {})
    return is_true(node, "Ready") and not spec.get("unschedulable") and not blocking and not reserved


def workers(inspection: Inspection) -> list[Object]:
    return [n for n in inspection.all(NODE) if is_worker(n)]


def usable(inspection: Inspection) -> list[Object]:
    return [n for n in workers(inspection) if is_usable(n)]


def _amounts(resources: Mapping[str, Any] | None, pods: Any = 0) -> Amounts:
    cpu, memory = (parse_quantity((resources or {}).get(key) or 0) or Decimal(0) for key in ("cpu", "memory"))
    return Amounts(cpu, memory / GIB, parse_quantity(pods) or Decimal(0))


def _sum(amounts: Iterable[Amounts]) -> Amounts:
    total = Amounts()
    for one in amounts:
        total += one
    return total


def _requests(containers: Iterable[Mapping[str, Any]]) -> list[Amounts]:
    return [_amounts(lookup(c, ("resources", "requests"))) for c in containers]


def requested_by(pod: Object) -> Amounts:
    """As the scheduler counts: the containers and sidecars together or the largest init container, whichever is more,
    and the overhead."""
    spec = pod.get("spec") or {}
    first = spec.get("initContainers") or ()
    sidecars = [c for c in first if c.get("restartPolicy") == "Always"]
    long = _sum(_requests([*(spec.get("containers") or ()), *sidecars]))
    once = _requests([c for c in first if c.get("restartPolicy") != "Always"])
    cpu = max([long.cpu, *(a.cpu for a in once)])
    memory = max([long.memory, *(a.memory for a in once)])
    return Amounts(cpu, memory, Decimal(1)) + _amounts(spec.get("overhead"))


def free_per_node(nodes: Sequence[Object], pods: Sequence[Object]) -> dict[str, tuple[Amounts, Amounts]]:
    """Allocatable and requested by the name of the node. Pods that have ended hold nothing."""
    found: dict[str, tuple[Amounts, Amounts]] = {}
    for node in nodes:
        allocatable = lookup(node, ("status", "allocatable")) or {}
        found[node["metadata"]["name"]] = (_amounts(allocatable, allocatable.get("pods") or 0), Amounts())
    for pod in pods:
        name = str(lookup(pod, ("spec", "nodeName")) or "")
        if name in found and lookup(pod, ("status", "phase")) not in ("Succeeded", "Failed"):
            have, taken = found[name]
            found[name] = (have, taken + requested_by(pod))
    return found


def how_many(free: Amounts) -> tuple[int, str]:
    """How many control planes fit, and what runs out first."""
    rooms = {key: getattr(free, key) // getattr(PER_CONTROL_PLANE, key) for key in ("cpu", "memory", "pods")}
    scarce = min(rooms, key=lambda key: rooms[key])
    return max(int(rooms[scarce]), 0), scarce


def capacity(inspection: Inspection) -> dict[str, Any]:
    """Numbers of the usable worker nodes; ``fits`` also when the largest of them is lost. Empty when nodes or pods
    could not be read."""
    if inspection.gap(NODE, POD):
        return {}
    table = free_per_node(usable(inspection), inspection.all(POD))
    allocatable, requested = _sum(a for a, _r in table.values()), _sum(r for _a, r in table.values())
    fits, scarce = how_many(allocatable - requested)
    # The pods of a lost node go to the others, so the whole of what it offers is missing.
    largest = [how_many(allocatable - requested - a)[0] for a, _r in table.values()]
    size = PER_CONTROL_PLANE.as_dict()
    what = "highly available control plane"
    return {
        "nodes": len(table),
        "allocatable": allocatable.as_dict(),
        "requested": requested.as_dict(),
        "free": (allocatable - requested).as_dict(),
        "per_hosted_cluster": size,
        "fits": fits,
        "fits_without_one_node": min(largest) if largest else 0,
        "wanted": inspection.wanted,
        "limited_by": scarce,
        "computed": _SENTENCE.format(
            nodes=len(table), what=what, pods=size["pods"], cpu=PER_CONTROL_PLANE.cpu, memory=PER_CONTROL_PLANE.memory
        ),
    }
