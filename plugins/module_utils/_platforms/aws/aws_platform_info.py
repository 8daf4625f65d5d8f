# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module aws_platform_info."""

from __future__ import annotations

from typing import Any

from ..._kernel.operation import Plan
from .account import AwsAccount


class AwsPlatformInfo:
    """Reads an account and nothing else."""

    def __init__(self, account: AwsAccount, options: dict[str, Any]) -> None:
        self._account = account
        self._options = options

    def plan(self) -> Plan:
        return Plan(unchanged=True, extra={"platform": self._account.read(self._options)})
