# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A real management cluster without a container engine, for the demo and the tests."""

from __future__ import annotations

from .containers import Bind, Container
from .errors import ApiError, HubError
from .hub import EmbeddedHub

__all__ = ["ApiError", "Bind", "Container", "EmbeddedHub", "HubError"]
