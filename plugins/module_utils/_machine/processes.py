# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Processes of this machine as /proc has them."""

from __future__ import annotations

import hashlib
import os
import socket

from .._kernel.ports.processes import Holder


class LocalProcesses:
    """See _kernel.ports.processes.Processes for the contract."""

    def this(self, mark: str) -> Holder:
        """Identity of this process: the machine counts as the same only with the same boot and the same process
        namespace."""
        try:
            with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
                boot = file.read() + os.readlink("/proc/self/ns/pid")
        except OSError:
            boot = mark  # no way to tell whether a holder is on this machine: then none is
        machine = f"{socket.gethostname()}-{hashlib.sha256(boot.encode()).hexdigest()[:8]}".replace("/", "-")
        return Holder(machine, f"{os.getpid()}-{_start_of(os.getpid())}", mark)

    def lives(self, process: str) -> bool:
        """Whether ``pid-start`` is a process of this machine; a number that was given to another process since does not
        count."""
        pid, _dash, start = process.partition("-")
        return pid.isdigit() and _start_of(int(pid)) == start and start != ""


def _start_of(pid: int) -> str:
    """Start of a process in clock ticks; empty when there is none or it has ended and nobody has noticed yet."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            words = file.read().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if words[0] in ("Z", "X") else words[19]
