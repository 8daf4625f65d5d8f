# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One hosted cluster under planning: what was read of it, where it is to go, and on which way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeAlias

from ..._fleet.views import HubView, host_name
from ..._kernel import versions
from ..._kernel.errors import Failure
from ..._kernel.kinds import HOSTED_CLUSTER, NODE_POOL
from ..._kernel.objects import Object, lookup
from ..._kernel.ports.calendar import Window
from ..._kernel.versions import Version, completed_version, version_of_image
from ..._manifests.selection import node_count
from ..._upgrades.hop import refused_request, taken_up
from .policy import Policy

# What a rule says: a refusal, a warning, or nothing. As text, since linters of older Pythons do not know the operator.
Said: TypeAlias = "Failure | str | None"


@dataclass(frozen=True)
class Hop:
    """One move of the control plane. name: the version as the release spells it; image: empty when no source tells
    it."""

    version: Version
    name: str
    image: str
    risks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Way:
    """target: where it was to go, also when there is no way. running: an update that is under way already is the first
    hop."""

    target: Version | None = None
    hops: tuple[Hop, ...] = ()
    running: bool = False
    refusals: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pool:
    """A node pool that is not being deleted. version: None when neither status nor image tell."""

    raw: Object

    @property
    def name(self) -> str:
        return str(self.raw["metadata"]["name"])

    @property
    def ref(self) -> str:
        return NODE_POOL.ref(self.raw["metadata"].get("namespace"), self.name)

    @property
    def image(self) -> str:
        return str(lookup(self.raw, ("spec", "release", "image")) or "")

    @cached_property
    def version(self) -> Version | None:
        return Version.parse(str(lookup(self.raw, ("status", "version")) or "")) or version_of_image(self.image)

    @property
    def nodes(self) -> int:
        return node_count(self.raw)

    @property
    def arch(self) -> str:
        return str(lookup(self.raw, ("spec", "arch")) or "amd64")

    @property
    def in_place(self) -> bool:
        return bool(lookup(self.raw, ("spec", "management", "upgradeType")) == "InPlace")

    @property
    def on_delete(self) -> bool:
        return not self.in_place and bool(lookup(self.raw, ("spec", "management", "replace", "strategy")) == "OnDelete")

    @property
    def strategy(self) -> str:
        return "InPlace" if self.in_place else "Replace"

    @property
    def labels(self) -> Mapping[str, str]:
        return self.raw["metadata"].get("labels") or {}


@dataclass(frozen=True)
class Move:
    """A step: of the control plane, or of the pools that move at the same time."""

    hop: Hop
    pools: tuple[Pool, ...] = ()


@dataclass(frozen=True)
class Route:
    """moves in order. lag: most minors that a pool is behind its control plane on the way; left_behind: the same at the
    end."""

    moves: tuple[Move, ...] = ()
    lag: int = 0
    left_behind: int = 0

    @property
    def moved(self) -> list[Pool]:
        """Pools that move at all, each once."""
        return list({pool.name: pool for move in self.moves for pool in move.pools}.values())

    @property
    def hops(self) -> list[Hop]:
        """Moves of the control plane."""
        return [move.hop for move in self.moves if not move.pools]


@dataclass(frozen=True)
class Candidate:
    """Everything the rules look at. windows: those that hold for the cluster; opens: one of them opens within the
    horizon.

    snapshot: its entry of the snapshots' ``clusters``; None when there is none.
    """

    hub: HubView
    cluster: Object
    pools: tuple[Pool, ...]
    policy: Policy
    now: datetime
    way: Way = field(default_factory=Way)
    route: Route = field(default_factory=Route)
    windows: tuple[Window, ...] = ()
    opens: bool = True
    snapshot: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        return str(self.cluster["metadata"]["name"])

    @property
    def namespace(self) -> str:
        return str(self.cluster["metadata"]["namespace"])

    @property
    def id(self) -> str:
        return host_name(self.hub.name, self.namespace, self.name)

    @property
    def ref(self) -> str:
        return HOSTED_CLUSTER.ref(self.namespace, self.name)

    @property
    def labels(self) -> Mapping[str, str]:
        return self.cluster["metadata"].get("labels") or {}

    @cached_property
    def current(self) -> Version | None:
        return completed_version(self.cluster)

    @property
    def hops(self) -> list[Hop]:
        return self.route.hops

    def refuse(self, code: str, cause: str, next_step: str, condition: str = "", object_ref: str = "") -> Failure:
        return Failure(code, cause, object_ref or self.ref, condition, next_step)


def under_way(cluster: Object) -> tuple[Version | None, str] | None:
    """Version and image of an update that has begun or was asked for; None when there is none.

    A superseded Partial entry is none (platform_facts#O.10), nor is a request that the operator refuses.
    """
    newest, asked = versions.newest(cluster), str(lookup(cluster, ("spec", "release", "image")) or "")
    if newest and newest.get("state") != "Completed":
        image = str(newest.get("image") or lookup(cluster, ("status", "version", "desired", "image")) or "")
        return Version.parse(str(newest.get("version") or "")), image
    if taken_up(cluster) or refused_request(cluster):
        return None
    return version_of_image(asked), asked
