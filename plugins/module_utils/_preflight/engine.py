# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Preflight checks of OpenShift, the multicluster engine and the HyperShift operator.

Source: platform_facts#1.1 to #1.6,
#O.14."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._kernel import versions
from .._kernel.conditions import get
from .._kernel.kinds import ADD_ON_CONFIG, DEPLOYMENT, HOSTED_CLUSTER, MULTICLUSTER_ENGINE
from .._kernel.objects import lookup
from .._kernel.versions import Version
from .._multicluster_engine.compatibility import (
    engine,
    engine_of,
    engine_version,
    line_of_engine,
    management_lines,
    minor_of,
    openshift,
    openshift_version,
)
from .inspection import NO_ENGINE, PROVIDERS, SEE_ENGINE, CheckResult, Inspection, failed, ok, unknown, warning

# the last: name before engine 2.3
_COMPONENTS, _PREVIEW = ("hypershift", "hypershift-local-hosting"), "hypershift-preview"
MAX_NUMBER, THRESHOLD = "hcMaxNumber", "hcThresholdNumber"
_LIMITS = {MAX_NUMBER: 80, THRESHOLD: 60}  # what the add-on takes when nothing else is set (platform_facts#1.6)


def openshift_settled(inspection: Inspection) -> CheckResult:
    """OpenShift of the management cluster: it tells its version, and no update is under way."""
    found = openshift(inspection.view)
    version = openshift_version(inspection.view)
    newest = versions.newest(found, versions.OPENSHIFT)
    if found is None or not newest:
        return unknown(
            "", "ClusterVersion version tells no version of OpenShift", "Look at the cluster version operator."
        )
    if newest.get("state") != "Completed":
        target = newest.get("version") or "another version"
        cause = f"OpenShift of the management cluster is being updated to {target}"
        return warning(
            version or str(target),
            cause,
            "Let that update end first: management cluster, then engine, then hosted clusters.",
        )
    trouble = get(found, "Failing")
    if trouble and trouble.status == "True":
        return warning(
            version,
            f"ClusterVersion version is Failing: {trouble.message or trouble.reason}",
            "Repair the operator it names.",
        )
    return ok(version)


def engine_available(inspection: Inspection) -> CheckResult:
    """Phase Available, and the current version is the desired one (platform_facts#1.4). That there is no engine is said
    here alone; others refer to it."""
    found = engine(inspection.view)
    if found is None:
        gap = None if inspection.without_engine else inspection.gap(MULTICLUSTER_ENGINE)
        return gap or failed("none", NO_ENGINE, PROVIDERS[MULTICLUSTER_ENGINE])
    status: Mapping[str, Any] = found.get("status") or {}
    phase, current, desired = (str(status.get(k) or "") for k in ("phase", "currentVersion", "desiredVersion"))
    name = f"MultiClusterEngine {found['metadata'].get('name') or ''}"
    value = f"{current or 'no version'} {phase or 'no phase'}"
    if phase != "Available":
        return failed(
            value,
            f"{name} is in phase {phase or 'unknown'}, not Available",
            "Let its change end, or look at its status.components.",
        )
    if not current or current != desired:
        cause = f"{name} runs {current or 'no known version'}, but {desired or 'an unknown version'} is desired"
        return failed(value, cause, "Let its update end, or look at its status.conditions.")
    return ok(value)


def engine_matches_openshift(inspection: Inspection) -> CheckResult:
    """The engine works on OpenShift from two minors below its own to one above (platform_facts#1.3)."""
    own, below = Version.parse(engine_version(inspection.view)), Version.parse(openshift_version(inspection.view))
    if own is None or below is None:
        what = "multicluster engine" if own is None else "management cluster"
        return unknown("", f"no version of the {what} could be read", "See the checks above.")
    line = line_of_engine(own)
    low, high = management_lines(line)
    value = f"engine {own} on OpenShift {below}"
    if low <= below.line <= high:
        return ok(value)
    cause = (
        f"multicluster engine {own} works on OpenShift {minor_of(low)} to {minor_of(high)}, but the management cluster"
        f" runs {below}"
    )
    if below.line < low:
        return failed(value, cause, f"Upgrade OpenShift of the management cluster to {minor_of(low)} or newer.")
    return failed(value, cause, f"Upgrade the multicluster engine to {engine_of(below.line - (high - line))} or newer.")


def component(inspection: Inspection, name: str) -> bool | None:
    """Whether a component of the engine is enabled; None when it is left at its default."""
    overrides = lookup(engine(inspection.view) or {}, ("spec", "overrides", "components")) or ()
    found = [bool(c.get("enabled")) for c in overrides if isinstance(c, dict) and c.get("name") == name]
    return found[-1] if found else None


def hypershift_enabled(inspection: Inspection) -> CheckResult:
    """Components hypershift and hypershift-local-hosting; both are on unless switched off (platform_facts#1.5)."""
    step = (
        "Set it to enabled in spec.overrides.components of the MultiClusterEngine, and keep the other entries of that"
        " list."
    )
    for name in _COMPONENTS:
        state = component(inspection, name)
        if state is None and name == "hypershift":
            state = component(inspection, _PREVIEW)
        if state is False:
            return failed("off", f"component {name} of the multicluster engine is disabled", step)
    return ok("on")


def operator_available(inspection: Inspection) -> CheckResult:
    """Deployment operator in namespace hypershift (platform_facts#1.5)."""
    found = inspection.one(DEPLOYMENT, "operator")
    if found is None and inspection.without_engine:
        return unknown("none", f"there is no Deployment hypershift/operator: {NO_ENGINE}", SEE_ENGINE)
    if found is None:
        step = (
            "Enable components hypershift and hypershift-local-hosting of the multicluster engine, or look at its"
            " add-on hypershift-addon."
        )
        return failed(
            "none", "there is no Deployment hypershift/operator: the HyperShift operator is not installed", step
        )
    wanted, ready = (
        int(lookup(found, ("spec", "replicas"), 1) or 0),
        int(lookup(found, ("status", "availableReplicas")) or 0),
    )
    value = f"{ready}/{wanted} available"
    if not ready:
        return failed(
            value,
            "no replica of Deployment hypershift/operator is available",
            "Look at its pods in namespace hypershift.",
        )
    if ready < wanted:
        return warning(
            value,
            f"{ready} of {wanted} replicas of Deployment hypershift/operator are available",
            "Look at the missing pod.",
        )
    return ok(value)


def supported_versions(inspection: Inspection) -> CheckResult:
    """ConfigMap supported-versions, which the operator writes; its newest minor is the engine's own or newer."""
    minors = inspection.view.minors
    if not minors and inspection.without_engine:
        return unknown("none", f"there is no ConfigMap hypershift/supported-versions: {NO_ENGINE}", SEE_ENGINE)
    if not minors:
        cause = (
            "ConfigMap hypershift/supported-versions is missing or not readable, so nobody can tell which versions can"
            " be created"
        )
        return failed("none", cause, "Look at the HyperShift operator, which writes it.")
    value, own = ", ".join(minors), Version.parse(engine_version(inspection.view))
    lines = [v.line for v in map(Version.parse, minors) if v]
    if own and lines and max(lines) < line_of_engine(own):
        cause = (
            f"the operator supports up to {minors[0]}, but engine {own} brings {minor_of(line_of_engine(own))}: the"
            " operator is older"
        )
        return warning(value, cause, "Look at the add-on hypershift-addon, which updates the operator.")
    return ok(value)


def limits(inspection: Inspection) -> dict[str, int]:
    """Numbers of hosted clusters from which the add-on warns and calls the management cluster full."""
    config = inspection.one(ADD_ON_CONFIG, "hypershift-addon-deploy-config") or {}
    given = {
        str(v.get("name")): str(v.get("value"))
        for v in lookup(config, ("spec", "customizedVariables")) or ()
        if isinstance(v, dict)
    }
    return {key: int(given[key]) if given.get(key, "").isdigit() else default for key, default in _LIMITS.items()}


def hosted_cluster_count(inspection: Inspection) -> CheckResult:
    """Hosted clusters with the wanted ones, against threshold and maximum of the add-on (platform_facts#1.6, #11.1)."""
    have, marks = len(inspection.all(HOSTED_CLUSTER)), limits(inspection)
    total = have + inspection.wanted
    value = f"{have}, {total} with the wanted"
    step = (
        "Spread hosted clusters over more management clusters, or raise {} in AddOnDeploymentConfig"
        " hypershift-addon-deploy-config."
    )
    for key, say in ((MAX_NUMBER, failed), (THRESHOLD, warning)):
        if total > marks[key]:
            return say(
                value,
                f"{total} hosted clusters are more than {key} of the hypershift add-on, {marks[key]}",
                step.format(key),
            )
    return ok(value)
