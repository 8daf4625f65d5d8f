# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosted clusters as hosts of an inventory: names, variables, groups.

Everything here is public knowledge of a cluster: neither annotations nor anything of a connection goes in.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .._health.summaries import summarize_hosted_cluster
from .._kernel.conditions import is_true
from .._kernel.versions import Version
from .views import HubView, host_name

PREFIX = "hcp_"
_TAKEN_OVER = (
    "name",
    "namespace",
    "platform",
    "version",
    "desired_version",
    "channel",
    "update_state",
    "available_updates",
    "conditional_updates",
    "deleting",
    "node_pools",
    "labels",
    "api_endpoint",
    "control_plane_namespace",
    "created",
)


def hosts_of(view: HubView, now: datetime) -> dict[str, dict[str, Any]]:
    """Variables by host name, for every hosted cluster of a hub."""
    found: dict[str, dict[str, Any]] = {}
    for cluster in view.clusters:
        namespace, name = cluster["metadata"]["namespace"], cluster["metadata"]["name"]
        summary = summarize_hosted_cluster(cluster, now=now, node_pools=view.pools_of(namespace, name))
        found[host_name(view.name, namespace, name)] = {
            f"{PREFIX}{key}": value
            for key, value in _variables(summary, view.name, is_true(cluster, "Available")).items()
        }
    return found


def _variables(summary: dict[str, Any], hub: str, available: bool) -> dict[str, Any]:
    pause = summary["paused"]
    return {
        **{key: summary[key] for key in _TAKEN_OVER},
        "hub": hub,
        "available": available,
        "health": {key: summary["health"][key] for key in ("verdict", "cause", "next_step")},
        "paused": pause["paused"],
        "pause": {key: pause[key] for key in ("until", "owner", "reason", "since")},
    }


def groups_of(variables: dict[str, Any]) -> list[str]:
    """Names of the groups a host is in by itself, not yet made safe for Ansible."""
    names = [f"hub_{variables['hcp_hub']}", f"health_{variables['hcp_health']['verdict']}"]
    if variables["hcp_platform"]:
        names.append(f"platform_{str(variables['hcp_platform']).lower()}")
    version = Version.parse(str(variables["hcp_version"]))
    if version is not None:
        names.append(f"version_{version.major}_{version.minor}")
    return [*names, "paused"] if variables["hcp_paused"] else names
