# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m pod_runner --state FOLDER --server URL --ready-file F --log-file F"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from embedded_hub.paths import HubPaths

from .api import Api
from .runner import Runner


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="pod_runner", description=__doc__)
    result.add_argument("--state", type=Path, required=True, help="state folder of the hub")
    result.add_argument("--server", required=True, help="URL of the API server")
    result.add_argument("--ready-file", type=Path, required=True, help="written once pods are followed")
    result.add_argument("--log-file", type=Path, required=True)
    return result


async def serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    api = Api(HubPaths(options.state), options.server)
    runner = Runner(HubPaths(options.state), api)
    work = asyncio.create_task(runner.run())
    stopping = asyncio.create_task(stop.wait())
    announcing = asyncio.create_task(_announce(runner, options.ready_file))
    try:
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()  # it never ends by itself but by an error
    finally:
        await runner.end()
        for task in (work, stopping, announcing):
            task.cancel()
        await asyncio.gather(work, stopping, announcing, return_exceptions=True)
        await api.close()
        with contextlib.suppress(FileNotFoundError):
            options.ready_file.unlink()


async def _announce(runner: Runner, ready_file: Path) -> None:
    await runner.ready.wait()
    ready_file.write_text("ready\n")


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    logging.basicConfig(filename=options.log_file, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(serve(options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
