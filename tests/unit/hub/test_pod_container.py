# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Restarts, probes and shared turns of containers, with processes that only seem to run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pod_runner import container, probe, processes
from pod_runner.container import ContainerRun, Pauses
from pod_runner.types import NotYet


class FakeProcess:
    """Ends when it is told to."""

    def __init__(self, code: int | None = None) -> None:
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if code is not None:
            self.ended.set_result(code)

    async def wait(self) -> int:
        return await asyncio.shield(self.ended)


class World:
    """Codes with which the next processes end; after them, processes run until they are ended."""

    def __init__(self, *codes: int) -> None:
        self.codes = list(codes)
        self.started: list[FakeProcess] = []
        self.pauses: list[float] = []
        self.ends = 0

    async def start(self, *_: Any) -> FakeProcess:
        self.started.append(FakeProcess(self.codes.pop(0) if self.codes else None))
        return self.started[-1]

    async def end(self, process: FakeProcess, _grace: float) -> None:
        self.ends += 1
        if not process.ended.done():
            process.ended.set_result(-15)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await _turn()


async def _turn(steps: int = 1) -> None:
    for _ in range(steps):
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(done.set_result, None)
        await done


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    def make(*codes: int) -> World:
        found = World(*codes)
        monkeypatch.setattr(processes, "start", found.start)
        monkeypatch.setattr(processes, "end", found.end)
        monkeypatch.setattr(container.asyncio, "sleep", found.sleep)
        return found

    return make


def run_of(policy: str = "Always", command: Sequence[str] = ("sh",), **spec: Any) -> ContainerRun:
    return ContainerRun({"name": "c", "image": "i", "command": list(command), **spec}, policy, "127.64.0.1", Path("log"), lambda: None)


def test_the_first_restart_is_at_once_and_later_ones_wait_longer_and_longer(world: Callable[..., World]) -> None:
    async def scene() -> None:
        there = world(1, 1, 1, 1)
        run = run_of()
        keeping = asyncio.create_task(run.keep())
        await _turn(60)
        assert there.pauses == [0.5, 1.0, 2.0]
        assert (run.state.restarts, run.state.running, len(there.started)) == (4, True, 5)
        await run.end(0)
        await keeping

    asyncio.run(scene())


def test_pauses_have_a_limit_and_begin_again() -> None:
    pauses = Pauses()
    assert [pauses.next() for _ in range(8)] == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    pauses.reset()
    assert pauses.next() == 0.0


@pytest.mark.parametrize(("policy", "code", "starts"), [("Never", 3, 1), ("OnFailure", 0, 1), ("OnFailure", 3, 2)])
def test_the_policy_decides_over_restarts(world: Callable[..., World], policy: str, code: int, starts: int) -> None:
    async def scene() -> None:
        there = world(code, 0)
        await run_of(policy).keep()
        assert len(there.started) == starts

    asyncio.run(scene())


def test_an_init_container_is_tried_until_it_ends_well(world: Callable[..., World]) -> None:
    async def scene() -> None:
        there = world(1, 1, 0)
        run = run_of()
        await run.complete()
        assert (len(there.started), run.state.restarts) == (3, 2)
        assert run.state.report(init=True)["ready"]

    asyncio.run(scene())


def test_the_end_of_a_pod_leaves_alone_what_has_ended_by_itself(world: Callable[..., World]) -> None:
    """By then the number of that process may be another's."""

    async def scene() -> None:
        there = world(0)
        run = run_of("Never")
        await run.complete()
        assert there.ends == 1
        await run.end(30)
        assert there.ends == 1

    asyncio.run(scene())


def test_an_init_container_that_never_restarts_gives_up(world: Callable[..., World]) -> None:
    async def scene() -> None:
        world(1)
        with pytest.raises(NotYet):
            await run_of("Never").complete()

    asyncio.run(scene())


def test_without_a_command_nothing_runs_and_all_is_ready(world: Callable[..., World]) -> None:
    async def scene() -> None:
        there = world()
        run = run_of(command=())
        keeping = asyncio.create_task(run.keep())
        await _turn(5)
        assert run.state.running
        assert run.state.ready
        assert there.started == []
        keeping.cancel()
        await asyncio.wait({keeping})

    asyncio.run(scene())


def test_readiness_is_lost_after_as_many_failures_as_the_probe_says(world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([False, True, False, True, False, False])
    seen: list[bool] = []

    async def scene() -> None:
        async def passes(*_: Any) -> bool:
            seen.append(run.state.ready)
            return next(answers, False)

        there = world()
        monkeypatch.setattr(probe, "passes", passes)
        run = run_of(readinessProbe={"exec": {"command": ["x"]}, "failureThreshold": 2, "periodSeconds": 1})
        keeping = asyncio.create_task(run.keep())
        await _turn(40)
        assert seen[:7] == [False, False, True, True, True, True, False]
        assert 1.0 in there.pauses
        assert container._QUICK in there.pauses
        await run.end(0)
        await keeping

    asyncio.run(scene())


def test_of_pods_that_share_a_process_one_has_it_and_the_next_takes_over(world: Callable[..., World]) -> None:
    async def scene() -> None:
        there = world()
        turn = asyncio.Lock()
        runs = [run_of(), run_of()]
        for one in runs:
            one.turn = turn
        keeping = [asyncio.create_task(one.keep()) for one in runs]
        await _turn(10)
        assert [one.state.running for one in runs] == [True, True]
        assert len(there.started) == 1
        await runs[0].end(0)
        await _turn(10)
        assert len(there.started) == 2
        await asyncio.gather(*(one.end(0) for one in runs), *keeping)
        assert len(there.started) == 2

    asyncio.run(scene())
