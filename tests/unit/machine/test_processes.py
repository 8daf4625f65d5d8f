# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Processes of this machine: which one this is, and which still live."""

from __future__ import annotations

import os
import subprocess
import sys

from ansible_collections.hypershift.core.plugins.module_utils._machine.processes import LocalProcesses

MACHINE = LocalProcesses()


def test_processes_are_told_apart_by_their_start() -> None:
    mine = MACHINE.this("x")
    assert MACHINE.lives(mine.process) and mine.process.startswith(f"{os.getpid()}-")
    assert not MACHINE.lives(f"{os.getpid()}-1") and not MACHINE.lives("nothing") and not MACHINE.lives("")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert not MACHINE.lives(f"{ended.pid}-{mine.process.partition('-')[2]}")
