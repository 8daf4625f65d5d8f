# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which node pools a change rolls, how and why: predicted before any write. Source: platform_facts#4.6."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._health.rules.machines import makes_machines
from .._kernel.changes import RolloutEffect
from .._kernel.compare import equal
from .._kernel.objects import lookup
from .._manifests.selection import node_count

# Fields of the HostedCluster that reach every node: (path, what the user reads).
CLUSTER_TRIGGERS = (
    (("spec", "pullSecret", "name"), "another pull secret name"),
    (("spec", "additionalTrustBundle", "name"), "another trust bundle name"),
    (("spec", "imageContentSources"), "changed image content sources"),
    (("spec", "configuration", "proxy"), "changed proxy configuration"),
    (("spec", "configuration", "image"), "changed image configuration"),
)
_PLATFORM_BLOCK = {"AWS": "aws", "KubeVirt": "kubevirt", "Agent": "agent", "Azure": "azure", "PowerVS": "powervs"}
_NOT_IN_TEMPLATE = {"AWS": ("resourceTags",)}


def cluster_change_effects(
    live: dict[str, Any], predicted: dict[str, Any], pools: Iterable[dict[str, Any]]
) -> list[RolloutEffect]:
    """Effects of changing a HostedCluster on its existing node pools."""
    why = tuple(
        text for path, text in CLUSTER_TRIGGERS if not _same(lookup(live, path), lookup(predicted, path), path[-1])
    )
    return [e for e in (_effect(p, why) for p in pools) if e] if why else []


def pool_change_effects(live: dict[str, Any], predicted: dict[str, Any]) -> list[RolloutEffect]:
    """Effects of changing a NodePool on its own nodes."""
    why = []
    if lookup(live, ("spec", "release", "image")) != lookup(predicted, ("spec", "release", "image")):
        why.append("another release image")
    if _names(live, "config") != _names(predicted, "config"):
        why.append("changed config references")
    if _names(live, "tuningConfig") != _names(predicted, "tuningConfig"):
        why.append("changed tuning config references (rolls when they yield kernel arguments or kubelet settings)")
    in_place = lookup(live, ("spec", "management", "upgradeType")) == "InPlace"
    if not in_place and _template_changed(live, predicted):
        why.append("changed machine template")
    effect = _effect(live, tuple(why))
    return [effect] if effect else []


def template_note(live: dict[str, Any], predicted: dict[str, Any]) -> str:
    """InPlace pools keep their Machines: a template change reaches new Machines only."""
    if lookup(live, ("spec", "management", "upgradeType")) == "InPlace" and _template_changed(live, predicted):
        return "the machine template changes, but an InPlace pool keeps its machines: only new machines get it"
    return ""


def _effect(pool: dict[str, Any], why: tuple[str, ...]) -> RolloutEffect | None:
    nodes = node_count(pool)
    on_delete = lookup(pool, ("spec", "management", "replace", "strategy")) == "OnDelete"
    in_place = lookup(pool, ("spec", "management", "upgradeType")) == "InPlace"
    by_hand = not makes_machines(lookup(pool, ("spec", "platform", "type")))
    if not why or nodes == 0 or by_hand or (on_delete and not in_place):
        return None
    meta = pool["metadata"]
    return RolloutEffect(meta["name"], meta.get("namespace", ""), nodes, "in_place" if in_place else "replace", why)


def _template_changed(live: dict[str, Any], predicted: dict[str, Any]) -> bool:
    kind = lookup(live, ("spec", "platform", "type"))
    block = _PLATFORM_BLOCK.get(str(kind))
    if not block:
        return False
    skip = _NOT_IN_TEMPLATE.get(str(kind), ())
    before, after = (
        {k: v for k, v in (lookup(o, ("spec", "platform", block)) or {}).items() if k not in skip}
        for o in (live, predicted)
    )
    return not _same(before, after, block)


def _names(pool: dict[str, Any], field: str) -> list[str]:
    return sorted(str(i.get("name")) for i in lookup(pool, ("spec", field)) or [])


def _same(before: Any, after: Any, field: str) -> bool:
    if before in (None, "", [], {}) and after in (None, "", [], {}):
        return True
    return equal(after, before, field) and equal(before, after, field)
