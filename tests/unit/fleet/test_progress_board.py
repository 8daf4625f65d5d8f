# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Callback fleet_progress: what it makes of results, how it prints, and that it never disturbs a run."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible_collections.hypershift.core.plugins.callback import fleet_progress
from ansible_collections.hypershift.core.plugins.plugin_utils._pinned_lines import PAUSE, PinnedLines

from builders.unprintable import ALL, acted_on

IDS = ("a.clusters.east", "b.clusters.east", "c.clusters.west")


class Display:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.warnings: list[str] = []
        self.verbosity = 0

    def display(self, line: str, *_more: Any, **_named: Any) -> None:
        self.lines.append(line)

    def warning(self, line: str) -> None:
        self.warnings.append(line)


@pytest.fixture
def display() -> Display:
    return Display()


@pytest.fixture
def callback(display: Display, monkeypatch: pytest.MonkeyPatch) -> fleet_progress.CallbackModule:
    """Its output is no terminal."""
    definitions = yaml.safe_load(fleet_progress.DOCUMENTATION)["options"]
    constants.config.initialize_plugin_configuration_definitions("callback", fleet_progress.CallbackModule.CALLBACK_NAME, definitions)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    found = fleet_progress.CallbackModule(display)
    found._load_name = fleet_progress.CallbackModule.CALLBACK_NAME
    found.set_options()
    return found


def result(module: str, host: str, found: dict[str, Any] | None, role: str = "hypershift.core.staged_upgrade", **args: Any) -> Any:
    task = SimpleNamespace(action=module, args=args, _role=SimpleNamespace(get_name=lambda: role) if role else None)
    return SimpleNamespace(task=task, host=SimpleNamespace(get_name=lambda: host), result=found)


def older(module: str, host: str, found: dict[str, Any]) -> Any:
    """As cores before 2.19 hand it over."""
    new = result(module, host, found)
    return SimpleNamespace(_task=new.task, _host=new.host, _result=new.result)


def gate_row(id: str, position: int = 0, **more: Any) -> dict[str, Any]:
    name, namespace, hub = id.split(".")
    about = {"id": id, "hub": hub, "namespace": namespace, "name": name, "wave": "canary", "batch": 0, "steps": 2}
    return {**about, "position": position, "finished": position == 2, "problem": {}, "msg": "", **more}


def gate(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"changed": True, "gate": {"campaign": "autumn", "clusters": list(rows)}}


def waited(id: str, outcome: str, summary: str) -> dict[str, Any]:
    return {"namespace": id.split(".")[1], "name": id.split(".")[0], "outcome": outcome, "summary": summary}


def play_a_batch(callback: fleet_progress.CallbackModule) -> None:
    """Three clusters: one gets there, one fails in its wait, one is not let through."""
    closed = gate_row(IDS[2], problem={"code": "window_closed", "cause": "no maintenance window is open"}, msg="x")
    callback.v2_playbook_on_play_start(None)
    callback.v2_runner_on_ok(
        result("hypershift.core.upgrade_gate", IDS[0], gate(gate_row(IDS[0]), gate_row(IDS[1]), closed), phase="before")
    )
    callback.v2_runner_on_failed(result("ansible.builtin.fail", IDS[2], {"failed": True, "msg": "not let through"}))
    for id in IDS[:2]:
        callback.v2_runner_on_ok(
            result("hypershift.core.hosted_cluster_upgrade", id, {"changed": True, "from_version": "4.20.3", "to_version": "4.21.5"})
        )
    rows = [waited(IDS[0], "done", "4.21.5 completed"), waited(IDS[1], "hopeless", "the release image cannot be pulled")]
    callback.v2_runner_on_ok(result("hypershift.core.hosted_cluster_wait", IDS[0], {"failed": False, "wait": {"clusters": rows}}))
    callback.v2_runner_on_ok(result("hypershift.core.nodepool_upgrade", IDS[0], {"changed": True}))
    callback.v2_runner_on_ok(
        result("hypershift.core.hosted_cluster_wait", IDS[0], {"wait": {"clusters": [waited(IDS[0], "done", "3/3 nodes")]}})
    )
    callback.v2_runner_on_ok(result("hypershift.core.upgrade_gate", IDS[0], gate(gate_row(IDS[0], 2), gate_row(IDS[1], 0)), phase="after"))


def test_a_batch_is_told_by_changes_of_state_and_a_table_at_its_end(callback: fleet_progress.CallbackModule, display: Display) -> None:
    play_a_batch(callback)
    assert display.lines == [
        "[c.clusters.west] step 0/2, failed: no maintenance window is open",
        "[a.clusters.east] step 0/2, running: control plane to 4.21.5",
        "[b.clusters.east] step 0/2, running: control plane to 4.21.5",
        "[b.clusters.east] step 0/2, failed: the release image cannot be pulled",
        "[a.clusters.east] step 2/2, done",
    ]
    display.lines.clear()
    callback.v2_playbook_on_stats(None)
    assert display.lines[0] == "Batch 1, wave canary: 3 hosted clusters, 2 failed, 1 done"
    assert [re.split(r"\s{2,}", line)[:3] for line in display.lines[1:]] == [
        ["CLUSTER", "STEP", "STATE"],
        ["b.clusters.east", "0/2", "failed"],
        ["c.clusters.west", "0/2", "failed"],
        ["a.clusters.east", "2/2", "done"],
    ]
    assert display.warnings == []


def test_the_next_batch_begins_with_an_empty_table(callback: fleet_progress.CallbackModule, display: Display) -> None:
    play_a_batch(callback)
    callback.v2_playbook_on_play_start(None)
    display.lines.clear()
    callback.v2_runner_on_ok(result("upgrade_gate", "d.clusters.east", gate(gate_row("d.clusters.east")), phase="before"))
    callback.v2_playbook_on_stats(None)
    assert display.lines[0] == "Batch 2, wave canary: 1 hosted clusters, 1 waiting" and len(display.lines) == 3


def test_the_first_gate_tells_of_the_campaign_and_fills_no_table(callback: fleet_progress.CallbackModule, display: Display) -> None:
    callback.v2_runner_on_ok(result("hypershift.core.upgrade_gate", "localhost", gate(*(gate_row(id) for id in IDS)), phase="start"))
    callback.v2_playbook_on_play_start(None)
    assert display.lines == []
    callback.v2_runner_on_ok(result("hypershift.core.hosted_cluster_upgrade", IDS[0], {"to_version": "4.21.5"}))
    assert display.lines == ["[a.clusters.east] step 0/2, running: control plane to 4.21.5"]


def test_older_cores_hand_results_over_by_other_names(callback: fleet_progress.CallbackModule, display: Display) -> None:
    callback.v2_runner_on_ok(older("hypershift.core.upgrade_gate", IDS[0], gate(gate_row(IDS[0], 2))))
    assert display.lines == ["[a.clusters.east] step 2/2, done"]


def test_a_wait_names_no_hub_the_host_that_waits_does(callback: fleet_progress.CallbackModule, display: Display) -> None:
    twins = ("a.clusters.east", "a.clusters.west")
    callback.v2_runner_on_ok(result("upgrade_gate", twins[0], gate(*(gate_row(id) for id in twins))))
    callback.v2_runner_on_ok(result("hosted_cluster_wait", twins[1], {"wait": {"clusters": [waited(twins[1], "hopeless", "no")]}}))
    assert display.lines == ["[a.clusters.west] step 0/2, failed: no"]


@pytest.mark.parametrize(
    ("module", "host", "found", "role"),
    [
        ("ansible.builtin.debug", IDS[0], {"msg": "x"}, "hypershift.core.staged_upgrade"),
        ("hypershift.core.hosted_cluster_wait", "web1", {"wait": {"clusters": [waited(IDS[0], "done", "x")]}}, ""),
        ("hypershift.core.hosted_cluster_upgrade", "web1", {"from_version": "1"}, "mine"),
    ],
)
def test_other_plays_are_left_alone(
    module: str, host: str, found: dict[str, Any], role: str, callback: fleet_progress.CallbackModule, display: Display
) -> None:
    callback.v2_playbook_on_play_start(None)
    callback.v2_runner_on_ok(result(module, host, found, role))
    callback.v2_runner_on_failed(result("ansible.builtin.fail", host, {"msg": "x"}, "mine"))
    callback.v2_playbook_on_stats(None)
    assert display.lines == [] and display.warnings == []


def test_an_ignored_failure_is_none(callback: fleet_progress.CallbackModule, display: Display) -> None:
    callback.v2_runner_on_ok(result("upgrade_gate", IDS[0], gate(gate_row(IDS[0]))))
    callback.v2_runner_on_failed(result("ansible.builtin.uri", IDS[0], {"msg": "x"}), ignore_errors=True)
    assert display.lines == []
    callback.v2_runner_on_unreachable(result("ansible.builtin.uri", IDS[0], {"msg": "no way"}))
    assert display.lines == ["[a.clusters.east] step 0/2, failed: no way"]


@pytest.mark.parametrize(
    "found",
    [
        None, {}, {"gate": None}, {"gate": {"clusters": None}}, {"gate": {"clusters": ["x", {}]}}, {"gate": {"clusters": [{"id": IDS[0], "steps": "many"}]}},
        {"wait": []}, {"wait": {"clusters": [{}]}}, {"wait": {"clusters": [{"name": None, "outcome": 3}]}}, {"gate": {"clusters": {"a": 1}}},
        {"gate": {"clusters": [{"id": IDS[0], "problem": "x"}]}, "wait": {"clusters": [waited(IDS[0], "else", "")]}},
    ],
)  # fmt: skip
def test_missing_and_strange_keys_do_not_break_it(found: Any, callback: fleet_progress.CallbackModule, display: Display) -> None:
    for module in ("upgrade_gate", "hosted_cluster_wait", "upgrade_record", "nodepool_upgrade", "hosted_cluster_upgrade"):
        callback.v2_runner_on_ok(result(module, IDS[0], found))
        callback.v2_runner_on_failed(result(module, IDS[0], found))
    callback.v2_playbook_on_stats(None)
    assert display.warnings == []


def test_a_defect_is_said_once_and_does_not_reach_the_run(callback: fleet_progress.CallbackModule, display: Display) -> None:
    for _turn in range(3):
        callback.v2_runner_on_ok(SimpleNamespace(task=SimpleNamespace(action="upgrade_gate"), host=object(), result={}))
    assert display.warnings == ["fleet_progress shows nothing more: AttributeError. The run itself goes on."]


class Terminal(io.StringIO):
    """A screen of 20 lines of 60 that obeys what the callback sends."""

    height, width = 20, 60

    def __init__(self) -> None:
        super().__init__()
        self.screen = [""] * self.height
        self.row, self.saved, self.bottom = 0, 0, self.height - 1

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        for part in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|\x1b[78]|\n|[^\x1b\n]+", text):
            self._obey(part)
        return len(text)

    def _obey(self, part: str) -> None:
        if part == "\x1b7":
            self.saved = self.row
        elif part == "\x1b8":
            self.row = self.saved
        elif part == "\n":
            if self.row == self.bottom:
                self.screen[: self.bottom + 1] = [*self.screen[1 : self.bottom + 1], ""]
            else:
                self.row = min(self.row + 1, self.height - 1)
        elif part.startswith("\x1b["):
            numbers = [int(n) for n in part[2:-1].split(";") if n]
            if part.endswith("H"):
                self.row = numbers[0] - 1
            elif part.endswith("A"):
                self.row = max(0, self.row - numbers[0])
            elif part.endswith("K"):
                self.screen[self.row] = ""
            elif part.endswith("r"):
                self.bottom = numbers[1] - 1 if numbers else self.height - 1
        else:
            self.screen[self.row] += part


@pytest.fixture
def terminal(callback: fleet_progress.CallbackModule, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    found = Terminal()
    callback._pinned = PinnedLines(found, 6, clock=lambda: 0.0, size=lambda: (found.width, found.height))
    return found


def test_on_a_terminal_the_table_stays_below_what_scrolls(
    callback: fleet_progress.CallbackModule, display: Display, terminal: Terminal
) -> None:
    terminal.write("\n" * 25)
    callback.v2_runner_on_ok(
        result("upgrade_gate", IDS[0], gate(*(gate_row(id) for id in IDS), gate_row("d.clusters.east"), gate_row("e.clusters.east")))
    )
    callback.v2_runner_on_failed(result("ansible.builtin.fail", IDS[2], {"msg": "too bad " * 20}))
    for number in range(40):
        terminal.write(f"line {number}\n")
    assert terminal.screen[14].startswith("wave canary: 5 hosted clusters, 1 failed, 4 waiting")
    assert terminal.screen[16].startswith("c.clusters.west") and len(terminal.screen[16]) < terminal.width
    assert terminal.screen[19] == "and 2 more" and terminal.screen[12] == "line 39" and terminal.screen[0] == "line 27"
    assert display.lines == []
    callback.v2_playbook_on_stats(None)
    assert terminal.bottom == terminal.height - 1 and terminal.screen[14:] == [""] * 6
    assert len(display.lines) == 7, "the whole table stays in the log"


def test_the_table_takes_as_many_lines_as_it_has(callback: fleet_progress.CallbackModule, terminal: Terminal) -> None:
    terminal.write("\n" * 25 + "before\n")
    callback.v2_runner_on_ok(result("upgrade_gate", IDS[0], gate(gate_row(IDS[0], 2))))
    assert terminal.screen[15] == "before" and terminal.screen[19].startswith("a.clusters.east")
    callback.v2_runner_on_ok(result("upgrade_gate", IDS[0], gate(gate_row(IDS[1], 2))))
    assert terminal.screen[14] == "before" and [line.split()[0] for line in terminal.screen[17:]] == ["CLUSTER", *IDS[:2]]


def test_a_text_of_a_cluster_does_not_command_the_terminal(callback: fleet_progress.CallbackModule, terminal: Terminal) -> None:
    callback.v2_runner_on_ok(result("upgrade_gate", IDS[0], gate(gate_row(IDS[0]))))
    callback.v2_runner_on_failed(result("ansible.builtin.fail", IDS[0], {"msg": "a\x1b[2Jb\rc\x07"}))
    assert "a[2Jb" in " ".join(terminal.screen)


def test_lines_hold_nothing_unprintable_and_no_secret(callback: fleet_progress.CallbackModule, display: Display) -> None:
    """Of a cluster's name too, and of what any module of anybody says in the role."""
    text = f"{ALL}failed, pass\u200bword=correct-horse"
    callback.v2_runner_on_ok(result("upgrade_gate", IDS[0], gate(gate_row(IDS[0]), gate_row(f"b{ALL}.clusters.east"))))
    callback.v2_runner_on_failed(result("ansible.builtin.uri", IDS[0], {"msg": text}))
    callback.v2_playbook_on_stats(None)
    assert any("failed, password=<hidden>" in line for line in display.lines) and display.warnings == []
    assert acted_on("".join(display.lines)) == set()


def test_it_draws_no_more_often_than_is_useful() -> None:
    stream, now, made = Terminal(), [0.0], [0]

    def lines(_limit: int) -> list[str]:
        made[0] += 1
        return ["x"]

    pinned = PinnedLines(stream, 6, clock=lambda: now[0], size=lambda: (60, 20))
    for _turn in range(1000):
        pinned.show(lines)
        now[0] += PAUSE / 100
    assert made[0] <= 11
    pinned.show(lines, urgent=True)
    assert made[0] <= 12
    pinned.leave()


def test_a_screen_that_is_too_small_gets_nothing() -> None:
    stream = Terminal()
    PinnedLines(stream, 12, size=lambda: (80, 5)).show(lambda limit: ["x"] * limit, urgent=True)
    assert stream.screen == [""] * 20
