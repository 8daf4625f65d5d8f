# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The simulator's log says what has ended it, whatever it was; the hub's status tells that it has ended or is deaf."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from embedded_hub import process, simulator
from embedded_hub.paths import SIMULATOR_DIR, HubPaths
from simulator.served_api import ServedApi

EVERYTHING = ("Namespace", "Secret", "ConfigMap", "HostedCluster")


class Running:
    """A simulator's two processes: the one that was started is the keeper."""

    def __init__(self, paths: HubPaths, keeper: asyncio.subprocess.Process) -> None:
        self.paths, self.keeper = paths, keeper

    @property
    def log(self) -> str:
        file = self.paths.logs / "simulator.log"
        return file.read_text() if file.exists() else ""

    @property
    def at_work(self) -> int:
        return int(Path(f"/proc/{self.keeper.pid}/task/{self.keeper.pid}/children").read_text().split()[0])

    async def until_log(self, words: str) -> None:
        async with asyncio.timeout(20):
            while words not in self.log:
                await asyncio.sleep(0.02)

    async def end(self) -> int:
        async with asyncio.timeout(20):
            return await self.keeper.wait()


async def start(tmp_path: Path, server: str) -> Running:
    paths = HubPaths.of("one", tmp_path)
    paths.create()
    kubeconfig = tmp_path / "kubeconfig"
    named = {"contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}], "current-context": "a"}
    kubeconfig.write_text(
        json.dumps({**named, "clusters": [{"name": "a", "cluster": {"server": server}}], "users": [{"name": "a", "user": {}}]})
    )
    keeper = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hypershift_simulator", "--kubeconfig", str(kubeconfig)),
        *("--ready-file", str(paths.root / "simulator.ready"), "--log-file", str(paths.logs / "simulator.log")),
        env={**os.environ, "PYTHONPATH": str(SIMULATOR_DIR)},
        stderr=asyncio.subprocess.DEVNULL,
    )
    identity = process.identify(keeper.pid)
    (paths.run / "simulator.pid").write_text(json.dumps(identity.__dict__))
    return Running(paths, keeper)


@pytest.mark.parametrize(
    ("number", "whom", "code", "words"),
    [
        (signal.SIGTERM, "keeper", 0, "It was told to end by SIGTERM."),
        (signal.SIGHUP, "keeper", 0, "It was told to end by SIGHUP."),
        (signal.SIGINT, "work", 0, "Ended by SIGINT."),
        (signal.SIGKILL, "work", 137, "The simulator was ended by SIGKILL."),
        (signal.SIGSEGV, "work", 139, "The simulator was ended by SIGSEGV."),
        (signal.SIGKILL, "keeper", -9, "for its keeper was killed."),
    ],
)
def test_a_signal_leaves_a_word(tmp_path: Path, number: signal.Signals, whom: str, code: int, words: str) -> None:
    async def go() -> None:
        async with ServedApi(*EVERYTHING).running() as access:
            running = await start(tmp_path, access.server)
            await running.until_log("ready")
            assert simulator.trouble(running.paths) == ""
            os.kill(running.keeper.pid if whom == "keeper" else running.at_work, number)
            assert await running.end() == code
            await running.until_log(words)
            trouble = simulator.trouble(running.paths)
            assert trouble.startswith("ended; its log ") and words in trouble

    asyncio.run(go())


def test_an_error_ends_it_with_its_reason(tmp_path: Path) -> None:
    async def go() -> None:
        api = ServedApi(*EVERYTHING)
        api.refused["discovery"] = 403
        async with api.running() as access:
            running = await start(tmp_path, access.server)
            assert await running.end() == 1
            assert "The simulator cannot go on: GET /" in running.log and "answered 403" in running.log
            assert "The simulator has ended with code 1." in simulator.trouble(running.paths)

    asyncio.run(go())


def test_status_tells_a_deaf_one(tmp_path: Path) -> None:
    async def go() -> None:
        async with ServedApi(*EVERYTHING).running() as access:
            running = await start(tmp_path, access.server)
            await running.until_log("ready")
            ready = running.paths.root / "simulator.ready"
            os.kill(running.at_work, signal.SIGSTOP)
            ready.write_text("HostedCluster: GET /apis/... was answered 403: no\n")
            assert simulator.trouble(running.paths).startswith("deaf to some kinds:\nHostedCluster: GET /apis/")
            os.utime(ready, (0, 0))
            assert simulator.trouble(running.paths).startswith("deaf: no sign of life for ")
            os.kill(running.at_work, signal.SIGCONT)
            running.keeper.terminate()
            assert await running.end() == 0

    asyncio.run(go())
