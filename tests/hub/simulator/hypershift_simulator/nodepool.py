# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The operator's loop over one NodePool, and Cluster API's over its machines."""

from __future__ import annotations

from datetime import timedelta

from . import inplace, machine_sets, names, np_objects, np_status, timeline
from .actions import Action, Patch, delete, set_finalizers, update_status
from .conditions import is_true, timestamp
from .context import Context
from .kinds import key
from .names import Obj, b64
from .np_config import Config
from .np_status import Findings
from .releases import Release
from .store import Store
from .view import PoolView, owner_reference

_TWO_HOURS = timedelta(hours=2)


def orphaned(store: Store, pool: Obj) -> list[Action]:
    """A pool without its hosted cluster: nothing is done and nothing is said, only a deletion is let through."""
    if "deletionTimestamp" not in pool["metadata"]:
        return []
    return set_finalizers(pool, remove=names.HC_FINALIZER)


def reconcile(view: PoolView, ctx: Context) -> list[Action]:
    if view.deleting:
        return [*_delete(view), *machine_sets.advance(view, ctx)]
    if not _noticed(view, ctx):
        return machine_sets.advance(view, ctx)
    actions = set_finalizers(view.pool, add=names.HC_FINALIZER)
    actions += _owner(view)
    found = np_status.examine(view, ctx)
    actions += update_status(view.pool, np_status.compute(view, ctx, found))
    if not found.stopped and found.release and found.config and not view.cluster.deleting:
        actions += _world(view, ctx, found, found.release, found.config)
    return actions + machine_sets.advance(view, ctx)


def _noticed(view: PoolView, ctx: Context) -> bool:
    known = view.condition("AutoscalingEnabled")
    if known is None or known.get("observedGeneration") == view.generation:
        return True
    return ctx.passed(f"notice/{view.generation}", timeline.REACTION)


def _owner(view: PoolView) -> list[Action]:
    owners = view.metadata.get("ownerReferences") or []
    if any(owner["uid"] == view.cluster.metadata["uid"] for owner in owners):
        return []
    metadata = {
        "ownerReferences": [*owners, owner_reference(view.cluster.hc)],
        "resourceVersion": view.metadata["resourceVersion"],
    }
    return [Patch("NodePool", view.namespace, view.name, {"metadata": metadata})]


def _world(view: PoolView, ctx: Context, found: Findings, release: Release, config: Config) -> list[Action]:
    if found.pause.paused:
        return _pause(view)
    if view.platform == "None":
        return _record(view, {names.NP_CURRENT_CONFIG: config.plain, names.NP_CURRENT_CONFIG_VERSION: config.versioned})
    actions = np_objects.machine_template(view)
    actions += np_objects.tokens(view, ctx, config, release)
    actions += _payload(view, ctx, config)
    actions += _expire(view, ctx, config)
    if view.in_place:
        actions += np_objects.machine_set(view, config, release, inplace.upgrade_marks(view, config))
        if not machine_sets.frozen(view):
            actions += inplace.advance(view, ctx, release)
    else:
        actions += np_objects.machine_deployment(view, config, release)
    actions += _bookkeeping(view, release, config)
    actions += _templates(view)
    if is_true(view.pool, "ReachedIgnitionEndpoint") and view.spec["management"].get("autoRepair"):
        return actions + np_objects.health_check(view)
    return actions + delete(view.store, "MachineHealthCheck", view.cpns, view.name)


def _pause(view: PoolView) -> list[Action]:
    actions: list[Action] = []
    for kind in ("MachineDeployment", "MachineSet"):
        live = view.child(kind, view.name)
        if live is not None and names.CAPI_PAUSED not in (live["metadata"].get("annotations") or {}):
            body = {"metadata": {"annotations": {names.CAPI_PAUSED: "true"}}}
            actions.append(Patch(kind, view.cpns, view.name, body))
    return actions


def _payload(view: PoolView, ctx: Context, config: Config) -> list[Action]:
    """What the ignition server does: it renders the configuration and writes the result beside the token."""
    name = np_objects.token_names(view, config)[0]
    token = view.child("Secret", name)
    if token is None or "payload" in (token.get("data") or {}) or not ctx.passed(f"payload/{name}", timeline.PAYLOAD):
        return []
    data = {
        "payload": b64(f"ignition for {config.versioned}"),
        "reason": b64("AsExpected"),
        "message": b64("Payload generated successfully"),
    }
    return [Patch("Secret", view.cpns, name, {"data": data})]


def _expire(view: PoolView, ctx: Context, config: Config) -> list[Action]:
    """Tokens of earlier configurations stay for two hours, for machines that are on their way."""
    current = np_objects.token_names(view, config)[0]
    actions: list[Action] = []
    for token in view.owned("Secret"):
        name = token["metadata"]["name"]
        marks = token["metadata"].get("annotations") or {}
        if not name.startswith("token-") or name == current:
            continue
        if names.TOKEN_EXPIRATION not in marks:
            moment = timestamp(ctx.now.replace(microsecond=0) + _TWO_HOURS)
            body = {"metadata": {"annotations": {names.TOKEN_EXPIRATION: moment}}}
            actions.append(Patch("Secret", view.cpns, name, body))
        elif ctx.passed(f"token/{name}", _TWO_HOURS.total_seconds()):
            actions += delete(view.store, "Secret", view.cpns, name)
            actions += delete(view.store, "Secret", view.cpns, name.replace("token-", "user-data-", 1))
    return actions


def _bookkeeping(view: PoolView, release: Release, config: Config) -> list[Action]:
    if not np_status.settled(view, release, config):
        return []
    plain = {names.NP_CURRENT_CONFIG: config.plain, names.NP_CURRENT_CONFIG_VERSION: config.versioned}
    return _record(view, {**plain, names.NP_MACHINE_TEMPLATE: np_objects.template_name(view)})


def _record(view: PoolView, wanted: Obj) -> list[Action]:
    if all(view.annotations.get(name) == value for name, value in wanted.items()):
        return []
    return [Patch("NodePool", view.namespace, view.name, {"metadata": {"annotations": wanted}})]


def _templates(view: PoolView) -> list[Action]:
    """Templates that no set of machines refers to any more."""
    kind = np_objects.TEMPLATES.get(view.platform)
    sets = [*view.owned("MachineSet"), *view.owned("MachineDeployment")]
    if kind is None or not sets:
        return []
    used = {obj["spec"]["template"]["spec"]["infrastructureRef"]["name"] for obj in sets} | {np_objects.template_name(view)}
    return [action for obj in view.owned(kind) if obj["metadata"]["name"] not in used for action in delete(view.store, *key(obj))]


def _delete(view: PoolView) -> list[Action]:
    kinds = [np_objects.TEMPLATES.get(view.platform), "MachineDeployment", "MachineHealthCheck", "MachineSet"]
    actions = [action for kind in kinds if kind for obj in view.owned(kind) for action in delete(view.store, *key(obj))]
    remaining = view.owned("Machine")
    if remaining or actions:
        # The garbage collector would get there too, but only once the sets are gone.
        return [*actions, *(action for obj in remaining for action in delete(view.store, *key(obj)))]
    secrets = [action for obj in view.owned("Secret") for action in delete(view.store, *key(obj))]
    return secrets or set_finalizers(view.pool, remove=names.HC_FINALIZER)
