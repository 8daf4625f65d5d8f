# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which node pools a change rolls, how and why: predicted before any write from the table of triggers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .._health.rules.machines import makes_machines
from .._kernel.changes import RolloutEffect
from .._kernel.compare import equal
from .._kernel.objects import lookup
from .._kernel.versions import Version, version_of_image
from .._manifests.selection import node_count
from .rollout_triggers import TRIGGERS
from .trigger import Trigger, Where

# Content behind a field before and after, by the name of its trigger; None where it could not be read.
Contents = Mapping[str, "tuple[str | None, str | None]"]


def cluster_change_effects(
    live: dict[str, Any], predicted: dict[str, Any], pools: Iterable[dict[str, Any]], contents: Contents | None = None
) -> list[RolloutEffect]:
    """Effects of changing a HostedCluster, or what it refers to, on its existing node pools."""
    changed = _changed_of_cluster(live, predicted, contents or {})
    return [e for e in (_effect(pool, changed) for pool in pools) if e] if changed else []


def pool_change_effects(live: dict[str, Any], predicted: dict[str, Any]) -> list[RolloutEffect]:
    """Effects of changing a NodePool on its own nodes."""
    effect = _effect(live, _changed(Where.POOL, live, predicted))
    return [effect] if effect else []


def template_note(live: dict[str, Any], predicted: dict[str, Any]) -> str:
    """InPlace pools keep their Machines: a template change reaches new Machines only."""
    return _note(live, _changed(Where.POOL, live, predicted))


def cluster_template_notes(
    live: dict[str, Any], predicted: dict[str, Any], pools: Iterable[dict[str, Any]]
) -> list[tuple[dict[str, Any], str]]:
    """Pools that keep their machines though the change of the HostedCluster is one of their machine template."""
    changed = _changed(Where.CLUSTER, live, predicted)
    return [(pool, note) for pool in pools if (note := _note(pool, changed))]


def merged(effects: Iterable[RolloutEffect]) -> list[RolloutEffect]:
    """One effect per pool, whichever objects of a task change it: its nodes roll once."""
    found: dict[tuple[str, str], RolloutEffect] = {}
    for effect in effects:
        key = (effect.namespace, effect.pool)
        known = found.get(key)
        why = dict.fromkeys((*(known.why if known else ()), *effect.why))
        found[key] = replace(effect, why=tuple(why))
    return list(found.values())


def _changed_of_cluster(live: dict[str, Any], predicted: dict[str, Any], contents: Contents) -> list[Trigger]:
    rows = [t for t in TRIGGERS if t.where is Where.CONTENT and t.rolls]
    by_content = [t for t in rows if _content_differs(t, live, predicted, contents)]
    return _changed(Where.CLUSTER, live, predicted) + by_content


def _changed(where: Where, live: dict[str, Any], predicted: dict[str, Any]) -> list[Trigger]:
    rows = [t for t in TRIGGERS if t.where is where and t.rolls]
    read = [(t, t.read(lookup(live, t.path)), t.read(lookup(predicted, t.path))) for t in rows]
    return [t for t, before, after in read if not _same(before, after, t.path[-1])]


def _content_differs(trigger: Trigger, live: dict[str, Any], predicted: dict[str, Any], contents: Contents) -> bool:
    """What could not be read may be another content, unless nothing has changed."""
    before, after = contents.get(trigger.name, (None, None))
    if before is not None and after is not None:
        return before != after
    return trigger.name in contents or not _same(lookup(live, trigger.path), lookup(predicted, trigger.path), "name")


def _effect(pool: dict[str, Any], changed: Iterable[Trigger]) -> RolloutEffect | None:
    nodes = node_count(pool)
    on_delete = lookup(pool, ("spec", "management", "replace", "strategy")) == "OnDelete"
    in_place = _in_place(pool)
    why = tuple(t.why + _assumed(t, pool) for t in changed if _reaches(t, pool) and not (t.template and in_place))
    if not why or nodes == 0 or (on_delete and not in_place):
        return None
    meta = pool["metadata"]
    return RolloutEffect(meta["name"], meta.get("namespace", ""), nodes, "in_place" if in_place else "replace", why)


def _note(pool: dict[str, Any], changed: Iterable[Trigger]) -> str:
    if _in_place(pool) and any(t.template and _reaches(t, pool) for t in changed):
        return "the machine template changes, but an InPlace pool keeps its machines: only new machines get it"
    return ""


def _reaches(trigger: Trigger, pool: dict[str, Any]) -> bool:
    """Whether the row applies to the pool: its platform, and its release where that is known."""
    platform = lookup(pool, ("spec", "platform", "type"))
    if not makes_machines(platform) or (trigger.platforms and platform not in trigger.platforms):
        return False
    release = _release(pool)
    return trigger.since is None or release is None or release.line >= trigger.since.line


def _assumed(trigger: Trigger, pool: dict[str, Any]) -> str:
    if trigger.since is None or _release(pool) is not None:
        return ""
    return f" (assumed: it rolls from {trigger.since.major}.{trigger.since.minor}, and the pool's version is unknown)"


def _release(pool: dict[str, Any]) -> Version | None:
    """The version that the pool is to have; what it reports where the image does not tell."""
    image = version_of_image(str(lookup(pool, ("spec", "release", "image")) or ""))
    return image or Version.parse(str(lookup(pool, ("status", "version")) or ""))


def _in_place(pool: dict[str, Any]) -> bool:
    return bool(lookup(pool, ("spec", "management", "upgradeType")) == "InPlace")


def _same(before: Any, after: Any, field: str) -> bool:
    nothing = [value in (None, "", [], {}) for value in (before, after)]
    if any(nothing):
        return all(nothing)
    return equal(after, before, field) and equal(before, after, field)
