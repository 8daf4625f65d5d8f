# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The hubs of one campaign: read together, written each by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from .._fleet.reading import HUBS_AT_ONCE, HubSource, read_fleet
from .._kernel.changes import ChangeSet
from .._kernel.errors import ConflictError, Failure, HypershiftError, OptionError, RefusedError
from .._kernel.hub_identity import Identity, identify, refusal
from .._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, NODE_POOL
from .._kernel.objects import Object
from .._kernel.operation import MAX_PLANS, write
from .._kernel.parallel import each
from .._kernel.ports.hub import Hub
from .journal import LABEL, records
from .progress import ClusterProgress, progress_of


class CampaignHubs:
    """Connections to the hubs that the plan names, made once each; each is asked once which cluster it is.

    acting: a hub that is not the one the plan was made on is refused. Else it is in ``foreign``, with the reason.
    """

    def __init__(self, sources: Sequence[HubSource], plan: Object, acting: bool = True) -> None:
        known = {source.name: source for source in sources}
        named = list(dict.fromkeys(entry["hub"] for entry in plan["clusters"]))
        missing = [name for name in named if name not in known]
        if missing:
            cause = (
                f"the plan names the management cluster {', '.join(missing)}, and option hubs has"
                f" {', '.join(known) or 'none'}"
            )
            raise OptionError(Failure("unknown_hub", cause, next_step="Give the same hubs as the plan was made with."))
        self._hubs: dict[str, Hub] = {}
        self._locks = {name: threading.Lock() for name in named}
        self._sources = {
            name: replace(known[name], connect=self._connector(known[name]), label_selector="") for name in named
        }
        self.campaign = str(plan["campaign"])
        self.minors: dict[str, list[str]] = {}
        self.identities: dict[str, Identity] = {}
        self.foreign: dict[str, Failure] = {}
        self._acting = acting
        self._planned = {str(row.get("name")): row for row in plan.get("hubs") or ()}

    def _connector(self, source: HubSource) -> Callable[[], Hub]:
        def connect() -> Hub:
            with self._locks[source.name]:
                if source.name not in self._hubs:
                    hub = source.connect()
                    self._note(source.name, identify(hub))
                    self._hubs[source.name] = hub
                return self._hubs[source.name]

        return connect

    def _note(self, name: str, identity: Identity) -> None:
        self.identities[name] = identity
        found = refusal(name, self._planned.get(name) or {}, identity)
        if found:
            self.foreign[name] = found

    def _refuse_foreign(self, names: Iterable[str]) -> None:
        found = [self.foreign[name] for name in names if name in self.foreign]
        if found and self._acting:
            raise RefusedError(found)

    def source(self, name: str) -> HubSource:
        return self._sources[name]

    def progress_by_id(
        self, entries: Sequence[Object], clock: Hub, with_minors: bool = False
    ) -> dict[str, ClusterProgress]:
        """Where the planned clusters stand, by id: one LIST per kind and hub they live on. with_minors: note what the
        hubs support.

        Raises RefusedError for a hub that is not the one the plan was made on.
        """
        names = list(dict.fromkeys(entry["hub"] for entry in entries))
        kinds = (HOSTED_CLUSTER, NODE_POOL, CONFIG_MAP)
        labels = {CONFIG_MAP: f"{LABEL}={self.campaign}"}
        views = read_fleet([self._sources[n] for n in names], kinds, with_minors, labels)
        self._refuse_foreign(names)
        by_name = {view.name: view for view in views}
        self.minors |= {view.name: list(view.minors) for view in views}
        noted = {view.name: records(view.all(CONFIG_MAP)) for view in views}
        return {e["id"]: progress_of(e, by_name[e["hub"]], noted[e["hub"]], clock.now()) for e in entries}

    def write(
        self, names: Iterable[str], plan: Callable[[str, Hub], ChangeSet], acts: list[Object]
    ) -> dict[str, Failure]:
        """Plan and write on each hub at the same time, anew after a conflict. Appends what was written; returns why a
        hub failed, by name."""
        failures: dict[str, Failure] = {}

        def work(source: HubSource) -> None:
            try:
                source.connect()
                self._refuse_foreign([source.name])
                _write(source, plan, acts)
            except HypershiftError as error:
                failures[source.name] = error.failure

        each(work, [self._sources[name] for name in dict.fromkeys(names)], HUBS_AT_ONCE)
        return failures


def _write(source: HubSource, plan: Callable[[str, Hub], ChangeSet], acts: list[Object]) -> None:
    hub = source.connect()
    for attempt in range(MAX_PLANS):
        try:
            for step in plan(source.name, hub).steps:
                write(hub, step)
                acts.append({**step.as_dict(), "hub": source.name})
            return
        except ConflictError:
            if attempt == MAX_PLANS - 1:
                raise
