# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Words for structural schemas: each function gives one node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]
Rule = dict[str, str]

_UNSET: Any = object()
_OPEN = "x-kubernetes-preserve-unknown-fields"
_QUANTITY = (
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]"
    r"|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"
)


class Required(dict[str, Any]):
    """A node that its object must have."""


def required(node: Schema) -> Schema:
    return Required(node)


def rule(expression: str, message: str) -> Rule:
    return {"rule": " ".join(expression.split()), "message": message}


def matching(pattern: str) -> str:
    """The CEL call; in a CEL string every backslash is doubled."""
    return "self.matches('" + pattern.replace("\\", "\\\\") + "')"


def matches(pattern: str, message: str) -> Rule:
    return rule(matching(pattern), message)


def present(path: str) -> str:
    """True when every step of the path is there.

    For lists and texts this is better than an optional: there the API server knows no bound and refuses the rule as too costly.
    """
    parts = path.split(".")
    return "(" + " && ".join(f"has({'.'.join(parts[:end])})" for end in range(2, len(parts) + 1)) + ")"


def immutable(name: str) -> Rule:
    return rule("self == oldSelf", f"{name} cannot be changed once it is set")


def text(
    max: int | None = None,
    min: int | None = None,
    pattern: str | None = None,
    format: str | None = None,
    default: Any = _UNSET,
    rules: Sequence[Rule] = (),
) -> Schema:
    return _node("string", default, rules, minLength=min, maxLength=max, pattern=pattern, format=format)


def enum(*values: str, default: Any = _UNSET, max: int | None = None, rules: Sequence[Rule] = ()) -> Schema:
    return _node("string", default, rules, enum=list(values), maxLength=max)


def integer(
    min: int | None = None,
    max: int | None = None,
    format: str | None = "int32",
    default: Any = _UNSET,
    rules: Sequence[Rule] = (),
) -> Schema:
    return _node("integer", default, rules, format=format, minimum=min, maximum=max)


def long(min: int | None = None, max: int | None = None) -> Schema:
    return integer(min, max, format="int64")


def boolean(default: Any = _UNSET, rules: Sequence[Rule] = ()) -> Schema:
    return _node("boolean", default, rules)


def moment(nullable: bool | None = None) -> Schema:
    return _node("string", _UNSET, (), format="date-time", nullable=nullable)


def int_or_text(default: Any = _UNSET) -> Schema:
    node = {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}
    return _finish(node, default, ())


def quantity(default: Any = _UNSET, rules: Sequence[Rule] = ()) -> Schema:
    return _finish({**int_or_text(), "pattern": _QUANTITY}, default, rules)


def obj(
    fields: Mapping[str, Schema] | None = None,
    default: Any = _UNSET,
    rules: Sequence[Rule] = (),
    min_properties: int | None = None,
    atomic: bool = False,
    nullable: bool | None = None,
    open: bool = False,
) -> Schema:
    """An object with these fields; an open one keeps others as they are."""
    fields = fields or {}
    node = _node("object", default, rules, minProperties=min_properties, nullable=nullable)
    wanted = sorted(name for name, field in fields.items() if isinstance(field, Required))
    if wanted:
        node["required"] = wanted
    if fields:
        node["properties"] = {name: dict(fields[name]) for name in sorted(fields)}
    if atomic:
        node["x-kubernetes-map-type"] = "atomic"
    if open:
        node[_OPEN] = True
    return node


def open_object(fields: Mapping[str, Schema] | None = None) -> Schema:
    return obj(fields, open=True)


def mapping(values: Schema, max: int | None = None, rules: Sequence[Rule] = ()) -> Schema:
    return {**_node("object", _UNSET, rules, maxProperties=max), "additionalProperties": values}


def array(
    items: Schema,
    max: int | None = None,
    min: int | None = None,
    kind: str | None = None,
    keys: Sequence[str] = (),
    default: Any = _UNSET,
    rules: Sequence[Rule] = (),
    nullable: bool | None = None,
    format: str | None = None,
) -> Schema:
    """A list; with keys one that server-side apply merges by them."""
    node = _node("array", default, rules, minItems=min, maxItems=max, nullable=nullable, format=format)
    node["items"] = items
    if keys:
        node["x-kubernetes-list-map-keys"] = list(keys)
    if keys or kind:
        node["x-kubernetes-list-type"] = "map" if keys else kind
    return node


def texts(max: int | None = None, kind: str | None = None) -> Schema:
    return array(text(), max=max, kind=kind)


def _node(kind: str, default: Any, rules: Sequence[Rule], **facets: Any) -> Schema:
    node = {"type": kind, **{name: value for name, value in facets.items() if value is not None}}
    return _finish(node, default, rules)


def _finish(node: Schema, default: Any, rules: Sequence[Rule]) -> Schema:
    if default is not _UNSET:
        node["default"] = default
    if rules:
        node["x-kubernetes-validations"] = list(rules)
    return node
