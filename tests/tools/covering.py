# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which unit test runs which line, measured once per state of plugins and tests; what mutants.py chooses tests by."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import coverage

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "mutants"
UTILS = Path("plugins") / "module_utils"
# Players and machinery of the tests cover no product code worth a mutant; the gates look at its text.
ASIDE = ("hub", "simulator", "gates")


class Covering:
    """Which test ran which line, and how long each test takes."""

    def __init__(self, data: coverage.CoverageData, seconds: dict[str, float]) -> None:
        self._data, self._seconds = data, seconds
        self._lines: dict[Path, dict[int, list[str]]] = {}
        self._texts = {p: p.read_text() for p in (ROOT / UTILS).rglob("*.py")}

    def of(self, module: str, first: int, last: int) -> tuple[str, ...]:
        """Tests that ran the lines; of what runs at import, those that ran anything of its module or of one that imports it. Quick ones first."""
        by_line = self._by_line(ROOT / UTILS / module)
        found = {c for number in range(first, last + 1) for c in by_line.get(number, ()) if c}
        if not found and any(by_line.get(number) for number in range(first, last + 1)):
            name = Path(module).stem
            importing = [
                p
                for p, text in self._texts.items()
                if f"import {name}\n" in text or f"import {name} as" in text or f".{name} import" in text
            ]
            for path in [ROOT / UTILS / module, *importing]:
                found |= {c for names in self._by_line(path).values() for c in names if c}
        tests = {c.rpartition("|")[0] for c in found}
        return tuple(sorted(tests, key=lambda t: (self._seconds.get(t, 0.0), t)))

    def _by_line(self, path: Path) -> dict[int, list[str]]:
        if path not in self._lines:
            self._lines[path] = self._data.contexts_by_lineno(str(path))
        return self._lines[path]


def contexts() -> Covering:
    """Which test ran which line; measured again when plugins or tests have changed."""
    state = hashlib.sha256()
    for path in sorted([*(ROOT / "plugins").rglob("*.py"), *(ROOT / "tests" / "unit").rglob("*.*")]):
        if path.suffix != ".pyc":
            state.update(str(path).encode() + path.read_bytes())
    data, marker = WORK / "coverage", WORK / "coverage.state"
    if not (data.exists() and marker.exists() and marker.read_text() == state.hexdigest()):
        WORK.mkdir(parents=True, exist_ok=True)
        print("measuring which test covers which line (some minutes, once per state)", flush=True)
        aside = [f"--ignore=tests/unit/{name}" for name in ASIDE]
        command = [
            "-m",
            "pytest",
            "tests/unit",
            "-q",
            "-n",
            "2",
            "-p",
            "no:randomly",
            "-p",
            "covering",
            "--cov",
            "--cov-context=test",
            "--cov-report=",
        ]
        command += ["--cov-fail-under=0", *aside]
        environment = {**os.environ, "COVERAGE_FILE": str(data), "PYTHONPATH": str(ROOT / "tests" / "tools")}
        if subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=False).returncode != 0:
            raise SystemExit("the tests have to pass before mutants mean anything")
        marker.write_text(state.hexdigest())
    found = coverage.CoverageData(str(data))
    found.read()
    return Covering(found, json.loads((WORK / "seconds.json").read_text()))


SECONDS: dict[str, float] = {}


def pytest_runtest_logreport(report: Any) -> None:
    """As a pytest plugin of the measuring run: how long each test takes, so that the quick ones go first."""
    SECONDS[report.nodeid] = SECONDS.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish(session: Any) -> None:
    if not hasattr(session.config, "workerinput"):
        (WORK / "seconds.json").write_text(json.dumps(SECONDS))
