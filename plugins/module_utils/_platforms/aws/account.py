# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The port to an account of AWS: what operations need, and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class AwsStep:
    """One write. verb: create, patch or delete. call: sends it."""

    object: str
    verb: str
    call: Callable[[], Any]
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """One entry of return value ``plan``."""
        why = self.why or ("it is not there" if self.verb == "create" else "it is there")
        return {"verb": self.verb, "object": self.object, "why": why, "disruptive": self.verb == "delete"}


class AwsAccount(Protocol):
    def read(self, question: dict[str, Any]) -> dict[str, Any]:
        """What belongs to a platform."""

    def steps(self, options: dict[str, Any]) -> list[AwsStep]:
        """What is left to do for one object; reads only."""

    def do(self, step: AwsStep) -> None:
        """Send one write."""
