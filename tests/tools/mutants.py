# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Do the unit tests see what is wrong? Changes one thing at a time in a copy of the checkout and runs the tests that cover it.

mutants.py _clusters _health/deletion_blockers.py --seed 7 --count 12    a sample of so many mutants per module
mutants.py --named                                                 the mutants of tests/tools/mutants_named.yml, each by its own tests

The checkout itself is never changed. Which tests cover a line is measured once per state of plugins and tests (build/mutants/coverage).
"""

from __future__ import annotations

import argparse
import compileall
import itertools
import os
import py_compile
import queue
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

import mutations
from covering import ROOT, UTILS, WORK, Covering, contexts

NAMED = Path(__file__).with_name("mutants_named.yml")
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.yml")
LIMIT = 90.0  # seconds of the tests of one mutant; a mutant that never ends is noticed as well
PLAIN = ("-x", "-q", "--no-header", "--tb=short")


@dataclass(frozen=True)
class Mutant:
    """One change: the module below plugins/module_utils, its line, what it says, and the module's whole new text."""

    module: str
    line: int
    change: str
    text: str
    tests: tuple[str, ...]
    chosen: bool = False  # tests were named, not measured: they have not yet been seen to pass


@dataclass(frozen=True)
class Outcome:
    mutant: Mutant
    verdict: str  # killed, survived, equivalent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", help="packages or files below plugins/module_utils")
    parser.add_argument("--named", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10, help="mutants per module, 0: all of them")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--tests", nargs="*", help="run these instead of the tests that were measured to cover the line")
    given = parser.parse_args()
    if given.named:
        mutants = named()
    else:
        covering = None if given.tests else contexts()
        mutants = [m for module in modules(given.subjects) for m in sampled(module, given, covering)]
    outcomes = run_all(mutants, given.jobs)
    print(table(outcomes), flush=True)
    missed = [o.mutant for o in outcomes if o.verdict == "survived"]
    for mutant in missed:
        print(f"survived {UTILS / mutant.module}:{mutant.line}: {mutant.change}")
    return 1 if given.named and missed else 0


def named() -> list[Mutant]:
    """The mutants that once survived and mattered. Raises SystemExit when one is no longer in the source."""
    found = []
    for row in yaml.safe_load(NAMED.read_text()):
        text = (ROOT / UTILS / row["module"]).read_text()
        if text.count(row["was"]) != 1:
            raise SystemExit(f"{NAMED.name}: {row['module']} holds this {text.count(row['was'])} times, not once: {row['was']}")
        line = text[: text.index(row["was"])].count("\n") + 1
        change = f"{row['was']} -> {row['becomes']}"
        found.append(Mutant(row["module"], line, change, text.replace(row["was"], row["becomes"]), tuple(row["tests"]), True))
    return found


def modules(subjects: Iterable[str]) -> list[str]:
    found: list[str] = []
    for subject in subjects:
        path = ROOT / UTILS / subject
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        found += [str(f.relative_to(ROOT / UTILS)) for f in files if f.name != "__init__.py"]
    return found


def sampled(module: str, given: argparse.Namespace, covering: Covering | None) -> list[Mutant]:
    """The same mutants for the same seed, whatever other modules are asked for."""
    source = (ROOT / UTILS / module).read_text()
    changes = mutations.of(source)
    random.Random(f"{given.seed} {module}").shuffle(changes)
    good = ((change, text) for change in changes if (text := change.applied(source)) is not None)
    chosen = sorted(itertools.islice(good, given.count or None), key=lambda pair: (pair[0].line, pair[0].says))
    if covering is None:
        return [Mutant(module, c.line, c.says, text, tuple(given.tests), True) for c, text in chosen]
    return [Mutant(module, c.line, c.says, text, covering.of(module, c.line, c.until)) for c, text in chosen]


def copies(count: int) -> queue.Queue[Path]:
    """Copies of what git knows and of what is new, with the collection tree that every tool insists on."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    places: queue.Queue[Path] = queue.Queue()
    for number in range(count):
        place = WORK / f"copy-{number}"
        shutil.rmtree(place, ignore_errors=True)
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, place / name)
        tree = place / "build" / "collections" / "ansible_collections"
        (tree / "hypershift").mkdir(parents=True)
        for other in (ROOT / "build" / "collections" / "ansible_collections").iterdir():
            if other.is_dir() and other.name != "hypershift":
                (tree / other.name).symlink_to(other)
        (tree / "hypershift" / "core").symlink_to(place, target_is_directory=True)
        # By hash: a mutant of the same size, written within the same second, would otherwise run as the one before it.
        compileall.compile_dir(place / "plugins", quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
        places.put(place)
    return places


def run_all(mutants: list[Mutant], jobs: int) -> list[Outcome]:
    known = yaml.safe_load(EQUIVALENT.read_text()) or [] if EQUIVALENT.exists() else []
    equivalent = {(row["module"], row["change"]) for row in known}
    places = copies(jobs)
    if not mutants or mutants[0].chosen:
        prove_unchanged(places, {t for m in mutants for t in m.tests})

    def one(mutant: Mutant) -> Outcome:
        place = places.get()
        try:
            verdict = judged(mutant, place)
        finally:
            places.put(place)
        if verdict == "survived" and (mutant.module, mutant.change) in equivalent:
            verdict = "equivalent"
        print(f"{verdict:10} {mutant.module}:{mutant.line}: {mutant.change}  ({len(mutant.tests)} tests)", flush=True)
        return Outcome(mutant, verdict)

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, mutants))


def prove_unchanged(places: queue.Queue[Path], tests: set[str]) -> None:
    """Tests that fail without any mutant would kill them all."""
    place = places.get()
    if not tests or tests_end(place, sorted(tests), LIMIT * 10) != 0:
        print((place / "build" / "tests.log").read_text(errors="replace")[-4000:])
        raise SystemExit("the tests have to pass before mutants mean anything")
    places.put(place)


def judged(mutant: Mutant, place: Path) -> str:
    if not mutant.tests:
        return "survived"
    target = place / UTILS / mutant.module
    whole = target.read_text()
    try:
        target.write_text(mutant.text)
        code = tests_end(place, mutant.tests)
        if code == 4:  # a test named after a constant that the mutant changes has another name: its whole file then
            code = tests_end(place, sorted({t.partition("::")[0] for t in mutant.tests}))
    finally:
        target.write_text(whole)
    return "survived" if code in (0, 5) else "killed"


def tests_end(place: Path, tests: Iterable[str], limit: float = LIMIT) -> int:
    """Exit status of pytest: 0 passed, 1 to 3 failed, 4 a test was not found, 5 there was none."""
    arguments = place / "build" / "tests.txt"
    arguments.write_text("\n".join(tests))
    # Loading plugins that nothing here uses takes longer than most tests.
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(place / "build" / "collections"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", *PLAIN, f"@{arguments}"]
    process = subprocess.Popen(
        command,
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _none = process.communicate(timeout=limit)
        (place / "build" / "tests.log").write_bytes(output)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return 1
    # Pytest gives the same status when a module cannot be imported.
    return 1 if process.returncode == 4 and b"not found:" not in output else process.returncode


def table(outcomes: list[Outcome]) -> str:
    rows = ["| subject | mutants | killed | survived | equivalent | killed of the others |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    subjects = sorted({o.mutant.module for o in outcomes})
    for subject in [*subjects, ""]:
        own = [o.verdict for o in outcomes if subject in ("", o.mutant.module)]
        killed, equivalent = own.count("killed"), own.count("equivalent")
        rate = f"{100 * killed / max(1, len(own) - equivalent):.0f} %"
        rows.append(f"| {f'`{subject}`' if subject else 'all'} | {len(own)} | {killed} | {own.count('survived')} | {equivalent} | {rate} |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
