# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What all parts of the runner share."""

from __future__ import annotations

from typing import Any

Obj = dict[str, Any]


class NotYet(Exception):
    """Something that a pod needs is missing still; the message becomes the container's waiting message."""
