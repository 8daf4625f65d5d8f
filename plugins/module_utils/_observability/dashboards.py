# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Dashboards of hosted clusters: the template, and the ConfigMaps that the operator makes of it.

Source: platform_facts#7.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._kernel.errors import Failure
from .._kernel.kinds import control_plane_namespace
from .._kernel.objects import lookup

TEMPLATE_NAME, TEMPLATE_KEY = "monitoring-dashboard-template", "template"
CONSOLE_NAMESPACE, LABEL = "openshift-config-managed", "console.openshift.io/dashboard"
DASHBOARD_KEY = "hostedcluster-dashboard.json"
PLACEHOLDERS = ("__NAME__", "__NAMESPACE__", "__CONTROL_PLANE_NAMESPACE__", "__CLUSTER_ID__")
_PLACEHOLDER = re.compile(r"__[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*__")
_STEP = "Correct dashboard_template."


def template_text(given: Any) -> str:
    """The template as it is stored: a text as it is, anything else as JSON."""
    return given if isinstance(given, str) else json.dumps(given, indent=2)


def parsed(text: str) -> Any:
    """The dashboard that the operator would make, with names made up. Raises ValueError."""
    for placeholder in PLACEHOLDERS:
        text = text.replace(placeholder, placeholder.strip("_").lower().replace("_", "-"))
    return json.loads(text)


def same(one: str, other: str) -> bool:
    """Whether two templates differ in their form alone. Placeholders stand in texts, so that they are compared as
    such."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return one == other


def refusals(text: str, ref: str) -> list[Failure]:
    found = []
    for name in sorted(set(_PLACEHOLDER.findall(text)) - set(PLACEHOLDERS)):
        hint = f"Known: {', '.join(PLACEHOLDERS)}."
        cause = f"the operator replaces no placeholder {name}, so that it would stand in every dashboard"
        found.append(Failure("unknown_placeholder", cause, ref, next_step=hint))
    try:
        body = parsed(text)
    except ValueError as error:
        found.append(
            Failure("invalid_template", f"with its placeholders replaced it is no JSON: {error}", ref, next_step=_STEP)
        )
        return found
    if not isinstance(body, dict):
        found.append(Failure("invalid_template", "it is no JSON object, as a dashboard is", ref, next_step=_STEP))
    return found


@dataclass(frozen=True)
class Dashboard:
    """What there is for one hosted cluster. config_map: its name, empty when there is none; problem: empty when it is
    good."""

    namespace: str
    name: str
    config_map: str = ""
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "namespace": self.namespace,
            "name": self.name,
            "config_map": self.config_map,
            "ok": not self.problem,
            "problem": self.problem,
        }


def found_for(cluster: Mapping[str, Any], config_maps: Sequence[Mapping[str, Any]]) -> Dashboard:
    """Looked up by its content, since names differ between code (``hc-``) and documentation (``cp-``); a known name
    settles it."""
    meta = cluster["metadata"]
    namespace, name = str(meta["namespace"]), str(meta["name"])
    chosen = [c for c in config_maps if DASHBOARD_KEY in (c.get("data") or {})]
    known = [f"{prefix}-{namespace}-{name}" for prefix in ("hc", "cp")]
    best = next((c for c in chosen if c["metadata"]["name"] in known), None) or next(
        (c for c in chosen if _is_about(cluster, c)), None
    )
    if best is None:
        return Dashboard(namespace, name, problem="it has no dashboard")
    title = str(best["metadata"]["name"])
    try:
        body = json.loads(best["data"][DASHBOARD_KEY])
    except ValueError as error:
        return Dashboard(namespace, name, title, f"ConfigMap {title} holds no JSON: {error}")
    return Dashboard(namespace, name, title, "" if isinstance(body, dict) else f"ConfigMap {title} holds no dashboard")


def _is_about(cluster: Mapping[str, Any], config_map: Mapping[str, Any]) -> bool:
    meta, text = cluster["metadata"], str(config_map["data"][DASHBOARD_KEY])
    identity = str(lookup(dict(cluster), ("spec", "clusterID")) or "")
    words = [control_plane_namespace(str(meta["namespace"]), str(meta["name"])), *([identity] if identity else [])]
    return any(re.search(rf"(?<![a-z0-9-]){re.escape(word)}(?![a-z0-9-])", text) for word in words)
