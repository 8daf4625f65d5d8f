# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module etcd_restore: plan, apply with the plan's digest, roll back. Private to hypershift.core. Source: facts 8.3."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._domain import etcd_restore_journal as journals
from ansible_collections.hypershift.core.plugins.module_utils._domain.changes import ChangeSet
from ansible_collections.hypershift.core.plugins.module_utils._domain.errors import Failure, HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._domain.etcd_restore_journal import Journal
from ansible_collections.hypershift.core.plugins.module_utils._domain.etcd_restore_plan import entry, first_journal, foreseen
from ansible_collections.hypershift.core.plugins.module_utils._domain.etcd_restore_refusals import accepted, refusals
from ansible_collections.hypershift.core.plugins.module_utils._domain.etcd_restore_world import World, differences, digest_of, lost
from ansible_collections.hypershift.core.plugins.module_utils._domain.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._domain.kinds import HOSTED_CLUSTER, LEASE, control_plane_namespace
from ansible_collections.hypershift.core.plugins.module_utils._operations.campaign_lease import CampaignLease
from ansible_collections.hypershift.core.plugins.module_utils._operations.etcd_restore_reading import read_world
from ansible_collections.hypershift.core.plugins.module_utils._operations.etcd_restore_running import Means, Restorer
from ansible_collections.hypershift.core.plugins.module_utils._operations.etcd_restore_site import Site, journal_name, read_journal
from ansible_collections.hypershift.core.plugins.module_utils._operations.running import Plan


class EtcdRestore:
    """state planned reads only; applied and rolled_back need the digest of the plan."""

    def __init__(self, hub: Hub, options: dict[str, Any], means: Means, sleep: Callable[[float], None] = time.sleep) -> None:
        self._hub, self._options, self._means, self._sleep = hub, options, means, sleep
        self._namespace, self._name = str(options["namespace"]), str(options["name"])
        self._lease = CampaignLease(hub, self._namespace, journal_name(self._name), int(options["lease_seconds"]), sleep=sleep)
        self._ref = HOSTED_CLUSTER.ref(self._namespace, self._name)

    def plan(self) -> Plan:
        state, digest = self._options["state"], str(self._options.get("digest") or "")
        if state == "planned":
            return self._planned()
        if not digest:
            step = "Run with state: planned, look at what would be lost, and give the digest that it returns."
            return self._refused("missing_digest", f"state {state} needs the digest of a plan", step)
        if state == "rolled_back":
            return self._roll_back(digest)
        journal = self._own_journal(digest)
        if journal and journal.state == journals.DONE:
            return self._ended(journal, f"this restore was done at {journal.finished}")
        return self._go_on(journal) if journal and not journal.ended else self._begin(digest)

    def _planned(self) -> Plan:
        world = self._world()
        plan = Plan(unchanged=True)
        plan.changes.refusals += refusals(world)
        if world.manifest:
            plan.extra = {"plan": foreseen(world), "digest": digest_of(world), "restore": _outlook(world)}
            plan.extra["notes"] = accepted(world)
        return plan

    def _begin(self, digest: str) -> Plan:
        world = self._world()
        plan = Plan()
        plan.changes.refusals += refusals(world)
        plan.changes.notes += accepted(world)
        if plan.changes.refusals:
            return plan
        if digest_of(world) != digest:
            changed = differences(digest, world)
            told = f": {', '.join(changed)} changed since" if changed else ""
            step = "Plan again (state: planned), look at it, and give the new digest."
            plan.changes.refuse("digest_differs", f"the plan of digest {digest[:12]} is not the plan of now{told}", step, self._ref)
            return plan
        plan.foreseen = foreseen(world)
        plan.extra = {"digest": digest, "restore": _outlook(world)}
        plan.act = lambda acts, progress: self._work(plan, first_journal(world, digest), acts, progress)
        return plan

    def _go_on(self, journal: Journal) -> Plan:
        plan = self._unless_locked()
        if plan.changes.refusals:
            return plan
        if journal.rolling_back:
            plan.changes.refuse(
                "rolling_back", f"the restore of digest {journal.digest} is being rolled back", "Go on with state: rolled_back.", self._ref
            )
            return plan
        left = [s.name for s in journal.steps if s.state != journals.DONE]
        plan.foreseen = [entry("go on", self._ref, f"with the restore that began at {journal.started}: {', '.join(left)}", True)]
        plan.extra = {"digest": journal.digest, "restore": journal.summary()}
        plan.act = lambda acts, progress: self._work(plan, journal, acts, progress)
        return plan

    def _roll_back(self, digest: str) -> Plan:
        journal = self._own_journal(digest)
        if journal and journal.state in (journals.UNDONE, journals.ROLLED_BACK):
            return self._ended(journal, f"the previous data is in use; this restore ended at {journal.finished}")
        if journal is None:
            return self._refused("no_such_restore", f"no restore of digest {digest[:12]} is known here", "Check the digest.")
        if journal.state == journals.DONE and not journal.kept:
            return self._refused("nothing_kept", "the restore is done and the data of before is removed", "Restore another snapshot.")
        plan = self._unless_locked()
        plan.foreseen = [entry("roll back", self._ref, "the data of before takes its place again; what was written since is lost", True)]
        plan.extra = {"digest": digest, "restore": journal.summary()}
        plan.act = lambda acts, progress: self._work(plan, journal, acts, progress, back=True)
        return plan

    def _work(self, plan: Plan, journal: Journal, acts: list[dict[str, Any]], progress: Callable[[str], None], back: bool = False) -> None:
        """Under the Lease, with the journal read again: another run may have ended between plan and now."""
        with self._lease:
            current = self._under_lease(journal)
            if current.state == journals.DONE and not back:
                plan.extra["restore"] = current.summary()
                return
            site = Site(
                self._hub, self._namespace, self._name, control_plane_namespace(self._namespace, self._name), current,
                self._lease, float(self._options["timeout"]), progress, acts, self._sleep, str(self._options.get("helper_image") or ""),
            )  # fmt: skip
            restorer = Restorer(site, self._options, self._means)
            try:
                restorer.back() if back else restorer.forward()
            except HypershiftError as error:
                error.extra |= {"digest": site.journal.digest, "restore": site.journal.summary()}
                raise
            plan.extra["restore"] = site.journal.summary()

    def _world(self) -> World:
        return read_world(self._hub, self._options, self._means.store, self._lease.holder())

    def _under_lease(self, planned: Journal) -> Journal:
        """The journal as it is now. Raises HypershiftError when another restore was begun between plan and Lease."""
        current = read_journal(self._hub, self._namespace, self._name)
        if current is None or (current.digest == planned.digest and current.ended and not planned.ended and not planned.touched):
            return planned if current is None or current.state != journals.DONE else current
        if current.digest == planned.digest:
            return current
        if not current.ended:
            cause = f"a restore with digest {current.digest} was begun meanwhile"
            raise HypershiftError(Failure("restore_under_way", cause, self._ref, next_step="See who works on the cluster."))
        return planned

    def _own_journal(self, digest: str) -> Journal | None:
        """The journal of this very restore."""
        journal = read_journal(self._hub, self._namespace, self._name)
        if journal is None or journal.digest != digest:
            return None
        return journal

    def _unless_locked(self) -> Plan:
        plan, holder = Plan(), self._lease.holder()
        if holder:
            plan.changes.refuse("locked", f"another run works on it now ({holder})", "Wait until it has ended.", self._ref)
        return plan

    def _ended(self, journal: Journal, note: str) -> Plan:
        """Nothing is left to do, except to remove the Lease of a run that was killed after its last step."""
        plan = Plan(extra={"digest": journal.digest, "restore": journal.summary()})
        plan.changes.notes.append(f"{self._ref}: {note}")
        lease = self._lease.abandoned()
        if lease:
            plan.changes.delete(LEASE, lease, "a run that was killed has left it")
        return plan

    def _refused(self, code: str, cause: str, next_step: str) -> Plan:
        return Plan(ChangeSet(refusals=[Failure(code, cause, self._ref, next_step=next_step)]))


def _outlook(world: World) -> dict[str, Any]:
    """What the plan says of the restore: most of all what would be lost."""
    if world.manifest is None:
        return {}
    return {
        "snapshot": world.manifest.id,
        "state": "planned",
        "lost": lost(world),
        "steps": [],
        "api_downtime_seconds": None,
        "members": [m.name for s in world.shards for m in s.members],
        "started": "",
        "finished": "",
        "kept": [],
    }
