# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tasks without Ansible around them, in this process: the same specification, operation and result, for a tenth of the CPU time.

For tests that look at what an operation does. What Ansible adds (templates, paths, no_log, what is printed) is seen by those that play.
"""

from __future__ import annotations

import importlib
import json
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import options_refused, run_operation

Result = dict[str, Any]
Say = Callable[[str], object]
COLLECTION = "hypershift.core."
_ENTRIES = "ansible_collections.hypershift.core.plugins.modules"
_PLAIN = {"name", "ignore_errors", "check_mode"}


def module_of(task: dict[str, Any]) -> str:
    return next((key for key in task if key.startswith(COLLECTION)), "")


def can_run(tasks: Sequence[dict[str, Any]]) -> bool:
    """Whether all of them are plain modules of ours, without templates, variables or conditions."""
    return all(module_of(task) and set(task) - {module_of(task)} <= _PLAIN for task in tasks) and "{{" not in json.dumps(tasks, default=str)


def run(name: str, options: dict[str, Any], check: bool = False, say: Say = lambda line: None, kubeconfig: str = "") -> Result:
    """A module as the action runs it. kubeconfig: used when the options name no management cluster, as the environment would be."""
    entry = importlib.import_module(f"{_ENTRIES}.{name}").ENTRY
    given = dict(options or {})
    if kubeconfig and "kubeconfig" in entry.spec and not {"kubeconfig", "host", "api_key"} & set(given):
        given["kubeconfig"] = kubeconfig
    checked = ArgumentSpecValidator(entry.spec, **entry.constraints).validate(given)
    if checked.error_messages:
        return options_refused(f"{COLLECTION}{name}", checked.errors)
    result: Result = json.loads(json.dumps(run_operation(entry, checked.validated_parameters, check, say), default=str))
    if not check:
        result.pop("diff", None)  # the action shows it with --diff alone
    return result


def in_time(seconds: float, work: Callable[[], Result]) -> Result:
    found: list[Result] = []
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        raise AssertionError(f"the task did not end in {seconds:.0f} s")
    return found[0]


def run_all(tasks: Sequence[dict[str, Any]], check: bool, kubeconfig: str, limit: float) -> tuple[int, str, list[dict[str, Any]]]:
    """Exit code, lines and records of the tasks, as a playbook of them would have; it ends with the first failure that is not ignored."""
    lines: list[str] = []
    records: list[dict[str, Any]] = []
    for task in tasks:
        key = module_of(task)
        checking = bool(task.get("check_mode", check))
        work = partial(run, key.removeprefix(COLLECTION), task[key], checking, lines.append, kubeconfig)
        started = time.time()
        result = in_time(limit, work)
        failed = bool(result.get("failed"))
        told = {"task": task.get("name", key), "state": "failed" if failed else "ok", "host": "localhost", "result": result}
        records.append({**told, "started": started, "ended": time.time()})
        lines += [f"[WARNING]: {text}" for text in result.get("warnings", [])]
        if failed:
            lines.append(f"fatal: [localhost]: FAILED! => {result['msg']}")
            if not task.get("ignore_errors"):
                return 2, "\n".join(lines), records
    return 0, "\n".join(lines), records
