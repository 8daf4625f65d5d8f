# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a campaign is meant to do: the planner's options, checked and normalised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._kernel.errors import Failure, OptionError
from ..._kernel.label_selectors import matcher
from ..._kernel.ports.calendar import Window
from ..._kernel.quantities import parse_duration
from ..._kernel.versions import Version, version_of_image

CURRENT = "current"
REST = "rest"
_OLDEST = 8  # no operator takes an older minor (platform_facts#1.1)
_LABEL = re.compile(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
_SHARE = re.compile(r"^(\d{1,3})\s*%$")
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """One of them is set. minor: ``4.21``, or ``current`` for the newest patch of the minor that runs. latest: newest
    that can be reached."""

    version: Version | None = None
    minor: str = ""
    latest: bool = False

    @property
    def line(self) -> int | None:
        """Minor asked for on the common line, None for ``current`` and for the other kinds."""
        found = Version.parse(self.minor) if self.minor and self.minor != CURRENT else None
        return found.line if found else None

    def as_dict(self) -> dict[str, Any]:
        if self.version:
            return {"version": str(self.version)}
        return {"minor": self.minor} if self.minor else {"latest": True}


@dataclass(frozen=True)
class Amount:
    """A number, or a share of something; of a share the rounded up number counts, and never less than one."""

    number: int = 0
    percent: int = 0

    def of(self, total: int) -> int:
        return max(1, -(-total * self.percent // 100)) if self.percent else self.number

    def __str__(self) -> str:
        return f"{self.percent}%" if self.percent else str(self.number)


@dataclass(frozen=True)
class Wave:
    """clusters: ids, ``namespace/name`` or names. canaries: how many go first, on their own; batch: how many at a time,
    0 for all."""

    name: str
    label_selectors: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    canaries: Amount = Amount()
    batch: Amount = Amount()
    soak_minutes: int = 0
    max_failed: int = 0

    def as_dict(self) -> dict[str, Any]:
        lists = {k: list(getattr(self, k)) for k in ("label_selectors", "clusters", "after")}
        amounts = {"canaries": str(self.canaries), "batch": str(self.batch)}
        return {"name": self.name, **lists, **amounts, "soak_minutes": self.soak_minutes, "max_failed": self.max_failed}


@dataclass(frozen=True)
class WindowRule:
    """A window for the clusters that match; without selectors for all."""

    window: Window
    label_selectors: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {"label_selectors": list(self.label_selectors), **self.window.as_dict()}


@dataclass(frozen=True)
class Policy:
    """release_images: version to image, wins over every other source. canary_pool: name of a node pool, or a label
    selector.

    max_parallel, max_parallel_per_hub: clusters at a time, 0 for no bound. graph: digest of the document, empty for
    what clusters offer.
    """

    campaign: str
    target: Target
    channel: str = ""
    graph: str = ""
    release_images: Mapping[Version, str] = field(default_factory=dict)
    accepted_risks: frozenset[str] = frozenset()
    accepted_acks: frozenset[str] = frozenset()
    blocked_versions: frozenset[Version] = frozenset()
    node_pools: bool = True
    canary_pool: str = ""
    node_pools_parallel: int = 1
    waves: tuple[Wave, ...] = ()
    unmatched: str = REST
    max_parallel: int = 0
    max_parallel_per_hub: int = 0
    exclusive_label: str = ""
    windows: tuple[WindowRule, ...] = ()
    window_horizon_days: int = 30
    max_snapshot_age_minutes: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain and in a fixed order, as it stands in a plan."""
        plain = (
            "campaign",
            "channel",
            "graph",
            "node_pools",
            "canary_pool",
            "node_pools_parallel",
            "unmatched",
            "max_parallel",
            "max_parallel_per_hub",
            "exclusive_label",
            "window_horizon_days",
            "max_snapshot_age_minutes",
        )
        return {
            **{name: getattr(self, name) for name in plain},
            "target": self.target.as_dict(),
            "release_images": {str(v): self.release_images[v] for v in sorted(self.release_images)},
            "accepted_risks": sorted(self.accepted_risks),
            "accepted_acks": sorted(self.accepted_acks),
            "blocked_versions": [str(v) for v in sorted(self.blocked_versions)],
            "waves": [w.as_dict() for w in self.waves],
            "windows": [w.as_dict() for w in self.windows],
        }


def policy_of(options: Options, graph: str = "") -> Policy:
    """From the module's options. Raises OptionError; what waves say of each other is checked where they are ordered."""
    if not _LABEL.match(str(options["campaign"])):
        raise refused(
            "campaign", f"{options['campaign']!r} is no name", "Use lower-case letters, digits and dashes, 63 at most."
        )
    numbers = {
        "max_parallel": _whole(options, "max_parallel", 0),
        "max_parallel_per_hub": _whole(options, "max_parallel_per_hub", 0),
        "node_pools_parallel": _whole(options, "node_pools_parallel", 1),
        "window_horizon_days": _whole(options, "window_horizon_days", 1, 30),
    }
    canary = str(options.get("canary_pool") or "")
    if any(sign in canary for sign in "=!( "):
        matcher([canary], "canary_pool")
    return Policy(
        campaign=str(options["campaign"]),
        target=_target(options.get("target") or {}),
        channel=str(options.get("channel") or ""),
        graph=graph,
        release_images=_images(options.get("release_images") or {}),
        accepted_risks=frozenset(options.get("accepted_risks") or ()),
        accepted_acks=frozenset(options.get("accepted_acks") or ()),
        blocked_versions=frozenset(_version(v, "blocked_versions") for v in options.get("blocked_versions") or ()),
        node_pools=bool(options.get("node_pools", True)),
        canary_pool=canary,
        waves=tuple(_wave(w) for w in options.get("waves") or ()),
        unmatched=str(options.get("unmatched") or REST),
        exclusive_label=str(options.get("exclusive_label") or ""),
        windows=tuple(_window(w) for w in options.get("windows") or ()),
        max_snapshot_age_minutes=_minutes(options.get("max_snapshot_age")),
        **numbers,
    )


def _target(given: Options) -> Target:
    if sum(bool(given.get(k)) for k in ("version", "minor", "latest")) != 1:
        raise refused("target", "it needs exactly one of version, minor and latest", "Say for example version: 4.21.5.")
    if given.get("version"):
        return Target(version=_version(given["version"], "target"))
    minor = str(given.get("minor") or "")
    if minor and minor != CURRENT and not re.match(r"^\d+\.\d+$", minor):
        raise refused("target", f"minor {minor!r} is no minor version", "Write it as 4.21, in quotes, or say current.")
    target = Target(minor=minor, latest=bool(given.get("latest")))
    if target.line is not None and target.line < _OLDEST:
        raise refused(
            "target",
            f"minor {minor!r} is older than any hosted cluster",
            "Write it in quotes: YAML reads 4.20 as the number 4.2.",
        )
    return target


def _images(given: Options) -> dict[Version, str]:
    images: dict[Version, str] = {}
    for text, image in given.items():
        version, tagged = _version(text, "release_images"), version_of_image(str(image))
        if not image or any(c.isspace() for c in str(image)):
            raise refused(
                "release_images", f"the image of {text} is empty or holds a space", "Give a whole image reference."
            )
        if tagged is not None and tagged != version:
            raise refused("release_images", f"{image} by its tag is {tagged}, not {text}", "Correct the entry.")
        images[version] = str(image)
    return images


def _wave(given: Options) -> Wave:
    name = str(given.get("name") or "")
    if not _LABEL.match(name):
        raise refused(
            "waves", f"{name!r} is no name of a wave", "Use lower-case letters, digits and dashes, 63 at most."
        )
    selectors = tuple(str(s) for s in given.get("label_selectors") or ())
    matcher(selectors, f"waves (wave {name})")
    return Wave(
        name,
        selectors,
        tuple(str(c) for c in given.get("clusters") or ()),
        tuple(str(a) for a in given.get("after") or ()),
        _amount(given.get("canaries"), f"canaries of wave {name}"),
        _amount(given.get("batch"), f"batch of wave {name}"),
        _whole(given, "soak_minutes", 0),
        _whole(given, "max_failed", 0),
    )


def _window(given: Options) -> WindowRule:
    selectors = tuple(str(s) for s in given.get("label_selectors") or ())
    matcher(selectors, "windows")
    return WindowRule(Window.of(given), selectors)


def _amount(value: Any, what: str) -> Amount:
    text = str(value or 0).strip()
    share = _SHARE.match(text)
    if share and 1 <= int(share[1]) <= 100:
        return Amount(percent=int(share[1]))
    if text.isdigit():
        return Amount(number=int(text))
    raise refused("waves", f"{what} is {text!r}", "Give a number, or a share from 1% to 100%.")


def _whole(given: Options, name: str, low: int, default: int | None = None) -> int:
    value = given.get(name)
    number = (low if default is None else default) if value is None else int(value)
    if number < low:
        raise refused(name, f"it is {number}", f"Give {low} or more.")
    return number


def _minutes(text: Any) -> int:
    if text in (None, ""):
        return 0
    seconds = parse_duration(text)
    if seconds is None or seconds < 60:
        raise refused("max_snapshot_age", f"{text!r} is no duration of a minute or more", "Use for example 24h or 90m.")
    return int(seconds // 60)


def _version(text: Any, option: str) -> Version:
    version = Version.parse(str(text)) if str(text).count(".") >= 2 else None
    if version is None:
        raise refused(option, f"{text!r} is no version", "Write it in full and in quotes: '4.21.5'.")
    return version


def refused(option: str, cause: str, next_step: str) -> OptionError:
    return OptionError(Failure("invalid_option", cause, f"Option {option}", next_step=next_step))
