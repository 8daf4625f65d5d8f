# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The action plugin behind every module: runs the operation inside the worker when the target is the controller itself.

meta/runtime.yml routes all modules here. Elsewhere, and with become, environment, async or another interpreter, the ordinary module runs.
"""

from __future__ import annotations

import sys
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

# Imported here, once and in the parent process: each worker inherits them (design section 4).
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import SECRET_RESULTS, run_operation
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import CONSTRAINTS, SPECS

display = Display()


class ActionModule(ActionBase):  # type: ignore[misc]
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars or {})
        variables = task_vars or {}
        name = str(self._task.action).rsplit(".", 1)[-1]
        if self._belongs_elsewhere(variables):
            wrap = bool(self._task.async_val) and not self._connection.has_native_async
            outcome = self._execute_module(module_name=f"hypershift.core.{name}", task_vars=variables, wrap_async=wrap)
        else:
            outcome = self._run_here(name)
        if not self._task.diff:
            outcome.pop("diff", None)
        result.update(outcome)
        asked = SECRET_RESULTS.get(name)
        if asked and self._task.args.get(asked):
            result["_ansible_no_log"] = True
        return result

    def _belongs_elsewhere(self, variables: dict[str, Any]) -> bool:
        interpreter = str(variables.get("ansible_python_interpreter") or sys.executable)
        return bool(
            self._connection.transport != "local"
            or self._play_context.become
            or self._task.async_val
            or any(self._task.environment or [])
            or (interpreter != sys.executable and not interpreter.startswith("auto"))
            or str(variables.get("hypershift_in_process", True)).lower() in ("false", "no", "0")
        )

    def _run_here(self, name: str) -> dict[str, Any]:
        checked = ArgumentSpecValidator(SPECS[name], **CONSTRAINTS.get(name, {})).validate(self._task.args)
        if checked.error_messages:
            return {"failed": True, "changed": False, "msg": "; ".join(checked.error_messages)}
        return run_operation(name, checked.validated_parameters, bool(self._task.check_mode), display.display)
