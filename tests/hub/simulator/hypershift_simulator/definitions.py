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
    """Create the definitions of these groups, unless their kinds are served."""
    served = {KINDS[kind].group for kind in store.served}
    missing = [d for group in groups if group not in served for d in _BY_GROUP.get(group, ())]
    return [Create(d) for d in missing if store.get(*key(d)) is None]
