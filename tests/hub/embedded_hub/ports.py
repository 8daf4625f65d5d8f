# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Free TCP ports on loopback, picked anew at each start so that hubs and checkouts never meet."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Iterable
from typing import TypeVar

from .errors import PartExited
from .progress import Say

T = TypeVar("T")

_ATTEMPTS = 5
# Below the kernel's usual ephemeral range: an outgoing connection cannot take the port between pick and use.
LOWEST, HIGHEST = 20000, 32000


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As Go servers do; without it a port with a connection in TIME_WAIT would look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def pick_ports(names: Iterable[str], free: Callable[[int], bool] = is_free, chooser: random.Random | None = None) -> dict[str, int]:
    """One free port per name, all different."""
    source = chooser or random.SystemRandom()
    candidates = iter(source.sample(range(LOWEST, HIGHEST), HIGHEST - LOWEST))
    picked: dict[str, int] = {}
    for name in names:
        port = next((candidate for candidate in candidates if free(candidate)), None)
        if port is None:
            raise OSError(f"No TCP port between {LOWEST} and {HIGHEST} is free on 127.0.0.1: end some servers and try again.")
        picked[name] = port
    return picked


def on_free_ports(names: Iterable[str], start: Callable[[dict[str, int]], T], say: Say) -> T:
    """``start`` what listens on one free port per name; anew on others when one of them was taken in between. Raises what ``start`` raises.

    No port can be held for a program that opens it by itself: only its own failure tells that somebody was faster. ``start`` cleans up
    before it raises.
    """
    wanted = list(names)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return start(pick_ports(wanted))
        except PartExited as error:
            if attempt == _ATTEMPTS or not error.lost_port:
                raise
            say("another program took one of the chosen ports; trying others")
    raise AssertionError("the last attempt returns or raises")
