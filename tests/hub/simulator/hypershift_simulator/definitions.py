# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Definitions (CRDs) that come with what is installed: known only to a simulator that was started on a bare management cluster."""

from __future__ import annotations

import json
from pathlib import Path

from .actions import Action, Create
from .kinds import KINDS, key
from .names import Obj
from .store import Store

_BY_GROUP: dict[str, list[Obj]] = {}


def read(path: Path) -> None:
    """A file with a JSON list of definitions."""
    for definition in json.loads(path.read_text()):
        _BY_GROUP.setdefault(definition["spec"]["group"], []).append(definition)


def install(store: Store, *groups: str) -> list[Action]:
    """Create the definitions of these groups, unless their kinds are served. What the simulator itself knows comes last: with it, it starts anew."""
    missing: list[Obj] = []
    for group in groups:
        wanted = _BY_GROUP.get(group, [])
        if any(kind in KINDS and kind not in store.served for kind in map(_kind, wanted)):
            missing += sorted(wanted, key=lambda d: _kind(d) in KINDS)
    return [Create(d) for d in missing if store.get(*key(d)) is None]


def installing(served: frozenset[str]) -> set[str]:
    """Kinds of groups of which some are served by now, and others not yet."""
    groups = {KINDS[kind].group for kind in served}
    return {kind for group in groups for kind in map(_kind, _BY_GROUP.get(group, [])) if kind in KINDS and kind not in served}


def _kind(definition: Obj) -> str:
    return str(definition["spec"]["names"]["kind"])
