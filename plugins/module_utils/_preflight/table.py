# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of preflight checks, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .._kernel.kinds import (
    AGENT_SERVICE_CONFIG,
    CLUSTER_VERSION,
    CONFIG_MAP,
    DEPLOYMENT,
    HOSTED_CLUSTER,
    HYPER_CONVERGED,
    INFRASTRUCTURE,
    INGRESS_CONTROLLER,
    MULTICLUSTER_ENGINE,
    NETWORK,
    NODE,
    POD,
    PROVISIONING,
    STORAGE_CLASS,
    Kind,
)
from .._kernel.text import aligned
from . import engine, nodes, platforms
from .capacity import capacity
from .inspection import AGENT, AWS, KUBEVIRT, ORDER, Finding, Picture, Verdict

Row = dict[str, str]
_HEADER = ("CHECK", "VERDICT", "VALUE", "WHAT")


@dataclass(frozen=True)
class Check:
    """needs: kinds without which nothing can be said; platform: of hosted clusters, empty for a check of every
    management cluster."""

    name: str
    needs: tuple[Kind, ...]
    judge: Callable[[Picture], Finding]
    platform: str = ""


CHECKS: tuple[Check, ...] = (
    Check("openshift_version", (CLUSTER_VERSION,), engine.openshift_settled),
    Check("engine_available", (), engine.engine_available),
    Check("engine_matches_openshift", (MULTICLUSTER_ENGINE, CLUSTER_VERSION), engine.engine_matches_openshift),
    Check("hypershift_enabled", (MULTICLUSTER_ENGINE,), engine.hypershift_enabled),
    Check("operator_available", (DEPLOYMENT,), engine.operator_available),
    Check("supported_versions", (CONFIG_MAP,), engine.supported_versions),
    Check("default_storage_class", (STORAGE_CLASS,), nodes.default_storage_class),
    Check("worker_nodes", (NODE,), nodes.worker_nodes),
    Check("zones", (NODE,), nodes.zones),
    Check("load_balancer", (INFRASTRUCTURE,), nodes.load_balancer),
    Check("capacity", (NODE, POD), nodes.room),
    Check("hosted_cluster_count", (HOSTED_CLUSTER,), engine.hosted_cluster_count),
    Check("virtualization", (HYPER_CONVERGED,), platforms.virtualization, KUBEVIRT),
    Check("bare_metal", (INFRASTRUCTURE,), platforms.bare_metal, KUBEVIRT),
    Check("network_type", (NETWORK,), platforms.network_type, KUBEVIRT),
    Check("network_mtu", (NETWORK,), platforms.network_mtu, KUBEVIRT),
    Check("wildcard_routes", (INGRESS_CONTROLLER,), platforms.wildcard_routes, KUBEVIRT),
    Check("assisted_service", (AGENT_SERVICE_CONFIG,), platforms.assisted_service, AGENT),
    Check("bare_metal_hosts", (PROVISIONING,), platforms.bare_metal_hosts, AGENT),
    Check("same_cloud", (INFRASTRUCTURE,), platforms.same_cloud, AWS),
)


def preflight(picture: Picture) -> dict[str, Any]:
    """checks: rows {check, platform, verdict, value, cause, next_step} in the order of the table; verdict: the worst of
    them; platforms: those that were looked at; summary: how many rows have which verdict; capacity: see
    ``preflight_capacity``; table: lines for people."""
    rows = [_row(check, picture) for check in CHECKS if not check.platform or check.platform in picture.platforms]
    counts = {v.value: sum(row["verdict"] == v.value for row in rows) for v in ORDER}
    return {
        "checks": rows,
        "verdict": max((Verdict(row["verdict"]) for row in rows), key=ORDER.index).value,
        "platforms": list(picture.platforms),
        "summary": {"checks": len(rows), **counts},
        "capacity": capacity(picture),
        "supported_versions": list(picture.view.minors),
        "table": table(rows),
    }


def _row(check: Check, picture: Picture) -> Row:
    found = picture.gap(*check.needs) or check.judge(picture)
    return {
        "check": check.name,
        "platform": check.platform,
        "verdict": found.verdict.value,
        "value": found.value,
        "cause": found.cause,
        "next_step": found.next_step,
    }


def table(rows: Sequence[Row]) -> list[str]:
    """One line per check; what is wrong stands in the last column."""
    return aligned([_HEADER, *((r["check"], r["verdict"], r["value"] or "-", r["cause"] or "-") for r in rows)])
