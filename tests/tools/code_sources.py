# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which codes can leave the collection, read from its source.

A code is born as a text and handed on, through helpers, tables and tuples, until it is the ``code`` of a Failure, a Finding,
a Rule or a dictionary. Every expression that ends there is followed back to the texts it can be. What cannot be followed is
reported, so that no code leaves unseen.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Function = ast.FunctionDef
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
FIELD = "code"
# Fields of another name that hold codes: class -> field.
ALSO = {("_etcd/verdict.py", "EtcdVerdict"): "name", ("_preflight/table.py", "PreflightCheck"): "name"}
# Verdicts, which rulebooks branch on as well: all values of these enumerations.
VERDICTS = {"_health/findings.py": "Health", "_preflight/inspection.py": "Verdict"}
# Where a code is handed on under another name; what it can be is seen at the fields above and at the functions below.
HANDED_ON = frozenset({"verdict.name", "goal.impossible(goal_view)", "row['state']"})
_DEPTH = 14
_JINJA = re.compile(r"""['"]code['"]\s*:([^,}]*)|\.code\s*\|\s*default\(([^)]*)\)""")
_TEXT = re.compile(r"""['"]([a-z][a-z0-9_]*)['"]""")


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: file, class if any, and the functions around it, innermost last."""

    file: str
    owner: str = ""
    functions: tuple[Function, ...] = ()


@dataclass(frozen=True)
class Place:
    """An expression with its scope."""

    expr: ast.expr
    scope: Scope

    def __str__(self) -> str:
        return f"{self.scope.file}:{self.expr.lineno}: {ast.unparse(self.expr)}"


@dataclass(frozen=True)
class Sink:
    """A parameter that becomes a code: of a function or class, by position without self, and by name."""

    file: str
    owner: str
    callee: str
    position: int
    name: str


@dataclass
class Collection:
    """All Python files below the root. codes: code -> files that say it; unclear: places that could not be followed."""

    trees: dict[str, ast.Module]
    codes: dict[str, set[str]] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)
    functions: dict[str, list[tuple[Scope, Function]]] = field(default_factory=dict)
    classes: dict[str, list[tuple[str, ast.ClassDef]]] = field(default_factory=dict)
    calls: list[tuple[ast.Call, Scope]] = field(default_factory=list)
    dicts: list[tuple[ast.Dict, Scope]] = field(default_factory=list)
    imports: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # (file, alias) -> (file, name)
    sinks: set[Sink] = field(default_factory=set)

    def read(self) -> None:
        for file, tree in self.trees.items():
            self._index(tree, Scope(file))
        self.sinks |= set(self._declared())
        done: set[Sink] = set()
        while self.sinks - done:  # a parameter that reaches a sink is one itself
            for sink in sorted(self.sinks - done, key=str):
                done.add(sink)
                for call, scope in self.calls:
                    self._into(sink, call, scope)
        self._verdicts()
        for node, scope in self.dicts:
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == FIELD:
                    self._take(Place(value, scope))
        for call, scope in self.calls:
            for word in call.keywords:
                if word.arg == FIELD:
                    self._take(Place(word.value, scope))

    def _verdicts(self) -> None:
        for name, found in self.classes.items():
            for file, node in found:
                if any(file.endswith(end) and name == wanted for end, wanted in VERDICTS.items()):
                    for line in node.body:
                        if isinstance(line, ast.Assign):
                            self._take(Place(line.value, Scope(file)))

    def _index(self, node: ast.AST, scope: Scope) -> None:
        for child in ast.iter_child_nodes(node):
            inner = scope
            if isinstance(child, ast.FunctionDef):
                self.functions.setdefault(child.name, []).append((scope, child))
                inner = Scope(scope.file, scope.owner, (*scope.functions, child))
            elif isinstance(child, ast.ClassDef):
                self.classes.setdefault(child.name, []).append((scope.file, child))
                inner = Scope(scope.file, child.name)
            elif isinstance(child, ast.Call):
                self.calls.append((child, scope))
            elif isinstance(child, ast.Dict):
                self.dicts.append((child, scope))
            elif isinstance(child, ast.ImportFrom):
                for alias in child.names:
                    self.imports[scope.file, alias.asname or alias.name] = (_target(scope.file, child), alias.name)
            self._index(child, inner)

    def _declared(self) -> Iterator[Sink]:
        """Fields and parameters that are called code and hold a text."""
        for name, found in self.classes.items():
            for file, node in found:
                fields = [s for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
                wanted = next((word for (end, owner), word in ALSO.items() if file.endswith(end) and owner == name), FIELD)
                for place, line in enumerate(fields):
                    if isinstance(line.target, ast.Name) and line.target.id == wanted and ast.unparse(line.annotation) == "str":
                        yield Sink(file, name, name, place, wanted)
        for name, defined in self.functions.items():
            for scope, function in defined:
                for place, arg in enumerate(_parameters(function, scope)):
                    if arg.arg == FIELD and arg.annotation is not None and ast.unparse(arg.annotation) == "str":
                        yield Sink(scope.file, scope.owner, scope.owner if name == "__init__" else name, place, FIELD)

    def _into(self, sink: Sink, call: ast.Call, scope: Scope) -> None:
        if not self._calls(sink, call, scope):
            return
        given = next((w.value for w in call.keywords if w.arg == sink.name), None)
        if given is None and len(call.args) > sink.position:
            given = call.args[sink.position]
        if any(isinstance(a, ast.Starred) for a in call.args[: sink.position + 1]):
            self.unclear.add(str(Place(call, scope)))
        elif given is not None:
            self._take(Place(given, scope))

    def _calls(self, sink: Sink, call: ast.Call, scope: Scope) -> bool:
        func = call.func
        if isinstance(func, ast.Attribute) and func.attr == sink.callee:
            if isinstance(func.value, ast.Name) and func.value.id in ("self", "cls"):
                return (scope.file, scope.owner) == (sink.file, sink.owner)
            return not sink.callee.startswith("_") or scope.file == sink.file
        if not isinstance(func, ast.Name):
            return False
        file, name = self.imports.get((scope.file, func.id), (scope.file, func.id))
        return name == sink.callee and file == sink.file

    def _take(self, place: Place) -> None:
        for found in self.origins(place):
            expr, scope = found.expr, found.scope
            if isinstance(expr, ast.Constant):
                if isinstance(expr.value, str) and expr.value:
                    self.codes.setdefault(expr.value, set()).add(scope.file)
            elif isinstance(expr, ast.Name) and (owner := _owner_of(expr.id, scope)):
                function, outer = owner
                names = [a.arg for a in _parameters(function, outer)]
                callee = outer.owner if function.name == "__init__" else function.name
                self.sinks.add(Sink(scope.file, outer.owner, callee, names.index(expr.id), expr.id))
            elif not (isinstance(expr, ast.Attribute) and expr.attr == FIELD) and ast.unparse(expr) not in HANDED_ON:
                self.unclear.add(str(found))  # else it is handed on: its birth is seen elsewhere

    def origins(self, place: Place, depth: int = 0) -> list[Place]:
        """What an expression can be: constants, tuples, tables, parameters, or itself when it cannot be followed."""
        expr, scope = place.expr, place.scope
        if depth > _DEPTH:
            return [place]
        at = lambda e, s=scope: self.origins(Place(e, s), depth + 1)  # noqa: E731
        if isinstance(expr, ast.IfExp):
            return at(expr.body) + at(expr.orelse)
        if isinstance(expr, ast.BoolOp):
            return [p for value in expr.values for p in at(value)]
        if isinstance(expr, ast.NamedExpr):
            return at(expr.value)
        if isinstance(expr, ast.Name):
            return self._named(place, depth)
        if isinstance(expr, ast.Subscript):
            held = at(expr.value)
            if isinstance(expr.slice, ast.Constant) and isinstance(expr.slice.value, int):
                found = self._items(held, expr.slice.value, depth)
            else:
                found = self._values(held, depth)
            return [place if p in held else p for p in found] or [place]
        if isinstance(expr, ast.Attribute) and isinstance(expr.value, ast.Name) and expr.value.id == "self":
            return self._of_self(place, expr.attr, depth)
        if isinstance(expr, ast.Call):
            return self._called(place, expr, depth)
        return [place]

    def _items(self, held: list[Place], number: int, depth: int) -> list[Place]:
        found = [p for p in held if _has(p.expr, number)]
        followed = [o for p in found for o in self.origins(Place(p.expr.elts[number], p.scope), depth + 1)]  # type: ignore[attr-defined]
        return followed + [p for p in held if not _has(p.expr, number) and not _nothing(p.expr)]

    def _values(self, held: list[Place], depth: int) -> list[Place]:
        found: list[Place] = []
        for place in held:
            if not isinstance(place.expr, ast.Dict):
                found += [] if _nothing(place.expr) else [place]
                continue
            for key, value in zip(place.expr.keys, place.expr.values, strict=True):
                inner = Place(value, place.scope)
                if key is not None:
                    found += self.origins(inner, depth + 1)
                elif isinstance(value, ast.Call) and ast.unparse(value.func) == "dict.fromkeys":
                    found += self.origins(Place(value.args[1], place.scope), depth + 1)
                else:  # another table spread into this one
                    found += self._values(self.origins(inner, depth + 1), depth)
        return found

    def _elements(self, expr: ast.expr, scope: Scope, depth: int) -> list[Place]:
        """What a loop over the expression yields."""
        if isinstance(expr, ast.Call) and isinstance(expr.func, ast.Attribute) and expr.func.attr in ("values", "items"):
            held = self.origins(Place(expr.func.value, scope), depth + 1)
            if expr.func.attr == "values":
                return self._values(held, depth)
            pairs = [(k, v, p.scope) for p in held if isinstance(p.expr, ast.Dict) for k, v in zip(p.expr.keys, p.expr.values, strict=True)]
            return [Place(ast.copy_location(ast.Tuple([k, v], ast.Load()), v), s) for k, v, s in pairs if k is not None]
        found: list[Place] = []
        for origin in self.origins(Place(expr, scope), depth + 1):
            if isinstance(origin.expr, (ast.Tuple, ast.List, ast.Set)):
                found += [Place(e, origin.scope) for e in origin.expr.elts]
            elif isinstance(origin.expr, ast.Dict):
                found += [Place(k, origin.scope) for k in origin.expr.keys if k is not None]
            elif isinstance(origin.expr, (ast.GeneratorExp, ast.ListComp)):
                found.append(Place(origin.expr.elt, origin.scope))
        return found

    def _of_self(self, place: Place, name: str, depth: int) -> list[Place]:
        """What the methods of the class give to an attribute."""
        scope, found = place.scope, []
        for file, node in self.classes.get(scope.owner, []):
            for function in node.body if file == scope.file else ():
                if isinstance(function, ast.FunctionDef):
                    inner = Scope(scope.file, scope.owner, (function,))
                    for statement in _own_nodes(function):
                        found += self._bound(statement, f"self.{name}", inner, depth)
        return found or [place]

    def _called(self, place: Place, call: ast.Call, depth: int) -> list[Place]:
        func, scope = call.func, place.scope
        if isinstance(func, ast.Name) and func.id == "next" and call.args and isinstance(call.args[0], ast.GeneratorExp):
            return [o for e in (call.args[0].elt, *call.args[1:]) for o in self.origins(Place(e, scope), depth + 1)]
        if isinstance(func, ast.Name) and func.id == "str" and call.args:
            return self.origins(Place(call.args[0], scope), depth + 1)
        if isinstance(func, ast.Attribute) and func.attr == "get" and call.args:
            key = call.args[0]
            held = self.origins(Place(func.value, scope), depth + 1)
            rest = [o for e in call.args[1:] for o in self.origins(Place(e, scope), depth + 1)]
            if isinstance(key, ast.Constant) and key.value == FIELD:
                return rest  # a code handed on
            return (self._values(held, depth) or [place]) + rest
        found = []
        for where, function in self._functions_of(func, scope):
            inner = Scope(where.file, where.owner, (*where.functions, function))
            for node in _own_nodes(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    found += self.origins(Place(node.value, inner), depth + 1)
                elif isinstance(node, ast.Yield) and node.value is not None:
                    found.append(Place(ast.copy_location(ast.Tuple([node.value], ast.Load()), node.value), inner))
        return found or [place]

    def _functions_of(self, func: ast.expr, scope: Scope) -> list[tuple[Scope, Function]]:
        if isinstance(func, ast.Attribute):
            mine = [f for f in self.functions.get(func.attr, []) if f[0].file == scope.file]
            return mine or [f for f in self.functions.get(func.attr, []) if not func.attr.startswith("_")]
        if not isinstance(func, ast.Name):
            return []
        file, name = self.imports.get((scope.file, func.id), (scope.file, func.id))
        return [f for f in self.functions.get(name, []) if f[0].file == file]

    def _named(self, place: Place, depth: int) -> list[Place]:
        name, scope = place.expr.id, place.scope  # type: ignore[attr-defined]
        found: list[Place] = []
        for number in range(len(scope.functions), 0, -1):
            function, inner = scope.functions[number - 1], Scope(scope.file, scope.owner, scope.functions[:number])
            for node in _own_nodes(function):
                found += self._bound(node, name, inner, depth)
            if name in {a.arg for a in _parameters(function, Scope(scope.file))}:
                return [*found, Place(place.expr, inner)]
            if found:
                return found
        for node in self.trees[scope.file].body:
            found += self._bound(node, name, Scope(scope.file), depth)
        if not found and (scope.file, name) in self.imports:
            file, original = self.imports[scope.file, name]
            if file in self.trees:
                elsewhere = ast.copy_location(ast.Name(original, ast.Load()), place.expr)
                return self.origins(Place(elsewhere, Scope(file)), depth + 1)
        return found or [place]

    def _bound(self, node: ast.AST, name: str, scope: Scope, depth: int) -> list[Place]:
        """What a statement gives to a name."""
        if isinstance(node, ast.Assign):
            return [p for target in node.targets for p in self._unpacked(target, Place(node.value, scope), name, depth)]
        if isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            return self._unpacked(node.target, Place(node.value, scope), name, depth)
        if isinstance(node, (ast.For, ast.comprehension)) and name in {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}:
            elements = self._elements(node.iter, scope, depth)
            return [p for e in elements for p in self._unpacked(node.target, e, name, depth)]
        return []

    def _unpacked(self, target: ast.expr, value: Place, name: str, depth: int) -> list[Place]:
        if isinstance(target, (ast.Name, ast.Attribute)):
            return self.origins(value, depth + 1) if ast.unparse(target) == name else []
        if isinstance(target, (ast.Tuple, ast.List)):
            for number, part in enumerate(target.elts):
                if name in {ast.unparse(n) for n in ast.walk(part) if isinstance(n, (ast.Name, ast.Attribute))}:
                    held = self.origins(value, depth + 1)
                    parts = [Place(p.expr.elts[number], p.scope) for p in held if _has(p.expr, number)]  # type: ignore[attr-defined]
                    unknown = [p for p in held if not _has(p.expr, number)]
                    return unknown + [o for p in parts for o in self._unpacked(part, p, name, depth + 1)]
        return []


def _has(expr: ast.expr, number: int) -> bool:
    return isinstance(expr, (ast.Tuple, ast.List)) and len(expr.elts) > number


def _nothing(expr: ast.expr) -> bool:
    return isinstance(expr, ast.Constant) and not expr.value


def _own_nodes(function: Function) -> Iterator[ast.AST]:
    """What stands in a function, without what stands in functions within it."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop(0)
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            todo += ast.iter_child_nodes(node)


def _parameters(function: Function, scope: Scope) -> list[ast.arg]:
    args = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return args[1:] if args and args[0].arg in ("self", "cls") else args


def _owner_of(name: str, scope: Scope) -> tuple[Function, Scope] | None:
    """The function whose parameter it is, with the scope around that function."""
    for number in range(len(scope.functions), 0, -1):
        if name in {a.arg for a in _parameters(scope.functions[number - 1], scope)}:
            return scope.functions[number - 1], Scope(scope.file, scope.owner, scope.functions[: number - 1])
    return None


def _target(file: str, node: ast.ImportFrom) -> str:
    """The file that ``from .x.y import z`` names."""
    parts = Path(file).parts[: -node.level] if node.level else ()
    return "/".join((*parts, *(node.module or "").split("."))) + ".py"


def of_python(root: Path) -> Collection:
    """Codes of plugins/**/*.py below the root."""
    files = sorted(p for p in (root / "plugins").rglob("*.py") if "__pycache__" not in p.parts)
    found = Collection({str(p.relative_to(root)): ast.parse(p.read_text(encoding="utf-8")) for p in files})
    found.read()
    return found


def of_yaml(root: Path) -> dict[str, set[str]]:
    """Codes that roles and playbooks write themselves: 'code' of a dictionary, and what a code falls back to."""
    found: dict[str, set[str]] = {}
    for folder in ("roles", "playbooks"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".yml", ".yaml", ".j2"):
                for match in _JINJA.finditer(path.read_text(encoding="utf-8")):
                    for code in _TEXT.findall(match[1] or match[2] or ""):
                        found.setdefault(code, set()).add(str(path.relative_to(root)))
    return found
