# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Follows the pods of our images, the services that name them and the volumes that hold their data."""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path

from embedded_hub.paths import HubPaths

from . import images, names, volumes
from .api import Api
from .pod import PodLife
from .types import Obj

log = logging.getLogger(__name__)

_STOP_SECONDS = 5.0


class Runner:
    def __init__(self, paths: HubPaths, api: Api) -> None:
        self.paths = paths
        self.api = api
        self.folder = paths.data / "pods"
        self.images = paths.data / "images"
        self.ready = asyncio.Event()
        self._lives: dict[str, PodLife] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._known: dict[tuple[str, str], names.Resident] = {}
        self._services: dict[str, Obj] = {}
        self._lines: dict[str, list[str]] = {}
        self._turns: dict[tuple[str, str], asyncio.Lock] = {}
        self._removals: set[asyncio.Task[None]] = set()

    def number(self, namespace: str, name: str) -> int:
        key = (namespace, name)
        if key not in self._numbers:
            self._numbers[key] = names.offset_of(f"{self.paths.root}/{namespace}/{name}", self._numbers.values())
        return self._numbers[key]

    def turn(self, namespace: str, container: str) -> asyncio.Lock:
        return self._turns.setdefault((namespace, container), asyncio.Lock())

    def host_lines(self, namespace: str) -> list[str]:
        # Where a StatefulSet's pod was it will be again; what serves nothing is in no service.
        stable = [one for one in self._known.values() if one.hostname]
        live = {(life.namespace, life.name): life.resident for life in self._lives.values()}
        services = names.host_lines(namespace, live.values(), self._services.values())
        return sorted({*names.host_lines(namespace, stable, []), *services})

    async def run(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        async with asyncio.TaskGroup() as group:
            group.create_task(self.api.follow("services", self._services_filled, self._service_changed))
            group.create_task(self.api.follow("persistentvolumes", lambda _items: None, self._volume_changed))
            group.create_task(self.api.follow("pods", self._pods_filled, self._pod_changed, images.PREFIX.encode()))

    async def end(self) -> None:
        """End every process; the objects stay, for the API server may well go next."""
        for life in list(self._lives.values()):
            life.stop(_STOP_SECONDS, gone=True)
        if self._tasks:
            await asyncio.wait(set(self._tasks.values()), timeout=2 * _STOP_SECONDS)

    def _pods_filled(self, items: list[Obj]) -> None:
        ours = {pod["metadata"]["uid"]: pod for pod in items if images.is_ours(pod)}
        for uid, life in list(self._lives.items()):
            if uid not in ours:
                life.stop(0, gone=True)
        for pod in ours.values():
            self._see(pod)
        self.ready.set()

    def _pod_changed(self, type_: str, pod: Obj) -> None:
        if not images.is_ours(pod):
            return
        if type_ != "DELETED":
            self._see(pod)
        elif pod["metadata"]["uid"] in self._lives:
            self._lives[pod["metadata"]["uid"]].stop(0, gone=True)

    def _see(self, pod: Obj) -> None:
        uid, namespace, name = (pod["metadata"][field] for field in ("uid", "namespace", "name"))
        if uid in self._lives:
            self._lives[uid].observe(pod)
            return
        over = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
        if pod["spec"].get("nodeName") and (not over or pod["metadata"].get("deletionTimestamp")):
            self._begin(uid, namespace, name, pod)

    def _begin(self, uid: str, namespace: str, name: str, pod: Obj) -> None:
        earlier = [self._tasks[one] for one, life in self._lives.items() if (life.namespace, life.name) == (namespace, name)]
        before = earlier[-1] if earlier else None
        life = PodLife(self, pod, before)
        self._lives[uid] = life
        self._known[(namespace, name)] = life.resident
        self._tasks[uid] = asyncio.create_task(life.run())
        self._tasks[uid].add_done_callback(lambda task: self._over(uid, task))
        self._refresh_hosts(namespace)
        life.observe(pod)

    def _over(self, uid: str, task: asyncio.Task[None]) -> None:
        life = self._lives.pop(uid, None)
        self._tasks.pop(uid, None)
        if not task.cancelled() and task.exception():
            log.error("the life of a pod ended badly", exc_info=task.exception())
        if life is not None:
            self._refresh_hosts(life.namespace)

    def _services_filled(self, items: list[Obj]) -> None:
        self._services = {service["metadata"]["uid"]: service for service in items}
        for namespace in {life.namespace for life in self._lives.values()}:
            self._refresh_hosts(namespace)

    def _service_changed(self, type_: str, service: Obj) -> None:
        if type_ == "DELETED":
            self._services.pop(service["metadata"]["uid"], None)
        elif type_ in ("ADDED", "MODIFIED"):
            self._services[service["metadata"]["uid"]] = service
        self._refresh_hosts(service["metadata"]["namespace"])

    def _refresh_hosts(self, namespace: str) -> None:
        lines = self.host_lines(namespace)
        if lines == self._lines.get(namespace):
            return
        self._lines[namespace] = lines
        for life in self._lives.values():
            if life.namespace == namespace:
                life.rewrite_hosts(lines)

    def _volume_changed(self, type_: str, volume: Obj) -> None:
        path = Path((volume["spec"].get("hostPath") or {}).get("path") or "/")
        if type_ == "DELETED" and path.parent == self.paths.volumes:
            task = asyncio.create_task(volumes.remove(path))
            self._removals.add(task)
            task.add_done_callback(self._removals.discard)
