# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waits of a campaign across hubs, by watching: other slices end their clusters, fresh clusters settle."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from .._fleet.reading import HUBS_AT_ONCE, HubSource
from .._fleet.views import HubView
from .._kernel.errors import Failure, WaitError
from .._kernel.facts import Fact, Observed, wait_for
from .._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, NODE_POOL
from .._kernel.operation import Progress
from .._kernel.parallel import each
from .._kernel.ports.hub import Hub, WatchSpec
from .hubs import CampaignHubs
from .journal import LABEL, records
from .progress import ClusterProgress, progress_of
from .verification import verified

_KINDS = (HOSTED_CLUSTER, NODE_POOL, CONFIG_MAP)


class CampaignWait:
    def __init__(self, clock: Hub, hubs: CampaignHubs, timeout: float) -> None:
        self._clock, self._hubs, self._timeout = clock, hubs, timeout

    def until_over(
        self,
        earlier: Sequence[ClusterProgress],
        clusters: dict[str, ClusterProgress],
        stop: Callable[[dict[str, ClusterProgress]], Failure | None],
        progress: Progress,
    ) -> None:
        """Return when no earlier cluster is open any more, or enough failed to stop. Updates ``clusters``. Raises
        WaitError."""
        open_ones = [s for s in earlier if not s.finished and not s.failed]
        for name in dict.fromkeys(s.hub for s in open_ones):
            if stop(clusters) is not None:
                return
            self._watch(
                name,
                [s for s in open_ones if s.hub == name],
                clusters,
                lambda found: found.finished or found.failed or stop(clusters) is not None,
                ("the end of the waves before", "See who runs the other hosts of the campaign, then run again."),
                self._timeout,
                progress,
            )

    def until_verified(self, open_ones: Sequence[ClusterProgress], timeout: float, progress: Progress) -> None:
        """Give clusters that are done a while to calm down; on all hubs at once, and without an error when they do
        not."""

        def settle(source: HubSource) -> None:
            own = [s for s in open_ones if s.hub == source.name]
            with contextlib.suppress(WaitError):
                goal = ("upgraded clusters to be as well as before", "See their conditions.")
                self._watch(
                    source.name,
                    own,
                    {},
                    lambda found: verified(found, self._clock.now()) is None,
                    goal,
                    timeout,
                    progress,
                )

        each(settle, [self._hubs.source(name) for name in dict.fromkeys(s.hub for s in open_ones)], HUBS_AT_ONCE)

    def _watch(
        self,
        name: str,
        open_ones: Sequence[ClusterProgress],
        clusters: dict[str, ClusterProgress],
        good: Callable[[ClusterProgress], bool],
        goal: tuple[str, str],
        timeout: float,
        progress: Progress,
    ) -> None:
        source = self._hubs.source(name)
        pending = {s.id: s.entry for s in open_ones}

        def missing(seen: Observed) -> str:
            view = HubView(name, objects={kind: tuple(seen.all(kind)) for kind in _KINDS})
            noted = records(view.all(CONFIG_MAP))
            for key, entry in list(pending.items()):
                found = clusters[key] = progress_of(entry, view, noted, self._clock.now())
                if good(found):
                    del pending[key]
            names = sorted(pending)
            return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

        specs = (
            WatchSpec(HOSTED_CLUSTER, source.namespace),
            WatchSpec(NODE_POOL, source.namespace),
            WatchSpec(CONFIG_MAP, source.namespace, label_selector=f"{LABEL}={self._hubs.campaign}"),
        )
        hub = source.connect()
        wait_for(hub, Fact(goal[0], specs, missing, f"management cluster {name}", goal[1]), timeout, progress)
