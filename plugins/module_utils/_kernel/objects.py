# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Nested mappings as the API sends them: to look something up, merge and compare paths."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

Object = dict[str, Any]  # as the API sends it


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
