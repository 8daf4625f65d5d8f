# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Start the simulator of the HyperShift operator, where it is at hand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import process
from .paths import SIMULATOR_DIR, HubPaths
from .progress import Say

_PACKAGE = "hypershift_simulator"
_SECONDS = 60.0


def available() -> bool:
    return (SIMULATOR_DIR / _PACKAGE / "__main__.py").exists()


def start(paths: HubPaths, speed: float, profile: str, bare: Path | None, say: Say) -> process.Identity:
    """profile: ``full``, or ``light`` for fleets. bare: definitions of what is not installed yet.

    Run it as a user of its own, so that the audit log tells it from the users of the kubeconfig.
    """
    ready, log = paths.root / "simulator.ready", paths.logs / "simulator.log"
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
