# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Lease that keeps two runs on one hosted cluster apart: who holds it, and whether it may be taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from .kinds import LEASE
from .objects import Object, lookup
from .ports.processes import Holder
from .times import parse_time

MICRO = "%Y-%m-%dT%H:%M:%S.%fZ"
LONGEST = 7 * 24 * 3600  # seconds; what is longer is no Lease of a run that renews it


def held_by(lease: Object | None, me: Holder, now: datetime, lives: Callable[[str], bool]) -> str:
    """Identity of a living holder other than ``me``; empty when the Lease may be taken.

    lives: whether a process of this machine is there. A holder of this machine that is gone need not be waited for.
    """
    identity = in_force(lease, me.text, now)
    other = Holder.of(identity)
    return "" if other and other.machine == me.machine and not lives(other.process) else identity


def in_force(lease: Object | None, mine: str, now: datetime) -> str:
    """Identity of another holder whose time is not over; empty when the Lease is free, over, or ``mine``."""
    identity = str(lookup(lease or {}, ("spec", "holderIdentity")) or "")
    if not identity or identity == mine:
        return ""
    renewed = parse_time(lookup(lease or {}, ("spec", "renewTime")) or lookup(lease or {}, ("spec", "acquireTime")))
    if renewed is None or abs((now - renewed).total_seconds()) > duration_of(lease):
        return ""  # over, or from a time that is not yet: whether its holder lives shows in whether it is renewed
    return identity


def duration_of(lease: Object | None) -> int:
    """Seconds for which it holds; 0 when that is no number that can be one."""
    told = lookup(lease or {}, ("spec", "leaseDurationSeconds"))
    return told if isinstance(told, int) and 0 < told <= LONGEST else 0


def manifest(name: str, namespace: str, me: Holder, seconds: int, now: datetime) -> Object:
    return LEASE.manifest(name, namespace, spec=taken(me, seconds, now, None))


def taken(me: Holder, seconds: int, now: datetime, before: Object | None) -> Object:
    """spec of the Lease once it is ours."""
    moves = int(lookup(before or {}, ("spec", "leaseTransitions")) or 0) + (1 if before else 0)
    moment = now.strftime(MICRO)
    return {
        "holderIdentity": me.text,
        "leaseDurationSeconds": seconds,
        "acquireTime": moment,
        "renewTime": moment,
        "leaseTransitions": moves,
    }


def lease_holder(lease: Object | None, campaign: str, now: datetime) -> str:
    """The other campaign that holds the Lease now; empty when it is free, expired, or this campaign's own from a run
    that was killed."""
    return in_force(lease, campaign, now)


def lease_spec(campaign: str, seconds: int, now: datetime) -> Object:
    moment = now.strftime(MICRO)
    return {"holderIdentity": campaign, "leaseDurationSeconds": seconds, "acquireTime": moment, "renewTime": moment}
