# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module hypershift_addon_config: what the add-on reads, and the operator that follows.

Source: platform_facts#1.6. The add-on's agent looks at flags every two minutes and installs the operator anew; not
every flag changes its Deployment.
"""

from __future__ import annotations

from typing import Any

from .._kernel.changes import ChangeSet
from .._kernel.compare import merge_patch
from .._kernel.errors import Failure, WaitError
from .._kernel.facts import Fact, Observed, wait_for
from .._kernel.kinds import ADD_ON_CONFIG, CONFIG_MAP, DEPLOYMENT, MULTICLUSTER_ENGINE, NAMESPACE, SECRET
from .._kernel.objects import Object, deep_merge, lookup
from .._kernel.operation import Plan, Progress
from .._kernel.owned_objects import Owned
from .._kernel.ports.hub import Hub, WatchSpec
from .._manifests import supported_versions
from . import addon_health, components
from . import addon_settings as settings

MODULE = "hypershift_addon_config"
_NAMESPACE = supported_versions.OPERATOR_NAMESPACE


class HypershiftAddonConfig:
    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options
        self._flags: Object = options["install_flags"] or {}
        self._before: Object | None = None  # the operator's Deployment as it stood before anything of ours was written

    def plan(self) -> Plan:
        engine = next(iter(self._hub.list(MULTICLUSTER_ENGINE)), None)
        self._home = addon_health.home_of(engine)
        self._managed = self._options["managed_cluster"] or addon_health.local_cluster_of(engine)
        if self._options["state"] == "absent":
            return self._absent()
        refused = self._refusals(engine)
        if refused:
            return Plan(ChangeSet(refusals=refused))
        self._before = self._before or self._hub.get(DEPLOYMENT, _NAMESPACE, "operator")
        changes, plan = ChangeSet(), Plan()
        config = self._variables(changes)
        data = self._plan_flags(changes)
        self._images(changes)
        self._credentials(changes)
        variables = (
            settings.variables_of(config)
            if (new := settings.variables_after(config, self._options["variables"])) is None
            else _pairs(new)
        )
        self._note(changes, variables, data)
        plan.changes = changes
        plan.extra = {
            "variables": variables,
            "install_flags": {
                "add": {f.name: f.value or "" for f in settings.parse(str(data.get(settings.ADD) or ""))},
                "remove": [f.name for f in settings.parse(str(data.get(settings.REMOVE) or ""))],
            },
        }
        follows = any(step.kind is not ADD_ON_CONFIG for step in changes.steps)
        if self._options["wait"] and self._before is not None and variables.get("disableHOManagement") != "true":
            plan.goal = lambda _answer: _Rollout(self._options, self._before, follows, plan)
        return plan

    def _absent(self) -> Plan:
        """What this module has made; variables end with the engine, and what others have made stays."""
        changes = ChangeSet()
        owned = Owned(self._hub, changes, MODULE)
        for name in (settings.FLAGS, settings.IMAGES):
            owned.remove(CONFIG_MAP, self._managed, name, "it was made for the add-on", disruptive=True)
        for known in settings.CREDENTIALS.values():
            owned.remove(SECRET, self._managed, known.secret, "it was made for the add-on", disruptive=True)
        return Plan(changes)

    def _refusals(self, engine: Object | None) -> list[Failure]:
        if engine is None:
            return [components.missing_failure()]
        flags = settings.flag_refusals(
            self._flags.get("add") or {}, self._flags.get("remove") or [], self._flags.get("clear") or []
        )
        found = [*flags, *settings.variable_refusals(self._options["variables"])]
        for which in settings.CREDENTIALS:
            given = self._options.get(which)
            found += settings.credential_refusals(which, given) if given else []
            if given and which in self._options["absent_credentials"]:
                found.append(
                    Failure(
                        "invalid_option",
                        f"{which} is both given and named in absent_credentials",
                        next_step="Name it once.",
                    )
                )
        if self._hub.get(NAMESPACE, None, self._managed) is None:
            cause = "it does not exist: no managed cluster of that name has been imported"
            found.append(
                Failure(
                    "not_found",
                    cause,
                    NAMESPACE.ref(None, self._managed),
                    next_step="Enable the add-on first (module hypershift_addon).",
                )
            )
        return found

    def _variables(self, changes: ChangeSet) -> Object | None:
        wanted = self._options["variables"]
        live = self._hub.get(ADD_ON_CONFIG, self._home, settings.CONFIG)
        listed = settings.variables_after(live, wanted)
        if listed is None:
            return live
        if live is None:
            body = ADD_ON_CONFIG.manifest(settings.CONFIG, self._home, spec={"customizedVariables": listed})
            Owned(self._hub, changes, MODULE).bring(ADD_ON_CONFIG, None, body, "the add-on reads its variables from it")
        else:
            patch = {"spec": {"customizedVariables": listed}}
            changes.patch(
                ADD_ON_CONFIG, live, patch, f"variables {', '.join(sorted(wanted))} alone; the others in the list stay"
            )
        return live

    def _plan_flags(self, changes: ChangeSet) -> Object:
        """The data as it will be."""
        live = self._hub.get(CONFIG_MAP, self._managed, settings.FLAGS)
        data = dict(lookup(live or {}, ("data",)) or {})
        add, remove, clear = (self._flags.get(k) or {} for k in ("add", "remove", "clear"))
        if not (add or remove or clear):
            return data
        after = settings.flags_after(data, add, remove, clear)
        changed = {k: v for k, v in after.items() if v != " ".join(str(data.get(k) or "").split())}
        if changed and live is None:
            body = CONFIG_MAP.manifest(settings.FLAGS, self._managed, data={k: v for k, v in after.items() if v})
            Owned(self._hub, changes, MODULE).bring(
                CONFIG_MAP, None, body, "the add-on installs the operator with these flags"
            )
        elif changed and live is not None:
            why = "these flags alone; the add-on installs the operator anew with them"
            changes.patch(CONFIG_MAP, live, {"data": changed}, why, disruptive=True)
        return {**data, **after}

    def _images(self, changes: ChangeSet) -> None:
        wanted = self._options["override_images"]
        if not wanted:
            return
        live = self._hub.get(CONFIG_MAP, self._managed, settings.IMAGES)
        if live is None:
            data = {k: str(v) for k, v in wanted.items() if v is not None}
            body = CONFIG_MAP.manifest(settings.IMAGES, self._managed, data=data)
            (
                Owned(self._hub, changes, MODULE).bring(
                    CONFIG_MAP, None, body, "the add-on takes these images instead of its own"
                )
                if data
                else None
            )
        else:
            patch = merge_patch({"data": {k: None if v is None else str(v) for k, v in wanted.items()}}, live)
            changes.patch(CONFIG_MAP, live, patch, "these images alone", disruptive=True)

    def _credentials(self, changes: ChangeSet) -> None:
        owned = Owned(self._hub, changes, MODULE)
        for which, known in settings.CREDENTIALS.items():
            given = self._options.get(which)
            if given:
                manifest = SECRET.manifest(known.secret, self._managed, type="Opaque")
                owned.ensure(SECRET, deep_merge(manifest, settings.secret_body(which, given)), known.why)
            elif which in self._options["absent_credentials"]:
                live = self._hub.get(SECRET, self._managed, known.secret)
                if live is not None:
                    changes.delete(SECRET, live, f"asked for by absent_credentials: {which}", disruptive=True)

    def _note(self, changes: ChangeSet, variables: Object, data: Object) -> None:
        changes.notes += settings.name_notes("Variable", self._options["variables"], settings.VARIABLES)
        changes.notes += settings.name_notes("Image", self._options["override_images"] or {}, settings.OVERRIDES)
        if variables.get("disableHOManagement") == "true":
            changes.notes.append(
                "Variable disableHOManagement is true, so the add-on leaves the operator alone: flags, images and"
                " credentials have no effect."
            )
        if self._options["telemeter_secret"] and settings.TELEMETRY not in str(data.get(settings.REMOVE) or ""):
            name = self._options["telemeter_secret"]
            if self._hub.get(SECRET, "openshift-monitoring", name) is None:
                changes.notes.append(
                    f"Secret openshift-monitoring/{name} does not exist, as on disconnected clusters: the operator"
                    f" would create nothing. Put {settings.TELEMETRY} into install_flags.remove."
                )


def _pairs(listed: list[Object]) -> dict[str, str]:
    return {str(v.get("name")): str(v.get("value") or "") for v in listed}


class _Rollout:
    """The operator follows what was written: its Deployment changes, or the agent has had its time and it did not have
    to."""

    goal = "operator_rolled_out"

    def __init__(self, options: Object, before: Object | None, follows: bool, plan: Plan) -> None:
        self._options = options
        self._template = lookup(before or {}, ("spec", "template"))
        self._follows = follows
        self._plan = plan

    def wait(self, hub: Hub, progress: Progress) -> list[Object]:
        end = hub.monotonic() + float(self._options["wait_timeout"])
        if self._follows:
            grace = min(float(self._options["rollout_grace"]), float(self._options["wait_timeout"]))
            try:
                wait_for(
                    hub,
                    self._fact(
                        "the add-on's agent to install the operator anew (it looks every two minutes)", self._same
                    ),
                    grace,
                    progress,
                )
            except WaitError as error:
                if error.failure.code != "timeout":
                    raise
                self._plan.changes.notes.append(
                    f"Deployment {_NAMESPACE}/operator did not change within {grace:.0f} s: either this needs no change"
                    " of it, or the agent is not at work."
                )
        wait_for(hub, self._fact("the operator's rollout", self._rolling), max(0.0, end - hub.monotonic()), progress)
        return [{"object": DEPLOYMENT.ref(_NAMESPACE, "operator"), "outcome": "done"}]

    def _fact(self, what: str, missing: Any) -> Fact:
        step = (
            f"Look at the pods in namespace {_NAMESPACE} and at the log of the agent in namespace"
            " open-cluster-management-agent-addon."
        )
        return Fact(
            what,
            (WatchSpec(DEPLOYMENT, _NAMESPACE, "operator"),),
            missing,
            DEPLOYMENT.ref(_NAMESPACE, "operator"),
            step,
        )

    def _same(self, seen: Observed) -> str:
        live = seen.get(DEPLOYMENT, _NAMESPACE, "operator")
        return (
            "its Deployment is as before"
            if live is not None and lookup(live, ("spec", "template")) == self._template
            else ""
        )

    def _rolling(self, seen: Observed) -> str:
        return addon_health.rolled_out(
            seen.get(DEPLOYMENT, _NAMESPACE, "operator"), f"Deployment {_NAMESPACE}/operator"
        )
