# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module upgrade_record: the journal of a campaign, and the end of its Leases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._kernel.changes import ChangeSet
from .._kernel.errors import Failure, HypershiftError, OptionError
from .._kernel.kinds import CONFIG_MAP, LEASE
from .._kernel.leaving import leaving
from .._kernel.objects import Object, lookup
from .._kernel.operation import Plan
from .._kernel.ports.hub import Hub
from .hubs import CampaignHubs
from .journal import amended, data_of, journal_manifest, journal_name, lease_name, records
from .progress import planned

WHY = "the journal of the campaign is its evidence"


class UpgradeRecord:
    """Write what became of the clusters of a batch. clock: for the times; hubs: of the plan."""

    def __init__(self, clock: Hub, hubs: CampaignHubs, plan: Object, options: Object) -> None:
        self._clock, self._hubs, self._plan = clock, hubs, plan
        self._options = leaving(options)  # events and failures of other tasks too: the journal is read by many

    def plan(self) -> Plan:
        news = {row["id"]: row for row in self._options["clusters"]}
        entries = planned(self._plan, news)
        unknown = sorted(set(news) - {entry["id"] for entry in entries})
        if unknown:
            cause = f"option clusters names {', '.join(unknown)}, which the plan does not upgrade"
            raise OptionError(Failure("not_in_plan", cause, next_step="Use the ids of the plan."))
        foreseen = [
            {"verb": "patch", "object": f"ConfigMap {e['namespace']}/{self._name}", "why": WHY, "disruptive": False}
            for e in entries
        ]
        unique = list({entry["object"]: entry for entry in foreseen}.values())
        return Plan(foreseen=unique, act=lambda acts, _progress: self._write(entries, news, acts))

    @property
    def _name(self) -> str:
        return journal_name(self._plan["campaign"])

    def _write(self, entries: Sequence[Object], news: Object, acts: list[Object]) -> None:
        def plan(name: str, hub: Hub) -> ChangeSet:
            own = [entry for entry in entries if entry["hub"] == name]
            changes = ChangeSet()
            # First: what the journal calls done no later run looks at, and a Lease that a killed run left there would
            # stay.
            if self._options.get("release"):
                release(hub, self._plan["campaign"], own, changes)
            changes.steps += journal_changes(hub, self._plan["campaign"], own, news).steps
            return changes

        failures = self._hubs.write([entry["hub"] for entry in entries], plan, acts)
        if failures:
            raise HypershiftError(next(iter(failures.values())))


def journal_changes(hub: Hub, campaign: str, entries: Iterable[Object], news: Object) -> ChangeSet:
    """Writes that bring the records of these clusters up to date; none for a record that says so already."""
    changes, by_namespace = ChangeSet(), dict[str, list[Object]]()
    for entry in entries:
        by_namespace.setdefault(entry["namespace"], []).append(entry)
    for namespace, own in by_namespace.items():
        live = hub.get(CONFIG_MAP, namespace, journal_name(campaign))
        noted = records([live] if live else [])
        changed = {}
        for entry in own:
            before = noted.get((namespace, entry["name"]))
            about = {key: entry[key] for key in ("id", "wave", "from", "to")} | {"steps": len(entry["steps"])}
            after = amended(
                before, {**about, **{k: v for k, v in news[entry["id"]].items() if v not in (None, "")}}, hub.now()
            )
            if after != before:
                changed[entry["name"]] = after
        if live is None and changed:
            changes.create(CONFIG_MAP, journal_manifest(campaign, namespace, changed), WHY)
        elif live is not None and changed:
            changes.patch(CONFIG_MAP, live, {"data": data_of(changed)}, WHY)
    return changes


def release(hub: Hub, campaign: str, entries: Iterable[Object], changes: ChangeSet) -> None:
    for entry in entries:
        live = hub.get(LEASE, entry["namespace"], lease_name(entry["name"]))
        if live is not None and lookup(live, ("spec", "holderIdentity")) == campaign:
            changes.delete(LEASE, live, "the campaign has ended its work on this hosted cluster")
