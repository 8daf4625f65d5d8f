# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# ruff: noqa: E402 (documentation comes before imports)

from __future__ import annotations

DOCUMENTATION = r"""
name: fleet_progress
type: aggregate
short_description: Table of the hosted clusters that an upgrade campaign works on
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- 'Shows, beside the usual output, where each hosted cluster of the batch is: step, state, and what it waits for.'
- On a terminal the table stays in the last lines of the screen. Elsewhere a line is printed when the state of a hosted
  cluster changes, and the table at the end of each batch.
- Takes part in plays with role C(hypershift.core.staged_upgrade) or the module M(hypershift.core.upgrade_gate), and is
  silent in all others.
- Opt-in, as C(callbacks_enabled = hypershift.core.fleet_progress) in F(ansible.cfg) or in E(ANSIBLE_CALLBACKS_ENABLED).
  It sends no request, and a defect of it ends itself, never the run.
options:
  pinned:
    description:
    - Keep the table in the last lines of a terminal.
    type: bool
    default: true
    env:
    - name: HYPERSHIFT_FLEET_PROGRESS_PINNED
    ini:
    - section: callback_hypershift_fleet_progress
      key: pinned
  lines:
    description:
    - Most lines that the table takes on a terminal; hosted clusters that failed or are worked on come first. Never more
      than half of it.
    type: int
    default: 12
    env:
    - name: HYPERSHIFT_FLEET_PROGRESS_LINES
    ini:
    - section: callback_hypershift_fleet_progress
      key: lines
requirements:
- to be enabled in the configuration
"""

EXAMPLES = r"""
# ansible.cfg
# [defaults]
# callbacks_enabled = hypershift.core.fleet_progress
"""

import os
import sys
from typing import Any

from ansible.plugins.callback import CallbackBase

from ..module_utils._fleet.progress_board import Board, Row
from ..plugin_utils._pinned_lines import PinnedLines

ROLE = "staged_upgrade"
_CHANGES = {"hosted_cluster_upgrade": "control plane", "nodepool_upgrade": "node pools"}
_TOLD_BY = ("upgrade_gate", "hosted_cluster_wait", "upgrade_record", *_CHANGES)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "hypershift.core.fleet_progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, display: Any = None, options: Any = None) -> None:
        super().__init__(display, options)
        self._known: dict[str, Any] = {}
        self._board = Board(self._known)
        self._batch = 0
        self._broken = False
        self._pinned: PinnedLines | None = None

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
        usable = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb" and self.get_option("pinned")
        self._pinned = PinnedLines(sys.stdout, self.get_option("lines")) if usable else None

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Each batch of a play begins with this."""
        self._safely(self._end_batch)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._safely(self._end_batch)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._safely(self._take, result, False)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._safely(self._take, result, not ignore_errors)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._safely(self._take, result, True)

    def _safely(self, work: Any, *arguments: Any) -> None:
        """Nothing that goes wrong here may reach the run; it is said once, and then this callback is silent."""
        if self._broken:
            return
        try:
            work(*arguments)
        except Exception as error:
            self._broken = True
            self._display.warning(f"fleet_progress shows nothing more: {type(error).__name__}. The run itself goes on.")
            if self._pinned:
                self._pinned.leave()

    def _take(self, result: Any, failed: bool) -> None:
        task, host, found = _parts(result)
        module = str(getattr(task, "action", "")).rpartition(".")[2]
        if module not in _TOLD_BY and not (failed and _role(task) == ROLE):
            return
        if module == "upgrade_gate" and (getattr(task, "args", None) or {}).get("phase") == "start":
            self._board.learn(found)
            return
        self._tell(self._board.take(host, found, failed, _CHANGES.get(module, "")))

    def _tell(self, changed: list[Row]) -> None:
        if self._pinned:
            if self._board.rows:
                self._pinned.show(self._board.lines, urgent=bool(changed))
            return
        for row in changed:
            cluster, step, state, summary = row.cells()
            self._display.display(f"[{cluster}] step {step}, {state}{': ' if summary else ''}{summary}")

    def _end_batch(self) -> None:
        if self._board.rows:
            self._batch += 1
            if self._pinned:
                self._pinned.leave()
            title, *rows = self._board.lines()
            for line in (f"Batch {self._batch}, {title}", *rows):
                self._display.display(line)
        self._board = Board(self._known)


def _parts(result: Any) -> tuple[Any, str, dict[str, Any]]:
    """Task, name of the host, and result, by the names of core 2.19 or the older ones."""
    task, host, found = (
        getattr(result, name, None) or getattr(result, f"_{name}", None) for name in ("task", "host", "result")
    )
    return task, str(host.get_name() if host is not None else ""), found if isinstance(found, dict) else {}


def _role(task: Any) -> str:
    role = getattr(task, "_role", None)
    return str(role.get_name()).rpartition(".")[2] if role is not None else ""
