# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""API objects as they go into a must-gather: without noise and secrets, and which logs of a pod are worth reading."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._kernel import kinds
from .._kernel.kinds import Kind
from .._kernel.objects import Object
from .._kernel.redaction import masked, redacted

MAX_EVENTS = 3000  # per list, the newest
MAX_LINE = 65_536  # bytes of one line of a log; editors and terminals stop at what is longer
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_SECRET_VARIABLE = re.compile(r"PASSW|TOKEN|SECRET|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY", re.IGNORECASE)


@dataclass(frozen=True)
class Dumped:
    """content: JSON. objects: how many are in it; trimmed: how many more there were."""

    content: bytes
    objects: int
    trimmed: int = 0


def dumped(kind: Kind, found: Sequence[Object]) -> Dumped:
    """A list as it goes into the archive, in the order of names, so that two archives can be compared."""
    rows, trimmed = list(found), 0
    if kind == kinds.EVENT and len(rows) > MAX_EVENTS:
        rows = sorted(rows, key=last_seen)[-MAX_EVENTS:]
        trimmed = len(found) - MAX_EVENTS
    rows = sorted(rows, key=_place)
    body: Object = {
        "apiVersion": kind.api_version,
        "kind": f"{kind.kind}List",
        "items": [shown(kind, row) for row in rows],
    }
    return Dumped(json.dumps(body, indent=1, sort_keys=True).encode(), len(rows), trimmed)


def shown(kind: Kind, obj: Object) -> Object:
    """What of an object goes into the archive."""
    meta = obj.get("metadata") or {}
    identity = {key: meta[key] for key in ("name", "namespace", "creationTimestamp") if key in meta}
    if kind == kinds.SECRET:
        return {"metadata": identity, "type": obj.get("type") or "Opaque"}
    if kind == kinds.MACHINE_CONFIG:
        return {"metadata": identity}
    if kind == kinds.CUSTOM_RESOURCE_DEFINITION:
        versions = (obj.get("spec") or {}).get("versions") or ()
        return {
            "metadata": identity,
            "versions": [{key: v.get(key) for key in ("name", "served", "storage")} for v in versions],
        }
    result: Object = redacted(_without_noise(obj), kind.kind)
    if kind == kinds.CONFIG_MAP and result.get("binaryData"):
        result["binaryData"] = {
            key: f"<{len(str(value)) * 3 // 4} bytes>" for key, value in result["binaryData"].items()
        }
    _hide_variables(result)
    return result


def _without_noise(obj: Object) -> Object:
    meta = {key: value for key, value in (obj.get("metadata") or {}).items() if key != "managedFields"}
    notes = meta.get("annotations")
    if notes and _LAST_APPLIED in notes:  # repeats the object, and keeps what it said before
        meta["annotations"] = {key: value for key, value in notes.items() if key != _LAST_APPLIED}
    return {**obj, "metadata": meta}


def _hide_variables(value: Any) -> None:
    """Environment variables of containers that carry a secret in the open."""
    if isinstance(value, list):
        for item in value:
            _hide_variables(item)
    elif isinstance(value, dict):
        for entry in value.get("env") or () if isinstance(value.get("env"), list) else ():
            if isinstance(entry, dict) and entry.get("value") and _SECRET_VARIABLE.search(str(entry.get("name"))):
                entry["value"] = masked(entry["value"])
        for item in value.values():
            _hide_variables(item)


def bounded_lines(log: bytes) -> tuple[bytes, int]:
    """A log without the ends of endless lines, and how many there were; a cut is seen. What is secret has to be masked
    before."""
    lines = log.split(b"\n")
    cut = [number for number, line in enumerate(lines) if len(line) > MAX_LINE]
    for number in cut:
        lines[number] = lines[number][:MAX_LINE] + f" <{len(lines[number]) - MAX_LINE} more bytes>".encode()
    return (b"\n".join(lines), len(cut)) if cut else (log, 0)


def last_seen(event: Mapping[str, Any]) -> str:
    """When an event was seen last, comparable as text."""
    series = event.get("series") or {}
    found = series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime")
    return str(found or (event.get("metadata") or {}).get("creationTimestamp") or "")


def _place(obj: Mapping[str, Any]) -> tuple[str, str]:
    meta = obj.get("metadata") or {}
    return str(meta.get("namespace") or ""), str(meta.get("name") or "")


def logs_of(pod: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """(container, previous) of each log that there is; init containers that did their work have nothing to tell."""
    status = pod.get("status") or {}
    for entry in status.get("initContainerStatuses") or ():
        ended = (entry.get("state") or {}).get("terminated")
        if ended is None or ended.get("exitCode"):
            yield from _of_container(entry)
    for entry in status.get("containerStatuses") or ():
        yield from _of_container(entry)


def _of_container(entry: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    name, state = str(entry.get("name")), entry.get("state") or {}
    if "running" in state or "terminated" in state:
        yield name, False
    if entry.get("restartCount") or (entry.get("lastState") or {}).get("terminated"):
        yield name, True
