# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What keeps a hosted cluster from going away, named object by object. Source: platform_facts#O.2, #O.9."""

from __future__ import annotations

from typing import Any

from .._kernel.changes import Step, Verb
from .._kernel.kinds import (
    CAPI_CLUSTER,
    HOSTED_CLUSTER,
    HOSTED_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
    NAMESPACE,
    NODE_POOL,
    Kind,
    control_plane_namespace,
)
from .._kernel.objects import lookup
from .._kernel.ports.hub import Hub

# Innermost first: the object at the bottom is the cause, those above only wait for it.
_OF_POOL = (MACHINE, MACHINE_SET, MACHINE_DEPLOYMENT, NODE_POOL)
_ORDER = (*_OF_POOL, CAPI_CLUSTER, HOSTED_CONTROL_PLANE)
_POOL_ANNOTATION = "hypershift.openshift.io/nodePool"
REMOVABLE = {k.kind: k for k in (*_ORDER, HOSTED_CLUSTER)}
_DRAINED_BY_CONDITION = ("DrainingSucceeded", "VolumeDetachSucceeded", "Deleting")


class Blockers:
    """Reads what is left of one hosted cluster, or of one of its node pools, that is being deleted."""

    def __init__(self, hub: Hub, namespace: str, name: str, pool: str = "") -> None:
        self._hub = hub
        self._namespace = namespace
        self._name = name
        self._pool = pool
        self._kinds = _OF_POOL if pool else _ORDER
        self._home = control_plane_namespace(namespace, name)

    def of_wait(self, options: dict[str, Any], removed: list[Step]) -> dict[str, Any]:
        """What a deletion's wait does when it stalls: remove finalizers as remove_finalizers asks, and name what
        blocks.

        Each removal is appended to removed. Keyword arguments for wait_request.
        """

        def unblock() -> bool:
            steps = self.release(list(options.get("remove_finalizers") or []))
            removed.extend(steps)
            return bool(steps)

        return {"on_stall": unblock, "explain": lambda _target: self.explain()}

    def leftovers(self, kinds: tuple[Kind, ...] | None = None) -> list[tuple[Kind, dict[str, Any]]]:
        """Its objects with a deletionTimestamp, innermost first."""
        found = []
        for kind in self._kinds if kinds is None else kinds:
            namespace = self._namespace if kind in (NODE_POOL, HOSTED_CLUSTER) else self._home
            for obj in self._hub.list(kind, namespace):
                if lookup(obj, ("metadata", "deletionTimestamp")) and self._belongs(kind, obj):
                    found.append((kind, obj))
        return found

    def explain(self) -> str:
        """One clause naming the innermost object that blocks, and why; empty when nothing is left."""
        left = self.leftovers()
        if left:
            kind, obj = left[0]
            finalizers = ", ".join(lookup(obj, ("metadata", "finalizers")) or []) or "none"
            reason = _reason(obj)
            return (
                f"blocked by {kind.ref(obj['metadata'].get('namespace'), obj['metadata']['name'])} (finalizers:"
                f" {finalizers})" + (f": {reason}" if reason else "")
            )
        home = None if self._pool else self._hub.get(NAMESPACE, None, self._home)
        if home is not None and lookup(home, ("metadata", "deletionTimestamp")):
            return f"blocked by {NAMESPACE.ref(None, self._home)}" + _namespace_reason(home)
        return ""

    def release(self, kinds: list[str]) -> list[Step]:
        """Remove the finalizers of the named kinds' objects that are being deleted; the steps that were written."""
        steps = []
        for kind, obj in self.leftovers(tuple(REMOVABLE[k] for k in kinds)):
            if not lookup(obj, ("metadata", "finalizers")):
                continue
            meta = obj["metadata"]
            step = Step(
                Verb.PATCH,
                kind,
                meta["name"],
                meta.get("namespace"),
                f"finalizers {', '.join(meta['finalizers'])} removed as remove_finalizers asks: what they guard may be"
                " left behind",
                body={"metadata": {"finalizers": None}},
                before=obj,
                disruptive=True,
            )
            self._hub.patch(kind, step.namespace, step.name, step.body)
            steps.append(step)
        return steps

    def _belongs(self, kind: Kind, obj: dict[str, Any]) -> bool:
        if self._pool and kind is NODE_POOL:
            return bool(obj["metadata"]["name"] == self._pool)
        if self._pool:  # machines of a sibling that scales down at the same time are not ours
            return (lookup(obj, ("metadata", "annotations")) or {}).get(
                _POOL_ANNOTATION
            ) == f"{self._namespace}/{self._pool}"
        if kind is NODE_POOL:
            return bool(lookup(obj, ("spec", "clusterName")) == self._name)
        return kind is not HOSTED_CLUSTER or obj["metadata"]["name"] == self._name


def _reason(obj: dict[str, Any]) -> str:
    conditions = lookup(obj, ("status", "conditions")) or []
    for wanted in _DRAINED_BY_CONDITION:
        for condition in conditions:
            if condition.get("type") == wanted and condition.get("message"):
                return str(condition["message"]).strip()
    return next((str(c["message"]) for c in conditions if c.get("status") == "False" and c.get("message")), "")


def _namespace_reason(namespace: dict[str, Any]) -> str:
    for kind in ("NamespaceFinalizersRemaining", "NamespaceContentRemaining"):
        for condition in lookup(namespace, ("status", "conditions")) or []:
            if condition.get("type") == kind and condition.get("status") == "True":
                return f": {condition.get('message', '')}"
    return ""
