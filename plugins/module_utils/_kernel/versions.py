# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""OpenShift versions and the platform's rules about them.

OpenShift 5.0 is 4.23 under another name (platform_facts#1.1): minors are compared on one line, offset 23.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

from .objects import lookup

_VERSION = re.compile(r"^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$")
_TAG = re.compile(
    r":(?P<version>v?\d+\.\d+\.\d+(?:-(?:ec|rc|fc|nightly|ci|konflux)[0-9A-Za-z.-]*?)?)(?:-(?P<arch>multi|x86_64"
    r"|amd64|aarch64|arm64|ppc64le|s390x))?$"
)
_MINOR_OFFSET = 23
MAX_POOL_SKEW = 3


@total_ordering
@dataclass(frozen=True, eq=False)
class Version:
    """major.minor.patch with an optional prerelease; ``line`` is the minor on the common 4.x line."""

    major: int
    minor: int
    patch: int = 0
    prerelease: str = ""

    @classmethod
    def parse(cls, text: str) -> Version | None:
        match = _VERSION.match(str(text).strip())
        if not match:
            return None
        major, minor, patch, pre = match.groups()
        return cls(int(major), int(minor), int(patch or 0), pre or "")

    @property
    def line(self) -> int:
        return self.minor if self.major <= 4 else (self.major - 5) * 100 + self.minor + _MINOR_OFFSET

    def _key(self) -> tuple[int, int, tuple[tuple[int, int, str], ...]]:
        # A release sorts after its own prereleases; numeric identifiers below alphanumeric ones (semver 2.0, item 11).
        if not self.prerelease:
            return (self.line, self.patch, ((2, 0, ""),))
        parts = tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in self.prerelease.split("."))
        return (self.line, self.patch, parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._key() == other._key()

    def __lt__(self, other: Version) -> bool:
        return self._key() < other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}" + (f"-{self.prerelease}" if self.prerelease else "")


def version_of_image(image: str) -> Version | None:
    """Version in an image's tag; None for digests and tags that name none. Never guesses."""
    match = _TAG.search(image or "")
    return Version.parse(match.group("version")) if match else None


def is_multi_arch(image: str) -> bool | None:
    """True/False when the tag tells, None for digests and unknown tags."""
    match = _TAG.search(image or "")
    if not match or not match.group("arch"):
        return None
    return match.group("arch") == "multi"


def upgrade_problem(current: Version, target: Version) -> str:
    """Why a control plane must not go from current to target; empty when it may (platform_facts#6.3)."""
    if target.line < current.line:
        return f"{target} is an older minor than the running {current}; hosted clusters cannot be downgraded"
    if target.line == current.line and target < current:
        return f"{target} is older than the running {current}; a downgrade within the minor is unsupported"
    if target.line > current.line + 1:
        return f"{target} skips a minor after {current}; a control plane moves one minor at a time"
    return ""


def upgrade_code(current: Version, target: Version) -> str:
    """Code of what ``upgrade_problem`` says."""
    return "downgrade" if target < current else "skips_minor"


def skew_problem(control_plane: Version, pool: Version) -> str:
    """Why a node pool must not run ``pool`` under a control plane at ``control_plane``; empty when it may
    (platform_facts#6.5).
    """
    if pool > control_plane:
        return f"{pool} is newer than the control plane's completed version {control_plane}"
    if control_plane.line - pool.line > MAX_POOL_SKEW:
        return f"{pool} is more than {MAX_POOL_SKEW} minors behind the control plane's {control_plane}"
    return ""


def skew_code(control_plane: Version, pool: Version) -> str:
    """Code of what ``skew_problem`` says."""
    return "pool_newer_than_control_plane" if pool > control_plane else "pool_version_skew"


def unsupported_problem(target: Version, supported_minors: list[str]) -> str:
    """Why the operator of this hub would refuse ``target``; empty when it may.

    Source: platform_facts#1.1 supported-versions.
    """
    minors = [v for v in (Version.parse(m) for m in supported_minors) if v]
    if not minors or any(m.line == target.line for m in minors):
        return ""
    return f"{target} is not among the versions this operator supports ({', '.join(supported_minors)})"


Entry = Mapping[str, Any]
# Where the history stands.
OF_CONTROL_PLANE = ("status", "version")
MANAGEMENT_SIDE = ("status", "controlPlaneVersion")
OPENSHIFT = ("status",)


def entries(obj: Mapping[str, Any] | None, of: tuple[str, ...] = OF_CONTROL_PLANE) -> list[Entry]:
    found = lookup(obj or {}, (*of, "history"))
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def newest(obj: Mapping[str, Any] | None, of: tuple[str, ...] = OF_CONTROL_PLANE) -> Entry:
    """Empty when there is none."""
    return next(iter(entries(obj, of)), {})


def newest_completed(obj: Mapping[str, Any] | None, of: tuple[str, ...] = OF_CONTROL_PLANE) -> Entry:
    """Empty when none has been completed yet."""
    return next((entry for entry in entries(obj, of) if entry.get("state") == "Completed"), {})


def completed(obj: Mapping[str, Any] | None, of: tuple[str, ...] = OF_CONTROL_PLANE) -> str:
    """The version that runs; empty when none has been completed yet."""
    return str(newest_completed(obj, of).get("version") or "")


def completed_version(cluster: Mapping[str, Any] | None) -> Version | None:
    """What the control plane runs; desired is not enough (platform_facts#6.5)."""
    return Version.parse(completed(cluster))
