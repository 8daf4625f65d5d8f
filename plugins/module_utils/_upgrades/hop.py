# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One hop of a control plane: which release is meant, what the operator's gate will say.

Source: platform_facts#6.2, #6.3.

The release image is never made up: the user names it, or the cluster's own status does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._kernel import versions
from .._kernel.conditions import get, is_true
from .._kernel.objects import Object, lookup
from .._kernel.versions import Version, completed_version, version_of_image
from .graph import from_status

FORCE = "hypershift.openshift.io/force-upgrade-to"


@dataclass(frozen=True)
class HopRequest:
    """What the user asks for. version or image may be empty, not both. supported: minors; None means that they were not
    given.

    accepted_acks: reasons of ClusterVersionUpgradeable=False that force may go past.
    """

    version: str = ""
    image: str = ""
    accepted_risks: frozenset[str] = frozenset()
    accepted_acks: frozenset[str] = frozenset()
    supported: tuple[str, ...] | None = None
    force: bool = False
    allow_unlisted: bool = False
    allow_unhealthy: bool = False


@dataclass(frozen=True)
class OfferedUpdate:
    """One update that the cluster's status offers. risks: names that hold it back, empty when it is recommended."""

    version: str
    image: str
    risks: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResolvedHop:
    """What one upgrade comes to for one live cluster.

    current: the completed version; target: None when nothing tells the version of the image. image: empty when nothing
    names one.
    edge: the offered update it follows. informed: the cluster knows its updates, so what it does not list is no update.
    """

    current: Version | None
    target: Version | None
    image: str
    edge: OfferedUpdate | None
    informed: bool
    requested: str  # spec.release.image as it stands

    @property
    def changes(self) -> bool:
        return self.image != self.requested

    @property
    def minor(self) -> bool:
        """The minor version changes: the operator's gate looks at Upgradeable. Unknown versions count as a change."""
        return self.current is None or self.target is None or self.current.line != self.target.line

    @property
    def moves(self) -> bool:
        return self.current is None or self.target is None or self.current != self.target


def edges_of(cluster: Mapping[str, Any]) -> list[OfferedUpdate]:
    """Updates that the status offers, as the planner reads them, those of the plain list first."""
    anywhere = completed_version(cluster) or Version(0, 0)
    offered = from_status(cluster, anywhere)
    return [
        OfferedUpdate(offered.releases[target].name, offered.releases[target].image, tuple(sorted(edge.risks)))
        for target, edge in offered.edges[anywhere].items()
    ]


def hop_of(cluster: Object, request: HopRequest) -> ResolvedHop:
    """What the request means for this cluster."""
    requested = str(lookup(cluster, ("spec", "release", "image"), ""))
    edges = edges_of(cluster)
    image = request.image or _image_for(cluster, request.version, edges, requested)
    target = Version.parse(request.version) if request.version else _version_of(cluster, image, edges)
    edge = next((e for e in edges if target is not None and Version.parse(e.version) == target), None)
    informed = bool(edges) or (
        bool(lookup(cluster, ("spec", "channel"))) and is_true(cluster, "ClusterVersionRetrievedUpdates")
    )
    return ResolvedHop(completed_version(cluster), target, image, edge, informed, requested)


def _image_for(cluster: Object, version: str, edges: list[OfferedUpdate], requested: str) -> str:
    """The image of a version: the one that is requested or runs already, else the one that is offered. Empty when
    unknown."""
    wanted = Version.parse(version)
    if wanted is None:
        return ""
    desired = lookup(cluster, ("status", "version", "desired")) or {}
    if version_of_image(requested) == wanted:
        return requested
    if Version.parse(str(desired.get("version") or "")) == wanted:
        return requested if taken_up(cluster) else str(desired.get("image") or "")
    return next((e.image for e in edges if Version.parse(e.version) == wanted), "")


def _version_of(cluster: Object, image: str, edges: list[OfferedUpdate]) -> Version | None:
    """The version of an image: by its tag, an offered update, or the version history."""
    history = versions.entries(cluster)
    known = [(e.image, e.version) for e in edges] + [
        (str(h.get("image") or ""), str(h.get("version") or "")) for h in history
    ]
    return version_of_image(image) or next((Version.parse(version) for have, version in known if have == image), None)


def taken_up(cluster: Object) -> bool:
    """The hosted cluster desires what the spec requests. A digest behind a tag is known to the operator alone:
    Progressing tells."""
    desired, requested = (
        lookup(cluster, ("status", "version", "desired", "image")),
        lookup(cluster, ("spec", "release", "image")),
    )
    if desired == requested:
        return True
    progressing = get(cluster, "Progressing")
    generation = int(lookup(cluster, ("metadata", "generation"), 0) or 0)
    return (
        progressing is not None
        and (progressing.status, progressing.reason) == ("False", "AsExpected")
        and progressing.observed_generation >= generation
    )


def running_update(cluster: Object) -> str:
    """Version or image of an update that is under way; empty when none is. A request that the operator refused is
    none."""
    newest = versions.newest(cluster)
    if newest.get("state") == "Partial":
        return str(newest.get("version") or newest.get("image") or "another version")
    if taken_up(cluster) or refused_request(cluster):
        return ""
    return str(lookup(cluster, ("spec", "release", "image"), ""))


def refused_request(cluster: Object) -> bool:
    """The release that stands in the spec was not taken up, and the operator says that it will not: another one may be
    requested."""
    if taken_up(cluster):
        return False
    progressing, valid = get(cluster, "Progressing"), get(cluster, "ValidReleaseImage")
    blocked = progressing is not None and (progressing.status, progressing.reason) == ("False", "Blocked")
    return blocked or (valid is not None and valid.status == "False")


def held_back(cluster: Object) -> str:
    """Reason for which the cluster is not upgradeable; empty when it is, or does not tell (platform_facts#6.3, gate 1).
    Unknown is not True."""
    found = get(cluster, "ClusterVersionUpgradeable")
    return "" if found is None or found.status == "True" else found.reason or "NoReasonGiven"


def annotation(cluster: Object) -> str:
    return str((lookup(cluster, ("metadata", "annotations")) or {}).get(FORCE) or "")


def management_side(cluster: Object) -> dict[str, str]:
    """Version and state of the pods on the management cluster; empty on operators that do not tell
    (platform_facts#0.4).
    """
    newest = versions.newest(cluster, versions.MANAGEMENT_SIDE)
    return {"version": str(newest.get("version") or ""), "state": str(newest.get("state") or "")} if newest else {}


def pool_version(pool: dict[str, Any]) -> Version | None:
    """The version a node pool runs, or asks for before it runs any."""
    return Version.parse(str(lookup(pool, ("status", "version")) or "")) or version_of_image(
        str(lookup(pool, ("spec", "release", "image")) or "")
    )
