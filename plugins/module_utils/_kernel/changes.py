# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ChangeSet: the ordered writes of one operation, made by planning and consumed by applying."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .compare import apply_merge_patch
from .errors import Failure
from .kinds import Kind
from .redaction import redacted


class Verb(str, Enum):
    CREATE = "create"
    PATCH = "patch"
    DELETE = "delete"


@dataclass(frozen=True)
class Step:
    """One write.

    body: the whole object for create, the JSON merge patch for patch, empty for delete.
    before: the live object, None for create. guard: send the live resourceVersion, so that a concurrent change is
    noticed.
    """

    verb: Verb
    kind: Kind
    name: str
    namespace: str | None
    why: str
    body: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] | None = None
    disruptive: bool = False
    guard: bool = True

    @property
    def ref(self) -> str:
        return self.kind.ref(self.namespace, self.name)

    @property
    def after(self) -> dict[str, Any] | None:
        if self.verb is Verb.CREATE:
            return self.body
        if self.verb is Verb.DELETE:
            return None
        return apply_merge_patch(self.before, self.body)

    def as_dict(self) -> dict[str, Any]:
        """One entry of the ``plan`` return value; secret values are masked."""
        entry: dict[str, Any] = {
            "verb": self.verb.value,
            "object": self.ref,
            "why": self.why,
            "disruptive": self.disruptive,
        }
        if self.verb is Verb.PATCH:
            entry["change"] = redacted(self.body, self.kind.kind)
        return entry


@dataclass(frozen=True)
class RolloutEffect:
    """What one NodePool does because of the change. Source: platform_facts#4.6.

    action: ``replace`` (new Machines), ``in_place`` (drain and update each node).
    """

    pool: str
    namespace: str
    nodes: int
    action: str
    why: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "node_pool": self.pool,
            "namespace": self.namespace,
            "nodes": self.nodes,
            "action": self.action,
            "why": list(self.why),
        }

    def sentence(self) -> str:
        verb = "replaces" if self.action == "replace" else "drains and updates in place"
        return f"NodePool {self.namespace}/{self.pool} {verb} {self.nodes} node(s) because of {', '.join(self.why)}"


@dataclass
class ChangeSet:
    """steps in order; refusals (all of them, before any write); rollout effects; notes shown as warnings."""

    steps: list[Step] = field(default_factory=list)
    refusals: list[Failure] = field(default_factory=list)
    rollout: list[RolloutEffect] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.steps)

    def create(self, kind: Kind, body: dict[str, Any], why: str) -> None:
        meta = body["metadata"]
        self.steps.append(Step(Verb.CREATE, kind, meta["name"], meta.get("namespace"), why, body=body))

    def patch(
        self, kind: Kind, live: dict[str, Any], patch: dict[str, Any], why: str, disruptive: bool = False
    ) -> None:
        if patch:
            meta = live["metadata"]
            self.steps.append(
                Step(
                    Verb.PATCH,
                    kind,
                    meta["name"],
                    meta.get("namespace"),
                    why,
                    body=patch,
                    before=live,
                    disruptive=disruptive,
                )
            )

    def delete(self, kind: Kind, live: dict[str, Any], why: str, disruptive: bool = False) -> None:
        meta = live["metadata"]
        self.steps.append(
            Step(Verb.DELETE, kind, meta["name"], meta.get("namespace"), why, before=live, disruptive=disruptive)
        )

    def refuse(self, code: str, cause: str, next_step: str = "", object_ref: str = "", condition: str = "") -> None:
        self.refusals.append(
            Failure(code=code, cause=cause, next_step=next_step, object=object_ref, condition=condition)
        )

    def plan(self) -> list[dict[str, Any]]:
        return [s.as_dict() for s in self.steps]

    def diff(self) -> list[dict[str, Any]]:
        """Ansible diff entries of what changes, with server noise and secret values left out."""
        return [
            {
                "before_header": s.ref,
                "after_header": s.ref,
                "before": _clean(s.before, s.kind),
                "after": _clean(s.after, s.kind),
            }
            for s in self.steps
        ]

    def predicted(self, kind: Kind, name: str, live: dict[str, Any] | None) -> dict[str, Any] | None:
        """The object as it will be once all steps are applied; ``live`` when no step touches it."""
        pick: Callable[[Step], bool] = lambda s: s.kind is kind and s.name == name  # noqa: E731
        steps = [s for s in self.steps if pick(s)]
        return steps[-1].after if steps else live


_NOISE = ("managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink")


def _clean(obj: dict[str, Any] | None, kind: Kind) -> dict[str, Any]:
    if not obj:
        return {}
    kept = {k: v for k, v in obj.items() if k != "status"}
    kept["metadata"] = {k: v for k, v in obj.get("metadata", {}).items() if k not in _NOISE}
    result = redacted(kept, kind.kind)
    return result if isinstance(result, dict) else {}
