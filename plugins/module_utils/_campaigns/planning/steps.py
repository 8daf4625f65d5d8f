# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Steps of one hosted cluster: control plane minor by minor, node pools when they must or at the end.

Source: platform_facts#6.1, #6.3, #6.5: a pool is never above the completed version of its control plane and at most
three minors below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from ..._kernel import versions
from ..._kernel.label_selectors import matcher
from ..._kernel.objects import Object, lookup
from ..._kernel.versions import MAX_POOL_SKEW, Version, version_of_image
from .candidate import Hop, Move, Pool, Route, Way
from .policy import Policy

Versions: TypeAlias = "dict[str, Version | None]"


def route_of(cluster: Object, current: Version, way: Way, pools: Sequence[Pool], policy: Policy) -> Route:
    """Moves in order. A pool whose version nobody knows moves at the end."""
    at: Versions = {pool.name: pool.version for pool in pools}
    running, moves, lag = not_moving(cluster, current, policy), [], _lag(current, at)
    for hop in way.hops:
        late = [
            p
            for p in pools
            if policy.node_pools and _breaks(hop.version, at[p.name]) and _behind(at[p.name], running.version)
        ]
        for group in _groups(late, policy):
            moves.append(Move(running, group))
            at.update({p.name: running.version for p in group})
        moves.append(Move(hop))
        running = hop
        lag = max(lag, _lag(hop.version, at))
    last = [p for p in pools if policy.node_pools and _behind(at[p.name], running.version)]
    for group in _groups(last, policy):
        moves.append(Move(running, group))
        at.update({p.name: running.version for p in group})
    return Route(tuple(moves), lag, _lag(running.version, at))


def not_moving(cluster: Object, current: Version, policy: Policy) -> Hop:
    """The completed version as something that pools can move to; image empty when no source tells it."""
    entry = versions.newest_completed(cluster)
    asked = str(lookup(cluster, ("spec", "release", "image")) or "")
    newest = versions.newest(cluster) is entry
    own = (
        asked
        if asked and (version_of_image(asked) == current or (newest and version_of_image(asked) is None))
        else str(entry.get("image") or "")
    )
    return Hop(current, str(entry.get("version") or current), policy.release_images.get(current) or own)


def rolls_of(route: Route) -> list[dict[str, Any]]:
    """Which pools roll, how, how many nodes and how often; pools without nodes take the release without rolling."""
    rows = []
    for pool in route.moved:
        stops = [move.hop.name for move in route.moves if pool in move.pools]
        if pool.nodes and not pool.on_delete:
            reason = f"release {', then '.join(stops)}"
            rows.append(
                {
                    "pool": pool.name,
                    "strategy": pool.strategy,
                    "nodes": pool.nodes,
                    "times": len(stops),
                    "reason": reason,
                }
            )
    return rows


def steps_of(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "kind": "node_pools" if move.pools else "control_plane",
            "version": move.hop.name,
            "image": move.hop.image,
            "risks": [] if move.pools else list(move.hop.risks),
            "pools": [pool.name for pool in move.pools],
        }
        for move in route.moves
    ]


def _groups(pools: Iterable[Pool], policy: Policy) -> Iterator[tuple[Pool, ...]]:
    """Canaries first, on their own; then as many at a time as the policy allows, by name."""
    ordered = sorted(pools, key=lambda p: p.name)
    first = tuple(p for p in ordered if is_canary(p, policy))
    rest = [p for p in ordered if p not in first]
    for some in (list(first), rest):
        for start in range(0, len(some), policy.node_pools_parallel):
            yield tuple(some[start : start + policy.node_pools_parallel])


def is_canary(pool: Pool, policy: Policy) -> bool:
    wanted = policy.canary_pool
    if any(sign in wanted for sign in "=!( "):
        return matcher([wanted], "canary_pool")(pool.labels)
    return bool(wanted) and pool.name == wanted


def _behind(version: Version | None, target: Version) -> bool:
    return version is None or version < target


def _breaks(control_plane: Version, pool: Version | None) -> bool:
    return pool is not None and control_plane.line - pool.line > MAX_POOL_SKEW


def _lag(control_plane: Version, at: Versions) -> int:
    return max((control_plane.line - v.line for v in at.values() if v is not None), default=0)
