# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m hypershift_simulator --kubeconfig F --speed N --ready-file F --log-file F [--profile full|light]"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from . import bootstrap, definitions, management
from .client import Access, ApiError, Client
from .engine import Engine
from .feed import Feed
from .kinds import KINDS
from .store import Store

log = logging.getLogger("hypershift_simulator")

_LOOK_AGAIN = 5.0


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="hypershift_simulator", description=__doc__)
    result.add_argument("--kubeconfig", type=Path, required=True)
    result.add_argument("--speed", type=float, default=60.0, help="simulated seconds per second (default: 60)")
    result.add_argument("--ready-file", type=Path, required=True, help="written once events are handled")
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
    access = Access.read(options.kubeconfig)
    client = Client(access)
    if options.bare:
        definitions.read(options.bare)
    try:
        await install(client, options.bare is not None)
        while await _simulate(options, client, access):
            log.info("New kinds are defined: starting again with them.")
    finally:
        await client.close()
        with contextlib.suppress(FileNotFoundError):
            options.ready_file.unlink()


async def _simulate(options: argparse.Namespace, client: Client, access: Access) -> bool:
    """True when new kinds are served by now."""
    known = await served(client)
    engine = Engine(Store(known), client, options.speed, full=options.profile == "full")
    feed = Feed(client, engine, access)
    await feed.fill()
    feeding = asyncio.create_task(feed.run())
    background = [asyncio.create_task(engine.run()), asyncio.create_task(announce(feed, options.ready_file))]
    if options.bare:
        background.append(asyncio.create_task(_look_again(feed, engine)))
    background.append(outgrown := asyncio.create_task(_outgrown(client, engine, known)))
    try:
        await asyncio.wait({feeding, outgrown}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (*background, feeding):
            if not (task is outgrown and outgrown.done()):
                task.cancel()
        await asyncio.gather(*background, feeding, return_exceptions=True)
    return not outgrown.cancelled() and outgrown.done() and outgrown.exception() is None


async def _look_again(feed: Feed, engine: Engine) -> None:
    """Definitions and namespaces come and go under the watches of a bare management cluster, and not every end of an object is told."""
    while True:
        await asyncio.sleep(_LOOK_AGAIN)
        with contextlib.suppress(ApiError, aiohttp.ClientError, OSError, TimeoutError):
            await feed.fill()
        engine.wake([management.KEY])


async def _outgrown(client: Client, engine: Engine, known: frozenset[str]) -> None:
    await engine.outgrown.wait()
    while (now := await served(client)) == known or definitions.installing(now):
        await asyncio.sleep(0.2)


async def announce(feed: Feed, ready_file: Path) -> None:
    await feed.live.wait()
    ready_file.write_text("ready\n")
    log.info("ready")


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    logging.basicConfig(filename=options.log_file, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("kopf").setLevel(logging.WARNING)
    # It reports every attempt of every watch while the API server is away.
    logging.getLogger("kopf._cogs.clients").setLevel(logging.CRITICAL)
    try:
        asyncio.run(simulate(options))
    except KeyboardInterrupt:
        return 130
    except (ApiError, aiohttp.ClientError, OSError) as error:
        log.error("The simulator cannot go on: %s", error)
        print(f"hypershift_simulator: {error}; see {options.log_file}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
