# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m hypershift_simulator --kubeconfig F --speed N --ready-file F --log-file F [--profile full|light]"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from . import bootstrap, definitions
from .client import Access, ApiError, Client
from .engine import Engine
from .feed import PATIENCE, Deaf, Feed
from .keeper import keep
from .kinds import KINDS
from .store import Store

log = logging.getLogger("hypershift_simulator")

_BEAT = 1.0
_ASK_AGAIN = 0.2
_AWAY = "the API server"


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="hypershift_simulator", description=__doc__)
    result.add_argument("--kubeconfig", type=Path, required=True)
    result.add_argument("--speed", type=float, default=60.0, help="simulated seconds per second (default: 60)")
    result.add_argument("--ready-file", type=Path, required=True, help="written, and again every second, once events are handled")
    result.add_argument("--log-file", type=Path, required=True)
    result.add_argument("--bare", type=Path, help="nothing is installed yet; definitions that come with what will be, as a JSON list")
    result.add_argument("--profile", choices=("full", "light"), default="full", help="light: no workloads, for many clusters")
    return result


async def served(client: Client) -> frozenset[str]:
    """The kinds that this API server knows; what depends on another one is left out."""
    found: set[str] = set()
    for root in sorted({kind.root for kind in KINDS.values()}):
        try:
            listed = await client.get(root)
        except ApiError as error:
            if error.status != 404:
                raise
            log.warning("%s is not served; its kinds are left out.", root)
            continue
        plurals = {resource["name"] for resource in listed["resources"]}
        found |= {kind.kind for kind in KINDS.values() if kind.root == root and kind.plural in plurals}
    return frozenset(found)


async def install(client: Client, bare: bool) -> None:
    for action in bootstrap.bare() if bare else bootstrap.objects():
        try:
            await client.apply(action)
        except ApiError as error:
            if error.status != 409:
                raise


async def simulate(options: argparse.Namespace) -> None:
    """Until it is told to end. Raises what makes that it cannot go on."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[signal.Signals] = loop.create_future()

    def tell(number: signal.Signals) -> None:
        if not told.done():
            told.set_result(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, tell, number)
    if options.bare:
        definitions.read(options.bare)
    client = Client(Access.read(options.kubeconfig))
    try:
        await _first_of(told, _play(options, client))
        if told.done():
            log.info("Ended by %s.", told.result().name)
    finally:
        await client.close()
        with contextlib.suppress(FileNotFoundError):
            options.ready_file.unlink()


async def _play(options: argparse.Namespace, client: Client) -> None:
    await install(client, options.bare is not None)
    engine = Engine(Store(await served(client)), client, options.speed, full=options.profile == "full")
    feed = Feed(client, engine)
    await _first_of(feed.run(), _act(feed, engine), announce(feed, options.ready_file), grow(client, engine, feed))
    raise RuntimeError("a part of the simulator has ended by itself")


async def _first_of(*parts: Coroutine[Any, Any, None] | asyncio.Future[Any]) -> None:
    """The end of one is the end of all, with its error if it has one."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _act(feed: Feed, engine: Engine) -> None:
    await feed.followed()  # before, it would make what is there already
    await engine.run()


async def grow(client: Client, engine: Engine, feed: Feed, patience: float = PATIENCE) -> None:
    """Follow the kinds that are defined meanwhile. Raises Deaf for one that the API server does not serve."""
    now = asyncio.get_running_loop().time
    while True:
        await engine.outgrown.wait()
        engine.outgrown.clear()
        since = now()
        while missing := await _missing(client, engine):
            if _AWAY in missing:
                since = now()
            if now() - since >= patience:
                raise Deaf(f"{', '.join(sorted(missing))}: defined, and not served after {patience:.0f} s")
            await asyncio.sleep(_ASK_AGAIN)
        await _extend(client, engine, feed)


async def _missing(client: Client, engine: Engine) -> set[str]:
    """Kinds that were defined and are not served yet, and those of groups that are served in part."""
    try:
        now = await served(client)
    except ApiError as error:
        return {str(error)}
    except (aiohttp.ClientError, OSError):
        return {_AWAY}
    return {kind for kind in engine.defined if kind in KINDS and kind not in now} | definitions.installing(now)


async def _extend(client: Client, engine: Engine, feed: Feed) -> None:
    now = await served(client)
    if new := now - engine.store.served:
        await feed.extend(now)
        log.info("New kinds are followed: %s.", ", ".join(sorted(new)))
        engine.wake_all()


async def announce(feed: Feed, ready_file: Path) -> None:
    """A sign of life that ends with the loop, and says which kinds are not followed at this moment."""
    await feed.followed()
    part, told = ready_file.with_name(f"{ready_file.name}.part"), False
    while True:
        part.write_text("".join(f"{kind}: {why}\n" for kind, why in sorted(feed.unseen.items())) or "ready\n")
        os.replace(part, ready_file)
        if not told:  # whoever reads the log may look at the file now
            log.info("ready")
            told = True
        await asyncio.sleep(_BEAT)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    logging.basicConfig(filename=options.log_file, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    return keep(lambda: work(options))


def work(options: argparse.Namespace) -> int:
    """0 when it was told to end, 1 for everything else."""
    try:
        asyncio.run(simulate(options))
    except (ApiError, Deaf, aiohttp.ClientError, OSError) as error:
        log.error("The simulator cannot go on: %s", error or repr(error))
        print(f"hypershift_simulator: {error or repr(error)}; see {options.log_file}.", file=sys.stderr)
        return 1
    except BaseException:  # whatever it is, its log is where somebody looks
        log.exception("The simulator cannot go on.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
