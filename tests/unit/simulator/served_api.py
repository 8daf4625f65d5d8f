# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An API server on loopback that serves, refuses and forgets kinds as it is told; the list of all groups lags behind for ever."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from hypershift_simulator.client import Access
from hypershift_simulator.kinds import KINDS
from hypershift_simulator.names import Obj


class ServedApi:
    """served: kinds. refused: status by kind, for lists and watches of it; with `discovery` for what is asked about groups."""

    def __init__(self, *served: str) -> None:
        self.served = set(served)
        self.refused: dict[str, int] = {}
        self.lists: dict[str, int] = {}
        self._objects: dict[str, dict[str, Obj]] = {}
        self._told: dict[str, list[tuple[int, Obj]]] = {}
        self._watches: dict[str, list[asyncio.Queue[Obj | None]]] = {}
        self._version = 1

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Access]:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield Access(f"http://127.0.0.1:{runner.addresses[0][1]}", None, None, None, None)
        finally:
            self.hang_up()
            await runner.cleanup()

    def put(self, kind: str, name: str) -> None:
        self._version += 1
        obj = {"metadata": {"name": name, "uid": f"{kind}-{name}", "resourceVersion": str(self._version)}, "spec": {}}
        event = "MODIFIED" if name in self._objects.setdefault(kind, {}) else "ADDED"
        self._objects[kind][name] = obj
        self._tell(kind, {"type": event, "object": obj})

    def remove(self, kind: str, name: str, told: bool = True) -> None:
        self._version += 1
        gone = self._objects[kind].pop(name)
        if told:
            self._tell(kind, {"type": "DELETED", "object": gone})

    def hang_up(self, kind: str = "") -> None:
        """End the watches of a kind, or all."""
        for name, queues in self._watches.items():
            if kind in ("", name):
                for queue in queues:
                    queue.put_nowait(None)

    def expire(self, kind: str) -> None:
        self._version += 1
        self._tell(kind, {"type": "ERROR", "object": {"code": 410, "message": "too old resource version"}})

    def _tell(self, kind: str, event: Obj) -> None:
        self._told.setdefault(kind, []).append((self._version, event))
        for queue in self._watches.get(kind, []):
            queue.put_nowait(event)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = f"/{request.match_info['path']}"
        if request.method == "POST":
            return await self._create(request)
        if path == "/apis":
            return web.json_response({"groups": []})
        for kind in KINDS.values():
            if path == kind.path():
                return await self._collection(request, kind.kind)
        return self._group(path)

    def _group(self, root: str) -> web.Response:
        if "discovery" in self.refused:
            return web.json_response({}, status=self.refused["discovery"])
        plurals = [kind.plural for kind in KINDS.values() if kind.root == root and kind.kind in self.served]
        return web.json_response({"resources": [{"name": plural} for plural in plurals]}, status=200 if plurals else 404)

    async def _collection(self, request: web.Request, kind: str) -> web.StreamResponse:
        if kind in self.refused or kind not in self.served:
            return web.json_response({"message": "no"}, status=self.refused.get(kind, 404))
        if "watch" in request.query:
            return await self._watch(request, kind)
        self.lists[kind] = self.lists.get(kind, 0) + 1
        found = list(self._objects.get(kind, {}).values())
        return web.json_response({"metadata": {"resourceVersion": str(self._version)}, "items": found})

    async def _create(self, request: web.Request) -> web.Response:
        made: Any = await request.json()
        self._version += 1
        return web.json_response({**made, "metadata": {**made["metadata"], "resourceVersion": str(self._version)}}, status=201)

    async def _watch(self, request: web.Request, kind: str) -> web.StreamResponse:
        response = web.StreamResponse()
        queue: asyncio.Queue[Obj | None] = asyncio.Queue()
        self._watches.setdefault(kind, []).append(queue)
        try:
            for version, earlier in self._told.get(kind, []):
                if version > int(request.query["resourceVersion"]):
                    queue.put_nowait(earlier)
            await response.prepare(request)
            while (event := await queue.get()) is not None:
                await response.write(json.dumps(event).encode() + b"\n")
        finally:
            self._watches[kind].remove(queue)
        return response
