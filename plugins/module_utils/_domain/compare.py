# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Compare what the user set with what the server holds. Private to hypershift.core.

Server defaults, equal quantities (``8Gi`` and ``8192Mi``) and equal durations (``60s`` and ``1m0s``) are no difference
(facts O.11, O.12).
"""

from __future__ import annotations

import re
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import Any

QUANTITY_FIELDS = frozenset({"size", "memory", "storage", "cpu"})
DURATION_FIELDS = frozenset(
    {"nodeDrainTimeout", "nodeVolumeDetachTimeout", "maxNodeProvisionTime", "accessTokenInactivityTimeout", "timeout"}
)
_LIST_KEYS: dict[str, tuple[str, ...]] = {
    "services": ("service",),
    "taints": ("key", "effect"),
    "config": ("name",),
    "tuningConfig": ("name",),
    "resourceTags": ("key",),
    "imageContentSources": ("source",),
}
_SUFFIX = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "m": -3, "u": -6, "n": -9}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_QUANTITY = re.compile(r"^([+-]?[0-9.]+)([KMGTPE]i|[numkMGTPE]?)$")
_DURATION_PART = re.compile(r"([0-9.]+)(ns|us|µs|ms|s|m|h)")
_UNIT_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_quantity(text: Any) -> Decimal | None:
    """Kubernetes quantity as a number, None when it is none."""
    match = _QUANTITY.match(str(text).strip())
    if not match:
        return None
    try:
        number = Decimal(match.group(1))
    except InvalidOperation:
        return None
    suffix = match.group(2)
    if suffix in _BINARY:
        return number * Decimal(1024) ** _BINARY[suffix]
    return number.scaleb(_SUFFIX[suffix])


def parse_duration(text: Any) -> float | None:
    """Go duration in seconds, None when it is none."""
    value = str(text).strip()
    if value == "0":
        return 0.0
    parts = _DURATION_PART.findall(value)
    if not parts or "".join(n + u for n, u in parts) != value:
        return None
    try:
        return sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts)
    except ValueError:
        return None


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


def deep_merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Maps merge, everything else is replaced; neither argument is changed. None is kept: it means "remove"."""
    result = dict(base)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = deep_merge(result[key], value)
        else:
            result[key] = deepcopy(value)
    return result


def without_nulls(value: Any) -> Any:
    """The object as it would be created: fields set to None are simply not there."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return value


def paths(tree: Any, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Leaf paths of nested maps; a list is a leaf."""
    if not isinstance(tree, dict) or not tree:
        return [prefix] if prefix else []
    return [leaf for key, value in tree.items() for leaf in paths(value, (*prefix, key))]


def lookup(tree: Any, path: tuple[str, ...] | list[str], default: Any = None) -> Any:
    for part in path:
        if not isinstance(tree, dict) or part not in tree:
            return default
        tree = tree[part]
    return tree


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
