# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module aws_object."""

from __future__ import annotations

from typing import Any

from ..._kernel.operation import Plan
from .account import AwsAccount, AwsStep


class AwsObject:
    """One object of AWS, by the steps that its kind still needs."""

    def __init__(self, account: AwsAccount, options: dict[str, Any]) -> None:
        self._account = account
        self._options = options
        self._steps: list[AwsStep] = []

    def plan(self) -> Plan:
        self._steps = self._account.steps(self._options)
        return Plan(foreseen=[step.as_dict() for step in self._steps], act=self._act)

    def _act(self, done: list[dict[str, Any]], _progress: Any) -> None:
        for step in self._steps:
            self._account.do(step)
            done.append(step.as_dict())
