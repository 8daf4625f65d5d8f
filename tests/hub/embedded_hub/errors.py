# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Errors of the embedded hub, each one plain sentence with object, cause and next step."""

from __future__ import annotations


class HubError(Exception):
    """Something about the embedded hub failed in a way its user can act on."""


class PartExited(HubError):
    """A process of the hub ended while it was being waited for. lost_port: a port of it was taken, as its log says."""

    def __init__(self, message: str, lost_port: bool = False) -> None:
        super().__init__(message)
        self.lost_port = lost_port


class ApiError(HubError):
    """The API server answered with an error status."""

    def __init__(self, method: str, path: str, status: int, reason: str, message: str) -> None:
        super().__init__(f"{method} {path} was answered with {status} {reason}: {message}")
        self.status = status
        self.reason = reason
