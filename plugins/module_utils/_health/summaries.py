# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Normalised, snake_case summaries of HostedClusters and NodePools; never a secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .._kernel import versions
from .._kernel.text import message_line
from .diagnosis import Match, cluster_matches, diagnose, pool_subject, subject_matches
from .pauses import OWNER, REASON, SINCE
from .pool_machines import MachineOwners, Stand
from .rules.state import is_paused
from .rules.version import latest
from .subject import OF_CLUSTER, Subject

_UPDATES = (
    ("version", "UpdatingVersion"),
    ("config", "UpdatingConfig"),
    ("platform_template", "UpdatingPlatformMachineTemplate"),
)


def summarize_hosted_cluster(
    hc: dict[str, Any],
    *,
    now: datetime,
    node_pools: Sequence[dict[str, Any]] = (),
    control_plane: dict[str, Any] | None = None,
    machines: MachineOwners | None = None,
) -> dict[str, Any]:
    """What people ask of a hosted cluster, in one flat dictionary; absent things are empty, never None."""
    subject = Subject(OF_CLUSTER, hc, now, node_pools=node_pools, control_plane=control_plane)
    pools = [pool_subject(pool, now, machines) for pool in node_pools]
    pool_found = [subject_matches(pool) for pool in pools]
    health = diagnose(subject, cluster_matches(subject), [match for found in pool_found for match in found])
    spec, status = subject.spec, subject.status
    return {
        "name": subject.name,
        "namespace": subject.namespace,
        "control_plane_namespace": subject.control_plane_namespace,
        "platform": (spec.get("platform") or {}).get("type") or "",
        **_versions(subject),
        "controller_availability_policy": spec.get("controllerAvailabilityPolicy") or "",
        "infrastructure_availability_policy": spec.get("infrastructureAvailabilityPolicy") or "",
        "infra_id": spec.get("infraID") or "",
        "cluster_id": spec.get("clusterID") or "",
        "api_endpoint": _endpoint(status.get("controlPlaneEndpoint")),
        "kubeconfig_secret": (status.get("kubeconfig") or {}).get("name") or "",
        "kubeadmin_password_secret": (status.get("kubeadminPassword") or {}).get("name") or "",
        "paused": _pause(subject),
        "deleting": subject.deleting,
        "health": health.as_dict(),
        "rollout": _rollout(subject, pools),
        "node_pools": [_pool_line(pool, found) for pool, found in zip(pools, pool_found, strict=True)],
        "created": subject.meta.get("creationTimestamp") or "",
        "labels": dict(subject.meta.get("labels") or {}),
    }


def summarize_node_pool(np: dict[str, Any], *, now: datetime, machines: MachineOwners | None = None) -> dict[str, Any]:
    """What people ask of a node pool, in one flat dictionary; absent things are empty, never None (but ``autoscaling``
    when off)."""
    subject = pool_subject(np, now, machines)
    spec, management = subject.spec, subject.spec.get("management") or {}
    return {
        "name": subject.name,
        "namespace": subject.namespace,
        "cluster": spec.get("clusterName") or "",
        "platform": (spec.get("platform") or {}).get("type") or "",
        "arch": spec.get("arch") or "",
        "upgrade_type": management.get("upgradeType") or "",
        "version": subject.status.get("version") or "",
        "release_image": (spec.get("release") or {}).get("image") or "",
        "replicas": _replicas(subject),
        "updating": _updating(subject),
        "auto_repair": bool(management.get("autoRepair")),
        "config": _names(spec.get("config")),
        "tuning_config": _names(spec.get("tuningConfig")),
        "node_drain_timeout": spec.get("nodeDrainTimeout") or "",
        "node_volume_detach_timeout": spec.get("nodeVolumeDetachTimeout") or "",
        "node_labels": dict(spec.get("nodeLabels") or {}),
        "taints": [
            {key: taint.get(key) or "" for key in ("key", "value", "effect")} for taint in spec.get("taints") or ()
        ],
        "paused": _pause(subject),
        "deleting": subject.deleting,
        "health": diagnose(subject, subject_matches(subject)).as_dict(),
        "created": subject.meta.get("creationTimestamp") or "",
        "labels": dict(subject.meta.get("labels") or {}),
    }


def _versions(subject: Subject) -> dict[str, Any]:
    version: Mapping[str, Any] = subject.status.get("version") or {}
    desired, told = version.get("desired") or {}, {"status": subject.status}
    return {
        "version": versions.completed(told),
        "desired_version": desired.get("version") or "",
        "desired_image": (subject.spec.get("release") or {}).get("image") or desired.get("image") or "",
        "update_state": latest(subject).get("state") or "",
        "channel": subject.spec.get("channel") or "",
        "available_updates": [
            update["version"] for update in version.get("availableUpdates") or () if update.get("version")
        ],
        "conditional_updates": [_conditional(update) for update in version.get("conditionalUpdates") or ()],
        "control_plane_version": versions.completed(told, versions.MANAGEMENT_SIDE),
    }


def _conditional(update: Mapping[str, Any]) -> dict[str, Any]:
    verdicts = [c.get("status") for c in update.get("conditions") or () if c.get("type") == "Recommended"]
    return {
        "version": (update.get("release") or {}).get("version") or "",
        "risks": [{"name": r.get("name") or "", "message": r.get("message") or ""} for r in update.get("risks") or ()],
        "recommended": verdicts == ["True"],
    }


def _endpoint(endpoint: Mapping[str, Any] | None) -> str:
    host, port = (endpoint or {}).get("host"), (endpoint or {}).get("port")
    if not host:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{port}" if port else shown


def _pause(subject: Subject) -> dict[str, Any]:
    notes: Mapping[str, Any] = subject.meta.get("annotations") or {}
    return {
        "paused": is_paused(subject),
        "until": subject.pause.until,
        "expired": subject.pause.expired,
        "owner": notes.get(OWNER) or "",
        "reason": notes.get(REASON) or "",
        "since": notes.get(SINCE) or "",
    }


def _replicas(subject: Subject) -> dict[str, Any]:
    scaling = subject.spec.get("autoScaling")
    return {
        "desired": int(subject.spec.get("replicas") or 0),
        "current": int(subject.status.get("replicas") or 0),
        "autoscaling": {"min": int(scaling.get("min") or 0), "max": int(scaling.get("max") or 0)} if scaling else None,
    }


def _updating(subject: Subject) -> dict[str, Any]:
    found: dict[str, Any] = {"message": ""}
    for key, type in _UPDATES:
        found[key] = subject.status_of(type) == "True"
        failed = subject.reason_of(type) == "InplaceUpgradeFailed"
        if (found[key] or failed) and not found["message"]:
            found["message"] = message_line(subject.conditions[type].get("message"))
    if _rolls(subject):
        found["config"], found["message"] = (
            True,
            found["message"] or message_line(subject.rollout.text if subject.rollout else ""),
        )
    return found


def _rolls(pool: Subject) -> bool:
    """A configuration is rolled out that UpdatingConfig does not tell."""
    return pool.rollout is not None and pool.rollout.stand in (Stand.ROLLING, Stand.STOPPED)


def _names(references: Sequence[Mapping[str, Any]] | None) -> list[str]:
    return [reference["name"] for reference in references or () if reference.get("name")]


def _pool_line(pool: Subject, found: Sequence[Match]) -> dict[str, Any]:
    return {
        "name": pool.name,
        "version": pool.status.get("version") or "",
        "replicas": _replicas(pool),
        "verdict": diagnose(pool, found).verdict.value,
    }


def _rollout(subject: Subject, pools: Sequence[Subject]) -> dict[str, Any]:
    """What is being rolled out. Progressing turns False early in an update, so the history is asked as well."""
    kinds: list[str] = []
    message = ""
    if latest(subject).get("state") == "Partial" or subject.status_of("ClusterVersionProgressing") == "True":
        kinds.append("version")
        message = message_line((subject.conditions.get("ClusterVersionProgressing") or {}).get("message"))
    if subject.status_of("Progressing") == "True":
        kinds.append("control_plane")
        message = message or message_line(subject.conditions["Progressing"].get("message"))
    for pool in pools:
        for key, type in _UPDATES:
            if pool.status_of(type) != "True":
                continue
            if f"node_{key}" not in kinds:
                kinds.append(f"node_{key}")
            message = message or f"{pool.name}: {message_line(pool.conditions[type].get('message'))}"
        if pool.rollout is not None and _rolls(pool):
            kinds += [kind for kind in ("node_config",) if kind not in kinds]
            message = message or f"{pool.name}: {message_line(pool.rollout.text)}"
    return {"in_progress": bool(kinds), "kinds": kinds, "message": message}
