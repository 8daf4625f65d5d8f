# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The loop around the pure functions, against an API that a test writes down."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable
from typing import Any

from hypershift_simulator import routing
from hypershift_simulator.actions import Action, Create, Delete, Patch
from hypershift_simulator.client import ApiError
from hypershift_simulator.engine import Engine
from hypershift_simulator.kinds import key
from hypershift_simulator.store import Store
from simulator.fake_management_cluster import Conflict, FakeManagementCluster
from simulator.manifests import config_map, hosted_cluster, node_pool, pull_secret

HC = ("HostedCluster", "clusters", "demo")
NP = ("NodePool", "clusters", "demo")


class RecordingApi:
    """Answers from a fake management cluster, and refuses once what it is told to refuse."""

    def __init__(self) -> None:
        self.cluster = FakeManagementCluster(full=False)
        self.sent: list[Action] = []
        self.refusals: list[ApiError | Exception] = []
        self.keeps_everything = True

    async def apply(self, action: Action) -> Any:
        self.sent.append(action)
        if self.refusals:
            raise self.refusals.pop(0)
        before = self._find(action)
        if before is None and not isinstance(action, Create):
            raise ApiError(404, "PATCH", "/", "NotFound")
        try:
            self.cluster.apply(action)
        except Conflict as error:
            raise ApiError(409, "PATCH", "/", "Conflict") from error
        after = self._find(action)
        if after is None:
            return {"kind": "Status"} if isinstance(action, Delete) else {**before, "metadata": {**before["metadata"], "finalizers": []}}
        answer = copy.deepcopy(after)
        if not self.keeps_everything and isinstance(action, Patch) and action.kind == "NodePool":
            answer = copy.deepcopy(before)
        return answer

    async def get(self, path: str, **query: str) -> Any:
        parts = path.split("/")
        plural, name = parts[-2], parts[-1]
        for kind in ("HostedCluster", "NodePool", "Secret", "Namespace", "HostedControlPlane"):
            for obj in self.cluster.store.list(kind):
                if obj["metadata"]["name"] == name and plural == kind.lower() + "s":
                    return copy.deepcopy(obj)
        raise ApiError(404, "GET", path, "NotFound")

    def _find(self, action: Action) -> Any:
        name = key(action.obj) if isinstance(action, Create) else (action.kind, action.namespace, action.name)
        return self.cluster.store.get(*name)


class VirtualTime(asyncio.SelectorEventLoop):
    """An event loop that does not wait: where nothing is ready, its clock goes on to the next thing due."""

    def __init__(self) -> None:
        self._passed = 0.0
        super().__init__()
        self._wait = self._selector.select  # type: ignore[attr-defined]
        self._selector.select = self._skip  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._passed

    def _skip(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "everything waits for something that nobody will do"
        ready = self._wait(0)
        if not ready:
            self._passed += timeout
        return ready


def run(scenario: Callable[[Engine, RecordingApi], Awaitable[None]]) -> RecordingApi:
    async def main() -> RecordingApi:
        api = RecordingApi()
        engine = Engine(Store(), api, speed=60, full=False)
        loop = asyncio.create_task(engine.run())
        try:
            await asyncio.wait_for(scenario(engine, api), 600)
        finally:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)
        return api

    with asyncio.Runner(loop_factory=VirtualTime) as runner:
        return runner.run(main())


def user_creates(engine: Engine, api: RecordingApi, *objects: Any) -> None:
    for obj in objects:
        engine.observe(copy.deepcopy(api.cluster.create(obj)))


async def until(predicate: Callable[[], bool]) -> None:
    while not predicate():
        await asyncio.sleep(0.1)


async def quiet(api: RecordingApi) -> None:
    """Until a hundred seconds brought no write."""
    count = -1
    while len(api.sent) != count:
        count = len(api.sent)
        await asyncio.sleep(100)


def available(api: RecordingApi) -> bool:
    status = api.cluster.get(*HC).get("status") or {}
    return any(entry["type"] == "Available" and entry["status"] == "True" for entry in status.get("conditions", []))


def completed(api: RecordingApi) -> bool:
    history = (api.cluster.get(*HC).get("status") or {}).get("version", {}).get("history", [])
    return bool(history and history[0]["state"] == "Completed")


def test_a_cluster_is_brought_up_and_then_left_in_peace() -> None:
    async def scenario(engine: Engine, api: RecordingApi) -> None:
        user_creates(engine, api, pull_secret("demo"), hosted_cluster(), node_pool())
        await until(lambda: completed(api))
        await quiet(api)

    api = run(scenario)
    assert available(api)


def test_a_conflict_makes_a_new_plan_from_the_present_object() -> None:
    async def scenario(engine: Engine, api: RecordingApi) -> None:
        user_creates(engine, api, pull_secret("demo"), hosted_cluster())
        # Changed behind the engine's back, as between two watch events.
        api.cluster.patch(*HC, {"metadata": {"finalizers": ["openshift.io/destroy-cluster"]}})
        await until(lambda: len(api.cluster.get(*HC)["metadata"].get("finalizers", [])) > 1)

    api = run(scenario)
    assert api.cluster.get(*HC)["metadata"]["finalizers"][0] == "openshift.io/destroy-cluster", "kept"


def test_an_answer_of_the_server_that_fails_is_tried_again() -> None:
    async def scenario(engine: Engine, api: RecordingApi) -> None:
        api.refusals = [ApiError(500, "PATCH", "/", "etcd"), TimeoutError(), ApiError(422, "PATCH", "/", "Invalid")]
        user_creates(engine, api, pull_secret("demo"), hosted_cluster(), node_pool())
        await until(lambda: available(api))

    run(scenario)


def test_what_exists_already_is_taken_over() -> None:
    async def scenario(engine: Engine, api: RecordingApi) -> None:
        key_secret = pull_secret("demo")
        key_secret["metadata"]["name"] = "demo-etcd-encryption-key"
        key_secret["data"] = {"key": "a2V5"}
        api.cluster.create(key_secret)  # not observed: the watch is late
        api.refusals = []
        user_creates(engine, api, pull_secret("demo"), hosted_cluster())
        original = api.apply

        async def conflicting(action: Action) -> Any:
            if isinstance(action, Create) and api.cluster.store.get(*key(action.obj)):
                raise ApiError(409, "POST", "/", "AlreadyExists")
            return await original(action)

        api.apply = conflicting  # type: ignore[method-assign]
        await until(lambda: available(api))

    run(scenario)


def test_a_deleted_cluster_is_forgotten() -> None:
    async def scenario(engine: Engine, api: RecordingApi) -> None:
        user_creates(engine, api, pull_secret("demo"), hosted_cluster(), node_pool())
        await until(lambda: available(api))
        api.cluster.delete(*HC)
        engine.observe(copy.deepcopy(api.cluster.get(*HC)))

        def gone() -> bool:
            # Nobody tells of the namespace's end here but the fake itself.
            api.cluster._controllers()
            for kind in ("Namespace", "KubevirtCluster", "KubevirtMachine", "Machine"):
                for namespace, name in list(engine.store.keys(kind)):
                    found = engine.store.get(kind, namespace, name)
                    if found is not None and api.cluster.store.get(kind, namespace, name) is None:
                        engine.forget(found)
            return api.cluster.store.get(*HC) is None

        await until(gone)
        await quiet(api)
        assert engine.store.get(*HC) is None

    run(scenario)


def test_a_write_that_is_not_kept_is_not_repeated_for_ever() -> None:
    async def scenario(engine: Engine, api: RecordingApi) -> None:
        api.keeps_everything = False
        user_creates(engine, api, pull_secret("demo"), hosted_cluster(), node_pool())
        await until(lambda: available(api))
        await quiet(api)

    api = run(scenario)
    writes = [action for action in api.sent if isinstance(action, Patch) and action.kind == "NodePool"]
    assert len(writes) < 60


def test_a_change_concerns_those_that_refer_to_it() -> None:
    store = Store()
    hub = FakeManagementCluster()
    for obj in (hosted_cluster(), node_pool(config=[{"name": "motd"}]), hosted_cluster("other"), node_pool("other", "other")):
        store.put(hub.create(obj))
    assert set(routing.keys(store, hub.create(pull_secret("demo")))) == {HC}
    assert set(routing.keys(store, hub.create(config_map("motd")))) == {NP}
    assert routing.keys(store, hub.create(config_map("unrelated"))) == []
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "clusters-demo"}}
    assert set(routing.keys(store, namespace)) == {HC, NP}
    releases = config_map("simulator-releases")
    releases["metadata"]["namespace"] = "hypershift"
    assert len(routing.keys(store, releases)) == 4
    machine = {
        "kind": "Machine",
        "metadata": {"name": "m", "namespace": "clusters-demo", "annotations": {"hypershift.openshift.io/nodePool": "clusters/demo"}},
    }
    assert set(routing.keys(store, machine)) == {NP, HC}
    assert set(routing.keys(store, store.get(*HC) or {})) == {HC, NP}
