# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Lease held while a long operation works on a hosted cluster, renewed by a thread."""

from __future__ import annotations

import contextlib

from .errors import ConflictError, Failure, HypershiftError
from .held_lease import HeldLease, Keeper
from .kinds import LEASE
from .leases import duration_of, held_by, manifest, taken
from .objects import Object, lookup
from .ports.hub import Hub
from .ports.processes import Holder, Processes


class RunLease(HeldLease):
    """Use as a context manager. check() before every step that changes something."""

    def __init__(
        self,
        hub: Hub,
        namespace: str,
        name: str,
        seconds: int,
        processes: Processes,
    ) -> None:
        self.me = processes.this(hub.random_name(8))
        super().__init__(hub, namespace, name, seconds, self.me.text)
        self._alive = processes.lives
        self._keeper = Keeper([self])
        self._renewed = hub.monotonic()

    def holder(self) -> str:
        """A living holder other than this process, empty when there is none."""
        return held_by(self._hub.get(LEASE, self._namespace, self._name), self.me, self._hub.now(), self._alive)

    def abandoned(self) -> Object | None:
        """The Lease when there is one and nobody living holds it."""
        live = self._hub.get(LEASE, self._namespace, self._name)
        return live if live and not held_by(live, self.me, self._hub.now(), self._alive) else None

    def __enter__(self) -> RunLease:
        self._acquire()
        self._keeper.__enter__()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._keeper.__exit__()
        if not self._lost:
            with contextlib.suppress(HypershiftError):
                live = self._hub.get(LEASE, self._namespace, self._name)
                if live and lookup(live, ("spec", "holderIdentity")) == self.me.text:
                    self._hub.delete(LEASE, self._namespace, self._name, live["metadata"].get("uid", ""))

    def _acquire(self) -> None:
        live = self._hub.get(LEASE, self._namespace, self._name)
        holder = held_by(live, self.me, self._hub.now(), self._alive)
        if holder:
            raise self._taken(holder)
        live = self._observed(live)
        try:
            if live is None:
                self._hub.create(LEASE, manifest(self._name, self._namespace, self.me, self._seconds, self._hub.now()))
            else:
                spec = {"spec": taken(self.me, self._seconds, self._hub.now(), live)}
                self._hub.patch(LEASE, self._namespace, self._name, spec, live["metadata"].get("resourceVersion", ""))
        except ConflictError:
            again = self._hub.get(LEASE, self._namespace, self._name)
            found = str(lookup(again or {}, ("spec", "holderIdentity")) or "unknown")
            if found != self.me.text:
                raise self._taken(found) from None
        self._renewed = self._hub.monotonic()

    def _observed(self, live: Object | None) -> Object | None:
        """The Lease, unchanged for its own duration: clocks differ, so an old date of another machine alone proves
        nothing."""
        identity = str(lookup(live or {}, ("spec", "holderIdentity")) or "")
        other = Holder.of(identity)
        if live is None or not identity or identity == self.me.text or (other and other.machine == self.me.machine):
            return live
        # Never longer than we hold one: what another has written there may be anything.
        self._hub.sleep(float(min(duration_of(live), self._seconds) or self._seconds))
        again = self._hub.get(LEASE, self._namespace, self._name)
        if again and again["metadata"].get("resourceVersion") != live["metadata"].get("resourceVersion"):
            raise self._taken(str(lookup(again, ("spec", "holderIdentity")) or "unknown"))
        return again

    def _taken(self, holder: str) -> HypershiftError:
        cause = f"another run works on the hosted cluster now ({holder})"
        return HypershiftError(Failure("locked", cause, self.ref, next_step="Wait until it has ended."))
