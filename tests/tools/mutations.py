# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The small wrongs that mutants.py makes of a module's text: one at a time, each as a person might have made it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
}  # fmt: skip
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
_WORD = re.compile(r"[A-Za-z][\w./-]*")
# Their texts are sentences, annotations or declarations: another word there is another wording, no other behaviour.
_TEXTS = {"Failure", "refuse", "OptionError", "HypershiftError", "TypeVar", "NewType"}


@dataclass(frozen=True)
class Change:
    """One wrong: first and last line of what it changes, what it says, and the place and words to put there."""

    line: int
    until: int
    says: str
    place: tuple[int, int]  # offsets of the bytes of UTF-8
    words: str

    def applied(self, source: str) -> str | None:
        """The whole text with it, None where that is no Python."""
        data = source.encode()
        text = (data[: self.place[0]] + self.words.encode() + data[self.place[1] :]).decode()
        try:
            compile(text, "mutant", "exec")
        except SyntaxError:
            return None
        return text


def of(source: str) -> list[Change]:
    """Every change that the mutations make of a module, in the order of the syntax tree."""
    found = []
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    data = source.encode()
    for node, other in _pairs(ast.parse(source)):
        place = (starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset)
        was = data[place[0] : place[1]].decode()
        if was != other:
            found.append(Change(node.lineno, node.end_lineno, f"{_short(was)} -> {_short(other)}", place, other))
    return found


def _pairs(tree: ast.AST) -> Iterator[tuple[Any, str]]:
    for node in _walk(tree):
        yield from _expression(node)
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            yield node.test, f"(not ({ast.unparse(node.test)}))"
        elif isinstance(node, ast.comprehension):
            yield from ((test, "True") for test in node.ifs)
        elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
            yield node, "return None"
        elif isinstance(node, ast.AugAssign | ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            yield node, "pass"
        elif isinstance(node, ast.Continue):
            yield node, "break"
        elif isinstance(node, ast.Break):
            yield node, "continue"


def _expression(node: Any) -> Iterator[tuple[Any, str]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _OTHER:
        yield node, _with(node, ops=[_OTHER[type(node.ops[0])]()])
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in _OTHER:
        yield node, f"({_with(node, op=_OTHER[type(node.op)]())})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node, f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.Constant):
        yield from ((node, other) for other in _constants(node.value))
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _NAMES:
            yield node.func, _NAMES[node.func.id]
        for number, word in enumerate(node.keywords):
            if word.arg in ("key", "reverse", "default"):
                yield node, _with(node, keywords=node.keywords[:number] + node.keywords[number + 1 :])


def _constants(value: object) -> list[str]:
    if isinstance(value, bool):
        return [str(not value)]
    if isinstance(value, int | float):
        return [repr(value + 1)]
    if isinstance(value, str) and _WORD.fullmatch(value):
        return [repr(value + "X")]
    return []


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but annotations, decorators, f-strings and the words of messages."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params") or isinstance(node, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Import | ast.ImportFrom):
                continue
            yield from (_walk(child) if not _is_message(node, child) else ())


def _is_message(node: ast.AST, child: ast.AST) -> bool:
    called = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
    return called in _TEXTS and isinstance(child, ast.Constant)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _with(node: Any, **fields: Any) -> str:
    changed = copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return ast.unparse(changed)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else line[:97] + "..."
