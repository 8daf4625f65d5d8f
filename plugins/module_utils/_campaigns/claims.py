# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Claims of a campaign on hosted clusters: a Lease each, and the note in the journal that work begins."""

from __future__ import annotations

from collections.abc import Sequence

from .._kernel.changes import ChangeSet
from .._kernel.errors import Failure
from .._kernel.kinds import CONFIG_MAP, LEASE
from .._kernel.leases import lease_holder, lease_spec
from .._kernel.objects import Object
from .._kernel.ports.hub import Hub
from .journal import DONE, RUNNING, journal_name, lease_manifest, lease_name
from .progress import ClusterProgress
from .upgrade_record import WHY, journal_changes, release
from .verification import baseline

_CLAIM = "the campaign works on this hosted cluster, others keep off"


def foreseen(plan: Object, found: ClusterProgress) -> list[Object]:
    """What claiming one cluster would write."""
    namespace = found.entry["namespace"]
    return [
        {
            "verb": "create",
            "object": LEASE.ref(namespace, lease_name(found.entry["name"])),
            "why": _CLAIM,
            "disruptive": False,
        },
        {
            "verb": "patch",
            "object": CONFIG_MAP.ref(namespace, journal_name(plan["campaign"])),
            "why": WHY,
            "disruptive": False,
        },
    ]


def changes(
    hub: Hub, plan: Object, clusters: Sequence[ClusterProgress], seconds: int, over: Sequence[ClusterProgress] = ()
) -> ChangeSet:
    """Writes that claim the clusters of one hub. A cluster that another campaign holds gets its ``problem`` and no
    write.

    over: clusters that got there after their run was killed: nobody noted it, and their Leases are still there.
    """
    claimed, campaign = ChangeSet(), str(plan["campaign"])
    for found in clusters:
        namespace, name = found.entry["namespace"], found.entry["name"]
        live = hub.get(LEASE, namespace, lease_name(name))
        holder = lease_holder(live, campaign, hub.now())
        if holder:
            cause = f"campaign {holder} works on it now"
            found.problem = Failure(
                "locked", cause, found.ref, next_step="Wait until it has ended, or until its Lease expires."
            )
        elif live is None:
            claimed.create(LEASE, lease_manifest(name, namespace, campaign, seconds, hub.now()), _CLAIM)
        else:
            claimed.patch(LEASE, live, {"spec": lease_spec(campaign, seconds, hub.now())}, _CLAIM)
    begun = [found for found in clusters if found.problem is None]
    news = {s.id: {"state": RUNNING, "step": s.position, "findings": baseline(s, hub.now())} for s in begun}
    news |= {s.id: {"state": DONE, "ended": s.row()["ended"]} for s in over}
    release(hub, campaign, [s.entry for s in over], claimed)
    claimed.steps += journal_changes(hub, campaign, [s.entry for s in (*begun, *over)], news).steps
    return claimed
