# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Objects that break one limit of a schema each: derived from the schema, so that no limit is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]
Wrap = Callable[[Any], Any]

# What the API server says about each kind of limit.
WORDS = {
    "enum": "Unsupported value",
    "maxLength": "Too long",
    "minLength": "chars long",
    "pattern": "should match",
    "minimum": "greater than or equal to",
    "maximum": "less than or equal to",
    "maxItems": "Too many",
    "minItems": "items",
    "maxProperties": "Too many",
    "minProperties": "properties",
    "required": "Required value",
    "type": "must be of type",
}
_OTHER_TYPE: dict[str, Any] = {"string": 1, "integer": "x", "boolean": "x", "array": "x", "object": "x"}
_SAMPLES: dict[str, Any] = {"integer": 1, "boolean": False, "array": [], "object": {}}


@dataclass(frozen=True)
class Violation:
    path: str
    limit: str
    object: Node


def minimal(node: Node) -> Any:
    """A small value of the right type, whatever its rules say; what has a default is left out."""
    if "enum" in node:
        return node["enum"][0]
    if node.get("type") == "object":
        fields = node.get("properties", {})
        return {name: minimal(fields[name]) for name in node.get("required", []) if "default" not in fields[name]}
    if node.get("type") == "array":
        return [minimal(node["items"])] * node.get("minItems", 0)
    if node.get("type") == "string":
        return "2026-01-02T03:04:05Z" if node.get("format") == "date-time" else "a" * max(1, node.get("minLength", 1))
    return max(1, node.get("minimum", 1)) if node.get("type") == "integer" else _SAMPLES.get(node.get("type", ""), 1)


def _broken(node: Node) -> Iterator[tuple[str, Any]]:
    values: dict[str, Callable[[Any], Any]] = {
        "enum": lambda _values: "no such value",
        "maxLength": lambda limit: "a" * (limit + 1),
        "minLength": lambda limit: "a" * (limit - 1),
        "pattern": lambda _pattern: " " * max(3, node.get("minLength", 0)),
        "minimum": lambda limit: limit - 1,
        "maximum": lambda limit: limit + 1,
        "maxItems": lambda limit: [minimal(node["items"])] * (limit + 1),
        "minItems": lambda limit: [minimal(node["items"])] * (limit - 1),
        "maxProperties": lambda limit: {f"key{number}": "a" for number in range(limit + 1)},
        "minProperties": lambda _limit: {},
        "type": lambda kind: _OTHER_TYPE[kind],
    }
    for limit, value in values.items():
        if limit in node and not (limit == "minLength" and node[limit] == 0):
            yield limit, value(node[limit])


def _below(node: Node, path: str, wrap: Wrap) -> Iterator[tuple[str, str, Any]]:
    """Every limit of the node and of what is below it: where it is, what it is, and the whole with a value that breaks it."""
    for limit, value in _broken(node):
        yield path, limit, wrap(value)
    whole = minimal(node)
    for name, field in node.get("properties", {}).items():

        def with_field(value: Any, name: str = name) -> Any:
            return wrap({**whole, name: value})

        yield from _below(field, f"{path}.{name}", with_field)
        if name in whole:
            yield f"{path}.{name}", "required", wrap({key: value for key, value in whole.items() if key != name})
    if "items" in node:
        yield from _below(node["items"], f"{path}[0]", lambda value: wrap([value]))
    if isinstance(node.get("additionalProperties"), dict):
        yield from _below(node["additionalProperties"], f"{path}.key", lambda value: wrap({"key": value}))


def violations(definition: Node, part: str) -> list[Violation]:
    """For the spec or the status of a definition; the frame of the object is left to the caller."""
    fields = definition["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    if part not in fields:
        return []
    return [Violation(path, limit, {part: value}) for path, limit, value in _below(fields[part], part, lambda value: value)]
