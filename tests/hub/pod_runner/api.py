# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The few requests of the runner, and list-and-watch that survives an API server that is away."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp

from embedded_hub.paths import HubPaths

from .types import Obj

log = logging.getLogger(__name__)

_RECONNECT = 0.3
CORE = "/api/v1"


class Failure(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text[:300]}")
        self.status = status


class Api:
    def __init__(self, paths: HubPaths, server: str) -> None:
        context = ssl.create_default_context(cafile=str(paths.pki / "ca.crt"))
        context.load_cert_chain(paths.pki / "pod-runner.crt", paths.pki / "pod-runner.key")
        connector = aiohttp.TCPConnector(ssl=context, limit=0)
        self._session = aiohttp.ClientSession(server, connector=connector, headers={"User-Agent": "pod-runner"})

    async def close(self) -> None:
        await self._session.close()

    async def request(self, method: str, path: str, body: Any = None, content: str = "application/json") -> Any:
        timeout = aiohttp.ClientTimeout(total=15)
        headers = {"Content-Type": content} if body is not None else {}
        async with self._session.request(method, path, json=body, headers=headers, timeout=timeout) as answer:
            if answer.status >= 300:
                raise Failure(answer.status, await answer.text())
            return await answer.json()

    async def find(self, path: str) -> Obj | None:
        try:
            found: Obj = await self.request("GET", path)
        except Failure as error:
            if error.status == 404:
                return None
            raise
        return found

    async def merge(self, path: str, body: Obj) -> Obj:
        answer: Obj = await self.request("PATCH", f"{path}?fieldManager=pod-runner", body, "application/merge-patch+json")
        return answer

    async def _lines(self, path: str) -> AsyncIterator[bytes]:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=None)
        async with self._session.get(path, timeout=timeout) as answer:
            if answer.status != 200:
                raise Failure(answer.status, await answer.text())
            rest = b""
            async for chunk in answer.content.iter_any():
                *whole, rest = (rest + chunk).split(b"\n")
                for line in whole:
                    yield line

    async def follow(
        self,
        plural: str,
        filled: Callable[[list[Obj]], None],
        changed: Callable[[str, Obj], None],
        only: bytes = b"",
    ) -> None:
        """List, then watch, again and again; `only` spares the decoding of lines that do not have these bytes."""
        while True:
            try:
                listed = await self.request("GET", f"{CORE}/{plural}")
                filled(listed["items"])
                version = listed["metadata"]["resourceVersion"]
                async for line in self._lines(f"{CORE}/{plural}?watch=1&resourceVersion={version}"):
                    if only not in line:
                        continue
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        break
                    changed(event["type"], event["object"])
            except (aiohttp.ClientError, OSError, TimeoutError, Failure, ValueError) as error:
                log.info("watch of %s begins again: %s", plural, error)
            await asyncio.sleep(_RECONNECT)


async def insist(send: Callable[[], Awaitable[Any]], gone: Callable[[], bool]) -> None:
    """Send until it is taken; 404 and 409 mean that the object is not what it was, which the watch will tell."""
    pause = 0.1
    while not gone():
        try:
            await send()
            return
        except Failure as error:
            if error.status in (404, 409):
                return
            log.warning("a request was refused: %s", error)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("a request is sent again: %s", error)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 2.0)
