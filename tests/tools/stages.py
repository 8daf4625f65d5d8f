# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The stages of a test run; check.py puts them together."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import units
from checks import BIN, COLLECTIONS, ROOT, TALLY, check, pytest, say

sys.path.insert(0, str(ROOT / "tests" / "integration"))

from proofs import PROOFS, TIERS, tier

PACKAGE = "ansible_collections.hypershift.core.plugins.module_utils"
MODULES = "ansible_collections.hypershift.core.plugins.modules"
HALF_TYPED = ("_ansible", "_kube")  # they meet libraries without types: not strict
SMOKE = "test_lifecycle.py::test_hosted_cluster_and_node_pools"
OLDER_CORES = ("2.16", "2.19")
# Parts of the integration tests that run beside each other: folders with management clusters of their own, or with etcd.
PARTS: dict[str, tuple[str, ...]] = {
    "etcd": ("etcd", "etcd_harness", "etcd_restore", "etcd_roles", "observe", "snapshot_store"),
    "engine": ("ground", "aws"),
    "fleet": ("platforms", "upgrades"),  # the one has a hub of its own, which ends before that of the other starts
}
# Roles whose check mode, run, second run and removal tests/integration plays, on real etcd, on moto and over a fleet.
ROLES_OF_INTEGRATION = ("aws_platform", "etcd_backup", "etcd_drill", "etcd_recovery", "staged_upgrade")


def build() -> None:
    say("binaries of the embedded hub (minutes the first time)")
    if subprocess.run([str(ROOT / "tests" / "hub" / "hub"), "build"], cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        TALLY.failed += 1
        TALLY.broken.append("hub build")


def unit() -> None:
    seed = units.seed()
    say(f"units in random order; SEED={seed} make unit repeats it")
    pytest("unit", *units.arguments(seed))
    print(units.table(units.packages())[0], flush=True)
    check("coverage of the packages", [str(BIN / "python"), "tests/tools/units.py", "--packages"])
    check("go test minikubelet", [str(ROOT / "tests" / "hub" / "hub"), "go-test"])


def lint() -> None:
    python = str(BIN / "python")
    check("ruff", [str(BIN / "ruff"), "check", "plugins", "tests"])
    check("ruff format", [str(BIN / "ruff"), "format", "--check", "plugins", "tests"])
    types = [str(BIN / "mypy"), "--config-file", str(ROOT / "pyproject.toml")]
    packages = sorted(p.name for p in (ROOT / "plugins" / "module_utils").glob("_[a-z]*") if p.name not in HALF_TYPED)
    strict = [word for name in packages for word in ("-p", f"{PACKAGE}.{name}")]
    check("mypy strict", [*types, "--strict", *strict], COLLECTIONS)
    check("mypy", [*types, "-p", PACKAGE, "-p", MODULES], COLLECTIONS)
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
    if tier() == TIERS[0]:
        configs.append("short.yml")
        left_out = [word for name in ROLES_OF_INTEGRATION for word in ("--exclude", name)]
    bases = [word for name in configs for word in ("--base-config", str(ROOT / "extensions" / "molecule" / name))]
    check("molecule", [str(BIN / "molecule"), *bases, "test", "--all", *left_out])


def smoke(*cores: str) -> None:
    """The main story as an ordinary module on older cores whose Python is on this machine."""
    for core in cores:
        if core_is_there(core):
            variables = {"HYPERSHIFT_TEST_BIN": str(ROOT / "build" / "venvs" / core / "bin"), "HYPERSHIFT_TEST_TIER": "all"}
            pytest(
                f"core {core}",
                f"tests/integration/{SMOKE}",
                "-k",
                "module",
                HYPERSHIFT_TEST_PART=f"core-{core.replace('.', '-')}",
                **variables,
            )


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
    # The longest first, so that the lanes end at about the same time.
    "integration-etcd": partial(integration, "etcd"),
    "integration-fleet": partial(integration, "fleet"),
    "integration-hub": partial(integration, "hub"),
    "integration-engine": partial(integration, "engine"),
    "molecule": molecule,
    "sanity": sanity,
    "lint": lint,
    "smoke": partial(smoke, OLDER_CORES[0]),
    "sanity-oldest": sanity_oldest,
    "own-definitions": own_definitions,
    "smoke-others": partial(smoke, *OLDER_CORES[1:]),
    "soak": soak,
}
