# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The loop around the pure functions: which object needs a look, when, and how its writes are sent."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

import aiohttp

from . import faults, hostedcluster, management, nodepool, routing
from .actions import Action, Create, Delete, Patch, Status
from .client import ApiError
from .clock import Timers
from .context import Context
from .kinds import KINDS, key
from .names import Obj
from .routing import Key
from .store import Store
from .view import ClusterView, PoolView

log = logging.getLogger(__name__)

_COALESCE = 0.02
_RETRY = (0.2, 0.5, 1.0, 2.0, 5.0)


class Api(Protocol):
    async def apply(self, action: Action) -> Any: ...

    async def get(self, path: str, **query: str) -> Any: ...


class Engine:
    def __init__(self, store: Store, api: Api, speed: float, *, full: bool = True, workers: int = 24) -> None:
        self.store = store
        self._api = api
        self._speed = speed
        self._full = full
        self._workers = workers
        self._timers: dict[Key, Timers] = {}
        self._due: dict[Key, float] = {}
        self._busy: set[Key] = set()
        self._failures: dict[Key, int] = {}
        self._written: dict[tuple[str, ...], tuple[Action, str | None]] = {}
        self._vain_writes: set[tuple[str, str, str, str]] = set()
        self._changed = asyncio.Event()
        self.defined: set[str] = set()  # kinds whose definitions were created, to be served soon
        self.outgrown = asyncio.Event()  # set with it

    def observe(self, obj: Obj) -> None:
        if self.store.put(obj):
            self.wake(routing.keys(self.store, obj))

    def forget(self, obj: Obj) -> None:
        kind, namespace, name = key(obj)
        if self.store.remove(kind, namespace, name, obj["metadata"].get("uid")):
            self._dismiss(kind, namespace, name)
            self.wake(routing.keys(self.store, obj))

    def _dismiss(self, *name: str) -> None:
        for write in ("Create", "Patch", "Status", "Delete"):
            self._written.pop((write, *name), None)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    def wake(self, keys: Iterable[Key], delay: float = _COALESCE) -> None:
        moment = self._now() + delay
        for wanted in keys:
            if moment < self._due.get(wanted, float("inf")):
                self._due[wanted] = moment
                self._changed.set()

    def wake_all(self) -> None:
        """When more has changed than single objects."""
        hosted = [key(obj) for kind in ("HostedCluster", "NodePool") for obj in self.store.list(kind)]
        self.wake([management.KEY, *hosted])

    async def run(self) -> None:
        limit = asyncio.Semaphore(self._workers)
        tasks: set[asyncio.Task[None]] = set()
        try:
            while True:
                for ready in self._take():
                    await limit.acquire()
                    task = asyncio.create_task(self._guarded(ready, limit))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                await self._sleep()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _take(self) -> list[Key]:
        now = self._now()
        ready = [wanted for wanted, moment in self._due.items() if moment <= now and wanted not in self._busy]
        for wanted in ready:
            del self._due[wanted]
            self._busy.add(wanted)
        return ready

    async def _sleep(self) -> None:
        self._changed.clear()
        moments = [moment for wanted, moment in self._due.items() if wanted not in self._busy]
        timeout = max(0.001, min(moments) - self._now()) if moments else None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), timeout)

    async def _guarded(self, wanted: Key, limit: asyncio.Semaphore) -> None:
        try:
            await self._reconcile(wanted)
            self._failures.pop(wanted, None)
        except (ApiError, aiohttp.ClientError, TimeoutError) as error:
            self._again(wanted, error)
        except Exception as error:
            log.exception("The loop over %s failed.", wanted)
            self._again(wanted, error)
        finally:
            self._busy.discard(wanted)
            self._changed.set()
            limit.release()

    def _again(self, wanted: Key, error: Exception) -> None:
        count = self._failures.get(wanted, 0)
        self._failures[wanted] = count + 1
        log.info("%s is tried again: %s", wanted, error)
        self.wake([wanted], _RETRY[min(count, len(_RETRY) - 1)])

    async def _reconcile(self, wanted: Key) -> None:
        kind, namespace, name = wanted
        obj = {} if wanted == management.KEY else self.store.get(kind, namespace, name)
        if obj is None:
            self._timers.pop(wanted, None)
            return
        ctx, speed, plan = self._plan(wanted, obj)
        for index, action in enumerate(plan):
            if action in plan[:index]:
                continue
            if not await self._send(action):
                self.wake([wanted], 0.0)
                return
        if ctx.timers.due is not None:
            self.wake([wanted], ctx.timers.due / speed)
        if ctx.wake_at is not None:
            self.wake([wanted], max(0.0, (ctx.wake_at - ctx.now).total_seconds()))

    def _plan(self, wanted: Key, obj: Obj) -> tuple[Context, float, list[Action]]:
        timers = self._timers.setdefault(wanted, Timers())
        ctx = Context(datetime.now(UTC), timers, full=self._full)
        if wanted == management.KEY:
            timers.begin(self._now(), self._speed, management.stalled(self.store))
            return ctx, self._speed, management.reconcile(self.store, ctx)
        if wanted[0] == "HostedCluster":
            cluster = ClusterView(self.store, obj)
            speed = faults.speed_of(self._speed, obj)
            timers.begin(self._now(), speed, cluster.faults.stalled)
            return ctx, speed, hostedcluster.reconcile(cluster, ctx)
        hc = self.store.get("HostedCluster", wanted[1], obj["spec"]["clusterName"])
        speed = faults.speed_of(self._speed, obj, hc)
        if hc is None:
            timers.begin(self._now(), speed)
            return ctx, speed, nodepool.orphaned(self.store, obj)
        pool = PoolView(self.store, obj, ClusterView(self.store, hc))
        timers.begin(self._now(), speed, pool.faults.stalled)
        return ctx, speed, nodepool.reconcile(pool, ctx)

    async def _send(self, action: Action) -> bool:
        """False when the plan has to be made anew, because it rests on what is no longer so."""
        if isinstance(action, Patch) and self._outdated(action):
            return False
        if self._vain(action):
            return True
        if isinstance(action, Create) and action.obj["kind"] == "CustomResourceDefinition":
            self.defined.add(action.obj["spec"]["names"]["kind"])  # also when it is there already, and is not served yet
            self.outgrown.set()
        try:
            answer = await self._api.apply(action)
        except ApiError as error:
            return await self._refused(action, error)
        if isinstance(answer, dict) and answer.get("kind") in KINDS and "metadata" in answer:
            self._learn(action, answer)
            self._written[self._target(action)[0]] = (action, answer["metadata"].get("resourceVersion"))
        elif isinstance(action, Delete):
            self._gone(action.kind, action.namespace, action.name)
        return True

    def _learn(self, action: Action, answer: Obj) -> None:
        metadata = answer["metadata"]
        # Taking the last finalizer of what is being deleted away is what ends it. A namespace has more to wait for.
        leaving = isinstance(action, Delete) or (isinstance(action, Patch) and "deletionTimestamp" in metadata)
        if leaving and not metadata.get("finalizers") and answer["kind"] != "Namespace":
            self._gone(*key(answer))
        else:
            self.observe(answer)

    def _gone(self, kind: str, namespace: str, name: str) -> None:
        found = self.store.get(kind, namespace, name)
        if found is not None:
            self.store.remove(kind, namespace, name)
            self._dismiss(kind, namespace, name)
            self.wake(routing.keys(self.store, found))

    def _vain(self, action: Action) -> bool:
        """True for the very write that led to the object as it is: the schema lacks what it says."""
        target, version = self._target(action)
        if version is None or self._written.get(target) != (action, version):
            return False
        if target not in self._vain_writes:
            self._vain_writes.add(target)
            log.error("The API server does not keep what is written to %s %s/%s: %s", *target[1:], action)
        return True

    def _target(self, action: Action) -> tuple[tuple[str, str, str, str], str | None]:
        name = key(action.obj) if isinstance(action, Create) else (action.kind, action.namespace, action.name)
        live = self.store.get(*name)
        return (type(action).__name__, *name), live["metadata"].get("resourceVersion") if live else None

    def _outdated(self, action: Patch) -> bool:
        version = action.body.get("metadata", {}).get("resourceVersion")
        live = self.store.get(action.kind, action.namespace, action.name)
        return version is not None and live is not None and live["metadata"].get("resourceVersion") != version

    async def _refused(self, action: Action, error: ApiError) -> bool:
        if isinstance(action, Create):
            kind, namespace, name = key(action.obj)
            if error.status == 409 and "AlreadyExists" in str(error):
                found = await self._api.get(KINDS[kind].path(namespace, name))
                self.observe(found)
                return True
            # A namespace that is going takes nothing in, and what is in it goes with it.
            return _raise(error) if error.status not in (403, 404) else _log(action, error)
        if error.status == 409:
            return await self._refresh(action)
        if error.status == 404:
            self._gone(action.kind, action.namespace, action.name)
            return False
        return _raise(error)

    async def _refresh(self, action: Patch | Status | Delete) -> bool:
        try:
            self.observe(await self._api.get(KINDS[action.kind].path(action.namespace, action.name)))
        except ApiError as error:
            if error.status != 404:
                raise
            self._gone(action.kind, action.namespace, action.name)
        return False


def _raise(error: ApiError) -> bool:
    raise error


def _log(action: Action, error: ApiError) -> bool:
    log.info("%s is left out: %s", action, error)
    return True
