# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Patches that pause and resume a hosted cluster and what belongs to it. Source: platform_facts#10.2, #O.8."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .._health.pauses import CAPI_PAUSED, OWNER, REASON, SINCE, UNLIMITED, parse_instant
from .._kernel.errors import Failure, OptionError
from .._kernel.objects import lookup


def paused_until(options: dict[str, Any], now: datetime) -> str:
    """Value for spec.pausedUntil. Raises OptionError when it would not pause."""
    until, unlimited = options.get("until"), options.get("unlimited")
    if unlimited:
        return UNLIMITED
    if not until:
        raise OptionError(
            Failure(
                "missing_option",
                "option until is missing: a pause needs an end",
                next_step="Give until as RFC 3339 with zone, for example 2026-12-01T06:00:00Z, or say unlimited: true.",
            )
        )
    instant = parse_instant(str(until))
    if instant is None:
        raise OptionError(
            Failure(
                "invalid_option",
                f"option until is '{until}': it must be RFC 3339 with a zone, else the operator silently does not"
                " pause",
                next_step="Allowed: for example 2026-12-01T06:00:00Z or 2026-12-01T07:00:00+01:00.",
            )
        )
    if instant <= now:
        raise OptionError(
            Failure(
                "invalid_option",
                f"option until is '{until}': it lies in the past and would not pause",
                next_step="Give a time to come.",
            )
        )
    return str(until)


def pause_patch(until: str, owner: str, reason: str, now: datetime) -> dict[str, Any]:
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"metadata": {"annotations": {OWNER: owner, REASON: reason, SINCE: stamp}}, "spec": {"pausedUntil": until}}


def resume_patch(obj: dict[str, Any]) -> dict[str, Any]:
    """Merge patch that removes the field and our annotations; empty when nothing is there (platform_facts#10.2: never
    "false" or "")."""
    patch: dict[str, Any] = {}
    if lookup(obj, ("spec", "pausedUntil")) is not None:
        patch["spec"] = {"pausedUntil": None}
    ours = {k: None for k in (OWNER, REASON, SINCE) if k in (lookup(obj, ("metadata", "annotations")) or {})}
    if ours:
        patch["metadata"] = {"annotations": ours}
    return patch


def capi_pause_patch(obj: dict[str, Any], paused: bool, owner: str) -> dict[str, Any]:
    """Merge patch of a Cluster API object's paused annotation; resuming removes only a pause with our mark, or any when
    owner is empty."""
    annotations = lookup(obj, ("metadata", "annotations")) or {}
    if paused:
        if CAPI_PAUSED in annotations:
            return {}
        return {"metadata": {"annotations": {CAPI_PAUSED: "true", OWNER: owner}}}
    if CAPI_PAUSED not in annotations or (owner and OWNER not in annotations):
        return {}
    return {"metadata": {"annotations": {k: None for k in (CAPI_PAUSED, OWNER) if k in annotations}}}
