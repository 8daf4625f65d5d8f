# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The action behind every module: runs the operation inside the worker when the target is the controller itself.

Elsewhere, and with become, environment, async or another interpreter, the ordinary module runs. Both run the same
operation.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._ansible.edge import Entry, options_refused, run_operation, secret_for_later

display = Display()


class InProcess(ActionBase):  # type: ignore[misc]
    """Base of the actions; each names its entry at class level, so that the parent process imports it once for all
    workers."""

    entry: Entry
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars or {})
        variables = task_vars or {}
        # Checked here on both ways: a module that refuses its options repeats them at -vvv, also a secret that was put
        # in a wrong place.
        checked = ArgumentSpecValidator(self.entry.spec, **self.entry.constraints).validate(self._task.args)
        secret = bool(self.entry.secret_result and checked.validated_parameters.get(self.entry.secret_result))
        if checked.error_messages:
            outcome = options_refused(f"hypershift.core.{self.entry.name}", checked.errors)
        elif secret and self._task.async_val and not self._task.poll:
            outcome = secret_for_later(self.entry.secret_result)
        elif self._belongs_elsewhere(variables):
            if secret:  # what async_status fetches is printed: such a task waits here instead
                self._task.async_val = 0
            wrap = bool(self._task.async_val) and not self._connection.has_native_async
            outcome = self._execute_module(
                module_name=f"hypershift.core.{self.entry.name}", task_vars=variables, wrap_async=wrap
            )
        else:
            outcome = run_operation(
                self.entry, checked.validated_parameters, bool(self._task.check_mode), display.display
            )
        if not self._task.diff:
            outcome.pop("diff", None)
        result.update(outcome)
        if secret and not result.get("failed"):
            result["_ansible_no_log"] = True  # a failure holds no secret, and hiding it would hide its reason
        return result

    def _belongs_elsewhere(self, variables: dict[str, Any]) -> bool:
        interpreter = str(self._value(variables, "ansible_python_interpreter") or sys.executable)
        return bool(
            self._connection.transport != "local"
            or self._play_context.become
            or self._task.async_val
            or any(self._task.environment or [])
            or not (interpreter.startswith("auto") or _is_ours(interpreter))
            or str(self._value(variables, "hypershift_in_process", True)).lower() in ("false", "no", "0")
        )

    def _value(self, variables: dict[str, Any], name: str, default: Any = None) -> Any:
        """A variable with its own templates resolved: task_vars hold them as they were written."""
        return self._templar.template(variables.get(name, default))


def _is_ours(interpreter: str) -> bool:
    """Whether a path names the running Python: python, python3 and python3.13 of one environment are the same."""
    return interpreter == sys.executable or (
        os.path.dirname(interpreter) == os.path.dirname(sys.executable)
        and os.path.realpath(interpreter) == os.path.realpath(sys.executable)
    )
