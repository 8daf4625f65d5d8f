# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of a campaign about the node pools of one hosted cluster. Source: platform_facts#0.6, #6.5, #6.6, #10.3."""

from __future__ import annotations

from collections.abc import Callable

from ..._health.diagnosis import pool_matches
from ..._health.findings import Severity
from ..._health.pauses import is_paused, owner_of
from ..._kernel.objects import lookup
from ..._kernel.quantities import parse_duration
from ..._kernel.versions import MAX_POOL_SKEW, is_multi_arch, skew_code, skew_problem
from ..._node_pools.update_settings import INVALID, rolling_limits, share, stuck
from ..._upgrades.readiness import left_behind
from .candidate import Candidate, Pool, Said

_UPDATING = frozenset({"pool_updating", "pool_update_slow", "pool_rolls_unannounced"})
_STOPPED = frozenset({"inplace_upgrade_failed", "inplace_rollout_stopped"})
_HARD = (Severity.ERROR, Severity.FATAL)
_ARCH_TAG = {"amd64": ("x86_64", "amd64"), "arm64": ("aarch64", "arm64"), "ppc64le": ("ppc64le",), "s390x": ("s390x",)}


def _moves(candidate: Candidate, pool: Pool) -> bool:
    return pool in candidate.route.moved


def _newer(candidate: Candidate, pool: Pool) -> Said:
    if candidate.current is None or pool.version is None or pool.version <= candidate.current:
        return None
    cause = skew_problem(candidate.current, pool.version)
    return candidate.refuse(
        skew_code(candidate.current, pool.version),
        cause,
        "Complete the update of the control plane to that version first.",
        object_ref=pool.ref,
    )


def _skew(candidate: Candidate, pool: Pool) -> Said:
    """Pools that this campaign leaves alone; the others are moved before it gets that far."""
    target = candidate.way.hops[-1].version if candidate.way.hops else None
    if target is None or candidate.policy.node_pools:
        return None
    return left_behind(
        pool.raw, pool.version, target, "Let the campaign move node pools too, or update this one first."
    )


def _paused(candidate: Candidate, pool: Pool) -> Said:
    if not _moves(candidate, pool) or not is_paused(pool.raw, candidate.now):
        return None
    by = f" by {owner_of(pool.raw)}" if owner_of(pool.raw) else ""
    return candidate.refuse(
        "paused", f"it is paused{by}, so its update would not begin", "Resume it first.", object_ref=pool.ref
    )


def _state(candidate: Candidate, pool: Pool) -> Said:
    """A pool that is being changed, or has a fault; one that is on its way to a release of this plan already may go
    on."""
    found = pool_matches(pool.raw, candidate.now, candidate.hub.machines)
    failed = next((m.finding for m in found if m.rule.code in _STOPPED), None)
    if failed is not None:
        return candidate.refuse(failed.code, failed.cause, failed.next_step, failed.condition, pool.ref)
    if not _moves(candidate, pool) or _on_its_way(candidate, pool):
        return None
    busy = next((m.finding for m in found if m.rule.code in _UPDATING), None)
    if busy is not None:
        return candidate.refuse(
            "pool_updating", "it is being updated already", "Let that end, then plan again.", busy.condition, pool.ref
        )
    fault = next((m.finding for m in found if m.finding.severity in _HARD), None)
    if fault is not None:
        return candidate.refuse(fault.code, fault.cause, fault.next_step, fault.condition, pool.ref)
    unseen = next((m.finding for m in found if m.rule.code == "pool_rollout_unseen"), None)
    return f"{pool.ref}: {unseen.cause}" if unseen else None


def _on_its_way(candidate: Candidate, pool: Pool) -> bool:
    return any(pool in move.pools and move.hop.image == pool.image for move in candidate.route.moves)


def _room(candidate: Candidate, pool: Pool) -> Said:
    """Settings with which no node can ever be taken."""
    cause, step = stuck(pool.raw) if _moves(candidate, pool) else ("", "")
    return candidate.refuse(INVALID, cause, step, "UpdateManagementEnabled", pool.ref) if cause else None


def _architecture(candidate: Candidate, pool: Pool) -> Said:
    images = {move.hop.image for move in candidate.route.moves if pool in move.pools}
    for image in sorted(images):
        tag = image.rpartition("-")[2]
        multi = is_multi_arch(image)
        if multi is False and tag not in _ARCH_TAG.get(pool.arch, (tag,)):
            cause = f"release image {image} is not for {pool.arch}"
            return candidate.refuse(
                "pool_architecture_unsupported",
                cause,
                "Use a multi-architecture release image.",
                "ValidArchPlatform",
                pool.ref,
            )
        if multi is None and (pool.arch != "amd64" or lookup(candidate.cluster, ("status", "payloadArch")) == "Multi"):
            return (
                f"{pool.ref}: whether {image} holds {pool.arch} cannot be told from its name; the cluster uses a"
                " multi-architecture release now"
            )
    return None


def _drain(candidate: Candidate, pool: Pool) -> Said:
    if not _moves(candidate, pool) or not pool.nodes or pool.on_delete:
        return None
    if pool.in_place:
        return f"{pool.ref}: draining in place is retried for ever; a pod that may not be evicted stops the update"
    timeout = parse_duration(lookup(pool.raw, ("spec", "nodeDrainTimeout")) or "0s")
    return (
        None
        if timeout
        else f"{pool.ref}: nodeDrainTimeout is 0, so a node that cannot be drained is waited for without end"
    )


def _surge(candidate: Candidate, pool: Pool) -> Said:
    if not _moves(candidate, pool) or pool.in_place or pool.on_delete or not pool.nodes:
        return None
    rolling = lookup(pool.raw, ("spec", "management", "replace", "rollingUpdate"))
    more = share(rolling_limits(rolling)[0], pool.nodes, 1, up=True)
    return f"{pool.ref}: needs room for {more} more node(s) while it rolls" if more else None


def _on_delete(candidate: Candidate, pool: Pool) -> Said:
    if _moves(candidate, pool) and pool.on_delete and pool.nodes:
        return (
            f"{pool.ref}: strategy OnDelete replaces a node only when somebody deletes its Machine, so its update waits"
            " for that"
        )
    return None


def _size(candidate: Candidate, pool: Pool) -> Said:
    if not _moves(candidate, pool):
        return None
    if lookup(pool.raw, ("spec", "autoScaling")):
        return f"{pool.ref}: is autoscaled, so the number of nodes that roll may change ({pool.nodes} now)"
    return (
        None if pool.nodes else f"{pool.ref}: has no nodes; it takes the release, and nodes get it when it is scaled up"
    )


def _unknown(candidate: Candidate, pool: Pool) -> Said:
    return (
        None
        if pool.version
        else (
            f"{pool.ref}: its version is not known (image {pool.image or 'unset'}), so it was not checked against the"
            " skew"
        )
    )


def _network_lag(candidate: Candidate) -> Said:
    """OVN-Kubernetes: one minor of lag is best effort, two are only for extended updates (platform_facts#6.6)."""
    network = lookup(candidate.cluster, ("spec", "networking", "networkType")) or "OVNKubernetes"
    if network != "OVNKubernetes" or not candidate.way.hops:
        return None
    if candidate.route.left_behind:
        return (
            f"node pools end {candidate.route.left_behind} minor(s) behind the control plane,"
            " which OVN-Kubernetes supports"
            " for a while only"
        )
    return (
        f"node pools are {candidate.route.lag} minors behind the control plane on the way, which strains OVN-Kubernetes"
        if candidate.route.lag > 1
        else None
    )


def _far_behind(candidate: Candidate) -> Said:
    if candidate.way.hops and candidate.route.left_behind == MAX_POOL_SKEW:
        return f"a node pool ends {MAX_POOL_SKEW} minors behind the control plane: the next minor needs it to move"
    return None


POOL_RULES: tuple[Callable[[Candidate, Pool], Said], ...] = (
    _newer,
    _skew,
    _paused,
    _state,
    _room,
    _architecture,
    _drain,
    _surge,
    _on_delete,
    _size,
    _unknown,
)
POOLS_RULES: tuple[Callable[[Candidate], Said], ...] = (_network_lag, _far_behind)
