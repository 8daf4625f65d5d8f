# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Build one Go command, whole or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from .errors import HubError
from .families import Family
from .files import beside
from .process import tail
from .progress import Say

_REPORT_SECONDS = 15


def build_environment(base: Mapping[str, str]) -> dict[str, str]:
    """The committed go.mod and go.sum decide the versions, whatever the user's Go settings are."""
    return {**base, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "GOWORK": "off"}


def build_command(go: Path, family: Family, binary: str, output: Path) -> list[str]:
    flags = ["-trimpath", "-buildvcs=false", "-ldflags", family.linker_flags()]
    return [str(go), "build", *flags, "-o", str(output), family.commands[binary]]


def build(go: Path, family: Family, binary: str, target: Path, say: Say) -> None:
    """Compile into a folder beside the target and rename: a killed build leaves nothing that looks finished."""
    for leftover in target.parent.glob(f".{binary}.*"):  # of a killed build; the caller's lock says it is nobody's
        shutil.rmtree(leftover, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    log = target.parent / f"{binary}.log"
    with beside(target) as part:
        with open(log, "wb") as output:
            child = subprocess.Popen(
                build_command(go, family, binary, part),
                cwd=family.folder,
                env=build_environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                code = _wait(child, binary, log, say)
            except BaseException:
                os.killpg(child.pid, signal.SIGTERM)  # the compilers go with the go command
                child.wait()
                raise
        if code:
            raise HubError(f"Building {binary} in {family.folder} failed; the log {log} ends with:\n{tail(log)}")
    log.unlink()


def _wait(child: subprocess.Popen[bytes], binary: str, log: Path, say: Say) -> int:
    while True:
        try:
            return child.wait(timeout=_REPORT_SECONDS)
        except subprocess.TimeoutExpired:
            lines = log.read_text(errors="replace").splitlines()
            last = lines[-1][:80] if lines else ""
            say(f"{binary}: still building ({len(lines)} modules downloaded{', last: ' + last if last else ''})")
