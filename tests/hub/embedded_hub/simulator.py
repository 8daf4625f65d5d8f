# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Start the simulator of the HyperShift operator, where it is at hand."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from . import process
from .paths import SIMULATOR_DIR, HubPaths
from .progress import Say

_PACKAGE = "hypershift_simulator"
_SECONDS = 60.0
_SILENCE = 30.0  # it gives a sign of life every second; a machine under load is given time


def available() -> bool:
    return (SIMULATOR_DIR / _PACKAGE / "__main__.py").exists()


def start(paths: HubPaths, speed: float, profile: str, bare: Path | None, say: Say) -> process.Identity:
    """profile: ``full``, or ``light`` for fleets. bare: definitions of what is not installed yet.

    Run it as a user of its own, so that the audit log tells it from the users of the kubeconfig.
    """
    ready, log = _signs(paths)
    ready.unlink(missing_ok=True)
    argv = [
        *(sys.executable, "-m", _PACKAGE),
        *("--kubeconfig", str(paths.config / "simulator.kubeconfig")),
        *("--speed", f"{speed:g}", "--profile", profile, "--ready-file", str(ready), "--log-file", str(log)),
        *(("--bare", str(bare)) if bare else ()),
    ]
    environment = {**os.environ, "PYTHONPATH": str(SIMULATOR_DIR)}
    output = paths.logs / "simulator.out"
    identity = process.spawn(paths.run, "simulator", argv, output, environment, paths.data)
    process.wait_until(ready.exists, "simulator", _SECONDS, identity, output)
    say(f"simulator: ready at speed {speed:g} (process {identity.pid})")
    return identity


def trouble(paths: HubPaths) -> str:
    """Why a simulator that was started does not play, one or more lines; empty while it does."""
    ready, log = _signs(paths)
    if not process.running(paths.run, "simulator"):
        return f"ended; its log {log} ends with:\n{process.tail(log, 3)}"
    try:
        said, age = ready.read_text(), time.time() - ready.stat().st_mtime
    except FileNotFoundError:
        return f"sees nothing yet; see its log {log}"
    if age > _SILENCE:
        return f"deaf: no sign of life for {age:.0f} s; see its log {log}"
    return "" if said == "ready\n" else f"deaf to some kinds:\n{said.strip()}"


def _signs(paths: HubPaths) -> tuple[Path, Path]:
    """The file that is written as long as it lives, and its log."""
    return paths.root / "simulator.ready", paths.logs / "simulator.log"
