# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What forbids to install, upgrade or remove the multicluster engine operator, before any write.

Source: platform_facts#1.3, #1.4, #1.7.
"""

from __future__ import annotations

from .._kernel import versions
from .._kernel.errors import Failure
from .._kernel.kinds import (
    CATALOG_SOURCE,
    CLUSTER_VERSION,
    MANAGED_CLUSTER,
    MULTICLUSTER_ENGINE,
    MULTICLUSTER_HUB,
    OPERATOR_GROUP,
    SUBSCRIPTION,
)
from .._kernel.objects import Object, lookup
from .._kernel.versions import Version
from .compatibility import engine_of, line_of_engine, management_lines, minor_of
from .components import owned_by_hub, owned_by_hub_failure
from .installation import PACKAGE, EngineSurroundings, channel_version, channels, installed

OLDEST = Version.parse("2.4.0")


_FAR = 3  # minors of OpenShift that somebody may still mean to upgrade by


_NO_ENGINE = (3, 4)  # majors that were skipped; a channel of OpenShift itself, stable-4.20, has one of them


def install_refusals(surroundings: EngineSurroundings, options: Object, wanted: Version | None) -> list[Failure]:
    """Everything that forbids the installation or the upgrade, before any write."""
    if wanted is None or wanted.major in _NO_ENGINE or (OLDEST and wanted < OLDEST):
        cause = f"channel {options['channel']} is none of the multicluster engine for hosted control planes"
        return [Failure("invalid_option", cause, next_step="Name one from stable-2.4 on, for example stable-2.10.")]
    return [
        *_owner_refusals(surroundings, options),
        *_olm_refusals(surroundings, options),
        *_version_refusals(surroundings, options, wanted),
    ]


def _owner_refusals(surroundings: EngineSurroundings, options: Object) -> list[Failure]:
    found = []
    if surroundings.hubs:
        ref = MULTICLUSTER_HUB.ref(
            surroundings.hubs[0]["metadata"].get("namespace"), surroundings.hubs[0]["metadata"]["name"]
        )
        cause = "a MultiClusterHub (ACM) is installed, and it brings and updates the multicluster engine itself"
        found.append(
            Failure(
                "owned_by_hub",
                cause,
                ref,
                next_step="Upgrade ACM instead, and change components in the MultiClusterHub.",
            )
        )
    for engine in surroundings.engines:
        if owned_by_hub(engine) and not surroundings.hubs:
            found.append(owned_by_hub_failure(engine))
        if engine["metadata"]["name"] != options["name"]:
            ref = MULTICLUSTER_ENGINE.ref(None, engine["metadata"]["name"])
            found.append(
                Failure(
                    "exists",
                    "there can be one MultiClusterEngine only, and this is it",
                    ref,
                    next_step="Set option name to its name.",
                )
            )
    return found


def _olm_refusals(surroundings: EngineSurroundings, options: Object) -> list[Failure]:
    found, namespace = [], options["namespace"]
    if len(surroundings.groups) > 1:
        names = ", ".join(sorted(g["metadata"]["name"] for g in surroundings.groups))
        count = len(surroundings.groups)
        cause = f"namespace {namespace} has {count} OperatorGroups ({names}), so OLM resolves nothing in it"
        found.append(Failure("second_operator_group", cause, next_step="Delete all but one of them."))
    for group in surroundings.groups if len(surroundings.groups) == 1 else []:
        targets = lookup(group, ("spec", "targetNamespaces")) or []
        if targets != [namespace]:
            ref, cause = (
                OPERATOR_GROUP.ref(namespace, group["metadata"]["name"]),
                f"it targets {', '.join(targets) or 'all namespaces'}",
            )
            step = f"Let it target {namespace} alone, which is the only mode this operator supports."
            found.append(Failure("operator_group_mode", cause, ref, next_step=step))
    for other in surroundings.subscriptions:
        if other["metadata"].get("namespace") != namespace:
            ref = SUBSCRIPTION.ref(other["metadata"].get("namespace"), other["metadata"]["name"])
            found.append(
                Failure(
                    "exists",
                    "it installs the multicluster engine already",
                    ref,
                    next_step="Set option namespace to its namespace.",
                )
            )
    if surroundings.catalog is None:
        ref = CATALOG_SOURCE.ref(options["source_namespace"], options["source"])
        step = (
            "Name the catalog that has the package, for example that of a mirror, with options source and"
            " source_namespace."
        )
        found.append(Failure("not_found", "it does not exist", ref, next_step=step))
    return found


def _version_refusals(surroundings: EngineSurroundings, options: Object, wanted: Version) -> list[Failure]:
    present, ref = installed(surroundings, options["namespace"]), SUBSCRIPTION.ref(options["namespace"], PACKAGE)
    if present and line_of_engine(wanted) < line_of_engine(present):
        cause = f"the multicluster engine is at {present}, and OLM has no way back to {options['channel']}"
        return [
            Failure(
                "downgrade",
                cause,
                ref,
                next_step=f"Name stable-{engine_of(line_of_engine(present))} or a later channel.",
            )
        ]
    below = Version.parse(versions.completed(surroundings.openshift, versions.OPENSHIFT))
    if below is None:
        return []
    if management_lines(line_of_engine(wanted))[0] > below.line + _FAR:
        cause = (
            f"channel {options['channel']} is likely a typo: no channel of that name works on an OpenShift near {below}"
        )
        return [_unsupported(cause, _fitting(below, present))]
    for channel in channels(present, wanted):
        version = channel_version(channel)
        low, high = management_lines(line_of_engine(version)) if version else (0, 0)
        if not low <= below.line <= high:
            on_the_way = "" if channel == options["channel"] else f", on the way to {options['channel']},"
            works = f"{channel}{on_the_way} works on OpenShift {minor_of(low)} to {minor_of(high)}"
            if below.line < low:
                step = f"Upgrade OpenShift to {minor_of(low)} or newer first."
            else:
                step = f"Name a newer channel, for example stable-{engine_of(below.line)}."
            return [_unsupported(f"{works}, and this management cluster is at {below}", step)]
    return []


def _unsupported(cause: str, step: str) -> Failure:
    return Failure("unsupported_openshift", cause, CLUSTER_VERSION.ref(None, "version"), next_step=step)


def _fitting(below: Version, present: Version | None) -> str:
    """The channels that work on this OpenShift and are no way back."""
    oldest = max(line_of_engine(v) for v in (OLDEST, present) if v)
    ranges = {line: management_lines(line) for line in range(oldest, below.line + _FAR)}
    names = [f"stable-{engine_of(line)}" for line, (low, high) in ranges.items() if low <= below.line <= high]
    return f"Correct it; these work on this OpenShift: {', '.join(names)}." if names else "Correct option channel."


def removal_refusals(surroundings: EngineSurroundings, options: Object) -> list[Failure]:
    """Source: platform_facts#1.7: the engine does not go while it has something to carry."""
    found = []
    if surroundings.hosted:
        cause = f"{len(surroundings.hosted)} hosted cluster(s) run on it: {', '.join(sorted(surroundings.hosted)[:5])}"
        found.append(
            Failure("hosted_clusters_exist", cause, _engine_ref(options), next_step="Destroy or move them first.")
        )
    elif surroundings.managed:
        names = ", ".join(sorted(surroundings.managed)[:5])
        cause = f"{len(surroundings.managed)} managed cluster(s) are still attached: {names}"
        step = "Detach them first (module hosted_cluster_import with state absent, or delete the ManagedCluster)."
        found.append(
            Failure(
                "managed_clusters_exist",
                cause,
                MANAGED_CLUSTER.ref(None, sorted(surroundings.managed)[0]),
                next_step=step,
            )
        )
    for engine in surroundings.engines:
        if owned_by_hub(engine):
            found.append(owned_by_hub_failure(engine))
    return found


def _engine_ref(options: Object) -> str:
    return MULTICLUSTER_ENGINE.ref(None, options["name"])
