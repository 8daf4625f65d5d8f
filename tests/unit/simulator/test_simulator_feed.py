# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the simulator sees of an API server that refuses, forgets and defines kinds."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from hypershift_simulator import __main__ as program
from hypershift_simulator.client import Client
from hypershift_simulator.engine import Engine
from hypershift_simulator.feed import Deaf, Feed
from hypershift_simulator.kinds import KINDS
from hypershift_simulator.store import Store
from simulator.manifests import hosted_cluster, node_pool
from simulator.served_api import ServedApi

Obj = dict[str, Any]
ENGINES, CLUSTERS = "MultiClusterEngine", "ManagedCluster"


class Lists:
    """Answers every list with what there was when it was asked; ``meanwhile`` happens before the answer arrives."""

    def __init__(self, meanwhile: Callable[[], None], **objects: list[Obj]) -> None:
        self._meanwhile, self._objects = meanwhile, objects

    async def list(self, kind: Any) -> tuple[list[Obj], str]:
        answer = list(self._objects.get(kind.kind, []))
        self._meanwhile()
        return answer, "7"


def stored(obj: Obj, version: int) -> Obj:
    meta = {**obj["metadata"], "uid": f"uid-{obj['kind']}-{obj['metadata']['name']}", "resourceVersion": str(version)}
    return {**obj, "metadata": meta}


def test_what_comes_while_a_list_is_on_its_way_stays() -> None:
    old, new = stored(node_pool(), 5), stored({**node_pool(), "metadata": {**node_pool()["metadata"], "name": "new"}}, 7)

    async def go() -> Store:
        engine = Engine(Store(), cast(Any, None), 1.0)
        engine.observe(stored(hosted_cluster(), 4))
        engine.observe(old)
        lists = Lists(lambda: engine.observe(new))
        assert await Feed(cast(Any, lists), engine)._fill(KINDS["NodePool"]) == "7"
        return engine.store

    store = asyncio.run(go())
    assert [pool["metadata"]["name"] for pool in store.list("NodePool")] == ["new"]  # the other one has vanished
    assert store.put({**new, "metadata": {**new["metadata"], "resourceVersion": "8"}})


class Seeing:
    """A feed at work, on an API server that does as it is told."""

    def __init__(self, api: ServedApi, client: Client, feed: Feed, engine: Engine, work: asyncio.Task[None]) -> None:
        self.api, self.client, self.feed, self.engine, self.work = api, client, feed, engine, work
        self.beside: list[asyncio.Task[None]] = []

    def names(self, kind: str) -> list[str]:
        return [obj["metadata"]["name"] for obj in self.engine.store.list(kind)]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                for task in (self.work, *self.beside):
                    assert not task.done(), task.exception()
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def seeing(api: ServedApi, patience: float = 60.0) -> AsyncIterator[Seeing]:
    async with api.running() as access:
        client = Client(access)
        engine = Engine(Store(await program.served(client)), client, 1.0)
        feed = Feed(client, engine, patience)
        work = asyncio.create_task(feed.run())
        now = Seeing(api, client, feed, engine, work)
        try:
            yield now
        finally:
            for task in (work, *now.beside):
                task.cancel()
            await asyncio.gather(work, *now.beside, return_exceptions=True)
            await client.close()


def test_events_reach_the_store_and_so_does_what_a_watch_has_missed() -> None:
    async def go() -> None:
        api = ServedApi(ENGINES, CLUSTERS)
        api.put(ENGINES, "early")
        async with seeing(api) as now:
            await now.feed.followed()
            assert now.names(ENGINES) == ["early"]
            api.put(ENGINES, "late")
            await now.until(lambda: now.names(ENGINES) == ["early", "late"])
            api.remove(ENGINES, "late")
            await now.until(lambda: now.names(ENGINES) == ["early"])
            api.remove(ENGINES, "early", told=False)  # the last one: the next list is empty
            api.hang_up(ENGINES)
            await now.until(lambda: now.names(ENGINES) == [])
            api.put(ENGINES, "again")
            await now.until(lambda: now.names(ENGINES) == ["again"])
            api.remove(ENGINES, "again", told=False)
            api.expire(ENGINES)
            await now.until(lambda: now.names(ENGINES) == [])
            assert api.lists == {ENGINES: 3, CLUSTERS: 1}

    asyncio.run(go())


def test_kinds_that_are_defined_in_quick_succession_are_all_seen() -> None:
    """Although the list of all groups knows none of them yet: the simulator was deaf to what was missing there."""

    async def go() -> None:
        api = ServedApi(CLUSTERS)
        async with seeing(api) as now:
            now.beside.append(asyncio.create_task(program.grow(now.client, now.engine, now.feed)))
            for kind in (ENGINES, "ManagedClusterAddOn", "AddOnDeploymentConfig"):
                now.engine.defined.add(kind)
                now.engine.outgrown.set()
                api.refused[kind] = 429  # as long as its storage is being prepared
                api.served.add(kind)
                api.put(kind, "one")
            del api.refused[ENGINES]
            await asyncio.sleep(0)
            api.refused.clear()
            for kind in (ENGINES, "ManagedClusterAddOn", "AddOnDeploymentConfig"):
                await now.until(lambda k=kind: now.names(k) == ["one"])  # type: ignore[misc]
                api.put(kind, "two")
                await now.until(lambda k=kind: now.names(k) == ["one", "two"])  # type: ignore[misc]
            assert now.engine.store.served == {CLUSTERS, ENGINES, "ManagedClusterAddOn", "AddOnDeploymentConfig"}

    asyncio.run(go())


@pytest.mark.parametrize("status", [403, 404])
def test_a_kind_that_is_refused_for_long_ends_it_with_its_name(status: int) -> None:
    async def go() -> None:
        api = ServedApi(ENGINES, CLUSTERS)
        async with seeing(api, patience=0.0) as now:
            await now.feed.followed()
            api.refused[ENGINES] = status
            api.hang_up(ENGINES)
            with pytest.raises(Deaf, match=f"MultiClusterEngine .*multiclusterengines.* is not seen any more: .* answered {status}"):
                await now.work

    asyncio.run(go())


def test_it_says_which_kind_it_does_not_see_at_the_moment(tmp_path: Path) -> None:
    async def go() -> None:
        api = ServedApi(ENGINES, CLUSTERS)
        ready = tmp_path / "ready"
        async with seeing(api) as now:
            now.beside.append(asyncio.create_task(program.announce(now.feed, ready)))
            await now.until(lambda: ready.exists() and ready.read_text() == "ready\n")
            api.refused[ENGINES] = 403
            api.hang_up(ENGINES)
            await now.until(lambda: ready.read_text().startswith("MultiClusterEngine: GET /apis/multicluster.openshift.io"))
            api.refused.clear()
            await now.until(lambda: ready.read_text() == "ready\n")

    asyncio.run(go())


def test_a_kind_that_is_defined_and_never_served_ends_it() -> None:
    async def go() -> None:
        async with seeing(ServedApi(CLUSTERS)) as now:
            now.engine.defined.add(ENGINES)
            now.engine.outgrown.set()
            with pytest.raises(Deaf, match=f"{ENGINES}: defined, and not served after 0 s"):
                await program.grow(now.client, now.engine, now.feed, patience=0.0)

    asyncio.run(go())
