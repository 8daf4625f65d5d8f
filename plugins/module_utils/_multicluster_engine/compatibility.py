# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which multicluster engine belongs to which OpenShift."""

from __future__ import annotations

from .._fleet.views import HubView
from .._kernel import versions
from .._kernel.kinds import CLUSTER_VERSION, MULTICLUSTER_ENGINE
from .._kernel.objects import Object, lookup
from .._kernel.versions import Version

_ENGINE_OFFSET = 10
_FIRST_OF_5 = 23  # line of OpenShift 5.0
_OLDEST_MANAGEMENT = 14
_BELOW, _ABOVE = 2, 1


def engine_of(line: int) -> str:
    """Minor of the multicluster engine that brings hosted clusters of this line."""
    return f"2.{line - _ENGINE_OFFSET}" if line < _FIRST_OF_5 else f"5.{line - _FIRST_OF_5}"


def line_of_engine(version: Version) -> int:
    return version.minor + (_ENGINE_OFFSET if version.major < 5 else _FIRST_OF_5)


def management_lines(engine_line: int) -> tuple[int, int]:
    """Oldest and newest line of the management cluster that an engine of this line works on (platform_facts#1.3)."""
    return max(engine_line - _BELOW, _OLDEST_MANAGEMENT), engine_line + _ABOVE


def minor_of(line: int) -> str:
    return f"4.{line}" if line < _FIRST_OF_5 else f"5.{line - _FIRST_OF_5}"


def engine(hub: HubView) -> Object | None:
    return next(iter(hub.all(MULTICLUSTER_ENGINE)), None)


def engine_version(hub: HubView) -> str:
    return str(lookup(engine(hub) or {}, ("status", "currentVersion")) or "")


def openshift(hub: HubView) -> Object | None:
    return next((o for o in hub.all(CLUSTER_VERSION) if o["metadata"].get("name") == "version"), None)


def openshift_version(hub: HubView) -> str:
    """Completed version of the management cluster; empty when it does not tell."""
    return versions.completed(openshift(hub), versions.OPENSHIFT)
