# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Everything CI checks, stage by stage: `check.py [stage ...]`; without arguments all of them. The counts come last."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
REPORTS = ROOT / "build" / "reports"
COLLECTIONS = ROOT / "build" / "collections"
PACKAGE = "ansible_collections.hypershift.core.plugins.module_utils"
SMOKE = "test_lifecycle.py::test_hosted_cluster_and_node_pools"
OLDER_CORES = ("2.16", "2.19")
# Beside everything else: they have management clusters of their own, and wait as much as they compute.
SECOND_PART = ("etcd", "etcd_restore", "etcd_roles", "snapshot_store", "upgrades")
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
        TALLY.broken.append(name)
        print("\n".join(log.read_text(errors="replace").splitlines()[-80:]), flush=True)
    return code == 0


def check(name: str, command: list[str], cwd: Path = ROOT, **variables: str) -> None:
    """A check that counts as one test."""
    if call(name, command, cwd, **variables):
        TALLY.passed += 1
    else:
        TALLY.failed += 1


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


def build() -> None:
    say("binaries of the embedded hub (minutes the first time)")
    if subprocess.run([str(ROOT / "tests" / "hub" / "hub"), "build"], cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        TALLY.failed += 1
        TALLY.broken.append("hub build")


def unit() -> None:
    pytest("unit", "tests/unit", "-n", "2")
    check("go test minikubelet", [str(ROOT / "tests" / "hub" / "hub"), "go-test"])


def lint() -> None:
    python = str(BIN / "python")
    check("ruff", [str(BIN / "ruff"), "check", "plugins", "tests"])
    check("ruff format", [str(BIN / "ruff"), "format", "--check", "plugins", "tests"])
    types = [str(BIN / "mypy"), "--config-file", str(ROOT / "pyproject.toml")]
    strict = [word for room in ("_domain", "_operations", "_store", "_process", "_render", "_aws") for word in ("-p", f"{PACKAGE}.{room}")]
    check("mypy strict", [*types, "--strict", *strict], COLLECTIONS)
    check("mypy", [*types, "-p", PACKAGE], COLLECTIONS)
    check("mypy hub", [*types, "--strict", "-p", "embedded_hub", "-p", "pod_runner", "-p", "hosted_etcd"], ROOT / "tests" / "hub")
    check("generated files", [python, "tests/tools/generate.py", "--check"])
    # Both would prefer an older copy of this collection in the user's own folder, which they themselves may have put there.
    home = ROOT / "build" / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    check("ansible-lint", [str(BIN / "ansible-lint"), "--nocolor", "-p"], HOME=str(home))
    check("changelog", [str(BIN / "antsibull-changelog"), "lint"])
    check("documentation and importer", [python, "tests/tools/artifact.py"], HOME=str(home))


def sanity() -> None:
    check("sanity newest", [str(BIN / "python"), "tests/tools/sanity.py", "newest"])
    if core_is_there("2.16"):
        check("sanity 2.16", [str(BIN / "python"), "tests/tools/sanity.py", "2.16"])


def integration() -> None:
    apart = [str(Path("tests/integration") / name) for name in SECOND_PART]
    second = threading.Thread(target=pytest, args=("integration second part", *apart), kwargs={"HYPERSHIFT_TEST_PART": "second"})
    second.start()
    pytest("integration", "tests/integration", *(f"--ignore={path}" for path in apart))
    second.join()
    pytest("integration own definitions", "tests/integration/test_lifecycle.py", HYPERSHIFT_TEST_CRDS="own")


def molecule() -> None:
    # State that an interrupted run left would make molecule skip the creation; there may be none, which reset takes for an error.
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    subprocess.run(
        [str(BIN / "molecule"), "reset", "--all"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    check("molecule", [str(BIN / "molecule"), "test", "--all"])


def cores() -> None:
    """The integration smoke on the older cores whose Python is on this machine."""
    for core in OLDER_CORES:
        if core_is_there(core):
            pytest(f"core {core}", f"tests/integration/{SMOKE}", HYPERSHIFT_TEST_BIN=str(ROOT / "build" / "venvs" / core / "bin"))


def core_is_there(core: str) -> bool:
    code = subprocess.run(
        [sys.executable, "tests/tools/bootstrap.py", "--core", core], cwd=ROOT, stdin=subprocess.DEVNULL, check=False
    ).returncode
    if code == 3:
        say(f"left out: no Python for ansible-core {core} on this machine")
        TALLY.skipped += 1
    elif code != 0:
        TALLY.failed += 1
        TALLY.broken.append(f"environment of ansible-core {core}")
    return code == 0


STAGES: dict[str, Callable[[], None]] = {
    "build": build,
    "unit": unit,
    "lint": lint,
    "sanity": sanity,
    "integration": integration,
    "molecule": molecule,
    "cores": cores,
}
NEEDS_HUB = {"integration", "molecule", "cores"}


def main() -> int:
    REPORTS.mkdir(parents=True, exist_ok=True)
    chosen = sys.argv[1:] or list(STAGES)
    if NEEDS_HUB & set(chosen) and "build" not in chosen:
        chosen.insert(0, "build")
    for stage in chosen:
        say(f"=== {stage}")
        STAGES[stage]()
        if stage == "build" and TALLY.failed:
            break
    if TALLY.broken:
        say(f"failed: {', '.join(TALLY.broken)}; logs are in build/reports")
    print(f"{TALLY.passed} passed, {TALLY.failed} failed, {TALLY.skipped} skipped", flush=True)
    return 1 if TALLY.failed else 0


if __name__ == "__main__":
    sys.exit(main())
