# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Components of the multicluster engine: a list without merge keys, read, changed by name and written.

Source: platform_facts#1.4, #1.5. Entries of others are never touched.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from .._kernel.conditions import index
from .._kernel.errors import Failure
from .._kernel.kinds import MULTICLUSTER_ENGINE
from .._kernel.objects import Object, lookup
from .._kernel.text import message_line

KNOWN = (
    *(
        "assisted-service",
        "cluster-api",
        "cluster-api-provider-aws",
        "cluster-api-provider-metal3",
        "cluster-api-provider-openshift-assisted",
    ),
    *("cluster-lifecycle", "cluster-manager", "cluster-proxy-addon", "console-mce", "discovery", "hive", "hypershift"),
    *(
        "hypershift-local-hosting",
        "image-based-install-operator",
        "local-cluster",
        "managedserviceaccount",
        "server-foundation",
    ),
)
HYPERSHIFT, LOCAL_HOSTING, PREVIEW = "hypershift", "hypershift-local-hosting", "hypershift-preview"
# Without them hosted clusters have no operator, or nobody who reads its configuration.
CARRY_HOSTED = (HYPERSHIFT, LOCAL_HOSTING, "local-cluster")
_NAMED = 5
OWNED_BY_HUB = "multiclusterhubs.operator.open-cluster-management.io/managed-by"


def entries(engine: Object | None) -> list[Object]:
    found = lookup(engine or {}, ("spec", "overrides", "components"))
    return [e for e in found if isinstance(e, dict)] if isinstance(found, list) else []


def state_of(engine: Object | None, name: str) -> bool | None:
    """Whether it is enabled; None when the engine does not say, so that its default holds."""
    found = next((e for e in entries(engine) if e.get("name") == name), None)
    return None if found is None else bool(found.get("enabled"))


def changed_list(engine: Object | None, enabled: Iterable[str], disabled: Iterable[str]) -> list[Object] | None:
    """The whole list with only these states changed, None when all is so already. Further fields of an entry stay."""
    wanted = {**dict.fromkeys(enabled, True), **dict.fromkeys(disabled, False)}
    have = entries(engine)
    result = [{**e, "enabled": wanted.get(str(e.get("name")), e.get("enabled"))} for e in have]
    names = {e.get("name") for e in have}
    result += [{"name": name, "enabled": state} for name, state in wanted.items() if name not in names]
    return None if result == have else result


def patch(engine: Object | None, enabled: Iterable[str], disabled: Iterable[str]) -> Object:
    """JSON merge patch; empty when there is nothing to do. To be written under the resourceVersion that was read."""
    changed = changed_list(engine, enabled, disabled)
    return {} if changed is None else {"spec": {"overrides": {"components": changed}}}


def refusals(
    engine: Object | None, enabled: Iterable[str], disabled: Iterable[str], hosted: Sequence[str]
) -> list[Failure]:
    """hosted: names of the hosted clusters on this management cluster."""
    on, off, found = list(enabled), list(disabled), []
    known = {*KNOWN, *(str(e.get("name")) for e in entries(engine))}
    for name in sorted({*on, *off}):
        if name == PREVIEW:
            found.append(
                _refuse("invalid_option", f"component {PREVIEW} is the old name of {HYPERSHIFT}", f"Say {HYPERSHIFT}.")
            )
        elif name not in known:
            near = difflib.get_close_matches(name, known, 1)
            step = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(sorted(known))}."
            found.append(
                _refuse(
                    "invalid_option",
                    f"there is no component {name}, and the engine would refuse the whole change",
                    step,
                )
            )
    for name in sorted(set(on) & set(off)):
        found.append(
            _refuse("invalid_option", f"component {name} is both to be enabled and to be disabled", "Name it once.")
        )
    for name in off:
        if name in CARRY_HOSTED and hosted and state_of(engine, name) is not False:
            cause = f"component {name} carries {first_of(hosted)}, which would be left without their operator"
            found.append(_refuse("hosted_clusters_exist", cause, "Destroy or move the hosted clusters first."))
    if engine is not None and found == [] and owned_by_hub(engine) and patch(engine, on, off):
        found.append(owned_by_hub_failure(engine))
    return found


def first_of(hosted: Sequence[str]) -> str:
    """How many hosted clusters, and up to five of them."""
    more = ", ..." if len(hosted) > _NAMED else ""
    return f"{len(hosted)} hosted cluster(s) ({', '.join(sorted(hosted)[:_NAMED])}{more})"


def owned_by_hub(engine: Object | None) -> bool:
    return (lookup(engine or {}, ("metadata", "labels")) or {}).get(OWNED_BY_HUB) == "true"


def owned_by_hub_failure(engine: Object) -> Failure:
    cause = "it belongs to a MultiClusterHub (ACM), which would put back what is changed here"
    return Failure(
        "owned_by_hub",
        cause,
        _ref(engine),
        next_step="Make the change in spec.overrides.components of the MultiClusterHub.",
    )


def unsettled(engine: Object | None, version: str = "") -> str:
    """What is still missing until the engine is available at that version, empty when it is; any version when none is
    given."""
    if engine is None:
        return "the MultiClusterEngine does not exist yet"
    status = engine.get("status") or {}
    phase, current, desired = (str(status.get(k) or "") for k in ("phase", "currentVersion", "desiredVersion"))
    if phase != "Available":
        return f"phase is {phase or 'not set'}{_bad_component(engine)}"
    if version and current != version:
        return f"it is at {current or 'no version'}, not at {version}"
    return f"it is at {current or 'no version'}, on its way to {desired}" if desired and current != desired else ""


def trouble(engine: Object | None) -> str:
    """What looks as if it will not settle by itself; it may, so only its lasting says something."""
    if engine is None:
        return ""
    phase = str(lookup(engine, ("status", "phase")) or "")
    if phase in ("Error", "Paused", "Unimplemented"):
        return f"phase is {phase}{_bad_component(engine)}"
    return _bad_component(engine).strip("; ")


def _bad_component(engine: Object) -> str:
    failure = index(engine).get("ComponentFailure") or {}
    bad = [
        c for c in lookup(engine, ("status", "components")) or [] if isinstance(c, dict) and c.get("status") == "False"
    ]
    words = [f"{c.get('name')}: {message_line(c.get('message')) or c.get('reason') or 'not available'}" for c in bad]
    if failure.get("status") == "True":
        words.insert(0, message_line(failure.get("message")) or str(failure.get("reason") or "a component has failed"))
    return f"; {'; '.join(words)}" if words else ""


def missing_failure() -> Failure:
    step = "Install it first (module multicluster_engine)."
    return Failure("not_found", "there is no MultiClusterEngine on this management cluster", _ref(None), next_step=step)


def _ref(engine: Object | None) -> str:
    return MULTICLUSTER_ENGINE.ref(None, str(lookup(engine or {}, ("metadata", "name")) or "multiclusterengine"))


def _refuse(code: str, cause: str, step: str) -> Failure:
    return Failure(code, cause, MULTICLUSTER_ENGINE.ref(None, "multiclusterengine"), next_step=step)
