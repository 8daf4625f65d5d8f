# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Events from the management cluster, through kopf: plain event handlers, which leave no trace on the objects."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Iterator
from typing import Any

import kopf

from .client import Access, ApiError, Client
from .engine import Engine
from .kinds import KINDS, UNWATCHED, Kind

log = logging.getLogger(__name__)

_SETTLE = 1.0


class Feed:
    """Keeps the engine's store like the cluster, and tells when events are coming in."""

    def __init__(self, client: Client, engine: Engine, access: Access) -> None:
        self._client = client
        self._engine = engine
        self._access = access
        self.live = asyncio.Event()
        self._resync: asyncio.Task[None] | None = None

    async def fill(self) -> None:
        """Bring the store to the present: what is there, and what is there no longer."""
        for kind in self._watched():
            # What comes while the list is on its way is not in it, and no less there.
            known = list(self._engine.store.keys(kind.kind))
            listed = await self._client.list(kind)
            names = {(item["metadata"].get("namespace", ""), item["metadata"]["name"]) for item in listed}
            for namespace, name in known:
                vanished = self._engine.store.get(kind.kind, namespace, name)
                if (namespace, name) not in names and vanished is not None:
                    self._engine.forget(vanished)
            for item in listed:
                self._engine.observe(item)

    def _watched(self) -> list[Kind]:
        return [kind for name, kind in KINDS.items() if name in self._engine.store.served and name not in UNWATCHED]

    async def run(self) -> None:
        await kopf.operator(registry=self._registry(), settings=_settings(), standalone=True, clusterwide=True, identity=kopf_identity())

    def _registry(self) -> kopf.OperatorRegistry:
        registry = kopf.OperatorRegistry()

        @kopf.on.login(registry=registry)
        def login(**_: Any) -> kopf.ConnectionInfo:
            access = self._access
            return kopf.ConnectionInfo(
                server=access.server,
                ca_data=access.ca,
                certificate_data=access.certificate,
                private_key_data=access.key,
                token=access.token,
                scheme="Bearer" if access.token else None,
            )

        for kind in self._watched():
            self._handle(registry, kind)
        return registry

    def _handle(self, registry: kopf.OperatorRegistry, kind: Kind) -> None:
        group = kind.group or ""

        @kopf.on.event(group, kind.version, kind.plural, registry=registry, id=f"see-{kind.plural}")
        async def see(event: Any, **_: Any) -> None:
            obj = {**event["object"], "apiVersion": kind.api_version, "kind": kind.kind}
            if event["type"] == "DELETED":
                self._engine.forget(obj)
                return
            if event["type"] is None and self.live.is_set():
                # Another listing means a gap between two watches; deletions that fell into it were not told.
                self._schedule_resync()
            self._engine.observe(obj)
            self.live.set()

    def _schedule_resync(self) -> None:
        if self._resync is None or self._resync.done():
            self._resync = asyncio.create_task(self._fill_later())

    async def _fill_later(self) -> None:
        await asyncio.sleep(_SETTLE)
        with contextlib.suppress(ApiError, OSError, TimeoutError):
            await self.fill()


class _Forever:
    """Pauses between attempts without an end: an API server may be away for as long as it likes."""

    def __iter__(self) -> Iterator[float]:
        return itertools.chain((0.1, 0.2, 0.5), itertools.repeat(1.0))


def kopf_identity() -> Any:
    return "hypershift-simulator"


def _settings() -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.posting.enabled = False
    settings.scanning.disabled = True
    settings.networking.error_backoffs = _Forever()
    settings.watching.reconnect_backoff = 0.2
    settings.watching.connect_timeout = 5.0
    settings.queueing.exit_timeout = 0.5
    settings.queueing.idle_timeout = 2.0
    return settings
