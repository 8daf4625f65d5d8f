# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Time, CPU and memory of one process tree, as the kernel accounts them."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Usage:
    """wall and cpu in seconds; peak_mib is the largest single process; ended is the wall clock at exit."""

    wall: float
    cpu: float
    peak_mib: float
    ended: float
    output: str
    code: int


def run(command: list[str], environment: dict[str, str], cwd: Path) -> Usage:
    """Run to the end. The command gets no standard input; its output is kept."""
    started = time.time()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output = process.stdout.read() if process.stdout else ""
    _pid, status, usage = os.wait4(process.pid, 0)
    ended = time.time()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Usage(ended - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, ended, output, process.returncode)


def best(runs: list[Usage]) -> Usage:
    """The run of median CPU; all must have ended well."""
    for usage in runs:
        if usage.code != 0:
            raise RuntimeError(f"a measured command failed with {usage.code}:\n{usage.output[-3000:]}")
    middle = median(u.cpu for u in runs)
    return min(runs, key=lambda u: abs(u.cpu - middle))
