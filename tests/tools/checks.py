# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One check of the test run: a command with its log, or a pytest run with its counts; and the tally of them all."""

from __future__ import annotations

import os
import subprocess
import threading
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
REPORTS = ROOT / "build" / "reports"
COLLECTIONS = ROOT / "build" / "collections"
STARTED = time.monotonic()


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: list[str] = field(default_factory=list)


TALLY = Tally()
LOCK = threading.Lock()


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:6.0f} s] {text}", flush=True)


def call(name: str, command: list[str], cwd: Path = ROOT, **variables: str) -> bool:
    """One check; its output is shown only when it fails."""
    environment = {
        **os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "NO_COLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False", **variables,
    }  # fmt: skip
    log = REPORTS / f"{name.replace(' ', '-').replace('/', '-')}.log"
    with log.open("w") as file:
        code = subprocess.run(
            command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, check=False
        ).returncode
    say(f"{'ok    ' if code == 0 else 'FAILED'} {name}")
    if code != 0:
        with LOCK:
            TALLY.broken.append(name)
        print("\n".join(log.read_text(errors="replace").splitlines()[-80:]), flush=True)
    return code == 0


def check(name: str, command: list[str], cwd: Path = ROOT, **variables: str) -> None:
    """A check that counts as one test."""
    good = call(name, command, cwd, **variables)
    with LOCK:
        TALLY.passed += good
        TALLY.failed += not good


def pytest(name: str, *arguments: str, **variables: str) -> None:
    """A pytest run; its own counts go into the tally."""
    report = REPORTS / f"{name.replace(' ', '-')}.xml"
    report.unlink(missing_ok=True)
    good = call(name, [str(BIN / "python"), "-m", "pytest", "-q", f"--junitxml={report}", *arguments], **variables)
    with LOCK:
        if not report.exists():
            TALLY.failed += 1
            return
        suite = next(ElementTree.parse(report).getroot().iter("testsuite"))
        total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        TALLY.passed += total - failed - skipped
        TALLY.failed += failed if failed or good else 1
        TALLY.skipped += skipped
        if total == 0:
            TALLY.failed += 1
        say(f"       {name}: {total - failed - skipped} passed, {failed} failed, {skipped} skipped")


def slowest(count: int = 20) -> list[tuple[float, str]]:
    """Seconds and name of the tests that took longest, fixtures included."""
    found = []
    for report in REPORTS.glob("*.xml"):
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            found.append((float(case.get("time", 0)), f"{case.get('classname', '')}::{case.get('name', '')}"))
    return sorted(found, reverse=True)[:count]
