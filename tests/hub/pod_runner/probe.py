# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Readiness probes: HTTP, TCP and commands."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence

import aiohttp

from . import processes
from .types import Obj


def port_of(container: Obj, port: int | str) -> int:
    if isinstance(port, int):
        return port
    return next(int(entry["containerPort"]) for entry in container.get("ports") or [] if entry.get("name") == port)


async def passes(probe: Obj, container: Obj, address: str, wrap: Sequence[str], environment: Mapping[str, str]) -> bool:
    seconds = float(probe.get("timeoutSeconds") or 1)
    if "exec" in probe:
        return await processes.run(wrap, probe["exec"]["command"], environment, seconds) == 0
    if "tcpSocket" in probe:
        return await _connects(address, port_of(container, probe["tcpSocket"]["port"]), seconds)
    if "httpGet" in probe:
        request = probe["httpGet"]
        scheme = str(request.get("scheme", "HTTP")).lower()
        host = request.get("host") or address
        return await answers(f"{scheme}://{host}:{port_of(container, request['port'])}{request.get('path', '/')}", seconds)
    return True


async def answers(url: str, seconds: float) -> bool:
    """Like a kubelet's probe it does not look at the certificate."""
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session:
            async with session.get(url, ssl=False) as answer:
                return 200 <= answer.status < 400
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False


async def _connects(address: str, port: int, seconds: float) -> bool:
    with contextlib.suppress(OSError, TimeoutError):
        _reader, writer = await asyncio.wait_for(asyncio.open_connection(address, port), seconds)
        writer.close()
        return True
    return False
