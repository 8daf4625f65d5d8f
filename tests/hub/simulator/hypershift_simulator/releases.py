# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Release images: which version an image stands for, and which versions the operator takes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import total_ordering
from typing import Any

from .names import OPERATOR_NAMESPACE, RELEASES_CONFIG_MAP
from .store import Store

# Newest first; 5.0 and 4.23 are one release under two names.
SUPPORTED = ["5.1", "5.0", *(f"4.{minor}" for minor in range(23, 13, -1))]
SERVER_VERSION = "3ee9615567acffaf3e3ee25c2ca2942d650565cf"
_MAX_MINOR, _MIN_MINOR = 24, 14

_TAG = re.compile(
    r":(?P<version>\d+\.\d+\.\d+(?:-(?:ec|fc|rc)\.\d+)?(?:-0\.[a-z]+[-\w.]*?)?)"
    r"(?:-(?P<arch>multi|x86_64|aarch64|arm64|ppc64le|s390x|amd64))?$"
)
_PAYLOADS = {
    "multi": "Multi",
    "x86_64": "AMD64",
    "amd64": "AMD64",
    "aarch64": "ARM64",
    "arm64": "ARM64",
    "ppc64le": "PPC64LE",
    "s390x": "S390X",
}


@total_ordering
@dataclass(frozen=True, eq=False)
class Version:
    text: str
    key: tuple[int, int, tuple[tuple[int, int, str], ...]] = field(init=False)

    def __post_init__(self) -> None:
        release, _dash, rest = self.text.partition("-")
        major, minor, patch = (int(part) for part in release.split("."))
        offset = 23 if major == 5 else 0
        identifiers = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in rest.split(".")) if rest else ((2, 0, ""),)
        object.__setattr__(self, "key", (minor + offset, patch, identifiers))

    @property
    def minor(self) -> int:
        """The minor version counted on from 4.x: 5.0 is 4.23 and 5.1 is 4.24."""
        return self.key[0]

    @property
    def kubelet(self) -> str:
        return f"v1.{self.minor + 13}.{self.key[1] % 10}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.key == other.key

    def __lt__(self, other: Version) -> bool:
        return self.key < other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Release:
    image: str
    version: Version
    payload: str
    channels: tuple[str, ...] = ()
    risks: tuple[dict[str, Any], ...] = ()


def from_tag(image: str) -> Release | None:
    found = _TAG.search(image)
    if found is None:
        return None
    return Release(image, Version(found["version"]), _PAYLOADS[found["arch"] or "x86_64"])


def listed(store: Store) -> list[Release]:
    """The releases that a test made known in the ConfigMap simulator-releases; entries that do not parse are ignored."""
    found = store.get("ConfigMap", OPERATOR_NAMESPACE, RELEASES_CONFIG_MAP)
    releases = []
    for text in ((found or {}).get("data") or {}).values():
        try:
            entry = json.loads(text)
            version, payload = Version(entry["version"]), _PAYLOADS[entry.get("arch", "x86_64")]
            releases.append(Release(entry["image"], version, payload, tuple(entry.get("channels", ())), tuple(entry.get("risks", ()))))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return releases


def resolve(store: Store, image: str) -> Release | None:
    for release in listed(store):
        if release.image == image:
            return release
    return from_tag(image)


def refusal(version: Version, current: Version | None, network_type: str, ceiling: Version | None = None) -> str:
    """Why the operator does not take a version; empty when it does. A downgrade within a minor passes, as in life."""
    if version.minor < 8:
        return f'releases before 4.8 are not supported. Attempting to use: "{version}"'
    if current is not None and version.minor < current.minor:
        return f'y-stream downgrade from "{current}" to "{version}" is not supported'
    if network_type == "OpenShiftSDN":
        if current is not None and version.minor > current.minor:
            return f'y-stream upgrade from "{current}" to "{version}" is not for OpenShiftSDN'
        if current is None and version.minor > 10:
            return f'cannot use OpenShiftSDN with OCP version "{version}" > 4.10'
    if network_type == "OVNKubernetes" and current is None and version.minor < 11:
        return f'cannot use OVNKubernetes with OCP version "{version}" < 4.11'
    newest = min(ceiling.minor, _MAX_MINOR) if ceiling else _MAX_MINOR
    if version.minor > newest:
        latest = str(ceiling) if ceiling and ceiling.minor <= _MAX_MINOR else f"{SUPPORTED[0]}.0"
        return f'the latest version supported is: "{latest}". Attempting to use: "{version}"'
    if version.minor < _MIN_MINOR:
        return f'the minimum version supported is: "{SUPPORTED[-1]}.0". Attempting to use: "{version}"'
    return ""
