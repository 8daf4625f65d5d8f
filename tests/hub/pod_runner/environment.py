# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A container's environment and command line, with the references of its pod resolved."""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable, Mapping

from embedded_hub.containers import default_environment

from .types import NotYet, Obj

Find = Callable[[str], Awaitable[Obj | None]]

_REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")


def expand(text: str, values: Mapping[str, str]) -> str:
    """$(NAME) as the kubelet reads it: what is unknown stays."""
    return _REFERENCE.sub(lambda match: values.get(match[1], match[0]), text)


def command(container: Obj, values: Mapping[str, str]) -> list[str]:
    """Empty where the image's own program would run, which our images do not have."""
    return [expand(str(part), values) for part in [*(container.get("command") or []), *(container.get("args") or [])]]


async def resolve(find: Find, pod: Obj, container: Obj, address: str) -> dict[str, str]:
    values = default_environment(HOSTNAME=pod["spec"].get("hostname") or pod["metadata"]["name"])
    for entry in container.get("env") or []:
        if "valueFrom" in entry:
            values[entry["name"]] = await _referenced(find, pod, entry["valueFrom"], address)
        else:
            values[entry["name"]] = expand(str(entry.get("value", "")), values)
    return values


async def _referenced(find: Find, pod: Obj, source: Obj, address: str) -> str:
    metadata = pod["metadata"]
    if "fieldRef" in source:
        path = source["fieldRef"]["fieldPath"]
        fields = {
            "metadata.name": metadata["name"],
            "metadata.namespace": metadata["namespace"],
            "metadata.uid": metadata["uid"],
            # Programs bind to it, so it is the address on this machine and not the one that the status shows.
            "status.podIP": address,
            "spec.nodeName": pod["spec"].get("nodeName", ""),
        }
        if path not in fields:
            raise NotYet(f"the embedded hub cannot resolve the field {path}")
        return str(fields[path])
    for kind, plural in (("secretKeyRef", "secrets"), ("configMapKeyRef", "configmaps")):
        if kind in source:
            reference = source[kind]
            found = await find(f"/api/v1/namespaces/{metadata['namespace']}/{plural}/{reference['name']}")
            value = ((found or {}).get("data") or {}).get(reference["key"])
            if value is None:
                raise NotYet(f'{plural.removesuffix("s")} "{reference["name"]}" with key {reference["key"]} not found')
            return base64.b64decode(value).decode() if plural == "secrets" else str(value)
    raise NotYet(f"the embedded hub cannot resolve {', '.join(source)}")
