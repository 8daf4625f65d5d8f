# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A process that outlives the one at work and writes down what has ended it: nobody can tell of his own SIGKILL."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
from collections.abc import Callable
from types import FrameType

log = logging.getLogger("hypershift_simulator")

# What somebody may send to end it; the rest kills the process at work, which its keeper sees.
PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_PR_SET_PDEATHSIG = 1


def keep(work: Callable[[], int]) -> int:
    """Run ``work`` in a process of its own; its exit code, or 128 and the number of the signal that has ended it."""
    keeper = os.getpid()
    child = os.fork()
    if child == 0:
        return _at_work(work, keeper)
    told: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        told.append(number)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)

    for number in PASSED_ON:
        signal.signal(number, pass_on)
    _pid, status = os.waitpid(child, 0)
    if told:
        log.info("It was told to end by %s.", signal.Signals(told[0]).name)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        log.error("The simulator was ended by %s.", signal.Signals(-code).name)
        return 128 - code
    log.log(logging.ERROR if code else logging.INFO, "The simulator has ended with code %d.", code)
    return code


def _at_work(work: Callable[[], int], keeper: int) -> int:
    # A session of its own: what is sent to the group of the keeper leaves one of both to tell.
    os.setsid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != keeper:  # it has ended before that was said
        log.error("The simulator's keeper was killed.")
        return 1
    code = work()
    if os.getppid() != keeper:
        log.error("The simulator has ended with code %d, for its keeper was killed.", code)
    return code
