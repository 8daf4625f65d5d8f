# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One container: started, probed, restarted with growing pauses, ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from . import environment, probe, processes
from .status import ContainerState
from .types import NotYet, Obj

log = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0  # a kubelet's are 10 s and 300 s
_SETTLED = 60.0  # having run that long, a crash counts as the first one
_QUICK = 0.25


class ContainerRun:
    def __init__(self, spec: Obj, policy: str, address: str, log_file: Path, changed: Callable[[], None]) -> None:
        self.spec = spec
        self.state = ContainerState(spec["name"], spec["image"])
        self.process: asyncio.subprocess.Process | None = None
        self.wrap: list[str] = []
        self.environment: Mapping[str, str] = {}
        self._policy = policy
        self._address = address
        self._log = log_file
        self._changed = changed
        self.ending = False
        self.turn: asyncio.Lock | None = None  # shared by pods of which only one may have a process

    def equip(self, wrap: list[str], values: Mapping[str, str]) -> None:
        self.wrap, self.environment = wrap, values

    async def once(self) -> int:
        """Run to the end; a container without a command has none before its pod's."""
        command = environment.command(self.spec, self.environment)
        probing: asyncio.Task[None] | None = None
        try:
            if command and self.turn is None:
                self.process = await processes.start(self.wrap, command, self.environment, self._log)
            self.state.start()
            self.state.ready = "readinessProbe" not in self.spec
            self._changed()
            if "readinessProbe" in self.spec:
                probing = asyncio.create_task(self._probe(self.spec["readinessProbe"]))
            code = await (self._in_turn(command) if self.turn else self._end_of_process())
        finally:
            if probing:
                probing.cancel()
        self.state.end(code)
        self._changed()
        return code

    async def _end_of_process(self) -> int:
        if self.process is None:
            return int(await asyncio.get_running_loop().create_future())
        code = await self.process.wait()
        await processes.end(self.process, 0)
        self.process = None  # its number may soon be another process's, which the end of the pod must not hit
        return code

    async def _in_turn(self, command: list[str]) -> int:
        """Counts as running while another pod has the process: its probe asks the same address."""
        assert self.turn is not None
        async with self.turn:
            if self.ending:
                return 0
            self.process = await processes.start(self.wrap, command, self.environment, self._log)
            return await self._end_of_process()

    async def complete(self) -> None:
        """As an init container: again until it ends well, where its pod's policy allows."""
        pauses = Pauses()
        while await self._attempt(pauses) != 0:
            if self._policy == "Never":
                raise NotYet("")
            await self._back_off(pauses)

    async def keep(self) -> None:
        pauses = Pauses()
        while not self.ending:
            code = await self._attempt(pauses)
            if self.ending or self._policy == "Never" or (self._policy == "OnFailure" and code == 0):
                return
            await self._back_off(pauses)

    async def _attempt(self, pauses: Pauses) -> int:
        started = asyncio.get_running_loop().time()
        code = await self.once()
        if asyncio.get_running_loop().time() - started > _SETTLED:
            pauses.reset()
        return code

    async def _back_off(self, pauses: Pauses) -> None:
        pause = pauses.next()
        if pause:
            message = f"back-off {pause:g}s restarting failed container={self.state.name}"
            self.state.wait("CrashLoopBackOff", message)
            self._changed()
            await asyncio.sleep(pause)
        self.state.restarts += 1

    async def _probe(self, rule: Obj) -> None:
        await asyncio.sleep(float(rule.get("initialDelaySeconds") or 0))
        failures = 0
        while True:
            good = await probe.passes(rule, self.spec, self._address, self.wrap, self.environment)
            failures = 0 if good else failures + 1
            ready = good or (self.state.ready and failures < int(rule.get("failureThreshold") or 3))
            if ready != self.state.ready and self.state.running:
                self.state.ready = ready
                self._changed()
            # A pod that is coming up is looked at more often: tests wait for it.
            await asyncio.sleep(float(rule.get("periodSeconds") or 10) if ready else _QUICK)

    async def end(self, grace: float) -> None:
        self.ending = True
        if self.process is not None:
            await processes.end(self.process, grace)


class Pauses:
    """None before the first restart, then longer and longer ones."""

    def __init__(self) -> None:
        self._next = 0.0

    def next(self) -> float:
        pause, self._next = self._next, min(max(_FIRST_PAUSE, self._next * 2), _LONGEST_PAUSE)
        return pause

    def reset(self) -> None:
        self._next = 0.0
