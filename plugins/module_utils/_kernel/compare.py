# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Compare what the user set with what the server holds.

Server defaults, equal quantities (``8Gi`` and ``8192Mi``) and equal durations (``60s`` and ``1m0s``) are no difference
(platform_facts#O.11, #O.12).
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .objects import without_nulls
from .quantities import DURATION_FIELDS, QUANTITY_FIELDS, parse_duration, parse_quantity

_LIST_KEYS: dict[str, tuple[str, ...]] = {
    "services": ("service",),
    "taints": ("key", "effect"),
    "config": ("name",),
    "tuningConfig": ("name",),
    "resourceTags": ("key",),
    "imageContentSources": ("source",),
}


def equal(desired: Any, live: Any, field: str = "") -> bool:
    """True when ``live`` already satisfies ``desired``: maps by subset, lists by key or position."""
    if isinstance(desired, dict):
        base = live if isinstance(live, dict) else {}
        if not desired:
            return isinstance(live, dict)
        return all(_absent(base, k) if v is None else equal(v, base.get(k), k) for k, v in desired.items())
    if isinstance(desired, (list, tuple)):
        return isinstance(live, list) and _lists_equal(list(desired), live, field)
    if desired == live:
        return True
    if field in QUANTITY_FIELDS:
        left, right = parse_quantity(desired), parse_quantity(live)
        return left is not None and left == right
    if field in DURATION_FIELDS:
        first, second = parse_duration(desired), parse_duration(live)
        return first is not None and first == second
    return False


def merge_patch(desired: Any, live: Any) -> dict[str, Any]:
    """JSON merge patch that brings ``live`` to satisfy ``desired``; empty when nothing is to do.

    Only fields that differ are in it. None in ``desired`` removes the field; lists are replaced whole.
    """
    base = live if isinstance(live, dict) else {}
    patch: dict[str, Any] = {}
    for key, value in desired.items():
        current = base.get(key)
        if value is None:
            if not _absent(base, key):
                patch[key] = None
        elif isinstance(value, dict) and isinstance(current, dict):
            inner = merge_patch(value, current)
            if inner:
                patch[key] = inner
        elif not equal(value, current, key):
            patch[key] = without_nulls(value) if isinstance(value, dict) else deepcopy(value)
    return patch


def apply_merge_patch(live: Any, patch: dict[str, Any]) -> dict[str, Any]:
    """RFC 7386 on plain data: what the object looks like afterwards, before server defaulting."""
    result = dict(live) if isinstance(live, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            result[key] = apply_merge_patch(result.get(key), value)
        else:
            result[key] = deepcopy(value)
    return result


def _absent(base: dict[str, Any], key: str) -> bool:
    return base.get(key) is None


def _lists_equal(desired: list[Any], live: list[Any], field: str) -> bool:
    if len(desired) != len(live):
        return False
    keys = _LIST_KEYS.get(field)
    if keys and all(isinstance(i, dict) for i in desired + live):
        by_key = {tuple(i.get(k) for k in keys): i for i in live}
        return all(equal(i, by_key.get(tuple(i.get(k) for k in keys))) for i in desired)
    return all(equal(d, item) for d, item in zip(desired, live, strict=True))
