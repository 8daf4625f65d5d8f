# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One row of the table of what rolls nodes, and how the values of its field are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .._kernel.versions import Version
from .._manifests.option_paths import Path

ANNOTATIONS = ("metadata", "annotations")


class Where(Enum):
    """Which object the field belongs to; CONTENT: the field names a Secret or ConfigMap, and its content counts."""

    CLUSTER = "HostedCluster"
    POOL = "NodePool"
    CONTENT = "Secret or ConfigMap of the HostedCluster"


def as_is(value: Any) -> Any:
    return value


def pruned(value: Any) -> Any:
    """Without what the operator does not tell from absent fields."""
    if not isinstance(value, dict):
        return value
    kept = {key: pruned(part) for key, part in value.items()}
    return {key: part for key, part in kept.items() if part not in (None, "", [], {})}


def named(value: Any) -> list[str]:
    return sorted(str(item.get("name")) for item in value or [])


def optional(value: Any) -> Any:
    """An empty object counts, other than a field that is not there."""
    return None if value is None else {"set": value}


def text(value: Any) -> str:
    return str(value or "").strip()


def document(value: Any) -> Any:
    """A JSON text by its meaning; as it stands when it is none."""
    try:
        return None if value is None else {"patch": json.loads(value)}
    except (TypeError, ValueError, RecursionError):
        return {"text": str(value)}


def without_tags(block: Any) -> Any:
    return {key: value for key, value in (block or {}).items() if key != "resourceTags"}


def equals(wanted: str) -> Callable[[Any], Any]:
    return lambda value: value == wanted


@dataclass(frozen=True)
class Trigger:
    """One row.

    path: field in the object; for CONTENT the field that names it. why: how a user reads the change in a prediction.
    template: it changes the machine template, so pools of upgrade type InPlace keep their machines. platforms: of the
    pool, empty for all. since: lowest minor of the pool's release. read: what of the value counts. remark: what a
    reader of the table should know besides. operator: file and function of openshift/hypershift.
    """

    name: str
    where: Where
    path: Path
    why: str
    operator: str
    rolls: bool = True
    template: bool = False
    platforms: tuple[str, ...] = ()
    since: Version | None = None
    read: Callable[[Any], Any] = as_is
    remark: str = ""
    fact: str = "platform_facts#4.6"
