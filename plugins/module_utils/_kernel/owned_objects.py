# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Objects around hosted clusters that a module makes and takes away again: ours by label, those of others stay."""

from __future__ import annotations

from .changes import ChangeSet
from .collection import CREATED_BY
from .compare import merge_patch
from .facts import Fact, FactGoal, Observed
from .kinds import API_SERVICE, NAMESPACE, Kind
from .objects import Object, deep_merge, lookup
from .ports.hub import Hub, WatchSpec


class Owned:
    """Plans the objects of one module into one ChangeSet."""

    def __init__(self, hub: Hub, changes: ChangeSet, module: str) -> None:
        self._hub = hub
        self._changes = changes
        self._module = module

    def is_ours(self, obj: Object | None) -> bool:
        return (lookup(obj, ("metadata", "labels")) or {}).get(CREATED_BY) == self._module

    def ensure(self, kind: Kind, body: Object, why: str) -> Object | None:
        """Plan to create it, or to change what differs; what stands there now."""
        meta = body["metadata"]
        live = self._hub.get(kind, meta.get("namespace"), meta["name"])
        self.bring(kind, live, body, why)
        return live

    def bring(self, kind: Kind, live: Object | None, body: Object, why: str) -> None:
        if live is None:
            self._changes.create(kind, deep_merge(body, {"metadata": {"labels": {CREATED_BY: self._module}}}), why)
        elif lookup(live, ("metadata", "deletionTimestamp")):
            meta = body["metadata"]
            self._changes.refuse(
                "deleting",
                "it is being deleted",
                "Wait until it is gone, then run again.",
                kind.ref(meta.get("namespace"), meta["name"]),
            )
        else:
            desired = {k: v for k, v in body.items() if k not in ("apiVersion", "kind", "type")}
            self._changes.patch(kind, live, merge_patch(desired, live), f"{why}; it differs from the options")

    def namespace(self, name: str) -> None:
        """Create it when it is missing; one that is there is nobody's business."""
        live = self._hub.get(NAMESPACE, None, name)
        if live is None or lookup(live, ("metadata", "deletionTimestamp")):
            self.bring(NAMESPACE, live, NAMESPACE.manifest(name), "the namespace does not exist yet")

    def remove(self, kind: Kind, namespace: str | None, name: str, why: str, disruptive: bool = False) -> Object | None:
        """Plan to delete it when it is ours; what stands there now."""
        live = self._hub.get(kind, namespace, name)
        self.drop(kind, live, why, disruptive)
        return live

    def drop(self, kind: Kind, live: Object | None, why: str, disruptive: bool = False) -> None:
        if live is None or lookup(live, ("metadata", "deletionTimestamp")):
            return
        if self.is_ours(live):
            self._changes.delete(kind, live, why, disruptive=disruptive)
        else:
            meta = live["metadata"]
            self._changes.notes.append(
                f"{kind.ref(meta.get('namespace'), meta['name'])} was not made by this module, so it stays."
            )


def refuse_unserved(hub: Hub, changes: ChangeSet, kind: Kind, product: str) -> None:
    """A kind whose group is not served: say what to install, in place of an error of the first write."""
    if hub.get(API_SERVICE, None, f"{kind.version}.{kind.group}") is None:
        cause = f"{hub.server} does not serve {kind.resource}: {product} is not installed there"
        changes.refuse("not_installed", cause, f"Install {product} first, or check kubeconfig and context.")


def gone(hub_kind: Kind, namespace: str | None, name: str, timeout: float) -> FactGoal:
    """Goal: the object has vanished."""
    ref = hub_kind.ref(namespace, name)

    def missing(seen: Observed) -> str:
        return "it is still there" if seen.get(hub_kind, namespace or "", name) else ""

    fact = Fact(
        "its end", (WatchSpec(hub_kind, namespace, name),), missing, ref, "Look at its finalizers, then run again."
    )
    return FactGoal("gone", fact, timeout)
