# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module hosted_observability: the SRE metrics set, the dashboards' template, sets of single clusters.

Source: platform_facts#7. What the operator itself runs with (flags) is the add-on's: module hypershift_addon_config.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._kernel.changes import ChangeSet
from .._kernel.errors import ApiError
from .._kernel.facts import Fact, Observed, wait_for
from .._kernel.kinds import CONFIG_MAP, CUSTOM_RESOURCE_DEFINITION, DEPLOYMENT, HOSTED_CLUSTER
from .._kernel.objects import Object, lookup
from .._kernel.operation import Plan, Progress
from .._kernel.owned_objects import Owned
from .._kernel.ports.hub import Hub, WatchSpec
from .._manifests.selection import selected
from . import dashboards, metrics_sets

MODULE = "hosted_observability"
_SELECTOR = f"{dashboards.LABEL}=true"
_TEMPLATE_STEP = "Give dashboard_template, or make the ConfigMap."
_FLAG_STEP = "Add the install flag --monitoring-dashboards (module hypershift_addon_config)."


@dataclass(frozen=True)
class YamlText:
    """YAML to data and back; load raises ValueError."""

    load: Callable[[str], Any]
    dump: Callable[[Any], str]


class HostedObservability:
    def __init__(self, hub: Hub, options: Object, yaml: YamlText, check_mode: bool) -> None:
        self._hub, self._options, self._yaml, self._check_mode = hub, options, yaml, check_mode
        self._namespace: str = options["operator_namespace"]
        self._operator: Object | None = None
        self._operator_is_known = True

    def plan(self) -> Plan:
        changes, extra = ChangeSet(), dict[str, Any]()
        self._read_operator(changes)
        owned = Owned(self._hub, changes, MODULE)
        if self._options["state"] == "absent":
            self._remove(owned)
            return Plan(changes, extra=extra)
        if self._options.get("sre_metrics") is not None:
            extra["sre_metrics"] = metrics_sets.counts(self._options["sre_metrics"])
            self._sre_metrics(changes, owned)
        if self._options.get("dashboard_template") is not None:
            self._template(changes, owned)
        plan = Plan(changes, extra=extra)
        if self._options.get("metrics_set") or self._options["verify"]:
            clusters = self._clusters(changes)
            self._note_none(changes, clusters)
            if self._options.get("metrics_set"):
                extra["metrics_sets"] = self._metrics_sets(changes, clusters)
            if self._options["verify"]:
                self._verify(plan, clusters)
        return plan

    def _read_operator(self, changes: ChangeSet) -> None:
        try:
            self._operator = self._hub.get(DEPLOYMENT, self._namespace, "operator")
        except ApiError as error:
            if error.status != 403:
                raise
            self._operator_is_known = False
            changes.notes.append(f"What the operator runs with is not known: {error.failure.cause}.")

    def _remove(self, owned: Owned) -> None:
        names = {"sre_metrics": metrics_sets.CONFIG_MAP_NAME, "dashboard_template": dashboards.TEMPLATE_NAME}
        for part in self._options["parts"]:
            owned.remove(CONFIG_MAP, self._namespace, names[part], f"{part} is not wanted any more")

    def _bring(self, owned: Owned, name: str, key: str, text: str, same: Callable[[str], bool], why: str) -> None:
        """A text that differs from the live one in its form alone is no difference."""
        live = self._hub.get(CONFIG_MAP, self._namespace, name)
        there = lookup(live, ("data", key))
        kept = there if isinstance(there, str) and same(there) else text
        owned.bring(CONFIG_MAP, live, CONFIG_MAP.manifest(name, self._namespace, data={key: kept}), why)

    def _sre_metrics(self, changes: ChangeSet, owned: Owned) -> None:
        # without Ansible's own types
        config, name = json.loads(json.dumps(self._options["sre_metrics"])), metrics_sets.CONFIG_MAP_NAME
        changes.refusals += metrics_sets.refusals(config, CONFIG_MAP.ref(self._namespace, name))
        changes.notes += metrics_sets.notes(config)
        running = metrics_sets.operator_set(self._operator)
        if self._operator_is_known and running != "SRE" and self._options.get("metrics_set") != "SRE":
            changes.notes.append(
                f"The operator runs with metrics set {running}: this one takes effect for hosted clusters that are set"
                " to SRE."
            )

        def same(there: str) -> bool:
            try:
                return bool(self._yaml.load(there) == config)
            except ValueError:
                return False

        self._bring(owned, name, metrics_sets.KEY, self._yaml.dump(config), same, "the SRE metrics set")

    def _template(self, changes: ChangeSet, owned: Owned) -> None:
        text, name = dashboards.template_text(self._options["dashboard_template"]), dashboards.TEMPLATE_NAME
        changes.refusals += dashboards.refusals(text, CONFIG_MAP.ref(self._namespace, name))
        self._bring(
            owned,
            name,
            dashboards.TEMPLATE_KEY,
            text,
            lambda there: dashboards.same(there, text),
            "the template of dashboards",
        )

    def _clusters(self, changes: ChangeSet) -> list[Object]:
        found = selected(self._hub, HOSTED_CLUSTER, self._options)
        names = {c["metadata"]["name"] for c in found}
        for name in [n for n in self._options.get("name") or [] if n not in names]:
            ref = HOSTED_CLUSTER.ref(self._options.get("namespace"), name)
            changes.refuse(
                "not_found", "it does not exist", "Correct name and namespace, or leave them out for all.", ref
            )
        alive = [c for c in found if not c["metadata"].get("deletionTimestamp")]
        return sorted(alive, key=lambda c: (c["metadata"]["namespace"], c["metadata"]["name"]))

    def _note_none(self, changes: ChangeSet, clusters: list[Object]) -> None:
        """A selection that finds nobody is likely a mistake."""
        if (
            clusters
            or changes.refusals
            or not any(self._options.get(key) for key in ("name", "namespace", "label_selectors"))
        ):
            return
        if self._options.get("metrics_set"):
            changes.notes.append("No hosted cluster matches, so no metrics set of one was changed.")
        if self._options["verify"]:
            changes.notes.append("No hosted cluster matches, so no dashboard of one was looked for.")

    def _metrics_sets(self, changes: ChangeSet, clusters: list[Object]) -> list[Object]:
        """Sets of single hosted clusters, as they will be; ``default`` takes them out."""
        wanted = None if self._options["metrics_set"] == "default" else self._options["metrics_set"]
        if wanted and not metrics_sets.override_is_known(
            self._hub.get(CUSTOM_RESOURCE_DEFINITION, None, HOSTED_CLUSTER.resource)
        ):
            step = (
                "Leave metrics_set out and set the operator's own (module hypershift_addon_config), or update the"
                " operator."
            )
            changes.refuse(
                "not_supported", "this operator does not know spec.monitoring.metricsSet of a HostedCluster", step
            )
            return []
        rows = []
        for cluster in clusters:
            live, monitoring = lookup(cluster, metrics_sets.OVERRIDE), lookup(cluster, ("spec", "monitoring")) or {}
            alone = wanted is None and set(monitoring) == {"metricsSet"}  # an empty section is not allowed
            if live != wanted:
                patch: Object = {"spec": {"monitoring": None if alone else {"metricsSet": wanted}}}
                changes.patch(
                    HOSTED_CLUSTER,
                    cluster,
                    patch,
                    f"its metrics set is {live or 'the default'}, {wanted or 'the default'} is wanted",
                )
            meta = cluster["metadata"]
            rows.append({"namespace": meta["namespace"], "name": meta["name"], "metrics_set": wanted or ""})
        return rows

    def _verify(self, plan: Plan, clusters: list[Object]) -> None:
        changes = plan.changes
        template = self._options.get("dashboard_template") is not None
        if not template and self._hub.get(CONFIG_MAP, self._namespace, dashboards.TEMPLATE_NAME) is None:
            ref = CONFIG_MAP.ref(self._namespace, dashboards.TEMPLATE_NAME)
            changes.refuse(
                "no_template", "it does not exist, and without it the operator makes no dashboard", _TEMPLATE_STEP, ref
            )
        if self._operator_is_known and not metrics_sets.operator_makes_dashboards(self._operator):
            ref = DEPLOYMENT.ref(self._namespace, "operator")
            cause = (
                "it does not exist"
                if self._operator is None
                else "it runs without --monitoring-dashboards, so that it makes no dashboard"
            )
            changes.refuse("no_dashboards", cause, _FLAG_STEP, ref)
        if changes.refusals:
            return
        if self._check_mode:
            there = self._hub.list(CONFIG_MAP, dashboards.CONSOLE_NAMESPACE, _SELECTOR)
            plan.extra["dashboards"] = [dashboards.found_for(c, there).as_dict() for c in clusters]
        else:
            plan.act = lambda _done, progress: self._wait(plan, clusters, progress)

    def _wait(self, plan: Plan, clusters: list[Object], progress: Progress) -> None:
        """Until each hosted cluster has its dashboard; what there was is returned in any case."""
        rows: list[dashboards.Dashboard] = []

        def missing(seen: Observed) -> str:
            rows[:] = [dashboards.found_for(c, seen.all(CONFIG_MAP)) for c in clusters]
            return "; ".join(f"{row.namespace}/{row.name}: {row.problem}" for row in rows if row.problem)

        spec = WatchSpec(CONFIG_MAP, dashboards.CONSOLE_NAMESPACE, label_selector=_SELECTOR)
        step = (
            f"Look at the operator's log in namespace {self._namespace}, and at the hosted clusters' health"
            " (hosted_cluster_info)."
        )
        ref = f"ConfigMaps of {dashboards.CONSOLE_NAMESPACE}"
        try:
            if clusters:
                wait_for(
                    self._hub,
                    Fact("a dashboard of each hosted cluster", (spec,), missing, ref, step),
                    float(self._options["wait_timeout"]),
                    progress,
                )
        finally:
            plan.extra["dashboards"] = [row.as_dict() for row in rows]
