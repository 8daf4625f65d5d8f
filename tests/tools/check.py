# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What CI checks: `check.py [--tier test|all|soak] [stage ...]`; without stages all those of the tier (docs/testing.md). The counts come last.

Stages that keep one core busy run two at a time. Each is named with its seconds at the end; build/reports has the logs and the slowest tests.
"""

from __future__ import annotations

import argparse
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
import traceback
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import units

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from proofs import PROOFS, TIERS  # noqa: E402

BIN = ROOT / ".venv" / "bin"
REPORTS = ROOT / "build" / "reports"
COLLECTIONS = ROOT / "build" / "collections"
PACKAGE = "ansible_collections.hypershift.core.plugins.module_utils"
SMOKE = "test_lifecycle.py::test_hosted_cluster_and_node_pools"
OLDER_CORES = ("2.16", "2.19")
# Parts of the integration tests that run beside each other: folders with management clusters of their own, or with etcd.
PARTS: dict[str, tuple[str, ...]] = {
    "etcd": ("etcd", "etcd_harness", "etcd_restore", "etcd_roles", "observe", "snapshot_store"),
    "engine": ("ground", "aws"),
    "fleet": ("upgrades", "platforms"),
}
# Roles whose check mode, run, second run and removal tests/integration plays, on real etcd, on moto and over a fleet.
ROLES_OF_INTEGRATION = ("aws_platform", "etcd_backup", "etcd_drill", "etcd_recovery", "staged_upgrade")
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


def build() -> None:
    say("binaries of the embedded hub (minutes the first time)")
    if subprocess.run([str(ROOT / "tests" / "hub" / "hub"), "build"], cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        TALLY.failed += 1
        TALLY.broken.append("hub build")


def unit() -> None:
    seed = units.seed()
    say(f"units in random order; SEED={seed} make unit repeats it")
    pytest("unit", *units.arguments(seed))
    print(units.table(units.rooms())[0], flush=True)
    check("coverage of the rooms", [str(BIN / "python"), "tests/tools/units.py", "--rooms"])
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


def sanity_oldest() -> None:
    if core_is_there("2.16"):
        check("sanity 2.16", [str(BIN / "python"), "tests/tools/sanity.py", "2.16"])


def integration(part: str) -> None:
    """One part; "hub" is all that the others leave."""
    every = [str(Path("tests/integration") / name) for name in PARTS.get(part, ())]
    apart = [f"--ignore=tests/integration/{name}" for names in PARTS.values() for name in names]
    profile = "full" if part == "etcd" else "light"  # workloads of control planes: only must_gather and etcd look at them
    variables = {"HYPERSHIFT_TEST_PART": part, "HYPERSHIFT_TEST_PROFILE": profile}
    pytest(f"integration {part}", *(every or ["tests/integration", *apart]), **variables)


def own_definitions() -> None:
    pytest("integration own definitions", "tests/integration/test_lifecycle.py", HYPERSHIFT_TEST_CRDS="own", HYPERSHIFT_TEST_PART="own")


def molecule() -> None:
    """Of a scenario, what integration tests of the same role do not show: in the other tiers each step."""
    # State that an interrupted run left would make molecule skip the creation; there may be none, which reset takes for an error.
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    subprocess.run(
        [str(BIN / "molecule"), "reset", "--all"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    configs, left_out = ["config.yml"], []
    if TIER == "test":
        configs.append("short.yml")
        left_out = [word for name in ROLES_OF_INTEGRATION for word in ("--exclude", name)]
    bases = [word for name in configs for word in ("--base-config", str(ROOT / "extensions" / "molecule" / name))]
    check("molecule", [str(BIN / "molecule"), *bases, "test", "--all", *left_out])


def smoke(*cores: str) -> None:
    """The main story as an ordinary module on older cores whose Python is on this machine."""
    for core in cores:
        if core_is_there(core):
            variables = {"HYPERSHIFT_TEST_BIN": str(ROOT / "build" / "venvs" / core / "bin"), "HYPERSHIFT_TEST_TIER": "all"}
            pytest(f"core {core}", f"tests/integration/{SMOKE}", "-k", "module", HYPERSHIFT_TEST_PART=f"core-{core}", **variables)


def soak() -> None:
    """The long proofs, whole (tests/integration/proofs.py), and the transfers and the fleet that only the benchmarks have."""
    names = [f"tests/integration/{proof.test}" for proof in PROOFS.values() if proof.tier == "soak"]
    pytest("soak", *names, HYPERSHIFT_TEST_PART="soak")
    check("soak transfer faults", [str(BIN / "python"), "tests/bench/etcd.py", "--only", "faults"])
    check("soak campaign of 1000", [str(BIN / "python"), "tests/bench/campaign.py", "--clusters", "1000"])


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
    # The longest first, so that two lanes end at about the same time.
    "integration-hub": partial(integration, "hub"),
    "integration-etcd": partial(integration, "etcd"),
    "integration-engine": partial(integration, "engine"),
    "integration-fleet": partial(integration, "fleet"),
    "molecule": molecule,
    "sanity": sanity,
    "lint": lint,
    "smoke": partial(smoke, OLDER_CORES[0]),
    "sanity-oldest": sanity_oldest,
    "own-definitions": own_definitions,
    "smoke-others": partial(smoke, *OLDER_CORES[1:]),
    "soak": soak,
}
GROUPS = {"integration": [name for name in STAGES if name.startswith("integration-")]}
FIRST = ("build", "unit")  # alone: everything needs the one, and the other is fast and uses both cores
ONLY_ALL = ("sanity-oldest", "own-definitions", "smoke-others")
NO_HUB = {"build", "unit", "lint", "sanity", "sanity-oldest"}
SECONDS: dict[str, float] = {}
TIER = "test"


def stages_of(tier: str) -> list[str]:
    left_out = {"test": {*ONLY_ALL, "soak"}, "all": {"soak"}, "soak": set(STAGES) - {"build", "soak"}}[tier]
    return [name for name in STAGES if name not in left_out]


def timed(stage: str) -> None:
    say(f"=== {stage}")
    started = time.monotonic()
    try:
        STAGES[stage]()
    except Exception:  # a lane that ends would take the stages behind it along, unseen
        with LOCK:
            TALLY.failed += 1
            TALLY.broken.append(stage)
        print(traceback.format_exc(), flush=True)
    SECONDS[stage] = time.monotonic() - started


def two_at_a_time(stages: list[str]) -> None:
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for stage in stages:
        waiting.put(stage)

    def lane() -> None:
        while True:
            try:
                stage = waiting.get_nowait()
            except queue.Empty:
                return
            timed(stage)

    lanes = [threading.Thread(target=lane) for _ in range(2)]
    for one in lanes:
        one.start()
    for one in lanes:
        one.join()


def slowest(count: int = 20) -> list[tuple[float, str]]:
    """Seconds and name of the tests that took longest, fixtures included."""
    found = []
    for report in REPORTS.glob("*.xml"):
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            found.append((float(case.get("time", 0)), f"{case.get('classname', '')}::{case.get('name', '')}"))
    return sorted(found, reverse=True)[:count]


def summary() -> None:
    lines = [f"{seconds:7.0f}  {stage}" for stage, seconds in SECONDS.items()]
    say("\n".join(["seconds of each stage, two at a time after the first:", *lines, f"{time.monotonic() - STARTED:7.0f}  all of it"]))
    (REPORTS / "slowest.txt").write_text("".join(f"{seconds:7.1f}  {name}\n" for seconds, name in slowest()))
    if TALLY.broken:
        say(f"failed: {', '.join(TALLY.broken)}; logs are in build/reports")


def chosen_stages(given: list[str], tier: str) -> list[str]:
    named = [stage for name in given for stage in GROUPS.get(name, [name])]
    chosen = [name for name in STAGES if name in named] if named else stages_of(tier)
    if set(chosen) - NO_HUB and "build" not in chosen:
        chosen.insert(0, "build")
    return chosen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tier", choices=TIERS, default=TIERS[0])
    parser.add_argument("stages", nargs="*", choices=[*STAGES, *GROUPS, []], metavar="stage", help=", ".join([*STAGES, *GROUPS]))
    given = parser.parse_args()
    global TIER
    TIER = os.environ["HYPERSHIFT_TEST_TIER"] = given.tier
    REPORTS.mkdir(parents=True, exist_ok=True)
    for old in REPORTS.glob("*.xml"):
        old.unlink()
    chosen = chosen_stages(given.stages, given.tier)
    for stage in chosen:
        if stage in FIRST:
            timed(stage)
            if stage == "build" and TALLY.failed:
                break
    else:
        two_at_a_time([stage for stage in chosen if stage not in FIRST])
    summary()
    print(f"{TALLY.passed} passed, {TALLY.failed} failed, {TALLY.skipped} skipped", flush=True)
    return 1 if TALLY.failed else 0


if __name__ == "__main__":
    sys.exit(main())
