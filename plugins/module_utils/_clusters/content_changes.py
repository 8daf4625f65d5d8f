# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which content behind a hosted cluster's references changes with a task, and whose nodes that rolls."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from .._kernel.changes import ChangeSet, RolloutEffect, Step
from .._kernel.errors import ApiError
from .._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, Kind
from .._kernel.objects import lookup
from .._kernel.ports.hub import Hub
from .._manifests.selection import pools_of
from .._node_pools.rollout import Contents, cluster_change_effects
from .._node_pools.rollout_triggers import TRIGGERS
from .._node_pools.trigger import Trigger, Where
from .manifest import REFERENCES

FORBIDDEN = "missing_permission"
_ROWS = {t.name: t for t in TRIGGERS if t.where is Where.CONTENT}


def rolls_by_content(option: str) -> bool:
    """Whether new content behind this reference option rolls nodes."""
    return _ROWS[option].rolls


def changed_contents(hub: Hub, changes: ChangeSet, live: dict[str, Any], predicted: dict[str, Any]) -> Contents:
    """Contents that roll nodes and are named anew or written by the planned steps, before and after."""
    found = {}
    for option, trigger in _ROWS.items():
        before, after = (str(lookup(o, trigger.path) or "") for o in (live, predicted))
        if trigger.rolls and (before != after or _written(changes, option, after)):
            found[option] = (
                _content(hub, changes, live, option, before, planned=False),
                _content(hub, changes, live, option, after, planned=True),
            )
    return found


def effects_on_others(hub: Hub, changes: ChangeSet, namespace: str, name: str) -> list[RolloutEffect]:
    """Effects on pools of other hosted clusters of the namespace, which name an object whose content is changed."""
    written = [(t, s) for t in _ROWS.values() if t.rolls for s in _patches(changes, t.name)]
    if not written:
        return []
    try:
        others = [o for o in hub.list(HOSTED_CLUSTER, namespace) if o["metadata"]["name"] != name]
    except ApiError as error:
        if error.failure.code != FORBIDDEN:
            raise
        refs = ", ".join(step.ref for _trigger, step in written)
        changes.notes.append(
            f"which other hosted clusters use {refs} could not be read ({error.failure.cause}); the new content would"
            " roll their nodes as well"
        )
        return []
    return [e for trigger, step in written for other in others for e in _on(hub, other, trigger, step)]


def mark_disruptive(changes: ChangeSet) -> None:
    """The step that writes a content is what rolls the nodes, not a change of the hosted cluster."""
    rolling = [s for option, t in _ROWS.items() if t.rolls for s in _patches(changes, option)]
    changes.steps[:] = [replace(s, disruptive=True) if s in rolling else s for s in changes.steps]


def _on(hub: Hub, other: dict[str, Any], trigger: Trigger, step: Step) -> list[RolloutEffect]:
    if lookup(other, trigger.path) != step.name:
        return []
    meta = other["metadata"]
    texts = {trigger.name: (_text(step.before, trigger.name), _text(step.after, trigger.name))}
    return cluster_change_effects(other, other, pools_of(hub, meta["namespace"], meta["name"]), texts)


def _patches(changes: ChangeSet, option: str) -> list[Step]:
    """Steps that change content which stands already."""
    kind, key = _kind(option), REFERENCES[option][2]
    return [s for s in changes.steps if s.kind is kind and s.before and key in ((s.body or {}).get("data") or {})]


def _written(changes: ChangeSet, option: str, name: str) -> list[Step]:
    return [s for s in changes.steps if s.kind is _kind(option) and s.name == name]


def _content(hub: Hub, changes: ChangeSet, live: dict[str, Any], option: str, name: str, planned: bool) -> str | None:
    """Content as it stands, or as planned; empty without a name, None where it is missing or must not be read. A step
    that writes it has read it already."""
    if not name:
        return ""
    steps = _written(changes, option, name)
    if steps:
        return _text(steps[-1].after if planned else steps[0].before, option)
    try:
        return _text(hub.get(_kind(option), live["metadata"]["namespace"], name), option)
    except ApiError as error:
        if error.failure.code != FORBIDDEN:
            raise
        return None


def _text(obj: dict[str, Any] | None, option: str) -> str | None:
    value = lookup(obj, ("data", REFERENCES[option][2]))
    if value is None or _kind(option) is CONFIG_MAP:
        return None if value is None else str(value)
    try:
        return base64.b64decode(value).decode("utf-8", "surrogateescape")
    except ValueError:
        return None


def _kind(option: str) -> Kind:
    return REFERENCES[option][3]
