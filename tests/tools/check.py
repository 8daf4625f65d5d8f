# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What CI checks: `check.py [--tier test|all|soak] [stage ...]`; without stages all those of the tier (docs/testing.md). The counts come last.

Stages run three at a time: those with a management cluster wait for a third of their time. Each is named with its seconds at the end;
build/reports has the logs and the slowest tests.
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import threading
import time
import traceback

from checks import LOCK, REPORTS, STARTED, TALLY, say, slowest
from stages import STAGES, TIERS

GROUPS = {"integration": [name for name in STAGES if name.startswith("integration-")]}
FIRST = ("build", "unit")  # alone: everything needs the one, and the other is fast and uses both cores
ONLY_ALL = ("sanity-oldest", "own-definitions", "smoke-others")
NO_HUB = {"build", "unit", "lint", "sanity", "sanity-oldest"}
LANES = 3
SECONDS: dict[str, float] = {}


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


def side_by_side(stages: list[str]) -> None:
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

    lanes = [threading.Thread(target=lane) for _ in range(LANES)]
    for one in lanes:
        one.start()
    for one in lanes:
        one.join()


def summary() -> None:
    lines = [f"{seconds:7.0f}  {stage}" for stage, seconds in SECONDS.items()]
    say(
        "\n".join(
            [f"seconds of each stage, {LANES} at a time after the first two:", *lines, f"{time.monotonic() - STARTED:7.0f}  all of it"]
        )
    )
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
    os.environ["HYPERSHIFT_TEST_TIER"] = given.tier
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
        side_by_side([stage for stage in chosen if stage not in FIRST])
    summary()
    print(f"{TALLY.passed} passed, {TALLY.failed} failed, {TALLY.skipped} skipped", flush=True)
    return 1 if TALLY.failed else 0


if __name__ == "__main__":
    sys.exit(main())
