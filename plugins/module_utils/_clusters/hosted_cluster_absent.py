# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module hosted_cluster, state absent. Source: platform_facts#2.11, #O.9.

The operator deletes in order; we ask it to, clear pauses that would hold the machines, watch, name what blocks, and
afterwards take away what was created with the cluster: by label, never by a retyped name.
"""

from __future__ import annotations

import difflib
from typing import Any

from .._health.deletion_blockers import Blockers
from .._health.goal_waiter import wait_request
from .._kernel.changes import ChangeSet
from .._kernel.collection import CREATED_BY
from .._kernel.kinds import (
    CAPI_CLUSTER,
    CONFIG_MAP,
    HOSTED_CLUSTER,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_HEALTH_CHECK,
    MACHINE_SET,
    NAMESPACE,
    NODE_POOL,
    SECRET,
    Kind,
    control_plane_namespace,
)
from .._kernel.objects import deep_merge, lookup
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._manifests import guards
from .._manifests.pausing import capi_pause_patch, resume_patch
from .._manifests.selection import pools_of
from .manifest import AUTO_CREATED_LABEL, REFERENCES, SAFE_TO_DELETE_LABEL

CLEANUP_ANNOTATION = "hypershift.openshift.io/cleanup-cloud-resources"
_PAUSABLE = (MACHINE_DEPLOYMENT, MACHINE_SET, MACHINE, MACHINE_HEALTH_CHECK, CAPI_CLUSTER)


class HostedClusterAbsent:
    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options
        self._namespace: str = options["namespace"]
        self._name: str = options["name"]
        self._infra_id = ""
        self._blockers = Blockers(hub, self._namespace, self._name)

    def plan(self) -> Plan:
        changes = ChangeSet()
        live = self._hub.get(HOSTED_CLUSTER, self._namespace, self._name)
        pools = pools_of(self._hub, self._namespace, self._name)
        plan = Plan(changes, extra={"resource": {}})
        if live is None:
            changes.notes.append(self._nothing_of_that_name())
            for pool in pools:
                self._refuse_paused(changes, NODE_POOL, pool)
                changes.delete(NODE_POOL, pool, "its hosted cluster does not exist any more", disruptive=True)
            changes.steps += self._leftovers().steps
            return plan
        for kind, obj in [(HOSTED_CLUSTER, live), *((NODE_POOL, pool) for pool in pools)]:
            self._refuse_paused(changes, kind, obj)
        self._infra_id = str(lookup(live, ("spec", "infraID"), ""))
        self._plan_unpause(changes, pools)
        self._plan_deletion(changes, live)
        plan.foreseen = self._leftovers(foreseen=True).plan()
        plan.goal = lambda _answer: self._goal(plan)
        plan.finish = self._leftovers if self._options.get("wait") else None
        return plan

    def _refuse_paused(self, changes: ChangeSet, kind: Kind, obj: dict[str, Any]) -> None:
        ref = kind.ref(self._namespace, obj["metadata"]["name"])
        guards.refuse_others_pause(changes, obj, ref, self._hub.now(), bool(self._options.get("allow_paused")))

    def _nothing_of_that_name(self) -> str:
        others = sorted(c["metadata"]["name"] for c in self._hub.list(HOSTED_CLUSTER, self._namespace))
        near = difflib.get_close_matches(self._name, others, 1) or others[:3]
        there = f" There: {', '.join(near)}." if near else ""
        return (
            f"{HOSTED_CLUSTER.ref(self._namespace, self._name)} does not exist, so no hosted cluster is removed.{there}"
        )

    def _plan_deletion(self, changes: ChangeSet, live: dict[str, Any]) -> None:
        patch = resume_patch(live)
        annotations = lookup(live, ("metadata", "annotations")) or {}
        if self._options.get("destroy_cloud_resources") and annotations.get(CLEANUP_ANNOTATION) != "true":
            patch = deep_merge(patch, {"metadata": {"annotations": {CLEANUP_ANNOTATION: "true"}}})
        why = (
            "a pause left behind is cleared"
            if resume_patch(live)
            else "the operator is asked to remove load balancers, volumes and registry storage"
        )
        changes.patch(HOSTED_CLUSTER, live, patch, why)
        if not lookup(live, ("metadata", "deletionTimestamp")):
            changes.delete(
                HOSTED_CLUSTER,
                live,
                "state is absent; the operator removes its node pools and control plane in order",
                disruptive=True,
            )

    def _plan_unpause(self, changes: ChangeSet, pools: list[dict[str, Any]]) -> None:
        """A pause left on pools or machines keeps their finalizers in place for ever."""
        for pool in pools:
            changes.patch(NODE_POOL, pool, resume_patch(pool), "a pause left behind would block the deletion")
        home = control_plane_namespace(self._namespace, self._name)
        for kind in _PAUSABLE:
            for obj in self._hub.list(kind, home):
                changes.patch(
                    kind,
                    obj,
                    capi_pause_patch(obj, paused=False, owner=""),
                    "a pause left behind would block the deletion",
                )

    def _goal(self, plan: Plan) -> Any:
        return wait_request(
            self._options, "gone", (self._namespace, self._name), **self._blockers.of_wait(self._options, plan.late)
        )

    def _leftovers(self, foreseen: bool = False) -> ChangeSet:
        """What was created with the cluster and is still there; the operator collects part of it by owner."""
        changes = ChangeSet()
        if not foreseen and self._hub.get(HOSTED_CLUSTER, self._namespace, self._name) is not None:
            return changes
        for kind in (SECRET, CONFIG_MAP):
            for obj in self._hub.list(kind, self._namespace, label_selector=f"{SAFE_TO_DELETE_LABEL}=true"):
                if self._is_ours(obj):
                    changes.delete(kind, obj, "it was created with the hosted cluster")
        self._plan_namespace(changes, foreseen)
        return changes

    def _is_ours(self, obj: dict[str, Any]) -> bool:
        infra = (lookup(obj, ("metadata", "labels")) or {}).get(AUTO_CREATED_LABEL)
        if self._infra_id:
            return bool(infra == self._infra_id)
        # The HostedCluster is gone and its infraID with it: only objects under the names we give, with our label.
        names = {f"{self._name}-{suffix}" for _path, suffix, _key, _kind in REFERENCES.values()}
        return bool(infra) and obj["metadata"]["name"] in names

    def _plan_namespace(self, changes: ChangeSet, foreseen: bool) -> None:
        if not self._options.get("delete_namespace"):
            return
        namespace = self._hub.get(NAMESPACE, None, self._namespace)
        if namespace is None or lookup(namespace, ("metadata", "deletionTimestamp")):
            return
        others = [c for c in self._hub.list(HOSTED_CLUSTER, self._namespace) if c["metadata"]["name"] != self._name]
        pools = [
            p
            for p in self._hub.list(NODE_POOL, self._namespace)
            if lookup(p, ("spec", "clusterName")) != self._name or not foreseen
        ]
        ours = CREATED_BY in (lookup(namespace, ("metadata", "labels")) or {})
        if ours and not others and not pools:
            changes.delete(
                NAMESPACE,
                namespace,
                "it was created by this collection and holds no other hosted cluster",
                disruptive=True,
            )
