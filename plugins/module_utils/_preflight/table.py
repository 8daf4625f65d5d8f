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
from .inspection import AGENT, AWS, KUBEVIRT, ORDER, CheckResult, Inspection, Verdict

Row = dict[str, str]
_HEADER = ("CHECK", "VERDICT", "VALUE", "WHAT")


@dataclass(frozen=True)
class PreflightCheck:
    """needs: kinds without which nothing can be said; platform: of hosted clusters, empty for a check of every
    management cluster."""

    name: str
    needs: tuple[Kind, ...]
    judge: Callable[[Inspection], CheckResult]
    platform: str = ""


CHECKS: tuple[PreflightCheck, ...] = (
    PreflightCheck("openshift_version", (CLUSTER_VERSION,), engine.openshift_settled),
    PreflightCheck("engine_available", (), engine.engine_available),
    PreflightCheck("engine_matches_openshift", (MULTICLUSTER_ENGINE, CLUSTER_VERSION), engine.engine_matches_openshift),
    PreflightCheck("hypershift_enabled", (MULTICLUSTER_ENGINE,), engine.hypershift_enabled),
    PreflightCheck("operator_available", (DEPLOYMENT,), engine.operator_available),
    PreflightCheck("supported_versions", (CONFIG_MAP,), engine.supported_versions),
    PreflightCheck("default_storage_class", (STORAGE_CLASS,), nodes.default_storage_class),
    PreflightCheck("worker_nodes", (NODE,), nodes.worker_nodes),
    PreflightCheck("zones", (NODE,), nodes.zones),
    PreflightCheck("load_balancer", (INFRASTRUCTURE,), nodes.load_balancer),
    PreflightCheck("capacity", (NODE, POD), nodes.room),
    PreflightCheck("hosted_cluster_count", (HOSTED_CLUSTER,), engine.hosted_cluster_count),
    PreflightCheck("virtualization", (HYPER_CONVERGED,), platforms.virtualization, KUBEVIRT),
    PreflightCheck("bare_metal", (INFRASTRUCTURE,), platforms.bare_metal, KUBEVIRT),
    PreflightCheck("network_type", (NETWORK,), platforms.network_type, KUBEVIRT),
    PreflightCheck("network_mtu", (NETWORK,), platforms.network_mtu, KUBEVIRT),
    PreflightCheck("wildcard_routes", (INGRESS_CONTROLLER,), platforms.wildcard_routes, KUBEVIRT),
    PreflightCheck("assisted_service", (AGENT_SERVICE_CONFIG,), platforms.assisted_service, AGENT),
    PreflightCheck("bare_metal_hosts", (PROVISIONING,), platforms.bare_metal_hosts, AGENT),
    PreflightCheck("same_cloud", (INFRASTRUCTURE,), platforms.same_cloud, AWS),
)


def preflight(inspection: Inspection) -> dict[str, Any]:
    """checks: rows {check, platform, verdict, value, cause, next_step} in the order of the table; verdict: the worst of
    them; platforms: those that were looked at; summary: how many rows have which verdict; capacity: see
    ``preflight_capacity``; table: lines for people."""
    rows = [_row(check, inspection) for check in CHECKS if not check.platform or check.platform in inspection.platforms]
    counts = {v.value: sum(row["verdict"] == v.value for row in rows) for v in ORDER}
    return {
        "checks": rows,
        "verdict": max((Verdict(row["verdict"]) for row in rows), key=ORDER.index).value,
        "platforms": list(inspection.platforms),
        "summary": {"checks": len(rows), **counts},
        "capacity": capacity(inspection),
        "supported_versions": list(inspection.view.minors),
        "table": table(rows),
    }


def _row(check: PreflightCheck, inspection: Inspection) -> Row:
    found = inspection.gap(*check.needs) or check.judge(inspection)
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
