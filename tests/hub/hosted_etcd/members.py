# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The member processes and their views, reached from this machine without any API server."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from embedded_hub import EmbeddedHub
from embedded_hub.containers import record_path
from embedded_hub.errors import HubError


def record(hub: EmbeddedHub, namespace: str, pod: str, container: str = "etcd") -> dict[str, Any] | None:
    """What minikubelet knows of a container; None when it does not run."""
    try:
        found: dict[str, Any] = json.loads(record_path(hub.paths, namespace, pod, container).read_text())
    except FileNotFoundError:
        return None
    return found


def run(found: dict[str, Any], command: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """A command in the container's view."""
    environment = {str(name): str(value) for name, value in found["env"].items()}
    argv = [*found["wrap"], *command]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=seconds, check=False)


def etcd_processes(address: str) -> list[int]:
    """The etcd that listens for clients on a pod's address."""
    flag = f"--listen-client-urls=https://{address}:2379".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if flag in arguments and arguments[0].endswith(b"etcd"):
            found.append(int(folder.name))
    return found


def kill(address: str) -> None:
    for pid in etcd_processes(address):
        os.kill(pid, signal.SIGKILL)


def destroy(address: str, volume: Path) -> None:
    """Stopped first, so that nothing is written back and no restart comes in between."""
    processes = etcd_processes(address)
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    for entry in volume.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    for pid in processes:
        os.kill(pid, signal.SIGKILL)


def require(found: dict[str, Any] | None, what: str) -> dict[str, Any]:
    if found is None:
        raise HubError(f"{what} does not run: wait for it or start it.")
    return found
