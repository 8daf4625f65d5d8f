# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The door for all that others wrote and that goes to people, files, journals or variables."""

from __future__ import annotations

from typing import Any

from .printable import all_printable, one_line
from .secret_texts import all_without_secrets, without_secrets


def leaving(value: Any) -> Any:
    """A nested value fit to leave: printable, and without what looks like a secret.

    In this order: a mark that no terminal shows could stand in the middle of what is looked for.
    """
    return all_without_secrets(all_printable(value))


def leaving_line(text: str, most: int = 0) -> str:
    """The same for one line of a terminal, cut after ``most`` characters (0: not)."""
    return without_secrets(one_line(text, most))
