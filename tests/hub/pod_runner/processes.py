# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Processes in a container's view, started so that none outlives the runner, and ended as a kubelet ends them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

_POLL = 0.02


async def start(wrap: Sequence[str], command: Sequence[str], environment: Mapping[str, str], log: Path) -> asyncio.subprocess.Process:
    with open(log, "ab") as output:
        return await asyncio.create_subprocess_exec(
            *wrap,
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment),
            start_new_session=True,
        )


def inner(pid: int) -> list[int]:
    """The processes that bubblewrap has started: a signal to bubblewrap itself would be a crash to them."""
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


async def run(wrap: Sequence[str], command: Sequence[str], environment: Mapping[str, str], seconds: float) -> int | None:
    """The exit code of a short command; None when it takes too long."""
    process = await asyncio.create_subprocess_exec(
        *wrap,
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=dict(environment),
        start_new_session=True,
    )
    try:
        return await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        return None
    finally:
        await end(process, 0)


async def end(process: asyncio.subprocess.Process, grace: float) -> None:
    """Also when it has just ended by itself; later its number, and that of its group, may be another's."""
    if process.returncode is None and grace > 0:
        for child in inner(process.pid) or [process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), grace)
    # The group goes too: what a command has left in the background is part of its container.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
