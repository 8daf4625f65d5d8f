# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module hosted_cluster, state present."""

from __future__ import annotations

from typing import Any

from .._health.goal_states import GoalParams
from .._health.goal_waiter import wait_request
from .._health.pauses import is_paused, owner_of
from .._kernel.changes import ChangeSet, RolloutEffect
from .._kernel.collection import CREATED_BY
from .._kernel.compare import apply_merge_patch, merge_patch
from .._kernel.errors import Failure, OptionError
from .._kernel.kinds import HOSTED_CLUSTER, NAMESPACE, NODE_POOL
from .._kernel.objects import lookup
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .._kernel.versions import version_of_image
from .._manifests import guards
from .._manifests.selection import pools_of
from .._manifests.supported_versions import supported_minors
from .._node_pools.planning import plan_node_pool
from .._node_pools.rollout import cluster_change_effects, cluster_template_notes, merged
from . import content_changes, feature_gates
from .admission import creation_failures, hosted_cluster_failures
from .manifest import creation_manifest, desired_manifest
from .referenced_objects import References

GENERATED = 5


class HostedClusterPresent:
    """Create or change one HostedCluster, its Secrets, its namespace and optionally its NodePools."""

    def __init__(self, hub: Hub, options: dict[str, Any]) -> None:
        self._hub = hub
        self._options = options
        self._namespace: str = options["namespace"]
        self._name: str = options["name"]
        self._ref = HOSTED_CLUSTER.ref(self._namespace, self._name)
        self._suffix = ""

    def plan(self) -> Plan:
        changes = ChangeSet()
        desired = desired_manifest(self._options)
        live = self._hub.get(HOSTED_CLUSTER, self._namespace, self._name)
        if live is not None and lookup(live, ("metadata", "deletionTimestamp")):
            changes.refuse(
                "deleting",
                "it is being deleted",
                "Wait until it is gone (state absent waits), then run again.",
                self._ref,
            )
            return Plan(changes)
        if live is None:
            cluster = self._plan_creation(changes)
        else:
            cluster = self._plan_change(changes, desired, live)
        self._plan_pools(changes, cluster, live)
        changes.rollout += content_changes.effects_on_others(self._hub, changes, self._namespace, self._name)
        changes.rollout = merged(changes.rollout)
        if changes.rollout:
            content_changes.mark_disruptive(changes)
        guards.refuse_rollout(changes, bool(self._options.get("allow_rollout")), self._ref)
        return Plan(changes, (HOSTED_CLUSTER, self._namespace, self._name), live, goal=self._goal, rehearsed=True)

    def _plan_creation(self, changes: ChangeSet) -> dict[str, Any]:
        if not self._options.get("platform"):
            raise OptionError(
                Failure(
                    "missing_option",
                    "option platform is missing: a new hosted cluster needs it",
                    self._ref,
                    next_step="Allowed: agent, kubevirt, aws, none.",
                )
            )
        self._plan_namespace(changes)
        references = References(self._hub, self._options, changes)
        infra_id = self._options.get("infra_id") or references.known_infra_id() or self._generated_infra_id()
        manifest = creation_manifest(self._options, infra_id)
        changes.refusals += _unique(hosted_cluster_failures(manifest) + creation_failures(manifest))
        self._refuse_namesake(changes)
        self._refuse_agent_namespace(changes, manifest)
        references.plan(infra_id)
        image = lookup(manifest, ("spec", "release", "image"), "")
        if image:
            guards.refuse_release(changes, None, image, supported_minors(self._hub), self._ref)
        feature_gates.refuse_no_upgrade_feature_set(
            changes, None, manifest, bool(self._options.get("allow_no_upgrade_feature_set")), self._ref
        )
        changes.create(HOSTED_CLUSTER, manifest, "the hosted cluster does not exist yet")
        return manifest

    def _plan_change(self, changes: ChangeSet, desired: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
        changes.refusals += hosted_cluster_failures(desired, live)
        References(self._hub, self._options, changes).plan(lookup(live, ("spec", "infraID"), ""))
        patch = merge_patch({k: desired[k] for k in ("metadata", "spec") if k in desired}, live)
        predicted = apply_merge_patch(live, patch)
        effects = self._plan_rollout(changes, live, predicted)
        if not patch:
            return live
        guards.refuse_immutable(changes, HOSTED_CLUSTER.kind, live, patch, self._ref)
        image = lookup(patch, ("spec", "release", "image"))
        if image:
            guards.refuse_release(changes, live, image, supported_minors(self._hub), self._ref)
        feature_gates.refuse_no_upgrade_feature_set(
            changes, live, predicted, bool(self._options.get("allow_no_upgrade_feature_set")), self._ref
        )
        changes.patch(
            HOSTED_CLUSTER,
            live,
            patch,
            "the hosted cluster differs from the options",
            disruptive=bool(effects or image),
        )
        paused = is_paused(live, self._hub.now())
        guards.refuse_paused(changes, paused, bool(self._options.get("allow_paused")), self._ref, owner_of(live))
        return predicted

    def _plan_rollout(self, changes: ChangeSet, live: dict[str, Any], predicted: dict[str, Any]) -> list[RolloutEffect]:
        contents = content_changes.changed_contents(self._hub, changes, live, predicted)
        if live == predicted and not contents:
            return []
        pools = pools_of(self._hub, self._namespace, self._name)
        effects = cluster_change_effects(live, predicted, pools, contents)
        for pool, note in cluster_template_notes(live, predicted, pools):
            changes.notes.append(f"{NODE_POOL.ref(self._namespace, pool['metadata']['name'])}: {note}")
        changes.rollout += effects
        return effects

    def _plan_pools(self, changes: ChangeSet, cluster: dict[str, Any], live: dict[str, Any] | None) -> None:
        asked = self._options.get("node_pools") or []
        if not asked:
            return
        existing = {p["metadata"]["name"]: p for p in self._hub.list(NODE_POOL, self._namespace)}
        for pool in asked:
            options = {
                **pool,
                "namespace": self._namespace,
                "cluster_name": self._name,
                "allow_paused": self._options.get("allow_paused"),
            }
            plan_node_pool(self._hub, options, existing.get(pool["name"]), cluster, changes)

    def _plan_namespace(self, changes: ChangeSet) -> None:
        if self._hub.get(NAMESPACE, None, self._namespace) is not None:
            return
        if self._options.get("create_namespace"):
            labels = {CREATED_BY: "hosted_cluster"}
            changes.create(
                NAMESPACE,
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self._namespace, "labels": labels}},
                "the namespace does not exist yet",
            )
        else:
            changes.refuse(
                "not_found",
                "it does not exist and create_namespace is false",
                "Create it first.",
                NAMESPACE.ref(None, self._namespace),
            )

    def _refuse_namesake(self, changes: ChangeSet) -> None:
        """Names are unique across the management cluster: two would fight over one managed cluster
        (platform_facts#2.2).
        """
        for other in self._hub.list(HOSTED_CLUSTER, field_selector=f"metadata.name={self._name}"):
            if other["metadata"]["namespace"] != self._namespace and other["metadata"]["name"] == self._name:
                changes.refuse(
                    "name_taken",
                    f"another hosted cluster has this name in namespace {other['metadata']['namespace']}",
                    "Choose another name.",
                    self._ref,
                )

    def _refuse_agent_namespace(self, changes: ChangeSet, manifest: dict[str, Any]) -> None:
        namespace = lookup(manifest, ("spec", "platform", "agent", "agentNamespace"))
        if namespace and self._hub.get(NAMESPACE, None, namespace) is None:
            changes.refuse(
                "not_found",
                f"option agent.namespace: namespace {namespace} does not exist; the operator refuses the cluster until"
                " it does",
                "Create it with the agents' InfraEnv first.",
                self._ref,
            )

    def _generated_infra_id(self) -> str:
        """<name cut to 21>-<5 random>, the same through all plannings of one run (platform_facts#O.1)."""
        self._suffix = self._suffix or self._hub.random_name(GENERATED)
        return f"{self._name[:21].rstrip('-')}-{self._suffix}"

    def _goal(self, answer: dict[str, Any] | None) -> Any:
        image = lookup(answer, ("spec", "release", "image"), "")
        version = version_of_image(image)
        pools = tuple(p["name"] for p in self._options.get("node_pools") or [])
        params = GoalParams(
            version=str(version) if version else "",
            image=image,
            pools=pools,
            generation=int(lookup(answer, ("metadata", "generation"), 0) or 0),
        )
        return wait_request(self._options, self._options["wait_for"], (self._namespace, self._name), params)


def _unique(failures: list[Failure]) -> list[Failure]:
    return list({f.cause: f for f in failures}.values())
