# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One pod from its binding to a node to its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from embedded_hub import containers
from embedded_hub.containers import Container
from embedded_hub.errors import HubError

from . import environment, images, names, status, view, volumes
from .api import CORE, insist
from .container import ContainerRun
from .types import NotYet, Obj

if TYPE_CHECKING:
    from .runner import Runner

log = logging.getLogger(__name__)

_RETRY = 0.2
# On pods: those of a namespace share the processes of their containers, one each. A machine has one of the address.
ONE_PROCESS = "embedded-hub.hypershift.core/one-process"


class PodLife:
    """Tasks: `run` is the whole life, `_play` the containers, `_tell` the status."""

    def __init__(self, runner: Runner, pod: Obj, before: asyncio.Task[None] | None) -> None:
        self.runner = runner
        self.pod = pod
        self.uid: str = pod["metadata"]["uid"]
        self.namespace: str = pod["metadata"]["namespace"]
        self.name: str = pod["metadata"]["name"]
        self.number = runner.number(self.namespace, self.name)
        self.address = names.loopback(self.number)
        self.resident = names.resident(pod, self.address)
        self.folder: Path = runner.folder / self.uid
        self.gone = False  # the object is: nothing can be told any more
        self._stop = asyncio.Event()
        self._grace = 0.0
        self._changed = asyncio.Event()
        self._initialized = False
        self._placed = False
        self._since = status.stamp()
        self._before = before
        policy = pod["spec"].get("restartPolicy", "Always")
        self.inits = [self._run_of(spec, policy) for spec in pod["spec"].get("initContainers") or []]
        self.mains = [self._run_of(spec, policy) for spec in pod["spec"]["containers"]]

    def _run_of(self, spec: Obj, policy: str) -> ContainerRun:
        return ContainerRun(spec, policy, self.address, self.folder / f"{spec['name']}.log", self._changed.set)

    @property
    def path(self) -> str:
        return f"{CORE}/namespaces/{self.namespace}/pods/{self.name}"

    def root(self, run: ContainerRun) -> Path:
        return self.folder / "roots" / str(run.spec["name"])

    def observe(self, pod: Obj) -> None:
        self.pod = pod
        if pod["metadata"].get("deletionTimestamp"):
            self.stop(float(pod["metadata"].get("deletionGracePeriodSeconds") or 0))

    def stop(self, grace: float, gone: bool = False) -> None:
        self.gone = self.gone or gone
        self._grace = grace
        self._stop.set()
        self._changed.set()

    def rewrite_hosts(self, lines: list[str]) -> None:
        for run in [*self.inits, *self.mains]:
            if self.root(run).is_dir() and not self._stop.is_set():
                with contextlib.suppress(FileNotFoundError):  # a root that is just being made or removed
                    view.write_hosts(self.root(run), names.hosts_file(self.resident, lines))

    async def run(self) -> None:
        if self._before is not None:
            await asyncio.wait({self._before})  # the pod of that name before this one still holds the address
        telling = asyncio.create_task(self._tell())
        playing = asyncio.create_task(self._play())
        try:
            await self._stop.wait()
        finally:
            await self._end(playing)
            telling.cancel()
        if not self.gone:
            options = {"gracePeriodSeconds": 0, "preconditions": {"uid": self.uid}}
            await insist(lambda: self.runner.api.request("DELETE", self.path, options), lambda: self.gone)

    async def _end(self, playing: asyncio.Task[None]) -> None:
        runs = [*self.inits, *self.mains]
        for run in runs:
            run.ending = True
        await asyncio.gather(*(run.end(self._grace) for run in runs))
        playing.cancel()
        await asyncio.wait({playing})
        containers.unregister(self.runner.paths, self.namespace, self.name)
        await asyncio.to_thread(shutil.rmtree, self.folder, True)

    async def _play(self) -> None:
        try:
            await self._equip()
            for run in self.inits:
                self._register(run)
                await run.complete()
            self._initialized = True
            for run in self.mains:
                self._register(run)
            await asyncio.gather(*(run.keep() for run in self.mains))
        except NotYet:
            self._changed.set()
        except Exception:
            log.exception("pod %s/%s cannot go on", self.namespace, self.name)

    async def _equip(self) -> None:
        """Volumes, roots, programs and environment, tried until all that they need is there."""
        while True:
            try:
                await self._equip_once()
                return
            except (NotYet, HubError, OSError) as problem:
                await self._waiting(str(problem))
            except Exception as problem:
                log.exception("pod %s/%s cannot be prepared", self.namespace, self.name)
                await self._waiting(repr(problem))

    async def _waiting(self, message: str) -> None:
        for run in [*self.inits, *self.mains]:
            if (run.state.state.get("waiting") or {}).get("message") != message:
                run.state.wait("ContainerCreating", message)
                self._changed.set()
        await asyncio.sleep(_RETRY)

    async def _equip_once(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folders = await volumes.prepare(self.runner.api.find, self.pod, self.folder / "volumes")
        lines = self.runner.host_lines(self.namespace)
        for run in [*self.inits, *self.mains]:
            programs = await asyncio.to_thread(images.install, self.runner.images, run.spec["image"])
            view.make_root(self.root(run), names.hosts_file(self.resident, lines))
            values = await environment.resolve(self.runner.api.find, self.pod, run.spec, self.address)
            run.equip(view.arguments(self.root(run), programs, run.spec, folders), values)
            if (self.pod["metadata"].get("annotations") or {}).get(ONE_PROCESS) == "true":
                run.turn = self.runner.turn(self.namespace, run.spec["name"])
        self._placed = True

    def _register(self, run: ContainerRun) -> None:
        """Before the status tells of it: who reads Running may exec at once."""
        record = Container(run.wrap, run.environment, log=str(self.folder / f"{run.spec['name']}.log"), address=self.address)
        containers.register(self.runner.paths, self.namespace, self.name, run.spec["name"], record)

    def _status(self) -> Obj:
        address = names.published(self.number) if self._placed else ""
        states = [run.state for run in self.inits], [run.state for run in self.mains]
        return status.build(self.pod, address, *states, self._initialized, self._since)

    async def _tell(self) -> None:
        sent: Obj | None = None
        while True:
            self._changed.clear()
            current = self._status()
            if current != sent and not self._stop.is_set():
                await insist(self._patch(current), lambda: self.gone)
                sent = current
            await self._changed.wait()

    def _patch(self, current: Obj) -> Callable[[], Awaitable[Obj]]:
        return lambda: self.runner.api.merge(f"{self.path}/status", {"metadata": {"uid": self.uid}, "status": current})
