# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which hosted clusters there are: of a selection, or on a management cluster that may be none yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._kernel.errors import ApiError
from .._kernel.kinds import HOSTED_CLUSTER, NODE_POOL, Kind
from .._kernel.objects import Object, lookup
from .._kernel.ports.hub import Hub
from .._kernel.redaction import redacted

_SPOKEN = {HOSTED_CLUSTER: "hosted cluster", NODE_POOL: "node pool"}


def installed_ones(hub: Hub) -> list[Object]:
    """All hosted clusters; none where HyperShift is not installed, which is what an installation or its removal may
    find."""
    try:
        return hub.list(HOSTED_CLUSTER)
    except ApiError as error:
        if error.failure.code == "not_installed":
            return []
        raise


def selected(hub: Hub, kind: Kind, options: dict[str, Any]) -> list[Object]:
    """Objects by name, namespace and label selectors: a GET for one name in one namespace, one LIST for anything
    else."""
    names, namespace = options.get("name") or [], options.get("namespace")
    selector = ",".join(options.get("label_selectors") or [])
    if len(names) == 1 and namespace and not selector:
        found = hub.get(kind, namespace, names[0])
        return [found] if found else []
    single = f"metadata.name={names[0]}" if len(names) == 1 else ""
    found_all = hub.list(kind, namespace, selector, single)
    return [o for o in found_all if o["metadata"]["name"] in names] if names else found_all


def unmatched(kind: Kind, found: Sequence[Object], options: dict[str, Any]) -> list[str]:
    """Sentences about names and selectors that match nothing; empty when each has found something, or nothing was
    selected."""
    names, selectors = options.get("name") or [], options.get("label_selectors") or []
    where = f" in namespace {options['namespace']}" if options.get("namespace") else ""
    there = {o["metadata"]["name"] for o in found}
    missing = [name for name in names if name not in there]
    if missing:
        labels = f" with labels {','.join(selectors)}" if selectors else ""
        return [f"No {_SPOKEN[kind]} is called {', '.join(missing)}{where}{labels}."]
    if selectors and not found:
        return [f"No {_SPOKEN[kind]}{where} has the labels {','.join(selectors)}."]
    return []


def node_count(pool: dict[str, Any]) -> int:
    """Nodes the pool has now, or is meant to have when it reports none yet."""
    current = lookup(pool, ("status", "replicas"))
    wanted = lookup(pool, ("spec", "replicas"))
    return int(current if current is not None else wanted or lookup(pool, ("spec", "autoScaling", "min"), 0) or 0)


def without_noise(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for obj in objects:
        obj["metadata"].pop("managedFields", None)
    return [redacted(obj) for obj in objects]


def pools_of(hub: Hub, namespace: str, cluster: str) -> list[dict[str, Any]]:
    """NodePools of one hosted cluster."""
    return [p for p in hub.list(NODE_POOL, namespace) if lookup(p, ("spec", "clusterName")) == cluster]
