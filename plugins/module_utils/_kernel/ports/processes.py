# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The port to processes of this machine: who we are, and whether another one still lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Holder:
    """A process: machine it runs on (with its process namespace), process id with its start, and a random part."""

    machine: str
    process: str
    mark: str

    @property
    def text(self) -> str:
        return f"{self.machine}/{self.process}/{self.mark}"

    @staticmethod
    def of(text: str) -> Holder | None:
        parts = text.split("/")
        return Holder(*parts) if len(parts) == 3 and all(parts) else None


class Processes(Protocol):
    """Never raises."""

    def this(self, mark: str) -> Holder:
        """Identity of this process; mark: its random part."""

    def lives(self, process: str) -> bool:
        """Whether ``Holder.process`` is a process of this machine."""
