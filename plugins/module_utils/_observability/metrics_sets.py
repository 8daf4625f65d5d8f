# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sets of metrics: the SRE set's content, and what the operator and hosted clusters are set to.

Source: platform_facts#7.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from .._kernel.errors import Failure
from .._kernel.objects import lookup
from .relabeling import problems

SETS = ("Telemetry", "SRE", "All")
CONFIG_MAP_NAME, KEY = "sre-metric-set", "config"
COMPONENTS = (
    *("etcd", "kubeAPIServer", "kubeControllerManager", "openshiftAPIServer", "openshiftControllerManager"),
    *("openshiftRouteControllerManager", "cvo", "olm", "catalogOperator", "registryOperator", "nodeTuningOperator"),
    *("controlPlaneOperator", "hostedClusterConfigOperator"),
)
UNDOCUMENTED = ("kubeScheduler", "kubeSchedulerResourceMetrics")
OVERRIDE = ("spec", "monitoring", "metricsSet")
_SCHEMA = ("schema", "openAPIV3Schema", "properties", "spec", "properties", "monitoring", "properties", "metricsSet")


def refusals(config: Mapping[str, Any], ref: str) -> list[Failure]:
    """What the operator, or Prometheus, would not understand of the SRE set."""
    found = []
    known = (*COMPONENTS, *UNDOCUMENTED)
    for component, rules in config.items():
        if component not in known:
            near = get_close_matches(str(component), known, 1, 0.5)
            step = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
            found.append(
                Failure("unknown_component", f"{component} is no component of the SRE metrics set", ref, next_step=step)
            )
        elif not isinstance(rules, list):
            cause = f"{component} must have a list of relabel configurations"
            found.append(Failure("invalid_relabel_config", cause, ref, next_step="Give a list, also for a single one."))
        else:
            for number, rule in enumerate(rules, 1):
                for wrong in problems(rule):
                    cause = f"relabel configuration {number} of {component}: {wrong}"
                    found.append(
                        Failure(
                            "invalid_relabel_config",
                            cause,
                            ref,
                            next_step="Correct it, since Prometheus would refuse it.",
                        )
                    )
    return found


def notes(config: Mapping[str, Any]) -> list[str]:
    found = sorted(set(config) & set(UNDOCUMENTED))
    return (
        [f"Components {', '.join(found)} are known to the operator, but not documented: a later release may drop them."]
        if found
        else []
    )


def counts(config: Mapping[str, Any]) -> dict[str, int]:
    """Relabel configurations of each component."""
    return {str(component): len(rules or []) for component, rules in sorted(config.items())}


def override_is_known(definition: Mapping[str, Any] | None) -> bool:
    """Whether HostedClusters of this definition have a metrics set of their own."""
    versions = lookup(definition, ("spec", "versions")) or []
    return any(lookup(version, _SCHEMA) is not None for version in versions if version.get("served"))


def operator_set(deployment: Mapping[str, Any] | None) -> str:
    """The set that the operator runs with; a flag wins over the environment, and the words are compared without
    case."""
    value = _flag(deployment, "--metrics-set") or _variable(deployment, "METRICS_SET") or SETS[0]
    return next((known for known in SETS if known.lower() == value.lower()), value)


def operator_makes_dashboards(deployment: Mapping[str, Any] | None) -> bool:
    flag = _flag(deployment, "--monitoring-dashboards")
    if flag is not None:
        return flag.lower() not in ("false", "0")
    return _variable(deployment, "MONITORING_DASHBOARDS") in ("1", "true")


def _container(deployment: Mapping[str, Any] | None) -> Mapping[str, Any]:
    containers = lookup(dict(deployment or {}), ("spec", "template", "spec", "containers")) or [{}]
    return next((c for c in containers if c.get("name") == "operator"), containers[0])


def _flag(deployment: Mapping[str, Any] | None, name: str) -> str | None:
    """Its value, empty for a flag without one, None when it is not set."""
    words = [
        str(word)
        for word in (*(_container(deployment).get("command") or ()), *(_container(deployment).get("args") or ()))
    ]
    for at, word in enumerate(words):
        if word == name:
            following = words[at + 1] if at + 1 < len(words) else ""
            return "" if following.startswith("-") else following
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None


def _variable(deployment: Mapping[str, Any] | None, name: str) -> str:
    return next(
        (str(e.get("value") or "") for e in _container(deployment).get("env") or () if e.get("name") == name), ""
    )
