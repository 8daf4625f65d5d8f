# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the API server says of a plan before any of it is written: its schema, rules and admission, whatever its
version, by dry run."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .changes import ChangeSet, Step, Verb
from .errors import ApiError, ConflictError, Failure
from .kinds import CUSTOM_RESOURCE_DEFINITION, NAMESPACE, Kind
from .ports.hub import Hub
from .text import likely

Write = Callable[[Hub, Step], Any]
UNKNOWN_FIELD = re.compile(r'unknown field "([^"]+)"')
# Admission that cannot be asked without consequences (webhooks with side effects) says nothing of the object.
_NO_DRY_RUN = re.compile(r"does not support dry run|DryRun not supported", re.IGNORECASE)
# A right that is missing, in the words of the API server; any other 403 is what admission says of the object.
_NO_RIGHT = re.compile(r"cannot (create|patch|update) resource|may not (create|patch)(?!.*denied)")
_STAND_IN = "default"  # a namespace that every cluster has


def rehearse(hub: Hub, changes: ChangeSet, check_mode: bool, write: Write, wanted: bool) -> None:
    """Let the server judge what would be created and changed; nothing is stored. Adds refusals, and notes where it
    could not be asked.

    Objects of the core API are left out: what we put into them has a fixed form. Outside of check mode only what is
    wanted is rehearsed, and one write alone never: the server takes or refuses it as a whole. Then a missing right is
    an ApiError as it would be later, but before the first write.
    """
    steps = [step for step in changes.steps if step.verb is not Verb.DELETE]
    if not check_mode and (not wanted or len(steps) < 2):
        return
    made = {step.name for step in changes.steps if step.kind is NAMESPACE and step.verb is Verb.CREATE}
    seen: set[str] = set()
    for step in steps:
        if step.kind.group and step.ref not in seen:
            seen.add(step.ref)
            placeless = step.namespace in made
            try:
                write(hub.rehearsal(), _elsewhere(step) if placeless else step)
            except ConflictError:
                continue  # it was taken, or somebody changes the object: the write itself plans again
            except ApiError as error:
                if error.status == 403 and not placeless and not check_mode:
                    raise
                if _is_verdict(error):
                    changes.refusals.append(replace(explained(hub, step.kind, error).failure, object=step.ref))
                else:
                    _note(step, error, changes, silent=placeless and not check_mode)


def _is_verdict(error: ApiError) -> bool:
    """Whether it says something of the object. A missing right does not: who only looks need not have it, and in the
    namespace that stands in for one of the same plan it says nothing."""
    if error.status == 403:
        return not _NO_RIGHT.search(error.failure.cause)
    return error.status in (400, 422) and not _NO_DRY_RUN.search(error.failure.cause)


def _note(step: Step, error: ApiError, changes: ChangeSet, silent: bool) -> None:
    """silent: the write itself comes next, and says it better."""
    if error.status in (400, 403, 404, 422):
        if silent:
            return
        changes.notes.append(
            f"{step.ref}: the API server could not be asked whether it would take this ({error.failure.cause})."
        )
    else:
        raise error


def _elsewhere(step: Step) -> Step:
    body = {**step.body, "metadata": {**step.body["metadata"], "namespace": _STAND_IN}}
    return replace(step, namespace=_STAND_IN, body=body)


def explained(hub: Hub, kind: Kind, error: ApiError) -> ApiError:
    """The error with the likely name of each field that the server does not know."""
    fields = UNKNOWN_FIELD.findall(error.failure.cause)
    if not fields:
        return error
    schema = _schema(hub, kind)
    told = [f"{field}{_likely(schema, field)}" for field in dict.fromkeys(fields)]
    cause = f"the API server does not know {'the field' if len(told) == 1 else 'the fields'} {', '.join(told)}"
    failure = Failure("unknown_field", cause, error.failure.object, next_step="Correct or remove it, then run again.")
    return ApiError(failure, error.status, error.reason)


def _schema(hub: Hub, kind: Kind) -> dict[str, Any]:
    """The schema that the server publishes, empty when it may not be read: it only helps to name what was meant."""
    try:
        found = hub.get(CUSTOM_RESOURCE_DEFINITION, None, f"{kind.plural}.{kind.group}") or {}
    except ApiError:
        return {}
    versions = (found.get("spec") or {}).get("versions") or []
    chosen = next((v for v in versions if v.get("name") == kind.version), versions[0] if versions else {})
    schema: dict[str, Any] = (chosen.get("schema") or {}).get("openAPIV3Schema") or {}
    return schema


def _likely(schema: dict[str, Any], field: str) -> str:
    """What was meant: a name like it at the same place, else the place where that very name is known."""
    *parents, name = re.sub(r"\[\d+\]", "", field).split(".")
    node: dict[str, Any] = schema
    for part in parents:
        node = (node.get("properties") or {}).get(part) or {}
        node = node.get("items") or node
    known = list(node.get("properties") or {})
    meant = likely(name, known)
    if meant:
        return f" (did you mean {meant}?)"
    places = sorted(_places(schema, name), key=len)
    return f" (it is known as {'.'.join(places[0])})" if places else ""


def _places(node: dict[str, Any], name: str, at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    inner = node.get("items") or node
    for key, value in (inner.get("properties") or {}).items():
        if key == name:
            found.append((*at, key))
        if at or key == "spec":
            found += _places(value, name, (*at, key))
    return found
