# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Planning of NodePools, shared by the modules nodepool and hosted_cluster."""

from __future__ import annotations

from typing import Any

from .._health.pauses import is_paused, owner_of
from .._kernel.changes import ChangeSet
from .._kernel.compare import apply_merge_patch, merge_patch
from .._kernel.errors import Failure
from .._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, NODE_POOL
from .._kernel.objects import lookup
from .._kernel.ports.hub import Hub
from .._manifests.guards import refuse_immutable, refuse_paused, refuse_pool_release
from .._manifests.option_paths import PLATFORM_TYPES
from .admission import creation_failures, node_pool_failures
from .manifest import creation_manifest, desired_manifest
from .rollout import pool_change_effects, template_note

_REFERENCED_KEYS = {"config": "config", "tuning_config": "tuning"}


def plan_node_pool(
    hub: Hub, options: dict[str, Any], live: dict[str, Any] | None, cluster: dict[str, Any] | None, changes: ChangeSet
) -> None:
    """Add the steps that bring one NodePool to its options. cluster may be None only when live is given and the release
    stays."""
    ref = NODE_POOL.ref(options["namespace"], options["name"])
    if live is not None and lookup(live, ("metadata", "deletionTimestamp")):
        changes.refuse("pool_deleting", "it is being deleted", "Wait until it is gone, then run again.", ref)
        return
    if live is None:
        _plan_creation(hub, options, cluster, changes, ref)
    else:
        _plan_change(hub, options, live, cluster, changes, ref)


def _plan_creation(
    hub: Hub, options: dict[str, Any], cluster: dict[str, Any] | None, changes: ChangeSet, ref: str
) -> None:
    if cluster is None:
        changes.refuse(
            "not_found",
            f"HostedCluster {options['namespace']}/{options.get('cluster_name')} does not exist",
            "Create the hosted cluster first, or correct cluster_name.",
            ref,
        )
        return
    manifest = creation_manifest(options, cluster)
    changes.refusals += [_at(f, ref) for f in node_pool_failures(manifest) + creation_failures(manifest)]
    _refuse_other_platform(manifest, cluster, changes, ref)
    _refuse_missing_configs(hub, options, changes, ref)
    refuse_pool_release(changes, cluster, lookup(manifest, ("spec", "release", "image"), ""), ref)
    _refuse_arch(manifest, cluster, changes, ref)
    changes.create(NODE_POOL, manifest, "the node pool does not exist yet")


def _plan_change(
    hub: Hub,
    options: dict[str, Any],
    live: dict[str, Any],
    cluster: dict[str, Any] | None,
    changes: ChangeSet,
    ref: str,
) -> None:
    desired = desired_manifest(options, live)
    changes.refusals += [_at(f, ref) for f in node_pool_failures(desired, live)]
    patch = merge_patch({k: desired[k] for k in ("metadata", "spec") if k in desired}, live)
    if not patch:
        return
    predicted = apply_merge_patch(live, patch)
    refuse_immutable(changes, NODE_POOL.kind, live, patch, ref)
    image = lookup(patch, ("spec", "release", "image"))
    if image:
        cluster = cluster or hub.get(HOSTED_CLUSTER, options["namespace"], lookup(live, ("spec", "clusterName"), ""))
        if cluster:
            refuse_pool_release(changes, cluster, image, ref)
    if lookup(patch, ("spec", "config")) or lookup(patch, ("spec", "tuningConfig")):
        _refuse_missing_configs(hub, options, changes, ref)
    effects = pool_change_effects(live, predicted)
    changes.rollout += effects
    note = template_note(live, predicted)
    if note:
        changes.notes.append(f"{ref}: {note}")
    changes.patch(NODE_POOL, live, patch, "the node pool differs from the options", disruptive=bool(effects))
    paused = is_paused(live, hub.now())
    refuse_paused(changes, paused, bool(options.get("allow_paused")), ref, owner_of(live))


def _refuse_other_platform(manifest: dict[str, Any], cluster: dict[str, Any], changes: ChangeSet, ref: str) -> None:
    own, cluster_type = lookup(manifest, ("spec", "platform", "type")), lookup(cluster, ("spec", "platform", "type"))
    if own != cluster_type:
        names = {v: k for k, v in PLATFORM_TYPES.items()}
        changes.refuse(
            "invalid_option",
            f"option platform is {names.get(str(own), own)}, the hosted cluster is of platform {cluster_type}",
            f"Leave platform out, or set {names.get(str(cluster_type), cluster_type)}.",
            ref,
        )


def _refuse_arch(manifest: dict[str, Any], cluster: dict[str, Any], changes: ChangeSet, ref: str) -> None:
    payload = str(lookup(cluster, ("status", "payloadArch")) or "")
    arch = str(lookup(manifest, ("spec", "arch"), ""))
    if payload and payload != "Multi" and payload.lower() != arch:
        changes.refuse(
            "pool_architecture_unsupported",
            f"arch {arch} is not in the cluster's release payload ({payload})",
            "Use a multi-arch release image for the hosted cluster.",
            ref,
        )


def _refuse_missing_configs(hub: Hub, options: dict[str, Any], changes: ChangeSet, ref: str) -> None:
    """The operator would stop with ValidMachineConfig False; better to know before the write (platform_facts#4.1,
    #4.2).
    """
    for option, key in _REFERENCED_KEYS.items():
        for name in options.get(option) or []:
            found = hub.get(CONFIG_MAP, options["namespace"], name)
            if found is None or key not in (found.get("data") or {}):
                what = "does not exist" if found is None else f"has no key '{key}'"
                changes.refuse(
                    "pool_config_missing",
                    f"option {option}: ConfigMap {options['namespace']}/{name} {what}",
                    "Create it first.",
                    ref,
                )


def _at(failure: Failure, ref: str) -> Failure:
    return Failure(failure.code, failure.cause, ref, failure.condition, failure.next_step, failure.docs)
