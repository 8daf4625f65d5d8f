# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The corpus: one file a case."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Obj = dict[str, Any]

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
_KEYS = {"base", "before", "object", "subresource", "expect", "path", "message_contains", "defaulted"}


@dataclass(frozen=True)
class Case:
    """What is sent, and the verdict it must get. With `before` it is a change of an object that is there already."""

    name: str
    object: Obj
    accepted: bool
    before: Obj | None = None
    subresource: str = ""
    path: str = ""
    message_contains: str = ""
    defaulted: Obj = field(default_factory=dict)


def merge(target: Any, patch: Any) -> Any:
    """Like RFC 7386, but null takes out only a field that is there: elsewhere it is sent."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None and key in result:
            del result[key]
        else:
            result[key] = merge(result.get(key), value)
    return result


@cache
def base(name: str) -> Obj:
    loaded: Obj = yaml.safe_load((CORPUS / "bases" / f"{name}.yaml").read_text())
    return loaded


def read(path: Path) -> Case:
    name = str(path.relative_to(CORPUS).with_suffix(""))
    content = yaml.safe_load(path.read_text())
    unknown = content.keys() - _KEYS
    expect = content["expect"]
    if unknown or not name.startswith(f"{expect}/") or (expect == "rejected") != ("path" in content):
        raise ValueError(f"{path}: keys {sorted(unknown)} are unknown, expect does not fit the folder, or path is missing.")
    start = base(content["base"]) if "base" in content else {}
    before = merge(start, content["before"] or {}) if "before" in content else None
    return Case(
        name=name,
        object=merge(before or start, content.get("object") or {}),
        accepted=expect == "accepted",
        before=before,
        subresource=content.get("subresource", ""),
        path=content.get("path", ""),
        message_contains=content.get("message_contains", ""),
        defaulted=content.get("defaulted", {}),
    )


@cache
def all_cases() -> dict[str, Case]:
    found = [read(path) for outcome in ("accepted", "rejected") for path in sorted((CORPUS / outcome).rglob("*.yaml"))]
    return {case.name: case for case in found}
