# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Leases while their holder works: renewed by a thread, checked before each change."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from .errors import ApiError, Failure, HypershiftError
from .kinds import LEASE
from .leases import MICRO
from .objects import lookup
from .ports.hub import Hub


class LeaseLost(HypershiftError):
    """Somebody else works on it now, or nobody can tell: stop at once, and undo nothing."""


class HeldLease:
    """One that ``identity`` holds for ``seconds`` after each renewal. renewed: when we last saw it to be ours; None
    before the first look."""

    def __init__(self, hub: Hub, namespace: str, name: str, seconds: int, identity: str) -> None:
        self._hub, self._namespace, self._name, self._seconds, self._identity = hub, namespace, name, seconds, identity
        self._lock = threading.Lock()
        self._renewed: float | None = None
        self._lost = ""

    @property
    def ref(self) -> str:
        return LEASE.ref(self._namespace, self._name)

    @property
    def seconds(self) -> int:
        return self._seconds

    def check(self) -> None:
        """Raise LeaseLost unless the Lease is surely ours at this moment."""
        with self._lock:
            if not self._lost and self._age() > self._seconds * 2 / 3:
                self._renew()
            if self._lost or self._age() > self._seconds:
                raise LeaseLost(
                    Failure(
                        "lease_lost",
                        self._lost or f"it could not be renewed for {self._seconds} s, so another run may have begun",
                        self.ref,
                        next_step=(
                            "Nothing further was done. See who works on the cluster, then run the same task again."
                        ),
                    )
                )

    def renew(self) -> None:
        """Once; what comes of it shows in check()."""
        with self._lock:
            self._renew()

    def _age(self) -> float:
        return float("inf") if self._renewed is None else self._hub.monotonic() - self._renewed

    def _renew(self) -> None:
        """A server that does not answer is tried again by the next call."""
        started = self._hub.monotonic()
        try:
            live = self._hub.get(LEASE, self._namespace, self._name)
            if live is None or lookup(live, ("spec", "holderIdentity")) != self._identity:
                other = lookup(live or {}, ("spec", "holderIdentity"))
                self._lost = f"it was taken by {other}" if other else "it was deleted, so another run may have begun"
                return
            patch = {"spec": {"renewTime": self._hub.now().strftime(MICRO)}}
            self._hub.patch(LEASE, self._namespace, self._name, patch, live["metadata"].get("resourceVersion", ""))
            self._renewed = started
        except ApiError:
            return


class Keeper:
    """Renews Leases of one duration in a thread; for use as a context manager."""

    def __init__(self, leases: Sequence[HeldLease]) -> None:
        self._leases = leases
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    def __enter__(self) -> Keeper:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _keep(self) -> None:
        seconds = min((lease.seconds for lease in self._leases), default=0)
        while seconds and not self._stop.wait(seconds / 3):
            for lease in self._leases:
                lease.renew()
