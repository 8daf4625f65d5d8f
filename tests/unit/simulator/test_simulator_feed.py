# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Bringing the store to the present while events go on coming."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from hypershift_simulator.engine import Engine
from hypershift_simulator.feed import Feed
from hypershift_simulator.store import Store
from simulator.manifests import hosted_cluster, node_pool

Obj = dict[str, Any]


class Lists:
    """Answers every list with what there was when it was asked; ``meanwhile`` happens before the answer arrives."""

    def __init__(self, meanwhile: Callable[[], None], **objects: list[Obj]) -> None:
        self._meanwhile, self._objects = meanwhile, objects

    async def list(self, kind: Any) -> list[Obj]:
        answer = list(self._objects.get(kind.kind, []))
        if kind.kind == "NodePool":
            self._meanwhile()
        return answer


def stored(obj: Obj, version: int) -> Obj:
    meta = {**obj["metadata"], "uid": f"uid-{obj['kind']}-{obj['metadata']['name']}", "resourceVersion": str(version)}
    return {**obj, "metadata": meta}


def test_what_comes_while_a_list_is_on_its_way_stays() -> None:
    old, new = stored(node_pool(), 5), stored({**node_pool(), "metadata": {**node_pool()["metadata"], "name": "new"}}, 7)

    async def go() -> Store:
        engine = Engine(Store(), cast(Any, None), 1.0)
        engine.observe(stored(hosted_cluster(), 4))
        engine.observe(old)
        lists = Lists(lambda: engine.observe(new), HostedCluster=[stored(hosted_cluster(), 4)])
        await Feed(cast(Any, lists), engine, cast(Any, None)).fill()
        return engine.store

    store = asyncio.run(go())
    assert [pool["metadata"]["name"] for pool in store.list("NodePool")] == ["new"]  # the other one has vanished
    assert store.put({**new, "metadata": {**new["metadata"], "resourceVersion": "8"}})
