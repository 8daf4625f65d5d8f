# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keeps the store like the cluster: one list-and-watch per kind, at addresses that are known, so nothing rests on what the API tells of itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

import aiohttp

from .client import ApiError, Client
from .engine import Engine
from .kinds import KINDS, UNWATCHED, Kind
from .names import Obj

log = logging.getLogger(__name__)

_RECONNECT = 0.3
PATIENCE = 60.0


class Deaf(Exception):
    """A kind is not seen any more although the API server answers."""


class Expired(Exception):
    """The watch cannot go on from where it was: list again."""


class Feed:
    """live: set while every kind is followed. patience: real seconds that the API server may refuse to list or watch a kind."""

    def __init__(self, client: Client, engine: Engine, patience: float = PATIENCE) -> None:
        self._client = client
        self._engine = engine
        self._patience = patience
        self._watches: asyncio.TaskGroup | None = None
        self._unseen: dict[str, str] = {}
        self._changed = asyncio.Condition()

    @property
    def unseen(self) -> dict[str, str]:
        """Why, by kind, for what is not followed at this moment."""
        return dict(self._unseen)

    async def run(self) -> None:
        """Until a kind is not seen any more. Raises Deaf."""
        try:
            async with asyncio.TaskGroup() as self._watches:
                self._follow_all(self._engine.store.served)
                self._watches.create_task(asyncio.Event().wait())
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None

    async def followed(self) -> None:
        """Until every kind is."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._watches is not None and not self._unseen)

    async def extend(self, served: frozenset[str]) -> None:
        """Follow new kinds too; back when they are in the store, and the engine knows that they are served."""
        self._follow_all(served - self._engine.store.served)
        await self.followed()
        self._engine.store.served = self._engine.store.served | served

    def _follow_all(self, kinds: Iterable[str]) -> None:
        assert self._watches is not None, "extend only what runs"
        wanted = [KINDS[name] for name in sorted(kinds) if name not in UNWATCHED]
        self._unseen |= {kind.kind: "not listed yet" for kind in wanted}
        for kind in wanted:
            self._watches.create_task(self._follow(kind), name=f"watch of {kind.kind}")

    async def _follow(self, kind: Kind) -> None:
        refused: float | None = None  # since when, without anything else in between
        now = asyncio.get_running_loop().time
        while True:
            try:
                version = await self._fill(kind)
                async with self._client.watch(kind, version) as events:
                    refused = None
                    await self._seen(kind)
                    async for event in events:
                        self._take(kind, event)
            except Expired:
                log.info("%s is listed again: its watch has expired.", kind.plural)
            except ApiError as error:
                refused = now() if refused is None else refused
                await self._missed(kind, str(error))
                if now() - refused >= self._patience:
                    raise Deaf(f"{kind.kind} ({kind.path()}) is not seen any more: {error}") from error
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                refused = None  # an API server may be away for as long as it likes
                await self._missed(kind, repr(error))
            await asyncio.sleep(_RECONNECT)

    async def _seen(self, kind: Kind) -> None:
        async with self._changed:
            self._unseen.pop(kind.kind, None)
            self._changed.notify_all()

    async def _missed(self, kind: Kind, why: str) -> None:
        if kind.kind not in self._unseen:
            log.info("%s is followed again: %s", kind.plural, why)
        self._unseen[kind.kind] = why

    async def _fill(self, kind: Kind) -> str:
        """Bring the store to the present: what is there, and what is there no longer. The version of the list."""
        store = self._engine.store
        # What comes while the list is on its way is not in it, and no less there.
        known = list(store.keys(kind.kind))
        listed, version = await self._client.list(kind)
        names = {(item["metadata"].get("namespace", ""), item["metadata"]["name"]) for item in listed}
        for namespace, name in known:
            vanished = store.get(kind.kind, namespace, name)
            if (namespace, name) not in names and vanished is not None:
                self._engine.forget(vanished)
        for item in listed:
            self._engine.observe(item)
        return version

    def _take(self, kind: Kind, event: Obj) -> None:
        obj = event["object"]
        if event["type"] == "ERROR":
            if obj.get("code") == 410:
                raise Expired
            raise ApiError(int(obj.get("code") or 500), "WATCH", kind.path(), str(obj.get("message")))
        if event["type"] == "DELETED":
            self._engine.forget({**obj, "apiVersion": kind.api_version, "kind": kind.kind})
        elif event["type"] != "BOOKMARK":
            self._engine.observe({**obj, "apiVersion": kind.api_version, "kind": kind.kind})
