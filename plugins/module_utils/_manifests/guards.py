# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Refusals that need the live objects: immutable fields, versions, pauses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .._health.pauses import REASON, is_paused, owner_of
from .._kernel.changes import ChangeSet
from .._kernel.kinds import HOSTED_CLUSTER
from .._kernel.objects import lookup, paths
from .._kernel.printable import shortened
from .._kernel.redaction import without_userinfo
from .._kernel.versions import (
    completed_version,
    skew_code,
    skew_problem,
    unsupported_problem,
    upgrade_code,
    upgrade_problem,
    version_of_image,
)
from .option_paths import HOSTED_CLUSTER_PATHS, NODE_POOL_PATHS, Path, option_name

# (path, remedy). Once the live object has a value there, the API server refuses another one. Source:
# platform_facts#0.3, #0.6.
HOSTED_CLUSTER_IMMUTABLE: tuple[tuple[str, str], ...] = (
    ("spec.platform.type", ""),
    ("spec.controllerAvailabilityPolicy", ""),
    ("spec.clusterID", ""),
    ("spec.infraID", ""),
    ("spec.dns.baseDomain", ""),
    ("spec.dns.baseDomainPrefix", ""),
    ("spec.dns.publicZoneID", ""),
    ("spec.dns.privateZoneID", ""),
    ("spec.networking.clusterNetwork", ""),
    ("spec.networking.serviceNetwork", ""),
    ("spec.networking.machineNetwork", ""),
    ("spec.networking.apiServer.advertiseAddress", ""),
    ("spec.networking.apiServer.port", ""),
    ("spec.etcd.managementType", ""),
    ("spec.etcd.managed.storage.persistentVolume.size", ""),
    ("spec.etcd.managed.storage.persistentVolume.storageClassName", ""),
    ("spec.etcd.managed.storage.restoreSnapshotURL", ""),
    ("spec.services", ""),
    ("spec.issuerURL", ""),
    ("spec.fips", ""),
    ("spec.olmCatalogPlacement", ""),
    ("spec.capabilities", ""),
    ("spec.platform.kubevirt.baseDomainPassthrough", ""),
    ("spec.platform.kubevirt.generateID", ""),
    ("spec.platform.kubevirt.storageDriver", ""),
    ("spec.platform.kubevirt.credentials.infraNamespace", ""),
    ("spec.platform.kubevirt.credentials.infraKubeConfigSecret", ""),
)
NODE_POOL_IMMUTABLE: tuple[tuple[str, str], ...] = (
    ("spec.clusterName", ""),
    ("spec.platform.type", ""),
    ("spec.arch", ""),
    ("spec.management.upgradeType", "Create a new node pool with the other upgrade type, then remove this one."),
)
# Fields that may be given at creation only, even where nothing stands yet.
_CREATE_ONLY = ("spec.etcd.managed.storage.restoreSnapshotURL",)


def refuse_immutable(changes: ChangeSet, kind: str, live: dict[str, Any], patch: dict[str, Any], ref: str) -> None:
    table, options = (
        (HOSTED_CLUSTER_IMMUTABLE, HOSTED_CLUSTER_PATHS)
        if kind == HOSTED_CLUSTER.kind
        else (NODE_POOL_IMMUTABLE, NODE_POOL_PATHS)
    )
    touched = paths(patch)
    for dotted, remedy in table:
        path: Path = tuple(dotted.split("."))
        stands = lookup(live, path) not in (None, "", [], {})
        if any(t[: len(path)] == path for t in touched) and (stands or dotted in _CREATE_ONLY):
            changes.refuse(
                "immutable_field",
                f"option {option_name(path, options)} (field {dotted}) cannot change after creation; "
                f"it is {_short(lookup(live, path))}, asked is {_short(lookup(patch, path))}",
                remedy or "Keep the present value, or create another hosted cluster.",
                object_ref=ref,
            )
    if kind == HOSTED_CLUSTER.kind and lookup(patch, ("spec", "secretEncryption"), default="unset") is None:
        changes.refuse(
            "immutable_field", "spec.secretEncryption cannot be removed once set", "Leave it.", object_ref=ref
        )


def refuse_release(changes: ChangeSet, live: dict[str, Any] | None, image: str, supported: list[str], ref: str) -> None:
    """Guard a control plane's release image: supported by this hub, no downgrade, one minor at a time."""
    target = version_of_image(image)
    if target is None:
        changes.notes.append(
            f"{ref}: the version of release image {image} cannot be read from its tag, so it was not checked"
        )
        return
    problem = unsupported_problem(target, supported)
    if problem:
        changes.refuse(
            "release_version_unsupported",
            problem,
            "Upgrade the multicluster engine first, or choose another release.",
            ref,
        )
    current = completed_version(live)
    problem = upgrade_problem(current, target) if current else ""
    if current and problem:
        changes.refuse(upgrade_code(current, target), problem, "Choose a release in the next minor at most.", ref)


def refuse_pool_release(changes: ChangeSet, cluster: dict[str, Any], image: str, ref: str) -> None:
    """A pool's release must fit under the control plane's completed version, or the requested one while it installs."""
    target = version_of_image(image)
    ceiling = completed_version(cluster) or version_of_image(lookup(cluster, ("spec", "release", "image"), ""))
    if target is None or ceiling is None:
        return
    problem = skew_problem(ceiling, target)
    if problem:
        changes.refuse(
            skew_code(ceiling, target), problem, "Upgrade the hosted cluster first, or choose an older release.", ref
        )


def refuse_rollout(changes: ChangeSet, allowed: bool, ref: str) -> None:
    """A change that replaces or drains nodes needs the user's word."""
    if changes.rollout and not allowed:
        effects = "; ".join(e.sentence() for e in changes.rollout)
        changes.refuse(
            "rollout_not_allowed", f"this change rolls nodes: {effects}", "Set allow_rollout: true to accept that.", ref
        )


def refuse_paused(changes: ChangeSet, paused: bool, allowed: bool, ref: str, owner: str) -> None:
    if paused and changes.steps and not allowed:
        by = f" by {owner}" if owner else ""
        changes.refuse(
            "paused",
            f"reconciliation is paused{by}, so the change would not take effect",
            "Resume it with pause_reconcile, or set allow_paused: true to write anyway.",
            ref,
            condition="ReconciliationActive",
        )


def refuse_others_pause(changes: ChangeSet, obj: dict[str, Any], ref: str, now: datetime, allowed: bool) -> None:
    """Who paused it works on it, and a deletion would take it from under him. A pause that names nobody was left behind
    and is cleared."""
    holder = owner_of(obj)
    if allowed or not holder or not is_paused(obj, now):
        return
    reason = (lookup(obj, ("metadata", "annotations")) or {}).get(REASON) or "no reason given"
    changes.refuse(
        "paused_by_other",
        f"it is paused by {holder} ({reason}), so it is not removed",
        f"Ask {holder}, or set allow_paused: true to remove it anyway.",
        ref,
    )


def _short(value: Any) -> str:
    return shortened(without_userinfo(str(value)), 80)
