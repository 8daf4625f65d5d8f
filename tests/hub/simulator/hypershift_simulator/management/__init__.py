# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The management cluster itself: OLM, the multicluster engine, its add-on for HyperShift, imports.

Source: platform_facts#1.4 to #1.8, #O.13.

All of it is one thing to reconcile, for it is small. A player is a file with ``reconcile(store, ctx) -> list[Action]``, a pure function as
for hosted clusters: it looks at the objects, asks ``ctx.passed(step, simulated seconds)`` how long a step has lasted, and says what to
write. To add one: name it in ``PLAYERS``, and in ``concerns`` what wakes it beside the kinds of ``kinds.MANAGEMENT``.
Faults are annotations of the object they show on (``faults.of(obj)``); ``stall=STEP`` works on every object of these kinds.
"""

from __future__ import annotations

from collections.abc import Callable

from .. import faults
from ..actions import Action
from ..context import Context
from ..kinds import MANAGEMENT
from ..names import ENGINE_NAMESPACE, INSTALLED, LOCAL_CLUSTER, OPERATOR_NAMESPACE, Obj
from ..store import Store
from . import add_on, assisted, dashboards, engine, imports, ingress, olm

KEY = ("Management", "", "")
Player = Callable[[Store, Context], list[Action]]
PLAYERS: tuple[Player, ...] = (
    *(olm.reconcile, engine.reconcile, add_on.reconcile, imports.reconcile),
    *(assisted.reconcile, ingress.reconcile, dashboards.reconcile),
)
_NAMESPACES = frozenset({ENGINE_NAMESPACE, LOCAL_CLUSTER, OPERATOR_NAMESPACE})


def concerns(store: Store, obj: Obj) -> bool:
    """Whether a change of this object is to wake the players."""
    kind, meta = obj["kind"], obj["metadata"]
    if kind in MANAGEMENT or dashboards.concerns(store, obj):
        return True
    if kind in ("Secret", "ConfigMap"):
        return meta.get("namespace", "") == LOCAL_CLUSTER or assisted.concerns(store, obj)
    if kind == "Service":
        return bool(obj["spec"].get("type") == "LoadBalancer" and store.list("IPAddressPool"))
    if kind == "Deployment":
        return meta.get("namespace", "") in (ENGINE_NAMESPACE, OPERATOR_NAMESPACE)
    if kind == "Namespace":
        return meta["name"] in _NAMESPACES or INSTALLED in (meta.get("annotations") or {})
    return kind == "HostedCluster" and bool(store.list("MultiClusterEngine"))


def reconcile(store: Store, ctx: Context) -> list[Action]:
    return [action for player in PLAYERS for action in player(store, ctx)]


def stalled(store: Store) -> set[str]:
    return {step for kind in MANAGEMENT for obj in store.list(kind) for step in faults.of(obj).stalled}
