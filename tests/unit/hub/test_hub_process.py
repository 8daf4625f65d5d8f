# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_hub import process, stopper
from embedded_hub.errors import HubError, PartExited
from embedded_hub.paths import HubPaths

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[HubPaths]:
    found = HubPaths.of("one", tmp_path)
    found.create()
    yield found
    for record in found.run.glob("*.pid"):
        process.stop(found.run, record.stem, 0)


def spawn(paths: HubPaths, name: str, *argv: str) -> process.Identity:
    return process.spawn(paths.run, name, argv or ("sleep", "60"), paths.logs / f"{name}.log")


def test_a_started_process_is_recorded_and_ended(paths: HubPaths) -> None:
    identity = spawn(paths, "etcd")
    assert process.recorded(paths.run, "etcd") == identity
    assert process.running(paths.run, "etcd")
    assert process.stop(paths.run, "etcd", 10) == "stopped"
    assert not process.is_alive(identity)
    assert process.recorded(paths.run, "etcd") is None
    assert process.stop(paths.run, "etcd", 10) == "not started"


@pytest.mark.parametrize("change", [{"start_ticks": 1}, {"boot": "another"}])
def test_another_process_of_the_same_number_is_left_alone(paths: HubPaths, change: dict[str, object]) -> None:
    mine = spawn(paths, "mine")
    stale = dataclasses.replace(mine, **change)  # type: ignore[arg-type]
    process.pid_file(paths.run, "stale").write_text(json.dumps(dataclasses.asdict(stale)))
    assert not process.running(paths.run, "stale")
    process.stop(paths.run, "stale", 10)
    assert process.is_alive(mine)


def test_one_that_ignores_the_signal_is_killed(paths: HubPaths) -> None:
    identity = spawn(paths, "part", sys.executable, "-c", STUBBORN)
    log = paths.logs / "part.log"
    process.wait_until(lambda: "up" in log.read_text(), "part", 10, identity, log)
    assert process.stop(paths.run, "part", 0.1).startswith("killed")
    assert not process.is_alive(identity)


def test_waiting_ends_when_the_process_does(paths: HubPaths) -> None:
    identity = spawn(paths, "part", "sh", "-c", "echo no such option; exit 1")
    with pytest.raises(PartExited, match="no such option") as caught:
        process.wait_until(lambda: False, "part", 10, identity, paths.logs / "part.log")
    assert not caught.value.lost_port


def test_a_port_that_was_taken_is_read_from_the_whole_log(paths: HubPaths) -> None:
    """SeaweedFS says it, and then what each of its threads was at."""
    identity = spawn(paths, "part", "sh", "-c", "echo 'F listen tcp 127.0.0.1:1: bind: address already in use'; seq 200; exit 255")
    with pytest.raises(PartExited) as caught:
        process.wait_until(lambda: False, "part", 10, identity, paths.logs / "part.log")
    assert caught.value.lost_port


def test_waiting_ends_after_its_time(paths: HubPaths) -> None:
    identity = spawn(paths, "part")
    with pytest.raises(HubError, match="was not ready within 0 s"):
        process.wait_until(lambda: False, "part", 0, identity, paths.logs / "part.log")


def test_the_order_of_stopping(paths: HubPaths) -> None:
    lines: list[str] = []
    for name in stopper.PARTS:
        spawn(paths, name)
    assert all(stopper.alive(paths).values())
    stopper.stop_all(paths, lines.append)
    order = [line.split(":")[0] for line in lines]
    assert order[-2:] == ["kube-apiserver", "etcd"]
    assert set(order) == set(stopper.PARTS)
    assert stopper.alive(paths) == {}


def test_stopping_nothing_says_nothing(paths: HubPaths) -> None:
    stopper.stop_all(paths, lambda _line: pytest.fail("said something"))


def test_the_end_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert process.tail(log) == "(no log)"
    log.write_text("".join(f"{number}\n" for number in range(100)))
    assert process.tail(log, 2) == "98\n99"
